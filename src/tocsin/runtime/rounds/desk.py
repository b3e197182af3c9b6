"""The rounds that are open: whom to send to next, what became of each message, and when it is over.

Theory of operation
-------------------
Append, then acknowledge, then act, as in the bell, but for many at once: whatever changes is marked, and every
FLUSH_S all that is marked becomes durable in one commit.  Only then are the messages of that commit sent, the callers
answered, and the server told.  A message is written as intended, with its first send counted, before it is sent; after
a crash one whose time had come counts as sent with an unknown end, so nobody is sent one message more than three times.

As many messages are on their way as the carrier takes without a queue (`pace.py`).
A full disk sends nothing and answers nobody until it has room; a broken one ends the process, and the next begins anew.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog

from tocsin.core.commands import Moved, Report
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory
from tocsin.core.limits import ROUND_LISTEN_MS
from tocsin.core.numbers import round_number
from tocsin.core.round import AllSent, HeardOut, Resumed, Round, RoundEvent, RoundKind, RoundPhase, Target, evolve, may
from tocsin.core.round_message import (
    RoundMessage,
    advance,
    answered,
    contact_of,
    message_to,
    over_message,
    still_wanted,
    text_of_round,
)
from tocsin.core.tally import report, summary
from tocsin.core.words import Channel, Reason
from tocsin.ports import Clock, Entropy, StoreBroken, StoreError
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.rounds.book import Book, asking_frames, finished_frame, report_of, too_late
from tocsin.runtime.rounds.keeping import Keeping
from tocsin.runtime.rounds.news import News
from tocsin.runtime.rounds.pace import Pace
from tocsin.runtime.stages import Parcel, Stage
from tocsin.runtime.wakes import Wakes

FLUSH_S = 0.01
AHEAD = 96  # Messages written as intended while those before them are on their way.
RETRY_S = 1.0  # After a full disk.
KEPT_OVER = 4  # Rounds that are over and stay in memory for what carriers still say.
log = structlog.get_logger("tocsin.rounds")
Done = Callable[[], None]


class Desk:
    """`directory` reads an organisation as it is now; `tell` says a frame to the server; `broken`: the disk failed."""

    def __init__(
        self,
        keeping: Keeping,
        clock: Clock,
        entropy: Entropy,
        send: Stage,
        routes: Mapping[Channel, tuple[str, ...]],
        directory: Callable[[str], Directory],
        tell: Callable[[f.Message], None],
        broken: Done,
    ) -> None:
        self._keeping, self._clock, self._entropy, self._send, self._routes = keeping, clock, entropy, send, routes
        self._directory, self._tell, self._broken, self._channels = directory, tell, broken, frozenset(routes)
        self._books: dict[str, Book] = {}
        self._given: dict[str, set[str]] = {}
        self._people: dict[str, Directory] = {}
        self._wakes = Wakes(clock, self._due)
        self._marked: dict[str, set[str]] = {}
        self._launch: deque[tuple[Book, str]] = deque()
        self._after: list[Done] = []
        self._learned = News()
        self._flying: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._pace = Pace()
        self._stopped = False

    # Orders -----------------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Go on where the last process left off, and tell the server whom it had asked."""
        for now, messages in self._keeping.recent(self._clock.now_ms()):
            book = Book(now, messages)
            self._announce(book, book.messages.values())
            if now.open or book.waiting or self._clock.now_ms() - (now.over_ms or 0) < ROUND_LISTEN_MS:
                self._books[now.id] = book
                self._learned.again(book)
                self._take_up(book)
            else:
                self._tell(finished_frame(book))
        self._tell(f.Ready(tuple((book.now.org, id) for id, book in self._books.items())))
        self._soon()

    def _take_up(self, book: Book) -> None:
        now_ms = self._clock.now_ms()
        if book.now.open:
            self._wakes.set(f"round/{book.now.id}", book.now.listens_until_ms)
        for id, message in list(book.messages.items()):
            due_ms = message.delivery.due_at_ms
            if due_ms is not None and message.to_send and due_ms <= now_ms:  # Perhaps it was sent: nobody knows.
                self._news(book, report_of(book.now, id, Moved.UNKNOWN))
            else:
                self._wakes.set(f"message/{book.now.id}/{id}", due_ms)

    def begin(self, now: Round, done: Done) -> None:
        """`done` when it is durable."""
        if now.id not in self._books:
            self._books[now.id] = Book(now, ())
            self._people.clear()
            self._mark(self._books[now.id])
        self._then(done)

    def change(self, id: str, event: RoundEvent, done: Done) -> bool:
        """Pause, go on or stop; False where that cannot be."""
        book = self._book(id)
        if book is None or not may(book.now, type(event)):
            return False
        self._evolve(book, event)
        self._then(done)
        return True

    def real_alert(self, org: str, site: str, event: RoundEvent) -> None:
        """Every drill here stops; of one that has, too, whoever is rung for real does not hear that it is over."""
        for book in list(self._books.values()):
            now = book.now
            if (now.org, now.site, now.kind) == (org, site, RoundKind.DRILL):
                book.mind_the_rung(event)
                if may(now, type(event)):
                    self._evolve(book, event)

    def calm(self) -> None:
        """Nothing of a real alert waits to be sent: whoever was told of a drill that it ended hears that it is over."""
        for book in self._books.values():
            if not (book.now.open or book.flying or book.spoken):
                book.spoken = True
                for told in book.told_in_vain():
                    self._put(book, over_message(told, self._id(), self._clock.now_ms()))

    def news(self, report: Report, done: Done) -> bool:
        """A carrier's word.  False: there is no such message."""
        book = self._book(report.alert)
        if book is None or report.delivery not in book.messages:
            return False
        self._news(book, report)
        self._then(done)
        return True

    def answer(self, round: str, member: str, number: str, done: Done) -> bool:
        """A number came back.  The first time counts."""
        book = self._book(round)
        id = book.numbers.get((member, number)) if book else None
        if book is None or id is None:
            return False
        after = answered(book.messages[id], self._clock.now_ms())
        if after != book.messages[id]:
            self._put(book, after)
        self._then(done)
        return True

    def status(self, id: str, *, rows: bool) -> dict[str, Any] | None:
        """The report of a round, open or over."""
        if (book := self._book(id)) is None:
            return None
        told = (report if rows else summary)(book.now, book.messages.values())
        return {**told, "awaited": book.awaited}

    def changed(self) -> None:
        """People changed: the next message reads them anew."""
        self._people.clear()

    async def stop(self) -> None:
        """Nothing new is sent; what is on its way ends, and its end is written."""
        self._stopped = True
        self._wakes.stop()
        if self._flying:
            await asyncio.wait(self._flying)
        self._flush()
        if self._timer is not None:
            self._timer.cancel()

    def _book(self, id: str) -> Book | None:
        """The round, read back if it is long over."""
        if id not in self._books:
            kept = self._keeping.round(id)
            if kept is None:
                return None
            self._books[id] = Book(*kept)
            self._books[id].finished = True
        return self._books[id]

    # Whom to send to --------------------------------------------------------------------------------------------

    def _make_more(self) -> None:
        """The next messages, while there is room for them."""
        for book in self._books.values():
            while book.left and book.now.phase is RoundPhase.SENDING and self._room() > 0:
                self._make(book, book.left.popleft())

    def _room(self) -> int:
        return 0 if self._stopped else max(2 * self._pace.most, AHEAD) - len(self._flying) - len(self._launch)

    def _make(self, book: Book, target: Target) -> None:
        found = contact_of(self._directory_of(book.now.org), target, self._channels)
        given = self._given.setdefault(target.member, set())
        number = round_number(Dice(self._entropy.seed()), given)
        given.add(number)
        self._put(book, message_to(book.now, target, found, self._id(), number, self._clock.now_ms()))

    def _id(self) -> str:
        return Dice(self._entropy.seed()).uuid7(self._clock.now_ms())

    def _directory_of(self, org: str) -> Directory:
        if org not in self._people:
            self._people[org] = self._directory(org)
        return self._people[org]

    # Sending ----------------------------------------------------------------------------------------------------

    def _fly(self) -> None:
        while self._launch and not self._stopped and self._pace.allows(len(self._flying), self._clock.now_ms()):
            book, id = self._launch.popleft()
            message = book.messages[id]
            if message.to_send and id not in book.flying and book.now.phase is not RoundPhase.PAUSED:  # Resumed: again.
                book.flying.add(id)
                task = asyncio.get_running_loop().create_task(self._sent(book, message))
                self._flying.add(task)
                task.add_done_callback(self._landed)
        if self._launch:
            self._soon()

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._fly()

    async def _sent(self, book: Book, message: RoundMessage) -> None:
        began_ms = self._clock.now_ms()
        try:
            told = await self._ending(book.now, message)
        except Exception as error:
            log.error("send_failed", error=type(error).__name__)
            told = report_of(book.now, message.delivery.id, Moved.UNKNOWN)
        self._pace.took(self._clock.now_ms() - began_ms)
        book.flying.discard(message.delivery.id)
        self._news(book, told)
        now = book.messages[message.delivery.id]
        if now.to_send and now.delivery.attempts > message.delivery.attempts:
            self._put(book, now)  # News that came before the send returned asked for another one.
        self._soon()

    async def _ending(self, now: Round, message: RoundMessage) -> Report:
        delivery, directory = message.delivery, self._directory_of(now.org)
        found = still_wanted(directory, message, self._channels)
        if self._books[now.id].overtaken(message):
            return report_of(now, delivery.id, Moved.WITHDRAWN, Reason.NEWER_MESSAGE)
        if isinstance(found, Reason):
            moved = Moved.WITHDRAWN if found is Reason.NO_LONGER_A_RECIPIENT else Moved.REFUSED
            return report_of(now, delivery.id, moved, found)
        if delivery.valid_until_ms <= self._clock.now_ms():
            return report_of(now, delivery.id, Moved.DUE)
        text, language = text_of_round(now, message, directory), directory.members[delivery.member].language
        ended = await self._send(Parcel(now.org, delivery, text, language, found.route))
        assert isinstance(ended, Report)
        return ended

    # What came of it --------------------------------------------------------------------------------------------

    def _news(self, book: Book, report: Report) -> None:
        before = book.messages[report.delivery]
        routes = self._routes.get(before.delivery.channel, ())
        after = advance(before, report, self._clock.now_ms(), routes)
        if after != before:
            self._put(book, after)

    def _put(self, book: Book, message: RoundMessage) -> None:
        """This is how the message stands: to be written, and then to be sent if it is due."""
        delivery = message.delivery
        book.put(message)
        if too_late(book, message):
            self._news(book, report_of(book.now, delivery.id, Moved.WITHDRAWN, Reason.DRILL_ENDED))
            return
        self._mark(book, delivery.id)
        if message.to_send and delivery.due_at_ms is not None and delivery.due_at_ms <= self._clock.now_ms():
            self._launch.append((book, delivery.id))
        else:
            self._wakes.set(f"message/{book.now.id}/{delivery.id}", delivery.due_at_ms)
        self._learned.of(book, message)

    def _due(self, key: str) -> None:
        kind, round, *rest = key.split("/")
        book = self._books.get(round)
        if book is None:
            return
        if kind == "round":
            self._evolve(book, HeardOut())
        elif book.messages[rest[0]].to_send:
            self._launch.append((book, rest[0]))
        else:
            self._news(book, report_of(book.now, rest[0], Moved.DUE))
        self._soon()

    def _evolve(self, book: Book, event: RoundEvent) -> None:
        book.now = evolve(book.now, event, self._clock.now_ms())
        self._mark(book)
        self._wakes.set(f"round/{book.now.id}", book.now.listens_until_ms if book.now.open else None)
        if isinstance(event, Resumed):
            self._launch.extend((book, id) for id in book.to_send())
        if not book.now.open:
            self._withdraw(book)

    def _withdraw(self, book: Book) -> None:
        """Take back what has not been sent.  What is on its way is known when it ends."""
        book.left.clear()
        for id in book.to_send():
            self._put(book, book.messages[id])

    def _end_the_finished(self) -> None:
        for book in self._books.values():
            if may(book.now, AllSent) and not book.left and not book.waiting:
                self._evolve(book, AllSent())
            if may(book.now, HeardOut) and not book.awaited:
                self._evolve(book, HeardOut())

    # Durability -------------------------------------------------------------------------------------------------

    def _mark(self, book: Book, message: str = "") -> None:
        self._marked.setdefault(book.now.id, set()).add(message)
        self._soon()

    def _then(self, done: Done) -> None:
        """Once everything that is marked now is durable."""
        self._after.append(done)
        self._soon()

    def _soon(self, wait_s: float = FLUSH_S) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._flush)

    def _flush(self) -> None:
        self._timer = None
        self._make_more()
        self._end_the_finished()
        try:
            self._write()
        except StoreBroken:
            self._broken()
            return
        except StoreError as error:
            log.error("not_stored", error=type(error).__name__)
            self._soon(RETRY_S)
            return
        after, self._after = self._after, []
        for done in after:
            done()
        self._fly()
        self._tell_the_rest()

    def _write(self) -> None:
        """What is marked becomes durable, and the server learns whom we are about to ask."""
        changed = [(self._books[id], ids) for id, ids in self._marked.items()]
        rounds = [book.now for book, ids in changed if "" in ids]
        messages = [(book, [book.messages[id] for id in ids if id]) for book, ids in changed]
        if rounds or any(theirs for _, theirs in messages):
            self._keeping.write(rounds, [message for _, theirs in messages for message in theirs])
        self._marked = {}
        for book, theirs in messages:
            self._announce(book, [message for message in theirs if message.to_send])

    def _announce(self, book: Book, messages: Iterable[RoundMessage]) -> None:
        for frame in asking_frames(book.now, messages):
            self._tell(frame)

    def _tell_the_rest(self) -> None:
        for frame in self._learned.told():
            self._tell(frame)
        for book in self._books.values():
            if book.settled and not book.finished:
                book.finished = True
                self._tell(finished_frame(book))
        self._let_go()

    def _let_go(self) -> None:
        """Of the rounds that are over the newest few stay."""
        gone = [id for id, book in self._books.items() if book.settled and book.finished and id not in self._marked]
        for id in gone[: max(0, len(gone) - KEPT_OVER)]:
            if self._books[id].spoken or self._books[id].now.ended_by is None:
                del self._books[id]
