"""From what a request brings (an Authorization header, a session's cookie) to who asks, and what it is worth now.

Theory of operation
-------------------
A token is known by its hash alone.  One that was never issued is nobody's.  One that has ended, or whose member is
suspended or gone, may still call for help and nothing else, from the next request on: every request asks anew.

Devices are found by an index that follows the directories as they change; everything else has the beginning of its
token's hash as its id.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.permissions import May, Reach
from tocsin.core.access.permit import RECORD_OF, Token, over, reach
from tocsin.core.access.record import By, Desk, Key, Session, Wallboard, id_of
from tocsin.core.access.rung_record import RungLink
from tocsin.core.access.words import KeyScope, Via
from tocsin.core.directory import Device, Directory
from tocsin.core.sight import Reader
from tocsin.identity.token import same_secret, token_hash
from tocsin.runtime.node import HasWorld

TOKENS: tuple[type[Token], ...] = tuple(RECORD_OF.values())


class Pass(Struct, frozen=True):
    """A credential that was issued, and what it is worth now.  `credential`: its id; `site`: of a screen."""

    org: str
    via: Via
    credential: str
    reader: Reader
    site: str = ""
    place: str = ""
    scopes: tuple[KeyScope, ...] = ()
    fresh_ms: int = 0
    label: str = ""  # Of a program.

    @property
    def raise_only(self) -> bool:
        return self.reader.raise_only

    @property
    def by(self) -> By:
        """Who does what this pass is shown for."""
        return By(self.reader.member, self.via, self.credential)


def reach_of_pass(node: HasWorld, who: Pass, may: May) -> Reach:
    """How far this pass gets now; for what is shown or hidden.  Whoever decides asks again."""
    kind = RECORD_OF.get(who.via)
    record = None if kind is None else node.world.kept(who.org, kind, who.credential)
    return reach(node.world.directory(who.org), record, who.by, may, node.clock.now_ms())


class Passes:
    """Finds whose a token is."""

    def __init__(self, node: HasWorld) -> None:
        self._node = node
        self._found: dict[str, tuple[str, str]] = {}
        self._read: dict[str, Mapping[str, Device]] = {}

    def of(self, token: str) -> Pass | None:
        """The pass of this token, or None if it was never issued."""
        if not token:
            return None
        hashed = token_hash(token)
        return self._device(hashed) or (self._device(hashed) if self._read_again() else None) or self._record(hashed)

    def again(self, given: Pass) -> Pass | None:
        """What the same credential is worth now."""
        directory = self._node.world.directory(given.org)
        if given.via is Via.DEVICE:
            device = directory.devices.get(given.credential)
            return None if device is None else _of_device(given.org, device, directory, self._node.clock.now_ms())
        kind = RECORD_OF[given.via]
        record = self._node.world.kept(given.org, kind, given.credential)
        return None if record is None else _of_record(given.org, record, directory, self._node.clock.now_ms())

    def _device(self, hashed: str) -> Pass | None:
        org, id = self._found.get(hashed, ("", ""))
        directory = self._node.world.directory(org)
        device = directory.devices.get(id)
        if device is None or not same_secret(device.token_hash, hashed):
            return None
        return _of_device(org, device, directory, self._node.clock.now_ms())

    def _read_again(self) -> bool:
        """Index what has changed since; False if nothing has."""
        changed = False
        for org, directory in self._node.world.directories.items():
            if self._read.get(org) is not directory.devices:
                self._read[org] = directory.devices
                self._found.update((device.token_hash, (org, id)) for id, device in directory.devices.items())
                changed = True
        return changed

    def _record(self, hashed: str) -> Pass | None:
        found = (self._known(org, hashed) for org in self._node.world.directories)
        return next((known for known in found if known is not None), None)

    def _known(self, org: str, hashed: str) -> Pass | None:
        """The pass of the record that was made from this, whatever kind it is of."""
        world = self._node.world
        for kind in TOKENS:
            record = world.kept(org, kind, id_of(hashed))
            if record is not None and same_secret(record.token_hash, hashed):
                return _of_record(org, record, world.directory(org), self._node.clock.now_ms())
        return None


def _of_device(org: str, device: Device, directory: Directory, now_ms: int) -> Pass:
    ended = over(device, now_ms) is not None
    reader = _reader(directory, device.member, device.id, Via.DEVICE, ended=ended)
    return Pass(org, Via.DEVICE, device.id, reader)


def _of_record(org: str, record: Token, directory: Directory, now_ms: int) -> Pass:
    """What has run out is worth no more, whether or not its wake-up has told so yet."""
    ended = over(record, now_ms) is not None
    match record:
        case Session():
            reader = _reader(directory, record.member, record.id, Via.SESSION, ended=ended)
            return Pass(org, Via.SESSION, record.id, reader, fresh_ms=record.fresh_ms)
        case Desk():
            reader = Reader(record.seat, record.id, raise_only=ended, via=Via.DESK, site=record.site)
            return Pass(org, Via.DESK, record.id, reader, site=record.site, place=record.place)
        case Wallboard():
            reader = Reader("", record.id, raise_only=ended, via=Via.WALLBOARD, site=record.site)
            return Pass(org, Via.WALLBOARD, record.id, reader, site=record.site)
        case RungLink():
            known = _reader(directory, record.member, record.id, Via.LINK, ended=ended)
            return Pass(org, Via.LINK, record.id, replace(known, alert=record.alert))
        case Key():
            running = KeyScope.ALERTS in record.scopes
            reader = Reader("", record.id, raise_only=ended, via=Via.KEY, running=running)
            return Pass(org, Via.KEY, record.id, reader, scopes=record.scopes, label=record.label)


def _reader(directory: Directory, member: str, credential: str, via: Via, *, ended: bool) -> Reader:
    known = directory.members.get(member)
    return Reader(member, credential, raise_only=ended or known is None or known.suspended, via=via)
