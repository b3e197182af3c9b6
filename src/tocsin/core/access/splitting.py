"""The difference between two organisations as single edits, in an order in which each may be applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from tocsin.core.access.edits import (
    ContactEdit,
    DutiesEdit,
    Edit,
    GraceEdit,
    LanguageEdit,
    MemberEdit,
    NameEdit,
    OrderEdit,
    OrganisationEdit,
    Part,
    PlaceEdit,
    ReminderEdit,
    RolesEdit,
    ShiftEdit,
    SiteEdit,
    SuspensionEdit,
    TieEdit,
    WatchEdit,
)
from tocsin.core.access.plan_versions import plan_edits
from tocsin.core.access.push_record import pushes_of
from tocsin.core.access.sheet import Sheet, bare, keeping_told, people_of, plain
from tocsin.core.directory import Directory, Member, Site

K = TypeVar("K")
V = TypeVar("V")


def keeping(known: Member | None, new: Member) -> Member:
    """The member as a file has them, with what only carriers, themself or a suspension could change."""
    if known is None:
        return new
    contacts = {contact.id: contact for contact in known.contacts}
    return replace(
        new,
        contacts=(*(keeping_told(contacts.get(contact.id), contact) for contact in new.contacts), *pushes_of(known)),
        suspended=known.suspended or new.suspended,
        pin_hash=known.pin_hash,
        duress_pin_hash=known.duress_pin_hash,
        next_pin_hashes=known.next_pin_hashes,
        pins_set_ms=known.pins_set_ms,
        call_code_hash=known.call_code_hash,
    )


def difference(before: Directory, after: Directory) -> list[Edit]:
    """Edits that, applied in their order to `before`, give `after` (their devices, PINs and call codes aside).

    What strengthens is apart from what weakens, wherever the two can be told apart.
    """
    was, shall = Sheet(before), Sheet(after)
    edits = [
        *([] if was.names == shall.names else [OrganisationEdit(was.names, shall.names)]),
        *(edit for id, old, new in _both(was.sites, shall.sites) if new for edit in _of_site(id, old, new)),
        *(MemberEdit(id, None, bare(new)) for id, old, new in _both(was.members, shall.members) if old is None and new),
        *(edit for id, old, new in _both(was.members, shall.members) if old and new for edit in of_member(old, new)),
        *(PlaceEdit(site, id, old, new) for (site, id), old, new in _both(was.places, shall.places)),
        *_shifts(was, shall),
        *_plans(was, shall),
        *(MemberEdit(id, bare(old), None) for id, old, new in _both(was.members, shall.members) if new is None and old),
        *(SiteEdit(id, old, None) for id, old, new in _both(was.sites, shall.sites) if new is None),
    ]
    for edit in edits:
        was.apply(edit)
    return [*edits, *_orders(was, shall)]


def roster_edits(before: Directory, after: Directory) -> list[Edit]:
    """The difference between two rosters alone, by the same rules."""
    return list(_shifts(Sheet(before), Sheet(after)))


def of_member(old: Member, new: Member) -> Iterator[Edit]:
    """The difference between two states of one member; a contact's order is no part of it."""
    if old.name != new.name:
        yield NameEdit(old.id, old.name, new.name)
    if old.language != new.language:
        yield LanguageEdit(old.id, old.language, new.language)
    if old.duties != new.duties:
        yield DutiesEdit(old.id, old.duties, new.duties)
    yield from _roles(old, new)
    contacts = {contact.id: contact for contact in old.contacts}, {contact.id: contact for contact in new.contacts}
    for id, one, other in _both(*contacts):
        if one is None or other is None or plain(one) != plain(other):
            yield ContactEdit(old.id, id, one and plain(one), other and plain(other))
    for about in dict.fromkeys((*old.not_told_about, *new.not_told_about)):
        if (about in old.not_told_about) != (about in new.not_told_about):
            yield TieEdit(old.id, about, about in old.not_told_about, about in new.not_told_about)
    if old.suspended != new.suspended:
        yield SuspensionEdit(old.id, old.suspended, new.suspended)
    if old.watch_window != new.watch_window:
        yield WatchEdit(old.id, old.watch_window, new.watch_window)


def _of_site(id: str, old: Site | None, new: Site) -> Iterator[Edit]:
    """A site that is new or other than it was; how long it waits for whoever is on a walk, by itself."""
    named = new if old is None else replace(new, walk_grace_s=old.walk_grace_s, walk_remind_s=old.walk_remind_s)
    if named != old:
        yield SiteEdit(id, old, named)
    yield from walk_time_edits(named, new.walk_grace_s, new.walk_remind_s)


def walk_time_edits(site: Site, grace_s: int, remind_s: int) -> Iterator[Edit]:
    """What makes these its times, as far as they are others."""
    if site.walk_grace_s != grace_s:
        yield GraceEdit(site.id, site.walk_grace_s, grace_s)
    if site.walk_remind_s != remind_s:
        yield ReminderEdit(site.id, site.walk_remind_s, remind_s)


def _roles(old: Member, new: Member) -> Iterator[Edit]:
    """What is given, and then what is taken."""
    more = (*old.roles, *(role for role in new.roles if role not in old.roles))
    if set(more) != set(old.roles) and set(more) != set(new.roles):
        yield RolesEdit(old.id, old.roles, more)
        yield RolesEdit(old.id, more, new.roles)
    elif old.roles != new.roles:
        yield RolesEdit(old.id, old.roles, new.roles)


def _shifts(was: Sheet, shall: Sheet) -> Iterator[Edit]:
    """Those that go, last: of several that are alike the highest number first, since what is behind it moves up."""
    going: list[Edit] = []
    for key, old, new in _both(was.shifts, shall.shifts):
        people, wanted = people_of(old), people_of(new)
        if people is None or wanted is None:
            going += [ShiftEdit(key, people, None)] * (wanted is None)
            yield from [ShiftEdit(key, None, wanted)] * (people is None)
            continue
        there = set(people)
        more = (*people, *(id for id in wanted if id not in there))
        if set(more) not in (set(people), set(wanted)):
            yield ShiftEdit(key, people, more)
            people = more
        yield ShiftEdit(key, people, wanted)
    yield from reversed(going)


def _plans(was: Sheet, shall: Sheet) -> Iterator[Edit]:
    for _, old, new in _both(was.plans, shall.plans):
        yield from plan_edits(old, new)


def _orders(now: Sheet, shall: Sheet) -> Iterator[Edit]:
    for part in (Part.SITES, Part.PLACES, Part.SHIFTS, Part.PLANS):
        if now.order(part) != shall.order(part):
            yield OrderEdit(part, "", now.order(part), shall.order(part))
    for id, member in shall.members.items():
        for part in (Part.CONTACTS, Part.TIES) if now.members[id] != member else ():
            if now.order(part, id) != shall.order(part, id):
                yield OrderEdit(part, id, now.order(part, id), shall.order(part, id))


def _both(one: Mapping[K, V], other: Mapping[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    """What differs between the two, by key."""
    for key in dict.fromkeys((*one, *other)):
        old, new = one.get(key), other.get(key)
        if old != new:
            yield key, old, new
