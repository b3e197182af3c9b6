"""Carriers' calls: signed over the public URL, durable before the 200, and an SOS among broken bytes still rings."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outside import NUMBERS, ORG, PUBLIC_URL, SECRET, Answer, Centre, ask, listen, turns
from tocsin.core import commands as c
from tocsin.core.words import Channel, DeliveryState, Reason
from tocsin.intake.http import Hooks, build_sos_app
from tocsin.wire.twilio import signature

EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
SMS, STATUS = "/hooks/twilio/sms", "/hooks/twilio/status"


def opens(centre: Centre) -> list[str]:
    return [alert.member for alert in centre.ring.world.open_alerts(ORG)]


def test_a_text_rings_and_is_answered_neutrally_and_the_same_message_does_nothing_again() -> None:
    centre = Centre()

    async def story() -> None:
        first = await centre.text(NUMBERS["noor"], "SOS lot b")
        assert (first.status, first.type) == (200, "application/xml")
        assert b"<Message>Received.</Message>" in first.body and opens(centre) == ["noor"]
        again = await centre.text(NUMBERS["noor"], "SOS lot b")
        assert (again.status, again.body) == (200, EMPTY)
        assert len(centre.ring.store.content.receipts) == 1

    asyncio.run(story())


def test_the_sender_is_read_as_a_number_however_it_is_written() -> None:
    centre = Centre()
    asyncio.run(centre.text("+1 (202) 555-0111", "sos"))
    assert opens(centre) == ["noor"]


def test_a_wrong_signature_changes_nothing_and_ten_of_them_turn_readyz_red() -> None:
    centre = Centre()

    async def story() -> None:
        for number in range(10):
            assert (await centre.call("GET", "/readyz")).status == 200
            answer = await centre.text(NUMBERS["noor"], "SOS", f"SM{number}", secret="another secret")
            assert (answer.status, answer.json["code"]) == (403, "bad_signature")
        red = await centre.call("GET", "/readyz")
        assert (red.status, red.json["ready"], red.json["reasons"][0]["part"]) == (503, False, "hooks")
        assert not opens(centre) and not centre.ring.commands

    asyncio.run(story())


def test_the_public_url_is_what_is_signed_whatever_the_proxy_says() -> None:
    centre = Centre()
    form = {"From": NUMBERS["noor"], "Body": "SOS", "MessageSid": "SM1"}
    headers = {
        "x-twilio-signature": signature(SECRET, PUBLIC_URL + SMS, form.items()),
        "host": "10.0.0.7:8001", "x-forwarded-proto": "http", "x-forwarded-host": "elsewhere",
    }  # fmt: skip
    for app in (centre.app, centre.sos):
        assert asyncio.run(ask(app, "POST", SMS, headers, [urlencode(form).encode()])).status == 200


def test_bytes_that_are_no_utf8_are_replaced_and_the_sos_among_them_rings() -> None:
    centre = Centre()
    body = b"From=%2B12025550111&Body=SOS+\xff%FE&MessageSid=SM1"
    fields = [("From", NUMBERS["noor"]), ("Body", "SOS \ufffd\ufffd"), ("MessageSid", "SM1")]
    headers = {"x-twilio-signature": signature(SECRET, PUBLIC_URL + SMS, fields)}
    assert asyncio.run(ask(centre.sos, "POST", SMS, headers, [body])).status == 200
    assert opens(centre) == ["noor"]


def test_a_text_without_an_id_rings_once() -> None:
    centre = Centre()

    async def story() -> None:
        for expected in (b"Received.", EMPTY):
            assert expected in (await centre.hook(SMS, {"From": NUMBERS["noor"], "Body": "SOS"})).body

    asyncio.run(story())


def test_what_could_not_be_stored_is_not_taken() -> None:
    centre = Centre()
    centre.ring.full = True
    assert asyncio.run(centre.text(NUMBERS["noor"], "SOS")).status == 503


def test_a_body_beyond_the_limit_is_refused() -> None:
    centre = Centre()
    answer = asyncio.run(centre.call("POST", SMS, body=b"x" * 70_000))
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_more_fields_than_a_carrier_sends_are_refused() -> None:
    centre = Centre()
    assert asyncio.run(centre.call("POST", SMS, body=b"a=1&" * 300)).status == 400


def test_without_a_token_carriers_are_not_served() -> None:
    centre = Centre()
    bare = build_sos_app(centre.ring, hooks=Hooks(PUBLIC_URL), readiness=centre.readiness)
    answer = asyncio.run(ask(bare, "POST", SMS, {}, [b"Body=SOS"]))
    assert (answer.status, answer.json["code"]) == (404, "not_served")


def test_before_an_organisation_exists_there_is_nobody_to_tell() -> None:
    centre = Centre()
    centre.ring.world.directories.clear()
    assert asyncio.run(centre.text(NUMBERS["noor"], "SOS")).status == 404


@pytest.mark.parametrize(
    ("text", "reachable"), [("STOP", False), ("stop ", False), ("Unsubscribe", False), ("hello", True)]
)
def test_what_the_carrier_does_with_stop_every_screen_knows(text: str, reachable: bool) -> None:
    centre = Centre()

    async def story() -> None:
        await centre.text(NUMBERS["teo"], text, "SM1")
        (contact,) = centre.ring.world.directory(ORG).members["teo"].contacts
        assert contact.usable is reachable
        await centre.text(NUMBERS["teo"], "START", "SM2")
        assert centre.ring.world.directory(ORG).members["teo"].contacts[0].usable

    asyncio.run(story())


def test_an_sos_from_a_stranger_is_shown_to_those_who_may_act_on_it() -> None:
    centre = Centre()

    async def story() -> None:
        teo, rafi = await listen(centre, "teo"), await listen(centre, "rafi")
        await centre.text("+12025550177", "help at the pier")
        await turns()
        late = await listen(centre, "ines")
        for stream in (teo, late):
            ((_, data),) = [event for event in stream.events if event[0] == "unverified"]
            assert (data["sender"], data["text"]) == ("+12025550177", "help at the pier")
        assert [name for name, _ in rafi.events] == ["hello"]
        for stream in (teo, rafi, late):
            await stream.hang_up()

    asyncio.run(story())


# Status ----------------------------------------------------------------------------------------------------------


async def rung(centre: Centre) -> tuple[str, str]:
    """An alert, and the message to Teo."""
    alert = (await centre.press()).json["id"]
    theirs = centre.ring.world.deliveries(ORG, alert).values()
    return alert, next(d.id for d in theirs if d.member == "teo" and d.channel is Channel.SMS)


def state(centre: Centre, alert: str, delivery: str) -> tuple[DeliveryState, Reason | None]:
    now = centre.ring.world.deliveries(ORG, alert)[delivery]
    return now.state, now.reason


async def news(centre: Centre, query: str, **form: str) -> Answer:
    return await centre.hook(f"{STATUS}?{query}", {"MessageSid": "SM9", **form})


def test_news_of_a_delivery_moves_it() -> None:
    centre = Centre()

    async def story() -> None:
        alert, delivery = await rung(centre)
        for query in (f"delivery={delivery}&alert={alert}", f"delivery={delivery}"):
            assert (await news(centre, query, MessageStatus="sent")).status == 200
            assert state(centre, alert, delivery)[0] is DeliveryState.HANDED_OVER
        await news(centre, query, MessageStatus="delivered")
        assert state(centre, alert, delivery)[0] is DeliveryState.DELIVERED
        await news(centre, query, MessageStatus="undelivered", ErrorCode="30003")
        assert state(centre, alert, delivery) == (DeliveryState.UNDELIVERABLE, Reason.PHONE_OFF)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("query", "form", "status"),
    [
        ("other=1", {"MessageStatus": "sent"}, 400),
        ("delivery=x", {"MessageStatus": "sent"}, 404),
        ("delivery=x&alert=y", {"MessageStatus": "sent"}, 404),
        ("delivery={}", {}, 400),
        ("delivery={}&alert=nothing", {"MessageStatus": "sent"}, 200),
        ("delivery={}", {"MessageStatus": "a status nobody knows"}, 200),
    ],
)
def test_a_callback_that_is_not_ours_gets_a_clear_answer(query: str, form: dict[str, str], status: int) -> None:
    centre = Centre()

    async def story() -> None:
        _, delivery = await rung(centre)
        before = len(centre.ring.store.content.facts)
        assert (await news(centre, query.replace("{}", delivery), **form)).status == status
        if status != 200:
            assert len(centre.ring.store.content.facts) == before

    asyncio.run(story())


def test_a_callback_for_another_alerts_message_moves_nothing() -> None:
    centre = Centre()

    async def story() -> None:
        alert, delivery = await rung(centre)
        other = (await centre.press("rafi")).json["id"]
        answer = await news(centre, f"delivery={delivery}&alert={other}", MessageStatus="delivered")
        assert answer.status == 404 and state(centre, alert, delivery)[0] is DeliveryState.QUEUED

    asyncio.run(story())


SHARED = Centre()


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([SMS, STATUS]),
    st.binary(max_size=200),
    st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")),
)
def test_random_bytes_without_a_signature_change_nothing(path: str, body: bytes, claimed: str) -> None:
    before = len(SHARED.ring.store.content.facts)
    headers = {"x-twilio-signature": claimed}
    answer = asyncio.run(ask(SHARED.sos, "POST", path, headers, [body]))
    assert answer.status in (400, 403) and answer.type == "application/problem+json"
    assert len(SHARED.ring.store.content.facts) == before


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["From", "Body", "MessageSid", "To", "OptOutType", "X"]), st.text(max_size=30)))
def test_anything_the_carrier_signs_is_taken(form: dict[str, str]) -> None:
    sent = {name: text.encode("utf-8", "replace").decode() for name, text in form.items()}
    answer = asyncio.run(SHARED.hook(SMS, sent))
    assert answer.status == 200 and answer.type == "application/xml"
    assert all(isinstance(command, c.TextIn) for command in SHARED.ring.commands)
