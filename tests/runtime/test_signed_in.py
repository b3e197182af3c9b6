"""A session in use and recovery codes, on the running node: proving again, being seen, running out, guessing."""

from __future__ import annotations

import asyncio
import json

import pytest
from front_door import DONE, Door, no
from rig import ORG, Chance, Rig

from authenticator import ORIGIN
from tocsin.core import commands as c
from tocsin.core.access.record import Passkey, RecoveryCodes, Session
from tocsin.core.access.sign_in_commands import SeeSession
from tocsin.core.access.words import Ended, SignedIn, Via
from tocsin.core.commands import Problem
from tocsin.core.limits import CODE_TRIES_MAX, FRESH_MS, SESSION_IDLE_MS, SESSION_SEEN_EVERY_MS
from tocsin.core.sight import Reader
from tocsin.core.words import Role
from tocsin.identity.passkeys import ASKED_MS
from tocsin.identity.token import new_token
from tocsin.ports import StoreFull
from tocsin.runtime.access.challenges import Challenges, Purpose
from tocsin.runtime.access.signing_in import CODE_ANSWER_MS, Entered, SigningIn
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.passes import Pass, Passes
from tocsin.runtime.world import World


@pytest.fixture
def door(rig: Rig) -> Door:
    return Door(rig)


# By code --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_recovery_code_lets_in_once(door: Door) -> None:
    _, given = await door.entered(await door.enrolled("noor"))
    codes = await door.service.make_codes(given)
    assert isinstance(codes, tuple)
    got = await door.service.sign_in_by_code("noor", codes[0].lower().replace("-", " "), "Chrome")
    assert isinstance(got, Entered) and got.how is SignedIn.RECOVERY_CODE
    assert door.service.account(given).codes_left == 9
    assert await door.service.sign_in_by_code("noor", codes[0]) == no(Problem.WRONG_CODE)
    assert not any(code in repr(door.rig.store.content) for code in codes)


@pytest.mark.slow
async def test_nobody_somebody_and_somebody_shut_out_wait_equally_long_for_the_same_answer(door: Door) -> None:
    _, given = await door.entered(await door.enrolled("noor"))
    codes = await door.service.make_codes(given)
    assert isinstance(codes, tuple)
    clock = door.rig.clock
    for member, code in (("nobody", "x"), ("", ""), ("bo", codes[0]), *[("noor", "x")] * (CODE_TRIES_MAX + 1)):
        began_ms = clock.now_ms()
        assert await door.service.sign_in_by_code(member, code) == no(Problem.WRONG_CODE)
        assert clock.now_ms() - began_ms == CODE_ANSWER_MS
    assert await door.service.sign_in_by_code("noor", codes[0]) == no(Problem.WRONG_CODE)
    door.rig.crash()
    again = Door(door.rig)
    assert await again.service.sign_in_by_code("noor", codes[0]) == no(Problem.WRONG_CODE), "a restart forgives nothing"


class Leaping:
    """A clock by which a second passes whenever somebody looks; and a node where every code is wrong."""

    def __init__(self) -> None:
        self.world, self.time_ms = World(), 0

    @property
    def clock(self) -> Leaping:
        return self

    def now_ms(self) -> int:
        self.time_ms += 1_000
        return self.time_ms

    async def submit(self, command: c.Command) -> c.Reply:
        return no(Problem.WRONG_CODE)


@pytest.mark.slow
def test_a_crowd_that_guesses_is_told_that_it_is_busy_and_holds_nothing() -> None:
    async def crowd() -> list[object]:
        service = SigningIn(Leaping(), Chance(), ORIGIN, hashes_waiting_max=2)
        given = Pass(ORG, Via.SESSION, "x", Reader("noor", "x"))
        tries = [service.sign_in_by_code("noor", "x") for _ in range(4)]
        got: list[object] = [*await asyncio.gather(*tries)]
        return [*got, *await asyncio.gather(*(service.make_codes(given) for _ in range(3)))]

    wrong, busy = no(Problem.WRONG_CODE), no(Problem.SIGN_IN_BUSY)
    assert asyncio.run(crowd()) == [wrong, wrong, busy, busy, wrong, wrong, busy]


@pytest.mark.slow
async def test_codes_are_made_by_somebody_who_has_just_proved_who_they_are(door: Door) -> None:
    phone = await door.enrolled("noor")
    _, given = await door.entered(phone)
    await door.rig.settle(FRESH_MS / 1000 + 1)
    assert await door.service.make_codes(given) == no(Problem.NOT_FRESH)
    proving = await door.service.begin_proving(given)
    assert isinstance(proving, str)
    assert await door.service.finish_proving(given, phone.signed(proving)) == DONE
    assert isinstance(await door.service.make_codes(given), tuple)
    assert door.rig.world.all_kept(ORG, RecoveryCodes)["noor"].made_ms == door.rig.clock.now_ms()


# In use ---------------------------------------------------------------------------------------------------------------


async def test_whoever_proves_again_does_it_with_their_own_passkey_and_on_their_own_session(door: Door) -> None:
    phone, other = await door.enrolled("noor", 1), await door.enrolled("bo", 2)
    _, given = await door.entered(phone)
    proving = await door.service.begin_proving(given)
    assert isinstance(proving, str)
    assert len(json.loads(proving)["allowCredentials"]) == 1
    assert await door.service.finish_proving(given, other.signed(proving)) == no(Problem.PASSKEY_UNKNOWN)
    assert await door.service.finish_proving(given, "{}") == no(Problem.PASSKEY_REFUSED)


async def seen(door: Door, given: Pass) -> c.Reply:
    return await door.rig.bell.submit(SeeSession(org=ORG, by=given.by))


async def test_a_session_is_seen_now_and_then_and_ends_when_it_is_not(door: Door) -> None:
    got, given = await door.entered(await door.enrolled("noor"))
    facts = door.facts
    assert await seen(door, given) == DONE
    assert door.facts == facts
    await door.rig.settle(SESSION_SEEN_EVERY_MS / 1000)
    assert await seen(door, given) == DONE == await seen(door, given)
    assert door.facts == facts + 1
    await door.rig.settle(SESSION_IDLE_MS[Role.WORKER] / 1000 + 1)
    assert door.kept(got.session).ended is Ended.IDLE
    assert door.rig.world.all_kept(ORG, Session) == {}
    facts = door.facts
    assert await seen(door, door.of(got.token)) == no(Problem.SESSION_OVER)
    assert door.facts == facts


async def test_a_session_past_its_end_only_raises_even_where_no_wake_up_rang(door: Door) -> None:
    got, given = await door.entered(await door.enrolled("noor"))
    door.rig.clock.ahead_ms = SESSION_IDLE_MS[Role.WORKER]
    now = door.passes.again(given)
    assert now is not None and now.raise_only and door.of(got.token).raise_only
    assert door.kept(got.session).open


async def test_an_ended_session_still_says_whose_call_for_help_it_is(door: Door) -> None:
    got, given = await door.entered(await door.enrolled("noor"))
    assert await door.service.sign_out(given) == DONE
    door.rig.crash()
    later = Passes(door.rig.bell).of(got.token)
    assert later is not None and later.raise_only and later.reader.member == "noor"


async def test_one_sees_ones_own_sessions_and_ends_one_or_all_the_others(door: Door) -> None:
    phone = await door.enrolled("noor")
    await door.rig.settle(1)
    one, _ = await door.entered(phone)
    await door.rig.settle(1)
    two, here = await door.entered(phone)
    other, _ = await door.entered(await door.enrolled("bo", 2))
    shown = door.service.account(here)
    assert [(line.id, line.this) for line in shown.sessions][:2] == [(two.session, True), (one.session, False)]
    assert shown.sessions[0].label == "Firefox on Linux" and shown.codes_left == 0 and shown.codes_made_ms is None
    assert await door.service.end_session(here, one.session) == DONE
    assert await door.service.end_session(here, other.session) == no(Problem.NO_SUCH_RECORD)
    assert await door.service.end_session(here, "") == no(Problem.NO_SUCH_RECORD)
    assert await door.service.end_other_sessions(here) == DONE
    assert [line.id for line in door.service.account(here).sessions] == [two.session]
    assert door.kept(other.session).open
    await door.service.sign_out(here)
    nothing = door.service.account(door.of(two.token))
    assert (nothing.sessions, nothing.passkeys) == ((), ())


# Challenges -----------------------------------------------------------------------------------------------------------


async def test_a_flood_of_strangers_pushes_out_strangers_and_nobody_who_is_signed_in(rig: Rig) -> None:
    waiting = Challenges(rig.clock, rig.chance, strangers_max=3, known_max=2)
    hers, first = waiting.make(Purpose.PROVE_AGAIN, "session"), waiting.make(Purpose.SIGN_IN)
    newest = [waiting.make(Purpose.SIGN_IN) for _ in range(3)]
    assert len(waiting) == 4
    assert not waiting.take(first, Purpose.SIGN_IN)
    assert waiting.take(newest[0], Purpose.SIGN_IN) and not waiting.take(newest[0], Purpose.SIGN_IN)
    assert waiting.take(hers, Purpose.PROVE_AGAIN, "session")


async def test_challenges_that_nobody_answered_are_forgotten(rig: Rig) -> None:
    waiting = Challenges(rig.clock, rig.chance)
    for _ in range(5):
        waiting.make(Purpose.SIGN_IN)
    await rig.settle(ASKED_MS / 1000)
    waiting.make(Purpose.SIGN_IN)
    assert len(waiting) == 1


async def test_no_two_challenges_or_tokens_are_alike(door: Door) -> None:
    asked = {json.loads(await door.asked())["challenge"] for _ in range(50)}
    assert len(asked) == 50
    seed = bytes(32)
    assert new_token(seed)[0] != new_token(seed, "session")[0] != new_token(seed, "key")[0]


async def test_whoever_has_a_full_disk_is_told_and_not_half_signed_in(door: Door) -> None:
    phone = await door.enrolled("noor")
    door.rig.store.mood = StoreFull()
    with pytest.raises(Unavailable):
        await door.enter(phone)
    door.rig.store.mood = None
    [passkey] = door.rig.world.all_kept(ORG, Passkey).values()
    assert passkey.sign_count == 0
    await door.entered(phone)
