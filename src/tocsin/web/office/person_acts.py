"""What may be done for a member or to them: each act a form of its own on their page."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.people_sight import MemberView
from tocsin.core.access.permissions import May
from tocsin.runtime.access.recovering import RecoverySeen
from tocsin.web.office.people import page_of
from tocsin.web.office.rooms import Office
from tocsin.web.speaking import words


class Act(Struct, frozen=True):
    """`asks_why`: the form has a field WHY, named after the act.  `open`: it is shown unfolded."""

    key: str
    words: str
    explains: str
    button: str
    action: str = ""
    asks_why: bool = False
    open: bool = False


INVITE = Act(
    "invite",
    words("Invite them to sign in"),
    words("Makes a link that works once, for a few minutes. With it they make their first passkey."),
    words("Make the link"),
)
ENROL = Act(
    "enrol",
    words("Enrol a phone"),
    words("Makes a link that works once. Let them open it on the phone that shall call for help."),
    words("Make the link"),
)
SUSPEND = Act(
    "suspend",
    words("Suspend"),
    words(
        "At once they can not sign in, are told nothing, and what they answered counts no more. They may still "
        "call for help. Some suspensions wait for a second person; the page says so if this one does."
    ),
    words("Suspend them"),
    asks_why=True,
)
REINSTATE = Act(
    "reinstate",
    words("Ask that the suspension be lifted"),
    words("It waits until two people have agreed."),
    words("Ask for it"),
    asks_why=True,
)
RECOVER = Act(
    "recover",
    words("They have lost every way to sign in"),
    words(
        "Vouch that it is they who ask: see them, or know their voice. Then a second person vouches, and a day passes."
    ),
    words("I vouch for them"),
    asks_why=True,
)
PINS = Act(
    "pins",
    words("They have forgotten their PINs"),
    words("Vouch that it is they who ask. When a second person has vouched too, they set new ones."),
    words("I vouch for them"),
    asks_why=True,
)


def under_way(office: Office, member: str) -> RecoverySeen | None:
    """The recovery of this member that this reader may know of."""
    seen = office.services.recovering.under_way(office.visit.signed_in)
    return next((one for one in seen if one.member == member), None)


def acts_for(office: Office, member: MemberView, waiting: Collection[str]) -> list[Act]:
    """Those that this reader may begin now, in the reader's language.  What waits already (`waiting`) has buttons of
    its own."""
    acts = {act.key: act for act in _open_to(office, member)}
    return [told(office, member.id, act) for key, act in acts.items() if key not in waiting]


def told(office: Office, member: str, act: Act) -> Act:
    """The act as its reader is shown it, for this member; unfolded where something typed in it is not right."""
    say = office.visit._
    return replace(
        act,
        words=say(act.words),
        explains=say(act.explains),
        button=say(act.button),
        action=f"{page_of(member)}/{act.key}",
        open=f"{act.key}-why" in office.visit.form.faults,
    )


def _open_to(office: Office, member: MemberView) -> Iterator[Act]:
    if member.id == office.visit.by.member:
        return
    if member.suspended:
        yield from [REINSTATE] * office.may(May.REINSTATE)
        return
    asked = (
        (May.INVITE, INVITE),
        (May.ENROL_FOR_OTHERS, ENROL),
        (May.RECOVER_OTHERS, RECOVER),
        (May.RESET_PINS, PINS),
        (May.SUSPEND, SUSPEND),
    )
    yield from (act for may, act in asked if office.may(may))
