"""A person who lost everything is let back in by two others and a day, announced at each step; and by nothing less."""

from __future__ import annotations

import pytest
from entrance import ORG, Entrance, centre
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt, Suspend
from tocsin.core.access.entry_commands import AskRecovery, MakeLink, RefuseRecovery, VouchRecovery
from tocsin.core.access.people_sight import shows_act
from tocsin.core.access.record import OPERATOR, By, Link, Passkey, Recovery, RecoveryCodes, Session
from tocsin.core.access.recovery import TRANSITIONS, IllegalStep, Step, follow, step
from tocsin.core.access.words import LinkKind, RecoveryState, SignedIn, Told, Via
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.limits import RECOVERY_DELAY_MS, RECOVERY_READY_MS, RECOVERY_UNVOUCHED_MS

WORN_OUT = c.Declined(problem=c.Problem.LINK_WORN_OUT)
OPEN = (RecoveryState.ASKED, RecoveryState.WAITING, RecoveryState.READY)


@pytest.fixture
def door() -> Entrance:
    return Entrance(centre())


def asking(by: By, name: str = "noor") -> AskRecovery:
    return AskRecovery(org=ORG, by=by, member=name, why="lost her phone and her key")


def asked(door: Entrance, who: str = "teo", name: str = "noor") -> Recovery:
    door.done(asking(door.signed_in(who), name))
    return next(one for one in door.world.all_kept(ORG, Recovery).values() if one.member == name)


def vouching(door: Entrance, recovery: Recovery, who: str = "hana") -> VouchRecovery:
    return VouchRecovery(org=ORG, by=door.signed_in(who), recovery=recovery.id)


def refusing(door: Entrance, recovery: Recovery, who: str = "wale") -> RefuseRecovery:
    return RefuseRecovery(org=ORG, by=door.signed_in(who), recovery=recovery.id, why="she is sitting beside me")


def linking(door: Entrance, recovery: Recovery, who: str = "teo", token: str = "t") -> MakeLink:  # noqa: S107 - a word
    return door.making(LinkKind.RECOVERY, token, door.signed_in(who), subject=recovery.id)


def now(door: Entrance, recovery: Recovery) -> RecoveryState:
    known = door.world.kept(ORG, Recovery, recovery.id)
    assert known is not None
    return known.state


def ready(door: Entrance) -> Recovery:
    recovery = asked(door)
    door.done(vouching(door, recovery))
    door.later(RECOVERY_DELAY_MS)
    assert now(door, recovery) is RecoveryState.READY
    return recovery


def test_two_people_and_a_day_let_a_third_back_in_and_end_what_she_had(door: Entrance) -> None:
    hers, his = door.signed_in("noor").credential, door.signed_in("bo").credential
    door.with_passkey("noor")
    door.with_passkey("bo")
    door.world.know(ORG, RecoveryCodes(id="noor", hashes=("a", "b"), made_ms=0))
    recovery = ready(door)
    assert door.do(linking(door, recovery)) == c.Done()
    assert door.known("t").member == "noor", "whom it lets in is known by the recovery"
    door.done(door.using("t", "her new session"))
    sessions = door.world.all_kept(ORG, Session)
    assert hers not in sessions and his in sessions
    (new,) = [session for session in sessions.values() if session.member == "noor"]
    assert new.how is SignedIn.LINK
    assert [passkey.member for passkey in door.world.all_kept(ORG, Passkey).values()] == ["bo"]
    assert not door.world.all_kept(ORG, RecoveryCodes)
    assert now(door, recovery) is RecoveryState.DONE and not door.wakes("recovery")
    assert door.do(door.using("t", "another")) == WORN_OUT


def test_her_phone_stays_hers_through_a_recovery(door: Entrance) -> None:
    door.done(c.Enrol(org=ORG, by=OPERATOR, member="noor", device="phone", token_hash="h"))
    door.done(linking(door, ready(door)))
    door.done(door.using("t"))
    assert not door.directory.devices["phone"].revoked


def test_every_step_is_announced_to_all_supervisors_and_to_the_person(door: Entrance) -> None:
    door.done(linking(door, ready(door)))
    door.done(door.using("t"))
    steps = ["recovery_asked", "recovery_vouched", "recovery_ready", "recovery_done"]
    told = [(act.what, act.told) for act in door.trail() if act.what in steps]
    assert told == [(what, to) for what in steps for to in (Told.SUPERVISORS, Told.THEMSELF)]
    assert all(act.about == "noor" for act in door.trail() if act.what in steps)
    assert next(act.why for act in door.trail() if act.what == "recovery_asked") == "lost her phone and her key"


def test_one_alone_recovers_nobody(door: Entrance) -> None:
    recovery = asked(door)
    assert door.declined(vouching(door, recovery, "teo")) is c.Problem.SAME_PERSON
    assert door.declined(linking(door, recovery)) is c.Problem.CONFLICT
    assert door.declined(asking(door.signed_in("hana"))) is c.Problem.CONFLICT


def test_the_delay_is_a_whole_day_and_survives_a_restart(door: Entrance) -> None:
    recovery = asked(door)
    door.done(vouching(door, recovery))
    door.restart()
    door.later(RECOVERY_DELAY_MS - 1)
    door.done(LookAt(org=ORG, kind="recovery", id=recovery.id))
    assert door.declined(linking(door, recovery)) is c.Problem.CONFLICT
    door.later(1)
    door.done(linking(door, recovery))


def test_only_the_two_who_vouched_may_make_the_link(door: Entrance) -> None:
    recovery = ready(door)
    for who in ("wale", "ada", "noor", "bo"):
        assert door.declined(linking(door, recovery, who)) is c.Problem.NOT_ALLOWED
    assert door.declined(replace(linking(door, recovery), by=OPERATOR)) is c.Problem.NOT_ALLOWED
    other = replace(recovery, id="no such")
    assert door.declined(linking(door, other)) is c.Problem.NO_SUCH_RECORD
    door.done(linking(door, recovery, "hana", "first"))
    door.done(linking(door, recovery, "teo", "second"))
    assert door.do(door.using("first")) == WORN_OUT
    door.done(door.using("second"))


@pytest.mark.parametrize("who", ["noor", "bo", "lena"])
def test_whoever_may_not_vouch_neither_asks_nor_vouches_nor_refuses(door: Entrance, who: str) -> None:
    recovery = asked(door, name="ada")
    by = door.signed_in(who)
    assert door.declined(asking(by, "wale")) is c.Problem.NOT_ALLOWED
    assert door.declined(vouching(door, recovery, who)) is c.Problem.NOT_ALLOWED
    assert door.declined(refusing(door, recovery, who)) is c.Problem.NOT_ALLOWED
    assert door.declined(refusing(door, replace(recovery, id="x"), who)) is c.Problem.NOT_ALLOWED


def tied(directory: Directory, who: str, about: str) -> Directory:
    members = {**directory.members, who: replace(directory.members[who], not_told_about=(about,))}
    return replace(directory, members=members)


TIES = pytest.mark.parametrize(("who", "about"), [("hana", "noor"), ("noor", "hana")])


@TIES
def test_whoever_is_tied_to_the_person_is_answered_as_anybody_and_counts_for_nothing(who: str, about: str) -> None:
    plain, door = Entrance(centre()), Entrance(tied(centre(), who, about))
    assert [d.do(asking(d.signed_in("hana"))) for d in (plain, door)] == [c.Done(), c.Done()]
    (recovery,) = door.world.all_kept(ORG, Recovery).values()
    door.done(vouching(door, recovery, "teo"))
    door.later(RECOVERY_DELAY_MS)
    door.done(linking(door, recovery, "hana", "hers"))
    assert door.do(door.using("hers")) == WORN_OUT
    door.done(linking(door, recovery, "teo", "his"))
    assert door.do(door.using("his")) == WORN_OUT, "one of the two counts for nothing"
    assert now(door, recovery) is RecoveryState.READY


@TIES
def test_untied_coordinators_are_told_that_a_tied_person_vouched_and_let_somebody_else(who: str, about: str) -> None:
    door = Entrance(tied(centre(), who, about))
    recovery = asked(door)
    door.done(vouching(door, recovery))
    told = [act for act in door.trail() if act.what == "recovery_by_the_tied"]
    assert [(act.about, act.subject, act.told) for act in told] == [("noor", "hana", Told.COORDINATORS)]
    for name, shown in (("wale", True), ("hana", False), ("noor", False), ("ada", False), ("lena", False)):
        assert shows_act(door.directory, name, told[0]) is shown
    door.done(refusing(door, recovery))
    assert now(door, asked(door, "wale")) is RecoveryState.ASKED


def test_a_tie_set_meanwhile_makes_the_link_worth_nothing(door: Entrance) -> None:
    recovery = ready(door)
    door.done(linking(door, recovery, "hana"))
    door.changed(members=tied(door.directory, "teo", "noor").members)
    assert door.do(door.using("t")) == WORN_OUT


@pytest.mark.parametrize("who", ["teo", "hana"])
def test_what_somebody_vouched_for_who_is_suspended_since_is_over(door: Entrance, who: str) -> None:
    recovery = ready(door)
    other = "hana" if who == "teo" else "teo"
    door.done(linking(door, recovery, other))
    door.done(Suspend(org=ORG, by=OPERATOR, member=who))
    assert now(door, recovery) is RecoveryState.REFUSED
    assert door.do(door.using("t")) == WORN_OUT


def test_nobody_recovers_themself_the_suspended_the_unknown_or_a_seat(door: Entrance) -> None:
    teo = door.signed_in("teo")
    assert door.declined(asking(teo, "teo")) is c.Problem.NOT_ALLOWED
    assert door.declined(asking(teo, "nobody")) is c.Problem.NO_SUCH_MEMBER
    seat = replace(door.directory.members["bo"], id="seat:1", seat="centre/console-3")
    door.changed(members={**door.directory.members, "seat:1": seat})
    assert door.declined(asking(teo, "seat:1")) is c.Problem.NO_SUCH_MEMBER
    door.suspended("noor")
    assert door.declined(asking(teo)) is c.Problem.NOT_ALLOWED
    recovery = asked(door, name="bo")
    assert door.declined(vouching(door, replace(recovery, id="no such"))) is c.Problem.NO_SUCH_RECORD
    hers = asked(door, name="hana")
    assert door.declined(vouching(door, hers, "hana")) is c.Problem.NOT_ALLOWED


def test_a_recovery_that_is_under_way_is_vouched_for_once(door: Entrance) -> None:
    recovery = ready(door)
    assert door.declined(vouching(door, recovery, "wale")) is c.Problem.NO_SUCH_RECORD


@pytest.mark.parametrize("who", ["wale", "ada", "hana", "noor"])
@pytest.mark.parametrize("far", OPEN)
def test_any_one_of_those_who_may_vouch_refuses_it_and_so_does_the_person(
    door: Entrance, who: str, far: RecoveryState
) -> None:
    recovery = asked(door)
    if far is not RecoveryState.ASKED:
        door.done(vouching(door, recovery))
    if far is RecoveryState.READY:
        door.later(RECOVERY_DELAY_MS)
        door.done(linking(door, recovery))
    if who == "noor":
        door.done(c.Enrol(org=ORG, by=OPERATOR, member="noor", device="phone", token_hash="h"))
    by = By("noor", Via.DEVICE, "phone") if who == "noor" else door.signed_in(who)
    other = door.link(LinkKind.ENROLMENT, "a phone", member="bo")
    door.done(replace(refusing(door, recovery), by=by))
    assert now(door, recovery) is RecoveryState.REFUSED and not door.wakes("recovery")
    assert [act.why for act in door.trail() if act.what == "recovery_refused"] == ["she is sitting beside me"] * 2
    assert set(door.world.all_kept(ORG, Link)) == {other.id}
    if far is RecoveryState.READY:
        assert door.do(door.using("t")) == WORN_OUT
    assert door.declined(refusing(door, recovery)) is c.Problem.NO_SUCH_RECORD


def test_it_lapses_when_nobody_vouches_or_nobody_makes_use_of_it(door: Entrance) -> None:
    recovery = asked(door)
    door.later(RECOVERY_UNVOUCHED_MS)
    assert now(door, recovery) is RecoveryState.LAPSED
    again = ready(door)
    door.done(linking(door, again))
    door.later(RECOVERY_READY_MS)
    assert now(door, again) is RecoveryState.LAPSED and not door.world.all_kept(ORG, Link)
    door.done(LookAt(org=ORG, kind="recovery", id=again.id))


def test_the_person_signing_in_meanwhile_ends_it(door: Entrance) -> None:
    recovery, others = asked(door), asked(door, name="bo")
    door.link(LinkKind.INVITATION, "found it again", member="noor")
    door.done(door.using("found it again"))
    assert now(door, recovery) is RecoveryState.NEEDLESS and now(door, others) is RecoveryState.ASKED
    assert door.whats().count("recovery_needless") == 2


def test_a_suspension_of_the_person_ends_it(door: Entrance) -> None:
    recovery, others = asked(door), asked(door, name="bo")
    door.done(Suspend(org=ORG, by=door.signed_in("wale"), member="noor"))
    assert now(door, recovery) is RecoveryState.SUSPENDED and now(door, others) is RecoveryState.ASKED


def test_the_removal_of_the_person_ends_it(door: Entrance) -> None:
    recovery = asked(door)
    docket = Docket(door.world, ORG, door.now_ms, Dice(bytes(32)))
    docket.removed_members.append("noor")
    follow(docket)
    after = docket.kept(Recovery, recovery.id)
    assert after is not None and after.state is RecoveryState.SUSPENDED


def test_a_link_whose_recovery_is_over_lets_nobody_in(door: Entrance) -> None:
    """It ends with the recovery; were it open all the same, it would let nobody in."""
    recovery = ready(door)
    door.done(linking(door, recovery))
    door.world.know(ORG, replace(recovery, state=RecoveryState.REFUSED))
    assert door.do(door.using("t")) == WORN_OUT and door.known("t").open


@pytest.mark.parametrize("state", list(RecoveryState))
@pytest.mark.parametrize("happened", list(Step))
def test_what_the_table_does_not_know_is_illegal_and_changes_nothing(state: RecoveryState, happened: Step) -> None:
    recovery = Recovery(id="r", member="noor", asked_by="teo", asked_ms=0, due_ms=0, state=state)
    following = TRANSITIONS[state].get(happened)
    if following is None:
        with pytest.raises(IllegalStep):
            step(recovery, happened, 1)
    else:
        after = step(recovery, happened, 1)
        assert {after.state} == following and recovery.state is state
        assert after.open == (after.state in OPEN) and (after.due_ms > 1) == after.open


class AnyRecovery(RuleBasedStateMachine):
    """Anybody asks, vouches, refuses and makes links for Noor, while time passes."""

    WHO = ("teo", "hana", "wale", "noor", "bo")

    def __init__(self) -> None:
        super().__init__()
        self.door, self.links = Entrance(tied(centre(), "wale", "noor")), 0
        self.vouched_ms: dict[str, int] = {}

    def _one(self) -> Recovery:
        theirs = self.door.world.all_kept(ORG, Recovery).values()
        return next(iter(theirs), Recovery(id="none", member="noor", asked_by="", asked_ms=0, due_ms=0))

    @rule(who=st.sampled_from(WHO))
    def asks(self, who: str) -> None:
        self.door.do(asking(self.door.signed_in(who)))

    @rule(who=st.sampled_from(WHO))
    def vouches(self, who: str) -> None:
        recovery = self._one()
        if isinstance(self.door.do(vouching(self.door, recovery, who)), c.Done):
            assert who not in (recovery.asked_by, "noor", "bo")
            self.vouched_ms[recovery.id] = self.door.now_ms

    @rule(who=st.sampled_from(WHO))
    def refuses(self, who: str) -> None:
        self.door.do(refusing(self.door, self._one(), who))

    @rule(who=st.sampled_from(WHO))
    def makes_a_link(self, who: str) -> None:
        self.links += 1
        recovery = self._one()
        reply = self.door.do(linking(self.door, recovery, who, f"t{self.links}"))
        if isinstance(reply, c.Done):
            assert self.door.now_ms >= self.vouched_ms[recovery.id] + RECOVERY_DELAY_MS
            assert who in ("teo", "hana", "wale")

    @rule(which=st.integers(1, 5))
    def uses_a_link(self, which: int) -> None:
        before = self._one()
        if isinstance(self.door.do(self.door.using(f"t{which}", f"s{self.door.count}")), c.Done):
            assert before.state is RecoveryState.READY and now(self.door, before) is RecoveryState.DONE
            assert {before.asked_by, before.vouched_by} == {"teo", "hana"}, "who is tied counts for nothing"

    @rule(ms=st.integers(1, 2 * RECOVERY_DELAY_MS))
    def time_passes(self, ms: int) -> None:
        self.door.later(ms)

    @invariant()
    def an_open_one_is_alone_and_on_a_timer(self) -> None:
        theirs = self.door.world.all_kept(ORG, Recovery)
        assert len(theirs) <= 1 and self.door.wakes("recovery") == set(theirs)
        assert all(one.due_ms > self.door.now_ms for one in theirs.values())


TestAnyRecovery = AnyRecovery.TestCase
