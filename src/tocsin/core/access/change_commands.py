"""What may be asked of changes that wait, and of one member as a page shows them."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from tocsin.core.access.record import By
from tocsin.core.directory import Contact, Member
from tocsin.core.words import Channel, Duty, Role

ID_DIGITS = 12


class MemberForm(Struct, frozen=True, kw_only=True):
    """Everything of a member that a page lets one edit; `form_of` fills it."""

    name: str
    language: str
    duties: tuple[Duty, ...]
    roles: tuple[Role, ...]
    contacts: tuple[Contact, ...]


class EditMember(Struct, frozen=True, kw_only=True):
    """From this to that.  `before` is what the page showed: where it is no longer so, nothing is changed."""

    org: str
    by: By
    member: str
    before: MemberForm
    after: MemberForm
    why: str = ""


class HireMember(Struct, frozen=True, kw_only=True):
    """Somebody new, known as `id` for ever."""

    org: str
    by: By
    id: str
    member: MemberForm
    why: str = ""


class AgreeChange(Struct, frozen=True, kw_only=True):
    org: str
    by: By
    change: str


class RefuseChange(Struct, frozen=True, kw_only=True):
    """For good, agreed or not."""

    org: str
    by: By
    change: str
    why: str = ""


class WithdrawChange(Struct, frozen=True, kw_only=True):
    """By whoever asked for it."""

    org: str
    by: By
    change: str


ChangeCommand = HireMember | EditMember | AgreeChange | RefuseChange | WithdrawChange


def form_of(member: Member) -> MemberForm:
    """A member as a page shows them, without what carriers told us of their contacts, and without what phones keep."""
    return MemberForm(
        name=member.name,
        language=member.language,
        duties=member.duties,
        roles=member.roles,
        contacts=tuple(Contact(c.id, c.kind, c.to, c.verified) for c in member.contacts if c.kind is not Channel.PUSH),
    )


def contact_id(member: str, kind: Channel, to: str) -> str:
    """The same for the same contact in every file, page and run; the number is not in it, for ids reach logs."""
    digest = hashlib.sha256("\0".join((member, kind, to)).encode()).hexdigest()
    return f"{member}-{kind}-{digest[:ID_DIGITS]}"
