"""What waits for a second person's word about a member: who asked, until when, and what this reader may say to it.

A suspension waits where the member is watched; that PINs be taken away, and that somebody be let back in, always do.
Who may know of each is `Records` and `Recovering`'s to say; who may decide, the core's.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.access.record import PinReset, Suspension
from tocsin.core.access.words import RecoveryState
from tocsin.core.limits import SUSPENSION_ASKED_MS
from tocsin.web.office.change_words import HEADINGS
from tocsin.web.office.people import Named, page_of
from tocsin.web.office.person_acts import PINS, RECOVER, SUSPEND, Act, told
from tocsin.web.office.rooms import Office
from tocsin.web.speaking import when, words

SUSPEND_TOO = Act(
    "suspend",
    words("Suspend them, as the second person"),
    words("With your word it is in force at once. They may still call for help."),
    words("Suspend them"),
    asks_why=True,
)
TAKE_BACK = Act(
    "take-back",
    words("Take the asking back"),
    words("They stay as they are, and the coordinators are told."),
    words("Take it back"),
    asks_why=True,
)
PINS_TOO = Act(
    "pins",
    words("Vouch for them, as the second person"),
    words("Vouch only if you have seen them or know their voice. Their PINs end at once, and they set new ones."),
    words("I vouch for them too"),
    asks_why=True,
)
KEEP_PINS = Act(
    "pins-object",
    words("Leave their PINs as they are"),
    words("If it is not they who ask, refuse: one word is enough."),
    words("Refuse"),
    asks_why=True,
)
VOUCH = Act(
    "vouch",
    words("Vouch for them, as the second person"),
    words("Vouch only if you have seen them or know their voice. A day passes before they are let in."),
    words("I vouch for them too"),
)
OBJECT = Act(
    "object",
    words("Do not let them back in"),
    words("If it is not they who ask, refuse: one word is enough."),
    words("Refuse"),
    asks_why=True,
)
LINK_BACK = Act(
    "link-back",
    words("Make the link that lets them back in"),
    words("Two have vouched and the day has passed. The link works once; hand it to nobody but them."),
    words("Make the link"),
)
OF_RECOVERY = {"vouch": VOUCH, "link": LINK_BACK, "refuse": OBJECT}
GOES_ON = frozenset({SUSPEND_TOO, PINS_TOO, VOUCH, LINK_BACK})  # What brings it further, and so waits for its reader.
UNTIL = {
    RecoveryState.ASKED: words("A second person vouches until %(until)s, or it lapses."),
    RecoveryState.WAITING: words(
        "Two have vouched. Anybody may object until %(until)s; then one of the two lets them in."
    ),
    RecoveryState.READY: words("One of the two who vouched makes the link until %(until)s."),
}


class Asked(Struct, frozen=True, kw_only=True):
    """One asking, whatever its kind.  `until` has a hole for the moment `until_ms`."""

    key: str
    member: str
    by: str
    why: str
    sentence: str
    acts: list[Act]
    until: str
    until_ms: int


class Waits(Struct, frozen=True):
    """`key`: the act that began it.  `theirs`: it waits for the word of this reader."""

    key: str
    sentence: str
    asked: str
    by: Named
    why: str
    until: str
    acts: list[Act]
    theirs: bool
    url: str


def waiting_for(office: Office, member: str = "") -> list[Waits]:
    """About this member, or about anybody; the most pressing kind first."""
    members = office.visit.directory.members
    found = (*_suspensions(office), *_pin_resets(office), *_recoveries(office))
    known = (one for one in found if one.member in members and member in ("", one.member))
    return [_shown(office, one, members[one.member].name) for one in known]


def _suspensions(office: Office) -> Iterator[Asked]:
    for asked in office.records.suspensions_asked(office.visit.signed_in) if office.may(May.SUSPEND) else []:
        yield Asked(
            key=SUSPEND.key,
            member=asked.id,
            by=asked.by.member,
            why=asked.why,
            sentence=HEADINGS["suspended"],
            acts=[SUSPEND_TOO] * _is_another(office, asked) + [TAKE_BACK] * office.may(May.REINSTATE),
            until=words("A second person asks the same until %(until)s, or it lapses."),
            until_ms=asked.asked_ms + SUSPENSION_ASKED_MS,
        )


def _pin_resets(office: Office) -> Iterator[Asked]:
    for asked in office.records.pin_resets(office.visit.signed_in) if office.may(May.RESET_PINS) else []:
        yield Asked(
            key=PINS.key,
            member=asked.id,
            by=asked.by.member,
            why=asked.why,
            sentence=words("The PINs of %(name)s would be taken away"),
            acts=[PINS_TOO] * _is_another(office, asked) + [KEEP_PINS],
            until=UNTIL[RecoveryState.ASKED],
            until_ms=asked.ends_ms,
        )


def _recoveries(office: Office) -> Iterator[Asked]:
    for seen in office.services.recovering.under_way(office.visit.signed_in):
        yield Asked(
            key=RECOVER.key,
            member=seen.member,
            by=seen.asked_by,
            why=seen.why,
            sentence=words("%(name)s would be let back in"),
            acts=[OF_RECOVERY[word] for word in seen.may],
            until=UNTIL[seen.state],
            until_ms=seen.due_ms,
        )


def _is_another(office: Office, asked: Suspension | PinReset) -> bool:
    """Neither whoever asked nor whom it is about."""
    return office.visit.by.member not in (asked.by.member, asked.id)


def _shown(office: Office, asked: Asked, name: str) -> Waits:
    visit, say = office.visit, office.visit._
    known = visit.directory.members.get(asked.by)
    by = Named(say("the operator")) if known is None else Named(known.name, page_of(known.id))
    return Waits(
        key=asked.key,
        sentence=say(asked.sentence, name=name),
        asked=say("Asked by %(who)s.", who=by.name),
        by=by,
        why=asked.why,
        until=say(asked.until, until=when(asked.until_ms, visit.language, visit.time_zone)),
        acts=[told(office, asked.member, act) for act in asked.acts],
        theirs=not GOES_ON.isdisjoint(asked.acts),
        url=f"{page_of(asked.member)}#waits",
    )
