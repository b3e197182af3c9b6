"""What a page knows that joins a line which was open before it came, or comes back to one."""

from __future__ import annotations

import pytest
from scripted_page import told

pytestmark = pytest.mark.slow  # Each bundles the scripts of a page.
WATCHING = """
const { Alerts, Api } = await scripts("alerts", "api");
const alert = (id, state, at) => ({ id, state, raised_at: at, server_now: at });
const OPEN = alert("old", "climbing", "2026-06-11T20:00:00Z"), NEWER = alert("new", "closed", "2026-06-11T21:00:00Z");
const watch = () => new Alerts(new Api("token"), () => undefined);
const states = ({ known }) => Object.fromEntries([...known].map(([id, { state }]) => [id, state]));
"""


def test_an_alert_that_is_open_stands_there_however_many_are_newer() -> None:
    seen = told(f"""{WATCHING}
    said.answers = {{ "/api/v1/alerts": [{{ alerts: [NEWER], next: "new" }}],
        "/api/v1/alerts?state=open": [{{ alerts: [], next: "more" }}],
        "/api/v1/alerts?state=open&after=more": [{{ alerts: [OPEN], next: null }}] }};
    const page = watch();
    await until(() => page.loaded);
    print(states(page));
    """)
    assert seen == {"new": "closed", "old": "climbing"}


def test_a_site_with_a_short_past_is_asked_once() -> None:
    seen = told(f"""{WATCHING}
    said.answers = {{ "/api/v1/alerts": [{{ alerts: [OPEN, NEWER], next: null }}] }};
    const page = watch();
    await until(() => page.loaded);
    print(said.asked.filter((path) => path !== "/api/v1/live"));
    """)
    assert seen == ["/api/v1/alerts"]


@pytest.mark.parametrize(
    ("answer", "left"), [('[alert("old", "closed", "2026-06-11T22:00:00Z")]', "closed"), ("[404]", None)]
)
def test_what_ended_or_was_taken_away_while_nobody_listened_does_not_stay_open(answer: str, left: str | None) -> None:
    seen = told(f"""{WATCHING}
    said.answers = {{ "/api/v1/alerts": [{{ alerts: [OPEN], next: null }}, {{ alerts: [NEWER], next: null }}],
        "/api/v1/alerts/old": {answer} }};
    const page = watch();
    await until(() => page.known.get("old")?.state === "climbing");
    said.streams.at(-1).close();
    await until(() => page.known.has("new"));
    await until(() => page.known.get("old")?.state !== "climbing");
    print(states(page));
    """)
    assert seen.get("old") == left


def test_a_snapshot_that_fails_is_asked_for_again_while_the_line_lives() -> None:
    seen = told(f"""{WATCHING}
    said.answers = {{ "/api/v1/alerts": [503, 429, {{ alerts: [OPEN], next: null }}] }};
    const page = watch();
    await until(() => page.loaded);
    print(states(page));
    """)
    assert seen == {"old": "climbing"}


def test_a_snapshot_is_asked_for_again_although_the_line_falls_silent_for_a_while() -> None:
    """It may live on: no other line is opened then, which would bring one of its own."""
    seen = told(f"""{WATCHING}
    said.answers = {{ "/api/v1/alerts": [503, {{ alerts: [OPEN], next: null }}] }};
    const ask = fetch, now = performance.now.bind(performance);
    globalThis.fetch = (path) => {{
      if (path === "/api/v1/alerts") performance.now = () => now() + 3_000;
      return ask(path);
    }};
    const page = watch();
    await until(() => said.asked.includes("/api/v1/alerts"));
    const silent = !page.live.now;
    for (let times = 0; times < 200 && !page.loaded; times++) await new Promise((done) => setTimeout(done, 1));
    print([silent, states(page), said.streams.length]);
    """)
    assert seen == [True, {"old": "climbing"}, 1]


def test_a_snapshot_that_is_refused_is_not_asked_for_again() -> None:
    seen = told(f"""{WATCHING}
    said.answers = {{ "/api/v1/alerts": [403], "/api/v1/alerts/mine": [OPEN] }};
    const page = watch();
    await until(() => said.asked.includes("/api/v1/alerts"));
    for (let times = 0; times < 20; times++) await new Promise((done) => setTimeout(done, 1));
    print(said.asked.filter((path) => path === "/api/v1/alerts"));
    """)
    assert seen == ["/api/v1/alerts"]


def test_a_tab_that_joins_a_line_is_told_of_the_strangers_who_called_before() -> None:
    seen = told("""
    await scripts("live-worker");
    const heard = [[], []];
    const tab = (place) => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = ({ data }) => data.kind === "event" && heard[place].push(data.name);
      onconnect({ ports: [port1] });
      port2.postMessage({ ask: "join", path: "/api/v1/live", token: "token", beats: false });
    };
    tab(0);
    await until(() => said.streams.length);
    tell("unverified", { id: "s1" });
    await until(() => heard[0].includes("unverified"));
    tab(1);
    await until(() => heard[1].includes("unverified"));
    print(heard);
    """)
    assert seen == [["open", "unverified"], ["open", "unverified"]]


FORBIDDEN = """
const forbidden = () => { throw new Error("SecurityError"); };
Object.defineProperty(globalThis, "localStorage", { get: forbidden, configurable: true });
document.documentElement.dataset.worker = "/static/live-worker.js";
document.documentElement.style = { setProperty: (name, value) => { said.size = value; } };
globalThis.SharedWorker = class { constructor() { forbidden(); } };
"""


def test_a_browser_that_keeps_nothing_for_this_site_is_live_all_the_same() -> None:
    seen = told(f"""{FORBIDDEN} {WATCHING}
    said.answers = {{ "/api/v1/alerts": [{{ alerts: [OPEN], next: null }}] }};
    const page = watch();
    await until(() => page.loaded);
    print([states(page), page.live.now]);
    """)
    assert seen == [{"old": "climbing"}, True]


def test_what_it_cannot_keep_lasts_as_long_as_the_page() -> None:
    seen = told(f"""{FORBIDDEN}
    const {{ resize, keysOn, turnKeys }} = await scripts("size", "keys");
    const [plain, on] = [said.size, keysOn()];
    resize(1);
    turnKeys(false);
    print([plain, on, said.size, keysOn()]);
    """)
    assert seen == ["1", True, "1.15", False]
