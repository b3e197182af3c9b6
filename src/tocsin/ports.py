"""The four seams between Tocsin and the world.  Production and simulator differ in these and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct

from tocsin.core.listed import Listed
from tocsin.core.words import Purpose, Reason


class Clock(Protocol):
    """The only source of time."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC, on a timeline that never jumps while this process lives."""
        ...


class Entropy(Protocol):
    """The only source of chance."""

    def seed(self) -> bytes:
        """32 bytes nobody can guess."""
        ...


# Store -----------------------------------------------------------------------------------------------------------


class Fact(Struct, frozen=True, gc=False):
    """One event as it is kept.  `leaf` = SHA-256(0x00 | salt | body); deleting salt and body leaves the leaf."""

    stream: str
    version: int
    type: str
    at_ms: int
    body: bytes
    salt: bytes
    leaf: bytes


class StoredFact(Struct, frozen=True, gc=False):
    """A fact with its place in the one order of all facts.  Salt and body are None once lawfully deleted."""

    position: int
    org: str
    stream: str
    version: int
    type: str
    at_ms: int
    body: bytes | None
    salt: bytes | None
    leaf: bytes


class Snapshot(Struct, frozen=True, gc=False):
    """The present state of one aggregate; `kind` is the part of `stream` before the slash."""

    stream: str
    kind: str
    version: int
    open: bool
    body: bytes


class DeliveryRow(Struct, frozen=True, gc=False):
    """A delivery as kept: the columns that are searched, and the whole of it as `body`."""

    id: str
    alert: str
    state: str
    due_at_ms: int | None
    body: bytes


class Wake(Struct, frozen=True, gc=False):
    """Look at this stream again at `due_at_ms`; None takes the wake-up away."""

    stream: str
    due_at_ms: int | None


class Receipt(Struct, frozen=True, gc=False):
    """What a press was answered with, found again by (organisation, credential, idempotency key) for ever."""

    credential: str
    key: str
    receipt: str
    alert: str
    at_ms: int


class Fix(Struct, frozen=True, gc=False):
    """A position.  Kept apart from the facts so that it can be erased."""

    id: str
    alert: str
    lat: float
    lon: float
    radius_m: float | None
    at_ms: int


class Change(Struct, frozen=True, gc=False):
    """All that one command writes: it is stored whole or not at all.

    Facts and snapshots carry versions: a fact whose (org, stream, version) exists is a conflict.  Fixes are erased
    before new ones are written, so that a newer one can take the place of all that were there.
    """

    org: str
    facts: tuple[Fact, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    deliveries: tuple[DeliveryRow, ...] = ()
    wakes: tuple[Wake, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    fixes: tuple[Fix, ...] = ()
    erase_fixes_of: tuple[str, ...] = ()
    listed: tuple[Listed, ...] = ()
    listed_from: str | None = None  # From this alert on, every closed one of the organisation stands in the lists.


class Stored(Struct, frozen=True, gc=False):
    """This change is durable.  `position` of its last fact (0 if it had none)."""

    position: int


class Conflict(Struct, frozen=True):
    """This change was not stored, nothing of it; others of the batch were."""

    what: str


class StoreError(Exception):
    """Nothing of this batch was stored."""


class StoreFull(StoreError):
    """The disk has no room; the store is usable again when it has."""


class StoreBroken(StoreError):
    """The disk failed: what is on it is unknown until the store is opened anew.  Never try this store again."""


class Store(Protocol):
    """What is remembered.  One caller at a time for `append`; reads see every change whose `append` has returned."""

    def append(self, changes: Sequence[Change]) -> list[Stored | Conflict]:
        """Make the changes durable in one synced transaction, each whole or not at all; one verdict each, in order.

        Raises StoreFull or StoreBroken: then nothing of the batch was stored (StoreBroken: nobody knows).
        """
        ...

    def receipt(self, org: str, credential: str, key: str) -> Receipt | None: ...

    def snapshot(self, org: str, stream: str) -> Snapshot | None: ...

    def snapshots(self, org: str, kind: str, *, only_open: bool = False) -> Iterator[Snapshot]:
        """All of a kind, in order of stream."""
        ...

    def organisations(self) -> list[str]:
        """Every org that has a snapshot, sorted."""
        ...

    def recent(self, org: str, kind: str, before: str | None, limit: int) -> list[Snapshot]:
        """Newest first (by stream, which grows with time), below stream `before`."""
        ...

    def delivery(self, org: str, id: str) -> DeliveryRow | None: ...

    def deliveries(self, org: str, alert: str, limit: int | None = None) -> list[DeliveryRow]:
        """Of one alert, in order of id (which grows with time); all of them, or the first `limit`."""
        ...

    def due_deliveries(self, org: str) -> list[DeliveryRow]:
        """Every delivery that still has a due time, in order of id."""
        ...

    def wakes(self, org: str) -> list[Wake]:
        """Every wake-up that stands, soonest first."""
        ...

    def fixes(self, org: str, alert: str) -> list[Fix]: ...

    def shelves(self, org: str, name: str) -> list[str]:
        """The shelves of a list of closed alerts, sorted."""
        ...

    def on_shelf(self, org: str, name: str, shelf: str, above: str, below: str | None, limit: int) -> list[Listed]:
        """Of the list `name`, newest first (by id), those with `above` <= id < `below`."""
        ...

    def listed_of(self, org: str, member: str, above: str, below: str | None, limit: int) -> list[Listed]:
        """Of whoever was in danger, from the list `all`, newest first."""
        ...

    def listed_from(self, org: str) -> str | None:
        """The oldest alert from which on the lists are whole; None while nobody has made them."""
        ...

    def facts(self, org: str, after: int, limit: int) -> list[StoredFact]:
        """In order of position, from the first one after `after`."""
        ...

    def stream(self, org: str, stream: str, limit: int | None = None) -> list[StoredFact]:
        """The facts of one stream, in order of version; all of them, or the first `limit`."""
        ...

    def backup(self, path: str) -> None:
        """Write a whole, consistent copy to `path` (which must not exist) while others write."""
        ...

    def close(self) -> None: ...


# Channel ---------------------------------------------------------------------------------------------------------


class Message(Struct, frozen=True, gc=False):
    """What a channel is given.  `reference` (ALERT/DELIVERY) is the same for every physical send of it.

    `send` says which of these it is, from 1.  `language` of the text, as the member's contact has it.  `answerable`: a
    ring, which asks for an answer.  `link`: the page of ours to open, where the message has one of its own.
    """

    reference: str
    to: str
    text: str
    valid_s: int
    language: str = "en"
    answerable: bool = False
    send: int = 1
    purpose: Purpose = Purpose.RING
    drill: bool = False
    link: str = ""


class Accepted(Struct, frozen=True):
    """The vendor took it and calls it `provider_ref`."""

    provider_ref: str


class Refused(Struct, frozen=True):
    """The vendor did not take it.  `retry_after_ms` where the vendor named one."""

    reason: Reason
    detail: str = ""
    retry_after_ms: int | None = None


class Unknown(Struct, frozen=True):
    """Nobody knows whether the vendor took it (time-out, connection lost, unreadable reply)."""

    detail: str = ""


class Channel(Protocol):
    """Translates, sends once and reports what became of it.  Never retries, never decides, never raises."""

    async def send(self, message: Message) -> Accepted | Refused | Unknown: ...

    async def close(self) -> None: ...


@runtime_checkable
class Withdrawable(Protocol):
    """A channel whose vendor can be asked to give back what it took, as long as it has not reached the person.

    Never raises, and promises nothing: what became of it the vendor tells as always.
    """

    async def withdraw(self, provider_ref: str) -> bool:
        """Has the vendor heard it?  False where it could not be asked; then it may be asked again."""
        ...
