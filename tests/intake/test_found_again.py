"""An alert is found again by what is known of it, however many there are, and by nobody who may not know of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from past import ENDINGS, Past

from outside import ORG, Centre
from tocsin.core.access.words import Via
from tocsin.core.directory import Member
from tocsin.core.limits import LISTED_MAX
from tocsin.core.listing import Sought, is_sought
from tocsin.core.sight import Reader, standing
from tocsin.core.views import AlertView
from tocsin.core.words import Kind, Outcome, Phase, Role
from tocsin.intake.lookout import Lookout
from tocsin.runtime import history
from tocsin.runtime.history import Found, History
from tocsin.runtime.passes import Pass

PEOPLE = ("noor", "teo", "ines", "wale", "rafi", "omar", "abe", "uma")
SCREENS = (Reader("", "k", via=Via.KEY, running=True), Reader("", "w", via=Via.WALLBOARD, site="centre"))
READERS = (*(Reader(id, f"{id}-phone") for id in PEOPLE), *SCREENS)


def past() -> Past:
    """With an administrator and an auditor besides."""
    made = Past()
    here = made.centre.ring.world.directory(ORG)
    more = {"abe": Member("abe", "Abe", (Role.ADMINISTRATOR,)), "uma": Member("uma", "Uma", (Role.AUDITOR,))}
    made.centre.set_directory(replace(here, members={**here.members, **more}))
    return made


def pass_of(reader: Reader) -> Pass:
    return Pass(ORG, reader.via, reader.device, reader, site=reader.site)


def found(centre: Centre, reader: Reader, sought: Sought, after: str | None = None) -> Found:
    return History(centre.ring).page(pass_of(reader), sought, after)


def all_found(centre: Centre, reader: Reader, sought: Sought) -> list[str]:
    """Page after page, as whoever reads follows `next`."""
    ids, after = list[str](), None
    while True:
        page = found(centre, reader, sought, after)
        ids += [view.id for view in page.views]
        if page.next is None:
            return ids
        assert after is None or page.next < after
        after = page.next


def looked_through(centre: Centre, reader: Reader, sought: Sought) -> list[str]:
    """The measure: every alert there is, as sight shows it, one after the other."""
    lookout, directory = Lookout(centre.ring), centre.ring.world.directory(ORG)
    views: list[AlertView] = []
    for row in centre.ring.store.snapshots(ORG, "alert"):
        alert = centre.alert(row.stream.partition("/")[2])
        what = standing(alert, directory, reader)
        if what is not None:
            theirs = lookout.views(pass_of(reader), alert)
            views += [view for view in theirs if is_sought(sought, alert, view, what)]
    return sorted((view.id for view in views), reverse=True)


def every_ending() -> Past:
    made = past()
    for number, ending in enumerate(ENDINGS[:-1]):
        made.night(ending, who="noor" if number % 2 else "rafi", silent=number == 3, place=f"Lót {number}")
    made.night(drill=True, who="teo", outcome=Outcome.SAFE)
    made.night(kind=Kind.OVERDUE, who="noor", outcome=Outcome.POLICE)
    made.night("open", who="rafi")
    return made


QUESTIONS: list[dict[str, Any]] = [
    {},
    {"drill": True},
    {"drill": False, "kind": Kind.SOS},
    {"kind": Kind.OVERDUE},
    {"outcome": Outcome.SAFE},
    {"outcome": Outcome.MEDICAL},
    {"member": "noor"},
    {"member": "rafi"},
    {"place": "lot 3"},
    {"site": "centre"},
    {"site": "elsewhere"},
    {"states": frozenset({Phase.CLOSED})},
    {"states": frozenset({Phase.CLIMBING, Phase.PAUSED})},
]


@pytest.mark.slow
@pytest.mark.parametrize("reach", [None, 0, 3, 7, ""])
def test_what_the_lists_say_is_what_looking_through_everything_says_for_every_reader(reach: Any) -> None:
    made = every_ending()
    if reach is not None:
        made.list_up_to(made.raised[reach] if reach != "" else "")
    for question in QUESTIONS:
        sought = Sought(**question)
        for reader in READERS:
            assert all_found(made.centre, reader, sought) == looked_through(made.centre, reader, sought), (
                question,
                reader,
            )


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    nights=st.lists(
        st.tuples(st.sampled_from(ENDINGS), st.sampled_from(("noor", "rafi", "teo")), st.booleans(), st.booleans()),
        max_size=6,
    ),
    question=st.sampled_from(QUESTIONS),
    reach=st.integers(0, 6),
)
def test_any_nights_are_found_again_and_none_besides(nights: list[Any], question: dict[str, Any], reach: int) -> None:
    made = past()
    for ending, who, silent, drill in nights:
        drill = drill and not made.centre.ring.world.open_alerts(ORG)  # None begins beside a real alert.
        made.night(ending, who=who, silent=silent and not drill, drill=drill)
    made.list_up_to(made.raised[reach] if reach < len(made.raised) else "")
    for reader in READERS:
        sought = Sought(**question)
        assert all_found(made.centre, reader, sought) == looked_through(made.centre, reader, sought), reader


def test_a_night_is_found_between_two_moments() -> None:
    made = past()
    made.list_up_to("")
    first, second = made.night(), made.night()
    at_ms = made.centre.alert(second).raised_ms
    for reader in (READERS[1], READERS[3]):
        assert all_found(made.centre, reader, Sought(since_ms=at_ms)) == [second]
        assert all_found(made.centre, reader, Sought(until_ms=at_ms)) == [first]
        assert all_found(made.centre, reader, Sought(since_ms=at_ms, until_ms=at_ms)) == []


def test_a_long_past_comes_in_pages_without_a_gap() -> None:
    made = past()
    made.list_up_to("")
    for number in range(LISTED_MAX + 3):
        made.night("pin", outcome=Outcome.SAFE, drill=number % 2 == 0)
    uma = READERS[PEOPLE.index("uma")]
    first = found(made.centre, uma, Sought())
    assert len(first.views) == LISTED_MAX and first.next == first.views[-1].id and not first.cut
    assert all_found(made.centre, uma, Sought()) == made.raised[::-1]


def test_a_search_for_what_is_rare_ends_and_says_where_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    made = past()
    made.list_up_to("")
    rare = made.night(place="Boiler room")
    for _ in range(6):
        made.night("pin")
    monkeypatch.setattr(history, "LOOKED_MAX", 4)
    for id in ("uma", "teo"):
        reader = READERS[PEOPLE.index(id)]
        page = found(made.centre, reader, Sought(place="boiler"))
        assert page.views == [] and page.cut and page.next is not None
        assert all_found(made.centre, reader, Sought(place="boiler")) == [rare]


def test_nothing_is_read_to_look_for_what_whoever_runs_the_system_is_never_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten thousand alerts took half a second in which no press was taken."""
    made = past()
    made.list_up_to("")
    for _ in range(3):
        made.night("pin")
    monkeypatch.setattr(history, "LOOKED_MAX", 1)
    abe, other = READERS[PEOPLE.index("abe")], Reader("", "w", via=Via.WALLBOARD, site="elsewhere")
    for reader, sought in (
        *((reader, Sought(place="lot")) for reader in (abe, *SCREENS)),
        *((reader, Sought(member="noor")) for reader in (abe, *SCREENS)),
        (abe, Sought(site="centre")),
        (SCREENS[0], Sought(site="centre")),
        (other, Sought()),
    ):
        assert found(made.centre, reader, sought) == Found([], None, cut=False)


def test_where_to_go_on_never_names_what_its_reader_may_not_know_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Omar is tied to Noor: an id would tell him when she called for help."""
    made = past()
    made.list_up_to("")
    made.night(who="rafi", place="Boiler room")
    hers = {made.night("pin", who="noor") for _ in range(5)}
    monkeypatch.setattr(history, "LOOKED_MAX", 2)
    monkeypatch.setattr(history, "UNLISTED_MAX", LISTED_MAX)
    omar, named = READERS[PEOPLE.index("omar")], set[str | None]()
    after: str | None = None
    while after not in named:
        named.add(after)
        after = found(made.centre, omar, Sought(place="boiler"), after).next
    assert not named & hers


def test_a_tied_reader_finds_the_same_bytes_whether_or_not_the_other_called_for_help() -> None:
    told = []
    for danger in (False, True):
        made = past()
        made.list_up_to("")
        made.night(who="rafi")
        if danger:
            made.night("pin", who="noor")
        made.night(who="teo")
        omar = READERS[PEOPLE.index("omar")]
        told.append([(view.kind, view.member, view.outcome) for view in found(made.centre, omar, Sought()).views])
    assert told[0] == told[1]


def test_whoever_may_only_raise_finds_nothing() -> None:
    made = every_ending()
    made.list_up_to("")
    assert all_found(made.centre, Reader("teo", "x", raise_only=True), Sought()) == []


def test_a_press_writes_no_line_and_a_close_writes_them_all() -> None:
    made = past()
    alert = made.night("open")
    store = made.centre.ring.store
    assert store.content.listed == {}
    made.close(alert, Outcome.SAFE)
    lists = {line.list for line in store.content.listed.values()}
    assert {"all", "own/noor", "rung/teo", "running"} <= lists and "rung/omar" not in lists
