"""Calls that are under way when they are no longer wanted: taken back, never made again, and the line left free."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from carrier import CANCELS_AFTER_MS, Mood, news
from msgspec.structs import replace
from people import NUMBERS, ORG
from test_story_voice import VOICE, call, key, mute, said, telephones, tell
from town import ROUTES, Town

from tocsin.core import commands as c
from tocsin.core.directory import Contact, Directory
from tocsin.core.limits import CALL_HEARD_MS, LINE_FREES_MS, SECOND_MS, VOICE_VALID_MS
from tocsin.core.words import Answer, Came, Channel, DeliveryState, Purpose, Reason

EVERYONE = ["bo", "ines", "teo"]


@pytest.fixture(params=[False, True], ids=["steady", "restarts"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    town = Town(restarts=request.param, routes=VOICE)
    town.founded(telephones())
    town.carrier.moods["*"] = Mood.RINGS
    yield town
    town.must_have_told_everything()


def rung(town: Town, *, drill: bool = False) -> None:
    """Three telephones ring."""
    town.press(drill=drill, came=Came.DRILL if drill else Came.DEVICE)
    town.expect("ring teo bo ines")


def taken_back(town: Town) -> list[str]:
    return sorted(town.carrier.taken_back)


def after(town: Town, ms: int) -> None:
    town.at(town.seconds + ms / SECOND_MS)


# What is taken back ----------------------------------------------------------------------------------------------


def test_the_close_silences_every_phone_that_rings(town: Town) -> None:
    rung(town)
    town.pin(c.PinMatch.REAL)
    town.expect()
    assert taken_back(town) == EVERYONE
    after(town, CANCELS_AFTER_MS)
    town.expect("all_clear teo bo ines")
    ring = town.messages("teo")[0]
    assert (ring.state, ring.reason) == (DeliveryState.SUPERSEDED, Reason.ALERT_CLOSED)


def test_an_answer_by_another_way_silences_that_phone_and_no_other(town: Town) -> None:
    rung(town)
    town.say("teo", Answer.COMING)
    assert taken_back(town) == ["teo"] and call(town, "teo").state is DeliveryState.ANSWERED
    after(town, CANCELS_AFTER_MS)
    person = town.alert().people["teo"]
    assert (person.answer, person.unreachable) == (Answer.COMING, None)
    town.at(29)
    town.expect()


def test_a_key_on_the_call_itself_cuts_nobody_off(town: Town) -> None:
    rung(town)
    assert key(town, "teo", "1") == said("took_coming")
    assert taken_back(town) == []


def test_a_suspended_person_s_phone_falls_silent_and_nobody_writes_them_off(town: Town) -> None:
    rung(town)
    town.suspend("teo")
    after(town, CANCELS_AFTER_MS)
    assert taken_back(town) == ["teo"]
    ring = town.messages("teo")[0]
    assert (ring.state, ring.reason) == (DeliveryState.SUPERSEDED, Reason.NO_LONGER_A_RECIPIENT)
    assert town.alert().people["teo"].unreachable is None and len(town.messages("teo")) == 1
    town.settle()
    town.unheard.clear()


def test_a_suspension_that_is_lifted_lets_the_phone_ring_again(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.MUTE  # What became of the call that was taken back is never heard.
    rung(town)
    town.suspend("teo")
    town.suspend("teo", lifted=True)
    town.press(key="again")
    town.expect("ring teo")


def test_the_end_of_a_drill_silences_its_phones(town: Town) -> None:
    rung(town, drill=True)
    town.do(c.EndDrill(org=ORG, alert=town.id()))
    assert taken_back(town) == EVERYONE
    after(town, CANCELS_AFTER_MS)
    town.expect("all_clear teo bo ines")


def test_a_real_alert_silences_the_drill_before_it_rings(town: Town) -> None:
    town.press("hana", drill=True, came=Came.DRILL)
    town.expect("ring noor teo bo ines")
    town.press("noor")
    assert taken_back(town) == [*EVERYONE[:2], "noor", "teo"]
    town.expect("ring teo bo ines")
    after(town, LINE_FREES_MS)
    assert town.expect_only("drill_over") <= {"noor"}


def test_a_proposal_that_is_undone_stops_ringing(town: Town) -> None:
    rung(town)
    key(town, "ines", "1")
    town.propose("ines")
    town.expect("closing teo bo ines")
    town.objects("bo")
    assert taken_back(town) == EVERYONE
    after(town, CANCELS_AFTER_MS)
    assert {d.state for d in town.messages("bo", Purpose.CLOSING)} == {DeliveryState.SUPERSEDED}


def test_a_call_in_the_air_at_the_close_is_taken_back_when_it_has_a_name(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.HOLDS
    town.press()
    town.expect("ring bo ines")
    town.pin(c.PinMatch.REAL)
    town.carrier.moods["teo"] = Mood.RINGS
    town.release("teo")
    assert taken_back(town) == EVERYONE
    town.expect("ring teo")
    after(town, LINE_FREES_MS)
    town.expect("all_clear teo bo ines")


def test_each_call_is_asked_for_once_however_often_the_carrier_says_that_it_rings(town: Town) -> None:
    mute(town)
    rung(town)
    town.pin(c.PinMatch.REAL)
    for _ in range(3):
        tell(town, town.messages("teo")[0], c.Moved.ACCEPTED)
    assert taken_back(town) == EVERYONE
    after(town, CALL_HEARD_MS)
    town.expect("all_clear teo bo ines")


def test_a_text_is_not_asked_back(town: Town) -> None:
    town.routes = {**ROUTES}
    town.restart()
    texts = {n: Contact(f"{n}/sms", Channel.SMS, NUMBERS[n], verified=True) for n in telephones().members}
    town.founded(with_contacts({name: (text,) for name, text in texts.items()}))
    mute(town)
    rung(town)
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    assert taken_back(town) == [] and town.messages("teo")[0].recalled is None


def with_contacts(contacts: dict[str, tuple[Contact, ...]]) -> Directory:
    """Everybody's contacts are these, and each rung rings them all."""
    people = telephones()
    members = {name: replace(m, contacts=contacts[name]) for name, m in people.members.items()}
    (plan,) = people.plans
    rungs = tuple(replace(rung, channels=((Channel.SMS, Channel.VOICE),)) for rung in plan.rungs)
    return replace(people, members=members, plans=(replace(plan, rungs=rungs),))


# What the carrier says of it -------------------------------------------------------------------------------------


def test_a_call_that_somebody_listened_to_all_the_same_is_delivered(town: Town) -> None:
    mute(town)
    rung(town)
    town.suspend("teo")
    tell(town, town.messages("teo")[0], c.Moved.ENDED, Reason.CUT_OFF)
    tell(town, town.messages("teo")[0], c.Moved.DELIVERED)
    assert town.messages("teo")[0].state is DeliveryState.DELIVERED
    town.settle()
    town.unheard.clear()


def test_of_a_call_taken_back_and_never_heard_of_again_nothing_is_concluded(town: Town) -> None:
    mute(town)
    rung(town)
    town.suspend("teo")
    town.at(VOICE_VALID_MS / SECOND_MS + 1)
    ring = town.messages("teo")[0]
    assert (ring.state, ring.reason) == (DeliveryState.SUPERSEDED, Reason.NO_LONGER_A_RECIPIENT)
    assert town.alert().people["teo"].unreachable is None
    town.unheard.clear()


# The line is free ------------------------------------------------------------------------------------------------


def test_whoever_listens_to_the_end_hears_there_that_it_is_over_and_is_not_called_again(town: Town) -> None:
    mute(town)
    rung(town)
    town.pin(c.PinMatch.REAL)
    tell(town, town.messages("teo")[0], c.Moved.DELIVERED)
    after(town, CALL_HEARD_MS)
    town.expect("all_clear bo ines")
    (told,) = town.messages("teo", Purpose.ALL_CLEAR)
    assert (told.state, told.reason) == (DeliveryState.SUPERSEDED, Reason.HEARD_ON_CALL)


def test_whoever_hangs_up_before_it_said_so_is_called_as_soon_as_the_line_is_free(town: Town) -> None:
    mute(town)
    rung(town)
    town.pin(c.PinMatch.REAL)
    town.at(8)
    town.expect()
    tell(town, town.messages("teo")[0], c.Moved.ENDED, Reason.CUT_OFF)
    town.expect("all_clear teo")
    assert len(town.messages("teo")) == 1
    tell(town, town.messages("bo")[0], c.Moved.UNDELIVERED, Reason.VOICEMAIL)
    town.expect("all_clear bo")
    town.at(CALL_HEARD_MS / SECOND_MS)
    town.expect("all_clear ines")


def test_a_key_a_moment_before_the_close_leaves_the_call_time_to_end(town: Town) -> None:
    rung(town)
    key(town, "teo", "1")
    town.pin(c.PinMatch.REAL)
    after(town, CANCELS_AFTER_MS)
    town.expect("all_clear bo ines")
    town.at(LINE_FREES_MS / SECOND_MS)
    town.expect("all_clear teo")


def test_the_end_of_the_call_with_the_key_frees_the_line_at_once(town: Town) -> None:
    rung(town)
    key(town, "teo", "1")
    town.pin(c.PinMatch.REAL)
    town.at(5)
    town.expect("all_clear bo ines")
    tell(town, town.messages("teo")[0], c.Moved.ENDED, Reason.CUT_OFF)
    town.expect("all_clear teo")


def test_a_proposal_heard_to_its_end_did_not_say_that_it_is_over(town: Town) -> None:
    rung(town)
    for name in ("teo", "bo", "ines"):
        key(town, name, "1")
    town.at(20)
    mute(town)
    town.propose("ines")
    town.expect("closing teo bo ines")
    town.confirm("teo")
    town.pin(c.PinMatch.REAL)
    town.expect()
    tell(town, town.messages("bo", Purpose.CLOSING)[0], c.Moved.DELIVERED)
    town.expect("all_clear bo")
    after(town, CALL_HEARD_MS)
    town.expect("all_clear teo ines")


def test_who_has_a_text_hears_by_text_whatever_their_line_does(town: Town) -> None:
    town.routes = {**ROUTES, **VOICE}
    town.restart()
    kinds = (Channel.SMS, Channel.VOICE)
    names = telephones().members
    town.founded(
        with_contacts({n: tuple(Contact(f"{n}/{k}", k, NUMBERS[n], verified=True) for k in kinds) for n in names})
    )
    mute(town)
    town.press()
    town.expect("ring teo bo ines", "ring teo bo ines")
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    assert taken_back(town) == EVERYONE


# A rung larger than the vendor's pace ----------------------------------------------------------------------------


def test_a_call_that_waits_in_the_carrier_s_queue_is_never_joined_by_a_second_one(town: Town) -> None:
    mute(town)
    rung(town)
    for second in range(5, VOICE_VALID_MS // SECOND_MS, 10):
        town.at(second)
        town.press(key=f"again at {second}")
        assert len(town.messages("teo")) == 1
    town.unheard.clear()
    town.at(VOICE_VALID_MS / SECOND_MS)
    assert taken_back(town) == EVERYONE, "what was not dialled in its time is taken out of the queue"
    assert town.messages("teo")[0].reason is Reason.EXPIRED
    town.at(VOICE_VALID_MS / SECOND_MS + 31)
    under_way = [d for d in town.messages("teo") if d.state is DeliveryState.HANDED_OVER]
    assert len(under_way) == 1 and under_way[0].ringing > 1
    late = news(town.messages("teo")[0], ORG, c.Moved.UNDELIVERED, Reason.NO_ANSWER)
    assert town.do(late) == c.Done(known=True)
    town.settle()
    town.unheard.clear()
