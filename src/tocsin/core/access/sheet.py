"""An organisation under edit: how an edit stands to it, and what it becomes by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.edits import (
    ContactEdit,
    DeskEdit,
    DutiesEdit,
    Edit,
    GraceEdit,
    LanguageEdit,
    MemberEdit,
    NameEdit,
    Names,
    OrderEdit,
    OrganisationEdit,
    Part,
    PlaceEdit,
    PlanEdit,
    ReminderEdit,
    RolesEdit,
    ShiftEdit,
    ShiftKey,
    SiteEdit,
    SuspensionEdit,
    TieEdit,
    WatchEdit,
)
from tocsin.core.directory import Contact, Directory, Member, Plan, Shift, Site

S = TypeVar("S")
T = TypeVar("T")
NO_MEMBER = Member("", "")
WalkTimeEdit = GraceEdit | ReminderEdit
OfMember = NameEdit | LanguageEdit | RolesEdit | DutiesEdit | ContactEdit | TieEdit | SuspensionEdit | WatchEdit
FIELDS: Mapping[type, str] = {
    NameEdit: "name",
    LanguageEdit: "language",
    RolesEdit: "roles",
    DutiesEdit: "duties",
    SuspensionEdit: "suspended",
    WatchEdit: "watch_window",
    GraceEdit: "walk_grace_s",
    ReminderEdit: "walk_remind_s",
}


class Standing(StrEnum):
    """How an edit stands to the organisation as it is."""

    HOLDS = "holds"
    DONE = "done"
    OVERTAKEN = "overtaken"


class Gone(Struct, frozen=True):
    """The present value of something whose owner is no longer there; equal to no `before` and no `after`."""


class Sheet:
    """An organisation under edit, so that ten thousand edits do not copy it ten thousand times."""

    def __init__(self, directory: Directory) -> None:
        self._of = directory
        self.names = Names(directory.name, directory.languages)
        self.members = dict(directory.members)
        self.sites = dict(directory.sites)
        self.places = {(place.site, place.id): place for place in directory.places}
        self.shifts = numbered(directory.shifts)
        self.plans = {(plan.site, plan.kind): plan for plan in directory.plans}

    def directory(self) -> Directory:
        return replace(
            self._of,
            name=self.names.name,
            languages=self.names.languages,
            members=self.members,
            sites=self.sites,
            places=tuple(self.places.values()),
            shifts=tuple(self.shifts.values()),
            plans=tuple(self.plans.values()),
        )

    # Asking -----------------------------------------------------------------------------------------------------

    def standing(self, edit: Edit) -> Standing:
        now, before, after = self._now(edit), _shown(edit.before), _shown(edit.after)
        if now == after:
            return Standing.DONE
        return Standing.HOLDS if now == before or isinstance(edit, OrderEdit) else Standing.OVERTAKEN

    def _now(self, edit: Edit) -> object:
        match edit:
            case SiteEdit():
                return self.sites.get(edit.site)
            case GraceEdit() | ReminderEdit():
                return _of_site(self.sites.get(edit.site), edit)
            case PlaceEdit():
                return self.places.get((edit.site, edit.place))
            case ShiftEdit():
                return people_of(self.shifts.get(edit.shift))
            case PlanEdit():
                return self.plans.get((edit.site, edit.kind))
            case OrganisationEdit():
                return self.names
            case OrderEdit():
                return self.order(edit.part, edit.member)
            case DeskEdit():
                return edit.before
            case MemberEdit():
                return True if edit.member in self.members else None
        member = self.members.get(edit.member)
        return Gone() if member is None else _of_member(member, edit)

    def order(self, part: Part, member: str = "") -> tuple[str, ...]:
        theirs = self.members.get(member, NO_MEMBER)
        match part:
            case Part.CONTACTS:
                return tuple(contact.id for contact in theirs.contacts)
            case Part.TIES:
                return theirs.not_told_about
            case Part.SITES:
                return tuple(self.sites)
            case Part.PLACES:
                return tuple(map(_spelled, self.places))
            case Part.SHIFTS:
                return tuple(map(_spelled, self.shifts))
        return tuple(map(_spelled, self.plans))

    # Writing ----------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit) -> None:
        """Make it so.  One that does not hold makes no sense here: ask `standing` first."""
        match edit:
            case MemberEdit():
                self._member(edit)
            case SiteEdit():
                self._site(edit)
            case GraceEdit() | ReminderEdit():
                self.sites[edit.site] = replace(self.sites[edit.site], **{FIELDS[type(edit)]: edit.after})
            case PlaceEdit():
                _put(self.places, (edit.site, edit.place), edit.after)
            case ShiftEdit():
                site, starts_ms, ends_ms, _ = edit.shift
                after = None if edit.after is None else Shift(site, edit.after, starts_ms, ends_ms)
                _put(self.shifts, edit.shift, after)
            case PlanEdit():
                _put(self.plans, (edit.site, edit.kind), edit.after)
            case OrganisationEdit():
                self.names = edit.after
            case OrderEdit():
                self._arrange(edit)
            case DeskEdit():
                pass
            case _:
                self.members[edit.member] = _changed(self.members[edit.member], edit)

    def _member(self, edit: MemberEdit) -> None:
        _put(self.members, edit.member, edit.after)
        if edit.after is not None:
            return
        gone = edit.member
        for other in [m for m in self.members.values() if gone in m.not_told_about]:
            self.members[other.id] = replace(other, not_told_about=_without(other.not_told_about, gone))
        for key, shift in self.shifts.items():
            if gone in shift.members:
                self.shifts[key] = replace(shift, members=_without(shift.members, gone))
        for where, plan in self.plans.items():
            self.plans[where] = _unnamed(plan, f"member:{gone}")

    def _site(self, edit: SiteEdit) -> None:
        _put(self.sites, edit.site, edit.after)
        if edit.after is None:
            self.places = {key: place for key, place in self.places.items() if place.site != edit.site}
            self.shifts = {key: shift for key, shift in self.shifts.items() if shift.site != edit.site}
            self.plans = {
                key: _unnamed(plan, f"site:{edit.site}") for key, plan in self.plans.items() if plan.site != edit.site
            }

    def _arrange(self, edit: OrderEdit) -> None:
        place = {word: index for index, word in enumerate(edit.after)}
        match edit.part:
            case Part.CONTACTS:
                member = self.members[edit.member]
                theirs = _sorted(member.contacts, place, lambda contact: contact.id)
                self.members[edit.member] = replace(member, contacts=tuple(theirs))
            case Part.TIES:
                member = self.members[edit.member]
                ties = tuple(_sorted(member.not_told_about, place, str))
                self.members[edit.member] = replace(member, not_told_about=ties)
            case Part.SITES:
                self.sites = dict(_sorted(self.sites.items(), place, lambda item: item[0]))
            case Part.PLACES:
                self.places = dict(_sorted(self.places.items(), place, lambda item: _spelled(item[0])))
            case Part.SHIFTS:
                self.shifts = dict(_sorted(self.shifts.items(), place, lambda item: _spelled(item[0])))
            case _:
                self.plans = dict(_sorted(self.plans.items(), place, lambda item: _spelled(item[0])))


def standing(directory: Directory, edit: Edit) -> Standing:
    """How this edit stands to the organisation as it is."""
    return Sheet(directory).standing(edit)


def applied(directory: Directory, edits: Iterable[Edit]) -> Directory:
    """The organisation after these edits, in their order, each of which must hold when its turn comes."""
    sheet = Sheet(directory)
    for edit in edits:
        sheet.apply(edit)
    return sheet.directory()


def numbered(shifts: Iterable[Shift]) -> dict[ShiftKey, Shift]:
    """Every shift by what it is known by; those that are alike are counted."""
    found: dict[ShiftKey, Shift] = {}
    alike: Counter[tuple[str, int, int]] = Counter()
    for shift in shifts:
        times = (shift.site, shift.starts_ms, shift.ends_ms)
        found[*times, alike[times]] = shift
        alike[times] += 1
    return found


def bare(member: Member) -> Member:
    """A member without what only they may set."""
    pins = {"pin_hash": None, "duress_pin_hash": None, "next_pin_hashes": None, "pins_set_ms": 0}
    return replace(member, **pins, call_code_hash=None)


# Leaves ----------------------------------------------------------------------------------------------------------


def _shown(value: object) -> object:
    """A value of an edit as `_now` says it."""
    match value:
        case Contact():
            return plain(value)
        case Member():
            return True
    return value


def plain(contact: Contact) -> Contact:
    """A contact without what carriers and people told us of it."""
    return Contact(contact.id, contact.kind, contact.to, contact.verified)


def people_of(shift: Shift | None) -> tuple[str, ...] | None:
    return None if shift is None else shift.members


def _of_site(site: Site | None, edit: WalkTimeEdit) -> object:
    return Gone() if site is None else getattr(site, FIELDS[type(edit)])


def _of_member(member: Member, edit: OfMember) -> object:
    match edit:
        case TieEdit():
            return edit.about in member.not_told_about
        case ContactEdit():
            return next((plain(contact) for contact in member.contacts if contact.id == edit.contact), None)
        case _:
            value: object = getattr(member, FIELDS[type(edit)])
            return value


def _changed(member: Member, edit: OfMember) -> Member:
    match edit:
        case TieEdit():
            rest = _without(member.not_told_about, edit.about)
            return replace(member, not_told_about=(*rest, edit.about) if edit.after else rest)
        case ContactEdit():
            return replace(member, contacts=_contacts(member.contacts, edit))
        case _:
            return replace(member, **{FIELDS[type(edit)]: edit.after})


def _contacts(theirs: tuple[Contact, ...], edit: ContactEdit) -> tuple[Contact, ...]:
    if edit.before is None:
        return theirs if edit.after is None else (*theirs, edit.after)
    if edit.after is None:
        return tuple(contact for contact in theirs if contact.id != edit.contact)
    return tuple(keeping_told(contact, edit.after) if contact.id == edit.contact else contact for contact in theirs)


def keeping_told(known: Contact | None, new: Contact) -> Contact:
    """A contact as a file or a page has it, with what we were told of it; of another number we were told nothing."""
    if known is None or known.to != new.to:
        return new
    told = {
        name: getattr(known, name) for name in ("opted_out", "dead", "route", "asked_ms", "answered_ms", "since_ms")
    }
    return replace(new, **told)


def _put(of: dict[T, S], key: T, value: S | None) -> None:
    if value is None:
        of.pop(key, None)
    else:
        of[key] = value


def _without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(id for id in ids if id != gone)


def _unnamed(plan: Plan, word: str) -> Plan:
    """The plan whose audiences no longer say this word."""
    if not any(word in rung.audience for rung in plan.rungs):
        return plan
    return replace(plan, rungs=tuple(replace(rung, audience=_without(rung.audience, word)) for rung in plan.rungs))


def _spelled(key: tuple[object, ...]) -> str:
    return "/".join(map(str, key))


def _sorted(things: Iterable[T], place: dict[str, int], word: Callable[[T], str]) -> list[T]:
    return sorted(things, key=lambda thing: place.get(word(thing), len(place)))
