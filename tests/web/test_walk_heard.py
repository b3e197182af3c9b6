"""What the phone of whoever walks hears, and is not allowed to drop, while something else is on its way."""

from __future__ import annotations

import pytest
from scripted_page import told

pytestmark = pytest.mark.slow  # Each bundles the scripts of a page.
WALKING = """
globalThis.localStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
globalThis.addEventListener = () => undefined;
document.documentElement.lang = "en";
const { Walking, Api } = await scripts("walk", "api");
const at = "2026-06-11T21:00:00Z", you = { member: "maya" };
const OUT = { id: "w", state: "out", member: { id: "maya", name: "Maya" }, you };
Object.assign(OUT, { due_at: at, raises_at: at, started_at: at });
const walking = new Walking(new Api("token"), "mark", () => undefined, () => undefined, () => true);
"""


def test_a_walk_is_asked_for_again_while_the_line_lives() -> None:
    seen = told(f"""{WALKING}
    said.answers = {{ "/api/v1/walks": [503, {{ walks: [OUT] }}] }};
    walking.hear("open", null);
    await until(() => said.asked.length > 1 || walking.open);
    await until(() => walking.open);
    print(walking.walk.id);
    """)
    assert seen == "w"


def test_every_code_that_was_typed_is_heard() -> None:
    """Two were typed while something else was on its way: either may be the one that calls for help."""
    seen = told(f"""{WALKING}
    const pins = [], gates = [];
    globalThis.fetch = async (path, {{ body }}) => {{
      pins.push(JSON.parse(body).pin);
      await new Promise((open) => gates.push(open));
      return new Response(JSON.stringify({{ code: "wrong_pin" }}), {{ status: 403 }});
    }};
    walking.hear("walk", OUT);
    for (const pin of ["1", "2", "3"]) (walking.ask({{ act: "home" }}), walking.typed(pin));
    while (pins.length < 3) {{
      await until(() => gates.length);
      gates.shift()();
    }}
    print(pins);
    """)
    assert seen == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("{}", "Not sent. Try again."),
        ("{ member: {} }", "Not sent. Try again."),
        ("{ ...OUT, id: 'another' }", "Not sent. Try again."),
        ("{ received: true }", ""),
        ("OUT", ""),
    ],
)
def test_a_place_counts_as_told_once_the_server_itself_has_said_so(answer: str, says: str) -> None:
    seen = told(f"""{WALKING}
    said.answers = {{ "/api/v1/walks/w/check-in": [{answer}] }};
    walking.hear("walk", OUT);
    await walking.place({{ kind: "zone", place: "door", at }});
    print([walking.said, walking.walk.id]);
    """)
    assert seen == [says, "w"]
