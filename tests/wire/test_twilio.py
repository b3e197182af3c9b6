"""Twilio's dialect, checked against Twilio's own package and against everything a carrier may get wrong."""

from __future__ import annotations

from itertools import permutations
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from tocsin.core.words import Reason
from tocsin.wire.twilio import (
    EMPTY_TWIML,
    SEQ,
    Created,
    Declined,
    Inbound,
    StatusNews,
    Unreadable,
    message_form,
    messages_path,
    read_inbound,
    read_reply,
    read_status,
    reply_twiml,
    signature,
    signed_by,
)
from tocsin.wire.twilio_errors import FAULTS, fault_of

TOKEN = "an invented token"
URL = "https://tocsin.example.org/hooks/twilio/sms?d=018f"
FORM = (("From", "+12025550111"), ("Body", "sos lot b"), ("MessageSid", "SM1"))


class Multi(dict[str, list[str]]):
    """The shape in which web frameworks hand repeated fields to Twilio's package."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def theirs(url: str, pairs: list[tuple[str, str]]) -> str:
    fields = Multi()
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return str(RequestValidator(TOKEN).compute_signature(url, fields))


# Signatures ------------------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.tuples(words, words), max_size=8))
def test_a_signature_is_twilios_own_repeated_fields_and_any_script_included(pairs: list[tuple[str, str]]) -> None:
    assert signature(TOKEN, URL, pairs) == theirs(URL, pairs)


def test_a_repeated_field_is_signed_once_for_each_value() -> None:
    pairs = [("A", "2"), ("A", "1"), ("A", "2"), ("Ä", "🆘")]
    assert signature(TOKEN, URL, pairs) == theirs(URL, pairs)


def test_only_who_knows_the_token_signs() -> None:
    good = signature(TOKEN, URL, FORM)
    assert signed_by(TOKEN, URL, FORM, good)
    assert not signed_by("another", URL, FORM, good)
    assert not signed_by(TOKEN, URL + "x", FORM, good)
    assert not signed_by(TOKEN, URL, [*FORM, ("Body", "forged")], good)
    assert not signed_by(TOKEN, URL, FORM[1:], good)


@pytest.mark.parametrize("claimed", [None, "", "x", "é", "\ud800", "=" * 28])
def test_a_garbled_signature_is_a_wrong_one(claimed: str | None) -> None:
    assert not signed_by(TOKEN, URL, FORM, claimed)


def test_without_a_token_nothing_is_signed() -> None:
    assert not signed_by("", URL, FORM, signature("", URL, FORM))


@pytest.mark.parametrize(
    ("ours", "spelled"),
    [
        ("https://a.example/hooks", "https://a.example:443/hooks"),
        ("https://a.example:443/hooks", "https://a.example/hooks"),
        ("http://127.0.0.1/hooks", "http://127.0.0.1:80/hooks"),
        ("https://user:pass@a.example/hooks", "https://user:pass@a.example:443/hooks"),
        ("https://[::1]/hooks", "https://[::1]:443/hooks"),
    ],
)
def test_a_standard_port_may_be_written_out_or_not(ours: str, spelled: str) -> None:
    assert signed_by(TOKEN, ours, FORM, signature(TOKEN, spelled, FORM))
    assert signed_by(TOKEN, ours, FORM, signature(TOKEN, ours, FORM))


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        ("http://127.0.0.1:8000/hooks", "http://127.0.0.1/hooks"),
        ("http://127.0.0.1:8000/hooks", "http://127.0.0.1:80/hooks"),
        ("https://a.example/hooks", "https://a.example:8443/hooks"),
        ("https://a.example/hooks", "http://a.example/hooks"),
        ("hooks", "hooks:443"),
    ],
)
def test_another_port_or_scheme_is_another_url(ours: str, other: str) -> None:
    assert not signed_by(TOKEN, ours, FORM, signature(TOKEN, other, FORM))


@given(st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=4), st.text())
def test_hostile_forms_are_only_wrong(token: str, pairs: list[tuple[str, str]], claimed: str) -> None:
    assert not signed_by(token, URL, pairs, claimed)


def test_a_lone_surrogate_in_a_form_is_no_error() -> None:
    assert not signed_by(TOKEN, URL, [("Body", "\ud800")], "x")
    assert read_inbound([("Body", "\ud800")]).text == "\ud800"


# Sending ---------------------------------------------------------------------------------------------------------


def test_a_message_is_created_below_the_account() -> None:
    assert messages_path("AC1") == "/2010-04-01/Accounts/AC1/Messages.json"
    assert messages_path("../x") == "/2010-04-01/Accounts/..%2Fx/Messages.json"


def test_the_form_of_a_send() -> None:
    form = message_form("+12025550111", "+12025550190", "SOS", 240, "https://a.example/s")
    assert dict(form) == {
        "To": "+12025550111",
        "From": "+12025550190",
        "Body": "SOS",
        "ValidityPeriod": "240",
        "StatusCallback": "https://a.example/s",
    }
    assert "StatusCallback" not in dict(message_form("+1", "+1", "x", 5, None))


@pytest.mark.parametrize(("valid_s", "said"), [(-5, "1"), (0, "1"), (240, "240"), (10**9, "36000")])
def test_validity_stays_within_what_the_carrier_takes(valid_s: int, said: str) -> None:
    assert dict(message_form("+1", "+1", "x", valid_s, None))["ValidityPeriod"] == said


def test_a_message_that_was_taken_has_a_name() -> None:
    assert read_reply(201, b'{"sid": "SM1", "status": "queued"}') == Created("SM1", "queued")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, b""),
        (201, b"<html>"),
        (200, b"[]"),
        (201, b'{"sid": 7}'),
        (201, b'{"sid": ""}'),
        (302, b""),
        (201, b"\xff"),
    ],
)
def test_a_reply_that_says_nothing_leaves_it_open(status: int, body: bytes) -> None:
    assert read_reply(status, body) == Unreadable(status)


def declined(status: int, body: object, retry_after: str | None = None) -> Declined:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    reply = read_reply(status, raw, retry_after)
    assert isinstance(reply, Declined)
    return reply


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, 21610, Reason.OPTED_OUT),
        (400, 21211, Reason.NUMBER_DEAD),
        (400, 21614, Reason.NUMBER_DEAD),
        (400, 21612, Reason.DESTINATION_BLOCKED),
        (403, 21408, Reason.DESTINATION_BLOCKED),
        (400, 21606, Reason.SENDER_SUSPENDED),
        (401, 20003, Reason.SENDER_SUSPENDED),
        (429, 20429, Reason.RATE_LIMITED),
        (400, 14107, Reason.RATE_LIMITED),
        (429, 21611, Reason.RATE_LIMITED),
        (503, 20503, Reason.VENDOR_DOWN),
        (400, 21617, Reason.VENDOR_REFUSED),
        (400, 99999, Reason.VENDOR_REFUSED),
    ],
)
def test_an_error_code_has_a_reason(status: int, code: int, reason: Reason) -> None:
    fault = declined(status, {"code": code, "message": "x", "status": status}).fault
    assert (fault.code, fault.reason) == (code, reason)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (30001, Reason.RATE_LIMITED),
        (30002, Reason.SENDER_SUSPENDED),
        (30003, Reason.PHONE_OFF),
        (30004, Reason.DESTINATION_BLOCKED),
        (30005, Reason.NUMBER_DEAD),
        (30006, Reason.NUMBER_DEAD),
        (30007, Reason.FILTERED),
        (30034, Reason.SENDER_UNREGISTERED),
        (30036, Reason.EXPIRED),
        (39999, Reason.VENDOR_REFUSED),
    ],
)
def test_a_failed_delivery_has_a_reason(code: int, reason: Reason) -> None:
    news = read_status([("MessageSid", "SM1"), ("MessageStatus", "undelivered"), ("ErrorCode", str(code))])
    assert news.fault is not None and news.fault.reason == reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.SENDER_SUSPENDED),
        (403, Reason.SENDER_SUSPENDED),
        (429, Reason.RATE_LIMITED),
        (404, Reason.VENDOR_REFUSED),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"code": null}', b'{"code": "x"}', b"[1]", b"[" * 10_000])
def test_without_a_code_the_status_speaks(status: int, reason: Reason, body: bytes) -> None:
    assert declined(status, body).fault.reason == reason


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"code": null}'])
def test_a_gateway_s_own_page_leaves_in_doubt_whether_the_message_was_taken(status: int, body: bytes) -> None:
    assert read_reply(status, body) == Unreadable(status)


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), (None, None), ("soon", None), ("-1", None), ("9" * 30, None)]
)
def test_the_vendor_may_name_a_wait(header: str | None, seconds: int | None) -> None:
    assert declined(429, {"code": 20429}, header).retry_after_s == seconds


def test_every_reason_is_a_word_of_the_core_and_every_fault_says_what_to_do() -> None:
    for fault in [*FAULTS.values(), fault_of(None, None)]:
        assert Reason(fault.reason)
        assert fault.action.endswith(".")
    assert all(code == fault.code for code, fault in FAULTS.items())


@given(st.integers(100, 599), st.binary(max_size=60), st.none() | st.text(max_size=8))
def test_any_reply_is_one_of_three(status: int, body: bytes, header: str | None) -> None:
    assert isinstance(read_reply(status, body, header), Created | Declined | Unreadable)


# Webhooks --------------------------------------------------------------------------------------------------------


def test_an_incoming_message() -> None:
    pairs = [("To", "+12025550190"), *FORM, ("OptOutType", "stop"), ("NumMedia", "0")]
    assert read_inbound(pairs) == Inbound("SM1", "+12025550111", "+12025550190", "sos lot b", "STOP")


def test_an_incoming_message_is_taken_whatever_is_missing() -> None:
    bare = read_inbound([("Body", "sos")])
    assert bare.text == "sos" and bare.sender == "" and bare.opt_out is None
    assert bare.message.startswith("unnamed-")
    assert read_inbound([("Body", "sos")]) == bare
    assert read_inbound([("Body", "sos!")]).message != bare.message
    assert read_inbound([("Bod", "ysos")]).message != bare.message
    assert read_inbound([("SmsSid", "SM2"), ("MessageSid", "")]).message == "SM2"


def test_of_a_repeated_field_the_first_counts() -> None:
    assert read_inbound([("From", "+12025550111"), ("From", "+12025550112")]).sender == "+12025550111"


def test_callbacks_in_any_order_end_in_the_same_place() -> None:
    story = ["queued", "sending", "sent", "delivered"]
    for order in permutations(story):
        news = [read_status([("MessageSid", "SM1"), ("MessageStatus", status)]) for status in order]
        last = max(news, key=lambda each: each.seq)
        assert last.delivered and last.fault is None


def test_a_status_nobody_knows_is_no_news() -> None:
    assert read_status([("MessageSid", "SM1"), ("MessageStatus", "teleported")]) == StatusNews("SM1", "teleported", 0)
    assert read_status([]) == StatusNews("", "", 0)


def test_older_field_names_are_read() -> None:
    assert read_status([("SmsSid", "SM1"), ("SmsStatus", "Sent")]) == StatusNews("SM1", "sent", 3)


def test_a_failure_without_a_code_is_still_a_failure() -> None:
    news = read_status([("MessageSid", "SM1"), ("MessageStatus", "failed")])
    assert news.fault is not None and news.fault.reason == Reason.VENDOR_REFUSED and news.seq == SEQ["delivered"]


def test_a_code_on_a_message_that_arrived_is_no_failure() -> None:
    assert read_status([("MessageStatus", "delivered"), ("ErrorCode", "30003")]).fault is None


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=6))
def test_any_webhook_is_read(pairs: list[tuple[str, str]]) -> None:
    assert read_inbound(pairs).message
    assert read_status(pairs).seq in {0, *SEQ.values()}


# Answers to webhooks ---------------------------------------------------------------------------------------------


def message_in(twiml: str) -> str | None:
    found = ElementTree.fromstring(twiml.encode()).find("Message")  # noqa: S314 - our own output.
    return None if found is None else found.text


def test_an_empty_answer_sends_nothing() -> None:
    assert reply_twiml(None) == reply_twiml("") == EMPTY_TWIML
    assert message_in(EMPTY_TWIML) is None
    assert ElementTree.canonicalize(EMPTY_TWIML) == ElementTree.canonicalize(str(MessagingResponse()))


def test_an_answer_is_what_twilios_own_package_writes() -> None:
    own = MessagingResponse()
    own.message("Received. <b> & more")
    assert ElementTree.canonicalize(reply_twiml("Received. <b> & more")) == ElementTree.canonicalize(str(own))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=40))
def test_any_answer_arrives_as_it_was_written(text: str) -> None:
    assert message_in(reply_twiml(text)) == (text.replace("\ufffe", "").replace("\uffff", "") or None)


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert message_in(reply_twiml("a\x00b\x1b\ud800\uffffc\n\U0001f198")) == "abc\n\U0001f198"
