"""What the operator asks for at the command line: the same commands, whether a server runs or not.

`Office` does them on a bell; `control.py` offers an office on a socket file, so that a running server does them itself
and the store has one writer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from tocsin.core import commands as c
from tocsin.core.access.commands import EndAccess, Reinstate, Restore, Suspend
from tocsin.core.access.judging import judged
from tocsin.core.access.record import OPERATOR, Desk, Key, Link, Session, Wallboard, id_of
from tocsin.core.access.words import What
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory
from tocsin.core.limits import DRILL_MAX_S
from tocsin.core.pins import SENTENCES, new_call_code, pair_fault
from tocsin.core.words import Came, Kind
from tocsin.identity.pin import code_matches, hash_pin
from tocsin.identity.token import new_token, same_secret, token_hash
from tocsin.intake.care import Care
from tocsin.intake.phones import is_emergency
from tocsin.intake.refusals import Refusal, words_of
from tocsin.intake.waiting import outcome, waiting
from tocsin.intake.ways_in import WaysIn
from tocsin.ports import Entropy, StoreError
from tocsin.runtime.doctor import Finding, findings
from tocsin.runtime.node import HasStore, Takes
from tocsin.runtime.thinking import thought
from tocsin.runtime.timeline import timeline
from tocsin.runtime.watchers import Watcher

__all__ = ["Office", "Refusal"]

WITH_TOKEN: Mapping[type[Session | Link | Key | Desk | Wallboard], What] = {
    Session: What.SESSION,
    Link: What.LINK,
    Key: What.KEY,
    Desk: What.DESK,
    Wallboard: What.WALLBOARD,
}


class Ring(HasStore, Takes, Protocol):
    def subscribe(self, watcher: Watcher) -> Callable[[], None]: ...


class Office:
    """Every method returns what `--json` prints.  Raises Refusal, and has changed nothing."""

    def __init__(
        self,
        ring: Ring,
        entropy: Entropy,
        examine: Callable[[], list[Finding]],
        care: Care,
        *,
        resting: bool,
        public_url: str = "",
    ) -> None:
        """`examine` reads the whole record; called in another thread.  `resting`: nothing is rung or sent here."""
        self.ways_in = WaysIn(ring, entropy, public_url)
        self._ring, self._entropy, self._examine, self._resting = ring, entropy, examine, resting
        self._care = care

    def org(self) -> str:
        """The organisation of this data directory."""
        known = list(self._ring.world.directories)
        if not known:
            raise Refusal("there is no organisation yet; run: tocsin apply FILE")
        return known[0]

    async def apply(self, directory: Directory, by: str) -> dict[str, Any]:
        """Make the organisation what the file says."""
        known = self._ring.world.directories
        if known and directory.id not in known:
            raise Refusal(f"this data directory is {next(iter(known))!r}'s; give {directory.id!r} one of its own")
        before = known.get(directory.id)
        found = await thought(
            judged, self._ring.world.directory(directory.id), directory, self._ring.clock.now_ms(), is_emergency
        )
        done = await self._done(c.ReplaceDirectory(org=directory.id, directory=directory, by=by, judged=found))
        return outcome(self._ring.world, before, known[directory.id], done.split)

    async def changes(self) -> dict[str, Any]:
        """What waits for a second person.  Whoever holds the machine agrees to nothing: that takes people."""
        return {"changes": waiting(self._ring.world, self.org())}

    async def token(self, member: str) -> dict[str, Any]:
        """A new device token; it is shown this once and kept only as a hash."""
        seed = self._entropy.seed()
        token, hashed = new_token(seed)
        device = Dice(self._entropy.seed()).uuid7(self._ring.clock.now_ms())
        await self._done(c.Enrol(org=self.org(), by=OPERATOR, member=member, device=device, token_hash=hashed))
        return {"member": member, "token": token}

    async def revoke(self, what: str) -> dict[str, Any]:
        """A token of any kind, or all that lets a member in: from now on worth a call for help and nothing else."""
        org = self.org()
        found = self._by_token(org, token_hash(what))
        if not found and what not in self._ring.world.directory(org).members:
            raise Refusal("no such member")
        kind, id = found or (What.PERSON, what)
        theirs = [id] if found else self._ways_of(org, what)
        done = await self._done(EndAccess(org=org, by=OPERATOR, what=kind, id=id))
        waiting = list(done.split.waiting) if done.split else []
        return {"revoked": [] if waiting else theirs, "waiting": waiting}

    def _by_token(self, org: str, hashed: str) -> tuple[What, str] | None:
        for device in self._ring.world.directory(org).devices.values():
            if same_secret(device.token_hash, hashed):
                return What.DEVICE, device.id
        for kind, what in WITH_TOKEN.items():
            record = self._ring.world.kept(org, kind, id_of(hashed))
            if record is not None and same_secret(record.token_hash, hashed):
                return what, record.id
        return None

    def _ways_of(self, org: str, member: str) -> list[str]:
        devices = [one.id for one in self._ring.world.directory(org).devices.values() if one.member == member]
        return devices + [one.id for one in self._ring.world.all_kept(org, Session).values() if one.member == member]

    async def suspend(self, member: str, why: str = "", *, lifted: bool = False) -> dict[str, Any]:
        org = self.org()
        if lifted:
            await self._done(Reinstate(org=org, by=OPERATOR, member=member, why=why))
        else:
            await self._done(Suspend(org=org, by=OPERATOR, member=member, why=why))
        suspended = self._ring.world.directory(org).members[member].suspended
        return {"member": member, "suspended": suspended, "waiting": suspended is lifted}

    async def restored(self, known: Restore) -> dict[str, Any]:
        """The store is a backup's: end what lets somebody in by it, and cut off again whom it does not know to be."""
        await self._done(known)
        members = self._ring.world.directory(known.org).members.values()
        return {"replayed": known.replayed, "suspended": [member.id for member in members if member.suspended]}

    async def pins(self, member: str, pin: str, duress_pin: str) -> dict[str, Any]:
        """The member's two PINs, hashed here."""
        fault = pair_fault(pin, duress_pin)
        if fault is not None:
            raise Refusal(SENTENCES[fault])
        hashes = {"pin_hash": hash_pin(pin), "duress_pin_hash": hash_pin(duress_pin)}
        await self._done(c.SetPins(org=self.org(), by=OPERATOR, member=member, **hashes))
        return {"member": member}

    async def call_code(self, member: str) -> dict[str, Any]:
        """A new call code; it is shown this once and kept only as a hash.  Never one of the member's PINs."""
        org = self.org()
        known = self._ring.world.directory(org).members.get(member)
        if known is None:
            raise Refusal(f"there is no member {member!r}")
        hashes = [known.pin_hash, known.duress_pin_hash, *(known.next_pin_hashes or ())]
        code = new_call_code(Dice(self._entropy.seed()))
        while any(stored and code_matches(code, stored) for stored in hashes):
            code = new_call_code(Dice(self._entropy.seed()))
        await self._done(c.SetCallCode(org=org, by=OPERATOR, member=member, call_code_hash=hash_pin(code)))
        return {"member": member, "code": code}

    async def drill(self, member: str | None) -> dict[str, Any]:
        """A marked drill through the real path; it ends with the first answer, or DRILL_MAX_S after it began."""
        if self._resting:
            raise Refusal("a drill needs the running server; start it with: tocsin serve")
        org = self.org()
        members = self._ring.world.directory(org).members
        who = member or next(iter(members), "")
        if who not in members:
            raise Refusal(f"there is no member {who!r}")
        key = Dice(self._entropy.seed()).uuid7(self._ring.clock.now_ms())
        press = c.Press(
            org=org, credential="drill", key=key, member=who, device=None, came=Came.DRILL, kind=Kind.SOS, drill=True
        )
        reply = await self._ring.submit(press)
        if isinstance(reply, c.Declined):
            raise Refusal(words_of(reply))
        assert isinstance(reply, c.PressTaken)
        await self._answered(org, reply.alert)
        await self._done(c.EndDrill(org=org, alert=reply.alert))
        rows = list(timeline(self._ring.store, org, reply.alert))
        answered = [row["at_ms"] for row in rows if row["what"] == "answered"]
        return {"alert": reply.alert, "timeline": rows, "answered_ms": answered[0] if answered else None}

    async def _answered(self, org: str, id: str) -> None:
        """Returns when somebody has answered, or when the drill has lasted long enough."""
        over = asyncio.Event()

        def look(_: str, changed: frozenset[str], __: int) -> None:
            alert = self._ring.world.alert(org, id)
            if alert is None or not alert.open or any(person.answer for person in alert.people.values()):
                over.set()

        unsubscribe = self._ring.subscribe(look)
        look(org, frozenset({id}), 0)
        try:
            await asyncio.wait_for(over.wait(), DRILL_MAX_S)
        except TimeoutError:
            pass
        finally:
            unsubscribe()

    async def doctor(self) -> dict[str, Any]:
        """What is wrong or will be, as far as the store, the record and the roster tell."""
        record = [*await asyncio.to_thread(self._examine), *self._care.findings(running=not self._resting)]
        found = findings(record, self._ring.world, self._ring.clock.now_ms())
        return {"findings": [msgspec.structs.asdict(finding) for finding in found]}

    async def backup(self, path: str) -> dict[str, Any]:
        """A whole copy, written while the server runs."""
        try:
            await asyncio.to_thread(self._ring.store.backup, path)
        except (StoreError, OSError) as error:
            raise Refusal(f"no backup was written: {error or error.__doc__}") from error
        self._care.backed_up()
        return {"file": path}

    async def reconcile(self) -> dict[str, Any]:
        """What the vendors' webhooks may have lost, asked for and taken now."""
        if self._resting:
            raise Refusal("a reconciliation needs the running server; start it with: tocsin serve")
        return await self._care.reconcile()

    async def _done(self, command: c.Command) -> c.Done:
        reply = await self._ring.submit(command)
        if isinstance(reply, c.Declined):
            raise Refusal(words_of(reply))
        assert isinstance(reply, c.Done)
        return reply
