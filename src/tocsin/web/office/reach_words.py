"""What is known of a way to somebody, in words, and of all their ways together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from babel.dates import format_timedelta
from msgspec import Struct

from tocsin.core.directory import Contact
from tocsin.core.limits import REACH_SETTLES_MS
from tocsin.core.reach import PROVABLE, Proof, Standing, proof_of
from tocsin.core.words import REACHING, Channel, Reason
from tocsin.web.office.saying import CHANNELS, ENDS_A_CONTACT
from tocsin.web.speaking import Say, words

BESIDES = words("Tells besides: nobody need have read it")
DEAD = words("Not reached: it no longer works")
UNVERIFIED = words("Not proven: nobody has tried whether it reaches them")
UNTESTABLE = words("Verified; no test can be answered on it")
NEVER = words("Not proven: never tested")
ASKED = words("Waiting: asked %(age)s")
UNANSWERED = words("Not proven: asked %(age)s, and no answer")
PROVEN = words("Proven: answered %(age)s")
STALE = words("Stale: last answered %(age)s")
PUSH_PROVEN = words("Proven: took a push %(age)s")
PUSH_STALE = words("Stale: last took a push %(age)s")
PUSH_UNPROVEN = words("Not proven: the phone has not taken a push yet")
PUSH_ENDED = words("Not reached: the phone takes no pushes any more; open the app on it")


STANDINGS: Mapping[Standing, str] = {
    Standing.NONE: words("Not reached"),
    Standing.HALF: words("Half reachable"),
    Standing.UNPROVEN: words("Not proven"),
    Standing.STALE: words("Stale"),
    Standing.PROVEN: words("Proven"),
}
SHAPES: Mapping[Standing, str] = {
    Standing.NONE: "failed",
    Standing.HALF: "unknown",
    Standing.UNPROVEN: "unknown",
    Standing.STALE: "unknown",
    Standing.PROVEN: "sent",
}
MARKS: Mapping[Standing, str] = {
    Standing.NONE: "failed",
    Standing.HALF: "stale",
    Standing.UNPROVEN: "stale",
    Standing.STALE: "stale",
    Standing.PROVEN: "proven",
}


class Way(Struct, frozen=True):
    """One contact.  `shape`, `mark`: as the pages draw a state."""

    channel: str
    said: str
    shape: str
    mark: str


def way_of(contact: Contact, now_ms: int, language: str, say: Say) -> Way:
    """What is known of this contact, and why it counts for nothing where it does not."""
    channel = say(CHANNELS[contact.kind])
    if contact.kind not in REACHING:
        return Way(channel, say(BESIDES), "dash", "quiet")
    ended = Reason.OPTED_OUT if contact.opted_out else contact.dead
    if ended is not None:
        told = PUSH_ENDED if contact.kind is Channel.PUSH else ENDS_A_CONTACT.get(Reason(ended), DEAD)
        return Way(channel, say(told), "failed", "failed")
    if not contact.verified:
        unproven = PUSH_UNPROVEN if contact.kind is Channel.PUSH else UNVERIFIED
        return Way(channel, say(unproven), "unknown", "stale")
    if contact.kind not in PROVABLE:
        return Way(channel, say(UNTESTABLE), "unknown", "stale")
    return _tested(contact, channel, now_ms, language, say)


def _tested(contact: Contact, channel: str, now_ms: int, language: str, say: Say) -> Way:
    proof, since_ms = proof_of(contact, now_ms)
    asked_ms = contact.asked_ms
    if asked_ms is not None and asked_ms > (contact.answered_ms or 0) and now_ms - asked_ms < REACH_SETTLES_MS:
        return Way(channel, say(ASKED, age=age(now_ms - asked_ms, language)), "wait", "waiting")
    told, by_push = age(now_ms - since_ms, language), contact.kind is Channel.PUSH
    match proof:
        case Proof.PROVEN:
            return Way(channel, say(PUSH_PROVEN if by_push else PROVEN, age=told), "sent", "proven")
        case Proof.OLD:
            return Way(channel, say(PUSH_STALE if by_push else STALE, age=told), "unknown", "stale")
        case Proof.UNANSWERED:
            return Way(channel, say(UNANSWERED, age=told), "unknown", "stale")
    return Way(channel, say(NEVER), "unknown", "stale")


def age(ms: int, language: str) -> str:
    """`9 minutes ago`."""
    return format_timedelta(-timedelta(milliseconds=max(ms, 1000)), add_direction=True, locale=language)
