"""A device: enrolled once, by a link or by the operator; then in use until it is lost, revoked or replaced.

Theory of operation
-------------------
A device is a member's phone with a token of its own.  It ends in four ways: its owner lost it, somebody revoked it, its
owner was suspended, or a new enrolment that names it took its place, in the same decision, so that no moment has both
or neither.  An ended device may still call for help, and learns only *received*; `Device.revoked` says so and `ended`
says why.  Ending it again changes nothing.  Everybody may end their own; who may end those of others is in the
permission table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec.structs import replace

from tocsin.core.access.entry_commands import EndDevice, UseLink
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import NOT_ALLOWED, refused
from tocsin.core.access.record import By, Link
from tocsin.core.access.words import Ended, Told, Via
from tocsin.core.commands import Done, Enrol, Reply, Revoke
from tocsin.core.directory import Device
from tocsin.core.docket import Docket
from tocsin.core.limits import LABEL_MAX_CHARS
from tocsin.core.refusals import NO_SUCH_MEMBER, NO_SUCH_RECORD


class DeviceState(StrEnum):
    ENROLLED = "enrolled"
    ENDED = "ended"


class IllegalEnd(Exception):
    """A device does not end in this way; it is unchanged."""


TRANSITIONS: Mapping[DeviceState, Mapping[Ended, frozenset[DeviceState]]] = {
    state: {why: frozenset({DeviceState.ENDED}) for why in (Ended.LOST, Ended.REVOKED, Ended.REPLACED, Ended.SUSPENDED)}
    for state in DeviceState
}


def state_of(device: Device) -> DeviceState:
    return DeviceState.ENDED if device.revoked else DeviceState.ENROLLED


def ended(device: Device, why: Ended) -> Device:
    """The device after its end; one that has ended stays as it was.  Raises IllegalEnd for a reason that is none."""
    if why not in TRANSITIONS[state_of(device)]:
        raise IllegalEnd(f"{why} while {state_of(device)}")
    return device if device.revoked else replace(device, revoked=True, ended=why)


# Enrolled --------------------------------------------------------------------------------------------------------


def enrol(docket: Docket, command: Enrol) -> Reply:
    """By the operator: a device for a member; its token is known here by its hash alone."""
    if command.by.via is not Via.OPERATOR:
        return NOT_ALLOWED
    if command.member not in docket.directory.members:
        return NO_SUCH_MEMBER
    device = Device(command.device, command.member, command.token_hash, enrolled_ms=docket.now_ms)
    _enrolled(docket, command.by, device)
    return Done()


def enrolled_by(docket: Docket, link: Link, command: UseLink) -> bool:
    """A phone has used its enrolment link; the device that the link names ends."""
    by = By(link.member, Via.LINK, link.id)
    label = (command.label or link.label)[:LABEL_MAX_CHARS]
    device = Device(docket.id(), link.member, command.token_hash, label=label, enrolled_ms=docket.now_ms)
    _enrolled(docket, by, device)
    before = docket.directory.devices.get(link.subject)
    if before is not None:
        end(docket, by, [before], Ended.REPLACED)
    return True


def _enrolled(docket: Docket, by: By, device: Device) -> None:
    docket.set_device(device)
    docket.act(by, "device_enrolled", about=device.member, subject=device.id, told=Told.THEMSELF)


# Ended -----------------------------------------------------------------------------------------------------------


def revoke(docket: Docket, command: Revoke) -> Reply:
    """By the operator: from now on these devices may only raise."""
    if command.by.via is not Via.OPERATOR:
        return NOT_ALLOWED
    devices = docket.directory.devices.values()
    theirs = [d for d in devices if command.device == d.id or (command.member and command.member == d.member)]
    if not theirs:
        return NO_SUCH_MEMBER
    end(docket, command.by, theirs, Ended.REVOKED)
    return Done()


def end_device(docket: Docket, command: EndDevice) -> Reply:
    """A member ends their own; whoever may end others' access, anybody's."""
    device = docket.directory.devices.get(command.device)
    own = device is not None and bool(command.by.member) and device.member == command.by.member
    no = refused(docket, command.by, May.KEEP_OWN_ACCOUNT if own else May.REVOKE_FOR_OTHERS)
    if no is not None:
        return no
    if device is None or command.why not in (Ended.LOST, Ended.REVOKED):
        return NO_SUCH_RECORD
    end(docket, command.by, [device], command.why)
    return Done()


def end(docket: Docket, by: By, devices: Iterable[Device], why: Ended) -> None:
    """From now on these may only raise; of those that have ended before nothing changes and nothing is said."""
    for device in devices:
        after = ended(device, why)
        if after is not device:
            docket.set_device(after)
            docket.act(by, "device_ended", about=device.member, subject=device.id, detail=why, told=Told.THEMSELF)
