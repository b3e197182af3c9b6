"""What is kept of the links to an alert: which device one was opened on, and how often one was opened for a person."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.words import Ended
from tocsin.core.rung_link import LinkFor


class RungLink(Struct, frozen=True, gc=False, kw_only=True):
    """A device that opened a link and may now look at this one alert as this member.

    `alert`: by the id under which the member knows it.  `token_hash`: of the token that the device was given.
    """

    id: str
    token_hash: str
    member: str
    alert: str
    purpose: LinkFor
    made_ms: int
    ended: Ended | None = None

    @property
    def open(self) -> bool:
        return self.ended is None


class LinkTaken(Struct, frozen=True, gc=False, kw_only=True):
    """How many devices were bound for one person and alert, and the last of them (`link`).  `id`: see `taken_id`."""

    id: str
    alert: str
    purpose: LinkFor
    times: int
    link: str
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over


def taken_id(alert: str, member: str, purpose: LinkFor) -> str:
    """There is one for each person, alert (by the id under which they know it) and purpose."""
    return f"{alert}.{purpose}.{member}"
