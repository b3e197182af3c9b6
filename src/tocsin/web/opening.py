"""One-time links, opened: looking at one consumes nothing, a tap uses it.

Theory of operation
-------------------
The link's code stands in the fragment of its address, which no server and no scanner of mail ever sends on.  The page
shows nothing of what it is for.  A tap sends the code: a link that lets a person in begins a session, in which the
first passkey is made; one of a phone or a screen hands that device its own token, which stays in its browser.  Without
script a person may paste the code; a phone and a screen need scripts anyway, and nothing is used up for want of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from tocsin.core.access.words import LinkKind
from tocsin.core.commands import Declined
from tocsin.runtime.access.links import Links, Opened
from tocsin.web.frame import Frame, Visit
from tocsin.web.refusals import PageRefusal, refusal_of
from tocsin.web.signing import label_of
from tocsin.web.speaking import words

TOKEN_MAX_CHARS = 200
FIRST_PASSKEY = "/account/passkeys/new"
NEEDED = words("Paste the code at the end of the link, after the # sign.")


class Keeping(Struct, frozen=True):
    """Of what begins in a browser and stays there: under which name its token is kept, and the page that reads it."""

    name: str
    page: str


KEPT: Mapping[LinkKind, Keeping] = {
    LinkKind.ENROLMENT: Keeping("tocsin.token", "/phone"),
    LinkKind.DESK: Keeping("tocsin.desk", "/desk"),
    LinkKind.WALLBOARD: Keeping("tocsin.wallboard", "/wallboard"),
}


class Opening:
    """The pages on one frame."""

    def __init__(self, frame: Frame, links: Links) -> None:
        self._frame, self._links = frame, links

    def handlers(self) -> list[HTTPRouteHandler]:
        frame = self._frame
        return [
            frame.page("/link", self.page, anybody=True),
            frame.act("/link", self.typed, anybody=True),
            frame.call("/link/open", self.tapped, anybody=True),
        ]

    async def page(self, visit: Visit) -> Response[str]:
        return self._shown(visit, 200)

    def _shown(self, visit: Visit, status: int) -> Response[str]:
        return visit.show("link.html", status=status, scripts=("link.js",))

    async def typed(self, visit: Visit) -> Response[str]:
        """Pasted, without script."""
        code = _code(visit.form.raw("code"))
        if not code:
            visit.form.fault("code", NEEDED)
            return self._shown(visit, 422)
        seen = self._links.look(code)
        if seen is not None and seen.kind in KEPT:
            raise PageRefusal("needs_script")
        opened = await self._used(visit, code)
        response = visit.go(FIRST_PASSKEY)
        await visit.begin(response, opened.token)
        return response

    async def tapped(self, visit: Visit) -> Response[bytes]:
        opened = await self._used(visit, _code(str(visit.sent.get("code", ""))))
        keeping = KEPT.get(opened.kind)
        if keeping is not None:
            return visit.tell(go=keeping.page, keep={"name": keeping.name, "token": opened.token})
        response = visit.tell(go=FIRST_PASSKEY)
        await visit.begin(response, opened.token)
        return response

    async def _used(self, visit: Visit, code: str) -> Opened:
        """What it was good for has begun; a screen is called as its place is, for an SOS from it says that name.

        Raises PageRefusal: it is worn out, or somebody was faster.
        """
        seen = self._links.look(code)
        of_a_place = seen is not None and seen.kind in (LinkKind.DESK, LinkKind.WALLBOARD)
        opened = await self._links.use(code, "" if of_a_place else label_of(visit))
        if isinstance(opened, Declined):
            raise refusal_of(opened)
        return opened


def _code(given: str) -> str:
    """As somebody pasted it: the code alone, or the whole address."""
    return given.strip().rpartition("#")[2][:TOKEN_MAX_CHARS]
