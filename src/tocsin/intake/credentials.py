"""From an Authorization header to the device that was given it.

A token is known by its hash alone.  One that was never issued is nobody's; one that was revoked, or whose member is
suspended or gone, may still call for help and nothing else, from the next request on.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.core.directory import Device, Directory
from tocsin.core.sight import Reader
from tocsin.identity.token import token_hash
from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring


class Pass(Struct, frozen=True):
    """A credential that was issued, and what it is worth now."""

    org: str
    device: Device
    reader: Reader

    @property
    def raise_only(self) -> bool:
        return self.reader.raise_only


class Credentials:
    """Finds the device of a token in one step; the index follows the directories as they change."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._found: dict[str, tuple[str, str]] = {}
        self._read: dict[str, Mapping[str, Device]] = {}

    def of(self, authorization: str | None) -> Pass | None:
        """The pass of this header's token, or None if it was never issued."""
        token = bearer(authorization)
        if not token:
            return None
        hashed = token_hash(token)
        return self._known(hashed) or (self._known(hashed) if self._read_again() else None)

    def reading(self, authorization: str | None) -> Pass:
        """A pass for anything but a press.  Raises Trouble: never issued, or good for nothing but a press."""
        found = self.of(authorization)
        if found is None:
            raise Trouble("no_credential")
        if found.raise_only:
            raise Trouble("raise_only")
        return found

    def still_reads(self, given: Pass) -> bool:
        """Is what was given at the start of a stream still worth it?"""
        directory = self._ring.world.directory(given.org)
        device = directory.devices.get(given.device.id)
        return device is not None and not _pass(given.org, device, directory).raise_only

    def _known(self, hashed: str) -> Pass | None:
        org, id = self._found.get(hashed, ("", ""))
        directory = self._ring.world.directory(org)
        device = directory.devices.get(id)
        if device is None or device.token_hash != hashed:
            return None
        return _pass(org, device, directory)

    def _read_again(self) -> bool:
        """Index what has changed since; False if nothing has."""
        changed = False
        for org, directory in self._ring.world.directories.items():
            if self._read.get(org) is not directory.devices:
                self._read[org] = directory.devices
                self._found.update((device.token_hash, (org, id)) for id, device in directory.devices.items())
                changed = True
        return changed


def bearer(authorization: str | None) -> str:
    """The token of the header, however the scheme is written; a bare token counts, because it may be an SOS."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else (scheme if not token else "")


def _pass(org: str, device: Device, directory: Directory) -> Pass:
    member = directory.members.get(device.member)
    dead = device.revoked or member is None or member.suspended
    return Pass(org, device, Reader(device.member, device.id, raise_only=dead))
