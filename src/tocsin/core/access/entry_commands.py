"""What may be asked about the ways in: one-time links, devices, screens, API keys, and the recovery of a person.

A secret never comes here, only its hash.
"""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By
from tocsin.core.access.words import Ended, KeyScope, LinkKind, Via
from tocsin.core.rung_link import LinkFor


class Found(Struct, frozen=True, kw_only=True):
    """An organisation from nothing: one site and the one who will run it.  `member`: their id."""

    org: str
    by: By
    name: str
    site: str
    site_name: str
    time_zone: str
    member: str
    member_name: str


class MakeLink(Struct, frozen=True, kw_only=True):
    """A link that works once.  `member`, `subject` and `label` are as in `record.Link`."""

    org: str
    by: By
    kind: LinkKind
    token_hash: str
    member: str = ""
    subject: str = ""
    label: str = ""


class UseLink(Struct, frozen=True, kw_only=True):
    """Whoever holds the link takes what it is good for.  `token_hash`: of the session, phone or screen that begins.

    `label`: what its holder calls it.  `by` is nobody in particular: the link is all that they have shown.
    """

    org: str
    link: str
    token_hash: str
    label: str = ""
    by: By = By(via=Via.LINK)


class BindLink(Struct, frozen=True, kw_only=True):
    """Somebody tapped on the link to an alert: from now on this device may look at it as this member.

    `alert`: the id under which the member knows it.  `nth`: how many devices were bound before, says the link.
    """

    org: str
    alert: str
    member: str
    purpose: LinkFor
    nth: int
    token_hash: str
    by: By = By(via=Via.LINK)


class EndDevice(Struct, frozen=True, kw_only=True):
    """A phone is lost, or shall not serve any more.  `why`: LOST or REVOKED."""

    org: str
    by: By
    device: str
    why: Ended = Ended.REVOKED


class MakeKey(Struct, frozen=True, kw_only=True):
    """An API key that works until `ends_ms`."""

    org: str
    by: By
    token_hash: str
    label: str
    scopes: tuple[KeyScope, ...]
    ends_ms: int


class AskRecovery(Struct, frozen=True, kw_only=True):
    """This member has lost every way to sign in, says somebody who has made sure that it is they."""

    org: str
    by: By
    member: str
    why: str = ""


class VouchRecovery(Struct, frozen=True, kw_only=True):
    """A second person has made sure too."""

    org: str
    by: By
    recovery: str


class RefuseRecovery(Struct, frozen=True, kw_only=True):
    org: str
    by: By
    recovery: str
    why: str = ""


EntryCommand = (
    Found | MakeLink | UseLink | BindLink | EndDevice | MakeKey | AskRecovery | VouchRecovery | RefuseRecovery
)
