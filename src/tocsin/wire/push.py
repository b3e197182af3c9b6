"""Web push as we speak it: addresses and keys that a browser hands us, what lies in a push, and its receipt.

RFC 8030 carries it, RFC 8291 encrypts it, RFC 8292 says who sends it; those two are a library's
(`channels/push_seal.py`).

A receipt is no secret that is kept: it is a signature over the message and its physical send, and lies in the encrypted
part of that very push, so only the phone that opened it can give it back.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from tocsin.sameness import same_secret

POINT_BYTES, POINT_FORM = 65, 0x04  # An uncompressed point of P-256.
AUTH_BYTES = 16
MAC_BYTES, TOPIC_BYTES = 16, 24  # 24 bytes are the 32 letters that a topic may have.
SENDS_DIGITS = 1
PLAIN = re.compile(r"[!-~]+")
HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
PORTS = {"https": 443, "http": 80}
TEST = "test-"


# What a browser hands us ---------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where an endpoint is.  `origin`: as a signature names its audience."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{shown}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")


def place_of(endpoint: str) -> Place | None:
    """Where this endpoint is; None for what is no plain web address, or has credentials or a fragment in it."""
    if not PLAIN.fullmatch(endpoint) or "\\" in endpoint:
        return None
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    bad = "@" in parts.netloc or "#" in endpoint or port == 0
    if bad or not host or parts.scheme not in PORTS:
        return None
    return Place(parts.scheme, host.removesuffix("."), port or PORTS[parts.scheme])


def is_host(pattern: str) -> bool:
    """Can this stand in the list of push services: `HOST`, `*.HOST`, with `:PORT` where it is not 443?"""
    return HOST.fullmatch(pattern) is not None and ".." not in pattern


def is_listed(place: Place, hosts: Sequence[str]) -> bool:
    """Is it one of these push services?  A `*.` stands for one or more names, never for none."""
    return any(_matches(place, pattern) for pattern in hosts)


def _matches(place: Place, pattern: str) -> bool:
    name, colon, port = pattern.partition(":")
    if place.port != (int(port) if colon else PORTS["https"]):
        return False
    if name.startswith("*."):
        return place.host.endswith(name[1:]) and place.host != name[1:]
    return place.host == name


def decoded(text: str) -> bytes | None:
    """The bytes of a base64url text, with or without its padding; None where it is none."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", text):
        return None
    bare = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return None


def encoded(content: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def is_point(p256dh: str) -> bool:
    """Has it the form of a phone's public key?  Whether it lies on the curve, the library says."""
    point = decoded(p256dh)
    return point is not None and len(point) == POINT_BYTES and point[0] == POINT_FORM


def is_auth(auth: str) -> bool:
    secret = decoded(auth)
    return secret is not None and len(secret) == AUTH_BYTES


# What lies in a push -------------------------------------------------------------------------------------------------


class Action(Struct, frozen=True):
    """A button of the notification.  `action`: the answer it stands for."""

    action: str
    title: str


class Payload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the phone decrypts.  `id` and `receipt` are what it gives back; `alert`: of one that it may answer."""

    id: str
    receipt: str
    purpose: str
    title: str
    body: str
    tag: str
    url: str
    actions: tuple[Action, ...] = ()
    alert: str | None = None


def payload_bytes(payload: Payload) -> bytes:
    return msgspec.json.encode({"v": 1, **msgspec.to_builtins(payload)})


def fitted(text: str, most_bytes: int) -> str:
    """The text, cut behind a whole letter where it would be longer than this inside of JSON."""
    if _room(text) <= most_bytes:
        return text
    left, kept = most_bytes - _room("…"), 0
    for letter in text:
        left -= _room(letter)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def _room(text: str) -> int:
    return len(msgspec.json.encode(text.encode("utf-8", "replace").decode())) - 2


def topic_of(key: bytes, about: str) -> str:
    """32 letters, the same for all that is about one thing: a newer push takes the place of an older unread one."""
    return encoded(_signed(key, "topic", about)[:TOPIC_BYTES])


# Its receipt ---------------------------------------------------------------------------------------------------------


def receipt_of(key: bytes, delivery: str, send: int) -> str:
    """What only whoever opened physical send number `send` of this message can know."""
    return f"{send}.{encoded(_signed(key, 'receipt', delivery, str(send))[:MAC_BYTES])}"


def send_in(key: bytes, delivery: str, receipt: str) -> int | None:
    """Of which physical send this receipt is; None where it is none of this message."""
    number, _, _ = receipt.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= SENDS_DIGITS):
        return None
    return int(number) if same_secret(receipt_of(key, delivery, int(number)), receipt) else None


def proof_id(subscription: str, asked_ms: int) -> str:
    """The id of the push that only proves the way."""
    return f"{TEST}{subscription}.{asked_ms}"


def proof_in(id: str) -> tuple[str, int] | None:
    """The subscription and the time of the test that goes by this id; None: it is the id of a message."""
    subscription, _, asked = id.removeprefix(TEST).rpartition(".")
    if not id.startswith(TEST) or not (asked.isascii() and asked.isdecimal()):
        return None
    return subscription, int(asked)


def _signed(key: bytes, *parts: str) -> bytes:
    return hmac.new(key, "\n".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


# What its push service says ------------------------------------------------------------------------------------------

TAKEN = frozenset({200, 201, 202, 204})
# The names of `core.words.Reason`; what stands here for no status is the service's own refusal.
OUTCOMES: Mapping[int, str] = {
    401: "sender_suspended",
    403: "sender_suspended",
    404: "address_dead",
    410: "address_dead",
    429: "rate_limited",
}


def reason_of(status: int) -> str | None:
    """Why it was not taken; None: it was."""
    if status in TAKEN:
        return None
    return OUTCOMES.get(status, "vendor_down" if status >= 500 else "vendor_refused")
