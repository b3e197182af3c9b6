"""Since when somebody is said to be reached by what.

Theory of operation
-------------------
Whoever adds a number, or calls one verified, says that it reaches somebody; it may be his own.  It is rung from that
moment on, because it may be true.  But where a roster is weighed it makes up for nobody yet (`thinning.py`): not before
WAY_COUNTS_AFTER_MS, in which every supervisor was told of it and can ask whose it is, or its owner has answered a test.
Else one file applied twice, or two acts a minute apart, would put his people in the place of hers.

A phone that says by itself that a push came has answered nothing: whoever runs the system enrols one in any name within
a minute, and it lies in his drawer.  It is rung, and called a way that was proven; here it waits for its day.

The same number under another id is the same way.  What is taken out and put back begins anew.  In an organisation that
is not guarded yet nothing is written down: it is being set up, and changes do not wait.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tocsin.core.access.record import Guard
from tocsin.core.directory import Contact, Member
from tocsin.core.docket import Docket
from tocsin.core.limits import WAY_COUNTS_AFTER_MS
from tocsin.core.reach import Proof, proof_of
from tocsin.core.round_message import ANSWERABLE
from tocsin.core.words import Channel

Way = tuple[Channel, str]
NOBODY = Member("", "")


def follow(docket: Docket) -> None:
    """Members were changed in this decision: what reaches them only now does so from now on."""
    if not docket.all_kept(Guard):
        return
    before, now = docket.world.directory(docket.org).members, docket.directory.members
    changed = {member.id: now[member.id] for member in docket.members if member.id in now}
    dated = [_dated(before.get(id, NOBODY), member, docket.now_ms) for id, member in changed.items()]
    young = [member for member in dated if member != now[member.id]]
    if young:
        docket.set_members(young)


def proven(contact: Contact, now_ms: int) -> bool:
    """Has whoever has it answered a test of late, with their own hand?"""
    return contact.kind in ANSWERABLE and contact.reaches and proof_of(contact, now_ms)[0] is Proof.PROVEN


def standing(contact: Contact, now_ms: int) -> bool:
    """Does it reach somebody, and has it long enough for whoever might object, or been proven?"""
    return contact.reaches and (now_ms >= contact.since_ms + WAY_COUNTS_AFTER_MS or proven(contact, now_ms))


def _dated(known: Member, member: Member, now_ms: int) -> Member:
    since_ms = {_way(contact): contact.since_ms for contact in known.contacts if contact.verified}
    contacts = tuple(_since(contact, since_ms, now_ms) for contact in member.contacts)
    return member if contacts == member.contacts else replace(member, contacts=contacts)


def _since(contact: Contact, known: Mapping[Way, int], now_ms: int) -> Contact:
    since_ms = known.get(_way(contact), now_ms) if contact.verified else 0
    return contact if since_ms == contact.since_ms else replace(contact, since_ms=since_ms)


def _way(contact: Contact) -> Way:
    return (contact.kind, contact.to)
