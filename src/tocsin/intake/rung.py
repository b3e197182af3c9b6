"""The link to an alert, tapped: a device is bound to it.  Looking at the link is the page's, and tells nothing.

The code is in the path, because a text message has no room for more; so no answer, log line or referrer names it.
"""

from __future__ import annotations

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from tocsin.core.access.entry_commands import BindLink
from tocsin.core.rung_link import LinkFor
from tocsin.identity.token import new_token
from tocsin.intake.answers import AnyRequest, told
from tocsin.intake.credentials import Credentials
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring
from tocsin.ports import Entropy
from tocsin.runtime.rung_links import RungLinks


class Bound(Struct, frozen=True):
    """What this device is given, once.  `token`: its own, for this one alert; `purpose`: rung, or own."""

    token: str
    alert: str
    purpose: LinkFor


class Binding:
    """On one ring.  `links` is None where there is no key: then no link was ever given out."""

    def __init__(self, ring: Ring, links: RungLinks | None = None, entropy: Entropy | None = None) -> None:
        self._ring, self._links, self._entropy = ring, links, entropy

    async def bind(self, code: str) -> Bound:
        """Raises Trouble: it is worth nothing, or was opened elsewhere; nothing changed.  Or Unavailable."""
        found = self._links.find(code) if self._links else None
        if found is None or self._entropy is None:
            raise Trouble("link_worn_out")
        token, hashed = new_token(self._entropy.seed(), "rung link")
        command = BindLink(
            org=found.org,
            alert=found.alert,
            member=found.member,
            purpose=found.purpose,
            nth=found.nth,
            token_hash=hashed,
        )
        accepted(await self._ring.submit(command))
        return Bound(token, found.alert, found.purpose)


def rung_handlers(binding: Binding, credentials: Credentials) -> list[HTTPRouteHandler]:
    @post("/r/{code:str}", status_code=201, name="bind link")
    async def bind(code: FromPath[str], request: AnyRequest) -> Response[bytes]:
        credentials.not_from_elsewhere(request.headers.get)
        return told(await binding.bind(code), 201)

    return [bind]
