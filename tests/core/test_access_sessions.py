"""Sessions: how they begin, how long they last, how they end, and that one which ended is remembered."""

from __future__ import annotations

import pytest
from doorway import DONE, Doorway, no
from msgspec.structs import replace
from ward import MINUTE, ORG, founded

from tocsin.core import commands as c
from tocsin.core.access import sessions
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.commands import LookAt
from tocsin.core.access.record import OPERATOR, By, Session
from tocsin.core.access.sessions import ENDS, TRANSITIONS, IllegalSession, SessionEvent, SessionState
from tocsin.core.access.words import Ended, SignedIn, Told, Via
from tocsin.core.commands import Problem
from tocsin.core.docket import Docket
from tocsin.core.limits import (
    FRESH_MS,
    LABEL_MAX_CHARS,
    SESSION_BY_LINK_LASTS_MS,
    SESSION_IDLE_MS,
    SESSION_LASTS_MS,
    SESSION_SEEN_EVERY_MS,
    SESSIONS_MAX,
)
from tocsin.core.words import Came, Role

OVER = no(Problem.SESSION_OVER)


@pytest.fixture
def door() -> Doorway:
    return Doorway()


def see(door: Doorway, by: By) -> c.Reply:
    return door.do(s.SeeSession(org=ORG, by=by))


def look(session: str) -> LookAt:
    return LookAt(org=ORG, kind="session", id=session)


def follow(door: Doorway, name: str, **changes: object) -> None:
    """A member is changed, and what follows from it for their sessions is decided with it."""

    def changed(docket: Docket) -> None:
        docket.change_member(name, **changes)
        sessions.follow(docket)

    door._write(changed)


# The machine -----------------------------------------------------------------------------------------------------


def apply(session: Session, event: SessionEvent) -> Session:
    match event:
        case SessionEvent.SEEN:
            return sessions.seen(session, session.seen_ms + 1)
        case SessionEvent.PROVEN:
            return sessions.proven(session, session.seen_ms + 1)
        case SessionEvent.LIMITED:
            return sessions.limited(session, 1, 2)
        case SessionEvent.ENDED:
            return sessions.ended(session, Ended.REVOKED)


@pytest.mark.parametrize("event", SessionEvent)
@pytest.mark.parametrize("state", SessionState)
def test_a_session_does_what_its_table_says_and_an_illegal_event_changes_nothing(
    door: Doorway, state: SessionState, event: SessionEvent
) -> None:
    session = door.session_of(door.entered("noor"))
    if state is SessionState.OVER:
        session = sessions.ended(session, Ended.IDLE)
    allowed = TRANSITIONS[state].get(event)
    if allowed is None:
        with pytest.raises(IllegalSession):
            apply(session, event)
    else:
        assert sessions.state_of(apply(session, event)) in allowed


def test_a_session_does_not_end_as_a_link_or_a_phone_does(door: Doorway) -> None:
    session = door.session_of(door.entered("noor"))
    for why in set(Ended) - ENDS:
        with pytest.raises(IllegalSession):
            sessions.ended(session, why)


def test_every_role_has_its_limits_and_those_who_could_do_most_harm_have_the_shortest() -> None:
    assert set(SESSION_IDLE_MS) == set(SESSION_LASTS_MS) == set(Role)
    for role in (Role.ADMINISTRATOR, Role.COORDINATOR):
        assert SESSION_IDLE_MS[role] == min(SESSION_IDLE_MS.values())
        assert SESSION_LASTS_MS[role] == min(SESSION_LASTS_MS.values())
    assert all(SESSION_IDLE_MS[role] > SESSION_SEEN_EVERY_MS for role in Role)
    assert sessions.limits_of(()) == sessions.limits_of((Role.WORKER,))
    both = sessions.limits_of((Role.WORKER, Role.ADMINISTRATOR))
    assert both == (SESSION_IDLE_MS[Role.ADMINISTRATOR], SESSION_LASTS_MS[Role.ADMINISTRATOR])


# Time ------------------------------------------------------------------------------------------------------------


def test_a_session_that_lies_unused_ends_and_leaves_memory_and_is_still_known(door: Doorway) -> None:
    by = door.entered("ada")
    door.wait(SESSION_IDLE_MS[Role.ADMINISTRATOR] - 1)
    assert door.in_memory(Session) == {by.credential}
    door.wait(1)
    assert door.in_memory(Session) == set()
    assert door.session_of(by).ended is Ended.IDLE
    assert door.said("session_ended")[0].by.via is Via.SYSTEM
    assert see(door, by) == OVER


def test_a_session_in_use_goes_on_until_its_absolute_end(door: Doorway) -> None:
    by = door.entered("ada")
    for _ in range(SESSION_LASTS_MS[Role.ADMINISTRATOR] // (10 * MINUTE) - 1):
        door.wait(10 * MINUTE)
        assert see(door, by) == DONE
    door.wait(10 * MINUTE)
    assert door.session_of(by).ended is Ended.EXPIRED


def test_no_screen_goes_dark_in_the_middle_of_an_alert_for_want_of_a_touch(door: Doorway) -> None:
    ines, ada, noor = door.entered("ines"), door.entered("ada"), door.entered("noor")
    door.press("noor")
    door.wait(6 * 60 * MINUTE)
    assert door.session_of(ines).open, "it rang her"
    assert door.session_of(ada).ended is Ended.IDLE, "it did not ring her"
    assert door.session_of(noor).ended is Ended.IDLE, "what hers does must not tell that it is still open"
    door.wait(SESSION_LASTS_MS[Role.SUPERVISOR])
    assert door.session_of(ines).ended is Ended.EXPIRED


def test_a_drill_keeps_nobody_signed_in(door: Doorway) -> None:
    ines = door.entered("ines")
    pressed = c.Press(org=ORG, credential="x", key="x", member="noor", device="noor-phone", came=Came.DRILL, drill=True)
    assert isinstance(door.do(pressed), c.PressTaken)
    door.wait(SESSION_IDLE_MS[Role.SUPERVISOR])
    assert door.session_of(ines).ended is Ended.IDLE


def test_a_session_that_has_run_out_is_over_before_its_wake_up_rings(door: Doorway) -> None:
    by = door.entered("ada")
    door.now_ms += SESSION_IDLE_MS[Role.ADMINISTRATOR]
    assert door.session_of(by).open and see(door, by) == OVER


def test_a_night_of_reading_writes_almost_nothing(door: Doorway) -> None:
    by = door.entered("ines")
    before = door.facts()
    for _ in range(600):
        door.wait(100)
        assert see(door, by) == DONE
    assert door.facts() == before
    door.wait(SESSION_SEEN_EVERY_MS)
    assert see(door, by) == DONE
    assert door.facts() == before + 1
    assert door.session_of(by).seen_ms == door.now_ms


def test_time_looks_at_a_session_that_is_gone_or_was_used_meanwhile_and_ends_nothing(door: Doorway) -> None:
    by = door.entered("noor")
    door.do(look(by.credential))
    assert door.session_of(by).open
    door.do(s.SignOut(org=ORG, by=by))
    door.do(look(by.credential))
    assert door.session_of(by).ended is Ended.SIGNED_OUT


def test_what_a_restart_finds_is_what_was_there(door: Doorway) -> None:
    by, gone = door.entered("noor"), door.entered("noor", 0)
    door.do(s.SignOut(org=ORG, by=gone))
    door.restart()
    assert door.in_memory(Session) == {by.credential}
    assert door.session_of(gone).ended is Ended.SIGNED_OUT
    assert see(door, by) == DONE and see(door, gone) == OVER


# Ending ----------------------------------------------------------------------------------------------------------


def test_whoever_signs_out_is_out_and_may_say_so_twice(door: Doorway) -> None:
    by = door.entered("noor")
    assert door.do(s.SignOut(org=ORG, by=by)) == DONE
    facts = door.facts()
    assert door.do(s.SignOut(org=ORG, by=by)) == DONE
    assert door.facts() == facts
    assert door.session_of(by).ended is Ended.SIGNED_OUT


def test_nobody_signs_out_what_is_not_theirs(door: Doorway) -> None:
    by = door.entered("noor")
    for other in (By("bo", Via.SESSION, by.credential), By("noor", Via.SESSION, "never"), By("noor", Via.DEVICE, "x")):
        assert door.do(s.SignOut(org=ORG, by=other)) == OVER
    assert door.session_of(by).open


def test_one_of_ones_own_sessions_is_ended_or_all_the_others(door: Doorway) -> None:
    here, there, elsewhere = door.entered("noor"), door.entered("noor"), door.entered("noor")
    bos = door.entered("bo")
    assert door.do(s.EndSessions(org=ORG, by=here, member="noor", session=there.credential)) == DONE
    assert door.session_of(there).ended is Ended.REVOKED
    assert door.do(s.EndSessions(org=ORG, by=here, member="noor")) == DONE
    assert door.session_of(elsewhere).ended is Ended.REVOKED
    assert door.session_of(here).open and door.session_of(bos).open
    assert [act.detail for act in door.said("sessions_ended")] == ["1"]


def test_what_is_not_there_or_not_theirs_cannot_be_ended(door: Doorway) -> None:
    here, bos = door.entered("noor"), door.entered("bo")
    for session in ("never", bos.credential):
        asked = s.EndSessions(org=ORG, by=here, member="noor", session=session)
        assert door.do(asked) == no(Problem.NO_SUCH_RECORD)
    assert door.do(s.EndSessions(org=ORG, by=here, member="bo")) == no(Problem.NOT_ALLOWED)
    assert door.session_of(bos).open


def test_a_supervisor_ends_the_sessions_of_another_and_they_are_told(door: Doorway) -> None:
    noors, ines = door.entered("noor"), door.entered("ines")
    assert door.do(s.EndSessions(org=ORG, by=ines, member="noor", session=noors.credential)) == DONE
    assert door.told("session_ended") == [("noor", Told.THEMSELF)]
    assert door.do(s.EndSessions(org=ORG, by=OPERATOR, member="noor")) == DONE
    assert door.told("sessions_ended") == [("noor", Told.THEMSELF)]


def test_whoever_signs_in_without_end_loses_what_they_used_the_longest_ago(door: Doorway) -> None:
    first = door.entered("noor")
    for _ in range(SESSIONS_MAX - 1):
        door.wait(1)
        door.entered("noor")
    assert door.session_of(first).open
    door.entered("noor")
    assert door.session_of(first).ended is Ended.REPLACED
    assert len(door.in_memory(Session)) == SESSIONS_MAX


# People change ---------------------------------------------------------------------------------------------------


def test_whoever_is_suspended_is_signed_out_in_the_same_decision(door: Doorway) -> None:
    noors, bos = door.entered("noor"), door.entered("bo")
    follow(door, "noor", suspended=True)
    assert door.session_of(noors).ended is Ended.SUSPENDED
    assert door.session_of(bos).open
    assert door.enter("noor") == no(Problem.RAISE_ONLY)


def test_whoever_is_gone_from_the_file_is_signed_out(door: Doorway) -> None:
    noors = door.entered("noor")
    members = {id: member for id, member in founded().members.items() if id != "noor"}
    shifts = tuple(replace(shift, members=("bo", "teo", "ines")) for shift in founded().shifts)
    smaller = replace(founded(), members=members, shifts=shifts)
    assert door.do(c.ReplaceDirectory(org=ORG, directory=smaller, by="file")) == DONE
    assert door.session_of(noors).ended is Ended.SUSPENDED


def test_a_role_with_shorter_limits_shortens_what_is_open_and_a_longer_one_does_not(door: Doorway) -> None:
    noors = door.entered("noor")
    follow(door, "noor", roles=(Role.WORKER, Role.ADMINISTRATOR))
    session = door.session_of(noors)
    assert session.idle_ms == SESSION_IDLE_MS[Role.ADMINISTRATOR]
    assert session.ends_ms - session.began_ms == SESSION_LASTS_MS[Role.ADMINISTRATOR]
    follow(door, "noor", roles=(Role.WORKER,))
    assert door.session_of(noors) == session
    door.wait(session.idle_ms)
    assert door.session_of(noors).ended is Ended.IDLE


def test_another_language_or_a_newcomer_ends_nobodys_session(door: Doorway) -> None:
    noors = door.entered("noor")
    before = door.session_of(noors)
    follow(door, "noor", language="es")
    assert door.session_of(noors) == before


# Beginning -------------------------------------------------------------------------------------------------------


def test_signing_in_is_told_to_whoever_it_was_and_every_word_has_a_sentence(door: Doorway) -> None:
    door.entered("noor")
    assert door.told("signed_in") == [("noor", Told.THEMSELF)]
    assert set(door.trail()) <= set(SENTENCES)


def test_a_browser_may_call_itself_anything_and_is_shown_without_what_cannot_be_seen(door: Doorway) -> None:
    door.passkey("noor")
    by = door.enter("noor", label="Zoë\u202e\x00 電話 " + "x" * 500)
    assert isinstance(by, By)
    label = door.session_of(by).label
    assert label.startswith("Zoë 電話 x") and len(label) == LABEL_MAX_CHARS


def test_the_organisations_own_sign_in_lets_in_whom_it_names_and_nobody_suspended_or_unknown(door: Doorway) -> None:
    token = door.token()
    assert door.do(s.SignInByProvider(org=ORG, member="noor", token_hash=token)) == DONE
    assert door.session_of(door.by("noor", token)).how is SignedIn.SINGLE_SIGN_ON
    unknown = s.SignInByProvider(org=ORG, member="nobody", token_hash=door.token())
    assert door.do(unknown) == no(Problem.PROVIDER_UNKNOWN_MEMBER)
    door.change("noor", suspended=True)
    facts = door.facts()
    again = s.SignInByProvider(org=ORG, member="noor", token_hash=door.token())
    assert door.do(again) == no(Problem.RAISE_ONLY) and door.facts() == facts


def test_a_session_by_link_is_short_until_the_first_passkey_is_made_in_it(door: Doorway) -> None:
    token = door.token()
    door._write(lambda docket: sessions.begin(docket, docket.directory.members["ada"], SignedIn.LINK, token, ""))
    by = door.by("ada", token)
    session = door.session_of(by)
    assert session.ends_ms - session.began_ms == SESSION_BY_LINK_LASTS_MS
    assert door.do(s.AddPasskey(org=ORG, by=by, id="new", public_key=b"k", sign_count=0)) == DONE
    session = door.session_of(by)
    assert session.ends_ms - session.began_ms == SESSION_LASTS_MS[Role.ADMINISTRATOR]


def test_a_proof_is_fresh_for_a_while(door: Doorway) -> None:
    by = door.entered("ines")
    door.wait(FRESH_MS)
    assert door.do(s.AddPasskey(org=ORG, by=by, id="a", public_key=b"k", sign_count=0)) == DONE
    door.wait(1)
    late = s.AddPasskey(org=ORG, by=by, id="b", public_key=b"k", sign_count=0)
    assert door.do(late) == no(Problem.NOT_FRESH)
    assert door.do(s.ProveAgain(org=ORG, by=by, passkey="passkey-ines")) == DONE
    assert door.do(late) == DONE


def test_a_phone_or_a_key_keeps_nobodys_account(door: Doorway) -> None:
    for by in (By("noor", Via.DEVICE, "noor-phone"), By("ada", Via.KEY, door.key("ada").id), OPERATOR):
        assert see(door, by) == OVER
        assert door.do(s.SetCodes(org=ORG, by=by, hashes=("x",) * 10)) == OVER
