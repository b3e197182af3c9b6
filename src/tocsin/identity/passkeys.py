"""Passkeys (WebAuthn): what is asked of a browser, and whether what it answers is true.

Theory of operation
-------------------
The library does the reading and the arithmetic.  Here stands what we insist on: our own origin and no other, a
challenge of ours, a person who was there and was verified by their device (PIN, finger, face), and a key that the
device keeps findable by itself, so that nobody types a name to sign in.

The count of signatures is checked in the core: only there a copied passkey can be ended.

Browsers refuse passkeys at an address such as 192.0.2.7, and without https; only `localhost` may be plain.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

ANSWER_MAX_CHARS = 32_768  # A certificate chain of a key fob is a tenth of it.
CREDENTIAL_ID_MAX_BYTES = 1_023  # WebAuthn 4.
ASKED_MS = 300_000  # So long a browser waits for its owner; a challenge lives as long.
TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)


class NotBelieved(Exception):
    """This is no answer of a passkey to this challenge at this site."""


class PasskeySite(Struct, frozen=True):
    """Whom a passkey belongs to: `host`, and the one `origin` from which it may be used."""

    host: str
    origin: str


class NewPasskey(Struct, frozen=True):
    """A passkey that was made; `id` in base64url without padding."""

    id: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


def site_of(public_url: str) -> PasskeySite | None:
    """The site at this address, or None where browsers refuse passkeys: an IP address, or no https."""
    try:
        parts = urlsplit(public_url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_address(host) or parts.scheme not in ("https", *(("http",) if local else ())):
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    return PasskeySite(host, f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else ""))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def handle_of(org: str, member: str) -> bytes:
    """What a device files the passkeys of this member under; says nothing to whoever reads it there."""
    return hashlib.sha256(f"passkey\x00{org}\x00{member}".encode("utf-8", "surrogatepass")).digest()


# Asking ----------------------------------------------------------------------------------------------------------


def registration_options(
    site: PasskeySite, *, handle: bytes, name: str, organisation: str, challenge: bytes, known: Iterable[str]
) -> str:
    """JSON for `navigator.credentials.create`; `known`: passkeys that the same device need not make again."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=organisation or site.host,
        user_id=handle,
        user_name=name or "?",
        challenge=challenge,
        timeout=ASKED_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json(options)


def authentication_options(site: PasskeySite, *, challenge: bytes, allowed: Iterable[str] = ()) -> str:
    """JSON for `navigator.credentials.get`; with nothing `allowed` the device offers whatever it has for the site."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=ASKED_MS,
        allow_credentials=_described(allowed),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def _described(ids: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(id)) for id in ids]


# Believing -------------------------------------------------------------------------------------------------------


def challenge_in(answer: str) -> bytes:
    """The challenge that this answer says it answers, nothing of it being verified.  Raises NotBelieved."""
    try:
        if len(answer) > ANSWER_MAX_CHARS:
            raise NotBelieved("too long")
        given = json.loads(answer)
        return parse_client_data_json(base64url_to_bytes(given["response"]["clientDataJSON"])).challenge
    except Exception as error:  # The library, fed with anything at all, raises anything at all.
        raise NotBelieved(type(error).__name__) from None


def credential_in(answer: str) -> str:
    """The id of the passkey that this answer says it is of.  Raises NotBelieved."""
    try:
        return bytes_to_base64url(parse_authentication_credential_json(answer).raw_id)
    except Exception as error:  # As above.
        raise NotBelieved(type(error).__name__) from None


def verified_registration(site: PasskeySite, answer: str, challenge: bytes) -> NewPasskey:
    """The passkey that was made.  Raises NotBelieved."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        transports = json.loads(answer)["response"].get("transports") or ()
        told = tuple(sorted(TRANSPORTS.intersection(one for one in transports if isinstance(one, str))))
    except Exception as error:  # As above.
        raise NotBelieved(type(error).__name__) from None
    if len(made.credential_id) > CREDENTIAL_ID_MAX_BYTES:
        raise NotBelieved("its id is too long")
    return NewPasskey(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count, told)


def verified_authentication(
    site: PasskeySite, answer: str, challenge: bytes, *, public_key: bytes, handle: bytes
) -> int:
    """The count of signatures that the passkey says.  Raises NotBelieved: another key, another person, another site."""
    try:
        given = parse_authentication_credential_json(answer)
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:  # As above.
        raise NotBelieved(type(error).__name__) from None
    if given.response.user_handle not in (None, handle):
        raise NotBelieved("it is filed under somebody else")
    return verified.new_sign_count
