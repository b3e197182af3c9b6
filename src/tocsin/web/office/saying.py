"""The core's words as people read them, in English, marked for the catalogues."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tocsin.core.access.feed_record import FeedFault
from tocsin.core.access.push_record import PushEnded
from tocsin.core.access.words import Ended, KeyScope, LinkKind, SignedIn, Via
from tocsin.core.words import Channel, Duty, Reason, Role
from tocsin.web.speaking import Say, words

ROLES: Mapping[Role, str] = {
    Role.WORKER: words("Worker"),
    Role.RESPONDER: words("Responder"),
    Role.SUPERVISOR: words("Supervisor"),
    Role.COORDINATOR: words("Coordinator"),
    Role.ADMINISTRATOR: words("Administrator"),
    Role.AUDITOR: words("Auditor"),
}
MEANS: Mapping[Role, str] = {
    Role.WORKER: words("Calls for help, and walks to their car under watch."),
    Role.RESPONDER: words("Is rung by alerts and goes to help."),
    Role.SUPERVISOR: words("Sees every alert, closes it with a second person, agrees to changes."),
    Role.COORDINATOR: words("Keeps who is not to be told about whom, agrees to changes."),
    Role.ADMINISTRATOR: words("Runs the system: people, screens, keys. Of alerts only what running needs."),
    Role.AUDITOR: words("Reads, and changes nothing."),
}
DUTIES: Mapping[Duty, str] = {
    Duty.DISPATCHER: words("Dispatcher"),
    Duty.DOOR: words("Door"),
    Duty.CAMERA: words("Camera"),
    Duty.BUDDY: words("Buddy"),
    Duty.CLINICAL: words("Clinical"),
    Duty.EVERYONE: words("Everyone else"),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.SMS: words("Text message"),
    Channel.VOICE: words("Call"),
    Channel.PUSH: words("App"),
    Channel.EMAIL: words("Mail"),
    Channel.OTHER: words("Another service"),
    Channel.WEBHOOK: words("Program"),
}
ENDS_A_CONTACT: Mapping[Reason, str] = {
    Reason.OPTED_OUT: words("Not reached: they sent STOP"),
    Reason.NUMBER_DEAD: words("Not reached: no such number"),
    Reason.ADDRESS_DEAD: words("Not reached: no such address"),
}
SCOPES: Mapping[KeyScope, str] = {
    KeyScope.RAISE: words("Raise an SOS for the member whom it names"),
    KeyScope.METRICS: words("Read figures of the running system"),
    KeyScope.ALERTS: words("Read of an alert what running the system needs"),
}
DETAILS: Mapping[str, str] = {
    Ended.LOST: words("lost"),
    Ended.REVOKED: words("taken back"),
    Ended.REPLACED: words("replaced"),
    Ended.SIGNED_OUT: words("signed out"),
    Ended.EXPIRED: words("its time was over"),
    Ended.IDLE: words("not used for too long"),
    Ended.SUSPENDED: words("the person was suspended"),
    Ended.USED: words("used"),
    PushEnded.GONE: words("the phone takes no more"),
    PushEnded.TAKEN_BACK: words("turned off on the phone"),
    PushEnded.PHONE_ENDED: words("the phone was ended"),
    SignedIn.PASSKEY: words("by passkey"),
    SignedIn.RECOVERY_CODE: words("by a recovery code"),
    SignedIn.SINGLE_SIGN_ON: words("by your organisation's sign-in"),
    SignedIn.LINK: words("by a link"),
    FeedFault.AWAY: words("nothing answers there"),
    FeedFault.SLOW: words("it was too slow"),
    FeedFault.HUGE: words("it was too large"),
    FeedFault.NOT_SAFE: words("the connection was not safe"),
    FeedFault.PRIVATE: words("the address is a private one"),
    FeedFault.MOVED: words("it leads somewhere else"),
    FeedFault.REFUSED: words("its server said no"),
    FeedFault.NO_ROSTER: words("it is no roster"),
    FeedFault.TOO_HARD: words("it took too long to work out"),
    FeedFault.EMPTY: words("it has no shift to come"),
    LinkKind.FIRST_ADMINISTRATOR: words("for the first administrator"),
    LinkKind.INVITATION: words("an invitation"),
    LinkKind.ENROLMENT: words("for a phone"),
    LinkKind.DESK: words("for a desk"),
    LinkKind.WALLBOARD: words("for a wallboard"),
    LinkKind.RECOVERY: words("to be let back in"),
}
VIAS: Mapping[str, str] = {
    Via.DEVICE: words("from a phone"),
    Via.LINK: words("by a link"),
    Via.OPERATOR: words("at the server's command line"),
    Via.DESK: words("from a desk"),
    Via.KEY: words("by a program"),
}


def listed(said: Mapping[Role, str] | Mapping[Duty, str], of: Iterable[Role] | Iterable[Duty], say: Say) -> str:
    """In the order of the table, whatever order they were given in."""
    given = set(of)
    return ", ".join(say(word) for key, word in said.items() if key in given)


def initials(name: str) -> str:
    """The first letters of the first and the last word; without marks, so that nothing towers over its circle."""
    first = [part[0] for part in unicodedata.normalize("NFC", name).split() if part]
    return "".join(dict.fromkeys([*first[:1], *first[-1:]])).upper() if first else "?"


@lru_cache(maxsize=65_536)  # Names stay; a search of ten thousand must not hold up a press.
def folded(name: str) -> str:
    """What a search compares: without case and without marks, so that "munoz" finds Muñoz."""
    if name.isascii():
        return name.casefold()  # Most names, and there are ten thousand of them.
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
