"""The signature of a webhook: that of the specification's own example, and a key that is none."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.wire.standard_webhooks import signing_key, webhook_body, webhook_headers


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert key is not None
    body = b'{"test": 2432232314}'
    assert webhook_headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_secret_of_the_right_size_is_a_key(size: int) -> None:
    assert signing_key("whsec_" + base64.b64encode(bytes(size)).decode()) == bytes(size)


@pytest.mark.parametrize("size", [0, 23, 65])
def test_a_secret_of_another_size_is_none(size: int) -> None:
    assert signing_key("whsec_" + base64.b64encode(bytes(size)).decode()) is None


@given(st.text())
def test_no_text_is_half_a_key(text: str) -> None:
    key = signing_key(text)
    assert key is None or text.startswith("whsec_")
    assert signing_key("whsec_" + text) is None or len(text) >= 32


def test_a_point_in_an_id_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        webhook_headers(bytes(24), "a.b", 1, b"")


def test_a_body_says_type_time_and_data() -> None:
    assert webhook_body("alert.ring", 1_500, {"drill": True}) == (
        b'{"type":"alert.ring","timestamp":"1970-01-01T00:00:01.500+00:00","data":{"drill":true}}'
    )
