"""What one change of an organisation is: the value before, the value after, and where it stands.

Theory of operation
-------------------
An edit says one thing, so that each can act at once, wait, or be refused by itself.  It is put to the organisation as
it is *then*, perhaps days later.  Three things can be true of it: its `before` still *holds* and it may be applied; it
is *done*, because somebody brought the same about; or it is *overtaken*, because the value is a third one now, and
nobody agreed to change that.

What carriers and people told us of a contact (opted out, dead, tested) is no part of an edit and is kept through it.
How long a site waits for whoever is on a walk is apart from the rest of it, so that its new name need not wait with it.
PINs and call codes are nobody else's to change, so no edit names them.  Who is taken out is taken out of every shift,
audience and tie with them; a site goes with its places, shifts and plans.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tocsin.core.access.weakens import Weakens
from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Site
from tocsin.core.findings import Finding
from tocsin.core.words import Duty, Kind, Role

ShiftKey = tuple[str, int, int, int]  # Site, from, until, and which of those that are alike in all of these.


class Part(StrEnum):
    """What has an order of its own."""

    SITES = "sites"
    PLACES = "places"
    SHIFTS = "shifts"
    PLANS = "plans"
    CONTACTS = "contacts"
    TIES = "ties"


class Names(Struct, frozen=True):
    """What an organisation is called, and the languages it speaks."""

    name: str
    languages: tuple[str, ...]


class MemberEdit(Struct, frozen=True, tag=True):
    """Somebody new (`before` None), or somebody who leaves (`after` None)."""

    member: str
    before: Member | None
    after: Member | None


class NameEdit(Struct, frozen=True, tag=True):
    member: str
    before: str
    after: str


class LanguageEdit(Struct, frozen=True, tag=True):
    member: str
    before: str
    after: str


class RolesEdit(Struct, frozen=True, tag=True):
    member: str
    before: tuple[Role, ...]
    after: tuple[Role, ...]


class DutiesEdit(Struct, frozen=True, tag=True):
    member: str
    before: tuple[Duty, ...]
    after: tuple[Duty, ...]


class ContactEdit(Struct, frozen=True, tag=True):
    """A contact comes, goes, or is (no longer) verified."""

    member: str
    contact: str
    before: Contact | None
    after: Contact | None


class TieEdit(Struct, frozen=True, tag=True):
    """`member` is not to be told about `about`, or may be again."""

    member: str
    about: str
    before: bool
    after: bool


class SuspensionEdit(Struct, frozen=True, tag=True):
    member: str
    before: bool
    after: bool


class WatchEdit(Struct, frozen=True, tag=True):
    """A watch window over this member opens or ends."""

    member: str
    before: bool
    after: bool


class ShiftEdit(Struct, frozen=True, tag=True):
    """Who is on this shift; None: there is no such shift."""

    shift: ShiftKey
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None


class PlanEdit(Struct, frozen=True, tag=True):
    site: str
    kind: Kind
    before: Plan | None
    after: Plan | None


class PlaceEdit(Struct, frozen=True, tag=True):
    site: str
    place: str
    before: Place | None
    after: Place | None


class SiteEdit(Struct, frozen=True, tag=True):
    site: str
    before: Site | None
    after: Site | None


class GraceEdit(Struct, frozen=True, tag=True):
    """How many seconds a site waits, after the end of a walk, before it calls for help."""

    site: str
    before: int
    after: int


class ReminderEdit(Struct, frozen=True, tag=True):
    """How many seconds before the end of a walk a site reminds whoever is on it."""

    site: str
    before: int
    after: int


class OrganisationEdit(Struct, frozen=True, tag=True):
    before: Names
    after: Names


class OrderEdit(Struct, frozen=True, tag=True):
    """In which order things stand; of `member`, if it is theirs.  What is not named stays behind what is."""

    part: Part
    member: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class DeskEdit(Struct, frozen=True, tag=True):
    """A desk that can raise is turned off.  It is no part of the directory: `proposing` carries it out."""

    desk: str
    label: str
    site: str
    before: bool = True
    after: bool = False


Edit = (
    MemberEdit
    | NameEdit
    | LanguageEdit
    | RolesEdit
    | DutiesEdit
    | ContactEdit
    | TieEdit
    | SuspensionEdit
    | WatchEdit
    | ShiftEdit
    | PlanEdit
    | PlaceEdit
    | SiteEdit
    | GraceEdit
    | ReminderEdit
    | OrganisationEdit
    | OrderEdit
    | DeskEdit
)


_JUDGED = tuple(part for part in Directory.__struct_fields__ if part != "attendance")


class Judged(Struct, frozen=True):
    """What a file would change of `base`: single edits, and how each of them weakens.  `findings`: why it may not be.

    `wanted`: the organisation that the file means.
    """

    base: Directory
    findings: tuple[Finding, ...]
    wanted: Directory
    edits: tuple[Edit, ...]
    weakens: tuple[tuple[Weakens, ...], ...]

    def of(self, now: Directory) -> bool:
        """Is it still true of this organisation?  Who comes and goes makes no difference, and does so all the time."""
        return all(getattr(self.base, part) is getattr(now, part) for part in _JUDGED)


class Split(Struct, frozen=True):
    """What became of what was asked for.  `waiting`: ids of changes.  `refused`: cannot act before one that waits has.

    `whole`: nothing waits here, since nobody who may agree has ever signed in.
    """

    now: tuple[Edit, ...] = ()
    waiting: tuple[str, ...] = ()
    refused: tuple[Edit, ...] = ()
    whole: bool = False
