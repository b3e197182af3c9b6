"""From the headers of a request to the pass of whoever sent it."""

from __future__ import annotations

from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.passes import Pass, Passes

__all__ = ["Credentials", "Pass", "bearer"]


class Credentials:
    """What every route asks first: who is this, and what is it worth now?"""

    def __init__(self, ring: Ring) -> None:
        self._passes = Passes(ring)

    def of(self, authorization: str | None) -> Pass | None:
        """The pass of this header's token, or None if it was never issued."""
        return self._passes.of(bearer(authorization))

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
