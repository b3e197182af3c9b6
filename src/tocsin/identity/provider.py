"""An organisation's own sign-in (OpenID Connect): what is asked of it, and whether what it answers is true.

Theory of operation
-------------------
The provider's address comes from the settings; everything else it says of itself in its discovery document, which is
believed for that very issuer only.  We ask for a code, with a state, a nonce and a proof key (PKCE), and trade it for
an ID token at the provider itself.  The token is believed if it is signed by one of the provider's public keys, for us,
by that issuer, for this nonce, and now.  Never with a shared secret, and never unsigned.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from msgspec import Struct

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_S = 60  # Clocks differ; an ID token lives for minutes.
PROVED_LEEWAY_S = 120
ADDRESS_MAX_CHARS = 2_000


class NotVouched(Exception):
    """The provider has not said, in a way that can be believed, who this is."""


class UnknownKey(NotVouched):
    """It is signed by a key that the provider did not have when we last asked: ask again."""


class Discovery(Struct, frozen=True):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    @property
    def takes_basic(self) -> bool:
        """Does it take the client's secret in the Authorization header?"""
        return "client_secret_basic" in self.token_endpoint_auth_methods_supported


class _TokenReply(Struct, frozen=True):
    id_token: str
    access_token: str = ""


def discovery_address(issuer: str) -> str:
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def discovered(body: bytes, issuer: str) -> Discovery:
    """The document of this issuer and no other.  Raises NotVouched."""
    try:
        found = msgspec.json.decode(body, type=Discovery)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotVouched(f"its discovery document cannot be read: {type(error).__name__}") from None
    if found.issuer.rstrip("/") != issuer.rstrip("/"):
        raise NotVouched("its discovery document is of another issuer")
    for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
        if not _as_safe(address, issuer):
            raise NotVouched("its discovery document names an address without https")
    return found


def _as_safe(address: str, issuer: str) -> bool:
    """Encrypted; where the issuer is plain, on this machine, another place of that very issuer will do."""
    try:
        parts, own = urlsplit(address), urlsplit(issuer)
        named = len(address) <= ADDRESS_MAX_CHARS and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
    return named and (parts.scheme == "https" or (parts.scheme, parts.netloc) == (own.scheme, own.netloc))


def drawn(seed: bytes, what: str) -> str:
    """43 signs that nobody can guess: a state, a nonce or a proof key."""
    return urlsafe_b64encode(hashlib.sha256(f"{what}\x00".encode() + seed).digest()).rstrip(b"=").decode()


def away(
    found: Discovery, *, client: str, back: str, state: str, nonce: str, verifier: str, again: bool = False
) -> str:
    """Where the browser goes.  `again`: whoever is there is to show anew who they are."""
    asked = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    address = found.authorization_endpoint
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def trade(code: str, *, back: str, verifier: str) -> dict[str, str]:
    """The form that trades the code for a token."""
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}


def token_in(body: bytes) -> tuple[str, str]:
    """ID token and access token.  Raises NotVouched."""
    try:
        reply = msgspec.json.decode(body, type=_TokenReply)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotVouched(f"its token cannot be read: {type(error).__name__}") from None
    return reply.id_token, reply.access_token


def claims_of(
    token: str, keys: bytes, *, issuer: str, client: str, nonce: str, now_ms: int, access_token: str = ""
) -> Mapping[str, Any]:
    """What the ID token says, all of it checked.  Raises NotVouched, or UnknownKey."""
    try:
        header = jwt.get_unverified_header(token)
        known = [one.key for one in jwt.PyJWKSet.from_json(keys.decode()).keys if header.get("kid") == one.key_id]
        if len(known) != 1:
            raise UnknownKey("it is signed by a key that is not known")
        claims = _signed(token, known[0])
        checked = CodeIDToken(
            claims,
            header,
            {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client}},
            {"nonce": nonce, "client_id": client, "access_token": access_token},
        )
        checked.validate(now=now_ms // 1_000, leeway=LEEWAY_S)
    except NotVouched:
        raise
    except Exception as error:  # The libraries, fed with anything at all, raise anything at all.
        raise NotVouched(f"its token is not to be believed: {type(error).__name__}") from None
    return claims


def _signed(token: str, key: Any) -> dict[str, Any]:
    """The claims, their signature alone being checked; what they say is looked at by our own clock."""
    return msgspec.json.decode(jwt.PyJWS().decode(token, key, list(ALGORITHMS)), type=dict[str, Any])


def proved_since(claims: Mapping[str, Any], since_ms: int) -> bool:
    """Has whoever is there shown it to the provider since then?  Providers that do not say so are not believed."""
    at_s = claims.get("auth_time")
    return isinstance(at_s, int | float) and at_s >= since_ms / 1_000 - PROVED_LEEWAY_S


def named_in(claims: Mapping[str, Any], claim: str) -> str:
    """Whom the claim names, empty: nobody.  An e-mail address counts if the provider says that it verified it."""
    value = claims.get(claim)
    if not isinstance(value, str) or (claim == "email" and claims.get("email_verified") not in (True, "true")):
        return ""
    return value.strip()
