"""A software authenticator: a P-256 key that answers a browser's questions as a phone or a key fob does.

It can also do what no honest one does: answer for another site, repeat itself, count backwards, be copied.
"""

from __future__ import annotations

import copy
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ORIGIN = "http://localhost:8000"


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """`origin`: the page that the browser says it is on.  `steps`: how much its count grows each time; 0: it does not
    count.  `flags`: that somebody is there, and was verified."""

    def __init__(self, number: int = 1, *, origin: str = ORIGIN, steps: int = 1) -> None:
        self._key = ec.derive_private_key(number, ec.SECP256R1())
        self.id = hashlib.sha256(f"credential {number}".encode()).digest()
        self.origin, self.steps, self.count = origin, steps, 0
        self.flags = PRESENT | VERIFIED
        self.handle = b""
        self.host = ""

    def copied(self) -> Authenticator:
        """The same key and count, in other hands."""
        other = copy.copy(self)
        return other

    def made(self, options: str, **changes: Any) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = json.loads(options)
        self.host, self.handle = asked["rp"]["id"], unb64(asked["user"]["id"])
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._public_key()
        data = self._data(self.flags | ATTESTED, self.count) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", asked["challenge"])),
            "attestationObject": b64(statement),
            "transports": ["internal", "hybrid"],
        }
        return self._answer(response, changes)

    def signed(self, options: str, **changes: Any) -> str:
        """The answer to `navigator.credentials.get`."""
        asked = json.loads(options)
        self.host = asked["rpId"]
        self.count += self.steps
        data, client = self._data(self.flags, self.count), self._client("webauthn.get", asked["challenge"])
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
            "userHandle": b64(self.handle),
        }
        return self._answer(response, changes)

    def _answer(self, response: dict[str, Any], changes: dict[str, Any]) -> str:
        """`changes` are to the response; one that is None is left out."""
        given = {name: value for name, value in {**response, **changes}.items() if value is not None}
        id = b64(self.id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": given})

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int, count: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _public_key(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
