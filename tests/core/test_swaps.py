"""Cover and swaps: one asks, another accepts, the roster changes as one or waits for a second person."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from swapping_week import DAY, Week
from ward import HOUR, ORG, SITE

from tocsin.core import commands as c
from tocsin.core.access import swaps as m
from tocsin.core.access.change_commands import AgreeChange, RefuseChange
from tocsin.core.access.changes import ChangePhase
from tocsin.core.access.commands import LookAt, Suspend
from tocsin.core.access.edits import ShiftEdit
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.sheet import numbered
from tocsin.core.access.swap_commands import EditRoster
from tocsin.core.access.swaps import Stretch, Swap, SwapPhase
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Done, Problem
from tocsin.core.directory import Shift
from tocsin.core.limits import CHANGE_DELAY_MS, SWAPS_MAX

EVENTS: tuple[m.SwapEvent, ...] = (
    m.Accepted(),
    m.Accepted("change"),
    m.Made(),
    m.Declined(),
    m.Withdrawn(),
    m.Refused(),
    m.Lapsed(),
    m.Overtaken(),
)


def swap_in(phase: SwapPhase) -> Swap:
    stretch = Stretch(("centre", 10, 20, 0), 10, 20)
    return Swap(
        id="s", giver="bo", taker="ada", gives=stretch, in_return=Stretch(("centre", 5, 9, 0), 5, 9), why="",
        asked_ms=0, via=Via.SESSION, credential="", phase=phase,
    )  # fmt: skip


@pytest.mark.parametrize("phase", SwapPhase)
@pytest.mark.parametrize("event", EVENTS, ids=str)
def test_what_the_table_does_not_name_raises_and_changes_nothing(phase: SwapPhase, event: m.SwapEvent) -> None:
    before = swap_in(phase)
    if type(event) not in m.TRANSITIONS[phase]:
        with pytest.raises(m.IllegalSwapEvent):
            m.evolve(before, event, 7)
    else:
        after = m.evolve(before, event, 7)
        assert after.phase in m.TRANSITIONS[phase][type(event)]
        assert (after.ended_ms is None) == after.open
    assert before == swap_in(phase) and before.starts_ms == 5


def no(reply: c.Reply) -> Problem:
    assert isinstance(reply, c.Declined), reply
    return reply.problem


def test_a_shift_changes_hands_when_the_other_says_yes_and_not_before() -> None:
    week = Week()
    swap = week.asked("noor", "ada")
    assert "noor" in week.on(week.first[1]) and week.said("swap_asked") == {("ada", Told.THEMSELF)}
    assert week.swap(swap).why == "A feast."
    assert week.answer("ada", swap) == Done()
    assert week.on(week.first[1]) == ["ada", "bo", "teo", "ines"]
    assert week.phase(swap) is SwapPhase.MADE
    assert week.said("swap_accepted") == {("noor", Told.THEMSELF), ("noor", Told.SUPERVISORS)}


def test_to_ask_twice_asks_once_and_there_is_an_end_to_asking() -> None:
    week = Week()
    week.asked("noor", "ada")
    assert week.ask("noor", "ada") == Done(known=True)
    first = week.whole(week.first)
    for minute in range(1, SWAPS_MAX):
        week.asked("noor", "ada", replace(first, from_ms=first.from_ms + minute))
    assert no(week.ask("noor", "ada", replace(first, until_ms=first.until_ms - 1))) is Problem.CONFLICT


def test_of_part_of_a_shift_the_rest_stays_whose_it_was() -> None:
    week = Week()
    middle = Stretch(week.first, week.first[1] + HOUR, week.first[2] - HOUR)
    swap = week.asked("noor", "ada", middle)
    assert week.answer("ada", swap) == Done()
    start, end = week.first[1], week.first[2]
    for at_ms, who in ((start, "noor"), (start + HOUR, "ada"), (end - HOUR, "noor"), (end - 1, "noor")):
        assert set(week.on(at_ms)) == {"bo", "teo", "ines", who}


def test_of_a_shift_of_one_person_nothing_is_left_behind() -> None:
    week = Week()
    early, late = week.times(3 * DAY, 3 * DAY + 4 * HOUR), week.times(3 * DAY, 3 * DAY + 8 * HOUR)
    week.roster(Shift(SITE, ("noor",), *late[1:3]), Shift(SITE, ("bo",), *early[1:3]))
    swap = week.asked("noor", "ada", Stretch(late, late[1], early[2]))
    assert week.answer("ada", swap) == Done()
    shifts = numbered(week.directory.shifts)
    assert shifts[*early[:3], 1].members == ("ada",) and late not in shifts
    assert shifts[SITE, early[2], late[2], 0].members == ("noor",)


def test_a_swap_gives_and_takes_in_one() -> None:
    week = Week()
    swap = week.asked("noor", "ada", in_return=week.whole(week.second))
    assert week.answer("ada", swap) == Done()
    assert week.on(week.first[1])[0] == "ada" and week.on(week.second[1])[0] == "noor"


def test_nobody_is_put_on_two_shifts_at_once() -> None:
    week = Week()
    assert no(week.answer("bo", week.asked("noor", "bo"))) is Problem.CONFLICT
    beside = week.times(DAY + HOUR, DAY + 2 * HOUR)
    week.roster(*week.directory.shifts, Shift(SITE, ("ada",), *beside[1:3]))
    swap = week.asked("bo", "ada", week.whole(week.second), week.whole(beside))
    assert no(week.answer("ada", swap)) is Problem.CONFLICT, "Bo is on then already, and Ada on the other"
    third = week.asked("teo", "wale", week.whole(week.second), week.whole(beside))
    assert week.answer("wale", third) == Done() and week.phase(third) is SwapPhase.OVERTAKEN, "it is not Wale's to give"


def test_what_was_taken_in_return_must_leave_the_giver_one_body() -> None:
    week = Week()
    beside = week.times(2 * DAY + HOUR, 2 * DAY + 2 * HOUR)
    week.roster(*week.directory.shifts, Shift(SITE, ("wale",), *beside[1:3]))
    swap = week.asked("bo", "wale", week.whole(week.first), week.whole(beside))
    assert no(week.answer("wale", swap)) is Problem.CONFLICT
    assert week.phase(swap) is SwapPhase.ASKED, "it can still be declined"


def test_what_leaves_a_step_short_waits_as_one_and_the_two_are_told_nothing_of_why() -> None:
    week = Week()
    week.change("ada", contacts=())
    week.roster(Shift(SITE, ("noor", "bo", "teo"), *week.first[1:3]))
    part = Stretch(week.first, week.first[1], week.first[2] - HOUR)
    swap = week.asked("noor", "ada", part)
    assert week.answer("ada", swap) == Done()
    assert week.phase(swap) is SwapPhase.WAITING and set(week.on(week.first[1])) == {"noor", "bo", "teo"}
    (change,) = week.waiting()
    assert (change.asker, len(change.edits)) == ("noor", 3), "the giver's rest and the taker's part wait with it"
    week.do(AgreeChange(org=ORG, by=week.bys["teo"], change=change.id))
    week.do(AgreeChange(org=ORG, by=week.bys["ines"], change=change.id))
    week.do(AgreeChange(org=ORG, by=week.bys["wale"], change=change.id))
    assert week.phase(swap) is SwapPhase.MADE and set(week.on(week.first[1])) == {"ada", "bo", "teo"}
    assert week.said("swap_made") == {("noor", Told.THEMSELF), ("ada", Told.THEMSELF), ("noor", Told.SUPERVISORS)}


def waits(week: Week, *, later: int = 0) -> tuple[str, str]:
    """Noor asks Ada, whom nothing wakes; she accepts, and it waits."""
    week.change("ada", contacts=())
    key = week.times(DAY + later, DAY + later + 8 * HOUR)
    week.roster(Shift(SITE, ("noor", "bo", "teo"), *key[1:3]))
    swap = week.asked("noor", "ada", week.whole(key))
    assert week.answer("ada", swap) == Done()
    (change,) = week.waiting()
    return swap, change.id


def test_one_who_may_agree_refuses_it_for_good() -> None:
    week = Week()
    swap, change = waits(week)
    week.do(RefuseChange(org=ORG, by=week.bys["ines"], change=change))
    assert week.phase(swap) is SwapPhase.REFUSED and week.said("swap_refused") == {
        ("noor", Told.THEMSELF),
        ("ada", Told.THEMSELF),
    }


def test_the_giver_withdraws_what_waits_and_its_change_goes_with_it() -> None:
    week = Week()
    swap, _ = waits(week)
    assert no(week.withdraw("ada", swap)) is Problem.NO_SUCH_RECORD
    assert week.withdraw("noor", swap) == Done() and week.phase(swap) is SwapPhase.WITHDRAWN
    assert week.waiting() == []
    assert no(week.withdraw("noor", swap)) is Problem.CONFLICT


def test_at_the_start_of_the_shift_it_lapses_asked_or_waiting() -> None:
    week = Week()
    swap, change = waits(week)
    other = week.asked("bo", "wale", week.whole(week.swap(swap).gives.shift))
    week.do(LookAt(org=ORG, kind="swap", id=other))
    assert week.phase(other) is SwapPhase.ASKED, "a wake-up that rings too early is set again"
    week.do(AgreeChange(org=ORG, by=week.bys["ines"], change=change))
    week.wait(DAY - 1)
    assert week.phase(swap) is SwapPhase.WAITING, "the delay and the start are the same instant here"
    week.wait(1)
    assert {week.phase(swap), week.phase(other)} <= {SwapPhase.LAPSED, SwapPhase.MADE, SwapPhase.OVERTAKEN}
    assert week.phase(other) is SwapPhase.LAPSED
    week.do(LookAt(org=ORG, kind="swap", id=other))
    assert week.phase(other) is SwapPhase.LAPSED


def test_one_that_waits_longer_than_the_way_to_its_shift_takes_its_change_with_it() -> None:
    week = Week()
    swap, change = waits(week, later=-HOUR)
    week.do(AgreeChange(org=ORG, by=week.bys["ines"], change=change))
    week.wait(DAY)
    assert week.phase(swap) is SwapPhase.LAPSED and week.waiting() == []


def test_a_change_that_is_agreed_in_time_makes_it() -> None:
    week = Week()
    swap, change = waits(week, later=HOUR)
    week.do(AgreeChange(org=ORG, by=week.bys["ines"], change=change))
    week.wait(CHANGE_DELAY_MS)
    assert week.phase(swap) is SwapPhase.MADE


def test_a_change_that_is_overtaken_overtakes_the_swap() -> None:
    week = Week()
    swap, _ = waits(week)
    (known,) = week.waiting()
    week.put(replace(known, phase=ChangePhase.OVERTAKEN))
    assert week.ask("noor", "bo", week.whole(week.swap(swap).gives.shift)) == Done()
    assert week.phase(swap) is SwapPhase.OVERTAKEN


def test_declined_is_declined_and_only_whoever_was_asked_answers() -> None:
    week = Week()
    swap = week.asked("noor", "ada")
    assert no(week.answer("wale", swap)) is Problem.NO_SUCH_RECORD
    assert no(week.answer("ada", "no such swap")) is Problem.NO_SUCH_RECORD
    assert week.answer("ada", swap, accepts=False) == Done() and week.phase(swap) is SwapPhase.DECLINED
    assert week.said("swap_declined") == {("noor", Told.THEMSELF)}
    assert no(week.answer("ada", swap)) is Problem.CONFLICT


def test_a_roster_that_changes_meanwhile_overtakes_what_was_asked() -> None:
    week = Week()
    swap = week.asked("noor", "ada")
    edits = (ShiftEdit(week.first, ("noor", "bo", "teo", "ines"), ("bo", "teo", "ines")),)
    done = week.do(EditRoster(org=ORG, by=week.bys["ines"], edits=edits))
    assert isinstance(done, Done) and week.phase(swap) is SwapPhase.OVERTAKEN
    assert (
        no(week.do(EditRoster(org=ORG, by=week.bys["ines"], edits=(replace(edits[0], after=("bo",)),))))
        is Problem.STALE
    )
    assert no(week.do(EditRoster(org=ORG, by=week.bys["noor"], edits=edits))) is Problem.NOT_ALLOWED


def test_whoever_is_suspended_hands_nothing_over_and_nobody_learns_it_by_asking() -> None:
    week = Week()
    swap, _ = waits(week)
    asked = week.asked("bo", "ada", week.whole(week.swap(swap).gives.shift))
    mine = week.asked("teo", "wale", week.whole(week.swap(swap).gives.shift))
    week.do(Suspend(org=ORG, by=week.bys["ines"], member="ada"))
    assert week.phase(swap) is SwapPhase.OVERTAKEN and week.waiting() == []
    assert week.phase(asked) is SwapPhase.ASKED, "as of anybody who has not answered"
    week.do(Suspend(org=ORG, by=week.bys["ines"], member="teo"))
    assert week.phase(mine) is SwapPhase.OVERTAKEN


def test_nobody_asks_for_what_is_not_theirs_has_begun_or_is_nothing() -> None:
    week = Week()
    first = week.whole(week.first)
    assert no(week.ask("wale", "ada")) is Problem.STALE
    assert no(week.ask("noor", "nobody")) is Problem.NO_SUCH_MEMBER
    assert no(week.ask("noor", "noor")) is Problem.CONFLICT
    assert no(week.ask("noor", "ada", replace(first, until_ms=first.from_ms))) is Problem.CONFLICT
    assert no(week.ask("noor", "ada", first, replace(first, until_ms=first.until_ms + 1))) is Problem.CONFLICT
    assert no(week.ask("noor", "bo", first, first)) is Problem.CONFLICT, "they are on it both"
    assert no(week.ask("noor", "ada", replace(first, shift=(*week.first[:3], 1)))) is Problem.STALE
    week.now_ms = week.first[1]
    assert no(week.ask("noor", "ada")) is Problem.CONFLICT
    rest = replace(first, from_ms=first.from_ms + HOUR)
    assert week.ask("noor", "ada", rest) == Done(), "the rest of a shift that has begun can still be given"


def test_nobody_asks_answers_or_withdraws_but_by_their_own_session() -> None:
    week = Week()
    swap = week.asked("noor", "ada")
    week.bys["ada"] = By("ada", Via.DEVICE, "ada-phone")
    week.bys["noor"] = OPERATOR
    for reply in (week.answer("ada", swap), week.withdraw("noor", swap), week.ask("noor", "ada")):
        assert no(reply) is Problem.NOT_ALLOWED


def test_a_tie_shows_in_nothing_that_the_two_see_and_untied_coordinators_are_told() -> None:
    """Bo may not be told about Noor; he takes Teo's place on her shift, where he does not count for her."""
    told: list[list[str]] = []
    for tied in (False, True):
        week = Week()
        week.roster(Shift(SITE, ("noor", "teo", "ines"), *week.first[1:3]))
        if tied:
            week.change("bo", not_told_about=("noor",))
        swap = week.asked("teo", "bo")
        assert week.answer("bo", swap) == Done()
        told.append([week.phase(swap).value, *week.on(week.first[1])])
        assert week.said("swap_under_a_tie") == ({("noor", Told.COORDINATORS)} if tied else set())
    assert told[0] == told[1] == ["made", "noor", "bo", "ines"]


def test_a_tie_the_other_way_round_is_told_of_too() -> None:
    week = Week()
    week.roster(Shift(SITE, ("noor", "teo", "ines"), *week.first[1:3]))
    week.change("ines", not_told_about=("bo",))
    week.answer("bo", week.asked("teo", "bo"))
    assert week.said("swap_under_a_tie") == {("bo", Told.COORDINATORS)}


def test_before_anybody_may_agree_nothing_waits() -> None:
    week = Week(signed_in=("noor", "ada"))
    week.change("ada", contacts=())
    week.roster(Shift(SITE, ("noor", "bo", "teo"), *week.first[1:3]))
    swap = week.asked("noor", "ada")
    assert week.answer("ada", swap) == Done() and week.phase(swap) is SwapPhase.MADE
