"""A phone says where it takes pushes, and that one came: what is believed, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from pushing_phones import ENDPOINT, GOOD, KEY, KEYS, POINT, SUBSCRIPTIONS, TEST, Pushing, told

from outside import ORG, Answer, centre
from tocsin.core.access.push_record import Subscription
from tocsin.core.limits import PUSH_ENDPOINT_MAX_CHARS, PUSH_TEST_EVERY_MS
from tocsin.core.words import Channel, DeliveryState
from tocsin.wire.push import encoded, receipt_of


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json["code"], answer.type) == (status, code, "application/problem+json")


def test_a_phone_learns_the_key_subscribes_and_is_sent_the_push_that_proves_it() -> None:
    async def story(at: Pushing) -> None:
        assert (await at.call("GET", SUBSCRIPTIONS, "teo")).json == {
            "state": "none",
            "proven_at": None,
            "key": "our key",
        }
        made = await at.call("POST", SUBSCRIPTIONS, "teo", GOOD)
        assert made.status == 201 and made.json["state"] == "unproven"
        assert at.proofs == [(ORG, at.contact().to, at.ring.clock.ms, "en")]
        again = await at.call("POST", SUBSCRIPTIONS, "teo", {**GOOD, "keys": {**KEYS, "auth": KEYS["auth"] + "=="}})
        assert again.status == 200 and len(at.proofs) == 1, "the same, however it is padded"
        known = at.ring.world.all_kept(ORG, Subscription)
        assert [one.endpoint for one in known.values()] == [ENDPOINT]

    told(story)


def test_a_phone_that_acknowledged_the_test_is_rung_by_push_and_its_receipt_says_delivered_and_no_more() -> None:
    async def story(at: Pushing) -> None:
        await at.proven()
        seen = (await at.call("GET", SUBSCRIPTIONS, "teo")).json
        assert seen["state"] == "proven" and seen["proven_at"]
        delivery = await at.pushed()
        assert (await at.receipt(delivery, receipt_of(KEY, delivery, 1))).json == {"received": True}
        assert at.state(delivery) is DeliveryState.DELIVERED, "before the send returned"
        (alert,) = at.ring.world.open_alerts(ORG)
        seen = (await at.look("ines", alert.id)).json["deliveries"]
        assert {one["contact"] for one in seen if one["channel"] == "push"} == {""}
        assert alert.people["teo"].answer is None
        before = at.facts()
        for _ in range(10):
            assert (await at.receipt(delivery, receipt_of(KEY, delivery, 1))).status == 200
        assert at.facts() == before

    told(story)


def test_an_unproven_phone_is_not_rung() -> None:
    async def story(at: Pushing) -> None:
        await at.call("POST", SUBSCRIPTIONS, "teo", GOOD)
        alert = (await at.press()).json["id"]
        assert Channel.PUSH not in {one.channel for one in at.ring.world.deliveries(ORG, alert).values()}

    told(story)


def test_nobody_acknowledges_anothers_push_nor_one_that_never_was() -> None:
    async def story(at: Pushing) -> None:
        await at.proven()
        delivery, before = await at.pushed(), at.facts()
        for forged in ("", "1.", "1." + "A" * 22, receipt_of(KEY, "another", 1), receipt_of(bytes(32), delivery, 1)):
            refused(await at.receipt(delivery, forged), 403, "bad_receipt")
        refused(await at.receipt("nobody", receipt_of(KEY, "nobody", 1)), 404, "no_such_delivery")
        refused(await at.receipt("test-nobody.5", receipt_of(KEY, "test-nobody.5", 1)), 404, "no_such_record")
        assert at.facts() == before and at.state(delivery) is DeliveryState.QUEUED
        never = receipt_of(KEY, delivery, 7)
        refused(await at.receipt(delivery, never), 404, "no_such_delivery")

    told(story)


def test_a_test_is_sent_again_when_it_is_asked_for_and_not_twice_in_ten_seconds() -> None:
    async def story(at: Pushing) -> None:
        refused(await at.call("POST", TEST, "teo"), 404, "no_such_record")
        await at.proven()
        assert (await at.call("POST", TEST, "teo")).status == 200 and len(at.proofs) == 1
        at.wait(PUSH_TEST_EVERY_MS / 1_000)
        assert (await at.call("POST", TEST, "teo")).status == 200 and len(at.proofs) == 2
        assert at.proofs[-1][2] == at.ring.clock.ms

    told(story)


def test_a_phone_takes_it_back() -> None:
    async def story(at: Pushing) -> None:
        await at.proven()
        assert (await at.call("DELETE", SUBSCRIPTIONS, "teo")).json["state"] == "none"
        assert not at.ring.world.all_kept(ORG, Subscription)

    told(story)


def test_a_server_that_sends_no_pushes_says_so_and_lets_a_phone_take_its_own_back() -> None:
    async def story(at: Pushing) -> None:
        assert (await at.call("GET", SUBSCRIPTIONS, "teo")).json["key"] is None
        refused(await at.call("POST", SUBSCRIPTIONS, "teo", GOOD), 404, "not_served")
        refused(await at.call("POST", TEST, "teo"), 404, "not_served")
        refused(await at.receipt("d", "1.x"), 404, "not_served")
        assert (await at.call("DELETE", SUBSCRIPTIONS, "teo")).status == 200

    told(story, off=True)


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        ("https://127.0.0.1/x", "push_host"),
        ("https://[::1]/x", "push_host"),
        ("https://10.0.0.7/x", "push_host"),
        ("https://other.example.org/x", "push_host"),
        ("https://push.example.org:8443/x", "push_host"),
        ("https://push.example.org.evil.example.com/x", "push_host"),
        ("http://push.example.org/x", "bad_field"),
        ("ftp://push.example.org/x", "bad_field"),
        ("https://noor:secret@push.example.org/x", "bad_field"),
        ("https://push.example.org/x#y", "bad_field"),
        ("https://push.example.org/\r\nX: y", "bad_field"),
        ("push.example.org", "bad_field"),
        ("", "bad_field"),
        ("https://push.example.org/" + "x" * PUSH_ENDPOINT_MAX_CHARS, "bad_field"),
    ],
)
def test_an_address_that_nothing_of_ours_would_go_to_is_refused_and_nothing_changes(endpoint: str, code: str) -> None:
    async def story(at: Pushing) -> None:
        before = at.facts()
        answer = await at.call("POST", SUBSCRIPTIONS, "teo", {**GOOD, "endpoint": endpoint})
        refused(answer, 400, code)
        assert at.facts() == before and not at.proofs
        assert "secret" not in answer.body.decode() and "evil" not in answer.body.decode()

    told(story)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"p256dh": KEYS["p256dh"]},
        {**KEYS, "p256dh": ""},
        {**KEYS, "p256dh": encoded(POINT[:-1])},
        {**KEYS, "p256dh": encoded(POINT + b"\0")},
        {**KEYS, "p256dh": encoded(b"\x04" + bytes(64))},
        {**KEYS, "p256dh": encoded(b"\x04" + b"\xff" * 64)},
        {**KEYS, "p256dh": encoded(b"\x02" + POINT[1:33])},
        {**KEYS, "p256dh": "é" * 87},
        {**KEYS, "p256dh": 7},
        {**KEYS, "auth": ""},
        {**KEYS, "auth": encoded(bytes(15))},
        {**KEYS, "auth": encoded(bytes(17))},
        {**KEYS, "auth": "A" * 60_000},
        {**KEYS, "auth": None},
    ],
)
def test_keys_that_nothing_can_be_sealed_with_are_refused(keys: dict[str, Any]) -> None:
    async def story(at: Pushing) -> None:
        before = at.facts()
        refused(await at.call("POST", SUBSCRIPTIONS, "teo", {**GOOD, "keys": keys}), 400, "bad_field")
        assert at.facts() == before

    told(story)


def test_http_is_taken_where_a_network_of_our_own_is_named() -> None:
    async def story(at: Pushing) -> None:
        clear = {**GOOD, "endpoint": "http://push.example.org:443/x"}
        assert (await at.call("POST", SUBSCRIPTIONS, "teo", clear)).status == 201

    told(story, clear=True)


def test_nobody_is_told_of_a_suspended_persons_subscription_and_their_phone_may_only_raise() -> None:
    async def story(at: Pushing) -> None:
        await at.proven()
        people = at.ring.world.directory(ORG).members
        suspended = {**people, "teo": replace(people["teo"], suspended=True)}
        at.set_directory(replace(centre(), members=suspended))
        for method, path in (
            ("GET", SUBSCRIPTIONS),
            ("POST", SUBSCRIPTIONS),
            ("DELETE", SUBSCRIPTIONS),
            ("POST", TEST),
        ):
            refused(await at.call(method, path, "teo", GOOD), 403, "raise_only")

    told(story)
