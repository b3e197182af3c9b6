"""What a valid organisation is: every rule that a plan, a roster and a list of people must keep before they count.

Theory of operation
-------------------
`problems` looks at the whole directory and says everything at once, so that a file is corrected in one go.  A *fatal*
finding refuses the directory; another one is shown and kept on the readiness page, because it is weak, not wrong.
Each finding names its entry in fixed words (`member noor`, `plan centre sos rung 2`, `plan centre sos backstop`), which
the reader of a site file turns into a line number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift
from tocsin.core.limits import (
    BACKSTOP_MAY_CLOSE_MIN,
    BACKSTOP_MIN,
    CONTACTS_MAX,
    MEMBERS_MAX,
    NEEDED_MIN,
    REPEAT_MAX_S,
    REPEAT_MIN_S,
    RUNG_AFTER_MAX_S,
    RUNGS_MAX,
)
from tocsin.core.words import MAY_CLOSE, REACHING, Channel, Kind, Role

PLACE_KINDS = ("site", "building", "floor", "room", "door", "lot", "bay")
NOBODY: Mapping[str, Member] = {}
FULL_NUMBER_MIN_DIGITS = 7  # Whatever is shorter is a short code, an emergency line or a slip.
DIALLED = frozenset({Channel.SMS, Channel.VOICE})


class Finding(Struct, frozen=True):
    """One thing that is wrong: where, what, and what its author does about it."""

    where: str
    what: str
    remedy: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.remedy}"


def no_full_number(number: str) -> bool:
    """The part of the emergency-number rule that needs no tables: no emergency number is this long."""
    return sum(sign.isdigit() for sign in number) < FULL_NUMBER_MIN_DIGITS


def problems(
    directory: Directory,
    is_emergency: Callable[[str], bool] = no_full_number,
    unchanged: Mapping[str, Member] = NOBODY,
) -> list[Finding]:
    """Everything wrong with `directory`, in the order people, sites, shifts, plans.  Empty: it may be used as it is.

    `is_emergency` knows the world's emergency numbers; the edge that has the tables brings it.  `unchanged`: people who
    were looked at before; whoever is the very same value is not looked at again, because ten thousand of them would
    keep a press waiting while one is edited.
    """
    return [
        *_people(directory, is_emergency, unchanged),
        *_places(directory),
        *_shifts(directory),
        *_missing_plans(directory),
        *(finding for plan in directory.plans for finding in _plan(directory, plan)),
    ]


# People ----------------------------------------------------------------------------------------------------------


def _people(
    directory: Directory, is_emergency: Callable[[str], bool], unchanged: Mapping[str, Member]
) -> Iterator[Finding]:
    people = [member for member in directory.members.values() if not member.seat]
    if len(people) > MEMBERS_MAX:
        yield Finding("organisation", f"it has more than {MEMBERS_MAX} members", "split it into two organisations")
    owners = {
        contact.to: id
        for id, member in reversed(list(unchanged.items()))
        if id in directory.members and directory.members[id] is member and not member.seat
        for contact in reversed(member.contacts)
        if contact.kind in DIALLED
    }
    for member in people:
        if unchanged.get(member.id) is member:
            continue
        yield from _member(directory, member)
        for index, contact in enumerate(member.contacts, 1):
            yield from _contact(f"member {member.id} contact {index}", member, contact, is_emergency, owners)


def _member(directory: Directory, member: Member) -> Iterator[Finding]:
    where = f"member {member.id}"
    if not member.roles:
        yield Finding(where, "the member has no role", "give at least one, such as worker")
    if member.language not in directory.languages:
        yield Finding(
            where,
            f"the language {member.language!r} is not one of the organisation's",
            "add it to languages; until then texts go out in the first of them",
            fatal=False,
        )
    if len(member.contacts) > CONTACTS_MAX:
        yield Finding(where, f"the member has more than {CONTACTS_MAX} contacts", "keep those that are answered")
    for other in member.not_told_about:
        if other == member.id:
            yield Finding(where, "the member is not to be told about themself", "take the id out of not_told_about")
        elif other not in directory.members:
            yield _unknown(where, "not_told_about", "member", other)
    kinds = {contact.kind for contact in member.contacts if contact.reaches}
    if Role.RESPONDER in member.roles and len(kinds) < 2:
        reach = "half reachable" if kinds else "not reachable"
        remedy = "verify contacts of two kinds, such as sms and voice"
        yield Finding(where, f"the responder is {reach}", remedy, fatal=False)


def _person(directory: Directory, id: str) -> bool:
    """Is it somebody who can be rostered or rung?  A desk's seat is not."""
    member = directory.members.get(id)
    return member is not None and not member.seat


def _contact(
    where: str, member: Member, contact: Contact, is_emergency: Callable[[str], bool], owners: dict[str, str]
) -> Iterator[Finding]:
    if contact.kind not in DIALLED:
        return
    if is_emergency(contact.to):
        what = "the contact is an emergency number; no machine may dial it"
        yield Finding(where, what, "give the person's own number")
    owner = owners.setdefault(contact.to, member.id)
    if owner != member.id:
        what = f"members {owner} and {member.id} have one number; nobody could tell who answers"
        yield Finding(where, what, "give each their own")


# Sites, places, shifts -------------------------------------------------------------------------------------------


def _places(directory: Directory) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for index, place in enumerate(directory.places, 1):
        where = f"place {index}"
        if place.site not in directory.sites:
            yield _unknown(where, "site", "site", place.site)
        if place.kind not in PLACE_KINDS:
            yield Finding(where, f"{place.kind!r} is no kind of place", f"use one of {', '.join(PLACE_KINDS)}")
        if (place.site, place.id) in seen:
            yield Finding(where, f"the site has two places called {place.id}", "give each an id of its own")
        seen.add((place.site, place.id))


def _shifts(directory: Directory) -> Iterator[Finding]:
    people = {id for id, member in directory.members.items() if not member.seat}  # As `_person`, for many at once.
    for index, shift in enumerate(directory.shifts, 1):
        where = f"shift {index}"
        if shift.site not in directory.sites:
            yield _unknown(where, "site", "site", shift.site)
        if not people.issuperset(shift.members):
            yield from (_unknown(where, "members", "member", id) for id in shift.members if id not in people)
        if shift.ends_ms <= shift.starts_ms:
            yield Finding(where, "the shift ends before it starts", "look at the dates and at the zone of ends")
        if not shift.members:
            yield Finding(where, "nobody is on this shift", "name its members or take it out", fatal=False)


def _missing_plans(directory: Directory) -> Iterator[Finding]:
    planned = {(plan.site, plan.kind) for plan in directory.plans}
    for site in directory.sites:
        if (site, Kind.SOS) not in planned:
            yield Finding(f"site {site}", "the site has no plan for sos", "add one with a backstop")


# Plans -----------------------------------------------------------------------------------------------------------


def plan_problems(directory: Directory, plan: Plan) -> list[Finding]:
    """What is wrong with this plan, were it one of the organisation's."""
    return list(_plan(directory, plan))


def rung_name(plan: Plan, index: int) -> str:
    """How findings call a rung."""
    name = "backstop" if index == len(plan.rungs) - 1 else f"rung {index + 1}"
    return f"{_plan_name(plan)} {name}"


def _plan_name(plan: Plan) -> str:
    return f"plan {plan.site} {plan.kind}"


def _plan(directory: Directory, plan: Plan) -> Iterator[Finding]:
    where = _plan_name(plan)
    if plan.site not in directory.sites:
        yield _unknown(where, "site", "site", plan.site)
    if sum((other.site, other.kind) == (plan.site, plan.kind) for other in directory.plans) > 1:
        yield Finding(where, "the site has two plans for this kind", "keep one")
    if plan.needed < NEEDED_MIN:
        remedy = f"use at least {NEEDED_MIN}: one person may be the attacker's friend"
        yield Finding(where, f"needed is {plan.needed}", remedy)
    if not plan.rungs:
        yield Finding(where, "the plan has no backstop", f"add one of at least {BACKSTOP_MIN} people")
        return
    if len(plan.rungs) > RUNGS_MAX:
        yield Finding(where, f"the plan has more than {RUNGS_MAX} rungs", "ring more people per rung")
    yield from _times(plan)
    for index, rung in enumerate(plan.rungs):
        yield from _rung(directory, plan, rung, rung_name(plan, index))
    yield from _backstop(directory, plan)
    yield from _scripts(directory, plan)


def _times(plan: Plan) -> Iterator[Finding]:
    for index, rung in enumerate(plan.rungs):
        where = rung_name(plan, index)
        if not 0 <= rung.after_s <= RUNG_AFTER_MAX_S:
            remedy = f"use 0 to {RUNG_AFTER_MAX_S} seconds from the first press"
            yield Finding(where, f"after_s is {rung.after_s}", remedy)
        if not REPEAT_MIN_S <= rung.repeat_s <= REPEAT_MAX_S:
            remedy = f"use {REPEAT_MIN_S} to {REPEAT_MAX_S} seconds"
            yield Finding(where, f"repeat_s is {rung.repeat_s}", remedy)
        if not 0 <= rung.stagger_s <= RUNG_AFTER_MAX_S:
            yield Finding(where, f"stagger_s is {rung.stagger_s}", f"use 0 to {RUNG_AFTER_MAX_S} seconds")
    for index, (earlier, later) in enumerate(pairwise(plan.rungs), 1):
        if later.after_s <= earlier.after_s:
            what = f"the times run in a cycle: after_s {later.after_s} follows {earlier.after_s}"
            yield Finding(rung_name(plan, index), what, "let after_s rise from rung to rung")


def _rung(directory: Directory, plan: Plan, rung: Rung, where: str) -> Iterator[Finding]:
    if not rung.channels or not all(rung.channels):
        yield Finding(where, "the rung has an empty group of channels", "name at least one, such as sms")
    elif not any(channel in REACHING for group in rung.channels for channel in group):
        what = "the rung wakes nobody: mail, services and webhooks tell besides and never count as reach"
        yield Finding(where, what, "add push, sms or voice")
    wrong = [finding for word in rung.audience for finding in _word(directory, word, where)]
    yield from wrong
    if not wrong and not any(_called(directory, plan, word) for word in rung.audience):
        yield Finding(where, "the rung is of nobody", "name an audience that somebody belongs to")


def _word(directory: Directory, word: str, where: str) -> Iterator[Finding]:
    """What is wrong with one word of an audience by itself."""
    kind, colon, name = word.partition(":")
    if word == "on_shift":
        return
    if not colon or kind not in ("role", "member", "site"):
        remedy = "use on_shift, role:NAME, member:ID or site:ID"
        yield Finding(where, f"{word!r} is no audience", remedy)
    elif kind == "role" and name not in set(Role):
        yield Finding(where, f"audience names an unknown role {name!r}", f"use one of {', '.join(Role)}")
    elif kind == "member" and not _person(directory, name):
        yield _unknown(where, "audience", "member", name)
    elif kind == "site" and name not in directory.sites:
        yield _unknown(where, "audience", "site", name)


def _called(directory: Directory, plan: Plan, word: str) -> bool:
    """Is there anybody whom this word could ever call, on whatever shift?"""
    kind, _, name = word.partition(":")
    if kind == "member":
        return True
    if kind == "role":
        return any(name in member.roles for member in directory.members.values())
    site = name if kind == "site" else plan.site
    return any(shift.site == site and shift.members for shift in directory.shifts)


# The backstop ----------------------------------------------------------------------------------------------------


def _backstop(directory: Directory, plan: Plan) -> Iterator[Finding]:
    where = rung_name(plan, len(plan.rungs) - 1)
    named = _backstop_people(directory, plan)
    yield from _backstop_size(where, named, fatal=True)
    left = [member for member in named if not member.suspended]
    if len(left) < len(named):
        yield from _backstop_size(where, left, fatal=False)
    yield from _backstop_rest(where, named, [shift for shift in directory.shifts if shift.site == plan.site])


def _backstop_people(directory: Directory, plan: Plan) -> list[Member]:
    """Whom the backstop rings by name, on shift or not: only a name is sure to be there at any hour."""
    ids = dict.fromkeys(word.partition(":")[2] for word in plan.rungs[-1].audience if word.startswith("member:"))
    return [directory.members[id] for id in ids if id in directory.members]


def _backstop_size(where: str, people: Iterable[Member], *, fatal: bool) -> Iterator[Finding]:
    people = list(people)
    besides = "" if fatal else " besides those suspended"
    if len(people) < BACKSTOP_MIN:
        what = f"the backstop names {len(people)} people{besides}"
        yield Finding(where, what, f"name at least {BACKSTOP_MIN} by member:ID", fatal)
    closers = sum(not MAY_CLOSE.isdisjoint(member.roles) for member in people)
    if closers < BACKSTOP_MAY_CLOSE_MIN:
        what = f"the backstop names {closers} who may close{besides}"
        yield Finding(where, what, f"name at least {BACKSTOP_MAY_CLOSE_MIN} supervisors or coordinators", fatal)


def _backstop_rest(where: str, people: list[Member], shifts: list[Shift]) -> Iterator[Finding]:
    """An attacker may hold the whole shift: somebody of the backstop has to be somewhere else."""
    ids = {member.id for member in people}
    if not ids or not shifts:
        return
    if all(ids <= set(shift.members) for shift in shifts):
        yield Finding(where, "everybody in the backstop is on every shift", "name somebody who is off shift")
    elif _ever_together(ids, shifts):
        what = "at some hour everybody in the backstop is on shift"
        yield Finding(where, what, "name one more who is off shift then", fatal=False)


def _ever_together(ids: set[str], shifts: list[Shift]) -> bool:
    """Is there an instant at which all of these are on?  Walked once, from one beginning or end to the next."""
    theirs = [shift for shift in shifts if not ids.isdisjoint(shift.members)]
    turns = [(shift.starts_ms, 1, shift) for shift in theirs] + [(shift.ends_ms, -1, shift) for shift in theirs]
    on: Counter[str] = Counter()
    for _, turn, shift in sorted(turns, key=lambda one: one[:2]):  # Who leaves at an instant is gone before who comes.
        for id in ids.intersection(shift.members):
            on[id] += turn
        if turn > 0 and all(on[id] > 0 for id in ids):
            return True
    return False


def _scripts(directory: Directory, plan: Plan) -> Iterator[Finding]:
    for script in plan.scripts:
        where = f"{_plan_name(plan)} script {script.duty} {script.language}"
        if script.language not in directory.languages:
            remedy = "add it to languages or take the script out"
            yield Finding(where, f"the language {script.language!r} is not one of the organisation's", remedy)
        if not script.text.strip():
            yield Finding(where, "the script says nothing", "write what this duty does")


def _unknown(where: str, key: str, noun: str, name: str) -> Finding:
    return Finding(where, f"{key} names an unknown {noun} {name!r}", f"add that {noun} or correct the id")
