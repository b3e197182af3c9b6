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

from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Rung, Shift
from tocsin.core.findings import Finding, Wrong, found
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
    WALK_GRACE_MAX_S,
    WALK_GRACE_MIN_S,
    WALK_REMIND_MAX_S,
    WALK_REMIND_MIN_S,
)
from tocsin.core.place_problems import place_problems
from tocsin.core.words import MAY_CLOSE, REACHING, Channel, Kind, Role

NOBODY: Mapping[str, Member] = {}
FULL_NUMBER_MIN_DIGITS = 7  # Whatever is shorter is a short code, an emergency line or a slip.
DIALLED = frozenset({Channel.SMS, Channel.VOICE})


def no_full_number(number: str) -> bool:
    """The part of the emergency-number rule that needs no tables: no emergency number is this long."""
    return sum(sign.isdigit() for sign in number) < FULL_NUMBER_MIN_DIGITS


def problems(
    directory: Directory,
    is_emergency: Callable[[str], bool] = no_full_number,
    unchanged: Mapping[str, Member] = NOBODY,
    drawn: Iterable[Place] = (),
) -> list[Finding]:
    """Everything wrong with `directory`, in the order people, places, shifts, plans.  Empty: it may be used as it is.

    `is_emergency` knows the world's emergency numbers; the edge that has the tables brings it.  `unchanged`: people who
    were looked at before; whoever is the very same value is not looked at again, because ten thousand of them would
    keep a press waiting while one is edited.  `drawn`: the same for the outlines of places.
    """
    return [
        *_people(directory, is_emergency, unchanged),
        *_walks(directory),
        *place_problems(directory, drawn),
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
        yield found("organisation", Wrong.TOO_MANY_MEMBERS, most=MEMBERS_MAX)
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
        yield found(where, Wrong.NO_ROLE)
    if member.language not in directory.languages:
        yield found(where, Wrong.LANGUAGE_OF_MEMBER, fatal=False, language=member.language)
    if len(member.contacts) > CONTACTS_MAX:
        yield found(where, Wrong.TOO_MANY_CONTACTS, most=CONTACTS_MAX)
    for other in member.not_told_about:
        if other == member.id:
            yield found(where, Wrong.TIED_TO_THEMSELF)
        elif other not in directory.members:
            yield found(where, Wrong.UNKNOWN_MEMBER, key="not_told_about", name=other)
    kinds = {contact.kind for contact in member.contacts if contact.reaches}
    if Role.RESPONDER in member.roles and len(kinds) < 2:
        yield found(where, Wrong.HALF_REACHABLE if kinds else Wrong.NOT_REACHABLE, fatal=False)


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
        yield found(where, Wrong.EMERGENCY_NUMBER)
    owner = owners.setdefault(contact.to, member.id)
    if owner != member.id:
        yield found(where, Wrong.NUMBER_TWICE, owner=owner, member=member.id)


def _walks(directory: Directory) -> Iterator[Finding]:
    """How long a site waits for whoever is on a walk."""
    for site in directory.sites.values():
        times = (
            ("walk_grace_s", site.walk_grace_s, WALK_GRACE_MIN_S, WALK_GRACE_MAX_S),
            ("walk_remind_s", site.walk_remind_s, WALK_REMIND_MIN_S, WALK_REMIND_MAX_S),
        )
        for key, n, least, most in times:
            if not least <= n <= most:
                yield found(f"site {site.id}", Wrong.WALK_TIME, key=key, n=n, least=least, most=most)


# Sites, places, shifts -------------------------------------------------------------------------------------------


def _shifts(directory: Directory) -> Iterator[Finding]:
    people = {id for id, member in directory.members.items() if not member.seat}  # As `_person`, for many at once.
    for index, shift in enumerate(directory.shifts, 1):
        where = f"shift {index}"
        if shift.site not in directory.sites:
            yield found(where, Wrong.UNKNOWN_SITE, key="site", name=shift.site)
        if not people.issuperset(shift.members):
            strangers = (id for id in shift.members if id not in people)
            yield from (found(where, Wrong.UNKNOWN_MEMBER, key="members", name=id) for id in strangers)
        if shift.ends_ms <= shift.starts_ms:
            yield found(where, Wrong.SHIFT_ENDS_FIRST)
        if not shift.members:
            yield found(where, Wrong.SHIFT_OF_NOBODY, fatal=False)


def _missing_plans(directory: Directory) -> Iterator[Finding]:
    planned = {(plan.site, plan.kind) for plan in directory.plans}
    for site in directory.sites:
        if (site, Kind.SOS) not in planned:
            yield found(f"site {site}", Wrong.NO_PLAN)


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
        yield found(where, Wrong.UNKNOWN_SITE, key="site", name=plan.site)
    if sum((other.site, other.kind) == (plan.site, plan.kind) for other in directory.plans) > 1:
        yield found(where, Wrong.PLAN_TWICE)
    if plan.needed < NEEDED_MIN:
        yield found(where, Wrong.NEEDED_TOO_FEW, n=plan.needed, least=NEEDED_MIN)
    if not plan.rungs:
        yield found(where, Wrong.NO_BACKSTOP, least=BACKSTOP_MIN)
        return
    if len(plan.rungs) > RUNGS_MAX:
        yield found(where, Wrong.TOO_MANY_RUNGS, most=RUNGS_MAX)
    yield from _times(plan)
    for index, rung in enumerate(plan.rungs):
        yield from _rung(directory, plan, rung, rung_name(plan, index))
    yield from _backstop(directory, plan)
    yield from _scripts(directory, plan)


def _times(plan: Plan) -> Iterator[Finding]:
    for index, rung in enumerate(plan.rungs):
        where = rung_name(plan, index)
        if not 0 <= rung.after_s <= RUNG_AFTER_MAX_S:
            yield found(where, Wrong.AFTER_OUT_OF_RANGE, n=rung.after_s, most=RUNG_AFTER_MAX_S)
        if not REPEAT_MIN_S <= rung.repeat_s <= REPEAT_MAX_S:
            yield found(where, Wrong.REPEAT_OUT_OF_RANGE, n=rung.repeat_s, least=REPEAT_MIN_S, most=REPEAT_MAX_S)
        if not 0 <= rung.stagger_s <= RUNG_AFTER_MAX_S:
            yield found(where, Wrong.STAGGER_OUT_OF_RANGE, n=rung.stagger_s, most=RUNG_AFTER_MAX_S)
    for index, (earlier, later) in enumerate(pairwise(plan.rungs), 1):
        if later.after_s <= earlier.after_s:
            where = rung_name(plan, index)
            yield found(where, Wrong.TIMES_IN_A_CYCLE, later=later.after_s, earlier=earlier.after_s)


def _rung(directory: Directory, plan: Plan, rung: Rung, where: str) -> Iterator[Finding]:
    if not rung.channels or not all(rung.channels):
        yield found(where, Wrong.NO_CHANNEL)
    elif not any(channel in REACHING for group in rung.channels for channel in group):
        yield found(where, Wrong.WAKES_NOBODY)
    wrong = [finding for word in rung.audience for finding in _word(directory, word, where)]
    yield from wrong
    if not wrong and not any(_called(directory, plan, word) for word in rung.audience):
        yield found(where, Wrong.RUNG_OF_NOBODY)


def _word(directory: Directory, word: str, where: str) -> Iterator[Finding]:
    """What is wrong with one word of an audience by itself."""
    kind, colon, name = word.partition(":")
    if word == "on_shift":
        return
    if not colon or kind not in ("role", "member", "site"):
        yield found(where, Wrong.NO_AUDIENCE, word=word)
    elif kind == "role" and name not in set(Role):
        yield found(where, Wrong.UNKNOWN_ROLE, name=name, roles=", ".join(Role))
    elif kind == "member" and not _person(directory, name):
        yield found(where, Wrong.UNKNOWN_MEMBER, key="audience", name=name)
    elif kind == "site" and name not in directory.sites:
        yield found(where, Wrong.UNKNOWN_SITE, key="audience", name=name)


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
    if len(people) < BACKSTOP_MIN:
        few = Wrong.BACKSTOP_FEW if fatal else Wrong.BACKSTOP_FEW_LEFT
        yield found(where, few, fatal=fatal, n=len(people), least=BACKSTOP_MIN)
    closers = sum(not MAY_CLOSE.isdisjoint(member.roles) for member in people)
    if closers < BACKSTOP_MAY_CLOSE_MIN:
        few = Wrong.BACKSTOP_CLOSERS if fatal else Wrong.BACKSTOP_CLOSERS_LEFT
        yield found(where, few, fatal=fatal, n=closers, least=BACKSTOP_MAY_CLOSE_MIN)


def _backstop_rest(where: str, people: list[Member], shifts: list[Shift]) -> Iterator[Finding]:
    """An attacker may hold the whole shift: somebody of the backstop has to be somewhere else."""
    ids = {member.id for member in people}
    if not ids or not shifts:
        return
    if all(ids <= set(shift.members) for shift in shifts):
        yield found(where, Wrong.BACKSTOP_ALWAYS_ON)
    elif _ever_together(ids, shifts):
        yield found(where, Wrong.BACKSTOP_ALL_ON, fatal=False)


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
            yield found(where, Wrong.LANGUAGE_OF_SCRIPT, language=script.language)
        if not script.text.strip():
            yield found(where, Wrong.SCRIPT_EMPTY)
