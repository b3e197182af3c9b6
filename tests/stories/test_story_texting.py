"""By SMS: answers by number, garbled calls for help, STOP where it is no request at all, and what is never counted."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.composer import ReplyKind, reply_text
from tocsin.core.directory import Contact
from tocsin.core.sos_words import words_with
from tocsin.core.words import Answer, Came, Channel, Phase, PlaceKind

STRANGER = "+12025550199"


def said(kind: ReplyKind) -> str:
    return reply_text(kind, "en")


def rung(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")


def test_two_answers_by_number_pause_the_climb(town: Town) -> None:
    rung(town)
    assert town.text("teo", town.number("teo", Answer.COMING)) == said(ReplyKind.TOOK_COMING)
    assert town.text("ines", f"  {town.number('ines', Answer.WITH_THEM)}!") == said(ReplyKind.TOOK_WITH_THEM)
    assert town.phase is Phase.PAUSED
    assert town.text("bo", town.number("bo", Answer.CANNOT)) == said(ReplyKind.TOOK_CANNOT)
    town.at(31)
    town.expect()


def test_a_number_is_taken_only_from_the_contact_it_was_made_for(town: Town) -> None:
    rung(town)
    stolen = town.number("teo", Answer.WITH_THEM)
    town.text("bo", stolen)
    town.text(STRANGER, stolen)
    assert town.alert().people["teo"].answer is None and town.alert().people["bo"].answer is None
    assert town.alert().people["bo"].number_misses == 1


def test_the_same_message_id_twice_does_nothing_again(town: Town) -> None:
    rung(town)
    town.text("teo", town.number("teo", Answer.COMING), message="SM1")
    town.at(10)
    loan_ms = town.alert().people["teo"].loan_until_ms
    command = c.TextIn(org=ORG, vendor="twilio", message="SM1", sender=NUMBERS["teo"], text="anything else, SOS")
    assert town.do(command) == c.Done(known=True)
    assert town.alert().people["teo"].loan_until_ms == loan_ms


def test_one_two_three_are_shown_and_not_counted_and_silence_nothing(town: Town) -> None:
    rung(town)
    assert town.text("teo", "1") == said(ReplyKind.PLAIN)
    assert town.text("ines", "2") == said(ReplyKind.PLAIN)
    assert town.text("bo", "3") == said(ReplyKind.PLAIN)
    people = town.alert().people
    assert [people[name].answer for name in ("teo", "ines", "bo")] == [
        Answer.COMING,
        Answer.WITH_THEM,
        Answer.CANNOT,
    ]
    assert town.phase is Phase.CLIMBING and not town.alert().attended
    town.at(30)
    town.expect("ring teo bo ines")


def test_a_forged_three_takes_back_no_counted_answer(town: Town) -> None:
    rung(town)
    town.say("teo", Answer.COMING)
    town.say("ines", Answer.COMING)
    town.text("teo", "3")
    assert town.phase is Phase.PAUSED and town.alert().people["teo"].answer is Answer.COMING


def test_an_uncounted_with_them_that_falls_silent_rings_everyone_too(town: Town) -> None:
    rung(town)
    town.text("bo", "2")
    town.say("teo", Answer.CANNOT)
    town.at(119)
    town.expect_only("ring")
    town.at(120)
    assert town.alert().silent_helper == "bo" and "teo" in town.expect_only("ring")


def test_somebody_rung_for_two_alerts_must_use_the_numbers(town: Town) -> None:
    rung(town)
    second = town.press("hana").alert
    town.text("teo", "1")
    assert all(alert.people["teo"].answer is None for alert in town.world.open_alerts(ORG))
    town.text("teo", town.number("teo", Answer.COMING, second))
    answers = {alert.member: alert.people["teo"].answer for alert in town.world.open_alerts(ORG)}
    assert answers == {"noor": None, "hana": Answer.COMING}
    town.expect("ring noor bo ines")  # Teo answered before it was sent.


def test_five_misses_are_shown_on_the_console(town: Town) -> None:
    rung(town)
    wrong = next(str(n) for n in range(2000, 9999) if str(n) not in town.alert().people["teo"].numbers)
    for count in range(1, 6):
        assert "answer_numbers_missed" not in town.pages
        assert town.text("teo", wrong) == said(ReplyKind.MISS)
        assert town.alert().people["teo"].number_misses == count
    assert town.pages.count("answer_numbers_missed") == 1


def test_an_expired_number_answers_nothing(town: Town) -> None:
    rung(town)
    old = town.number("teo", Answer.COMING)
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    assert town.text("teo", old) == said(ReplyKind.ALERT_OVER)
    town.press(key="a second night")
    assert town.text("teo", old) == said(ReplyKind.ALERT_OVER), "a number is never given out twice to one phone"
    assert town.alert().people["teo"].answer is None
    town.expect("ring teo bo ines")


def test_other_text_of_a_helper_is_a_note(town: Town) -> None:
    rung(town)
    assert town.text("teo", "I see the car") == said(ReplyKind.RECEIVED)
    assert [(note.by, note.text) for note in town.alert().notes] == [("teo", "I see the car")]


@pytest.mark.parametrize(
    ("text", "place"),
    [("sos", None), ("S.O.S lot b", "lot b"), ("sos,lot b", "lot b"), ("ayuda en la entrada", "en la entrada")],
)
def test_garbled_sos_texts_ring_and_the_rest_is_the_spoken_place(town: Town, text: str, place: str | None) -> None:
    assert town.text("noor", text) == said(ReplyKind.RECEIVED)
    alert = next(iter(town.world.open_alerts(ORG)))
    spoken = alert.places.get(PlaceKind.SPOKEN)
    assert (spoken.label if spoken else None) == place and alert.came is Came.SMS
    town.expect("ring teo bo ines")


def test_an_sos_text_that_comes_twice_is_one_press(town: Town) -> None:
    town.text("noor", "SOS", message="SM7")
    town.text("noor", "SOS", message="SM7")
    assert [alert.presses for alert in town.world.open_alerts(ORG)] == [1]
    town.text("noor", "SOS", message="SM8")
    assert [alert.presses for alert in town.world.open_alerts(ORG)] == [2]
    town.expect("ring teo bo ines")


def test_text_during_one_s_own_open_alert_is_a_note_on_it(town: Town) -> None:
    rung(town)
    assert town.text("noor", "he has a red car") == said(ReplyKind.NOTE_TAKEN)
    assert [note.by for note in town.alert().notes] == ["noor"]


def test_stop_in_a_watch_window_is_an_sos_and_an_opt_out(town: Town) -> None:
    people = directory()
    noor = replace(people.members["noor"], watch_window=True)
    town.founded(replace(people, members={**people.members, "noor": noor}))
    town.text("noor", "STOP", opt_out="STOP")
    alerts = list(town.world.open_alerts(ORG))
    assert [(alert.member, alert.watch_window) for alert in alerts] == [("noor", True)]
    assert town.member("noor").contacts[0].opted_out
    town.expect("ring teo bo ines")


def test_stop_elsewhere_is_an_opt_out_until_start(town: Town) -> None:
    town.text("teo", "STOP", opt_out="STOP")
    assert town.member("teo").contacts[0].opted_out and not list(town.world.open_alerts(ORG))
    town.press()
    assert "teo" in town.alert().people and not town.messages("teo")[0].live
    town.expect("ring bo ines")
    town.text("teo", "START", opt_out="START")
    assert not town.member("teo").contacts[0].opted_out
    town.at(30)
    town.expect("ring teo bo ines")


def test_a_stop_ends_the_number_it_came_from_and_no_other(town: Town) -> None:
    people = directory()
    second = Contact("teo/second", Channel.SMS, "+12025550177", verified=True)
    teo = replace(people.members["teo"], contacts=(*people.members["teo"].contacts, second))
    town.founded(replace(people, members={**people.members, "teo": teo}))
    town.text("teo", "STOP", opt_out="STOP")
    assert [contact.opted_out for contact in town.member("teo").contacts] == [True, False]
    town.press()
    town.expect("ring teo bo ines")


def test_a_stop_from_a_borrowed_phone_shows_at_once(town: Town) -> None:
    rung(town)
    town.text("teo", "STOP", opt_out="STOP")
    town.at(30)
    town.expect("ring bo ines")
    assert town.alert().people["teo"].unreachable is not None


def test_an_sos_word_from_an_unknown_number_goes_to_the_console_unverified(town: Town) -> None:
    assert town.text(STRANGER, "help at the gate") == said(ReplyKind.RECEIVED)
    assert town.pages == ["unverified_sos"] and not list(town.world.open_alerts(ORG))
    assert [stranger.sender for stranger in town.world.strangers.values()] == [STRANGER]


def test_a_word_that_the_installation_has_added_rings_like_any_other_and_names_unknown_numbers(town: Town) -> None:
    town.sos_words = words_with(["Hilfe"])
    town.restart()
    assert town.text("noor", "hilfe, lot b") == said(ReplyKind.RECEIVED)
    town.expect("ring teo bo ines")
    (alert,) = town.world.open_alerts(ORG)
    assert [spot.label for spot in alert.places.values()] == ["lot b"]
    assert town.text(STRANGER, "Hilfe!") == said(ReplyKind.RECEIVED)
    assert town.pages == ["unverified_sos"]


def test_help_calls_nobody_where_the_vendor_answers_it(town: Town) -> None:
    town.sos_words = words_with((), help_rings=False)
    town.restart()
    assert town.text("noor", "help") == said(ReplyKind.HELP), "how to call for help"
    assert not list(town.world.open_alerts(ORG))


def test_unknown_numbers_get_one_neutral_reply_an_hour(town: Town) -> None:
    assert town.text(STRANGER, "hello") == said(ReplyKind.UNKNOWN)
    town.at(3_599)
    assert town.text(STRANGER, "hello") is None
    town.at(3_600)
    assert town.text(STRANGER, "hello") == said(ReplyKind.UNKNOWN)


def test_a_member_at_peace_is_told_how_to_call_for_help(town: Town) -> None:
    assert town.text("teo", "what is this") == said(ReplyKind.HELP)
    assert town.text("teo", "HOME") == said(ReplyKind.WALK_NONE)


def test_a_suspended_helper_s_number_answers_nothing_and_their_sos_still_rings(town: Town) -> None:
    rung(town)
    number = town.number("teo", Answer.WITH_THEM)
    town.suspend("teo")
    assert town.text("teo", number) == said(ReplyKind.ALERT_OVER)
    assert town.alert().people["teo"].answer is None
    town.text("teo", "SOS")
    suspended = [alert for alert in town.world.open_alerts(ORG) if alert.member == "teo"]
    assert [alert.suspended for alert in suspended] == [True]
    town.expect("ring ines wale")


def test_a_text_never_closes_anything(town: Town) -> None:
    rung(town)
    for name in ("teo", "ines", "noor"):
        for text in ("safe", "close", "false alarm", "CANCEL", "0000"):
            town.text(name, text)
    assert town.alert().open and town.alert().proposal is None
