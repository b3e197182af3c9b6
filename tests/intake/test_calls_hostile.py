"""Callbacks of calls that are forged, late, of another call, or garbage: a clear answer, and nothing changes."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from called import Story, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outside import PUBLIC_URL, SECRET, ask
from tocsin.core.limits import CALL_LASTS_MAX_MS, VOICE_VALID_MS
from tocsin.core.words import Answer as Said
from tocsin.core.words import Channel, Purpose
from tocsin.wire.twilio import signature
from tocsin.wire.twilio_voice import CallAddresses

STATUS = "/hooks/twilio/status"


def test_a_key_of_another_call_alert_or_delivery_is_refused_and_changes_nothing() -> None:
    story = Story()

    async def happens() -> None:
        delivery = story.accepted()
        closing = replace(delivery, id="reply", purpose=Purpose.CLOSING)
        text = replace(delivery, id="text", channel=Channel.SMS)
        story.ring.world.sent[story.alert].update({"reply": closing, "text": text})
        own = story.addresses(delivery)
        for url, call in (
            (own.key(0), "CA2"),
            (CallAddresses(PUBLIC_URL, story.alert, "another").key(0), "CA1"),
            (CallAddresses(PUBLIC_URL, "another", "another").key(0), "CA1"),
            (CallAddresses(PUBLIC_URL, story.alert, "reply").key(0), "CA1"),
            (CallAddresses(PUBLIC_URL, story.alert, "text").key(0), "CA1"),
        ):
            answer = await story.post(url, {"CallSid": call, "Digits": "1"})
            assert (answer.status, answer.json["code"]) == (404, "no_such_delivery")
        assert story.answer() == (None, False)

    told(happens)


def test_a_call_s_end_told_of_another_call_is_refused() -> None:
    story = Story()

    async def happens() -> None:
        before = story.accepted()
        assert (await story.status("completed", call="CA2")).status == 404
        for more in ({}, {"AnsweredBy": "fax"}):
            answer = await story.post(story.addresses(before).heard, {"CallSid": "CA2", **more})
            assert answer.status == 404
        assert story.delivery() == before

    told(happens)


def test_news_two_days_late_changes_nothing() -> None:
    story = Story()

    async def happens() -> None:
        story.accepted()
        await story.heard()
        before = story.delivery()
        story.ring.clock.ms += VOICE_VALID_MS + CALL_LASTS_MAX_MS + 48 * 3_600_000
        for status in ("initiated", "ringing", "in-progress", "completed"):
            assert (await story.status(status)).status == 200
        answer = await story.post(story.addresses(before).key(0), {"CallSid": "CA1", "Digits": "1"})
        assert answer.status == 404
        assert story.delivery() == before and story.answer() == (None, False)

    told(happens)


def test_a_forged_callback_is_refused_and_counted() -> None:
    story = Story()

    async def happens() -> None:
        own = story.addresses(story.accepted())
        for url in (own.key(0), own.heard, own.status):
            for _ in range(4):
                answer = await story.post(
                    url, {"CallSid": "CA1", "Digits": "1", "CallStatus": "busy"}, "of another account"
                )
                assert (answer.status, answer.json["code"]) == (403, "bad_signature")
        assert (await story.centre.call("GET", "/readyz")).status == 503
        assert story.answer() == (None, False) and len(story.ring.commands) == story.stored

    told(happens)


def test_the_query_of_an_address_is_signed_too() -> None:
    story = Story()

    async def happens() -> None:
        own = story.addresses(story.accepted())
        form = {"CallSid": "CA1", "Digits": "1"}
        headers = {"x-twilio-signature": signature(SECRET, own.key(0), form.items())}
        path = own.key(5).removeprefix(PUBLIC_URL)
        answer = await ask(story.centre.app, "POST", path, headers, [urlencode(form).encode()])
        assert answer.status == 403

    told(happens)


def test_what_could_not_be_stored_is_not_taken() -> None:
    story = Story()

    async def happens() -> None:
        own = story.addresses(story.accepted())
        story.ring.full = True
        for url, form in ((own.heard, {}), (own.status, {"CallStatus": "busy"})):
            answer = await story.post(url, {"CallSid": "CA1", **form})
            assert answer.status == 503

    told(happens)


@pytest.mark.parametrize("form", [{}, {"CallSid": "CA1"}, {"CallSid": "CA1", "CallStatus": "dancing"}])
def test_a_status_that_says_nothing_or_names_no_delivery_has_a_clear_answer(form: dict[str, str]) -> None:
    story = Story()

    async def happens() -> None:
        before = story.accepted()
        answer = await story.post(PUBLIC_URL + STATUS, form)
        assert (answer.status, answer.json["code"]) == (400, "bad_request")
        answer = await story.post(story.addresses(before).status, form)
        assert answer.status == (200 if form else 400)
        assert story.delivery() == before

    told(happens)


def test_a_turn_without_keys_or_end_hangs_up() -> None:
    story = Story()

    async def happens() -> None:
        answer = await story.post(story.addresses(story.accepted()).key(0), {"CallSid": "CA1"})
        assert answer.body.endswith(b"<Response><Hangup/></Response>")

    told(happens)


def test_without_a_voice_account_calls_are_not_served() -> None:
    from tocsin.intake.http import Hooks, build_sos_app

    story = Story()
    bare = build_sos_app(story.ring, hooks=Hooks(PUBLIC_URL, SECRET), readiness=story.centre.readiness)
    answer = asyncio.run(ask(bare, "POST", "/hooks/twilio/voice", {}, [b"CallSid=CA1"]))
    assert (answer.status, answer.json["code"]) == (404, "not_served")


fields = st.dictionaries(
    st.sampled_from(["CallSid", "Digits", "CallStatus", "AnsweredBy", "From", "ErrorCode", "To"]), st.text(max_size=12)
)
queries = st.dictionaries(
    st.sampled_from(["delivery", "alert", "step", "heard", "at", "silent", "odd", "missed"]), st.text(max_size=12)
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=fields, query=queries, path=st.sampled_from(["/hooks/twilio/voice", STATUS]), mine=st.booleans())
def test_any_signed_words_get_a_clear_answer_and_never_a_fault(
    form: dict[str, Any], query: dict[str, str], path: str, mine: bool
) -> None:
    story = _standing()

    async def happens() -> None:
        asked = query | ({"delivery": story.delivery().id, "alert": story.alert} if mine else {})
        signed_form = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
        url = f"{PUBLIC_URL}{path}" + (f"?{urlencode(asked, errors='replace')}" if asked else "")
        answer = await story.post(url, signed_form)
        assert answer.status in (200, 400, 403, 404), answer.body

    told(happens)


_STANDING: list[Story] = []


def _standing() -> Story:
    """One story for all examples: each would cost the hash of two PINs."""
    if not _STANDING:
        _STANDING.append(Story())
    return _STANDING[0]


def test_a_key_of_a_send_that_was_never_made_is_refused() -> None:
    story = Story()

    async def happens() -> None:
        delivery = story.accepted()
        for send in (2, 3, 9):
            answer = await story.post(story.addresses(delivery, send).key(0), {"CallSid": "CA1", "Digits": "1"})
            assert (answer.status, answer.json["code"]) == (404, "no_such_delivery")
        assert story.answer() == (None, False)

    told(happens)


def test_an_address_that_does_not_say_which_send_is_bound_by_the_call_alone() -> None:
    story = Story()

    async def happens() -> None:
        url = story.addresses(story.accepted()).key(0).replace("send=1&", "")
        assert (await story.post(url, {"CallSid": "CA2", "Digits": "1"})).status == 404
        assert (await story.post(url, {"CallSid": "CA1", "Digits": "1"})).status == 200
        assert story.answer() == (Said.COMING, True)

    told(happens)
