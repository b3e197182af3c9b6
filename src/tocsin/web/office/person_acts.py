"""What may be done for a member or to them: each act a form of its own on their page."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.access.people_sight import MemberView
from tocsin.core.access.permissions import May
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
    warns: str = ""
    asks_why: bool = False
    open: bool = False
    first: bool = False


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


def acts_for(office: Office, member: MemberView) -> list[Act]:
    """Those that this reader may do now, in the reader's language."""
    say, form = office.visit._, office.visit.form
    return [
        Act(
            key=act.key,
            words=say(act.words),
            explains=say(act.explains),
            button=say(act.button),
            action=f"{page_of(member.id)}/{act.key}",
            warns=say(act.warns) if act.warns else "",
            asks_why=act.asks_why,
            open=f"{act.key}-why" in form.faults,
        )
        for act in _open_to(office, member)
    ]


def _open_to(office: Office, member: MemberView) -> Iterator[Act]:
    own = member.id == office.visit.by.member
    if member.suspended:
        if office.may(May.REINSTATE) and not own:
            yield REINSTATE
        return
    if office.may(May.INVITE) and not own:
        yield INVITE
    if office.may(May.ENROL_FOR_OTHERS) and not own:
        yield ENROL
    if own:
        return
    if office.may(May.RECOVER_OTHERS):
        yield RECOVER
    if office.may(May.RESET_PINS):
        yield PINS
    if office.may(May.SUSPEND):
        yield SUSPEND
