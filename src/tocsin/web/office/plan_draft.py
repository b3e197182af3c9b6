"""A plan as a form: every step carries its own fields, so that a draft lives in the page and nowhere else.

Theory of operation
-------------------
`s1-after`, `s1-whom`, `s1-sms` … are of the first step, and `steps` says how many there are.  Adding, taking out and
moving a step rearranges the fields and changes nothing else.  Times belong to the places in the ladder, not to the
steps: two steps that change places change whom they ring and how, and the ladder still rises.

What was not touched is read back as it was, whatever order it stood in: a form that is sent as it came changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from tocsin.core.directory import Directory, Member, Plan, Rung, Script
from tocsin.core.escalation import EVERY_CHANNEL
from tocsin.core.limits import (
    NEEDED_MAX,
    NEEDED_MIN,
    REPEAT_MAX_S,
    REPEAT_MIN_S,
    RUNG_AFTER_MAX_S,
    RUNGS_MAX,
    SCRIPT_MAX_CHARS,
)
from tocsin.core.words import REACHING, Channel, Duty, Kind, Role
from tocsin.web.forms import Form, filled, whole_number
from tocsin.web.office.saying import folded
from tocsin.web.speaking import Say, words

GROUPS = ("1", "2", "3")
OF_STEP = ("whom", "add", "again", "apart", *Channel)
RISES = words("Each step comes later than the one before it.")
NO_WAY = words("Choose at least one way.")
WAKES_NOBODY = words("Mail, services and programs wake nobody. Add the app, texts or calls.")
NOBODY_CHOSEN = words("Choose whom this step rings.")
NO_SUCH = words("Nobody here is called so.")
SEVERAL = words("More than one is called so: %(names)s. Write the name with what stands in brackets.")
TOO_MANY = words("A plan has %(most)s steps at the most. Ring more people in each.")
Fields = dict[str, list[str]]
T = TypeVar("T")


class Known(Struct, frozen=True):
    """What the form is compared with: the plan in force, or the one that a new plan begins as."""

    directory: Directory
    site: str
    kind: Kind
    plan: Plan


# Shown -----------------------------------------------------------------------------------------------------------


def fields_of(plan: Plan) -> Fields:
    """The form as the plan stands."""
    fields: Fields = {"steps": [str(len(plan.rungs))], "needed": [str(plan.needed)]}
    for n, rung in enumerate(plan.rungs, 1):
        fields |= {f"s{n}-{key}": values for key, values in _of_rung(rung).items()}
    fields |= {f"t-{script.duty}-{script.language}": [script.text] for script in plan.scripts}
    return fields


def _of_rung(rung: Rung) -> Fields:
    group_of = {channel.value: [str(n)] for n, group in enumerate(rung.channels, 1) for channel in group}
    numbers = {"after": rung.after_s, "again": rung.repeat_s, "apart": rung.stagger_s}
    return {"whom": list(rung.audience), **{k: [str(v)] for k, v in numbers.items()}, **group_of}


def first_draft(site: str, kind: Kind) -> Plan:
    """What a site without any plan begins with: the shift at once, and a backstop whose people are still to name."""
    return Plan(site, kind, NEEDED_MIN, (Rung(0, ("on_shift",), EVERY_CHANNEL), Rung(60, (), EVERY_CHANNEL)))


def steps_in(form: Form) -> int:
    """How many steps the draft has; a number that nobody can have meant is the nearest that can be."""
    return min(max(whole_number(form.raw("steps")) or 1, 1), RUNGS_MAX)


# Rearranged ------------------------------------------------------------------------------------------------------


def rearranged(form: Form, say: Say, what: str) -> Form:
    """The draft after one of its own buttons: `add`, `drop-2`, `up-2`, `down-2`.  Anything else leaves it as it is."""
    verb, _, number = what.partition("-")
    count, at = steps_in(form), whole_number(number) or 0
    fields = _fields(form)
    order = list(range(1, count + 1))
    if verb == "add":
        fields = _with_one_more(fields, count)
        order.insert(count - 1, count + 1)
        count += 1
    elif verb == "drop" and at in order and count > 1:
        order.remove(at)
    elif verb in ("up", "down"):
        other = at + (1 if verb == "down" else -1)
        if at in order and other in order:
            order[at - 1], order[other - 1] = other, at
    made = filled(_in_order(fields, order), say)
    if verb == "add" and count > RUNGS_MAX:
        return _too_many(form)
    return made


def settled(form: Form, say: Say, directory: Directory) -> Form:
    """Whoever was typed by name is ticked; a name that is nobody's, or several people's, stays with its fault."""
    fields, wrong = _fields(form), Form({}, say)
    for n in range(1, steps_in(form) + 1):
        typed = form.text(f"s{n}-add", needed=False)
        member = somebody(wrong, f"s{n}-add", directory, typed) if typed else None
        if member is not None:
            known = fields.get(f"s{n}-whom", [])
            fields |= {f"s{n}-add": [], f"s{n}-whom": list(dict.fromkeys((*known, f"member:{member.id}")))}
    made = filled(fields, say)
    made.faults = {**form.faults, **wrong.faults}
    return made


def _fields(form: Form) -> Fields:
    fields: Fields = {}
    for name, value in form.carried():
        fields.setdefault(name, []).append(value)
    return fields


def _with_one_more(fields: Fields, count: int) -> Fields:
    """A step before the last, which stays the last: midway between its neighbours."""
    times = [whole_number(next(iter(fields.get(f"s{n}-after", ())), "")) or 0 for n in (count - 1, count)]
    between = (times[0] + times[1]) // 2 if count > 1 else 0
    last = min(max(times[1], between + 1, 15), RUNG_AFTER_MAX_S)
    made = _of_rung(Rung(0, ("role:supervisor",), EVERY_CHANNEL))
    fresh = {f"s{count + 1}-{key}": values for key, values in made.items()}
    return {**fields, **fresh, f"s{count}-after": [str(between)], f"s{count + 1}-after": [str(last)]}


def _too_many(form: Form) -> Form:
    form.fault("steps", TOO_MANY, most=RUNGS_MAX)
    return form


def _in_order(fields: Fields, order: Sequence[int]) -> Fields:
    """The steps in this order; what is of their place in the ladder stays where it is."""
    rest = {name: values for name, values in fields.items() if not re.match(r"s\d+-", name)}
    moved = {
        f"s{n}-{key}": fields[f"s{old}-{key}"]
        for n, old in enumerate(order, 1)
        for key in OF_STEP
        if f"s{old}-{key}" in fields
    }
    times = [fields[f"s{n}-after"] for n in _places(order, fields)]
    kept = {f"s{n}-after": at for n, at in enumerate(times, 1)}
    return {**rest, **moved, **kept, "steps": [str(len(order))]}


def _places(order: Sequence[int], fields: Fields) -> list[int]:
    """Whose times stay: those of the steps that are left, in the order of the ladder."""
    return [n for n in sorted(order) if f"s{n}-after" in fields]


# Read ------------------------------------------------------------------------------------------------------------


def read_plan(form: Form, known: Known) -> Plan:
    """What was typed; faults stand in the form."""
    rungs = tuple(_rung(form, known, n) for n in range(1, steps_in(form) + 1))
    for n, (earlier, later) in enumerate(pairwise(rungs), 2):
        if later.after_s <= earlier.after_s:
            form.fault(f"s{n}-after", RISES)
    needed = form.digits("needed", NEEDED_MIN, NEEDED_MAX)
    return Plan(known.site, known.kind, needed, rungs, _scripts(form, known))


def misread(form: Form, plan: Plan) -> list[str]:
    """The fields of numbers that the plan has not got as they were typed: they could not be read."""
    numbers = {"needed": plan.needed}
    for n, rung in enumerate(plan.rungs, 1):
        numbers[f"s{n}-again"] = rung.repeat_s
        numbers |= {f"s{n}-after": rung.after_s} if n > 1 else {}
        numbers |= {f"s{n}-apart": rung.stagger_s} if len(rung.channels) > 1 else {}
    return [name for name, value in numbers.items() if whole_number(form.raw(name)) != value]


def _rung(form: Form, known: Known, n: int) -> Rung:
    after_s = known.plan.rungs[0].after_s if n == 1 else form.digits(f"s{n}-after", 0, RUNG_AFTER_MAX_S)
    groups = tuple(_groups(form, known, n))
    if not groups:
        form.fault(f"s{n}-{Channel.SMS}", NO_WAY)
    elif not any(channel in REACHING for group in groups for channel in group):
        form.fault(f"s{n}-{Channel.SMS}", WAKES_NOBODY)
    audience = _whom(form, known, n)
    if not audience:
        form.fault(f"s{n}-whom", NOBODY_CHOSEN)
    apart = form.digits(f"s{n}-apart", 0, RUNG_AFTER_MAX_S) if len(groups) > 1 else _apart(known, n)
    return Rung(after_s, audience, groups, form.digits(f"s{n}-again", REPEAT_MIN_S, REPEAT_MAX_S), apart)


def _apart(known: Known, n: int) -> int:
    """Where nothing comes later it says nothing, and stays what it was."""
    return known.plan.rungs[n - 1].stagger_s if n <= len(known.plan.rungs) else 0


def _groups(form: Form, known: Known, n: int) -> Iterator[tuple[Channel, ...]]:
    before = [group for rung in _own_first(known, n) for group in rung.channels]
    for number in GROUPS:
        group = tuple(channel for channel in Channel if form.raw(f"s{n}-{channel}") == number)
        if group:
            yield _as_known(group, before)


def _whom(form: Form, known: Known, n: int) -> tuple[str, ...]:
    ticked = form.several(f"s{n}-whom", dict.fromkeys((*audiences(known), *named(form, known, n))))
    return _as_known(ticked, (rung.audience for rung in _own_first(known, n)))


def _own_first(known: Known, n: int) -> Sequence[Rung]:
    rungs = known.plan.rungs
    return (*rungs[n - 1 : n], *rungs)


def audiences(known: Known) -> list[str]:
    """What a step may call besides people by their names."""
    others = [f"site:{id}" for id in known.directory.sites if id != known.site]
    return ["on_shift", f"role:{Role.RESPONDER}", f"role:{Role.SUPERVISOR}", f"role:{Role.COORDINATOR}", *others]


def named(form: Form, known: Known, n: int) -> list[str]:
    """What the step's form has besides: people, and what a file wrote that no form offers."""
    written = {word for rung in known.plan.rungs for word in rung.audience}
    return [word for word in form.all_kept(f"s{n}-whom") if word in written or _is_person(known.directory, word)]


def _is_person(directory: Directory, word: str) -> bool:
    kind, _, id = word.partition(":")
    member = directory.members.get(id) if kind == "member" else None
    return member is not None and not member.seat


def somebody(form: Form, field: str, directory: Directory, typed: str) -> Member | None:
    """Whom they mean: by what is in brackets, by id, or by a name that only one person has."""
    within = re.search(r"\(([^()]+)\)\s*$", typed)
    people = {id: member for id, member in directory.members.items() if not member.seat}
    for id in (within[1] if within else typed, typed):
        if id in people:
            return people[id]
    alike = [member for member in people.values() if folded(member.name) == folded(typed)]
    if len(alike) > 1:
        form.fault(field, SEVERAL, names=", ".join(written_name(member) for member in alike[:5]))
    elif not alike:
        form.fault(field, NO_SUCH)
    return alike[0] if len(alike) == 1 else None


def written_name(member: Member) -> str:
    return f"{member.name} ({member.id})"


def _scripts(form: Form, known: Known) -> tuple[Script, ...]:
    """Those with words in them, in the order in which they stood."""
    fields = {(Duty(duty), language): name for name, duty, language in script_fields(known)}
    order = dict.fromkeys((*((script.duty, script.language) for script in known.plan.scripts), *fields))
    texts = ((key, form.text(fields[key], most=SCRIPT_MAX_CHARS, needed=False)) for key in order)
    return tuple(Script(duty, language, text) for (duty, language), text in texts if text)


def script_fields(known: Known) -> Iterator[tuple[str, Duty, str]]:
    """Name of the field, duty, language: every duty in each language of the organisation."""
    spoken = dict.fromkeys((*known.directory.languages, *(script.language for script in known.plan.scripts)))
    for duty in Duty:
        yield from ((f"t-{duty}-{language}", duty, language) for language in spoken)


# Leaves ----------------------------------------------------------------------------------------------------------


def _as_known(now: tuple[T, ...], before: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """In the order in which the same stood before."""
    return next((known for known in before if set(known) == set(now)), now)
