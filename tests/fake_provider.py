"""An organisation's sign-in on loopback: real HTTP, real signatures, and whatever weather a test wants.

`claims` overrules what the ID token says (None: it does not say it); `weather` overrules what a path answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT, SECRET = "tocsin", "a secret: of/ours"
Weather = tuple[int, bytes]


class FakeProvider:
    def __init__(self, now_s: int) -> None:
        self.now_s = now_s
        self.key, self.kid = ec.derive_private_key(7, ec.SECP256R1()), "one"
        self.algorithm = "ES256"
        self.claims: dict[str, Any] = {}
        self.weather: dict[str, Weather] = {}
        self.document: dict[str, Any] = {}
        self.asked: list[str] = []
        self.issuer = ""
        self._codes: dict[str, dict[str, str]] = {}
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.issuer = f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def visit(self, url: str) -> tuple[str, str]:
        """Somebody goes where they were sent, and signs in there: the state and the code that they come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return asked["state"], code

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path in self.weather:
            status, body = self.weather[request.path]
            return web.Response(status=status, body=body, headers={"Location": "/elsewhere"} if status == 302 else {})
        match request.path:
            case "/.well-known/openid-configuration":
                return web.json_response(self._discovery())
            case "/authorize":
                return self._page(str(request.url))
            case "/keys":
                return web.json_response({"keys": [self._public_key()]})
            case "/token":
                return await self._traded(request)
        return web.Response(status=404)

    def _page(self, url: str) -> web.Response:
        """Where somebody signs in, by one press."""
        state, code = self.visit(url)
        back = f"{parse_qs(urlsplit(url).query)['redirect_uri'][0]}?{urlencode({'state': state, 'code': code})}"
        return web.Response(text=f'<h1>Sign in</h1><a href="{escape(back)}">It is I</a>', content_type="text/html")

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            **self.document,
        }

    def _public_key(self) -> dict[str, Any]:
        public = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "use": "sig"}

    async def _traded(self, request: web.Request) -> web.Response:
        """A code is good once, for whoever knows the proof key and the client's secret."""
        form = await request.post()
        asked = self._codes.pop(str(form.get("code")), None)
        if asked is None or not self._is_us(request, form):
            return web.json_response({"error": "invalid_grant"}, status=400)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        assert form["redirect_uri"] == asked["redirect_uri"]
        return web.json_response({"id_token": self.token(asked["nonce"]), "access_token": "x", "token_type": "Bearer"})

    def _is_us(self, request: web.Request, form: Any) -> bool:
        if "client_secret" in form:
            return (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        sent = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        return sent == "tocsin:a%20secret%3A%20of%2Fours"

    def token(self, nonce: str) -> str:
        said = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT,
            "iat": self.now_s,
            "exp": self.now_s + 300,
            "auth_time": self.now_s,
            "nonce": nonce,
            "email": "Noor@Example.org",
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in said.items() if value is not None}
        if self.algorithm == "HS256":
            return self._by_hand(claims)
        key: Any = None if self.algorithm == "none" else self.key
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid})

    def _by_hand(self, claims: dict[str, Any]) -> str:
        """Signed with the public key as if that were a shared secret: no library does this any more."""
        parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": self.kid}, claims)]
        signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        secret = json.dumps(self._public_key()).encode()
        mac = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
        return (signed + b"." + mac).decode()
