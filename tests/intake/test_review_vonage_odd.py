"""An SOS by the second vendor, however oddly the vendor writes it: it rings, because it is the vendor who signed it."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from test_hooks_vonage import SMS, Vonage

from outside import NUMBERS

NOOR = NUMBERS["noor"][1:]
PLAIN = {"channel": "sms", "message_uuid": "u-1", "from": NOOR, "to": "12025550195"}


def took(body: bytes) -> Vonage:
    vonage = Vonage()
    answer = asyncio.run(vonage.post(SMS, body))
    assert answer.status == 200, answer.body
    return vonage


def place(vonage: Vonage) -> str | None:
    (alert,) = vonage.centre.ring.world.open_alerts("alder")
    return next((spot.label for spot in alert.places.values()), None)


@pytest.mark.parametrize(
    "more",
    [
        {"message_type": "image", "image": {"url": "https://example.org/1.jpg", "caption": "SOS lot b"}},
        {"message_type": "video", "video": {"url": "https://example.org/1.mp4", "caption": "SOS lot b"}},
        {"message_type": "nobody_knows", "nobody_knows": {"caption": "SOS lot b"}},
        {"message_type": "content", "content": [{"type": "image", "url": "u"}, {"type": "text", "text": "SOS lot b"}]},
        {"message": {"content": {"type": "image", "image": {"caption": "SOS lot b"}}}},
        {"message": {"content": {"type": "text", "text": "SOS lot b"}}},
        {"text": None, "image": {"caption": "SOS lot b"}},
        {"text": {"body": "SOS lot b"}},
        {"text": ["SOS", "lot b"]},
    ],
)
def test_a_call_for_help_beside_a_picture_rings_like_any_other(more: dict[str, Any]) -> None:
    vonage = took(msgspec.json.encode(PLAIN | more))
    assert vonage.opens == ["noor"] and (place(vonage) or "").split() == ["lot", "b"]


@pytest.mark.parametrize("sender", [int(NOOR), f"+{NOOR}", {"type": "sms", "number": int(NOOR)}])
def test_a_number_that_comes_as_a_number_is_whose_it_is(sender: object) -> None:
    assert took(msgspec.json.encode(PLAIN | {"from": sender, "text": "SOS"})).opens == ["noor"]


def test_nine_one_one_that_comes_as_a_number_rings() -> None:
    assert took(msgspec.json.encode(PLAIN | {"text": 911})).opens == ["noor"]


@pytest.mark.parametrize(
    "text",
    [
        b'"SOS \xff\xfe lot b"',  # No UTF-8.
        b'"SOS lot b \\ud83c"',  # Half of a sign that was cut in two.
        b'"SOS\tlot b"',  # A control character that no JSON may hold.
    ],
)
def test_a_text_of_broken_signs_rings_with_what_can_be_read(text: bytes) -> None:
    body = b'{"message_uuid":"u-1","from":"%s","text":%s}' % (NOOR.encode(), text)
    assert took(body).opens == ["noor"]


def test_a_call_for_help_in_a_body_that_is_no_json_is_shown_as_unverified() -> None:
    vonage = took(b'{"message_uuid":"u-1","from":"%s","text":"SOS lot b' % NOOR.encode())
    (stranger,) = vonage.centre.ring.world.strangers.values()
    assert "SOS lot b" in stranger.text and vonage.answered == []


def test_an_address_of_a_picture_is_no_call_for_help() -> None:
    vonage = took(msgspec.json.encode(PLAIN | {"image": {"url": "https://example.org/help/sos.jpg"}}))
    assert vonage.opens == []
