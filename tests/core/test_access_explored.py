"""Any week at the door: signing in, guessing, copying, suspending, restarting, in any order; checked against a sketch.

The sketch knows of each session who has it and what ends it, of each passkey its count, of each set of codes what is
left.  After every step memory, store and sketch must agree, and nobody suspended or gone may be signed in.
"""

from __future__ import annotations

import pytest
from doorway import DONE, Doorway, no
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from ward import HOUR, ORG

from tocsin.core.access import passkeys, sessions
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.permit import runs_out_ms
from tocsin.core.access.record import By, Passkey, RecoveryCodes, Session
from tocsin.core.commands import Problem
from tocsin.core.docket import Docket
from tocsin.core.limits import CODE_TRIES_MAX, FRESH_MS, SESSIONS_MAX

pytestmark = pytest.mark.slow
PEOPLE = ("noor", "ines", "ada")
WHO = st.sampled_from(PEOPLE)
WHICH = st.integers(0, 30)


class AnyWeek(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.door = Doorway()
        self.ever: list[By] = []
        self.counts = dict.fromkeys(PEOPLE, 0)
        self.good = dict.fromkeys(PEOPLE, True)
        self.left: dict[str, tuple[str, ...]] = dict.fromkeys(PEOPLE, ())
        self.sets = 0
        for name in PEOPLE:
            self.door.passkey(name)

    def suspended(self, name: str) -> bool:
        return self.door.member(name).suspended

    def holds(self, by: By) -> bool:
        session = self.door.session_of(by)
        return session.open and self.door.now_ms < runs_out_ms(session) and not self.suspended(by.member)

    def fresh(self, by: By) -> bool:
        return self.door.now_ms - self.door.session_of(by).fresh_ms <= FRESH_MS

    @rule(name=WHO, grows=st.integers(1, 3))
    def sign_in(self, name: str, grows: int) -> None:
        got = self.door.enter(name, self.counts[name] + grows)
        if not self.good[name]:
            assert got == no(Problem.PASSKEY_UNKNOWN)
        elif self.suspended(name):
            assert got == no(Problem.RAISE_ONLY)
        else:
            assert isinstance(got, By)
            self.ever.append(got)
            self.counts[name] += grows

    @rule(name=WHO)
    def sign_in_with_a_copy(self, name: str) -> None:
        if not self.counts[name] or not self.good[name]:
            return
        assert self.door.enter(name, self.counts[name]) == no(Problem.PASSKEY_COPIED)
        self.good[name] = False
        assert not any(self.holds(by) for by in self.ever if by.member == name)

    @precondition(lambda self: self.ever)
    @rule(which=WHICH)
    def make_codes(self, which: int) -> None:
        by = self.ever[which % len(self.ever)]
        self.sets += 1
        hashes = tuple(f"{self.sets}/{number}" for number in range(10))
        done = self.door.do(s.SetCodes(org=ORG, by=by, hashes=hashes)) == DONE
        assert done == (self.holds(by) and self.fresh(by))
        if done:
            self.left[by.member] = hashes

    @rule(name=WHO, which=st.integers(0, 9))
    def use_a_code(self, name: str, which: int) -> None:
        theirs = self.left[name]
        matched = theirs[which % len(theirs)] if theirs else ""
        kept = self.door.world.kept(ORG, RecoveryCodes, name)
        shut = kept is None or not theirs or self.resting(kept)
        got = self.door.try_code(name, matched)
        if shut:
            assert got == no(Problem.WRONG_CODE)
        elif self.suspended(name):
            assert got == no(Problem.RAISE_ONLY)
        else:
            assert isinstance(got, By)
            self.ever.append(got)
            self.left[name] = tuple(one for one in theirs if one != matched)

    def resting(self, kept: RecoveryCodes) -> bool:
        return kept.misses >= CODE_TRIES_MAX and self.door.now_ms - kept.missed_ms < HOUR

    @rule(name=WHO)
    def guess(self, name: str) -> None:
        assert self.door.try_code(name, "never") == no(Problem.WRONG_CODE)

    @precondition(lambda self: self.ever)
    @rule(which=WHICH)
    def use(self, which: int) -> None:
        by = self.ever[which % len(self.ever)]
        held = self.holds(by)
        assert (self.door.do(s.SeeSession(org=ORG, by=by)) == DONE) == held

    @precondition(lambda self: self.ever)
    @rule(which=WHICH)
    def prove(self, which: int) -> None:
        by = self.ever[which % len(self.ever)]
        held, count = self.holds(by) and self.good[by.member], self.counts[by.member] + 1
        asked = s.ProveAgain(org=ORG, by=by, passkey=f"passkey-{by.member}", sign_count=count)
        assert (self.door.do(asked) == DONE) == held
        if held:
            self.counts[by.member] = count
            assert self.fresh(by)

    @precondition(lambda self: self.ever)
    @rule(which=WHICH)
    def remove(self, which: int) -> None:
        by = self.ever[which % len(self.ever)]
        may = self.holds(by) and self.fresh(by) and self.good[by.member] and bool(self.left[by.member])
        done = self.door.do(s.RemovePasskey(org=ORG, by=by, id=f"passkey-{by.member}")) == DONE
        assert done == may, "the last way in stays"
        if done:
            self.good[by.member] = False

    @precondition(lambda self: self.ever)
    @rule(which=WHICH)
    def sign_out(self, which: int) -> None:
        by = self.ever[which % len(self.ever)]
        assert self.door.do(s.SignOut(org=ORG, by=by)) == DONE
        assert not self.holds(by)

    @precondition(lambda self: self.ever)
    @rule(which=WHICH, other=WHICH)
    def end(self, which: int, other: int) -> None:
        by, one = self.ever[which % len(self.ever)], self.ever[other % len(self.ever)]
        held = self.holds(by)
        done = self.door.do(s.EndSessions(org=ORG, by=by, member=one.member, session=one.credential)) == DONE
        assert not done or (held and not self.holds(one))

    @rule(name=WHO, suspended=st.booleans())
    def suspend(self, name: str, suspended: bool) -> None:
        def changed(docket: Docket) -> None:
            docket.change_member(name, suspended=suspended)
            sessions.follow(docket)

        self.door._write(changed)

    @rule(ms=st.sampled_from([1, 60_000, 119_999, 600_001, 899_999, HOUR, 8 * HOUR, 24 * HOUR]))
    def wait(self, ms: int) -> None:
        self.door.wait(ms)

    @rule()
    def restart(self) -> None:
        self.door.restart()

    @invariant()
    def memory_holds_what_is_open_and_the_store_what_ever_was(self) -> None:
        held = {by.credential for by in self.ever if self.door.session_of(by).open}
        assert self.door.in_memory(Session) == held
        assert self.door.in_memory(Passkey) == {f"passkey-{name}" for name in PEOPLE if self.good[name]}
        for name in PEOPLE:
            kept = self.door.world.kept(ORG, RecoveryCodes, name)
            assert (kept.hashes if kept else ()) == self.left[name]

    @invariant()
    def nobody_suspended_is_signed_in_and_nobody_has_too_many(self) -> None:
        for name in PEOPLE:
            theirs = [by for by in self.ever if by.member == name and self.door.session_of(by).open]
            assert len(theirs) <= SESSIONS_MAX
            assert not theirs or not self.suspended(name)

    @invariant()
    def every_open_session_has_a_wake_up_when_it_runs_out(self) -> None:
        for id in self.door.in_memory(Session):
            session = self.door.world.kept(ORG, Session, id)
            assert session is not None
            assert self.door._wakes[f"session/{id}"] in (sessions.looked_at_ms(session), runs_out_ms(session))

    @invariant()
    def a_count_never_goes_back(self) -> None:
        for name in PEOPLE:
            passkey = self.door.world.kept(ORG, Passkey, f"passkey-{name}")
            assert passkey is not None and passkey.sign_count == self.counts[name]
            assert passkeys.state_of(passkey) is not None


AnyWeek.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyWeek = AnyWeek.TestCase
