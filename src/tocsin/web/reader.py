"""Who reads a page: from the cookie of a request to the pass of its session."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from tocsin.core.access.words import Via
from tocsin.identity.token import same_secret
from tocsin.runtime.node import Node
from tocsin.runtime.passes import Pass, Passes
from tocsin.wire.browser import cookie_in, cookie_name, from_our_page


class Readers:
    """Finds who asks.  A page is read with a session and nothing else: a phone's token or a key opens no office."""

    def __init__(self, house: Node, public_url: str) -> None:
        self._passes, self._public_url = Passes(house), public_url

    def token(self, headers: Mapping[str, str]) -> str:
        """What the session's cookie holds, or nothing."""
        return cookie_in(headers.get("cookie"), cookie_name(self._public_url))

    def of(self, token: str) -> Pass | None:
        """The pass of a session that may still read; None for an ended one, a forged one, and anything else."""
        found = self._passes.of(token)
        return None if found is None or found.raise_only or found.via is not Via.SESSION else found

    def ever(self, token: str) -> Pass | None:
        """The pass of a session that was ever issued; one that has ended may still call for help."""
        found = self._passes.of(token)
        return found if found is not None and found.via is Via.SESSION else None

    def from_our_page(self, headers: Mapping[str, str]) -> bool:
        """Was this request started by one of our own pages?"""
        fetch_site, origin, host = (headers.get(name) for name in ("sec-fetch-site", "origin", "host"))
        return from_our_page(fetch_site, origin, host, self._public_url)


def form_token(session_token: str) -> str:
    """What every form of this session carries besides the cookie; only a page of ours can have shown it."""
    return _signed(session_token, "form")


def is_form_token(given: str, session_token: str) -> bool:
    return same_secret(given, form_token(session_token))


def seal(text: str, session_token: str) -> str:
    """A proof that we wrote this text for this session."""
    return _signed(session_token, f"said\x00{text}")


def _signed(session_token: str, what: str) -> str:
    key, message = session_token.encode("utf-8", "surrogatepass"), what.encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()
