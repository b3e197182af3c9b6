"""One-time links as pages and the command line deal with them: made, looked at, used.

Theory of operation
-------------------
The token stands in the fragment of the address (`/link#TOKEN`), which browsers send to nobody: it is in no log of a
proxy, and a scanner that opens the address sees a page that asks for a tap.  `look` tells the holder what the link is
for and consumes nothing; `use` consumes it, and returns the one thing that it was good for, once.

Nothing is kept here.  The token of a link, and of what it opens, is in what these calls return and nowhere else.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import segno
from msgspec import Struct

from tocsin.core.access.entry_commands import MakeLink, UseLink
from tocsin.core.access.links import holds
from tocsin.core.access.record import By, Link, id_of
from tocsin.core.access.screens import place_name
from tocsin.core.access.words import LinkKind
from tocsin.core.commands import Declined
from tocsin.core.directory import Directory
from tocsin.core.refusals import LINK_WORN_OUT
from tocsin.identity.token import new_token, same_secret, token_hash
from tocsin.ports import Entropy
from tocsin.runtime.node import Node

PATH = "/link"
LOCAL = frozenset({"127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - recognised, not bound to.


class NewLink(Struct, frozen=True, kw_only=True):
    """To be shown to whoever asked for it, once.  `id`: by which it can be taken back; nothing is opened with it."""

    id: str
    kind: LinkKind
    url: str
    ends_ms: int


class LinkSeen(Struct, frozen=True, kw_only=True):
    """What its holder may know before they use it.  `name`: of the member it lets in, or of the place it is for."""

    kind: LinkKind
    org: str
    organisation: str
    name: str
    label: str
    ends_ms: int


class Opened(Struct, frozen=True, kw_only=True):
    """What the link was good for.  `token`: of the session, phone or screen that has begun; shown this once."""

    kind: LinkKind
    org: str
    member: str
    token: str


class Links:
    """Every call that changes something raises `loop.Unavailable` when nothing could be stored."""

    def __init__(self, node: Node, entropy: Entropy, public_url: str) -> None:
        self._node, self._entropy, self._public_url = node, entropy, public_url

    async def make(
        self, org: str, by: By, kind: LinkKind, *, member: str = "", subject: str = "", label: str = ""
    ) -> NewLink | Declined:
        """A new one; the one before it for the same purpose is worth nothing from now on."""
        token, hashed = new_token(self._entropy.seed(), "link")
        reply = await self._node.submit(
            MakeLink(org=org, by=by, kind=kind, token_hash=hashed, member=member, subject=subject, label=label)
        )
        if isinstance(reply, Declined):
            return reply
        link = self._node.world.kept(org, Link, id_of(hashed))
        assert link is not None, "a link was made and is not there"
        return NewLink(id=link.id, kind=kind, url=f"{for_people(self._public_url)}{PATH}#{token}", ends_ms=link.ends_ms)

    def look(self, token: str) -> LinkSeen | None:
        """What it is for; None: it is worn out, or never was.  Consumes nothing."""
        found = self._find(token)
        if found is None:
            return None
        org, link = found
        directory = self._node.world.directory(org)
        if not holds(directory, link, self._node.clock.now_ms()):
            return None
        return LinkSeen(
            kind=link.kind,
            org=org,
            organisation=directory.name,
            name=_name(directory, link),
            label=link.label,
            ends_ms=link.ends_ms,
        )

    async def use(self, token: str, label: str = "") -> Opened | Declined:
        """Consume it.  Of two who do so at once, the other is told that it is worn out."""
        found = self._find(token)
        if found is None:
            return LINK_WORN_OUT
        org, link = found
        begun, hashed = new_token(self._entropy.seed(), link.kind)
        reply = await self._node.submit(UseLink(org=org, link=link.id, token_hash=hashed, label=label))
        if isinstance(reply, Declined):
            return reply
        return Opened(kind=link.kind, org=org, member=link.member, token=begun)

    def _find(self, token: str) -> tuple[str, Link] | None:
        hashed = token_hash(token)
        for org in self._node.world.directories:
            link = self._node.world.kept(org, Link, id_of(hashed))
            if link is not None and same_secret(link.token_hash, hashed):
                return org, link
        return None


def _name(directory: Directory, link: Link) -> str:
    if link.kind is LinkKind.WALLBOARD:
        return directory.sites[link.subject].name if link.subject in directory.sites else link.subject
    if link.kind is LinkKind.DESK:
        site, _, place = link.subject.partition("/")
        return place_name(directory, site, place) or place
    return directory.members[link.member].name


def for_people(public_url: str) -> str:
    """The address as people are given it: this machine is `localhost`, because passkeys refuse a bare address."""
    parts = urlsplit(public_url.rstrip("/"))
    if parts.hostname not in LOCAL:
        return public_url.rstrip("/")
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"localhost{port}", parts.path, "", ""))


def picture(url: str) -> str:
    """The address as an SVG element to scan: no style, no script, no size of its own; black on white in any theme."""
    svg: str = segno.make(url, error="m", micro=False).svg_inline(
        omitsize=True, svgclass="qr", lineclass=None, light="#fff"
    )
    return svg
