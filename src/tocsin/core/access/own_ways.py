"""What a member sets for themself beside PINs: the code for calls, and the state of a contact.

Theory of operation
-------------------
A call code is set by its owner, freshly proven, or by the operator, who hands it over.  A contact's state is what a
carrier tells us of it (`SYSTEM`), or what its owner does; the operator's way to change a contact is a file, in which
what mutes somebody waits for a second person.  Each is one line of the trail, told to the member.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.permit import NOT_ALLOWED
from tocsin.core.access.pins import not_theirs
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Done, Reply, SetCallCode, SetContact
from tocsin.core.directory import Contact, Member
from tocsin.core.docket import Docket
from tocsin.core.refusals import NO_SUCH_MEMBER

DONE = Done()


def set_call_code(docket: Docket, command: SetCallCode) -> Reply:
    """Another code by which this member hears on a call what is open; the one before it is worth nothing."""
    declined = not_theirs(docket, command.by, command.member)
    if declined is not None:
        return declined
    if command.member not in docket.directory.members:
        return NO_SUCH_MEMBER
    docket.change_member(command.member, call_code_hash=command.call_code_hash)
    docket.act(command.by, "call_code_set", about=command.member, told=Told.THEMSELF)
    return DONE


def set_contact(docket: Docket, command: SetContact) -> Reply:
    """The contact is as the command says; one that was there under its id is replaced.

    What was said of its number its owner does not take back here: START from the number does.
    """
    if command.by.via is Via.OPERATOR:
        return NOT_ALLOWED
    declined = None if command.by.via is Via.SYSTEM else not_theirs(docket, command.by, command.member)
    if declined is not None:
        return declined
    member = docket.directory.members.get(command.member)
    if member is None:
        return NO_SUCH_MEMBER
    contact = command.contact if command.by.via is Via.SYSTEM else _as_told(member, command.contact)
    kept = [other for other in member.contacts if other.id != contact.id]
    docket.change_member(member.id, contacts=(*kept, contact))
    docket.act(command.by, "contact_set", about=member.id, subject=command.contact.id, told=Told.THEMSELF)
    return DONE


def _as_told(member: Member, contact: Contact) -> Contact:
    known = next((one for one in member.contacts if (one.id, one.to) == (contact.id, contact.to)), contact)
    return replace(contact, opted_out=contact.opted_out or known.opted_out, dead=contact.dead or known.dead)
