"""The machine of a press, as the phone runs it: one waits at most, none is forgotten, and nothing overtakes it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from build_ui import packaged_node
from hypothesis import given
from hypothesis import strategies as st

MACHINE = Path(__file__).resolve().parents[2] / "ui" / "src" / "press-machine.ts"
DRIVER = """
import { createInterface } from "node:readline";
const machine = await import("%s");
for await (const line of createInterface({ input: process.stdin })) {
  const { was, acts } = JSON.parse(line);
  const step = (now, [name, ...given]) => machine[name](now, ...(name === "said" ? [now.additions[0]] : given));
  const now = acts.reduce(step, was ?? machine.NOTHING);
  console.log(JSON.stringify({ now, waiting: machine.waiting(now) ?? null, next: machine.next(now) ?? null }));
}
"""
Json = dict[str, Any]
Do = Callable[..., Json]
FIX_OLD = {"path": "places", "body": {"kind": "fix", "lat": 1}}
FIX_NEW = {"path": "places", "body": {"kind": "fix", "lat": 2}}
NOTE = {"path": "notes", "body": {"text": "the gate"}}


def made(key: str, at: int = 1) -> Json:
    return {"key": key, "at": at, "occurred": "2026-06-11T23:04:07Z", "silent": False}


@pytest.fixture(scope="module")
def do() -> Iterator[Do]:
    node, _ = packaged_node()
    process = subprocess.Popen(
        [node, "--no-warnings", "--input-type=module", "-e", DRIVER % MACHINE.as_posix()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    given, told = process.stdin, process.stdout

    def do(*acts: Any, was: Json | None = None) -> Json:
        given.write(json.dumps({"was": was, "acts": acts}) + "\n")
        given.flush()
        known: Json = json.loads(told.readline())
        return known

    yield do
    given.close()
    process.wait(10)
    told.close()


def test_a_press_waits_until_a_server_has_it(do: Do) -> None:
    told = do(["pressed", made("a")], ["trying", "a"], ["failed", "a", "no_connection"], ["trying", "a"])
    assert told["waiting"] == {**made("a"), "tries": 2, "failed": "no_connection", "taken": None}
    told = do(["took", "a", "alert-1", 9], was=told["now"])
    assert told["waiting"] is None and told["now"]["alert"] == "alert-1"
    assert told["now"]["presses"][0]["taken"] == 9 and told["now"]["presses"][0]["failed"] == ""


def test_a_second_press_before_the_first_is_out_is_the_same_call(do: Do) -> None:
    told = do(["pressed", made("a")], ["pressed", made("b")])
    assert [press["key"] for press in told["now"]["presses"]] == ["a"]
    told = do(["took", "a", "alert-1", 9], ["pressed", made("c")], was=told["now"])
    assert told["waiting"]["key"] == "c" and told["now"]["alert"] == "alert-1"


def test_a_press_made_while_one_waits_is_a_new_call_where_that_one_turns_out_to_be_over(do: Do) -> None:
    """The answer to the first was lost, somebody came and closed it; the second, hours later, must not fall on it."""
    told = do(
        ["pressed", made("a")],
        ["trying", "a"],
        ["pressed", made("b", 2)],
        ["pressed", made("c", 3)],
        ["added", NOTE, None],
    )
    assert told["waiting"]["key"] == "a", "whichever of them is taken first is the call"
    over = do(["took", "a", "alert-1", 9, True], was=told["now"])
    assert over["waiting"] == {**made("c", 3), "tries": 0, "failed": "", "taken": None}
    assert over["now"]["alert"] is None and over["now"]["additions"] == [NOTE], "what was said since belongs to it"
    open_still = do(["took", "a", "alert-1", 9, False], was=told["now"])
    assert open_still["waiting"] is None and open_still["now"]["alert"] == "alert-1"
    assert open_still["now"]["presses"] == [{**made("a"), "tries": 1, "failed": "", "taken": 9}]


def test_a_press_that_is_over_when_it_is_first_heard_of_rings_nobody_anew_by_itself(do: Do) -> None:
    told = do(["pressed", made("a")], ["pressed", made("b")], ["trying", "a"], ["took", "a", "alert-1", 9, True])
    assert told["waiting"] is None and told["now"]["alert"] == "alert-1"


def test_whoever_presses_silently_while_a_loud_press_waits_calls_silently(do: Do) -> None:
    """And never the other way round: somebody may stand beside them by now."""
    quiet = {**made("b"), "silent": True}
    assert do(["pressed", made("a")], ["pressed", quiet])["waiting"]["silent"] is True
    assert do(["pressed", made("a")], ["trying", "a"], ["pressed", quiet], ["pressed", made("c")])["waiting"]["silent"]
    told = do(["pressed", quiet], ["trying", "b"], ["pressed", made("a")], ["took", "b", "one", 9, True])
    assert told["waiting"]["key"] == "a" and told["waiting"]["silent"] is True


def test_the_first_receipt_counts_and_a_late_failure_takes_nothing_back(do: Do) -> None:
    told = do(
        ["pressed", made("a")], ["took", "a", "one", 9], ["took", "a", "two", 10], ["failed", "a", "no_connection"]
    )
    assert told["now"]["alert"] == "one" and told["now"]["presses"][0] == {
        **made("a"), "tries": 0, "failed": "", "taken": 9,
    }  # fmt: skip


def test_a_receipt_without_an_id_is_a_receipt(do: Do) -> None:
    told = do(["pressed", made("a")], ["took", "a", None, 9])
    assert told["waiting"] is None and told["now"]["alert"] is None


def test_words_never_overtake_the_press_they_belong_to(do: Do) -> None:
    told = do(["pressed", made("a")], ["added", NOTE, None])
    assert told["next"] is None and told["now"]["additions"] == [NOTE]
    told = do(["took", "a", "one", 9], was=told["now"])
    assert told["next"] == NOTE
    told = do(["pressed", made("b")], was=told["now"])
    assert told["next"] is None, "ringing again comes first"


def test_of_the_fixes_that_wait_only_the_newest_is_sent_and_no_word_is_dropped(do: Do) -> None:
    told = do(["added", FIX_OLD, None], ["added", NOTE, None], ["added", FIX_NEW, None])
    assert told["now"]["additions"] == [NOTE, FIX_NEW]
    assert do(["said"], was=told["now"])["now"]["additions"] == [FIX_NEW]


def test_what_waits_is_bounded_and_a_press_is_never_dropped_for_it(do: Do) -> None:
    notes = [["added", {"path": "notes", "body": {"text": str(n)}}, None] for n in range(300)]
    told = do(["pressed", made("a")], *notes)["now"]
    assert len(told["additions"]) == 200 and told["additions"][-1]["body"]["text"] == "299"
    assert [press["key"] for press in told["presses"]] == ["a"]
    again = [
        [act, *more] for n in range(80) for act, more in (("pressed", [made(f"k{n}")]), ("took", [f"k{n}", "x", 1]))
    ]
    assert len(do(*again)["now"]["presses"]) <= 50


def test_putting_it_away_keeps_a_press_that_still_waits(do: Do) -> None:
    told = do(["pressed", made("a")], ["took", "a", "one", 9], ["pressed", made("b")], ["forgotten", 0])
    assert told["waiting"]["key"] == "b" and told["now"]["alert"] is None
    assert do(["pressed", made("a")], ["took", "a", "one", 9], ["forgotten", 7])["now"] == {
        "presses": [], "alert": None, "additions": [], "lost": 7,
    }  # fmt: skip


def test_a_press_that_another_page_left_is_taken_up_once_and_never_beside_another(do: Do) -> None:
    left = {**made("a"), "tries": 3, "failed": "", "taken": None}
    assert do(["found", left], ["found", left])["now"]["presses"] == [left]
    assert do(["pressed", made("b")], ["found", left])["waiting"]["key"] == "b"
    done = do(["pressed", made("a")], ["took", "a", "one", 9], ["found", left])
    assert done["waiting"] is None, "what was taken is not sent again"


def test_an_alert_raised_elsewhere_is_adopted_only_where_nothing_of_ones_own_is_open(do: Do) -> None:
    assert do(["adopted", "texted"])["now"]["alert"] == "texted"
    assert do(["pressed", made("a")], ["adopted", "texted"])["now"]["alert"] is None


KEYS = st.sampled_from("abc")
ACTS = st.one_of(
    st.tuples(st.just("pressed"), KEYS.map(made)),
    st.tuples(st.just("trying"), KEYS),
    st.tuples(st.just("failed"), KEYS, st.just("refused")),
    st.tuples(st.just("took"), KEYS, st.sampled_from(["one", None]), st.just(5), st.booleans()),
    st.tuples(st.just("added"), st.sampled_from([NOTE, FIX_OLD, FIX_NEW]), st.none()),
    st.tuples(st.just("forgotten"), st.just(0)),
    st.tuples(st.just("adopted"), st.just("two")),
)


@given(acts=st.lists(ACTS, max_size=12))
def test_whatever_happens_one_press_waits_at_most_and_only_a_receipt_ends_its_waiting(
    do: Do, acts: list[tuple[Any, ...]]
) -> None:
    now, waits = do()["now"], None
    for act in acts:
        told = do(act, was=now)
        assert sum(press["taken"] is None for press in told["now"]["presses"]) <= 1
        if waits is not None and act[0] != "took":
            assert told["waiting"]["key"] == waits["key"]
        if told["waiting"] is not None:
            assert told["next"] is None
        now, waits = told["now"], told["waiting"]


@pytest.mark.parametrize("text", ["", "null", "[]", "{", '{"presses": 1}', '{"presses": []}', "\\u0000"])
def test_a_store_that_somebody_spoiled_is_an_empty_one(text: str) -> None:
    node, _ = packaged_node()
    script = f"const m = await import({MACHINE.as_posix()!r}); console.log(m.read({json.dumps(text)}) === m.NOTHING)"
    told = subprocess.run(
        [node, "--no-warnings", "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "true"
