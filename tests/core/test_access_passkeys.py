"""Passkeys: added, used, named, removed; a copied one is refused and ended; and nobody locks themself out."""

from __future__ import annotations

import pytest
from doorway import DONE, Doorway, no
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from ward import ORG, founded

from tocsin.core import commands as c
from tocsin.core.access import passkeys
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.passkeys import TRANSITIONS, IllegalPasskey, PasskeyEvent, PasskeyState, looks_copied
from tocsin.core.access.record import SYSTEM, By, Passkey, RecoveryCodes, Session
from tocsin.core.access.words import Ended, Told
from tocsin.core.commands import Problem
from tocsin.core.limits import FRESH_MS, LABEL_MAX_CHARS, PASSKEYS_MAX

UNKNOWN = no(Problem.PASSKEY_UNKNOWN)
COPIED = no(Problem.PASSKEY_COPIED)


@pytest.fixture
def door() -> Doorway:
    return Doorway()


def add(door: Doorway, by: By, id: str, label: str = "") -> c.Reply:
    return door.do(s.AddPasskey(org=ORG, by=by, id=id, public_key=b"key", sign_count=7, label=label))


def remove(door: Doorway, by: By, id: str) -> c.Reply:
    return door.do(s.RemovePasskey(org=ORG, by=by, id=id))


# The machine -----------------------------------------------------------------------------------------------------


def apply(passkey: Passkey, event: PasskeyEvent) -> Passkey:
    match event:
        case PasskeyEvent.USED:
            return passkeys.used(passkey, 0, 5)
        case PasskeyEvent.NAMED:
            return passkeys.named(passkey, "fob")
        case PasskeyEvent.ENDED:
            return passkeys.ended(passkey, Ended.REVOKED)


@pytest.mark.parametrize("event", PasskeyEvent)
@pytest.mark.parametrize("state", PasskeyState)
def test_a_passkey_does_what_its_table_says_and_an_illegal_event_changes_nothing(
    door: Doorway, state: PasskeyState, event: PasskeyEvent
) -> None:
    passkey = door.passkey("noor")
    if state is PasskeyState.REMOVED:
        passkey = passkeys.ended(passkey, Ended.REVOKED)
    allowed = TRANSITIONS[state].get(event)
    if allowed is None:
        with pytest.raises(IllegalPasskey):
            apply(passkey, event)
    else:
        assert passkeys.state_of(apply(passkey, event)) in allowed


@given(known=st.integers(0, 2**32 - 1), told=st.integers(0, 2**32 - 1))
def test_only_a_count_that_grows_is_believed_and_none_at_all_from_one_that_never_counts(known: int, told: int) -> None:
    passkey = Passkey(id="p", member="noor", public_key=b"", sign_count=known, label="", made_ms=0)
    assert looks_copied(passkey, told) == (told <= known and (told, known) != (0, 0))
    if looks_copied(passkey, told):
        with pytest.raises(IllegalPasskey):
            passkeys.used(passkey, told, 1)
    else:
        assert passkeys.used(passkey, told, 1).sign_count == told


# In --------------------------------------------------------------------------------------------------------------


def test_a_passkey_says_who_it_is_and_remembers_that_it_was_used(door: Doorway) -> None:
    by = door.entered("noor", 3)
    assert door.session_of(by).member == "noor"
    assert (door.passkey_of("noor").sign_count, door.passkey_of("noor").used_ms) == (3, door.now_ms)


def test_a_passkey_nobody_knows_or_that_was_removed_lets_nobody_in(door: Doorway) -> None:
    assert door.enter("noor") == UNKNOWN
    by = door.entered("noor")
    door.codes(by)
    assert remove(door, by, "passkey-noor") == DONE
    facts = door.facts()
    assert door.enter("noor") == UNKNOWN
    assert door.facts() == facts


def test_a_suspended_members_passkey_lets_nobody_in_and_counts_nothing(door: Doorway) -> None:
    door.passkey("noor")
    door.change("noor", suspended=True)
    facts = door.facts()
    assert door.enter("noor", 4) == no(Problem.RAISE_ONLY)
    assert door.facts() == facts and door.passkey_of("noor").open


def test_whoever_is_gone_has_no_passkey_any_more_not_even_when_the_name_comes_back(door: Doorway) -> None:
    by = door.entered("noor")
    door.codes(by)
    members = {id: member for id, member in founded().members.items() if id != "noor"}
    shifts = tuple(replace(shift, members=("bo", "teo", "ines")) for shift in founded().shifts)
    smaller = replace(founded(), members=members, shifts=shifts)
    assert door.do(c.ReplaceDirectory(org=ORG, directory=smaller, by="file")) == DONE
    assert door.do(c.ReplaceDirectory(org=ORG, directory=founded(), by="file")) == DONE
    assert door.enter("noor") == UNKNOWN
    assert door.try_code("noor", "a0") == no(Problem.WRONG_CODE)


# Copied ----------------------------------------------------------------------------------------------------------


def test_a_copied_passkey_is_refused_and_ended_and_the_supervisors_hear_of_it(door: Doorway) -> None:
    hers, bos = door.entered("noor", 9), door.entered("bo")
    assert door.enter("noor", 9) == COPIED
    assert door.passkey_of("noor").ended is Ended.REVOKED
    assert door.session_of(hers).ended is Ended.REVOKED, "nobody knows which of the two began it"
    assert door.session_of(bos).open
    assert door.told("passkey_cloned") == [("noor", Told.SUPERVISORS)]
    assert door.told("passkey_removed") == [("noor", Told.THEMSELF)]
    assert door.enter("noor", 10) == UNKNOWN


def test_a_copy_is_found_out_as_well_where_somebody_proves_again_who_they_are(door: Doorway) -> None:
    by = door.entered("noor", 9)
    assert door.do(s.ProveAgain(org=ORG, by=by, passkey="passkey-noor", sign_count=2)) == COPIED
    assert not door.session_of(by).open


# Again -----------------------------------------------------------------------------------------------------------


def test_proving_again_makes_the_session_fresh_and_longer_in_nothing(door: Doorway) -> None:
    by = door.entered("noor", 1)
    ends_ms = door.session_of(by).ends_ms
    door.wait(FRESH_MS + 1)
    assert door.do(s.ProveAgain(org=ORG, by=by, passkey="passkey-noor", sign_count=2)) == DONE
    session = door.session_of(by)
    assert (session.fresh_ms, session.seen_ms, session.ends_ms) == (door.now_ms, door.now_ms, ends_ms)
    assert door.passkey_of("noor").sign_count == 2
    assert door.do(s.ProveAgain(org=ORG, by=by)) == DONE, "the organisation's own sign-in vouches"


def test_nobody_proves_who_they_are_with_the_passkey_of_another(door: Doorway) -> None:
    by = door.entered("noor")
    door.passkey("bo")
    for passkey in ("passkey-bo", "never"):
        assert door.do(s.ProveAgain(org=ORG, by=by, passkey=passkey)) == UNKNOWN
    door.do(s.SignOut(org=ORG, by=by))
    assert door.do(s.ProveAgain(org=ORG, by=by, passkey="passkey-noor")) == no(Problem.SESSION_OVER)


# Kept ------------------------------------------------------------------------------------------------------------


def test_a_passkey_is_added_named_and_removed_and_its_owner_is_told(door: Doorway) -> None:
    by = door.entered("noor")
    assert add(door, by, "second", " my \u202e key ") == DONE
    assert door.do(s.NamePasskey(org=ORG, by=by, id="second", label="k" * 999)) == DONE
    kept = door.world.kept(ORG, Passkey, "second")
    assert kept is not None
    assert kept.sign_count == 7 and kept.label == "k" * LABEL_MAX_CHARS
    assert remove(door, by, "second") == DONE
    assert door.in_memory(Passkey) == {"passkey-noor"}
    for word in ("passkey_added", "passkey_removed"):
        assert door.told(word) == [("noor", Told.THEMSELF)]


def test_a_passkey_is_added_once_whoevers_it_was_and_whether_or_not_it_ended(door: Doorway) -> None:
    noors, bos = door.entered("noor"), door.entered("bo")
    assert add(door, noors, "second") == DONE
    assert add(door, bos, "second") == no(Problem.PASSKEY_KNOWN)
    assert remove(door, noors, "second") == DONE
    assert add(door, noors, "second") == no(Problem.PASSKEY_KNOWN)


def test_there_are_only_so_many(door: Doorway) -> None:
    by = door.entered("noor")
    for number in range(PASSKEYS_MAX - 1):
        assert add(door, by, f"p{number}") == DONE
    assert add(door, by, "one more") == no(Problem.PASSKEYS_FULL)


def test_nobody_touches_the_passkey_of_another(door: Doorway) -> None:
    by = door.entered("noor")
    door.passkey("bo")
    for asked in (
        s.NamePasskey(org=ORG, by=by, id="passkey-bo", label="mine"),
        s.RemovePasskey(org=ORG, by=by, id="passkey-bo"),
        s.RemovePasskey(org=ORG, by=by, id="never"),
    ):
        assert door.do(asked) == no(Problem.NO_SUCH_RECORD)
    assert door.passkey_of("bo").label == "fob"


def test_a_stale_session_removes_nothing_and_one_that_ended_names_nothing(door: Doorway) -> None:
    by = door.entered("noor")
    door.wait(FRESH_MS + 1)
    assert remove(door, by, "passkey-noor") == no(Problem.NOT_FRESH)
    door.do(s.SignOut(org=ORG, by=by))
    named = s.NamePasskey(org=ORG, by=by, id="passkey-noor", label="x")
    assert door.do(named) == no(Problem.SESSION_OVER)


def test_the_last_way_in_stays(door: Doorway) -> None:
    by = door.entered("noor")
    assert remove(door, by, "passkey-noor") == no(Problem.LAST_WAY_IN)
    door.put(RecoveryCodes(id="noor", hashes=(), made_ms=0))
    assert remove(door, by, "passkey-noor") == no(Problem.LAST_WAY_IN)
    door.codes(by)
    assert remove(door, by, "passkey-noor") == DONE


def test_all_of_somebodys_passkeys_end_at_once_when_they_are_let_in_anew(door: Doorway) -> None:
    noors = door.entered("noor")
    door.passkey("bo")
    add(door, noors, "second")
    door._write(lambda docket: passkeys.end_all(docket, "noor", Ended.REPLACED, SYSTEM))
    assert door.in_memory(Passkey) == {"passkey-bo"}
    assert door.in_memory(Session) == {noors.credential}, "sessions are another matter"


def test_a_session_of_somebody_suspended_adds_nothing(door: Doorway) -> None:
    by = door.entered("noor")
    door.change("noor", suspended=True)
    assert add(door, by, "second") == no(Problem.NOT_ALLOWED)
