"""A plan is changed from a page: who may, what waits, which version it becomes, and what an open alert goes by."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace
from second_person import agree, applied, by, file, now, peopled, problem
from ward import ORG, PLAN, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.changes import ChangePhase
from tocsin.core.access.edits import PlanEdit
from tocsin.core.access.plan_commands import SetPlan
from tocsin.core.access.plan_versions import plan_edits, plan_of, raised, says_the_same
from tocsin.core.commands import Done, Problem
from tocsin.core.directory import Plan, Rung
from tocsin.core.words import Came, Channel, Kind

SOONER = replace(PLAN, rungs=(PLAN.rungs[0], replace(PLAN.rungs[1], after_s=60)))
LATER = replace(PLAN, rungs=(PLAN.rungs[0], replace(PLAN.rungs[1], after_s=120)))
BOTH = replace(PLAN, rungs=(replace(PLAN.rungs[0], repeat_s=15), replace(PLAN.rungs[1], after_s=120)))


@pytest.fixture
def ward() -> Ward:
    return peopled()


def set_plan(ward: Ward, name: str, after: Plan | None, before: Plan | None = PLAN, kind: Kind = Kind.SOS) -> c.Reply:
    return ward.do(SetPlan(org=ORG, by=by(ward, name), site=SITE, kind=kind, before=before, after=after, why="a why"))


def waiting(reply: c.Reply) -> tuple[str, ...]:
    assert isinstance(reply, Done) and reply.split is not None, reply
    return reply.split.waiting


def plan(ward: Ward, kind: Kind = Kind.SOS) -> Plan | None:
    return plan_of(ward.world.directory(ORG), SITE, kind)


def test_a_stronger_plan_acts_at_once_as_the_next_version(ward: Ward) -> None:
    assert not waiting(set_plan(ward, "teo", SOONER))
    assert plan(ward) == replace(SOONER, version=2)


def test_a_weaker_plan_waits_and_takes_its_version_when_two_have_agreed(ward: Ward) -> None:
    (change,) = waiting(set_plan(ward, "ada", LATER))
    assert plan(ward) == PLAN
    for name in ("teo", "ines", "wale"):
        agree(ward, name, change)
    assert now(ward, change).phase is ChangePhase.APPLIED and plan(ward) == replace(LATER, version=2)


def test_of_a_plan_that_is_both_the_stronger_half_acts_now_and_each_half_is_a_version(ward: Ward) -> None:
    (change,) = waiting(set_plan(ward, "teo", BOTH))
    half = plan(ward)
    assert half == replace(PLAN, rungs=(BOTH.rungs[0], PLAN.rungs[1]), version=2)
    assert now(ward, change).edits == (PlanEdit(SITE, Kind.SOS, half, replace(BOTH, version=3)),)


def test_two_who_change_one_plan_at_once_do_not_both_win(ward: Ward) -> None:
    set_plan(ward, "teo", SOONER)
    assert problem(set_plan(ward, "ada", replace(PLAN, needed=3))) is Problem.STALE
    assert plan(ward) == replace(SOONER, version=2)


def test_a_plan_that_says_the_same_changes_nothing(ward: Ward) -> None:
    assert set_plan(ward, "teo", replace(PLAN, version=77)) == Done(known=True)
    assert set_plan(ward, "teo", None, before=None, kind=Kind.ASSET) == Done(known=True)
    assert plan(ward) == PLAN


def test_whoever_may_not_change_plans_changes_none(ward: Ward) -> None:
    for name in ("wale", "bo", "noor"):
        assert problem(set_plan(ward, name, SOONER)) is Problem.NOT_ALLOWED
    assert plan(ward) == PLAN


def test_a_plan_that_breaks_the_law_of_the_backstop_is_not_taken(ward: Ward) -> None:
    short = replace(PLAN, rungs=(PLAN.rungs[0], replace(PLAN.rungs[1], audience=("member:bo",))))
    assert problem(set_plan(ward, "teo", short)) is Problem.BAD_DIRECTORY
    assert plan(ward) == PLAN


def test_a_plan_of_its_own_for_another_kind_is_the_first_version_whatever_it_says_of_itself(ward: Ward) -> None:
    foreign = replace(PLAN, site="elsewhere", kind=Kind.ASSET)
    assert not waiting(set_plan(ward, "teo", foreign, before=None, kind=Kind.OVERDUE))
    assert plan(ward, Kind.OVERDUE) == replace(PLAN, kind=Kind.OVERDUE)


def test_the_only_plan_of_a_site_is_not_taken_away_and_another_waits(ward: Ward) -> None:
    assert problem(set_plan(ward, "teo", None)) is Problem.BAD_DIRECTORY
    set_plan(ward, "teo", PLAN, before=None, kind=Kind.OVERDUE)
    overdue = plan(ward, Kind.OVERDUE)
    assert waiting(set_plan(ward, "teo", None, before=overdue, kind=Kind.OVERDUE))
    assert plan(ward, Kind.OVERDUE) == overdue


def test_a_file_that_says_the_same_again_raises_no_version_and_one_that_differs_does(ward: Ward) -> None:
    set_plan(ward, "teo", SOONER)
    applied(ward, file(ward, plans=(replace(SOONER, version=1),)))
    assert plan(ward) == replace(SOONER, version=2)
    applied(ward, file(ward, plans=(replace(SOONER, needed=3, version=1),)))
    assert plan(ward) == replace(SOONER, needed=3, version=3)


def test_a_file_that_waits_says_it_twice_and_waits_once(ward: Ward) -> None:
    first = applied(ward, file(ward, plans=(BOTH,)))
    again = applied(ward, file(ward, plans=(BOTH,)))
    assert first.split is not None and again.split is not None
    assert first.split.waiting == again.split.waiting != () and not again.split.now


def test_an_open_alert_goes_on_by_the_plan_that_it_was_raised_with(ward: Ward) -> None:
    press = c.Press(org=ORG, credential="p", key="k", member="noor", device="noor-phone", came=Came.DEVICE)
    taken = ward.do(press)
    assert isinstance(taken, c.PressTaken)
    set_plan(ward, "teo", SOONER)
    alert = ward.world.alert(ORG, taken.alert)
    assert alert is not None and alert.plan == PLAN and alert.plan.version == 1
    assert plan(ward) == replace(SOONER, version=2)


def test_a_change_of_a_plan_is_one_edit_or_two_and_ends_where_it_should() -> None:
    more = replace(PLAN, rungs=(Rung(0, ("on_shift",), ((Channel.SMS, Channel.VOICE),)), *PLAN.rungs[1:]))
    for known, wanted, count in (
        (PLAN, BOTH, 2),
        (PLAN, SOONER, 1),
        (PLAN, LATER, 1),
        (more, None, 1),
        (None, more, 1),
    ):
        edits = list(plan_edits(known, wanted))
        assert (len(edits), edits[0].before, edits[-1].after) == (count, known, wanted)
        assert all(one.after == other.before for one, other in pairwise(edits))
    assert raised(PLAN, replace(PLAN, version=9)) is PLAN and says_the_same(PLAN, replace(PLAN, version=9))
