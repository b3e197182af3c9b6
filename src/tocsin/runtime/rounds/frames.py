"""What the server and the process beside it say to each other: frames on one connected pair of sockets.

A frame is four bytes of length and a msgpack struct.  `seq` pairs a request with its answer; many are under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from tocsin.core.commands import Report
from tocsin.core.round import Round
from tocsin.core.round_commands import ContactHeard, RollHeard
from tocsin.core.tally import Tally
from tocsin.runtime.practising import Asked

LENGTH_BYTES = 4
FRAME_MAX_BYTES = 64 * 1_048_576  # A round of a hundred thousand, or its report.


class Begin(Struct, frozen=True, tag=True):
    seq: int
    round: Round


class Hold(Struct, frozen=True, tag=True):
    """`what`: pause, resume or stop."""

    seq: int
    round: str
    what: str
    by: str


class Ask(Struct, frozen=True, tag=True):
    """How does this round stand?  `rows`: with a line for each person."""

    seq: int
    round: str
    rows: bool


class News(Struct, frozen=True, tag=True):
    """A carrier's word on a message of a round."""

    seq: int
    report: Report


class Answer(Struct, frozen=True, tag=True):
    """A person sent the number back."""

    seq: int
    round: str
    member: str
    number: str


class RealAlert(Struct, frozen=True, tag=True):
    """A loud real alert is open at this site.  `rung`: whom it rings; said again when those become more."""

    org: str
    site: str
    alert: str
    rung: tuple[str, ...]


class Calm(Struct, frozen=True, tag=True):
    """No message of a real alert waits to be sent: who was told of a drill may hear that it is over."""


class Changed(Struct, frozen=True, tag=True):
    """People or their contacts changed: read them anew."""


Order = Begin | Hold | Ask | News | Answer | RealAlert | Calm | Changed


class Told(Struct, frozen=True, tag=True):
    """The answer to `seq`: durable.  `refusal`: nothing changed, and why."""

    seq: int
    refusal: str | None = None
    result: dict[str, Any] | None = None


class Asking(Struct, frozen=True, tag=True):
    """These people are about to be asked."""

    org: str
    site: str
    round: str
    drill: bool
    rows: tuple[Asked, ...]


class Finished(Struct, frozen=True, tag=True):
    """A round is over; said again after every start until the record has it."""

    org: str
    site: str
    round: str
    how: str
    tally: Tally


class Heard(Struct, frozen=True, tag=True):
    org: str
    heard: tuple[ContactHeard, ...]


class HeardRoll(Struct, frozen=True, tag=True):
    """How messages of a roll call stand; said again after every start."""

    org: str
    round: str
    heard: tuple[RollHeard, ...]


class Ready(Struct, frozen=True, tag=True):
    """All that was left open has been read and announced.  `open`: (organisation, round) of each."""

    open: tuple[tuple[str, str], ...]


Message = Told | Asking | Finished | Heard | HeardRoll | Ready
_encode = msgspec.msgpack.Encoder().encode
ORDERS = msgspec.msgpack.Decoder(Order)
MESSAGES = msgspec.msgpack.Decoder(Message)


def framed(frame: Order | Message) -> bytes:
    body = _encode(frame)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


async def each(
    reader: asyncio.StreamReader, decoder: msgspec.msgpack.Decoder[Any], hear: Callable[[Any], None]
) -> None:
    """Every frame until the other side has gone."""
    try:
        while True:
            size = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
            hear(decoder.decode(await reader.readexactly(min(size, FRAME_MAX_BYTES))))
    except (asyncio.IncompleteReadError, OSError):
        return
