"""Reach tests: which contacts are due for one, and what is known of each.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from msgspec import Struct

from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.limits import DAY_MS, REACH_ANSWERED_MAX_MS, REACH_SETTLES_MS
from tocsin.core.round import Target
from tocsin.core.round_message import ANSWERABLE
from tocsin.core.words import Channel

PROVABLE = ANSWERABLE | {Channel.PUSH}  # A person answers a test; a phone says by itself that a push came.


class Proof(StrEnum):
    """What tests have shown of a contact."""

    NEVER_TESTED = "never_tested"
    UNANSWERED = "unanswered"
    OLD = "old"
    PROVEN = "proven"


class Standing(StrEnum):
    """Of one person, the worst first."""

    NONE = "none"
    HALF = "half"
    UNPROVEN = "unproven"
    STALE = "stale"
    PROVEN = "proven"


class Shown(Struct, frozen=True):
    """`days` since the test that was not answered, or since the last answer; 0 where there was none."""

    member: str
    contact: Contact
    proof: Proof
    days: int


def can_answer(member: Member) -> Iterator[Contact]:
    """The contacts of a member that can answer a test."""
    return (contact for contact in member.contacts if contact.usable and contact.kind in ANSWERABLE)


def provable(member: Member) -> Iterator[Contact]:
    """The contacts of a member of which anything can be shown: those that can answer, and phones that take pushes."""
    return (contact for contact in member.contacts if contact.usable and contact.kind in PROVABLE)


def proofs(directory: Directory, now_ms: int) -> Iterator[Shown]:
    """Every contact that can be tested, with what is known of it; nobody where no test was ever made."""
    contacts = [(member.id, contact) for member in directory.members.values() for contact in can_answer(member)]
    if any(contact.asked_ms is not None for _, contact in contacts):
        for member, contact in contacts:
            proof, since_ms = proof_of(contact, now_ms)
            yield Shown(member, contact, proof, (now_ms - since_ms) // DAY_MS)


def proof_of(contact: Contact, now_ms: int) -> tuple[Proof, int]:
    """What is known, and since when.  A test of today may still be answered: until then the last one counts."""
    asked_ms, answered_ms = contact.asked_ms, contact.answered_ms
    if asked_ms is None:
        return Proof.NEVER_TESTED, now_ms
    if (answered_ms is None or answered_ms < asked_ms) and now_ms - asked_ms >= REACH_SETTLES_MS:
        return Proof.UNANSWERED, asked_ms
    if answered_ms is None:
        return Proof.NEVER_TESTED, now_ms
    return (Proof.OLD if now_ms - answered_ms > REACH_ANSWERED_MAX_MS else Proof.PROVEN), answered_ms


def standing_of(member: Member, now_ms: int) -> Standing:
    """How far an alert may rely on this person: one kind of way is half, and what no test has shown is not proven."""
    ways = [contact for contact in member.contacts if contact.reaches]
    if not ways:
        return Standing.NONE
    if len({contact.kind for contact in ways}) == 1:
        return Standing.HALF
    proofs = {proof_of(contact, now_ms)[0] for contact in ways if contact.kind in PROVABLE}
    if Proof.PROVEN in proofs:
        return Standing.PROVEN
    return Standing.STALE if Proof.OLD in proofs else Standing.UNPROVEN


def due(
    directory: Directory, now_ms: int, every_days: int, most: int, awake: Callable[[Member], bool]
) -> tuple[Target, ...]:
    """At most so many contacts whose last test is older than that, those never tested first, then the oldest.

    `awake`: is it daytime where this member works?
    """
    before_ms = now_ms - every_days * DAY_MS
    found = [
        (contact.asked_ms or 0, Target(member.id, contact.id))
        for member in directory.members.values()
        if not member.suspended and awake(member)
        for contact in can_answer(member)
        if (contact.asked_ms or 0) <= before_ms
    ]
    return tuple(target for _, target in sorted(found, key=lambda one: one[0])[:most])
