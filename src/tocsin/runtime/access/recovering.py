"""The recovery of a person as pages deal with it: what is under way, and what each reader may do about it now."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.access.entry_commands import AskRecovery, RefuseRecovery, VouchRecovery
from tocsin.core.access.permissions import May, Reach
from tocsin.core.access.permit import RECORD_OF, reach
from tocsin.core.access.record import Recovery
from tocsin.core.access.words import LinkKind, RecoveryState
from tocsin.core.commands import Declined, Reply
from tocsin.runtime.access.links import Links, NewLink
from tocsin.runtime.node import Node
from tocsin.runtime.passes import Pass


class RecoverySeen(Struct, frozen=True, kw_only=True):
    """One that is under way.  `may`: of vouch, refuse, link, what this reader may do now (and is asked again then)."""

    id: str
    member: str
    asked_by: str
    vouched_by: str
    why: str
    state: RecoveryState
    due_ms: int
    may: tuple[str, ...]


class Recovering:
    """Every call that changes something raises `loop.Unavailable` when nothing could be stored."""

    def __init__(self, node: Node, links: Links) -> None:
        self._node, self._links = node, links

    def under_way(self, who: Pass) -> list[RecoverySeen]:
        """For the person, and for all who may vouch, tied to them or not: from nothing left out a tie is read."""
        return [self._seen(who, recovery) for recovery in self._theirs(who)]

    def _theirs(self, who: Pass) -> Iterator[Recovery]:
        own = who.reader.member
        may = self._reach(who, May.RECOVER_OTHERS) is not Reach.NONE
        for recovery in self._node.world.all_kept(who.org, Recovery).values():
            if recovery.member == own or may:
                yield recovery

    def _reach(self, who: Pass, may: May) -> Reach:
        world, kind = self._node.world, RECORD_OF.get(who.via)
        record = None if kind is None else world.kept(who.org, kind, who.credential)
        return reach(world.directory(who.org), record, who.by, may, self._node.clock.now_ms())

    def _seen(self, who: Pass, recovery: Recovery) -> RecoverySeen:
        return RecoverySeen(
            id=recovery.id,
            member=recovery.member,
            asked_by=recovery.asked_by,
            vouched_by=recovery.vouched_by,
            why=recovery.why,
            state=recovery.state,
            due_ms=recovery.due_ms,
            may=tuple(_may(who.reader.member, recovery)),
        )

    async def ask(self, who: Pass, member: str, why: str) -> Reply:
        return await self._node.submit(AskRecovery(org=who.org, by=who.by, member=member, why=why))

    async def vouch(self, who: Pass, recovery: str) -> Reply:
        return await self._node.submit(VouchRecovery(org=who.org, by=who.by, recovery=recovery))

    async def refuse(self, who: Pass, recovery: str, why: str) -> Reply:
        return await self._node.submit(RefuseRecovery(org=who.org, by=who.by, recovery=recovery, why=why))

    async def link(self, who: Pass, recovery: str) -> NewLink | Declined:
        """For one of the two who vouched, once the delay is over; to be shown to them alone."""
        return await self._links.make(who.org, who.by, LinkKind.RECOVERY, subject=recovery)


def _may(reader: str, recovery: Recovery) -> Iterator[str]:
    two = (recovery.asked_by, recovery.vouched_by)
    if recovery.state is RecoveryState.ASKED and reader not in (recovery.asked_by, recovery.member):
        yield "vouch"
    if recovery.state is RecoveryState.READY and reader in two:
        yield "link"
    yield "refuse"
