"""What a round came to: who was told, on what, how fast, and who answered.  Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from tocsin.core.round import Round
from tocsin.core.round_message import RoundMessage
from tocsin.core.words import DeliveryState, Purpose


class Tally(Struct, frozen=True, kw_only=True):
    """Counts of people.  `handed_over` counts everyone whose message a carrier took, whatever came of it."""

    recipients: int
    handed_over: int = 0
    delivered: int = 0
    answered: int = 0
    undeliverable: int = 0
    withdrawn: int = 0


def own(messages: Iterable[RoundMessage]) -> list[RoundMessage]:
    """Those of the round itself, in the order in which they were made; not the ones that say that it is over."""
    found = [message for message in messages if message.delivery.purpose is not Purpose.DRILL_OVER]
    return sorted(found, key=lambda message: message.delivery.id)


def tally(now: Round, messages: Iterable[RoundMessage]) -> Tally:
    """The counts as they stand.  Of a round that is over, whoever had no message counts as withdrawn."""
    counts, made = Counter[str](), 0
    for message in messages:
        if message.delivery.purpose is not Purpose.DRILL_OVER:
            made += 1
            counts.update(_words(message))
    unmade = 0 if now.open else len(now.targets) - made
    return Tally(
        recipients=len(now.targets),
        handed_over=counts["handed_over"],
        delivered=counts["delivered"],
        answered=counts["answered"],
        undeliverable=counts["undeliverable"],
        withdrawn=counts["withdrawn"] + unmade,
    )


def _words(message: RoundMessage) -> list[str]:
    """Everything this message counts as."""
    facts = {
        "handed_over": message.told,
        "delivered": message.delivered_ms is not None or message.answered_ms is not None,
        "answered": message.answered_ms is not None,
        "undeliverable": message.delivery.state is DeliveryState.UNDELIVERABLE and message.answered_ms is None,
        "withdrawn": message.delivery.state is DeliveryState.SUPERSEDED,
    }
    return [word for word, true in facts.items() if true]


def report(now: Round, messages: Iterable[RoundMessage]) -> dict[str, Any]:
    """The round as `tocsin drill --json` prints it.  Times in milliseconds: of the rows, from the round's beginning.

    `first_ms` to `last_ms` are of the answers, each from when that person's message was handed over.
    """
    made = own(messages)
    return {**summary(now, made), **_speeds(now, made), "report": [_row(now, message) for message in made]}


def summary(now: Round, messages: Iterable[RoundMessage]) -> dict[str, Any]:
    """How it stands, without a line for each person: cheap enough to be asked for again and again."""
    counts = tally(now, messages)
    return {
        "round": now.id,
        "kind": now.kind.value,
        "state": now.phase.value,
        "ended_by": now.ended_by,
        **{name: getattr(counts, name) for name in counts.__struct_fields__},
    }


def _speeds(now: Round, made: list[RoundMessage]) -> dict[str, Any]:
    took = sorted(_took_ms(message) for message in made if message.answered_ms is not None)
    handed = [message.handed_over_ms - now.began_ms for message in made if message.handed_over_ms is not None]
    return {
        "channels": _by_channel(made),
        "handed_over_last_ms": max(handed, default=None),
        "first_ms": took[0] if took else None,
        "median_ms": _quantile(took, 0.5),
        "p95_ms": _quantile(took, 0.95),
        "last_ms": took[-1] if took else None,
    }


def _took_ms(message: RoundMessage) -> int:
    assert message.answered_ms is not None
    return message.answered_ms - (message.handed_over_ms or message.delivery.created_at_ms)


def _quantile(ordered: list[int], part: float) -> int | None:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else None


def _by_channel(made: Iterable[RoundMessage]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, Counter[str]] = {}
    for message in made:
        found.setdefault(message.delivery.channel.value, Counter()).update(_words(message))
    return {channel: dict(counts) for channel, counts in found.items()}


def _row(now: Round, message: RoundMessage) -> dict[str, Any]:
    delivery = message.delivery

    def since(at_ms: int | None) -> int | None:
        return None if at_ms is None else at_ms - now.began_ms

    return {
        "who": delivery.member,
        "channel": delivery.channel.value,
        "contact": delivery.contact,
        "state": delivery.state.value if message.answered_ms is None else DeliveryState.ANSWERED.value,
        "reason": delivery.reason.value if delivery.reason else None,
        "handed_over_ms": since(message.handed_over_ms),
        "delivered_ms": since(message.delivered_ms),
        "answered_ms": since(message.answered_ms),
    }
