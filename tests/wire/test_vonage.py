"""Vonage's dialect: what is sent, what a reply means, what webhooks say, and who may have signed them."""

from __future__ import annotations

import hashlib
from typing import Any

import jwt
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.words import Reason
from tocsin.wire.vonage import (
    SEQ,
    Created,
    Declined,
    Inbound,
    Unreadable,
    account_path,
    message_body,
    read_inbound,
    read_reply,
    read_status,
    signed_by,
)
from tocsin.wire.vonage_errors import FAULTS, fault_of

SECRET, KEY = "an invented secret that is long enough", "abcd1234"
ERRORS = "https://developer.vonage.com/api-errors"


def test_a_send_says_what_the_vendor_asks_for() -> None:
    body = message_body("+12025550112", "+12025550195", "SOS", 240, "a/d/1", "https://a.example/s")
    assert msgspec.json.decode(body) == {
        "message_type": "text",
        "channel": "sms",
        "to": "12025550112",
        "from": "12025550195",
        "text": "SOS",
        "ttl": 240,
        "client_ref": "a/d/1",
        "webhook_url": "https://a.example/s",
        "webhook_version": "v1",
    }


def test_a_reply_to_a_text_asks_for_no_callback() -> None:
    sent = msgspec.json.decode(message_body("+12025550112", "+12025550195", "Received.", 600, None, None))
    assert not {"client_ref", "webhook_url"} & set(sent)


@pytest.mark.parametrize(("valid_s", "ttl"), [(1, 20), (240, 240), (10**9, 604_800)])
def test_a_message_is_dropped_by_the_vendor_when_it_is_no_longer_valid(valid_s: int, ttl: int) -> None:
    assert msgspec.json.decode(message_body("+1", "+1", "x", valid_s, None, None))["ttl"] == ttl


def test_signs_that_cannot_be_written_are_replaced() -> None:
    assert msgspec.json.decode(message_body("+1", "+1", "a \ud800 b", 60, None, None))["text"] == "a ? b"


def test_the_account_is_asked_for_by_its_key() -> None:
    assert account_path("ab/c?d") == "/accounts/ab%2Fc%3Fd/secrets"


# Replies ---------------------------------------------------------------------------------------------------------


def problem(code: str, title: str = "x") -> bytes:
    return msgspec.json.encode({"type": f"{ERRORS}#{code}", "title": title, "detail": "y", "instance": "z"})


def test_a_taken_message_has_a_name() -> None:
    assert read_reply(202, b'{"message_uuid": "u-1", "workflow_id": "w"}') == Created("u-1")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"message_uuid": ""}', b'{"message_uuid": 7}', b"[" * 9_999])
def test_a_good_status_without_a_name_leaves_it_in_doubt(body: bytes) -> None:
    assert read_reply(202, body) == Unreadable(202)


@pytest.mark.parametrize("status", [301, 500, 502, 503, 504])
def test_a_gateway_s_own_page_leaves_it_in_doubt(status: int) -> None:
    assert read_reply(status, b"<html>") == Unreadable(status)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, "unauthorized", Reason.SENDER_SUSPENDED),
        (402, "low-balance", Reason.SENDER_SUSPENDED),
        (403, "forbidden", Reason.SENDER_SUSPENDED),
        (429, "1010", Reason.RATE_LIMITED),
        (500, "internal-error", Reason.VENDOR_DOWN),
        (503, "1331", Reason.VENDOR_DOWN),
        (422, "1120", Reason.SENDER_UNREGISTERED),
        (422, "1240", Reason.OPTED_OUT),
        (422, "1420", Reason.SENDER_SUSPENDED),
        (422, "1430", Reason.NUMBER_DEAD),
        (422, "1160", Reason.DESTINATION_BLOCKED),
        (422, "invalid-params", Reason.VENDOR_REFUSED),
        (422, "a code of tomorrow", Reason.VENDOR_REFUSED),
        (404, "not-found", Reason.VENDOR_REFUSED),
    ],
)
def test_a_declined_request_has_a_reason(status: int, code: str, reason: Reason) -> None:
    said = read_reply(status, problem(code), "7")
    assert isinstance(said, Declined)
    assert (said.fault.reason, said.fault.code, said.retry_after_s) == (reason, code, 7)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"type": 7, "title": ["1240"]}', b"[1]"])
def test_without_a_code_the_status_speaks(body: bytes) -> None:
    for status, reason in ((401, Reason.SENDER_SUSPENDED), (429, Reason.RATE_LIMITED), (422, Reason.VENDOR_REFUSED)):
        said = read_reply(status, body, "soon")
        assert isinstance(said, Declined) and said.fault.reason == reason and said.retry_after_s is None


def test_every_reason_is_a_word_of_the_core_and_every_fault_says_what_to_do() -> None:
    for fault in [*FAULTS.values(), fault_of(None, "vendor_down")]:
        assert Reason(fault.reason) and fault.action.endswith(".")
    assert all(code == fault.code for code, fault in FAULTS.items())


# Webhooks --------------------------------------------------------------------------------------------------------

TEXT = {"channel": "sms", "message_uuid": "u-1", "to": "12025550195", "from": "12025550111", "text": "sos lot b"}


def test_a_text_is_read_from_either_version_of_the_api() -> None:
    wanted = Inbound("u-1", "+12025550111", "+12025550195", "sos lot b")
    assert read_inbound(msgspec.json.encode(TEXT)) == wanted
    older = {
        "message_uuid": "u-1",
        "to": {"type": "sms", "number": "12025550195"},
        "from": {"type": "sms", "number": "12025550111"},
        "message": {"content": {"type": "text", "text": "sos lot b"}},
    }
    assert read_inbound(msgspec.json.encode(older)) == wanted


@pytest.mark.parametrize("sender", ["12345", "ACME", "+12025550111", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667"])
def test_a_sender_that_is_no_number_stays_as_it_came(sender: str) -> None:
    assert read_inbound(msgspec.json.encode({**TEXT, "from": sender})).sender == sender


def test_whatever_is_missing_a_text_is_a_text_and_the_same_one_again() -> None:
    body = b'{"from": "12025550111", "text": "SOS"}'
    first = read_inbound(body)
    assert first.text == "SOS" and first.message.startswith("unnamed-") and read_inbound(body) == first


NAMES = st.sampled_from(["from", "text", "message", "content", "number", "status", "error", "type"])
ANY_OBJECT = st.recursive(st.none() | st.text(max_size=20), lambda inner: st.dictionaries(NAMES, inner), max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | ANY_OBJECT.map(msgspec.json.encode))
def test_anything_at_all_can_be_read(body: bytes) -> None:
    assert read_inbound(body).message
    assert read_status(body).seq in {0, *SEQ.values()}


def status(**more: Any) -> bytes:
    return msgspec.json.encode({"message_uuid": "u-1", "client_ref": "a/d/1", "channel": "sms", **more})


@pytest.mark.parametrize(
    ("word", "seq", "delivered"), [("submitted", 1, False), ("delivered", 4, True), ("odd", 0, False)]
)
def test_a_status_says_how_far_a_message_has_come(word: str, seq: int, delivered: bool) -> None:
    news = read_status(status(status=word))
    assert (news.message, news.client_ref, news.seq, news.delivered, news.fault) == (
        "u-1",
        "a/d/1",
        seq,
        delivered,
        None,
    )


@pytest.mark.parametrize(
    ("word", "error", "reason"),
    [
        ("rejected", {"title": "1240", "type": f"{ERRORS}/messages#1240"}, Reason.OPTED_OUT),
        ("rejected", {"title": "1190"}, Reason.NUMBER_DEAD),
        ("rejected", {"type": f"{ERRORS}/messages-olympus#1210"}, Reason.FILTERED),
        ("rejected", {"title": "1180"}, Reason.PHONE_OFF),
        ("rejected", {"title": "1360"}, Reason.EXPIRED),
        ("rejected", {"title": "9999"}, Reason.VENDOR_REFUSED),
        ("rejected", None, Reason.VENDOR_REFUSED),
        ("undeliverable", {}, Reason.VENDOR_DOWN),
        ("undeliverable", {"title": "Not a number"}, Reason.VENDOR_DOWN),
    ],
)
def test_a_failed_message_has_a_reason(word: str, error: object, reason: Reason) -> None:
    news = read_status(status(status=word, error=error))
    assert news.fault is not None and news.fault.reason == reason and not news.delivered


# Signatures ------------------------------------------------------------------------------------------------------

BODY = b'{"text": "SOS"}'


def claims(**more: Any) -> dict[str, Any]:
    digest = hashlib.sha256(BODY).hexdigest()
    return {"iat": 1_587_494_962, "jti": "c5ba8f24", "iss": "Vonage", "api_key": KEY, "payload_hash": digest, **more}


def bearer(claims: dict[str, Any], secret: str = SECRET, algorithm: str | None = "HS256") -> str:
    return "Bearer " + jwt.encode(claims, secret, algorithm=algorithm)


def test_the_vendor_s_own_signature_is_taken_however_old_it_is() -> None:
    assert signed_by(SECRET, KEY, bearer(claims()), BODY)
    assert signed_by(SECRET, KEY, bearer(claims(exp=1, nbf=9_999_999_999)).replace("Bearer", "bearer"), BODY)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer ",
        "Bearer garbage",
        "Bearer a.b.c",
        "Basic YTpi",
        bearer(claims(), secret="another invented secret, long enough"),
        bearer(claims(), algorithm=None, secret=""),
        bearer(claims(api_key="another account")),
        bearer(claims(payload_hash=hashlib.sha256(b"another body").hexdigest())),
        bearer(claims(payload_hash=None)),
        bearer(claims(payload_hash=["x"])),
        bearer({key: value for key, value in claims().items() if key != "payload_hash"}),
        bearer({key: value for key, value in claims().items() if key != "api_key"}),
    ],
)
def test_what_the_vendor_did_not_sign_over_this_body_for_this_account_is_not_its(authorization: str | None) -> None:
    assert not signed_by(SECRET, KEY, authorization, BODY)


def test_a_token_signed_by_another_method_with_the_same_secret_is_refused() -> None:
    long = SECRET * 3
    assert signed_by(long, KEY, bearer(claims(), long), BODY)
    assert not signed_by(long, KEY, bearer(claims(), long, "HS512"), BODY)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_no_odd_header_is_a_signature_or_a_fault(authorization: str) -> None:
    assert not signed_by(SECRET, KEY, "Bearer " + authorization, BODY)
