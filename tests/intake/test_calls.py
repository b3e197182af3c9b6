"""A call that we make: read twice, answered by key, delivered when heard to its end, and never mixed up."""

from __future__ import annotations

import pytest
from called import Story, told

from outside import BEGAN_MS, ORG
from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.message import text_of
from tocsin.core.words import Answer as Said
from tocsin.core.words import Channel, DeliveryState, PlaceKind, Purpose, Reason

STATUS = "/hooks/twilio/status"


KEYS = [("1", Said.COMING, "Noted: coming."), ("2", Said.WITH_THEM, "Noted: with them."), ("3", Said.CANNOT, "cannot")]


@pytest.mark.parametrize(("key", "answer", "words"), KEYS)
def test_keys_1_2_3_answer_and_count_and_the_call_says_what_was_taken(key: str, answer: Said, words: str) -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        said = await story.key(key)
        assert words in said and said.endswith("<Hangup/></Response>")
        assert story.answer() == (answer, True)
        assert story.delivery().state is DeliveryState.ANSWERED

    told(happens)


def test_the_answer_is_spoken_in_the_language_of_whoever_is_called() -> None:
    story = Story(language="es")

    async def happens() -> None:
        story.accepted()
        assert "Anotado: va." in await story.key("1")

    told(happens)


def test_a_second_key_later_in_the_same_call_changes_the_answer() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        said = await story.key("1")
        assert f"{story.addresses(story.delivery()).key(1)}".replace("&", "&amp;") in said
        assert "cannot" in await story.key("3", step=1)
        assert story.answer() == (Said.CANNOT, True)

    told(happens)


def test_the_same_key_press_told_ten_times_is_one_answer_and_renews_no_loan() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        first = await story.key("1")
        until_ms = story.centre.alert(story.alert).people["teo"].loan_until_ms
        story.ring.clock.ms += 30_000
        facts = len(story.ring.store.content.facts)
        for _ in range(10):
            assert await story.key("1") == first
        assert story.centre.alert(story.alert).people["teo"].loan_until_ms == until_ms
        assert len(story.ring.store.content.facts) == facts

    told(happens)


def test_9_reads_it_again_with_what_is_known_now_and_answers_nothing() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        place = c.PlaceReport(PlaceKind.ZONE, BEGAN_MS, "Lot B")
        story.ring.decide(c.AddPlace(org=ORG, alert=story.alert, member="noor", place=place))
        said = await story.key("9")
        assert "The place is Lot B" in said and 'loop="2"' in said and "step=1" in said
        assert story.answer() == (None, False) and story.delivery().state is DeliveryState.HANDED_OVER

    told(happens)


def test_any_other_key_says_so_and_repeats() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        for key in ("0", "7", "*", "12"):
            said = await story.key(key)
            assert ("That key says nothing here. SOS." in said) == (key != "12")
        assert story.answer() == (Said.COMING, True)  # Of two keys told at once the first was meant.

    told(happens)


def test_silence_after_two_readings_is_delivered_and_no_answer() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        assert (await story.heard()).endswith("<Response><Hangup/></Response>")
        assert story.delivery().state is DeliveryState.DELIVERED
        assert story.answer() == (None, False)
        person = story.centre.alert(story.alert).people["teo"]
        assert person.next_ring_ms is not None, "who only listened is rung again"

    told(happens)


@pytest.mark.parametrize("machine", ["machine_start", "machine_end_beep", "MACHINE_END_OTHER", "fax"])
def test_a_machine_or_a_fax_that_picks_up_is_no_answer(machine: str) -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        found = {"CallSid": "CA1", "AnsweredBy": machine}
        assert (await story.post(story.addresses(story.delivery()).status, found)).status == 200
        delivery = story.delivery()
        assert delivery.reason is Reason.VOICEMAIL
        assert delivery.state in (DeliveryState.FAILED, DeliveryState.UNDELIVERABLE)
        for _ in range(2):
            assert "Hangup" in await story.heard(AnsweredBy=machine)
        assert (await story.status("completed")).status == 200
        assert story.delivery() == delivery and story.answer() == (None, False)

    told(happens)


def test_a_person_whom_the_carrier_takes_for_a_machine_answers_by_key_all_the_same() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        found = {"CallSid": "CA1", "AnsweredBy": "machine_start"}
        await story.post(story.addresses(story.delivery()).status, found)
        url = story.addresses(story.delivery()).key(0)
        answer = await story.post(url, found | {"Digits": "1"})
        assert b"Noted: coming." in answer.body and story.answer() == (Said.COMING, True)

    told(happens)


@pytest.mark.parametrize("found", ["human", "unknown", ""])
def test_a_person_who_picks_up_is_no_news(found: str) -> None:
    story = Story()

    async def happens() -> None:
        before = story.accepted()
        form = {"CallSid": "CA1", "AnsweredBy": found}
        assert (await story.post(story.addresses(before).status, form)).status == 200
        assert story.delivery() == before

    told(happens)


ENDS = [
    ({"CallStatus": "busy"}, Reason.NO_ANSWER),
    ({"CallStatus": "no-answer"}, Reason.NO_ANSWER),
    ({"CallStatus": "canceled"}, Reason.NO_ANSWER),
    ({"CallStatus": "failed"}, Reason.VENDOR_REFUSED),
    ({"CallStatus": "failed", "ErrorCode": "13224"}, Reason.DESTINATION_BLOCKED),
    ({"CallStatus": "failed", "ErrorCode": "garbage"}, Reason.VENDOR_REFUSED),
]


@pytest.mark.parametrize(("form", "reason"), ENDS)
def test_a_call_that_nobody_took_has_failed_and_says_why(form: dict[str, str], reason: Reason) -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        url = story.addresses(story.delivery()).status
        assert (await story.post(url, {"CallSid": "CA1", **form})).status == 200
        delivery = story.delivery()
        assert delivery.reason is reason and delivery.due_at_ms is None and not delivery.live

    told(happens)


def test_a_call_that_is_cut_off_is_made_again_at_once_three_times_in_all() -> None:
    story = Story()

    async def happens() -> None:
        for number in (1, 2, 3):
            assert story.delivery().attempts == number
            story.accepted(call=f"CA{number}")
            assert (await story.status("in-progress", call=f"CA{number}")).status == 200
            assert (await story.status("completed", call=f"CA{number}")).status == 200
            due_ms = story.delivery().due_at_ms
            assert due_ms is None or due_ms - story.ring.clock.ms <= 4_000
            story.ring.clock.ms = due_ms or story.ring.clock.ms
        assert story.delivery().reason is Reason.CUT_OFF and not story.delivery().live

    told(happens)


def test_a_call_that_was_heard_or_answered_is_not_made_again() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted("teo")
        story.accepted("rafi", "CA2")
        await story.heard()
        await story.key("1", who="rafi", call="CA2")
        for who, call in (("teo", "CA1"), ("rafi", "CA2")):
            assert (await story.status("completed", who=who, call=call)).status == 200
            assert story.delivery(who).attempts == 1
        assert story.delivery("teo").state is DeliveryState.DELIVERED

    told(happens)


def test_hanging_up_right_after_the_key_is_an_answer_in_whichever_order_it_is_told() -> None:
    for first in ("key", "completed"):
        story = Story()

        async def happens(story: Story = story, first: str = first) -> None:
            story.accepted()
            if first == "completed":
                await story.status("completed", send=1)
            await story.key("2", send=1)
            await story.status("completed", send=1)
            assert story.answer() == (Said.WITH_THEM, True)
            assert story.delivery().due_at_ms is None

        told(happens)


def test_news_that_comes_before_the_request_was_answered_is_believed() -> None:
    story = Story()

    async def happens() -> None:
        assert story.delivery().provider_ref is None
        await story.key("1")
        assert story.answer() == (Said.COMING, True)
        assert (await story.status("no-answer", who="rafi", call="CA9")).status == 200
        story.accepted("rafi", "CA9")
        assert story.delivery("rafi").reason is Reason.NO_ANSWER

    told(happens)


def test_a_call_of_which_nobody_knew_whether_it_was_made_answers_all_the_same() -> None:
    story = Story()

    async def happens() -> None:
        lost = story.delivery()
        story.ring.decide(c.Report(org=ORG, delivery=lost.id, alert=story.alert, moved=c.Moved.UNKNOWN))
        story.accepted(call="CA2")
        await story.key("1", call="CA1")
        assert story.answer() == (Said.COMING, True)

    told(happens)


def test_a_key_for_an_alert_that_closed_meanwhile_hears_that_it_is_over() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        story.close()
        for digits in ("1", "9", "7"):
            said = await story.key(digits)
            assert "That alert is over." in said and "Gather" not in said
        assert story.answer()[0] is None
        assert "That alert is over." in await story.heard()

    told(happens)


def test_whoever_was_barred_during_the_call_hears_no_more_of_it() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        story.ring.decide(Suspend(org=ORG, member="teo", by=OPERATOR))
        for digits in ("9", "1"):
            said = await story.key(digits)
            assert "That alert is over." in said and "Noor" not in said
        assert "That alert is over." in await story.heard()
        assert story.answer()[0] is None

    told(happens)


def test_a_drill_that_ended_during_the_call_says_drill_over() -> None:
    story = Story(drill=True)

    async def happens() -> None:
        story.accepted()
        story.ring.decide(c.EndDrill(org=ORG, alert=story.alert))
        assert "DRILL OVER." in await story.key("1")

    told(happens)


def test_the_all_clear_goes_by_voice_where_voice_reached_them_and_asks_for_no_key() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        await story.heard()
        story.close()
        delivery = story.delivery(purpose=Purpose.ALL_CLEAR)
        assert delivery.channel is Channel.VOICE
        answer = await story.post(story.addresses(delivery).heard, {"CallSid": "CA7"})
        assert answer.body.endswith(b"<Response><Hangup/></Response>")
        assert story.delivery(purpose=Purpose.ALL_CLEAR).state is DeliveryState.DELIVERED
        alert, directory = story.centre.alert(story.alert), story.ring.world.directory(ORG)
        assert text_of(delivery, alert, directory, {}, BEGAN_MS) == "ALL CLEAR. The alert for Noor Invented is over."

    told(happens)
