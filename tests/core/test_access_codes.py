"""Recovery codes: each once, a new set instead of the old one, so many wrong tries and no more, and everybody told."""

from __future__ import annotations

import pytest
from doorway import Doorway, no
from ward import HOUR, ORG

from tocsin.core.access import codes
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.codes import TRANSITIONS, CodesEvent, CodesState, IllegalCode
from tocsin.core.access.record import By, RecoveryCodes
from tocsin.core.access.words import SignedIn, Told
from tocsin.core.commands import Problem
from tocsin.core.limits import CODE_TRIES_MAX, CODE_TRIES_REST_MS, FRESH_MS, RECOVERY_CODES

WRONG = no(Problem.WRONG_CODE)
NOW = 10 * HOUR


@pytest.fixture
def door() -> Doorway:
    return Doorway()


STATES = {
    CodesState.READY: RecoveryCodes(id="noor", hashes=("a", "b"), made_ms=0),
    CodesState.RESTING: RecoveryCodes(id="noor", hashes=("a",), made_ms=0, misses=CODE_TRIES_MAX, missed_ms=NOW),
    CodesState.EMPTY: RecoveryCodes(id="noor", hashes=(), made_ms=0),
}


def apply(kept: RecoveryCodes, event: CodesEvent) -> RecoveryCodes:
    match event:
        case CodesEvent.USED:
            return codes.used(kept, "a", NOW)
        case CodesEvent.MISSED:
            return codes.missed(kept, NOW)
        case CodesEvent.REPLACED:
            return codes.made(kept, "noor", ("c",), NOW)


@pytest.mark.parametrize("event", CodesEvent)
@pytest.mark.parametrize("state", CodesState)
def test_codes_do_what_their_table_says_and_an_illegal_event_changes_nothing(
    state: CodesState, event: CodesEvent
) -> None:
    kept = STATES[state]
    assert codes.state_of(kept, NOW) is state
    allowed = TRANSITIONS[state].get(event)
    if allowed is None:
        with pytest.raises(IllegalCode):
            apply(kept, event)
    else:
        assert codes.state_of(apply(kept, event), NOW) in allowed


def test_what_is_no_code_of_the_set_is_not_used() -> None:
    with pytest.raises(IllegalCode):
        codes.used(STATES[CodesState.READY], "z", NOW)


def test_a_code_lets_its_owner_in_once_and_they_and_the_supervisors_are_told(door: Doorway) -> None:
    hashes = door.codes(door.entered("noor"))
    by = door.try_code("noor", hashes[3])
    assert isinstance(by, By)
    assert door.session_of(by).how is SignedIn.RECOVERY_CODE
    assert door.told("code_used") == [("noor", Told.SUPERVISORS)]
    assert door.told("signed_in")[-1] == ("noor", Told.THEMSELF)
    assert door.said("code_used")[0].detail == "9"
    assert door.try_code("noor", hashes[3]) == WRONG


def test_a_used_up_set_is_out_of_memory_and_a_new_one_takes_its_place(door: Doorway) -> None:
    by = door.entered("noor")
    for matched in door.codes(by):
        assert isinstance(door.try_code("noor", matched), By)
    assert door.in_memory(RecoveryCodes) == set()
    assert door.try_code("noor", "a0") == WRONG
    door.codes(by, "b")
    assert isinstance(door.try_code("noor", "b0"), By)


def test_a_new_set_makes_the_old_one_worthless(door: Doorway) -> None:
    by = door.entered("noor")
    door.codes(by, "a")
    door.codes(by, "b")
    assert door.try_code("noor", "a0") == WRONG
    assert isinstance(door.try_code("noor", "b0"), By)


def test_a_set_is_made_by_somebody_who_has_just_proved_who_they_are(door: Doorway) -> None:
    by = door.entered("noor")
    door.wait(FRESH_MS + 1)
    late = s.SetCodes(org=ORG, by=by, hashes=("x",) * RECOVERY_CODES)
    assert door.do(late) == no(Problem.NOT_FRESH)
    assert door.in_memory(RecoveryCodes) == set()


def test_too_many_wrong_ones_shut_it_for_the_right_one_too_and_a_restart_forgives_nothing(door: Doorway) -> None:
    hashes = door.codes(door.entered("noor"))
    for _ in range(CODE_TRIES_MAX):
        assert door.try_code("noor", "") == WRONG
        door.restart()
    assert door.told("codes_missed") == [("noor", Told.SUPERVISORS)]
    facts = door.facts()
    assert door.try_code("noor", hashes[0]) == WRONG
    assert door.facts() == facts, "whoever goes on guessing costs nothing"
    door.wait(CODE_TRIES_REST_MS - 1)
    assert door.try_code("noor", hashes[0]) == WRONG
    door.wait(1)
    assert isinstance(door.try_code("noor", hashes[0]), By)
    assert door.codes_of("noor").misses == 0


def test_a_slip_now_and_then_shuts_nothing(door: Doorway) -> None:
    hashes = door.codes(door.entered("noor"))
    for _ in range(3 * CODE_TRIES_MAX):
        assert door.try_code("noor", "") == WRONG
        door.wait(CODE_TRIES_REST_MS)
    assert isinstance(door.try_code("noor", hashes[0]), By)
    assert door.said("codes_missed") == []


def test_nobody_and_somebody_without_codes_hear_the_same_and_nothing_is_written(door: Doorway) -> None:
    facts = door.facts()
    assert door.try_code("nobody", "a0") == WRONG == door.try_code("bo", "a0")
    assert door.facts() == facts


def test_a_suspended_members_code_lets_nobody_in_and_is_not_used_up(door: Doorway) -> None:
    hashes = door.codes(door.entered("noor"))
    door.change("noor", suspended=True)
    facts = door.facts()
    assert door.try_code("noor", hashes[0]) == no(Problem.RAISE_ONLY)
    assert door.facts() == facts


def test_the_codes_of_whoever_is_let_in_anew_are_worth_nothing(door: Doorway) -> None:
    hashes = door.codes(door.entered("noor"))
    door._write(lambda docket: codes.forget(docket, "noor"))
    door._write(lambda docket: codes.forget(docket, "bo"))
    assert door.try_code("noor", hashes[0]) == WRONG
    assert door.in_memory(RecoveryCodes) == set()


def test_codes_are_made_by_their_owner_alone(door: Doorway) -> None:
    assert door.do(s.SetCodes(org=ORG, by=By("noor"), hashes=("x",) * RECOVERY_CODES)) == no(Problem.SESSION_OVER)
    assert door.codes(door.entered("bo")) and door.in_memory(RecoveryCodes) == {"bo"}
