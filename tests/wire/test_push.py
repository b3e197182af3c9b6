"""Endpoints and keys that strangers hand us, what lies in a push, and a receipt that nobody can invent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tocsin.wire import push
from tocsin.wire.push import Action, Payload, Place

KEY, OTHER = bytes(range(32)), bytes(32)
HOSTS = ("fcm.googleapis.com", "*.push.apple.com", "push.example.org:8443")
POINT = push.encoded(b"\x04" + bytes(64))


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/4f2a", "https://fcm.googleapis.com"),
        ("https://FCM.googleapis.com./x", "https://fcm.googleapis.com"),
        ("https://push.example.org:8443/x?y", "https://push.example.org:8443"),
        ("http://127.0.0.1:8002/push/1", "http://127.0.0.1:8002"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_address_of_a_push_service_is_read(endpoint: str, origin: str) -> None:
    place = push.place_of(endpoint)
    assert place is not None and place.origin == origin


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "javascript:alert(1)",
        "https:///x",
        "https://noor:secret@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://fcm.googleapis.com\\@127.0.0.1/x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\n",
        "https://fcm.googleapis.com:0/x",
        "https://fcm.googleapis.com:99999/x",
        "https://[::1/x",
        "https://fcm.googleapis.com/ñ",
    ],
)
def test_what_is_no_plain_web_address_is_none(endpoint: str) -> None:
    assert push.place_of(endpoint) is None


@pytest.mark.parametrize(
    ("place", "listed"),
    [
        (Place("https", "fcm.googleapis.com", 443), True),
        (Place("https", "web.push.apple.com", 443), True),
        (Place("https", "a.b.push.apple.com", 443), True),
        (Place("https", "push.example.org", 8443), True),
        (Place("https", "push.apple.com", 443), False),
        (Place("https", "evilpush.apple.com", 443), False),
        (Place("https", "fcm.googleapis.com.evil.example.org", 443), False),
        (Place("https", "fcm.googleapis.com", 8443), False),
        (Place("https", "push.example.org", 443), False),
        (Place("https", "127.0.0.1", 443), False),
    ],
)
def test_only_a_listed_push_service_on_its_own_port_is_one(place: Place, listed: bool) -> None:
    assert push.is_listed(place, HOSTS) is listed


@pytest.mark.parametrize("host", ["fcm.googleapis.com", "*.push.apple.com", "127.0.0.1:8002", "a"])
def test_a_host_can_stand_in_the_list(host: str) -> None:
    assert push.is_host(host)


@pytest.mark.parametrize(
    "host", ["", "*", "*.", "https://x.example.org", "a b", "a..b", "x:", "x:999999", "X.example.org"]
)
def test_what_is_no_host_cannot(host: str) -> None:
    assert not push.is_host(host)


@pytest.mark.parametrize("text", [POINT, POINT + "="])
def test_a_key_has_its_form_with_and_without_its_padding(text: str) -> None:
    assert push.is_point(text) and push.is_auth(push.encoded(bytes(16)))


@pytest.mark.parametrize("bytes_", [b"", bytes(65), b"\x04" + bytes(63), b"\x04" + bytes(65), b"\x02" + bytes(32)])
def test_a_key_of_another_length_or_form_is_none(bytes_: bytes) -> None:
    assert not push.is_point(push.encoded(bytes_)) and not push.is_auth(push.encoded(bytes_))


@pytest.mark.parametrize("text", ["A", "AA$A", "é", "AA===", "AA=A", "\ud800"])
def test_what_is_no_base64url_is_none(text: str) -> None:
    assert push.decoded(text) is None and not push.is_point(text) and not push.is_auth(text)


# What lies in it -----------------------------------------------------------------------------------------------------


def test_a_payload_says_what_it_has_and_nothing_that_it_has_not() -> None:
    bare = Payload(id="d", receipt="1.x", purpose="all_clear", title="Tocsin", body="Over.", tag="t", url="/phone")
    assert json.loads(push.payload_bytes(bare)) == {
        "v": 1,
        "id": "d",
        "receipt": "1.x",
        "purpose": "all_clear",
        "title": "Tocsin",
        "body": "Over.",
        "tag": "t",
        "url": "/phone",
    }
    ring = push.payload_bytes(replace(bare, actions=(Action("coming", "Coming"),), alert="a"))
    assert json.loads(ring)["actions"] == [{"action": "coming", "title": "Coming"}] and json.loads(ring)["alert"] == "a"


@given(st.text(), st.integers(3, 400))
def test_any_words_fit_and_are_cut_behind_a_whole_letter(text: str, most: int) -> None:
    fitted = push.fitted(text, most)
    shown = fitted.encode("utf-8", "replace").decode()
    assert len(json.dumps(shown, ensure_ascii=False).encode()) - 2 <= most or len(shown) <= 1
    assert fitted == text or text.startswith(fitted.removesuffix("…"))


def test_a_newer_push_about_the_same_takes_the_place_of_the_older_and_of_nothing_else() -> None:
    assert push.topic_of(KEY, "alert-1") == push.topic_of(KEY, "alert-1") != push.topic_of(KEY, "alert-2")
    assert len(push.topic_of(KEY, "alert-1")) == 32 and "alert" not in push.topic_of(KEY, "alert-1")


# Its receipt ---------------------------------------------------------------------------------------------------------


def test_a_receipt_is_of_one_message_and_of_one_send_of_it() -> None:
    receipt = push.receipt_of(KEY, "d-1", 2)
    assert push.send_in(KEY, "d-1", receipt) == 2
    assert push.send_in(KEY, "d-2", receipt) is None, "another's delivery"
    assert push.send_in(OTHER, "d-1", receipt) is None
    assert push.send_in(KEY, "d-1", "1" + receipt[1:]) is None, "another send"


@given(st.text(), st.text())
def test_no_invented_receipt_is_one(delivery: str, receipt: str) -> None:
    assert push.send_in(KEY, delivery, receipt) is None


@given(st.sampled_from(["1", "12", "", "²", "-1", "1.2", "٣"]), st.text(max_size=30))
def test_no_number_before_the_point_makes_it_one(number: str, rest: str) -> None:
    assert push.send_in(KEY, "d-1", f"{number}.{rest}") is None


def test_a_test_is_told_from_a_message_and_names_its_time() -> None:
    assert push.proof_in(push.proof_id("019ab2c0-7d3e", 17)) == ("019ab2c0-7d3e", 17)
    for id in ("019ab2c0-7d3e", "test-x", "test-x.y", "test-x.²", "x.17"):
        assert push.proof_in(id) is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (201, None),
        (204, None),
        (301, "vendor_refused"),
        (400, "vendor_refused"),
        (401, "sender_suspended"),
        (403, "sender_suspended"),
        (404, "address_dead"),
        (410, "address_dead"),
        (413, "vendor_refused"),
        (429, "rate_limited"),
        (500, "vendor_down"),
        (503, "vendor_down"),
    ],
)
def test_each_answer_of_a_push_service_has_its_reason(status: int, reason: str | None) -> None:
    assert push.reason_of(status) == reason
