"""What becomes of one push, who can open it, and where none ever goes."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import subprocess
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import build_ui
import http_ece
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from receiver import NOW_MS, StoppedClock, answering

from tocsin.channels.address_guard import Lookup, Network
from tocsin.channels.push_seal import SIGNED_S, Seal
from tocsin.channels.push_web import WebPushes
from tocsin.core.access.push_record import PushEnded, Subscription
from tocsin.core.words import Purpose, Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.wire.push import decoded, encoded, receipt_of, send_in, topic_of

KEY = bytes(range(32))
LOOPBACK: Sequence[Network] = [ipaddress.ip_network("127.0.0.0/8")]
PRIVATE = ec.derive_private_key(7, ec.SECP256R1())
POINT = PRIVATE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
AUTH = bytes(range(16))
TEXT = "SOS: Noor Haddad\n\nLot B (planned, 2 min ago).\nLock doors. Admit nobody but police."
Heard = list[tuple[dict[str, str], bytes]]


def subscription(endpoint: str, **more: Any) -> Subscription:
    keys = {"p256dh": encoded(POINT), "auth": encoded(AUTH)}
    return Subscription(
        id="sub-1", member="teo", device="phone", endpoint=endpoint, made_ms=0, seen_ms=0, **{**keys, **more}
    )


def message(text: str = TEXT, *, purpose: Purpose = Purpose.RING, link: str = "", language: str = "en") -> Message:
    ring = purpose is Purpose.RING
    return Message("alert-1/delivery-1", "sub-1", text, 240, language, answerable=ring, purpose=purpose, link=link)


async def _sent(to: Subscription | None, what: Message, hosts: Sequence[str], lookup: Lookup | None = None) -> object:
    seal = Seal(KEY, "mailto:it@example.org", StoppedClock())
    pushes = WebPushes(seal, KEY, hosts, LOOPBACK, lambda id: to, *([lookup] if lookup else []))
    try:
        return await pushes.send(what)
    finally:
        await pushes.close()


def sent(to: Subscription | None, hosts: Sequence[str] = ("push.example.org",), lookup: Lookup | None = None) -> object:
    return asyncio.run(_sent(to, message(), hosts, lookup))


def told(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], what: Message | None = None, **keys: str
) -> object:
    """What comes of one push to a service that answers so."""

    async def run() -> object:
        async with answering(answer) as port:
            at = f"127.0.0.1:{port}"
            return await _sent(subscription(f"http://{at}/push/1", **keys), what or message(), [at])

    return asyncio.run(run())


def heard(what: Message | None = None, **keys: str) -> tuple[dict[str, str], bytes]:
    """The headers and the body that its push service gets."""
    got: Heard = []

    async def take(request: web.Request) -> web.Response:
        got.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.Response(status=201)

    assert isinstance(told(take, what, **keys), Accepted)
    return got[0]


def opened(body: bytes) -> dict[str, Any]:
    text = http_ece.decrypt(body, private_key=PRIVATE, auth_secret=AUTH, version="aes128gcm")
    return dict(json.loads(text))


# On the wire ---------------------------------------------------------------------------------------------------------


def test_a_push_is_urgent_short_lived_and_takes_the_place_of_an_older_one_about_the_same_alert() -> None:
    headers, _ = heard()
    assert headers["urgency"] == "high" and headers["ttl"] == "240"
    assert headers["topic"] == topic_of(KEY, "alert-1") and headers["content-encoding"] == "aes128gcm"


def test_one_who_proposes_to_close_wipes_no_call_for_help_off_a_locked_screen() -> None:
    """What is asked stands beside the call, there and at the push service; the word that it is over replaces it."""
    call, asked, over = (heard(message(purpose=Purpose(of))) for of in ("ring", "closing", "all_clear"))
    topics = [headers["topic"] for headers, _ in (call, asked, over)]
    assert topics[0] == topics[2] != topics[1] == topic_of(KEY, "alert-1/closing")
    assert [opened(body)["tag"] for _, body in (call, asked, over)] == topics


def test_a_push_service_keeps_no_push_for_longer_than_five_minutes() -> None:
    headers, _ = heard(Message("a/d", "sub-1", TEXT, 86_400))
    assert headers["ttl"] == "300"


def test_it_is_signed_for_that_very_service_and_for_half_a_day() -> None:
    headers, _ = heard()
    signed = dict(part.split("=", 1) for part in headers["authorization"].removeprefix("vapid ").split(","))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(signed["k"]) or b"")
    claims = jwt.decode(signed["t"], public, ["ES256"], {"verify_exp": False, "verify_aud": False})
    assert claims == {
        "aud": f"http://{headers['host']}",
        "sub": "mailto:it@example.org",
        "exp": NOW_MS // 1000 + SIGNED_S,
    }
    assert signed["k"] == Seal(KEY, "mailto:it@example.org", StoppedClock()).public


def test_a_signature_serves_for_hours_and_not_for_days() -> None:
    clock = StoppedClock()
    seal = Seal(KEY, "mailto:it@example.org", clock)
    first = seal.headers("https://push.example.org")
    assert seal.headers("https://push.example.org") is first
    assert seal.headers("https://other.example.org") != first
    for number in range(200):
        seal.headers(f"https://push{number}.example.org")
    assert len(seal._made) <= 64

    class Later:
        def now_ms(self) -> int:
            return NOW_MS + 7 * 3_600_000

    seal._clock = Later()
    assert seal.headers("https://push.example.org") != first


def test_only_the_phone_reads_what_is_in_it() -> None:
    _, body = heard()
    assert b"Noor" not in body and b"Lot" not in body
    inside = opened(body)
    assert (inside["title"], inside["body"].split("\n")[0]) == ("SOS: Noor Haddad", "Lot B (planned, 2 min ago).")
    assert inside["alert"] == "alert-1" and inside["purpose"] == "ring" and inside["url"] == "/phone"
    assert inside["actions"] == [
        {"action": "coming", "title": "Coming"},
        {"action": "cannot", "title": "Cannot come"},
    ]
    assert send_in(KEY, inside["id"], inside["receipt"]) == 1 and inside["receipt"] == receipt_of(KEY, "delivery-1", 1)


def test_what_is_no_call_has_no_buttons_and_names_no_alert() -> None:
    inside = opened(
        heard(message("Tocsin\n\nOver.", purpose=Purpose.ALL_CLEAR, link="https://tocsin.example.org/r/x"))[1]
    )
    assert "actions" not in inside and "alert" not in inside
    assert inside["url"] == "/r/x" and inside["tag"] == topic_of(KEY, "alert-1")


def test_its_buttons_speak_the_language_of_whoever_has_the_phone() -> None:
    inside = opened(heard(message(language="es"))[1])
    assert [button["title"] for button in inside["actions"]] == ["Voy", "No puedo"]


def test_however_long_a_name_and_a_script_are_it_fits() -> None:
    _, body = heard(
        message("Ñ\x01" * 5_000 + "\n\n" + '"\\' * 5_000, link="https://tocsin.example.org/r/0123456789abcdef")
    )
    assert len(body) <= 4_096 and opened(body)["body"].endswith("…")


# Read by others ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_implementation_that_we_did_not_write_opens_it_and_believes_the_signature() -> None:
    node = build_ui.machines_node() or build_ui.packaged_node()
    program = [node[0], "tests/channels/other_push_service.js", str(build_ui.UI), str(NOW_MS)]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=build_ui.UI.parent
    ) as other:

        def ask(asked: dict[str, Any]) -> Any:
            assert other.stdin is not None and other.stdout is not None
            other.stdin.write(json.dumps(asked) + "\n")
            other.stdin.flush()
            return json.loads(other.stdout.readline())

        key = Seal(KEY, "mailto:it@example.org", StoppedClock()).public
        keys = ask({"subscribe": {"at": "http://push.example.org/", "key": key}})["keys"]
        headers, body = heard(**keys)
        names = {"encoding": "content-encoding", "ttl": "ttl", "authorization": "authorization"}
        given = {name: headers[header] for name, header in names.items()}
        read = ask({"push": {"headers": given, "body": b64encode(body).decode()}})
        assert json.loads(read["messages"][0])["title"] == "SOS: Noor Haddad"
        given["authorization"] = given["authorization"].replace("t=ey", "t=ez")
        assert ask({"push": {"headers": given, "body": b64encode(body).decode()}})["refused"]
        assert other.stdin is not None
        other.stdin.close()


# What becomes of it --------------------------------------------------------------------------------------------------


def answered(status: int, **headers: str) -> object:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return told(answer)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, Reason.ADDRESS_DEAD),
        (410, Reason.ADDRESS_DEAD),
        (401, Reason.SENDER_SUSPENDED),
        (403, Reason.SENDER_SUSPENDED),
        (413, Reason.VENDOR_REFUSED),
        (500, Reason.VENDOR_DOWN),
    ],
)
def test_each_refusal_has_its_reason(status: int, reason: Reason) -> None:
    assert answered(status) == Refused(reason, str(status))


def test_a_service_that_wants_us_to_wait_says_for_how_long() -> None:
    assert answered(429, Retry_After="7") == Refused(Reason.RATE_LIMITED, "429", 7_000)
    assert answered(429, Retry_After="tomorrow") == Refused(Reason.RATE_LIMITED, "429")


def test_no_redirect_is_followed() -> None:
    assert answered(307, Location="http://127.0.0.1:1/") == Refused(Reason.VENDOR_REFUSED, "307")


def test_each_send_of_a_message_has_a_name_of_its_own() -> None:
    async def take(request: web.Request) -> web.Response:
        return web.Response(status=201)

    first, second = told(take), told(take, Message("alert-1/delivery-1", "sub-1", TEXT, 240, send=2))
    assert isinstance(first, Accepted) and isinstance(second, Accepted) and first != second


def test_a_request_that_may_have_left_is_not_known_to_have_failed() -> None:
    async def hang_up(request: web.Request) -> web.Response:
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    assert isinstance(told(hang_up), Unknown)


# Where it never goes -------------------------------------------------------------------------------------------------


def at(*addresses: str) -> Lookup:
    return lambda host, port: [(socket.AF_INET, address) for address in addresses]


@pytest.mark.parametrize("address", ["10.0.0.7", "169.254.169.254", "192.168.1.1", "0.0.0.0"])  # noqa: S104
def test_a_listed_name_that_leads_into_our_own_network_is_not_gone_to(address: str) -> None:
    refused = sent(subscription("https://push.example.org/x"), lookup=at("93.184.215.14", address))
    assert isinstance(refused, Refused) and refused.reason is Reason.DESTINATION_BLOCKED


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://other.example.org/x",
        "https://push.example.org:8443/x",
        "https://a@push.example.org/x",
        "https://127.0.0.1/x",
        "http://push.example.org/x",
        "gopher://push.example.org/x",
        "https://push.example.org.evil.example.com/x",
        "x" * 100_000,
    ],
)
def test_an_address_that_is_not_on_the_list_is_not_gone_to(endpoint: str) -> None:
    refused = sent(subscription(endpoint))
    assert isinstance(refused, Refused) and refused.reason is Reason.DESTINATION_BLOCKED


def test_http_is_spoken_in_our_own_networks_alone() -> None:
    refused = sent(subscription("http://push.example.org:80/x"), ("push.example.org:80",), at("93.184.215.14"))
    assert isinstance(refused, Refused) and refused.reason is Reason.DESTINATION_BLOCKED


def test_nothing_listens_there_is_known_and_tried_again() -> None:
    refused = sent(subscription("https://127.0.0.1:1/x"), ("127.0.0.1:1",))
    assert isinstance(refused, Refused) and refused.reason is Reason.VENDOR_DOWN


@pytest.mark.parametrize("ended", [None, PushEnded.REPLACED])
def test_what_has_ended_meanwhile_is_sent_nothing(ended: PushEnded | None) -> None:
    gone = subscription("https://push.example.org/x", ended=ended) if ended else None
    assert sent(gone) == Refused(Reason.NO_CONTACT, "the subscription has ended")
