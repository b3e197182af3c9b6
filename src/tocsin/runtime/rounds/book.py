"""One round with its messages in memory: who is left, what waits, who may still answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from tocsin.core.commands import Moved, Report
from tocsin.core.round import Round, RoundEvent, RoundKind, StoppedByAlert
from tocsin.core.round_message import RoundMessage
from tocsin.core.tally import own, tally
from tocsin.core.words import Purpose, Reason
from tocsin.runtime.practising import Asked
from tocsin.runtime.rounds import frames as f

ANNOUNCED = 500  # People in one frame.


class Book:
    """`left`: targets without a message yet.  `flying`: messages on their way to a carrier now, by id."""

    def __init__(self, now: Round, messages: Iterable[RoundMessage]) -> None:
        self.now = now
        self.messages: dict[str, RoundMessage] = {}
        self.numbers: dict[tuple[str, str], str] = {}
        self.waiting = self.awaited = 0
        self.flying: set[str] = set()
        for message in messages:
            self.put(message)
        made = {
            (m.delivery.member, m.delivery.contact if self._by_contact else "") for m in own(self.messages.values())
        }
        self.left = deque(target for target in now.targets if (target.member, target.contact) not in made)
        self.rung_since: set[str] = set()  # By real alerts, after the one that ended it had its first say.
        self.finished = False  # Has the server been told that it is over?
        self.spoken = False  # Have those who were told in vain been written to?

    @property
    def _by_contact(self) -> bool:
        return self.now.kind is RoundKind.REACH

    def put(self, message: RoundMessage) -> None:
        """This is how the message stands."""
        id = message.delivery.id
        before = self.messages.get(id)
        if message.delivery.purpose is not Purpose.DRILL_OVER:
            self.awaited += message.awaited - (before is not None and before.awaited)
        self.waiting += message.to_send - (before is not None and before.to_send)
        self.messages[id] = message
        if message.number:
            self.numbers[message.delivery.member, message.number] = id

    def to_send(self) -> Iterator[str]:
        return (id for id, message in list(self.messages.items()) if message.to_send)

    def told_in_vain(self) -> list[RoundMessage]:
        """Of a drill that a real alert ended: who was told, is not rung for real, and has not heard that it is over."""
        if self.now.ended_by is None:
            return []
        spared = {*self.now.rung, *self.rung_since}
        spared.update(m.delivery.member for m in self.messages.values() if m.delivery.purpose is Purpose.DRILL_OVER)
        return [m for m in own(self.messages.values()) if m.told and m.delivery.member not in spared]

    def mind_the_rung(self, event: RoundEvent) -> None:
        """A real alert rings these by now."""
        if isinstance(event, StoppedByAlert):
            self.rung_since.update(event.rung)

    def overtaken(self, message: RoundMessage) -> bool:
        """Would it say that there is nothing more to do to somebody who is rung for real?"""
        delivery = message.delivery
        return delivery.purpose is Purpose.DRILL_OVER and delivery.member in self.rung_since

    @property
    def settled(self) -> bool:
        """Is it over, with nothing of it on its way?"""
        return not self.now.open and not self.waiting and not self.flying


def too_late(book: Book, message: RoundMessage) -> bool:
    """Does it wait to be sent, though its round is over?  (What is on its way cannot be taken back.)"""
    delivery = message.delivery
    ours = message.to_send and delivery.purpose is not Purpose.DRILL_OVER
    return ours and not book.now.open and delivery.id not in book.flying


def asking_frames(now: Round, messages: Iterable[RoundMessage]) -> Iterator[f.Asking]:
    """Whom these messages ask, and for which numbers."""
    rows = [Asked(m.delivery.member, m.delivery.to, m.number) for m in messages if m.number]
    drill = now.kind is RoundKind.DRILL and now.open
    for first in range(0, len(rows), ANNOUNCED):
        yield f.Asking(now.org, now.site, now.id, drill, tuple(rows[first : first + ANNOUNCED]))


def finished_frame(book: Book) -> f.Finished:
    now = book.now
    return f.Finished(now.org, now.site, now.id, now.phase.value, tally(now, book.messages.values()))


def report_of(now: Round, delivery: str, moved: Moved, reason: Reason | None = None) -> Report:
    return Report(org=now.org, delivery=delivery, alert=now.id, moved=moved, reason=reason)
