"""Rounds and their messages as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from tocsin.core.limits import ROUND_NUMBERS_KEPT_MS
from tocsin.core.round import Round
from tocsin.core.round_message import RoundMessage

LOOKED_BACK = 200  # Rounds; more in a day would be a fault of whoever begins them.
_encode = msgspec.msgpack.Encoder().encode
_round = msgspec.msgpack.Decoder(Round)
_message = msgspec.msgpack.Decoder(RoundMessage)


class File(Protocol):
    """Where the rows are.  `write` is durable when it returns; raises StoreError, and nothing was written."""

    def write(self, rounds: Sequence[tuple[str, bool, bytes]], messages: Sequence[tuple[str, str, bytes]]) -> None: ...

    def round(self, id: str) -> bytes | None: ...

    def rounds(self, limit: int) -> list[bytes]: ...

    def messages(self, round: str) -> list[bytes]: ...


class Keeping:
    def __init__(self, file: File) -> None:
        self._file = file

    def write(self, rounds: Iterable[Round], messages: Iterable[RoundMessage]) -> None:
        """All of it, or nothing.  Raises StoreError."""
        self._file.write(
            [(now.id, now.open, _encode(now)) for now in rounds],
            [(message.delivery.alert, message.delivery.id, _encode(message)) for message in messages],
        )

    def round(self, id: str) -> tuple[Round, list[RoundMessage]] | None:
        body = self._file.round(id)
        return None if body is None else (_round.decode(body), self._messages(id))

    def recent(self, now_ms: int) -> Iterator[tuple[Round, list[RoundMessage]]]:
        """What is open, and what ended so lately that its numbers may still come back; oldest first."""
        for body in reversed(self._file.rounds(LOOKED_BACK)):
            now = _round.decode(body)
            if now.open or (now.over_ms or 0) > now_ms - ROUND_NUMBERS_KEPT_MS:
                yield now, self._messages(now.id)

    def _messages(self, round: str) -> list[RoundMessage]:
        return [_message.decode(body) for body in self._file.messages(round)]
