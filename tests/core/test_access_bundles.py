"""A roster of many shifts is asked for in one act, and waits, is agreed to, made or overtaken as one change."""

from __future__ import annotations

from msgspec.structs import replace
from second_person import DAY, acts, agree, applied, file, now, peopled, refuse
from ward import HOUR, ORG, SITE, Ward

from tocsin.core.access.agreeing import duty_chiefs
from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.access.edit_words import words_of, words_of_all
from tocsin.core.access.edits import ShiftEdit, Split
from tocsin.core.directory import Shift
from tocsin.intake.waiting import row

NIGHTS = 12


def night(ward: Ward, number: int, *people: str) -> Shift:
    starts_ms = ward.now_ms + (2 + number) * DAY
    return Shift(SITE, people, starts_ms, starts_ms + 8 * HOUR)


def rostered() -> Ward:
    """With as many nights to come, each of three people; the days have nobody."""
    ward = peopled()
    nights = tuple(night(ward, number, "noor", "bo", "teo") for number in range(NIGHTS))
    ward._write(lambda docket: docket.set_rules(replace(docket.directory, shifts=nights)))
    ward.guarded()
    return ward


def thinned(ward: Ward, *numbers: int) -> Split:
    """A file takes two of three people from these nights."""
    gone = {night.starts_ms for number, night in enumerate(ward.directory.shifts) if number in numbers}
    shifts = tuple(replace(one, members=("noor",)) if one.starts_ms in gone else one for one in ward.directory.shifts)
    split = applied(ward, file(ward, shifts=shifts)).split
    assert split is not None
    return split


def people(ward: Ward) -> list[int]:
    return [len(shift.members) for shift in ward.directory.shifts]


def test_many_shifts_of_one_file_are_one_change_and_one_line_of_the_trail() -> None:
    ward = rostered()
    (id,) = thinned(ward, *range(NIGHTS)).waiting
    assert len(now(ward, id).edits) == NIGHTS and people(ward) == [3] * NIGHTS
    assert [act.detail for act in acts(ward) if act.what == "change_asked"] == ["shifts_changed"]
    assert str(words_of_all(ward.directory, now(ward, id).edits)) == "Alder: 12 shifts change"
    told = row(ward.directory, now(ward, id))["what"]
    assert told.count("a shift of") == 3 and told.endswith("; and 9 more)")


def test_one_shift_of_a_change_alone_is_told_as_what_it_is() -> None:
    ward = rostered()
    (id,) = thinned(ward, 3).waiting
    change = now(ward, id)
    assert len(change.edits) == 1 and words_of_all(ward.directory, change.edits) == words_of(
        ward.directory, change.edit
    )
    assert str(words_of_all(ward.directory, change.edits)) == "Alder: a shift of Noor, Bo, Teo -> Noor"


def test_it_is_agreed_to_once_and_then_made_whole() -> None:
    ward = rostered()
    (id,) = thinned(ward, *range(NIGHTS)).waiting
    agree(ward, "ines", id)
    ward.wait(DAY)
    assert now(ward, id).phase is ChangePhase.APPLIED and people(ward) == [1] * NIGHTS


def test_one_refusal_stops_all_of_it() -> None:
    ward = rostered()
    (id,) = thinned(ward, *range(NIGHTS)).waiting
    refuse(ward, "ines", id)
    assert now(ward, id).phase is ChangePhase.REFUSED and people(ward) == [3] * NIGHTS


def test_one_shift_that_is_another_by_then_overtakes_all_of_it() -> None:
    """Whoever agreed had seen the whole: half of it is nothing that anybody agreed to."""
    ward = rostered()
    (id,) = thinned(ward, *range(NIGHTS)).waiting
    agree(ward, "ines", id)
    shifts = ward.directory.shifts
    other = (*shifts[:-1], replace(shifts[-1], members=("noor", "bo", "teo", "ines")))
    ward._write(lambda docket: docket.set_rules(replace(docket.directory, shifts=other)))
    ward.wait(DAY)
    assert now(ward, id).phase is ChangePhase.OVERTAKEN and people(ward) == [3] * (NIGHTS - 1) + [4]


def test_what_somebody_has_brought_about_meanwhile_is_done_and_the_rest_is_made() -> None:
    ward = rostered()
    (id,) = thinned(ward, 0, 1, 2).waiting
    agree(ward, "ines", id)
    first = (replace(ward.directory.shifts[0], members=("noor",)), *ward.directory.shifts[1:])
    ward._write(lambda docket: docket.set_rules(replace(docket.directory, shifts=first)))
    ward.wait(DAY)
    assert now(ward, id).phase is ChangePhase.APPLIED and people(ward) == [1, 1, 1] + [3] * (NIGHTS - 3)


def test_the_same_file_again_waits_once_and_a_longer_one_asks_for_what_is_new() -> None:
    ward = rostered()
    (id,) = thinned(ward, 0, 1).waiting
    ward.wait(HOUR)
    assert thinned(ward, 0, 1).waiting == (id,)
    first, second = thinned(ward, 0, 1, 5, 6).waiting
    assert first == id and now(ward, id).phase is ChangePhase.WAITING, "its day goes on"
    assert len(now(ward, second).edits) == 2


def test_a_file_that_wants_only_half_of_it_asks_anew_for_that_half() -> None:
    ward = rostered()
    (id,) = thinned(ward, 0, 1).waiting
    (other,) = thinned(ward, 0).waiting
    assert now(ward, id).phase is ChangePhase.WITHDRAWN and other != id
    assert [isinstance(edit, ShiftEdit) for edit in now(ward, other).edits] == [True]


def test_it_survives_a_restart() -> None:
    ward = rostered()
    (id,) = thinned(ward, 0, 1, 2).waiting
    before = now(ward, id)
    ward.restart()
    assert ward.world.all_kept(ORG, Change)[id] == before and len(before.edits) == 3


def test_the_chiefs_of_one_site_are_none_of_another() -> None:
    ward = rostered()
    (id,) = thinned(ward, 0, 1).waiting
    elsewhere = replace(now(ward, id).edit, shift=("annex", 0, 1, 0))
    assert duty_chiefs(ward.directory, now(ward, id).edit) == {"teo", "ines", "wale"}
    assert duty_chiefs(ward.directory, elsewhere) == set()
