"""The machine of the drawing table, as the browser runs it: its stories, and that it sees what the server refuses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from build_ui import packaged_node
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.limits import CORNERS_MAX, SHEET_TALL_UNITS, SHEET_UNITS
from tocsin.core.outline import outline_faults

SOURCES = Path(__file__).resolve().parents[2] / "ui" / "src"
DRIVER = """
import { createInterface } from "node:readline";
const [shape, machine] = await Promise.all([import("%(folder)s/draw-shape.ts"), import("%(folder)s/draw-machine.ts")]);
for await (const line of createInterface({ input: process.stdin })) {
  const { asked, corners, height, line: isLine, text, acts, closed } = JSON.parse(line);
  const answers = {
    faults: () => shape.faults(corners, height, isLine),
    crossings: () => shape.crossings(corners, closed),
    read: () => shape.read(text),
    written: () => shape.written(corners),
    acts: () => acts.reduce((d, [name, ...given]) => machine[name](d, ...given), machine.begun(corners, height)),
  };
  console.log(JSON.stringify(answers[asked]() ?? null));
}
"""
TALL = SHEET_TALL_UNITS
Ask = Callable[..., Any]
SQUARE = [[1000, 1000], [3000, 1000], [3000, 3000], [1000, 3000]]
CORNER = st.tuples(st.integers(0, SHEET_UNITS), st.integers(0, TALL))
NEAR = st.tuples(st.integers(0, 6), st.integers(0, 6))  # So close together that they touch, cross and repeat.
ACTS = st.one_of(
    st.tuples(st.just("aimed"), st.tuples(st.integers(-500, 11_000), st.integers(-500, 9_000))),
    st.tuples(st.sampled_from(["pressed"]), st.integers(1, 400)),
    st.tuples(st.sampled_from(["taken", "removed"]), st.integers(0, 6)),
    st.tuples(st.just("inserted"), st.integers(0, 3), st.tuples(st.integers(0, 10_000), st.integers(0, 7_000))),
    st.tuples(st.just("stepped"), st.sampled_from([1, -1])),
    st.tuples(st.sampled_from(["added", "put", "dropped", "back", "finished", "cleared", "undone", "redone"])),
)


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    node, _ = packaged_node()
    driver = DRIVER % {"folder": SOURCES.as_posix()}
    process = subprocess.Popen(
        [node, "--no-warnings", "--input-type=module", "-e", driver],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    given, told = process.stdin, process.stdout

    def ask(asked: str, **more: Any) -> Any:
        given.write(json.dumps({"asked": asked, "height": TALL, **more}) + "\n")
        given.flush()
        return json.loads(told.readline())

    yield ask
    given.close()
    process.wait(10)
    told.close()


def drawn(ask: Ask, *acts: Any, corners: Any = ()) -> dict[str, Any]:
    known: dict[str, Any] = ask("acts", corners=list(corners), acts=[list(act) for act in acts])
    return known


def tap(x: int, y: int) -> tuple[Any, ...]:
    return ("aimed", [x, y]), ("pressed", 100)


# The same eyes as the server's -----------------------------------------------------------------------------------


@pytest.mark.slow
@given(st.lists(CORNER, max_size=9) | st.lists(NEAR, max_size=9), st.sampled_from(["door", "room"]))
@settings(deadline=None)
def test_what_is_shown_as_wrong_is_what_the_server_refuses(ask: Ask, outline: list[tuple[int, int]], kind: str) -> None:
    assert ask("faults", corners=outline, line=kind == "door") == outline_faults(outline, kind, TALL)


def test_more_corners_than_there_may_be_and_some_outside_are_seen_as_the_server_sees_them(ask: Ask) -> None:
    comb = [(10 * n, 100 + n % 2) for n in range(CORNERS_MAX)] + [(SHEET_UNITS + 1, 0)]
    assert ask("faults", corners=comb, line=False) == outline_faults(comb, "room", TALL)


def test_what_crosses_is_shown_while_it_is_drawn_before_it_is_closed(ask: Ask) -> None:
    back, bow = [[0, 0], [900, 0], [400, 0]], [[0, 0], [900, 900], [900, 0], [0, 900]]
    assert ask("crossings", corners=back, closed=False) == [[0, 1]], "it runs back over itself"
    assert ask("crossings", corners=bow, closed=False) == [[0, 2]]
    assert ask("crossings", corners=SQUARE, closed=False) == ask("crossings", corners=SQUARE, closed=True) == []
    last = [[0, 0], [900, 900], [900, 300], [0, 600]]  # Only its last edge, which is not drawn yet, would be wrong.
    assert ask("crossings", corners=last[:3], closed=False) == [] and ask("crossings", corners=last, closed=True)


@given(st.lists(CORNER, max_size=6))
def test_what_is_written_into_the_form_is_read_as_it_was(ask: Ask, outline: list[tuple[int, int]]) -> None:
    from tocsin.web.office.place_words import corners, written

    assert ask("written", corners=outline) == written(outline)
    assert ask("read", text=written(outline)) == [list(corner) for corner in outline]
    assert corners(written(outline)) == tuple(outline)


@pytest.mark.parametrize("text", ["34 20.5\n10;5\n 7,25  8 ", "", "34", "a b", "1 2 3", "-4 3", "3 4.123"])
def test_both_read_the_same_lines_and_refuse_the_same(ask: Ask, text: str) -> None:
    from tocsin.web.office.place_words import corners

    found = corners(text)
    assert ask("read", text=text) == (None if found is None else [list(corner) for corner in found])


# Stories ---------------------------------------------------------------------------------------------------------


def test_taps_set_corners_and_a_tap_on_the_first_closes_the_outline(ask: Ask) -> None:
    known = drawn(ask, *tap(0, 0), *tap(1000, 0), *tap(1000, 900), *tap(30, 40))
    assert known["corners"] == [[0, 0], [1000, 0], [1000, 900]] and known["closed"]


def test_two_corners_do_not_close_where_they_began(ask: Ask) -> None:
    assert len(drawn(ask, *tap(0, 0), *tap(1000, 0), *tap(30, 40))["corners"]) == 3


def test_a_corner_in_hand_goes_where_the_cross_goes_until_it_is_put_down(ask: Ask) -> None:
    moved = drawn(ask, *tap(1000, 1000), ("aimed", [500, 700]), ("pressed", 100), ("aimed", [0, 0]), corners=SQUARE)
    assert moved["corners"] == [[500, 700], *SQUARE[1:]] and moved["held"] == -1


def test_a_whole_drag_is_one_step_back_and_letting_go_is_none(ask: Ask) -> None:
    drag = (("taken", 2), ("aimed", [4000, 4000]), ("aimed", [5000, 5000]), ("put",))
    assert drawn(ask, *drag, ("undone",), corners=SQUARE)["corners"] == SQUARE
    assert drawn(ask, *drag, ("undone",), ("redone",), corners=SQUARE)["corners"][2] == [5000, 5000]
    let_go = drawn(ask, ("taken", 2), ("aimed", [4000, 4000]), ("dropped",), corners=SQUARE)
    assert let_go["corners"] == SQUARE and let_go["past"] == []
    assert drawn(ask, ("taken", 2), ("put",), corners=SQUARE)["past"] == []


def test_back_takes_the_last_corner_of_an_open_outline_and_opens_a_closed_one(ask: Ask) -> None:
    opened = drawn(ask, ("back",), corners=SQUARE)
    assert opened["corners"] == SQUARE and not opened["closed"]
    assert drawn(ask, ("back",), ("back",), corners=SQUARE)["corners"] == SQUARE[:3]
    assert drawn(ask, ("stepped", 1), ("back",), corners=SQUARE)["corners"] == SQUARE[1:]


def test_a_corner_is_put_into_an_edge_and_is_in_hand_at_once(ask: Ask) -> None:
    known = drawn(ask, ("inserted", 3, [1000, 2000]), ("aimed", [500, 2000]), ("put",), corners=SQUARE)
    assert known["corners"] == [*SQUARE, [500, 2000]]


def test_there_are_never_more_corners_than_there_may_be(ask: Ask) -> None:
    many = [[n * 40, n % 2] for n in range(CORNERS_MAX)]
    more = (("inserted", 0, [20, 20]), ("back",), *tap(9_999, 999))
    assert len(drawn(ask, *more, corners=many)["corners"]) == CORNERS_MAX


@pytest.mark.slow
@given(st.lists(ACTS, max_size=30))
@settings(deadline=None)
def test_whatever_is_done_stays_on_the_sheet_and_can_all_be_undone(ask: Ask, acts: list[Any]) -> None:
    known = drawn(ask, *acts, ("put",), corners=SQUARE)
    assert all(0 <= x <= SHEET_UNITS and 0 <= y <= TALL for x, y in known["corners"])
    steps = len(known["past"])
    undone = drawn(ask, *acts, ("put",), *[("undone",)] * steps, corners=SQUARE)
    assert undone["corners"] == SQUARE and undone["closed"] and undone["past"] == []
    again = drawn(ask, *acts, ("put",), *[("undone",)] * steps, *[("redone",)] * steps, corners=SQUARE)
    assert (again["corners"], again["closed"]) == (known["corners"], known["closed"])
