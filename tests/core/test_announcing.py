"""Announcements, decided: which acts, to whom, how often, and that nothing is lost or tells of a tie or an alert."""

from __future__ import annotations

import pytest
from announced import all_taken, mail, messages, office, reached_by, suspend, told
from msgspec.structs import replace
from second_person import agree, applied, asked, file
from ward import HOUR, MINUTE, NUMBERS, ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access import commands as a
from tocsin.core.access import entry_commands as n
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access import tie_commands as t
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.announcement import Announcement, Topic
from tocsin.core.access.announcing import ANNOUNCES, tells, ways
from tocsin.core.access.record import OPERATOR, RecoveryCodes
from tocsin.core.access.words import LinkKind, Told
from tocsin.core.directory import Contact
from tocsin.core.limits import (
    ANNOUNCED_EVERY_MS,
    ANNOUNCED_TEXT_EVERY_MS,
    ANNOUNCED_TOPICS_MAX,
)
from tocsin.core.words import Channel, Role

EVERYBODY = frozenset({"ada", "bo", "ines", "noor", "teo", "wale"})


# Which acts, to whom ------------------------------------------------------------------------------------------------


def test_every_act_that_is_announced_is_one_of_the_trail() -> None:
    assert set(ANNOUNCES) <= set(SENTENCES)
    assert all(line.told for line in ANNOUNCES.values())


def test_no_act_of_signing_in_or_of_every_day_is_announced() -> None:
    quiet = {"signed_in", "signed_out", "session_ended", "pins_set", "codes_missed", "link_used", "contact_set"}
    assert not quiet & set(ANNOUNCES)


def test_a_suspension_is_announced_to_supervisors_and_coordinators_and_not_to_whoever_did_it() -> None:
    ward = office()
    suspend(ward, "bo", by="teo")
    assert told(ward) == ["ines", "wale"]


def test_nobody_suspended_is_told_even_of_themself() -> None:
    ward = office()
    suspend(ward, "ines")
    assert told(ward) == ["teo", "wale"]


def test_a_recovery_is_told_to_the_person_at_every_written_contact_and_at_once() -> None:
    ward = office()
    other = Contact("bo/other", Channel.OTHER, "mailto://example.org", verified=True)
    gone = Contact("bo/gone", Channel.SMS, "+12025550199", verified=True, opted_out=True)
    voice = Contact("bo/voice", Channel.VOICE, NUMBERS["bo"], verified=True)
    everything = {
        Channel.SMS: ("twilio",),
        Channel.EMAIL: ("smtp",),
        Channel.OTHER: ("apprise",),
        Channel.VOICE: ("v",),
    }
    ward.world.routes, ward.world.channels = everything, frozenset(everything)
    ward.change("bo", contacts=(*ward.member("bo").contacts, mail("bo"), other, gone, voice))
    ward.do(n.AskRecovery(org=ORG, by=ward.session("teo"), member="bo"))
    theirs = [message for message in messages(ward) if message.member == "bo"]
    assert {message.contact for message in theirs} == {"bo/sms", "bo/mail", "bo/other"}
    assert {message.member for message in messages(ward)} == {"bo", "ines", "wale"}


def test_a_recovery_does_not_wait_for_what_they_were_told_of_a_minute_ago() -> None:
    ward = office()
    ward.do(c.Enrol(org=ORG, by=OPERATOR, member="bo", device="new", token_hash="new"))
    assert told(ward) == ["bo"]
    ward.wait(MINUTE)
    ward.do(n.AskRecovery(org=ORG, by=ward.session("teo"), member="bo"))
    assert told(ward).count("bo") == 2
    ward.do(a.ResetPins(org=ORG, by=ward.session("teo"), member="bo"))
    assert told(ward).count("bo") == 2, "but one warning covers all that there is to look at"
    ward.wait(ANNOUNCED_EVERY_MS)
    assert told(ward).count("bo") == 3


def test_mail_comes_before_a_text() -> None:
    ward = office()
    ines = replace(ward.member("ines"), contacts=(*ward.member("ines").contacts, mail("ines")))
    channels = frozenset({Channel.SMS, Channel.EMAIL})
    assert [contact.id for contact in ways(ines, channels, every=False)] == ["ines/mail"]
    assert [contact.id for contact in ways(ines, frozenset({Channel.SMS}), every=False)] == ["ines/sms"]
    assert ways(ines, frozenset({Channel.VOICE}), every=True) == [], "nobody is called"


def test_a_tie_is_announced_to_the_coordinators_who_keep_it_and_never_to_whom_it_binds() -> None:
    ward = office()
    ward.change("bo", roles=(Role.COORDINATOR,))
    ward.change("ines", roles=(Role.COORDINATOR, Role.SUPERVISOR))
    ward.do(t.SetTie(org=ORG, by=ward.session("wale"), member="ines", about="noor"))
    assert told(ward) == ["bo"], "neither Ines, whom it binds, nor Wale, who set it, nor a supervisor"


def test_a_tied_person_is_told_of_the_other_s_recovery_as_anybody_in_their_place() -> None:
    ward = office()
    ward.change("ines", not_told_about=("noor",))
    ward.do(n.AskRecovery(org=ORG, by=ward.session("teo"), member="noor"))
    assert "ines" in told(ward), "their page shows it; a message that did not come would show them the tie"


def test_a_change_that_waits_and_its_carrying_out_are_announced() -> None:
    ward = office()
    change = asked(ward)
    assert told(ward) == ["ines", "teo", "wale"]
    all_taken(ward)
    ward.wait(2 * ANNOUNCED_EVERY_MS)
    assert agree(ward, "teo", change) == c.Done()
    for _ in range(26 * 12):
        all_taken(ward)
        ward.wait(5 * MINUTE)
    assert told(ward) == sorted(["ines", "teo", "wale"] * 2), "time itself carried it out"


def test_an_invitation_is_announced_to_the_supervisors_and_to_whom_it_lets_in() -> None:
    ward = office()
    by, token_hash = ward.session("ada"), "t" * 64
    for kind, heard in ((LinkKind.ENROLMENT, []), (LinkKind.INVITATION, ["bo", "ines", "teo", "wale"])):
        assert ward.do(n.MakeLink(org=ORG, by=by, kind=kind, token_hash=token_hash, member="bo")) == c.Done()
        assert told(ward) == heard, "of a phone they hear once it is enrolled"


def test_a_code_that_was_used_is_told_to_whose_it_is_as_well() -> None:
    ward = office()
    ward.put(RecoveryCodes(id="bo", hashes=("h", "i"), made_ms=ward.now_ms))
    ward.do(s.SignInByCode(org=ORG, member="bo", matched="h", token_hash="t" * 40))
    assert told(ward) == ["bo", "ines", "teo", "wale"]


def test_what_one_does_to_oneself_is_told_to_oneself_alone() -> None:
    ward = office()
    ward.do(s.AddPasskey(org=ORG, by=ward.session("teo"), id="new", public_key=b"k", sign_count=0))
    assert told(ward) == ["teo"], "it may have been somebody else"


def test_nothing_is_announced_before_anybody_could_look() -> None:
    ward = Ward()
    applied(ward, file(ward, name="Alder County"))
    ward.do(a.Suspend(org=ORG, by=OPERATOR, member="bo"))
    ward.do(c.Enrol(org=ORG, by=OPERATOR, member="noor", device="new", token_hash="new"))
    assert told(ward) == []
    ward.guarded()
    applied(ward, file(ward, name="Alder Valley"))
    assert set(told(ward)) == {"ines", "teo", "wale"}


def test_an_alert_announces_nothing() -> None:
    ward = office()
    ward.press(silent=True)
    ward.wait(HOUR)
    assert told(ward) == []


# How often ----------------------------------------------------------------------------------------------------------


def test_a_flood_of_five_hundred_acts_is_one_message_to_each_in_ten_minutes() -> None:
    ward = office()
    for number in range(500):
        id = f"flood-{number}"
        ward.do(c.Enrol(org=ORG, by=OPERATOR, member="bo", device=id, token_hash=id))
        ward.wait(1_000)
    assert told(ward) == ["bo"]
    all_taken(ward)
    ward.wait(ANNOUNCED_EVERY_MS)
    assert told(ward) == ["bo", "bo"], "what came meanwhile is covered by one"
    all_taken(ward)
    ward.wait(ANNOUNCED_EVERY_MS)
    assert told(ward) == ["bo", "bo"] and not ward.world.all_kept(ORG, Announcement)


def test_what_waits_is_never_lost_over_a_restart() -> None:
    ward = office()
    suspend(ward, "bo")
    all_taken(ward)
    suspend(ward, "noor")
    ward.restart()
    assert len(told(ward)) == 3
    ward.wait(ANNOUNCED_EVERY_MS + MINUTE)
    assert len(told(ward)) == 6


def test_texts_keep_their_pace_and_mails_need_none() -> None:
    ward = office()
    reached_by(ward, Channel.SMS, Channel.EMAIL)
    ward.change("wale", contacts=(mail("wale"),))
    suspend(ward, "bo")
    due = {message.member: message.created_at_ms - ward.now_ms for message in messages(ward)}
    assert due["wale"] == 0 and abs(due["teo"] - due["ines"]) == ANNOUNCED_TEXT_EVERY_MS
    for name in ("noor", "bo", "ada"):
        ward.change(name, suspended=False)
        ward.do(c.Enrol(org=ORG, by=OPERATOR, member=name, device=f"{name}-new", token_hash=f"{name}-new"))
    queue = sorted(m.created_at_ms - ward.now_ms for m in messages(ward) if m.member in ("noor", "bo", "ada"))
    assert queue == [0, ANNOUNCED_TEXT_EVERY_MS, 2 * ANNOUNCED_TEXT_EVERY_MS]


def test_nobody_s_text_is_later_because_another_was_told_of_a_tie() -> None:
    times = []
    for tied in (False, True):
        ward = office()
        ward.change("bo", roles=(Role.COORDINATOR,))
        if tied:
            ward.do(t.SetTie(org=ORG, by=ward.session("wale"), member="ines", about="noor"))
        suspend(ward, "noor")
        times.append([message.created_at_ms - ward.now_ms for message in messages(ward) if message.member == "ines"])
    assert times[0] == times[1] != []


def test_two_times_that_run_side_by_side_come_together_again() -> None:
    ward = office()
    ward.do(c.Enrol(org=ORG, by=OPERATOR, member="bo", device="one", token_hash="one"))
    ward.wait(MINUTE)
    ward.do(n.AskRecovery(org=ORG, by=ward.session("teo"), member="bo"))
    ward.do(c.Enrol(org=ORG, by=OPERATOR, member="bo", device="two", token_hash="two"))
    all_taken(ward)
    ward.wait(ANNOUNCED_EVERY_MS - MINUTE + 10_000)
    assert told(ward).count("bo") == 2, "they were told of something nine minutes ago"
    ward.wait(MINUTE)
    assert told(ward).count("bo") == 3


def test_no_more_ties_than_the_limit_are_kept_to_be_told() -> None:
    ward = office()
    ward.change("bo", roles=(Role.COORDINATOR,))
    for number in range(ANNOUNCED_TOPICS_MAX + 5):
        ward.change("noor", not_told_about=())
        member = replace(ward.member("noor"), id=f"m{number}")
        ward._write(lambda docket, one=member: docket.set_members([replace(one, contacts=())]))
        ward.do(t.SetTie(org=ORG, by=ward.session("wale"), member=f"m{number}", about="noor"))
    (announcement,) = [one for one in ward.world.all_kept(ORG, Announcement).values() if one.member == "bo"]
    assert len(announcement.waiting) == ANNOUNCED_TOPICS_MAX


# Whom, when it is sent ------------------------------------------------------------------------------------------------


def test_whoever_may_not_be_told_any_more_is_not_when_their_turn_comes() -> None:
    ward = office()
    suspend(ward, "bo")
    suspend(ward, "noor")
    all_taken(ward)
    ward.change("ines", roles=(Role.WORKER,))
    ward.change("wale", suspended=True)
    ward.wait(ANNOUNCED_EVERY_MS + MINUTE)
    assert told(ward) == ["ines", "teo", "teo", "wale"]


@pytest.mark.parametrize("topic", [Topic(told=Told.SUPERVISORS), Topic(told=Told.THEMSELF, about="teo")])
def test_nobody_suspended_gone_or_sitting_at_a_desk_is_told(topic: Topic) -> None:
    ward = office()
    assert tells(ward.directory, "teo", topic) and not tells(ward.directory, "nobody", topic)
    ward.change("teo", seat="centre/front")
    assert not tells(ward.directory, "teo", topic)
    ward.change("teo", seat="", suspended=True)
    assert not tells(ward.directory, "teo", topic)


def test_nobody_can_be_told_who_has_no_way() -> None:
    ward = office()
    for name in ("teo", "ines", "wale"):
        ward.change(name, contacts=())
    suspend(ward, "bo")
    assert told(ward) == [] and not ward.world.all_kept(ORG, Announcement)
