"""How often a page draws: never in the rest that a drawing earns the others, however often it is asked."""

from __future__ import annotations

import pytest
from scripted_page import told

pytestmark = pytest.mark.slow  # Each bundles the scripts of a page.
DRAWING = """
globalThis.localStorage = { getItem: () => null };
let now = 0;
const tasks = [];
const every = [];
performance.now = () => now;
const { redrawn } = await scripts("clock");
globalThis.setTimeout = (act, ms = 0) => void tasks.push({ act, at: now + ms });
globalThis.setInterval = (act, ms) => void every.push({ act, ms, at: now + ms });
const run = async (until) => {
  for (; now <= until; now++) {
    for (const one of every) if (one.at <= now) (one.at += one.ms), one.act();
    for (const one of tasks.splice(0)) one.at <= now ? one.act() : tasks.push(one);
    for (let n = 0; n < 3; n++) await null;
  }
};
"""


def test_a_page_whose_drawing_takes_long_spends_a_third_of_its_time_on_it() -> None:
    drawn = told(f"""{DRAWING}
    let spent = 0;
    redrawn(() => ((now += 300), (spent += 300)));
    await run(30_000);
    print(spent);
    """)
    assert 8_000 < drawn <= 10_500


def test_a_drawing_that_asks_for_another_never_has_two_of_them_waiting() -> None:
    waiting = told(f"""{DRAWING}
    let most = 0;
    const soon = redrawn(() => ((now += 10), soon()));
    every.push({{ act: () => (most = Math.max(most, tasks.length)), ms: 7, at: 7 }});
    await run(10_000);
    print(most);
    """)
    assert waiting == 1
