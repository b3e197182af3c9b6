"""Signing in on the running node, with a software authenticator whose answers are really verified."""

from __future__ import annotations

import json

import pytest
from front_door import DONE, Door, no
from msgspec.structs import replace
from rig import ORG, Rig, directory

from authenticator import Authenticator
from tocsin.core.access.record import Passkey
from tocsin.core.access.words import Ended, SignedIn
from tocsin.core.commands import Problem
from tocsin.core.limits import FRESH_MS, PASSKEYS_MAX, SESSION_IDLE_MS
from tocsin.core.words import Role
from tocsin.identity.passkeys import ASKED_MS
from tocsin.runtime.access.signing_in import Entered


@pytest.fixture
def door(rig: Rig) -> Door:
    return Door(rig)


# By passkey -----------------------------------------------------------------------------------------------------------


async def test_from_a_link_to_a_passkey_to_a_session_without_a_name_being_typed(door: Door) -> None:
    phone = await door.enrolled("noor")
    got, given = await door.entered(phone)
    assert (got.member, got.how, got.org) == ("noor", SignedIn.PASSKEY, ORG)
    assert (given.reader.member, given.credential, given.raise_only) == ("noor", got.session, False)
    assert got.ends_ms > door.rig.clock.now_ms() and got.idle_ms == SESSION_IDLE_MS[Role.WORKER]
    assert got.token not in repr(door.rig.store.content)


async def test_an_answer_that_is_sent_twice_is_taken_once(door: Door) -> None:
    phone = await door.enrolled("noor")
    answer = phone.signed(await door.asked())
    assert isinstance(await door.service.finish_sign_in(answer), Entered)
    facts = door.facts
    assert await door.service.finish_sign_in(answer) == no(Problem.CHALLENGE_WORN_OUT)
    assert door.facts == facts


async def test_an_answer_that_comes_too_late_lets_nobody_in(door: Door) -> None:
    phone = await door.enrolled("noor")
    answer = phone.signed(await door.asked())
    await door.rig.settle(ASKED_MS / 1000)
    assert await door.service.finish_sign_in(answer) == no(Problem.CHALLENGE_WORN_OUT)


async def test_what_another_site_or_nobody_asked_is_refused_and_nothing_changes(door: Door) -> None:
    phone = await door.enrolled("noor")
    there = phone.copied()
    there.origin = "https://tocsin.example.net"
    stranger = Authenticator(2)
    facts = door.facts
    assert await door.enter(there) == no(Problem.PASSKEY_REFUSED)
    assert await door.enter(stranger) == no(Problem.PASSKEY_UNKNOWN)
    made_up = json.dumps({**json.loads(await door.asked()), "challenge": "AAAA"})
    assert await door.service.finish_sign_in(phone.signed(made_up)) == no(Problem.CHALLENGE_WORN_OUT)
    for rubbish in ("", "{}", "null", '{"response": {"clientDataJSON": "e30"}}', "\x00" * 99):
        assert await door.service.finish_sign_in(rubbish) == no(Problem.PASSKEY_REFUSED)
    assert door.facts == facts


async def test_an_answer_for_one_purpose_is_none_for_another(door: Door) -> None:
    phone = await door.enrolled("noor")
    _, given = await door.entered(phone)
    proving = await door.service.begin_proving(given)
    assert isinstance(proving, str)
    assert await door.service.finish_sign_in(phone.signed(proving)) == no(Problem.CHALLENGE_WORN_OUT)
    asked = phone.signed(await door.asked())
    assert await door.service.finish_proving(given, asked) == no(Problem.CHALLENGE_WORN_OUT)


async def test_a_copied_passkey_ends_itself_and_what_it_opened(door: Door) -> None:
    phone = await door.enrolled("noor")
    copy = phone.copied()
    got, _ = await door.entered(phone)
    assert await door.enter(copy) == no(Problem.PASSKEY_COPIED)
    assert door.kept(got.session).ended is Ended.REVOKED
    assert door.of(got.token).raise_only
    assert await door.enter(phone) == no(Problem.PASSKEY_UNKNOWN)


async def test_a_key_that_does_not_count_is_believed_each_time(door: Door) -> None:
    phone = await door.enrolled("noor")
    phone.steps = phone.count = 0
    assert [isinstance(await door.enter(phone), Entered) for _ in range(3)] == [True, True, True]


@pytest.mark.slow
async def test_a_suspended_member_is_let_in_by_nothing(door: Door) -> None:
    phone = await door.enrolled("noor")
    got, given = await door.entered(phone)
    codes = await door.service.make_codes(given)
    assert isinstance(codes, tuple)
    members = directory().members
    out = replace(directory(), members={**members, "noor": replace(members["noor"], suspended=True)})
    await door.rig.found(out)
    assert door.of(got.token).raise_only
    assert await door.enter(phone) == no(Problem.RAISE_ONLY)
    assert await door.service.sign_in_by_code("noor", codes[0]) == no(Problem.RAISE_ONLY)


async def test_at_an_address_there_are_no_passkeys_and_it_is_said(rig: Rig) -> None:
    door, off = Door(rig, "http://192.0.2.7:8000"), no(Problem.PASSKEYS_OFF)
    given = door.of(door.by_link("noor"))
    assert await door.service.begin_sign_in() == off == await door.service.finish_sign_in("{}")
    assert await door.service.begin_registration(given) == off == await door.service.finish_registration(given, "{}")
    assert await door.service.begin_proving(given) == off == await door.service.finish_proving(given, "{}")
    assert isinstance(await door.service.make_codes(given), tuple)


# Making one -----------------------------------------------------------------------------------------------------------


async def test_a_passkey_is_made_by_the_session_that_asked_and_no_other(door: Door) -> None:
    noors, bos = door.of(door.by_link("noor")), door.of(door.by_link("bo"))
    options = await door.service.begin_registration(noors)
    assert isinstance(options, str)
    answer = Authenticator().made(options)
    assert await door.service.finish_registration(bos, answer) == no(Problem.CHALLENGE_WORN_OUT)
    assert await door.service.finish_registration(noors, answer) == no(Problem.CHALLENGE_WORN_OUT)
    assert door.rig.world.all_kept(ORG, Passkey) == {}


async def test_what_is_made_elsewhere_is_refused_and_the_same_twice_too(door: Door) -> None:
    given = door.of(door.by_link("noor"))
    phone, there = Authenticator(), Authenticator(2, origin="https://tocsin.example.net")
    options = await door.service.begin_registration(given)
    assert isinstance(options, str)
    assert await door.service.finish_registration(given, there.made(options)) == no(Problem.PASSKEY_REFUSED)
    for reply in (DONE, no(Problem.PASSKEY_KNOWN)):
        options = await door.service.begin_registration(given)
        assert isinstance(options, str)
        assert await door.service.finish_registration(given, phone.made(options)) == reply


async def test_whoever_may_not_add_one_is_told_before_their_phone_makes_it(door: Door) -> None:
    phone = await door.enrolled("noor")
    got, given = await door.entered(phone)
    await door.rig.settle(FRESH_MS / 1000 + 1)
    assert await door.service.begin_registration(given) == no(Problem.NOT_FRESH)
    await door.service.sign_out(given)
    assert await door.service.begin_registration(door.of(got.token)) == no(Problem.SESSION_OVER)
    assert await door.service.finish_registration(given, "{}") == no(Problem.PASSKEY_REFUSED)


async def test_the_eleventh_is_not_even_asked_for(door: Door) -> None:
    given = door.of(door.by_link("noor"))
    for number in range(1, PASSKEYS_MAX + 1):
        options = await door.service.begin_registration(given)
        assert isinstance(options, str)
        assert await door.service.finish_registration(given, Authenticator(number).made(options)) == DONE
    assert await door.service.begin_registration(given) == no(Problem.PASSKEYS_FULL)


async def test_passkeys_are_named_and_removed_but_not_the_last_way_in(door: Door) -> None:
    phone = await door.enrolled("noor")
    _, given = await door.entered(phone)
    [line] = door.service.account(given).passkeys
    assert line.label == "phone" and line.used_ms == door.rig.clock.now_ms()
    assert await door.service.name_passkey(given, line.id, "blue fob") == DONE
    assert door.service.account(given).passkeys[0].label == "blue fob"
    assert await door.service.remove_passkey(given, line.id) == no(Problem.LAST_WAY_IN)
    await door.service.make_codes(given)
    assert await door.service.remove_passkey(given, line.id) == DONE
    assert await door.enter(phone) == no(Problem.PASSKEY_UNKNOWN)
