"""What the process that sends has learned from its messages and has not told the server yet."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core.round import RoundKind
from tocsin.core.round_commands import ContactHeard, RollHeard
from tocsin.core.round_message import RoundMessage, heard_of, roll_heard_of
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.rounds.book import Book


class News:
    """Of contacts every word; of each member whom a roll call asks the newest."""

    def __init__(self) -> None:
        self._contacts: dict[str, list[ContactHeard]] = {}
        self._rolls: dict[tuple[str, str], dict[str, RollHeard]] = {}

    def of(self, book: Book, message: RoundMessage) -> None:
        """This is how the message stands now."""
        if (heard := heard_of(message)) is not None:
            self._contacts.setdefault(book.now.org, []).append(heard)
        self._roll(book, message)

    def again(self, book: Book) -> None:
        """What a server has to be told again that may have missed it."""
        for message in book.messages.values():
            self._roll(book, message)

    def told(self) -> Iterator[f.Message]:
        """All of it, once."""
        contacts, self._contacts = self._contacts, {}
        rolls, self._rolls = self._rolls, {}
        for org, rows in contacts.items():
            yield f.Heard(org, tuple(rows))
        for (org, round), people in rolls.items():
            yield f.HeardRoll(org, round, tuple(people.values()))

    def _roll(self, book: Book, message: RoundMessage) -> None:
        if book.now.kind is RoundKind.ROLL_CALL and (heard := roll_heard_of(message)) is not None:
            self._rolls.setdefault((book.now.org, book.now.id), {})[heard.member] = heard
