"""Which changes of a plan, of its words or of a site weaken protection, by example."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from weaker import ORG, PLAN, RUNGS, W, of, planned, reasons, rungs

from tocsin.core.access.edits import PlanEdit, SiteEdit
from tocsin.core.access.splitting import difference
from tocsin.core.access.weakening import weakenings
from tocsin.core.directory import Rung, Script
from tocsin.core.words import Channel, Duty, Kind

WEAKER = {
    "later": (planned(*rungs(0, after_s=5)), W.LENGTHENS_RUNG),
    "less often": (planned(*rungs(0, repeat_s=60)), W.LENGTHENS_RUNG),
    "backstop less often": (planned(*rungs(2, repeat_s=31)), W.LENGTHENS_RUNG),
    "second channel later": (planned(*rungs(1, stagger_s=30)), W.LENGTHENS_RUNG),
    "one channel less": (planned(*rungs(0, channels=((Channel.SMS,),))), W.MUTES_CHANNEL),
    "an audience less": (planned(*rungs(2, audience=("member:ann", "member:bo", "member:dee"))), W.EMPTIES_RUNG),
    "a backstop of fewer": (planned(*rungs(2, audience=("member:ann", "member:bo"))), W.THINS_BACKSTOP),
    "a rung less": (planned(RUNGS[0], RUNGS[2]), W.EMPTIES_RUNG),
    "a slow rung more": (planned(RUNGS[0], RUNGS[1], Rung(60, ("on_shift",), repeat_s=90), RUNGS[2]), W.LENGTHENS_RUNG),
    "no rung of everybody": (planned(RUNGS[1], RUNGS[2]), W.EMPTIES_RUNG),
}


@pytest.mark.parametrize("how", WEAKER)
def test_a_plan_that_calls_later_less_often_or_fewer_is_weaker(how: str) -> None:
    after, why = WEAKER[how]
    assert why in reasons(after)


STAY = Script(Duty.DISPATCHER, "en", "Send police.")
FALSE = Script(Duty.DISPATCHER, "en", "A test. Send nobody.")


@pytest.mark.parametrize(("had", "has"), [((), (FALSE,)), ((STAY,), (FALSE,)), ((STAY,), ()), ((STAY,), (STAY, FALSE))])
def test_what_people_are_told_to_do_is_not_changed_by_one(had: tuple[Script, ...], has: tuple[Script, ...]) -> None:
    before, after = planned(*RUNGS), planned(*rungs(0, repeat_s=20))
    before = replace(before, plans=(replace(before.plans[0], scripts=had),))
    after = replace(after, plans=(replace(after.plans[0], scripts=has),))
    first, second = difference(before, after)
    assert weakenings(before, [first, second], 0) == [(), (W.CHANGES_WORDS,)]
    assert isinstance(first, PlanEdit) and first.after is not None and first.after.scripts == had


def test_where_nothing_was_planned_a_plan_with_words_of_its_own_takes_no_words_from_anybody() -> None:
    bare = replace(ORG, plans=())
    assert W.CHANGES_WORDS not in of(PlanEdit("north", Kind.SOS, None, replace(PLAN, scripts=(STAY,))), bare)


STRONGER = {
    "sooner": planned(*rungs(1, after_s=20)),
    "more often": planned(*rungs(0, repeat_s=20)),
    "one more channel": planned(*rungs(0, channels=((Channel.SMS, Channel.VOICE, Channel.PUSH),))),
    "a wider audience": planned(*rungs(1, audience=("on_shift",))),
    "the same by another word": planned(*rungs(0, audience=("site:north",))),
    "a rung between": planned(RUNGS[0], RUNGS[1], Rung(60, ("site:north",), repeat_s=30), RUNGS[2]),
    "more in the backstop": planned(*rungs(2, audience=("member:ann", "member:bo", "member:cy", "member:dee"))),
    "more needed": planned(*RUNGS, needed=3),
}


@pytest.mark.parametrize("how", STRONGER)
def test_a_plan_that_calls_sooner_more_often_or_more_does_not_wait(how: str) -> None:
    assert reasons(STRONGER[how]) == set()


def test_fewer_on_their_way_are_not_made_enough_by_one() -> None:
    assert reasons(ORG, before=planned(*RUNGS, needed=3)) == {W.LOWERS_NEEDED}


def test_of_a_plan_that_is_both_the_stronger_half_acts_at_once() -> None:
    after = planned(replace(RUNGS[0], repeat_s=10), replace(RUNGS[1], after_s=45), RUNGS[2])
    first, second = difference(ORG, after)
    assert weakenings(ORG, [first, second], 0) == [(), (W.LENGTHENS_RUNG,)]
    assert isinstance(first, PlanEdit) and first.after is not None
    assert [(rung.after_s, rung.repeat_s) for rung in first.after.rungs] == [(0, 10), (30, 30), (90, 30)]


def test_halves_whose_times_would_run_in_a_cycle_are_one() -> None:
    swapped = planned(RUNGS[0], replace(RUNGS[1], after_s=100), replace(RUNGS[2], after_s=110))
    before = planned(RUNGS[0], replace(RUNGS[1], after_s=105), replace(RUNGS[2], after_s=115))
    assert len(difference(before, swapped)) == 1
    after = planned(RUNGS[0], replace(RUNGS[1], after_s=10), replace(RUNGS[2], after_s=20), needed=3)
    assert [bool(why) for why in weakenings(ORG, difference(ORG, after), 0)] == [False]


def test_a_plan_of_its_own_for_a_kind_is_compared_with_the_one_that_served_until_now() -> None:
    weak = replace(PLAN, kind=Kind.OVERDUE, rungs=rungs(0, after_s=9))
    assert of(PlanEdit("north", Kind.OVERDUE, None, weak)) == {W.LENGTHENS_RUNG}
    assert of(PlanEdit("north", Kind.OVERDUE, None, replace(PLAN, kind=Kind.OVERDUE))) == set()
    assert of(PlanEdit("new", Kind.SOS, None, replace(weak, site="new"))) == set()
    assert of(PlanEdit("north", Kind.SOS, PLAN, None)) == {W.REMOVES_PLAN}


def test_a_site_is_not_closed_by_one_and_may_be_opened_and_named() -> None:
    north = ORG.sites["north"]
    assert of(SiteEdit("north", north, None)) == {W.REMOVES_PLAN}
    assert of(SiteEdit("north", north, replace(north, name="N"))) == set()
