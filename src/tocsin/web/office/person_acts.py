"""What may be done for a member or to them: each act a form of its own on their page."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

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
VOUCH = Act(
    "vouch",
    words("They have lost every way to sign in"),
    words("Somebody asked that they be let back in. Vouch only if you have seen them or know their voice."),
    words("I vouch for them too"),
)
OBJECT = Act(
    "object",
    words("Do not let them back in"),
    words("Somebody asked that they be let back in. If it is not they who ask, refuse: one word is enough."),
    words("Refuse"),
    asks_why=True,
)
LINK_BACK = Act(
    "link-back",
    words("Make the link that lets them back in"),
    words("Two have vouched and the day has passed. The link works once; hand it to nobody but them."),
    words("Make the link"),
)


def under_way(office: Office, member: str) -> RecoverySeen | None:
    """The recovery of this member that this reader may know of."""
    seen = office.services.recovering.under_way(office.visit.signed_in)
    return next((one for one in seen if one.member == member), None)


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
    yield from _recovering(office, member)
    if office.may(May.RESET_PINS):
        yield PINS
    if office.may(May.SUSPEND):
        yield SUSPEND


def _recovering(office: Office, member: MemberView) -> Iterator[Act]:
    seen = under_way(office, member.id)
    if seen is None:
        if office.may(May.RECOVER_OTHERS):
            yield RECOVER
        return
    of = {"vouch": VOUCH, "link": LINK_BACK, "refuse": OBJECT}
    yield from (of[word] for word in seen.may)
