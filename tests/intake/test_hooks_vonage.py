"""The second vendor's calls: signed over the body, bound by our own reference, and its texts answered by a text."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

import jwt
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outside import NUMBERS, ORG, PUBLIC_URL, SECRET, Answer, Centre, ask
from tocsin.core import commands as c
from tocsin.core.words import Channel, DeliveryState, Reason
from tocsin.intake.http import Hooks, build_sos_app

SMS, STATUS = "/hooks/vonage/sms", "/hooks/vonage/status"
KEY, SIGNATURE = "abcd1234", "an invented signature secret, long enough"
S = DeliveryState


class Vonage:
    """A centre whose second vendor is set up; `answered`: the texts that went back, (number, text)."""

    def __init__(self) -> None:
        self.centre, self.answered = Centre(), list[tuple[str, str]]()
        hooks = Hooks(
            PUBLIC_URL,
            SECRET,
            vonage_api_key=KEY,
            vonage_signature_secret=SIGNATURE,
            reply=lambda to, text: self.answered.append((to, text)),
        )
        self.app = build_sos_app(self.centre.ring, hooks=hooks, readiness=self.centre.readiness)

    async def post(self, path: str, body: bytes, secret: str = SIGNATURE, **claims: Any) -> Answer:
        usual = {"iat": 1_795_000_000, "jti": "j-1", "api_key": KEY, "payload_hash": hashlib.sha256(body).hexdigest()}
        token = jwt.encode(usual | claims, secret, algorithm="HS256")
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return await ask(self.app, "POST", path, headers, [body])

    async def text(self, sender: str, text: str, message: str = "u-1", **claims: Any) -> Answer:
        said = {"channel": "sms", "message_uuid": message, "from": sender[1:], "to": "12025550195", "text": text}
        return await self.post(SMS, msgspec.json.encode(said), **claims)

    async def news(self, status: str, ref: str | None, message: str = "u-9", **more: Any) -> Answer:
        said = {"message_uuid": message, "status": status, "client_ref": ref, **more}
        return await self.post(STATUS, msgspec.json.encode(said))

    async def rung(self) -> tuple[str, str]:
        """An alert, and the message to Teo."""
        alert = (await self.centre.press()).json["id"]
        theirs = self.centre.ring.world.deliveries(ORG, alert).values()
        return alert, next(d.id for d in theirs if d.member == "teo" and d.channel is Channel.SMS)

    def state(self, alert: str, delivery: str) -> tuple[DeliveryState, Reason | None]:
        now = self.centre.ring.world.deliveries(ORG, alert)[delivery]
        return now.state, now.reason

    @property
    def stored(self) -> int:
        return len(self.centre.ring.store.content.facts)

    @property
    def opens(self) -> list[str]:
        return [alert.member for alert in self.centre.ring.world.open_alerts(ORG)]


# Texts -----------------------------------------------------------------------------------------------------------


def test_a_text_rings_is_answered_once_by_a_text_and_the_same_message_does_nothing_again() -> None:
    vonage = Vonage()

    async def story() -> None:
        for _ in range(10):
            answer = await vonage.text(NUMBERS["noor"], "SOS lot b")
            assert (answer.status, answer.body, answer.type) == (200, b"{}", "application/json")
        assert vonage.opens == ["noor"] and vonage.answered == [(NUMBERS["noor"], "Received.")]
        assert len(vonage.centre.ring.store.content.receipts) == 1

    asyncio.run(story())


def test_the_same_words_by_both_vendors_are_two_presses_on_one_alert() -> None:
    vonage = Vonage()

    async def story() -> None:
        await vonage.text(NUMBERS["noor"], "SOS", "m-1")
        await vonage.centre.text(NUMBERS["noor"], "SOS", "m-1")
        assert vonage.opens == ["noor"] and len(vonage.centre.ring.store.content.receipts) == 2

    asyncio.run(story())


def test_what_could_not_be_stored_is_not_taken_and_not_answered() -> None:
    vonage = Vonage()
    vonage.centre.ring.full = True
    assert asyncio.run(vonage.text(NUMBERS["noor"], "SOS")).status == 503
    assert vonage.answered == []


def test_a_text_that_was_taken_is_taken_also_where_nothing_can_answer_it() -> None:
    vonage = Vonage()
    hooks = Hooks(PUBLIC_URL, vonage_api_key=KEY, vonage_signature_secret=SIGNATURE)
    vonage.app = build_sos_app(vonage.centre.ring, hooks=hooks, readiness=vonage.centre.readiness)
    assert asyncio.run(vonage.text(NUMBERS["noor"], "SOS")).status == 200 and vonage.opens == ["noor"]


@pytest.mark.parametrize(("text", "reachable"), [("STOP", False), ("stop ", False), ("hello", True)])
def test_stop_and_start_are_known_on_every_screen(text: str, reachable: bool) -> None:
    vonage = Vonage()

    async def story() -> None:
        await vonage.text(NUMBERS["teo"], text, "u-1")
        assert vonage.centre.ring.world.directory(ORG).members["teo"].contacts[0].usable is reachable
        await vonage.text(NUMBERS["teo"], "START", "u-2")
        assert vonage.centre.ring.world.directory(ORG).members["teo"].contacts[0].usable

    asyncio.run(story())


def test_nobody_who_sent_stop_is_answered_until_they_send_start() -> None:
    """The vendor may not block it of itself."""
    vonage = Vonage()

    async def story() -> None:
        for number, text in enumerate(("STOP", "hello?", "START")):
            await vonage.text(NUMBERS["teo"], text, f"u-{number}")
            assert bool(vonage.answered) is (text == "START")

    asyncio.run(story())


@pytest.mark.parametrize("sender", ["+911", "+1911", "+112", "+12345", "+0"])
def test_a_forged_emergency_line_or_a_short_code_is_never_written_to(sender: str) -> None:
    vonage = Vonage()
    assert asyncio.run(vonage.text(sender, "SOS")).status == 200
    assert vonage.answered == [] and vonage.centre.ring.commands, "but what it says is taken"


def test_an_sos_whose_token_is_days_old_rings_all_the_same() -> None:
    """The vendor sends it again for a day and longer, and clocks are wrong: an odd time refuses nothing (I15)."""
    vonage = Vonage()
    assert asyncio.run(vonage.text(NUMBERS["noor"], "SOS", iat=1, exp=2)).status == 200
    assert vonage.opens == ["noor"]


def test_before_an_organisation_exists_there_is_nobody_to_tell() -> None:
    vonage = Vonage()
    vonage.centre.ring.world.directories.clear()
    assert asyncio.run(vonage.text(NUMBERS["noor"], "SOS")).status == 404


# Signatures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [
        {"secret": "another invented secret, long enough"},
        {"api_key": "another account"},
        {"payload_hash": hashlib.sha256(b"another body").hexdigest()},
    ],
)
def test_a_wrong_signature_changes_nothing_and_ten_of_them_turn_readyz_red(claims: Mapping[str, str]) -> None:
    vonage = Vonage()

    async def story() -> None:
        for number in range(10):
            assert not vonage.centre.readiness.reasons()
            answer = await vonage.text(NUMBERS["noor"], "SOS", f"u-{number}", **claims)
            assert (answer.status, answer.json["code"]) == (403, "bad_signature")
        assert vonage.centre.readiness.reasons()[0].part == "hooks"
        assert not vonage.opens and not vonage.answered

    asyncio.run(story())


@pytest.mark.parametrize("path", [SMS, STATUS])
def test_a_call_that_the_vendor_failed_to_sign_is_asked_for_again(path: str) -> None:
    vonage = Vonage()
    answer = asyncio.run(ask(vonage.app, "POST", path, {}, [b'{"text": "SOS", "from": "12025550111"}']))
    assert (answer.status, answer.json["code"]) == (503, "not_signed") and not vonage.opens


def test_without_a_secret_the_vendor_is_not_served_and_a_get_is_nothing() -> None:
    vonage = Vonage()

    async def story() -> None:
        answer = await ask(vonage.centre.sos, "POST", SMS, {}, [b"{}"])
        assert (answer.status, answer.json["code"]) == (404, "not_served")
        for path in (SMS, STATUS):
            assert (await ask(vonage.app, "GET", f"{path}?text=SOS", {}, [])).status == 404

    asyncio.run(story())


# Status ----------------------------------------------------------------------------------------------------------


def test_news_of_a_message_moves_it_and_news_that_comes_ten_times_is_one() -> None:
    vonage = Vonage()

    async def story() -> None:
        alert, delivery = await vonage.rung()
        ref = f"{alert}/{delivery}/1"
        for status, state in (("submitted", S.HANDED_OVER), ("delivered", S.DELIVERED), ("rejected", S.UNDELIVERABLE)):
            stored = vonage.stored
            for _ in range(10):
                assert (await vonage.news(status, ref, error={"title": "1180"})).status == 200
            assert vonage.state(alert, delivery)[0] is state
            assert vonage.stored - stored <= 3
        report = vonage.centre.ring.commands[-1]
        assert isinstance(report, c.Report) and (report.route, report.send) == ("vonage", 1)
        assert vonage.state(alert, delivery)[1] is Reason.PHONE_OFF

    asyncio.run(story())


def test_an_opt_out_that_the_vendor_tells_is_known_on_every_screen() -> None:
    vonage = Vonage()

    async def story() -> None:
        alert, delivery = await vonage.rung()
        await vonage.news("rejected", f"{alert}/{delivery}/1", error={"title": "1240"})
        assert not vonage.centre.ring.world.directory(ORG).members["teo"].contacts[0].usable

    asyncio.run(story())


@pytest.mark.parametrize(
    "ref", [None, "", "x", "a/b", "a/b/", "a//1", "/b/1", "{a}/{d}/x", "{a}/{d}/12", "another's own"]
)
def test_a_signed_status_that_is_not_about_our_message_is_taken_and_does_nothing(ref: str | None) -> None:
    """Another program of the same account, or a reply of ours; refused, it would come again for a day."""
    vonage = Vonage()

    async def story() -> None:
        alert, delivery = await vonage.rung()
        before, named = vonage.stored, ref and ref.replace("{a}", alert).replace("{d}", delivery)
        assert (await vonage.news("delivered", named)).status == 200
        assert vonage.stored == before

    asyncio.run(story())


@pytest.mark.parametrize(
    ("status", "ref", "code"),
    [
        ("delivered", "x/y/1", "no_such_delivery"),
        ("delivered", "{a}/y/1", "no_such_delivery"),
        ("delivered", "{a}/{d}/7", "no_such_delivery"),
        ("delivered", "{a}/{d}/0", "no_such_delivery"),
        ("", "{a}/{d}/1", "bad_request"),
    ],
)
def test_a_status_that_fits_nothing_gets_a_clear_answer_and_changes_nothing(status: str, ref: str, code: str) -> None:
    vonage = Vonage()

    async def story() -> None:
        alert, delivery = await vonage.rung()
        before = vonage.stored
        answer = await vonage.news(status, ref.replace("{a}", alert).replace("{d}", delivery))
        assert answer.json["code"] == code and vonage.stored == before

    asyncio.run(story())


def test_a_status_that_nobody_knows_says_nothing() -> None:
    vonage = Vonage()

    async def story() -> None:
        alert, delivery = await vonage.rung()
        before = vonage.stored
        assert (await vonage.news("a status of tomorrow", f"{alert}/{delivery}/1")).status == 200
        assert vonage.stored == before

    asyncio.run(story())


def test_a_signed_status_replayed_against_another_address_speaks_of_the_same_message() -> None:
    """The signature does not cover the address, so nothing in the address is believed."""
    vonage = Vonage()

    async def story() -> None:
        alert, delivery = await vonage.rung()
        theirs = vonage.centre.ring.world.deliveries(ORG, alert).values()
        other = next(d.id for d in theirs if d.member == "rafi")
        body = msgspec.json.encode({"message_uuid": "u", "status": "delivered", "client_ref": f"{alert}/{delivery}/1"})
        await vonage.post(f"{STATUS}?delivery={other}&alert={alert}", body)
        assert vonage.state(alert, delivery)[0] is S.DELIVERED and vonage.state(alert, other)[0] is S.QUEUED

    asyncio.run(story())


# Anything --------------------------------------------------------------------------------------------------------

SHARED = Vonage()
PATHS = st.sampled_from([SMS, STATUS])
FIELDS = st.sampled_from(["from", "text", "status", "client_ref", "message_uuid"])


@settings(max_examples=80, deadline=None)
@given(PATHS, st.binary(max_size=200), st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_random_bytes_without_a_signature_change_nothing(path: str, body: bytes, claimed: str) -> None:
    before = SHARED.stored
    answer = asyncio.run(ask(SHARED.app, "POST", path, {"authorization": claimed}, [body]))
    assert answer.status in (403, 503) and answer.type == "application/problem+json"
    assert SHARED.stored == before


@settings(max_examples=80, deadline=None)
@given(PATHS, st.binary(max_size=120) | st.dictionaries(FIELDS, st.text(max_size=20)).map(msgspec.json.encode))
def test_anything_the_vendor_signs_gets_a_clear_answer(path: str, body: bytes) -> None:
    answer = asyncio.run(SHARED.post(path, body))
    assert answer.status in (200, 400, 404)
    assert path == STATUS or answer.status == 200
