"""A change that waits: what may happen in which phase, who brings it about, and what time does to it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace
from second_person import (
    DAY,
    WEEK,
    acts,
    agree,
    asked,
    bo,
    by,
    edit,
    now,
    peopled,
    problem,
    refuse,
    roles,
)
from ward import ORG, PLAN, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.change_commands import (
    AgreeChange,
    RefuseChange,
    WithdrawChange,
)
from tocsin.core.access.changes import (
    TRANSITIONS,
    Agreed,
    AgreementsLost,
    Applied,
    Change,
    ChangeEvent,
    ChangePhase,
    IllegalChangeEvent,
    Lapsed,
    Overtaken,
    Refused,
    Withdrawn,
    evolve,
)
from tocsin.core.access.commands import LookAt, Suspend
from tocsin.core.access.edits import RolesEdit
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.weakens import Weakens
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Done, Problem
from tocsin.core.directory import Shift
from tocsin.core.words import Role

NEW = Change(
    id="one",
    edit=RolesEdit("bo", (Role.RESPONDER,), (Role.WORKER,)),
    weakens=(Weakens.REMOVES_RESPONDER,),
    asker="ada",
    via=Via.SESSION,
    why="He moved to days.",
    asked_ms=0,
    due_ms=DAY,
    lapses_ms=WEEK,
)
EVENTS: tuple[ChangeEvent, ...] = (
    Agreed("ines"),
    AgreementsLost(()),
    Applied(),
    Refused("ines"),
    Withdrawn("ada"),
    Lapsed(),
    Overtaken("value_changed"),
)
AGREED = evolve(NEW, Agreed("ines"), 1)
IN_PHASE: Mapping[ChangePhase, Change] = {
    ChangePhase.WAITING: NEW,
    ChangePhase.AGREED: AGREED,
    ChangePhase.APPLIED: evolve(AGREED, Applied(), 2),
    ChangePhase.REFUSED: evolve(NEW, Refused("ines"), 2),
    ChangePhase.WITHDRAWN: evolve(NEW, Withdrawn("ada", "asker_gone"), 2),
    ChangePhase.LAPSED: evolve(NEW, Lapsed(), 2),
    ChangePhase.OVERTAKEN: evolve(NEW, Overtaken("value_changed"), 2),
}


# The machine -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ChangePhase)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_that_may_not_happen_raises_and_one_that_may_leads_where_the_table_says(
    phase: ChangePhase, event: ChangeEvent
) -> None:
    before = IN_PHASE[phase]
    assert before.phase is phase
    if type(event) in TRANSITIONS[phase]:
        assert evolve(before, event, 5).phase in TRANSITIONS[phase][type(event)]
    else:
        with pytest.raises(IllegalChangeEvent, match=f"while {phase}"):
            evolve(before, event, 5)
        assert before == IN_PHASE[phase]


def test_an_open_change_has_a_wake_up_and_one_that_is_over_has_its_time() -> None:
    assert (NEW.wake_ms, AGREED.wake_ms) == (WEEK, DAY)
    assert all((change.ended_ms is None) == change.open for change in IN_PHASE.values())
    left = evolve(evolve(AGREED, Agreed("teo"), 2), AgreementsLost(("teo",)), 3)
    assert left.phase is ChangePhase.AGREED and left.agreed == ("teo",)


@settings(max_examples=50, stateful_step_count=12, deadline=None)
class AnyLife(RuleBasedStateMachine):
    """Whatever happens to it, nothing is applied that no other than its asker agreed to, and the end is the end."""

    def __init__(self) -> None:
        super().__init__()
        self.change, self.seen = NEW, [NEW.phase]

    @rule(event=st.sampled_from(EVENTS))
    def happens(self, event: ChangeEvent) -> None:
        if type(event) in TRANSITIONS[self.change.phase]:
            self.change = evolve(self.change, event, 7)
            self.seen.append(self.change.phase)

    @invariant()
    def is_applied_only_when_agreed(self) -> None:
        if self.change.phase is ChangePhase.APPLIED:
            assert self.change.agreed and self.seen[-2] is ChangePhase.AGREED

    @invariant()
    def ends_once(self) -> None:
        assert sum(not IN_PHASE[phase].open for phase in self.seen) <= 1


TestAnyLife = AnyLife.TestCase


# The people -----------------------------------------------------------------------------------------------------


@pytest.fixture
def ward() -> Ward:
    return peopled()


def test_what_weakens_waits_a_day_for_a_second_person_and_is_then_made(ward: Ward) -> None:
    change = asked(ward)
    assert Role.RESPONDER in bo(ward).roles
    assert agree(ward, "ines", change) == Done()
    ward.wait(DAY - 1)
    assert Role.RESPONDER in bo(ward).roles and now(ward, change).phase is ChangePhase.AGREED
    ward.wait(1)
    assert bo(ward).roles == (Role.WORKER,) and now(ward, change).phase is ChangePhase.APPLIED
    told = [(act.what, act.told) for act in acts(ward) if act.subject == change]
    assert told == [(f"change_{word}", Told.SUPERVISORS) for word in ("asked", "agreed", "applied")]
    assert {act.what for act in acts(ward)} <= SENTENCES.keys()


def test_an_administrator_alone_never_brings_a_weakening_about(ward: Ward) -> None:
    change = asked(ward)
    assert problem(agree(ward, "ada", change)) is Problem.NOT_ALLOWED
    assert problem(agree(ward, "bo", change)) is Problem.NOT_ALLOWED
    ward.wait(WEEK - 1)
    assert now(ward, change).phase is ChangePhase.WAITING
    ward.wait(1)
    assert now(ward, change).phase is ChangePhase.LAPSED and Role.RESPONDER in bo(ward).roles


def test_whoever_asked_does_not_agree_whatever_their_role(ward: Ward) -> None:
    ward.change("ada", roles=(Role.ADMINISTRATOR, Role.SUPERVISOR))
    change = asked(ward)
    assert problem(agree(ward, "ada", change)) is Problem.ASKED_IT
    assert now(ward, change).agreed == ()


def test_the_operator_neither_agrees_nor_refuses(ward: Ward) -> None:
    change = asked(ward)
    for command in (
        AgreeChange(org=ORG, by=OPERATOR, change=change),
        RefuseChange(org=ORG, by=OPERATOR, change=change),
    ):
        assert problem(ward.do(command)) is Problem.NOT_ALLOWED


def test_an_agreement_of_long_ago_signing_in_is_to_be_proved_anew(ward: Ward) -> None:
    change = asked(ward)
    old = ward.session("ines", fresh=False, number=2)
    assert problem(ward.do(AgreeChange(org=ORG, by=old, change=change))) is Problem.NOT_FRESH


def test_two_supervisors_and_a_coordinator_together_need_not_wait(ward: Ward) -> None:
    change = asked(ward)
    for name in ("ines", "wale"):
        agree(ward, name, change)
        assert now(ward, change).phase is ChangePhase.AGREED
    assert agree(ward, "wale", change) == Done(known=True)
    agree(ward, "teo", change)
    assert now(ward, change).phase is ChangePhase.APPLIED and bo(ward).roles == (Role.WORKER,)


def test_whoever_asked_may_be_one_of_the_three(ward: Ward) -> None:
    ward.change("ada", roles=(Role.ADMINISTRATOR, Role.SUPERVISOR))
    change = asked(ward)
    agree(ward, "ines", change)
    agree(ward, "wale", change)
    assert now(ward, change).phase is ChangePhase.APPLIED


def test_three_supervisors_are_enough_where_one_is_the_duty_chief(ward: Ward) -> None:
    """The plan's backstop names Teo and Ines; Ada, the third, it does not."""
    ward.change("ada", roles=(Role.ADMINISTRATOR, Role.SUPERVISOR))
    change = asked(ward)
    agree(ward, "ines", change)
    agree(ward, "teo", change)
    assert now(ward, change).phase is ChangePhase.APPLIED


def test_of_a_site_only_its_own_chief_counts(ward: Ward) -> None:
    ward.change("ada", roles=(Role.ADMINISTRATOR, Role.SUPERVISOR))
    ward.change("wale", roles=(Role.WORKER,))
    directory = ward.world.directory(ORG)
    slower = replace(PLAN, rungs=(replace(PLAN.rungs[0], repeat_s=60), PLAN.rungs[1]))
    reply = ward.do(c.ReplaceDirectory(org=ORG, directory=replace(directory, plans=(slower,)), by="file"))
    assert isinstance(reply, Done) and reply.split is not None
    change = reply.split.waiting[0]
    for name in ("ines", "teo"):
        agree(ward, name, change)
    assert now(ward, change).phase is ChangePhase.AGREED  # The operator is nobody's third person.
    agree(ward, "ada", change)
    assert now(ward, change).phase is ChangePhase.APPLIED
    assert ward.world.directory(ORG).plans == (replace(slower, version=2),)


@pytest.mark.parametrize("name", ["ines", "wale"])
@pytest.mark.parametrize("agreed", [False, True])
def test_one_supervisor_or_coordinator_refuses_it_for_good(ward: Ward, name: str, agreed: bool) -> None:
    change = asked(ward)
    if agreed:
        agree(ward, "teo", change)
    assert refuse(ward, name, change) == Done()
    ward.wait(WEEK)
    assert now(ward, change).phase is ChangePhase.REFUSED and Role.RESPONDER in bo(ward).roles
    assert now(ward, change).ended_by == name
    assert problem(agree(ward, "teo", change)) is problem(refuse(ward, "teo", change)) is Problem.CONFLICT


def test_only_whoever_asked_withdraws_it_and_once(ward: Ward) -> None:
    change = asked(ward)
    for name, why in (("bo", Problem.NOT_ALLOWED), ("teo", Problem.NOT_ALLOWED)):
        assert problem(ward.do(WithdrawChange(org=ORG, by=by(ward, name), change=change))) is why
    assert problem(ward.do(WithdrawChange(org=ORG, by=OPERATOR, change=change))) is Problem.NOT_ALLOWED
    withdraw = WithdrawChange(org=ORG, by=by(ward, "ada"), change=change)
    assert ward.do(withdraw) == Done() and problem(ward.do(withdraw)) is Problem.CONFLICT
    assert now(ward, change).phase is ChangePhase.WITHDRAWN


def test_there_is_nothing_to_decide_under_an_unknown_id(ward: Ward) -> None:
    for command in (AgreeChange, RefuseChange, WithdrawChange):
        assert problem(ward.do(command(org=ORG, by=by(ward, "ines"), change="x"))) is Problem.NO_SUCH_RECORD


@pytest.mark.parametrize("how", ["suspended", "demoted", "removed"])
def test_an_agreement_counts_only_while_it_could_still_be_given(ward: Ward, how: str) -> None:
    change = asked(ward)
    agree(ward, "wale", change)
    if how == "suspended":
        ward.do(Suspend(org=ORG, by=by(ward, "ada"), member="wale"))
    elif how == "demoted":
        ward.change("wale", roles=(Role.WORKER,))
    else:
        gone = {id: m for id, m in ward.world.directory(ORG).members.items() if id != "wale"}
        ward._write(lambda docket: docket.set_rules(replace(docket.directory, members=gone)))
    ward.wait(DAY)
    assert now(ward, change).phase is ChangePhase.WAITING and now(ward, change).agreed == ()
    assert "change_agreement_lost" in [act.what for act in acts(ward)]
    agree(ward, "ines", change)  # The day is over: the second person's word is enough.
    assert now(ward, change).phase is ChangePhase.APPLIED


def test_what_a_suspended_person_asked_for_is_not_done_for_them(ward: Ward) -> None:
    change = asked(ward)
    agree(ward, "ines", change)
    ward.do(Suspend(org=ORG, by=by(ward, "ines"), member="ada"))
    ward.wait(DAY)
    assert now(ward, change).phase is ChangePhase.WITHDRAWN and now(ward, change).detail == "asker_gone"
    assert Role.RESPONDER in bo(ward).roles


def test_a_change_whose_value_became_another_meanwhile_is_overtaken(ward: Ward) -> None:
    change = asked(ward)
    agree(ward, "ines", change)
    ward.change("bo", roles=(Role.RESPONDER, Role.SUPERVISOR))
    ward.wait(DAY)
    assert now(ward, change).phase is ChangePhase.OVERTAKEN and now(ward, change).detail == "value_changed"
    assert bo(ward).roles == (Role.RESPONDER, Role.SUPERVISOR)


def test_a_change_that_came_about_by_itself_is_made(ward: Ward) -> None:
    change = asked(ward)
    agree(ward, "ines", change)
    ward.change("bo", roles=(Role.WORKER,))
    ward.wait(DAY)
    assert now(ward, change).phase is ChangePhase.APPLIED


def test_a_change_that_would_leave_no_valid_organisation_is_overtaken_and_says_why(ward: Ward) -> None:
    """Ines may leave while the backstop still has its two who may close; then Teo's role goes another way."""
    plan = replace(PLAN, rungs=(PLAN.rungs[0], replace(PLAN.rungs[1], audience=(*PLAN.rungs[1].audience, "member:bo"))))
    ward._write(lambda docket: docket.set_rules(replace(docket.directory, plans=(plan,))))
    reply = edit(ward, "ada", "ines", *roles(Role.WORKER, of="ines"))
    assert isinstance(reply, Done) and reply.split is not None
    (change,) = reply.split.waiting
    agree(ward, "wale", change)
    ward.change("teo", roles=(Role.RESPONDER,))
    ward.wait(DAY)
    assert now(ward, change).phase is ChangePhase.OVERTAKEN and "who may close" in now(ward, change).detail


def test_an_open_alert_is_looked_after_when_a_change_is_made(ward: Ward) -> None:
    """Who is gone is out of the alert: no word of theirs counts, and nobody rings them."""
    directory = ward.world.directory(ORG)
    shifts = (Shift(SITE, ("noor", "teo", "ines"), 0, 10**15),)
    members = {id: member for id, member in directory.members.items() if id != "bo"}
    reply = ward.do(
        c.ReplaceDirectory(org=ORG, directory=replace(directory, members=members, shifts=shifts), by="file")
    )
    assert isinstance(reply, Done) and reply.split is not None
    leaving = [id for id in reply.split.waiting if Weakens.REMOVES_MEMBER in now(ward, id).weakens]
    alert = ward.press("noor")
    for name in ("ines", "wale", "teo"):
        agree(ward, name, leaving[0])
    found = ward.world.alert(ORG, alert)
    assert found is not None and (found.people["bo"].withdrawn if "bo" in found.people else True)
    assert "bo" not in ward.world.directory(ORG).members


def test_nothing_is_lost_by_a_restart(ward: Ward) -> None:
    change = asked(ward)
    agree(ward, "ines", change)
    ward.restart()
    assert now(ward, change).agreed == ("ines",)
    assert {wake.stream: wake.due_at_ms for wake in ward.store.wakes(ORG)}[f"change/{change}"] == now(
        ward, change
    ).due_ms


def test_a_wake_up_for_what_is_over_or_was_never_there_does_nothing(ward: Ward) -> None:
    change = asked(ward)
    refuse(ward, "ines", change)
    for id in (change, "x"):
        assert ward.do(LookAt(org=ORG, kind="change", id=id)) == Done()
    assert now(ward, change).phase is ChangePhase.REFUSED
