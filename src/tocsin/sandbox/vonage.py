"""The second vendor in a box: Vonage's wire over the same phones, timers and weather as the first.

Written from the vendor's documentation and apart from `wire/vonage.py` on purpose, as `dialect.py` is.  What the
faults of a number mean here: `refused` is a code of the vendor's table, told at once; `undelivered` one told by a
status; *opted out* is accepted and then rejected, as the vendor does.
https://developer.vonage.com/en/api/messages
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import jwt
import msgspec

from tocsin.ports import Clock, Entropy
from tocsin.sandbox import dialect
from tocsin.sandbox.box import Forwarded, Hooks, Pace, Sandbox, Sent
from tocsin.sandbox.faults import Fault
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.surface import App, Receive, Scope, Send, answer, read, told

API_KEY = "5a5a5a5a"
API_SECRET = "an-invented-secret-of-the-sandbox"  # noqa: S105  # nosec B105 - it opens nothing but this sandbox.
SIGNATURE_SECRET = "an-invented-signature-secret-of-the-sandbox"  # noqa: S105  # nosec B105 - it signs for nothing but this sandbox.
ERRORS = "https://developer.vonage.com/api-errors"
SAYS = {"sent": "submitted", "delivered": "delivered", "undelivered": "rejected"}
OPTED_OUT = 1240


class TokenHooks(HttpHooks):
    """Hooks whose signature is a token in the Authorization header."""

    def _headers(self, signature: str) -> dict[str, str]:
        return {"Content-Type": "application/json", "Authorization": f"Bearer {signature}"}


class VonageBox(Sandbox):
    """The state of the box; `sent` holds each request's fields under the names of the first vendor's form."""

    def __init__(
        self, clock: Clock, entropy: Entropy, hooks: Hooks | None = None, sms_url: str = "", pace: Pace | None = None
    ) -> None:
        super().__init__(clock, entropy, hooks or TokenHooks(), sms_url, pace)
        self.api_key, self.api_secret, self.signature_secret = API_KEY, API_SECRET, SIGNATURE_SECRET

    async def accept(self, body: bytes) -> tuple[int, bytes] | None:
        """Answer one send request: status and body, or None where the sender shall wait in vain."""
        form = _form(body)
        fault = self.weather.over(form.get("To", ""))
        if fault.slow_ms:
            await self._wait(fault.slow_ms)
        if fault.down:
            return problem(500, "internal-error", "Internal Error")
        code = fault.refused or _wrong(form)
        if code:
            return problem(429 if code == 1000 else 422, str(code), "The request was declined")
        if fault.opted_out or (form["To"], form["From"]) in self.opted_out:
            fault = msgspec.structs.replace(fault, undelivered=OPTED_OUT)
        id = _uuid(self._dice.bytes(16))
        self._last_sender[form["To"]] = form["From"]
        self.sent.append(Sent(asyncio.get_running_loop().time(), id, form["To"], form["From"], form["Body"], form))
        self._plan(id, form, fault)
        return None if fault.hang else (202, msgspec.json.encode({"message_uuid": id}))

    def account(self) -> tuple[int, bytes] | None:
        fault = self.weather.everywhere
        if fault.down:
            return problem(500, "internal-error", "Internal Error")
        return None if fault.hang else (200, b'{"_embedded": {"secrets": []}}')

    def _call_back(self, sid: str, form: dialect.Form, fault: Fault, status: str, after_ms: int) -> None:
        url = form.get("StatusCallback")
        if not url or status not in SAYS:
            return
        code = fault.undelivered if status == "undelivered" else None
        news = self.status(sid, form, SAYS[status], None if code is None else str(code))
        for _ in range(fault.repeats):
            self._later(after_ms, lambda: self._begin(self._say(url, news)))

    def status(self, id: str, form: dialect.Form, status: str, code: str | None = None) -> dict[str, Any]:
        """What a status callback carries."""
        news: dict[str, Any] = {"message_uuid": id, "to": form["To"][1:], "from": form["From"][1:], "channel": "sms"}
        news |= {"timestamp": self._at(), "status": status, "client_ref": form.get("ClientRef", "")}
        if code is not None:
            news["error"] = {"type": f"{ERRORS}/messages#{code}", "title": code, "detail": "x", "instance": id}
        return news

    async def _say(self, url: str, news: dict[str, Any]) -> None:
        status = await self.sign_and_post(url, news)
        self.callbacks.append((news["status"], status))

    async def sign_and_post(self, url: str, said: dict[str, Any], **claims: Any) -> int:
        """Post this as the vendor would; `claims` take the place of the vendor's own."""
        body = msgspec.json.encode(said)
        usual = {"iat": self.clock.now_ms() // 1_000, "jti": _uuid(self._dice.bytes(16)), "iss": "Vonage"}
        usual |= {"api_key": self.api_key, "payload_hash": hashlib.sha256(body).hexdigest()}
        token = jwt.encode(usual | claims, self.signature_secret, algorithm="HS256")
        return (await self.hooks.post(url, body, token))[0]

    async def forward(self, form: dialect.Form) -> Forwarded:
        """Give one incoming text to the product; its answer, if any, comes as a message of its own."""
        said = {"channel": "sms", "message_type": "text", "message_uuid": form["MessageSid"], "text": form["Body"]}
        said |= {"to": form["To"][1:], "from": form["From"][1:], "timestamp": self._at()}
        return Forwarded(await self.sign_and_post(self.sms_url, said))


def vonage_surface(box: VonageBox) -> App:
    """The vendor's API as an ASGI application."""
    allowed = dialect.basic(box.api_key, box.api_secret)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        asked = scope["method"], scope["path"]
        if (b"authorization", allowed) not in scope["headers"]:
            await answer(send, *problem(401, "unauthorized", "You did not provide correct credentials."))
        elif asked == ("POST", "/v1/messages"):
            body = await read(receive)
            if body is not None:
                await told(await box.accept(body), receive, send)
        elif asked == ("GET", f"/accounts/{box.api_key}/secrets"):
            await told(box.account(), receive, send)
        else:
            await answer(send, *problem(404, "not-found", "Not found"))

    return app


def problem(status: int, code: str, title: str) -> tuple[int, bytes]:
    """Status and body of a declined request."""
    kind = f"{ERRORS}/messages#{code}" if code.isdigit() else f"{ERRORS}#{code}"
    return status, msgspec.json.encode({"type": kind, "title": title, "detail": "It was declined.", "instance": "x"})


def _form(body: bytes) -> dialect.Form:
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
    names = {"text": "Body", "client_ref": "ClientRef", "webhook_url": "StatusCallback"}
    form = {name: str(said[key]) for key, name in names.items() if said.get(key)}
    numbers = {"to": "To", "from": "From"}
    return form | {name: f"+{said[key]}" for key, name in numbers.items() if said.get(key)}


def _wrong(form: dialect.Form) -> int | None:
    if not {"To", "From", "Body"} <= set(form):
        return 1010
    return None if form["To"][1:].isdecimal() else 1430


def _uuid(raw: bytes) -> str:
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
