"""From the headers of a request to the pass of whoever sent it.

Theory of operation
-------------------
A token comes in the Authorization header, which only a program of ours can have set, or in the session's cookie, which
a browser adds to whatever request any page starts.  So by cookie a change, a press too, counts only where the browser
says that a page of ours started it; anything else is refused and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.passes import Pass, Passes
from tocsin.wire.browser import cookie_in, cookie_name, from_our_page

__all__ = ["Credentials", "Pass", "bearer"]


class Credentials:
    """What every route asks first: who is this, and what is it worth now?"""

    def __init__(self, ring: Ring, public_url: str = "") -> None:
        self._passes, self._public_url = Passes(ring), public_url

    def shown(self, header: Callable[[str], str | None], *, changes: bool) -> str:
        """What this request shows of itself.  Raises Trouble for a change by cookie that no page of ours started."""
        given, token = header("authorization") or "", cookie_in(header("cookie"), cookie_name(self._public_url))
        if not token or self.of(given) is not None:
            return given
        if changes and not self._ours(header):
            raise Trouble("not_ours")
        return token

    def not_from_elsewhere(self, header: Callable[[str], str | None]) -> None:
        """For an act without a token.  Raises Trouble where a page elsewhere started it.

        What is no browser says neither of the two, and may: nobody tricked it into asking.
        """
        by_browser = header("sec-fetch-site") is not None or header("origin") is not None
        if by_browser and not self._ours(header):
            raise Trouble("not_ours")

    def _ours(self, header: Callable[[str], str | None]) -> bool:
        return from_our_page(header("sec-fetch-site"), header("origin"), header("host"), self._public_url)

    def of(self, authorization: str | None) -> Pass | None:
        """The pass of this header's token, or None if it was never issued."""
        return self._passes.of(bearer(authorization))

    def sender(self, header: Callable[[str], str | None]) -> Pass:
        """Whoever sent a change, if only what may still call for help.  Raises Trouble: never issued, or not ours."""
        found = self.of(self.shown(header, changes=True))
        if found is None:
            raise Trouble("no_credential")
        return found

    def reading(self, authorization: str | None) -> Pass:
        """A pass for anything but a press.  Raises Trouble: never issued, or good for nothing but a press."""
        found = self.of(authorization)
        if found is None:
            raise Trouble("no_credential")
        if found.raise_only:
            raise Trouble("raise_only")
        return found

    def still_reads(self, given: Pass) -> bool:
        """Is what was given at the start of a stream still worth it?"""
        now = self._passes.again(given)
        return now is not None and not now.raise_only


def bearer(authorization: str | None) -> str:
    """The token of the header, however the scheme is written; a bare token counts, because it may be an SOS."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else (scheme if not token else "")
