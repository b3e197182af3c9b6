"""The permission table: who may do what, as data.  `docs/permissions.md` is rendered from it.

Theory of operation
-------------------
A line says for each role how far a thing goes (`Reach`), by which credentials it may be done, and whether whoever does
it must have proved anew who they are.  A member's reach is the widest of their roles'.  Nothing stands here that the
rules of the alert decide: who is tied, suspended or in danger is asked of `escalation.barred` besides, always.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum

from msgspec import Struct

from tocsin.core.access.words import Via
from tocsin.core.words import Role


class Reach(IntEnum):
    """How far a permission goes; a wider one includes the narrower."""

    NONE = 0
    OWN = 1  # What is about themself.
    RUNG = 2  # And the alerts that rang them.
    RUNNING = 3  # Of everything, what running the system needs: states, channels and reasons, no person, word or place.
    ALL = 4


class May(StrEnum):
    """Everything that somebody may be let to do."""

    RAISE = "raise"
    RAISE_FOR_OTHERS = "raise_for_others"
    READ_ALERTS = "read_alerts"
    ANSWER = "answer"
    CLOSE = "close"
    SEE_DELIVERIES = "see_deliveries"
    SEE_STRANGERS = "see_strangers"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    KEEP_PUSH = "keep_push"
    READ_MEMBERS = "read_members"
    READ_CONTACTS = "read_contacts"
    EDIT_MEMBERS = "edit_members"
    SET_ROLES = "set_roles"
    INVITE = "invite"
    ENROL_FOR_OTHERS = "enrol_for_others"
    REVOKE_FOR_OTHERS = "revoke_for_others"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    RECOVER_OTHERS = "recover_others"
    RESET_PINS = "reset_pins"
    KEEP_TIES = "keep_ties"
    READ_PLANS = "read_plans"
    EDIT_PLANS = "edit_plans"
    READ_PLACES = "read_places"
    EDIT_PLACES = "edit_places"
    SEE_CHANGES = "see_changes"
    AGREE_TO_CHANGES = "agree_to_changes"
    READ_TRAIL = "read_trail"
    KEEP_SCREENS = "keep_screens"
    KEEP_KEYS = "keep_keys"
    CLOCK_IN = "clock_in"
    CLOCK_OTHERS = "clock_others"
    SWAP_SHIFTS = "swap_shifts"
    WALK = "walk"
    WALK_FOR_OTHERS = "walk_for_others"
    READ_WALKS = "read_walks"
    CALL_ROLL = "call_roll"
    ANSWER_ROLL = "answer_roll"
    RUN_DRILLS = "run_drills"
    READ_METRICS = "read_metrics"


class Line(Struct, frozen=True):
    """One row.  `by`: the credentials it may be done with.  `fresh`: only shortly after proving who one is."""

    may: May
    sentence: str
    reach: Mapping[Role, Reach]
    by: frozenset[Via]
    fresh: bool = False


_PERSON = frozenset({Via.SESSION, Via.DEVICE})
_CALLED = _PERSON | {Via.LINK}  # A link is to one alert, and as good as the phone that it was sent to.
_SIGNED_IN = frozenset({Via.SESSION, Via.OPERATOR})
_EVERYBODY = tuple(Role)
_WATCH = (Role.SUPERVISOR, Role.COORDINATOR)
_OFFICE = (*_WATCH, Role.ADMINISTRATOR)


def _to(reach: Reach, *roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, reach)


ALL, OWN, RUNG, RUNNING = Reach.ALL, Reach.OWN, Reach.RUNG, Reach.RUNNING
_ALERTS = {**_to(RUNG, *_EVERYBODY), **_to(ALL, *_WATCH, Role.AUDITOR), **_to(RUNNING, Role.ADMINISTRATOR)}

TABLE: tuple[Line, ...] = (
    Line(May.RAISE, "Raise an SOS for oneself.", _to(OWN, *_EVERYBODY), frozenset({*_CALLED, Via.DESK, Via.KEY})),
    Line(May.RAISE_FOR_OTHERS, "Raise an SOS for a colleague.", _to(ALL, Role.SUPERVISOR), _PERSON | {Via.KEY}),
    Line(May.READ_ALERTS, "Read an alert.", _ALERTS, _CALLED | {Via.WALLBOARD, Via.KEY, Via.DESK}),
    Line(
        May.ANSWER,
        "Answer an alert, add to it, climb, object to its close.",
        _to(RUNG, *_EVERYBODY),
        _CALLED,
    ),
    Line(May.CLOSE, "Close an alert, confirm, hand it over.", _to(RUNG, *_EVERYBODY), _PERSON),
    Line(
        May.SEE_DELIVERIES,
        "See to whom an alert's messages went and what became of each.",
        {**_to(ALL, *_WATCH, Role.AUDITOR), **_to(RUNNING, Role.ADMINISTRATOR)},
        _PERSON,
    ),
    Line(May.SEE_STRANGERS, "See SOS texts from unknown numbers.", _to(ALL, *_WATCH), _PERSON),
    Line(
        May.KEEP_OWN_ACCOUNT,
        "See and end one's own sessions, phones and passkeys; change one's PINs and codes.",
        _to(OWN, *_EVERYBODY),
        frozenset({Via.SESSION}),
    ),
    Line(May.KEEP_PUSH, "Have one's own phone rung by push.", _to(OWN, *_EVERYBODY), frozenset({Via.DEVICE})),
    Line(
        May.READ_MEMBERS,
        "See who works here, with which roles, and who can be reached.",
        _to(ALL, *_OFFICE, Role.AUDITOR),
        _SIGNED_IN,
    ),
    Line(May.READ_CONTACTS, "See telephone numbers and addresses.", _to(ALL, *_OFFICE), _SIGNED_IN),
    Line(
        May.EDIT_MEMBERS,
        "Change a member's name, language, duties and contacts.",
        _to(ALL, Role.ADMINISTRATOR),
        _SIGNED_IN,
    ),
    Line(May.SET_ROLES, "Change a member's roles.", _to(ALL, Role.ADMINISTRATOR), _SIGNED_IN, fresh=True),
    Line(May.INVITE, "Invite a member to sign in.", _to(ALL, Role.ADMINISTRATOR), _SIGNED_IN, fresh=True),
    Line(
        May.ENROL_FOR_OTHERS,
        "Make the link that enrols a member's phone.",
        _to(ALL, Role.ADMINISTRATOR, Role.SUPERVISOR),
        _SIGNED_IN,
        fresh=True,
    ),
    Line(May.REVOKE_FOR_OTHERS, "End a member's sessions and phones.", _to(ALL, *_OFFICE), _SIGNED_IN),
    Line(May.SUSPEND, "Suspend a member.", _to(ALL, *_OFFICE), _SIGNED_IN),
    Line(
        May.REINSTATE,
        "Ask that a suspension be lifted.",
        _to(ALL, Role.COORDINATOR, Role.ADMINISTRATOR),
        _SIGNED_IN,
        fresh=True,
    ),
    Line(
        May.RECOVER_OTHERS,
        "Vouch for a member who lost every way to sign in.",
        _to(ALL, *_OFFICE),
        frozenset({Via.SESSION}),
        fresh=True,
    ),
    Line(
        May.RESET_PINS,
        "Vouch for a member who forgot their PINs.",
        _to(ALL, *_WATCH),
        frozenset({Via.SESSION}),
        fresh=True,
    ),
    Line(
        May.KEEP_TIES,
        "See and set who is not to be told about whom.",
        _to(ALL, Role.COORDINATOR),
        frozenset({Via.SESSION}),
    ),
    Line(May.READ_PLANS, "Read plans and rosters.", _to(ALL, *_OFFICE, Role.AUDITOR), _SIGNED_IN),
    Line(
        May.EDIT_PLANS,
        "Change plans and rosters.",
        _to(ALL, Role.ADMINISTRATOR, Role.SUPERVISOR),
        _SIGNED_IN,
    ),
    Line(May.READ_PLACES, "See the places of a site on its plan.", _to(ALL, *_EVERYBODY), _CALLED),
    Line(
        May.EDIT_PLACES,
        "Change places, what they are drawn on, and the codes on their walls.",
        _to(ALL, Role.ADMINISTRATOR, Role.SUPERVISOR),
        _SIGNED_IN,
    ),
    Line(
        May.SEE_CHANGES,
        "See changes that wait for a second person.",
        _to(ALL, *_OFFICE, Role.AUDITOR),
        _SIGNED_IN,
    ),
    Line(
        May.AGREE_TO_CHANGES,
        "Agree to, or refuse, a change that weakens protection.",
        _to(ALL, *_WATCH),
        frozenset({Via.SESSION}),
        fresh=True,
    ),
    Line(
        May.READ_TRAIL,
        "Read the audit trail.",
        _to(ALL, Role.AUDITOR, Role.COORDINATOR, Role.ADMINISTRATOR),
        _SIGNED_IN,
    ),
    Line(
        May.KEEP_SCREENS,
        "Set up and end wallboards and desks.",
        _to(ALL, Role.ADMINISTRATOR),
        _SIGNED_IN,
        fresh=True,
    ),
    Line(May.KEEP_KEYS, "Make and end API keys.", _to(ALL, Role.ADMINISTRATOR), _SIGNED_IN, fresh=True),
    Line(May.CLOCK_IN, "Say that one is here, or goes.", _to(OWN, *_EVERYBODY), _PERSON),
    Line(
        May.CLOCK_OTHERS,
        "Say that a colleague is here, or has gone.",
        _to(ALL, Role.SUPERVISOR),
        frozenset({Via.SESSION}),
    ),
    Line(
        May.SWAP_SHIFTS,
        "See one's own shifts, ask a colleague to take one, answer when asked.",
        _to(OWN, *_EVERYBODY),
        frozenset({Via.SESSION}),
    ),
    Line(May.WALK, "Start a walk of one's own, extend it, end it.", _to(OWN, *_EVERYBODY), _PERSON),
    Line(May.WALK_FOR_OTHERS, "Start a walk for a colleague.", _to(ALL, Role.SUPERVISOR), _PERSON),
    Line(
        May.READ_WALKS,
        "See who is on a walk and until when; one's own, and those whose buddy one is, whole.",
        {**_to(OWN, *_EVERYBODY), **_to(ALL, *_WATCH)},
        _PERSON,
    ),
    Line(
        May.CALL_ROLL,
        "Ask everybody on shift whether they are safe, see who has answered, close it.",
        _to(ALL, *_WATCH),
        _PERSON,
    ),
    Line(May.ANSWER_ROLL, "Say that one is safe when a roll is called.", _to(OWN, *_EVERYBODY), _PERSON),
    Line(
        May.RUN_DRILLS,
        "Run drills and reach tests.",
        _to(ALL, Role.SUPERVISOR, Role.ADMINISTRATOR),
        _SIGNED_IN,
    ),
    Line(
        May.READ_METRICS,
        "Read figures of the running system.",
        _to(ALL, Role.ADMINISTRATOR),
        _SIGNED_IN | {Via.KEY},
    ),
)
LINES: Mapping[May, Line] = {line.may: line for line in TABLE}
_CLOSING = frozenset({"close", "close/confirm", "confirm", "handover", "handover/take", "safe"})


def may_of(act: str) -> May:
    """What an act on an alert asks for, as the API and `you.may` call it."""
    return May.CLOSE if act in _CLOSING else May.ANSWER


def reach_of(roles: Iterable[Role], may: May, via: Via) -> Reach:
    """How far somebody with these roles gets with this credential; by a link never beyond what rang them."""
    line = LINES[may]
    if via is Via.OPERATOR and via in line.by:
        return Reach.ALL
    if via not in line.by:
        return Reach.NONE
    widest = max((line.reach.get(role, Reach.NONE) for role in roles), default=Reach.NONE)
    return min(widest, Reach.RUNG) if via is Via.LINK else widest
