"""What can be wrong with an organisation: one code for each rule, and the one English sentence that follows from it.

A finding is a code, the entry it is about and what the sentence counts or names.  Site files and the command line say
it in the English below; pages say the code in their reader's language (`web/finding_words.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct


class Wrong(StrEnum):
    """One for each rule of `core/planning.py`."""

    TOO_MANY_MEMBERS = "too_many_members"
    NO_ROLE = "no_role"
    LANGUAGE_OF_MEMBER = "language_of_member"
    TOO_MANY_CONTACTS = "too_many_contacts"
    TIED_TO_THEMSELF = "tied_to_themself"
    NOT_REACHABLE = "not_reachable"
    HALF_REACHABLE = "half_reachable"
    EMERGENCY_NUMBER = "emergency_number"
    NUMBER_TWICE = "number_twice"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_ROLE = "unknown_role"
    WALK_TIME = "walk_time"
    KIND_OF_PLACE = "kind_of_place"
    PLACE_TWICE = "place_twice"
    PLACE_ELSEWHERE = "place_elsewhere"
    PLACE_ID = "place_id"
    PLACE_NAME = "place_name"
    NAME_TWICE = "name_twice"
    UNKNOWN_PLACE = "unknown_place"
    INSIDE_KIND = "inside_kind"
    NO_SHEET = "no_sheet"
    OUTLINE_HALF = "outline_half"
    OUTLINE_TOO_FEW = "outline_too_few"
    OUTLINE_TOO_MANY = "outline_too_many"
    OUTLINE_OUTSIDE = "outline_outside"
    OUTLINE_SAME_CORNER = "outline_same_corner"
    OUTLINE_NO_AREA = "outline_no_area"
    OUTLINE_CROSSES = "outline_crosses"
    DESK_THERE = "desk_there"
    TOO_MANY_PLACES = "too_many_places"
    TOO_MANY_CORNERS = "too_many_corners"
    TOO_MUCH_AT_ONCE = "too_much_at_once"
    SHIFT_ENDS_FIRST = "shift_ends_first"
    SHIFT_OF_NOBODY = "shift_of_nobody"
    ROSTER_TOO_LONG = "roster_too_long"
    NO_PLAN = "no_plan"
    PLAN_TWICE = "plan_twice"
    NEEDED_TOO_FEW = "needed_too_few"
    NO_BACKSTOP = "no_backstop"
    TOO_MANY_RUNGS = "too_many_rungs"
    AFTER_OUT_OF_RANGE = "after_out_of_range"
    REPEAT_OUT_OF_RANGE = "repeat_out_of_range"
    STAGGER_OUT_OF_RANGE = "stagger_out_of_range"
    TIMES_IN_A_CYCLE = "times_in_a_cycle"
    NO_CHANNEL = "no_channel"
    WAKES_NOBODY = "wakes_nobody"
    RUNG_OF_NOBODY = "rung_of_nobody"
    NO_AUDIENCE = "no_audience"
    BACKSTOP_FEW = "backstop_few"
    BACKSTOP_FEW_LEFT = "backstop_few_left"
    BACKSTOP_CLOSERS = "backstop_closers"
    BACKSTOP_CLOSERS_LEFT = "backstop_closers_left"
    BACKSTOP_ALWAYS_ON = "backstop_always_on"
    BACKSTOP_ALL_ON = "backstop_all_on"
    LANGUAGE_OF_SCRIPT = "language_of_script"
    SCRIPT_EMPTY = "script_empty"


W = Wrong
ENGLISH: Mapping[Wrong, tuple[str, str]] = {  # What is wrong, and what its author does about it.
    W.TOO_MANY_MEMBERS: ("it has more than {most} members", "split it into two organisations"),
    W.NO_ROLE: ("the member has no role", "give at least one, such as worker"),
    W.LANGUAGE_OF_MEMBER: (
        "the language {language!r} is not one of the organisation's",
        "add it to languages; until then texts go out in the first of them",
    ),
    W.TOO_MANY_CONTACTS: ("the member has more than {most} contacts", "keep those that are answered"),
    W.TIED_TO_THEMSELF: ("the member is not to be told about themself", "take the id out of not_told_about"),
    W.NOT_REACHABLE: ("the responder is not reachable", "verify contacts of two kinds, such as sms and voice"),
    W.HALF_REACHABLE: ("the responder is half reachable", "verify contacts of two kinds, such as sms and voice"),
    W.EMERGENCY_NUMBER: ("the contact is an emergency number; no machine may dial it", "give the person's own number"),
    W.NUMBER_TWICE: (
        "members {owner} and {member} have one number; nobody could tell who answers",
        "give each their own",
    ),
    W.UNKNOWN_SITE: ("{key} names an unknown site {name!r}", "add that site or correct the id"),
    W.UNKNOWN_MEMBER: ("{key} names an unknown member {name!r}", "add that member or correct the id"),
    W.UNKNOWN_ROLE: ("audience names an unknown role {name!r}", "use one of {roles}"),
    W.WALK_TIME: ("{key} is {n}", "use {least} to {most} seconds"),
    W.KIND_OF_PLACE: ("{kind!r} is no kind of place", "use one of {kinds}"),
    W.PLACE_TWICE: ("the site has two places called {place}", "give each an id of its own"),
    W.PLACE_ELSEWHERE: ("the place is of another site, or called otherwise", "change it with its own site"),
    W.PLACE_ID: ("that is no id of a place", "use up to {most} letters, digits, points and dashes"),
    W.PLACE_NAME: ("the place has no name, or one that nobody can say", "give it one of at most {most} characters"),
    W.NAME_TWICE: (
        "{name!r} is also the name of {other}, and people would run to the wrong one",
        "give one of them another name, or say what each is in",
    ),
    W.UNKNOWN_PLACE: ("{key} names an unknown place {name!r}", "add that place, or say otherwise"),
    W.INSIDE_KIND: ("{name!r} is a {kind}, and a {kind} is not in a {inside}", "say what else it is in, or nothing"),
    W.NO_SHEET: ("{name!r} is drawn on a {kind}, which has no sheet", "draw it on a building, floor, lot or the site"),
    W.OUTLINE_HALF: ("of {name!r} only the outline or the sheet is told", "say both on and outline, or neither"),
    W.OUTLINE_TOO_FEW: (
        "the outline of {name!r} has too few corners",
        "set three or more; a door may have two, a point has one",
    ),
    W.OUTLINE_TOO_MANY: ("the outline of {name!r} has too many corners", "leave out those that change little"),
    W.OUTLINE_OUTSIDE: ("the outline of {name!r} leaves its sheet", "move the corners that lie outside"),
    W.OUTLINE_SAME_CORNER: ("the outline of {name!r} has a corner twice", "leave one of them out"),
    W.OUTLINE_NO_AREA: ("all corners of {name!r} lie on one line", "set one of them aside of it"),
    W.OUTLINE_CROSSES: ("the outline of {name!r} crosses or touches itself", "set its corners in the order of a walk"),
    W.DESK_THERE: ("the desk {desk!r} stands there", "end that desk first, or keep the place"),
    W.TOO_MANY_PLACES: ("the site has more than {most} places", "leave out what nobody would name"),
    W.TOO_MUCH_AT_ONCE: ("so many corners cannot be drawn at once", "draw some of these places, then the others"),
    W.TOO_MANY_CORNERS: ("the outlines of the site have more than {most} corners", "draw them with fewer"),
    W.SHIFT_ENDS_FIRST: ("the shift ends before it starts", "look at the dates and at the zone of ends"),
    W.SHIFT_OF_NOBODY: ("nobody is on this shift", "name its members or take it out"),
    W.ROSTER_TOO_LONG: ("it names people more than {most} times", "split it into shorter stretches"),
    W.NO_PLAN: ("the site has no plan for sos", "add one with a backstop"),
    W.PLAN_TWICE: ("the site has two plans for this kind", "keep one"),
    W.NEEDED_TOO_FEW: ("needed is {n}", "use at least {least}: one person may be the attacker's friend"),
    W.NO_BACKSTOP: ("the plan has no backstop", "add one of at least {least} people"),
    W.TOO_MANY_RUNGS: ("the plan has more than {most} rungs", "ring more people per rung"),
    W.AFTER_OUT_OF_RANGE: ("after_s is {n}", "use 0 to {most} seconds from the first press"),
    W.REPEAT_OUT_OF_RANGE: ("repeat_s is {n}", "use {least} to {most} seconds"),
    W.STAGGER_OUT_OF_RANGE: ("stagger_s is {n}", "use 0 to {most} seconds"),
    W.TIMES_IN_A_CYCLE: (
        "the times run in a cycle: after_s {later} follows {earlier}",
        "let after_s rise from rung to rung",
    ),
    W.NO_CHANNEL: ("the rung has an empty group of channels", "name at least one, such as sms"),
    W.WAKES_NOBODY: (
        "the rung wakes nobody: mail, services and webhooks tell besides and never count as reach",
        "add push, sms or voice",
    ),
    W.RUNG_OF_NOBODY: ("the rung is of nobody", "name an audience that somebody belongs to"),
    W.NO_AUDIENCE: ("{word!r} is no audience", "use on_shift, role:NAME, member:ID or site:ID"),
    W.BACKSTOP_FEW: ("the backstop names {n} people", "name at least {least} by member:ID"),
    W.BACKSTOP_FEW_LEFT: (
        "the backstop names {n} people besides those suspended",
        "name at least {least} by member:ID",
    ),
    W.BACKSTOP_CLOSERS: (
        "the backstop names {n} who may close",
        "name at least {least} supervisors or coordinators",
    ),
    W.BACKSTOP_CLOSERS_LEFT: (
        "the backstop names {n} who may close besides those suspended",
        "name at least {least} supervisors or coordinators",
    ),
    W.BACKSTOP_ALWAYS_ON: ("everybody in the backstop is on every shift", "name somebody who is off shift"),
    W.BACKSTOP_ALL_ON: (
        "at some hour everybody in the backstop is on shift",
        "name one more who is off shift then",
    ),
    W.LANGUAGE_OF_SCRIPT: (
        "the language {language!r} is not one of the organisation's",
        "add it to languages or take the script out",
    ),
    W.SCRIPT_EMPTY: ("the script says nothing", "write what this duty does"),
}


class Finding(Struct, frozen=True):
    """One thing that is wrong.  `where`: its entry, in fixed words; `values`: what the sentence names, in its order."""

    where: str
    code: Wrong
    values: tuple[tuple[str, str | int], ...] = ()
    fatal: bool = True

    @property
    def what(self) -> str:
        return ENGLISH[self.code][0].format(**dict(self.values))

    @property
    def remedy(self) -> str:
        return ENGLISH[self.code][1].format(**dict(self.values))

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.remedy}"


def found(where: str, code: Wrong, *, fatal: bool = True, **values: str | int) -> Finding:
    return Finding(where, code, tuple(values.items()), fatal)


def spelled(findings: Iterable[Finding]) -> str:
    """A line each, as a file's author reads them."""
    return "\n".join(map(str, findings))
