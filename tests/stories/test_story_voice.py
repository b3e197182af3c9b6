"""Telephones: a key on a call counts, a voice that was only heard answers nothing, nobody is called twice at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from carrier import Mood, news
from msgspec.structs import replace
from people import NUMBERS, ORG, PLAN, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Directory
from tocsin.core.limits import SENDS_MAX
from tocsin.core.spoken_words import aloud
from tocsin.core.words import Answer, Came, Channel, DeliveryState, Kind, Phase, PlaceKind, Purpose, Reason

VOICE = {Channel.VOICE: ("twilio",)}
STRANGER = "+12025550199"


def telephones() -> Directory:
    """Nobody has anything but a telephone."""
    people = directory()
    members = {
        name: replace(m, contacts=(Contact(f"{name}/voice", Channel.VOICE, NUMBERS[name], verified=True),))
        for name, m in people.members.items()
    }
    rungs = tuple(replace(rung, channels=((Channel.VOICE,),)) for rung in PLAN.rungs)
    return replace(people, members=members, plans=(replace(PLAN, rungs=rungs),))


@pytest.fixture(params=[False, True], ids=["steady", "restarts"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    town = Town(restarts=request.param, routes=VOICE)
    town.founded(telephones())
    yield town
    town.must_have_told_everything()


def call(town: Town, name: str) -> Delivery:
    return town.messages(name)[-1]


def key(town: Town, name: str, pressed: str, *, step: int = 0, delivery: Delivery | None = None) -> c.Reply:
    """This key on the newest call to this phone."""
    about = delivery or call(town, name)
    return town.do(
        c.CallKey(
            org=ORG,
            alert=about.alert,
            delivery=about.id,
            vendor="twilio",
            call=f"SM{about.id}",
            key=pressed,
            step=step,
        )
    )


def said(phrase: str) -> c.Done:
    return c.Done(reply=aloud("en", phrase))


def tell(town: Town, delivery: Delivery, moved: c.Moved, reason: Reason | None = None) -> c.Reply:
    return town.do(news(delivery, ORG, moved, reason))


def phase(town: Town) -> Phase:
    return town.phase


def mute(town: Town) -> None:
    """Phones ring, and nobody has picked up yet."""
    town.carrier.moods["*"] = Mood.MUTE


def test_a_press_rings_telephones_and_the_words_are_spoken(town: Town) -> None:
    town.press(places=(c.PlaceReport(PlaceKind.ZONE, town.now_ms, "Lot B"),))
    town.expect("ring teo bo ines")
    assert town.texts["teo"].startswith("SOS. Noor calls for help. The place is Lot B, known from the zone, just now.")


def test_two_keys_on_two_calls_pause_the_climb(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    assert key(town, "teo", "1") == said("took_coming")
    assert phase(town) is Phase.CLIMBING
    assert key(town, "bo", "2") == said("took_with_them")
    assert phase(town) is Phase.PAUSED
    assert call(town, "teo").state is DeliveryState.ANSWERED


def test_a_key_is_a_loan_and_is_asked_for_again_when_it_lapses(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    key(town, "teo", "1")
    town.at(29)
    town.expect()
    town.at(121)
    assert "teo" in {d.member for d in town.deliveries() if d.state is DeliveryState.HANDED_OVER}
    town.unheard.clear()


def test_cannot_by_key_is_left_in_peace(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    assert key(town, "teo", "3") == said("took_cannot")
    town.at(44)
    assert town.alert().people["teo"].answer is Answer.CANNOT and len(town.messages("teo")) == 1
    town.unheard.clear()


def test_a_key_told_again_renews_nothing_and_another_question_does(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    key(town, "teo", "2")
    first = town.alert().people["teo"].loan_until_ms
    town.at(10)
    assert key(town, "teo", "2") == c.Done(reply=aloud("en", "took_with_them"), known=True)
    assert town.alert().people["teo"].loan_until_ms == first
    key(town, "teo", "2", step=1)
    assert (town.alert().people["teo"].loan_until_ms or 0) == (first or 0) + 10_000


def test_heard_to_the_end_is_delivered_and_no_answer(town: Town) -> None:
    town.press()
    town.at(2)
    town.expect("ring teo bo ines")
    assert call(town, "teo").state is DeliveryState.DELIVERED
    assert town.alert().people["teo"].answer is None
    town.at(30)
    town.expect("ring teo bo ines")


def test_nobody_is_called_a_second_time_while_the_phone_is_at_their_ear(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    town.at(44)
    town.expect()
    town.press(key="again")
    town.expect()


def test_a_call_that_breaks_is_made_again_at_once_three_times_in_all(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    for attempt in range(2, SENDS_MAX + 1):
        tell(town, call(town, "teo"), c.Moved.ENDED, Reason.CUT_OFF)
        town.at(town.seconds + 4)
        town.expect("ring teo")
        assert call(town, "teo").attempts == attempt
        assert "You may have had this call before." in town.texts["teo"]
    tell(town, call(town, "teo"), c.Moved.ENDED, Reason.CUT_OFF)
    broken = call(town, "teo")
    assert (broken.attempts, broken.reason, broken.live) == (SENDS_MAX, Reason.CUT_OFF, False)
    town.settle()
    town.unheard.clear()


def test_voicemail_everywhere_climbs_at_once(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    for name in ("teo", "bo", "ines"):
        tell(town, call(town, name), c.Moved.UNDELIVERED, Reason.VOICEMAIL)
    assert town.rung >= 1 and town.alert().people["teo"].unreachable is Reason.VOICEMAIL
    town.settle()
    town.unheard.clear()


def test_a_person_taken_for_a_machine_answers_all_the_same(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    tell(town, call(town, "teo"), c.Moved.UNDELIVERED, Reason.VOICEMAIL)
    assert key(town, "teo", "1") == said("took_coming")
    person = town.alert().people["teo"]
    assert (person.answer, person.counts, person.unreachable) == (Answer.COMING, True, None)


def test_a_key_after_the_close_hears_that_it_is_over_and_changes_nothing(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    town.pin(c.PinMatch.REAL)
    town.expect()
    for pressed in ("1", "9"):
        assert key(town, "teo", pressed, delivery=town.messages("teo")[0]) == said("alert_over")
    assert town.alert().people["teo"].answer is None
    town.at(100)
    town.expect("all_clear bo ines")
    assert town.texts["bo"] == "ALL CLEAR. The alert for Noor is over."


def test_the_all_clear_itself_takes_no_keys(town: Town) -> None:
    town.press()
    town.at(2)
    town.pin(c.PinMatch.REAL)
    town.expect("ring teo bo ines", "all_clear teo bo ines")
    (told,) = town.messages("teo", Purpose.ALL_CLEAR)
    assert key(town, "teo", "1", delivery=told) == c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)


def test_whoever_is_suspended_or_tied_during_a_call_answers_nothing(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    town.suspend("teo")
    town.tie("bo")
    town.settle()
    for name in ("teo", "bo"):
        assert key(town, name, "2") == said("alert_over")
        assert town.alert().people[name].answer is None
    town.unheard.clear()


def test_whoever_was_removed_during_a_call_answers_nothing_either(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    people = telephones()
    members = {name: m for name, m in people.members.items() if name != "teo"}
    shifts = tuple(replace(s, members=tuple(m for m in s.members if m != "teo")) for s in people.shifts)
    town.do(c.ReplaceDirectory(org=ORG, directory=replace(people, members=members, shifts=shifts), by="file"))
    assert key(town, "teo", "1") == said("alert_over")
    town.settle()
    town.unheard.clear()


def test_a_key_says_nothing_where_it_means_nothing(town: Town) -> None:
    mute(town)
    town.press()
    town.expect("ring teo bo ines")
    for pressed in ("9", "0", "*", ""):
        assert key(town, "teo", pressed) == c.Done()
    assert town.alert().people["teo"].answer is None


def test_a_proposal_to_close_is_spoken(town: Town) -> None:
    town.press()
    town.at(2)
    town.propose("ines")
    town.expect("ring teo bo ines", "closing teo bo ines")
    assert town.texts["bo"].startswith("CLOSING. Ines says that the alert for Noor is over: safe.")


def test_a_drill_on_the_telephone_is_a_drill_to_its_end(town: Town) -> None:
    town.press(drill=True, came=Came.DRILL)
    town.expect("ring teo bo ines")
    assert town.texts["teo"].startswith("DRILL.")
    town.at(2)
    town.do(c.EndDrill(org=ORG, alert=town.id()))
    town.expect("all_clear teo bo ines")
    assert town.texts["teo"].startswith("DRILL.")


def test_a_real_alert_over_a_drill_says_so_and_the_others_hear_drill_over(town: Town) -> None:
    town.press("hana", drill=True, came=Came.DRILL)
    town.expect("ring noor teo bo ines")
    town.at(2)
    town.press("teo", kind=Kind.SOS)
    town.settle()
    assert town.texts["bo"].startswith("REAL ALERT. This is not a drill. SOS. Teo calls for help.")
    assert town.texts["teo"] == "DRILL OVER. There is nothing more to do."
    town.unheard.clear()


# Calls that come in ----------------------------------------------------------------------------------------------


def calls_in(town: Town, caller: str, id: str = "CAin") -> c.Reply:
    return town.do(c.CallIn(org=ORG, vendor="twilio", call=id, caller=NUMBERS.get(caller, caller)))


def test_a_call_for_help_rings_and_says_how_it_came(town: Town) -> None:
    assert calls_in(town, "noor") == said("received")
    town.expect("ring teo bo ines")
    assert "It came by telephone." in town.texts["teo"]
    assert calls_in(town, "noor") == c.Done(reply="Received.", known=True)
    town.expect()
    calls_in(town, "noor", "CAagain")
    assert [alert.presses for alert in town.world.open_alerts(ORG)] == [2]
    town.unheard.clear()


def test_a_call_from_a_shadowed_phone_hears_no_more_than_any_other(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.pin(c.PinMatch.DURESS)
    town.settle()
    town.unheard.clear()
    assert calls_in(town, "noor") == said("received")
    (alert,) = town.world.open_alerts(ORG)
    assert alert.under_duress and alert.presses == 2
    town.settle()
    town.unheard.clear()


def test_a_stranger_s_call_is_unverified_and_pages_the_operator(town: Town) -> None:
    assert calls_in(town, STRANGER) == said("received")
    assert calls_in(town, STRANGER) == c.Done(reply="Received.", known=True)
    assert town.pages == ["unverified_sos"]
    assert [(s.sender, s.text) for s in town.world.strangers.values()] == [(STRANGER, "called in and pressed 1")]


def test_a_call_code_is_kept_by_a_new_site_file_and_guessing_pages_the_operator(town: Town) -> None:
    town.do(c.SetCallCode(org=ORG, by=OPERATOR, member="teo", call_code_hash="hash of a code"))
    town.founded(telephones())
    assert town.member("teo").call_code_hash == "hash of a code"
    town.do(c.CodesMissed(org=ORG, vendor="twilio", call="CA1", member="teo"))
    assert town.pages == ["call_codes_missed"]
