"""An edit as people read it: a word, and what goes into the sentence of that word, so that it can be translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import filterfalse, islice

from msgspec import Struct

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
    PlaceEdit,
    PlanEdit,
    ReminderEdit,
    RolesEdit,
    ShiftEdit,
    SiteEdit,
    SuspensionEdit,
    TieEdit,
    WatchEdit,
)
from tocsin.core.directory import Contact, Directory, Place, Plan, Rung, Site
from tocsin.core.held import Held

NAMED_MAX = 40  # Of a crowd on a shift, those who come or go first: nobody reads two thousand names.
LAST_SHOWN = 2  # Of a number or address: enough to tell one's contacts apart, too little to reach anybody.
ENGLISH: Mapping[str, str] = {
    "member_added": "{name} joins",
    "member_removed": "{name} leaves",
    "name_changed": "{name} is to be called {after}",
    "language_changed": "{name}: language {before} -> {after}",
    "roles_changed": "{name}: roles {before} -> {after}",
    "duties_changed": "{name}: duties {before} -> {after}",
    "contact_added": "{name}: {after} added",
    "contact_removed": "{name}: {before} removed",
    "contact_changed": "{name}: {before} -> {after}",
    "tie_set": "{name} is not to be told about {other}",
    "tie_lifted": "{name} may be told about {other} again",
    "suspended": "{name} is suspended",
    "reinstated": "the suspension of {name} is lifted",
    "watch_opened": "a closer watch over {name} begins",
    "watch_ended": "the closer watch over {name} ends",
    "shift_added": "{site}: a shift of {after}",
    "shift_removed": "{site}: the shift of {before} is gone",
    "shift_changed": "{site}: a shift of {before} -> {after}",
    "shifts_changed": "{site}: {count} shifts change",
    "plan_added": "{site}: a plan for {kind}: {after}",
    "plan_removed": "{site}: the plan for {kind} is gone: {before}",
    "plan_changed": "{site}: the plan for {kind}: {before} -> {after}",
    "place_added": "{site}: the place {after}",
    "place_removed": "{site}: the place {before} is gone",
    "place_changed": "{site}: the place {before} -> {after}",
    "place_drawn": "{site}: the place {after} is drawn anew",
    "place_moved": "{site}: the place {after} is now in another place, or of another kind",
    "site_added": "a new site, {after}",
    "site_removed": "the site {before} is gone",
    "site_changed": "the site {before} -> {after}",
    "grace_changed": "{site}: help is called {before} -> {after} after the end of a walk",
    "reminder_changed": "{site}: whoever is on a walk is reminded {before} -> {after} before its end",
    "organisation_changed": "the organisation: {before} -> {after}",
    "order_changed": "another order of {part}",
    "desk_off": "{site}: the desk {name} is turned off",
}
_SWITCHES: Mapping[type, tuple[str, str]] = {
    TieEdit: ("tie_set", "tie_lifted"),
    SuspensionEdit: ("suspended", "reinstated"),
    WatchEdit: ("watch_opened", "watch_ended"),
}
_NOUNS: Mapping[type, str] = {
    MemberEdit: "member",
    NameEdit: "name",
    LanguageEdit: "language",
    RolesEdit: "roles",
    DutiesEdit: "duties",
    ContactEdit: "contact",
    ShiftEdit: "shift",
    PlanEdit: "plan",
    PlaceEdit: "place",
    SiteEdit: "site",
    GraceEdit: "grace",
    ReminderEdit: "reminder",
    OrganisationEdit: "organisation",
    OrderEdit: "order",
}


class Words(Struct, frozen=True):
    """`word` is one of ENGLISH; `args` fill its sentence.  A shift has `starts_ms` and `ends_ms` besides."""

    word: str
    args: Mapping[str, str]

    def __str__(self) -> str:
        return ENGLISH[self.word].format(**self.args)


def word_of(edit: Edit) -> str:
    """The word alone: it names nobody."""
    kind = type(edit)
    if kind is DeskEdit:
        return "desk_off"
    if kind in _SWITCHES:
        return _SWITCHES[kind][0 if edit.after else 1]
    if isinstance(edit, PlaceEdit) and edit.before and edit.after and edit.before.name == edit.after.name:
        return "place_drawn" if _drawn(edit.before) != _drawn(edit.after) else "place_moved"
    if edit.before is None:
        return f"{_NOUNS[kind]}_added"
    return f"{_NOUNS[kind]}_removed" if edit.after is None else f"{_NOUNS[kind]}_changed"


def word_of_all(edits: Sequence[Edit]) -> str:
    """Of several in one change, which are all of shifts."""
    return word_of(edits[0]) if len(edits) == 1 else "shifts_changed"


def words_of_all(directory: Directory, edits: Sequence[Edit]) -> Words:
    """What these edits, which are one change, would do."""
    if len(edits) == 1:
        return words_of(directory, edits[0])
    sites = dict.fromkeys(_site(directory, edit.shift[0]) for edit in edits if isinstance(edit, ShiftEdit))
    return Words(word_of_all(edits), {"site": ", ".join(sites), "count": str(len(edits))})


def words_of(directory: Directory, edit: Edit) -> Words:
    """What this edit would do, with people by their names as they are now."""
    before, after = _both(directory, edit)
    return Words(word_of(edit), {**_where(directory, edit), "before": before, "after": after})


def _where(directory: Directory, edit: Edit) -> dict[str, str]:
    match edit:
        case OrderEdit():
            return {"part": edit.part}
        case DeskEdit():
            return {"site": _site(directory, edit.site), "name": edit.label}
        case TieEdit():
            return {"name": _name(directory, edit.member), "other": _name(directory, edit.about)}
        case ShiftEdit():
            site, starts_ms, ends_ms, _ = edit.shift
            return {"site": _site(directory, site), "starts_ms": str(starts_ms), "ends_ms": str(ends_ms)}
        case PlanEdit():
            return {"site": _site(directory, edit.site), "kind": edit.kind}
        case PlaceEdit() | SiteEdit() | GraceEdit() | ReminderEdit():
            return {"site": _site(directory, edit.site)}
        case OrganisationEdit():
            return {}
        case MemberEdit():
            known = edit.before or edit.after
            return {"name": known.name if known else edit.member}
    return {"name": _name(directory, edit.member)}


def _both(directory: Directory, edit: Edit) -> tuple[str, str]:
    """The two values, in words."""
    if isinstance(edit, PlanEdit):
        return _plans(edit.before, edit.after)
    if isinstance(edit, ShiftEdit):
        known = ([_name(directory, id) for id in ids] + [f"{more} more"] * bool(more) for ids, more in turn_of(edit))
        before, after = (", ".join(names) for names in known)
        return before or _none(edit.before), after or _none(edit.after)
    return _value(directory, edit, edit.before), _value(directory, edit, edit.after)


def _value(directory: Directory, edit: Edit, value: object) -> str:
    match value:
        case Contact():
            verified = "" if value.verified else " (not verified)"
            return f"{value.kind} …{value.to[-LAST_SHOWN:]}{verified}"
        case Names():
            return ", ".join((value.name, *value.languages))
        case Place():
            return value.name
        case Site():
            return value.name
        case int():
            return f"{value} s"
        case tuple():
            return ", ".join(map(str, value)) or "nobody"
        case str():
            return value
    return ""


Turn = Sequence[tuple[Sequence[str], int]]


def turn_of(edit: ShiftEdit) -> Turn:
    """Who is on it before and after; of a crowd first those who come or go, and how many are not named."""
    return _TURNS.of(edit)


def _turn(edit: ShiftEdit) -> Turn:
    sides = (edit.before or (), edit.after or ())
    if max(map(len, sides)) <= NAMED_MAX:
        return [(ids, 0) for ids in sides]
    apart = set(sides[0]).symmetric_difference(sides[1])
    return [(_named(ids, apart), max(len(ids) - NAMED_MAX, 0)) for ids in sides]


def _named(ids: Sequence[str], apart: set[str]) -> Sequence[str]:
    comes_or_goes = list(islice(filter(apart.__contains__, ids), NAMED_MAX))
    stays = islice(filterfalse(apart.__contains__, ids), NAMED_MAX - len(comes_or_goes))
    return [*comes_or_goes, *stays]


_TURNS: Held[ShiftEdit, Turn] = Held(_turn)  # Whoever tells of a shift asks several times: of thousands it takes long.


def _none(side: tuple[str, ...] | None) -> str:
    return "" if side is None else "nobody"


def _plans(before: Plan | None, after: Plan | None) -> tuple[str, str]:
    """Two plans; of two of the same length only the steps that differ, and of what people are told what differs."""
    if before is None or after is None or len(before.rungs) != len(after.rungs):
        return _plan(before), _plan(after)
    texts = _texts(before), _texts(after)
    pairs = [(i, one, two) for i, (one, two) in enumerate(zip(before.rungs, after.rungs, strict=True), 1) if one != two]
    needed = before.needed != after.needed
    first = [f"{before.needed} needed"] * needed + [_rung(index, one) for index, one, _ in pairs]
    second = [f"{after.needed} needed"] * needed + [_rung(index, two) for index, _, two in pairs]
    first += [text for text in texts[0] if text not in texts[1]]
    return "; ".join(first), "; ".join([*second, *(text for text in texts[1] if text not in texts[0])])


def _plan(plan: Plan | None) -> str:
    if plan is None:
        return ""
    rungs = (_rung(index, rung) for index, rung in enumerate(plan.rungs, 1))
    return "; ".join((f"{plan.needed} needed", *rungs, *_texts(plan)))


def _texts(plan: Plan) -> list[str]:
    """What the plan tells each duty to do, in its own words."""
    return [f"{script.duty} ({script.language}): {script.text}" for script in plan.scripts]


def _rung(index: int, rung: Rung) -> str:
    channels = ", then ".join("+".join(group) for group in rung.channels)
    stagger = f" {rung.stagger_s} s apart" if len(rung.channels) > 1 else ""
    return f"{index}. after {rung.after_s} s {', '.join(rung.audience)} by {channels}{stagger} every {rung.repeat_s} s"


def _drawn(place: Place) -> tuple[object, ...]:
    return place.on, place.outline


def _name(directory: Directory, id: str) -> str:
    member = directory.members.get(id)
    return id if member is None else member.name


def _site(directory: Directory, id: str) -> str:
    site = directory.sites.get(id)
    return id if site is None else site.name
