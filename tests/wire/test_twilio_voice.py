"""Calls in Twilio's dialect, checked against Twilio's own package, and against names that are no XML."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.rest.api.v2010.account.call import CallContext, CallList
from twilio.twiml.voice_response import Gather, Redirect, Say, VoiceResponse

from tocsin.core.words import Reason
from tocsin.wire.twilio_voice import (
    CANCEL_FORM,
    HANG_UP,
    TWIML_MAX_CHARS,
    CallAddresses,
    call_form,
    call_path,
    calls_path,
    gather,
    is_call,
    last_words,
    menu_address,
    noted,
    read_asked,
    read_call_status,
    reading,
    redirect,
    response,
    say,
)

HERE = CallAddresses("https://tocsin.example.org/", "01a1ee56-alert", "01a1ee56-delivery")
TEXT = 'SOS. Noor "O\'Neil" & <Bo> calls for help.'


def same(ours: str, theirs: str) -> bool:
    """The same document, however it is written."""
    return ElementTree.canonicalize(ours) == ElementTree.canonicalize(theirs)


def their_say(text: str, loop: int | None = None) -> Say:
    said = Say(language="en-US", voice="Polly.Joanna", loop=loop)
    said.prosody(text, rate="85%")
    said.break_(time="1s")
    return said


def test_a_reading_is_what_twilio_s_own_package_would_write() -> None:
    asked = Gather(input="dtmf", num_digits=1, timeout=5, action=HERE.key(0), method="POST")
    asked.append(their_say(TEXT, loop=2))
    theirs = VoiceResponse()
    theirs.append(asked)
    theirs.append(Redirect(HERE.heard, method="POST"))
    assert same(reading(TEXT, "en", HERE, step=0), str(theirs))


def test_a_message_without_an_answer_is_read_twice_and_asks_nothing() -> None:
    theirs = VoiceResponse()
    theirs.append(their_say(TEXT, loop=2))
    theirs.append(Redirect(HERE.heard, method="POST"))
    assert same(reading(TEXT, "en", HERE, step=None), str(theirs))


def test_what_was_taken_is_said_with_room_for_another_key_and_the_call_ends() -> None:
    asked = Gather(input="dtmf", num_digits=1, timeout=4, action=HERE.key(3), method="POST")
    asked.append(their_say("Noted."))
    theirs = VoiceResponse()
    theirs.append(asked)
    theirs.hangup()
    assert same(noted("Noted.", "en", HERE, step=3), str(theirs))
    assert last_words("x", "en").endswith(HANG_UP + "</Response>")


def test_spanish_has_a_voice_of_its_own_and_any_other_language_the_english_one() -> None:
    assert 'language="es-US" voice="Polly.Lupe"' in say("Hola", "es")
    assert 'language="en-US" voice="Polly.Joanna"' in say("Salut", "fr")


@given(st.text(max_size=6_000), st.sampled_from([None, 0, 9]))
def test_any_words_at_all_make_a_document_of_a_size_that_the_carrier_takes(text: str, step: int | None) -> None:
    document = reading(text, "en", HERE, step)
    assert len(document) <= TWIML_MAX_CHARS
    said = "".join(ElementTree.fromstring(document).itertext())  # noqa: S314 - our own words.
    said = said.removesuffix(HERE.heard)
    assert len(said) >= min(len("".join(text.split())), 400) // 2 or not text.isprintable()


def test_a_text_that_is_too_long_keeps_its_beginning() -> None:
    document = reading("Lot B. " + "&" * 5_000, "en", HERE, step=0)
    assert "Lot B. &amp;" in document and TWIML_MAX_CHARS - 10 <= len(document) <= TWIML_MAX_CHARS


def test_addresses_carry_the_delivery_and_say_nothing_else() -> None:
    for url, more in ((HERE.key(2), {"step": "2"}), (HERE.heard, {"heard": "1"}), (HERE.status, {})):
        parts = urlsplit(url)
        assert parts.netloc == "tocsin.example.org" and parts.path in ("/hooks/twilio/voice", "/hooks/twilio/status")
        assert dict(parse_qsl(parts.query)) == {"delivery": HERE.delivery, "alert": HERE.alert, "send": "1", **more}
    assert menu_address("https://tocsin.example.org/", at="code", silent="1").endswith(
        "org/hooks/twilio/voice?at=code&silent=1"
    )
    assert "&amp;" in redirect(HERE.heard) and "&amp;" in gather(HERE.key(0), "", wait_s=1)


class _Recorded(Exception):
    """What the package would have sent."""


class _Version:
    """Takes the package's request instead of the network."""

    def create_with_response_info(self, *, method: str, uri: str, data: dict[str, Any], headers: object) -> object:
        raise _Recorded(method, uri, dict(data))

    update_with_response_info = create_with_response_info


def test_the_request_is_the_one_that_twilio_s_own_package_makes() -> None:
    twiml = response(HANG_UP)
    account = "AC" + "5a" * 16
    ours = call_form("+12025550112", "+12025550190", twiml, HERE.status, 300)
    with pytest.raises(_Recorded) as sent:
        CallList(_Version(), account).create(
            to="+12025550112",
            from_="+12025550190",
            twiml=twiml,
            timeout=25,
            time_limit=300,
            machine_detection="Enable",
            async_amd="true",
            async_amd_status_callback=HERE.status,
            status_callback=HERE.status,
            status_callback_event=["initiated", "ringing", "answered", "completed"],
        )
    method, uri, data = sent.value.args
    several = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    flat = [(name, str(value)) for name, values in several.items() for value in values]
    assert sorted(flat) == sorted(ours)
    assert (method, "/2010-04-01" + uri) == ("POST", calls_path(account))


def test_a_call_is_taken_back_by_the_request_that_twilio_s_own_package_makes() -> None:
    account, call = "AC" + "5a" * 16, "CA" + "5a" * 16
    with pytest.raises(_Recorded) as sent:
        CallContext(_Version(), account, call).update(status="canceled")
    method, uri, data = sent.value.args
    assert (method, "/2010-04-01" + uri) == ("POST", call_path(account, call))
    assert data == dict(CANCEL_FORM)
    assert call_path("AC/..", "../x?y").endswith("/Accounts/AC%2F../Calls/..%2Fx%3Fy.json"), (
        "whatever a vendor names it"
    )


# What a call reports ---------------------------------------------------------------------------------------------

REPORTS = [
    ({"CallStatus": "busy"}, "no_answer", False),
    ({"CallStatus": "No-Answer"}, "no_answer", False),
    ({"CallStatus": "canceled"}, "no_answer", False),
    ({"CallStatus": "failed"}, "vendor_refused", False),
    ({"CallStatus": "failed", "ErrorCode": "21211"}, "number_dead", False),
    ({"CallStatus": "completed"}, "cut_off", True),
    ({"CallStatus": "completed", "AnsweredBy": "machine_start"}, "voicemail", False),
    ({"AnsweredBy": "fax"}, "voicemail", False),
]


@pytest.mark.parametrize(("fields", "reason", "ended"), REPORTS)
def test_a_call_that_was_not_heard_says_why(fields: dict[str, str], reason: str, ended: bool) -> None:
    news = read_call_status([("CallSid", "CA1"), *fields.items()])
    fault = news.ended if ended else news.unheard
    assert news.call == "CA1" and news.known and fault is not None
    assert Reason(fault.reason) == reason and (news.ended is None) != ended


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", "answered"])
def test_a_call_under_way_is_known_and_no_more(status: str) -> None:
    news = read_call_status([("CallSid", "CA1"), ("CallStatus", status)])
    assert news.known and news.unheard is None and news.ended is None


@pytest.mark.parametrize("fields", [[], [("CallStatus", "dancing")], [("AnsweredBy", "human")]])
def test_a_word_that_nobody_knows_is_no_news(fields: list[tuple[str, str]]) -> None:
    assert not read_call_status(fields).known


def test_a_call_is_told_from_a_text_by_its_id() -> None:
    assert is_call([("CallSid", "CA1")]) and not is_call([("MessageSid", "SM1"), ("CallSid", "")])


def test_a_turn_of_a_call_is_read_whatever_is_missing() -> None:
    asked = read_asked([("CallSid", "CA1"), ("From", "+12025550111"), ("Digits", "12"), ("Digits", "3")])
    assert (asked.call, asked.caller, asked.digits, asked.machine) == ("CA1", "+12025550111", "12", False)
    assert read_asked([("Digits", "")]).digits is None
    assert read_asked([("From", "x")]).call == read_asked([("From", "x")]).call != read_asked([]).call
    assert read_asked([("AnsweredBy", "machine_end_beep")]).machine
