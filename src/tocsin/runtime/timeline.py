"""One alert told from the record: what happened, to whom, when, counted from the first press."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tocsin.core import events as e
from tocsin.ports import Store
from tocsin.runtime import ledger


def timeline(store: Store, org: str, alert: str) -> Iterator[dict[str, Any]]:
    """Rows of `{at_ms, what, who, channel, state}`, in order of time."""
    facts = store.stream(org, f"alert/{alert}")
    began_ms = facts[0].at_ms if facts else 0
    rows = [row for fact in facts if fact.body is not None for row in _rows(ledger.read_event(fact.body), fact.at_ms)]
    for stored in store.deliveries(org, alert):
        delivery = ledger.read_delivery(stored)
        rows.append((delivery.changed_at_ms, delivery.purpose.value, delivery.member, delivery.channel, delivery.state))
    for at_ms, what, who, channel, state in sorted(rows, key=lambda row: row[0]):
        yield {"at_ms": at_ms - began_ms, "what": what, "who": who, "channel": channel, "state": state}


def _rows(event: e.Event, at_ms: int) -> Iterator[tuple[int, str, str, str, str]]:
    match event:
        case e.Raised():
            yield at_ms, "raised", event.member, "", event.kind
        case e.Rang():
            for sending in event.sendings:
                yield at_ms, "rang", sending.member, sending.channel, event.why
            for member, reason in event.unreachable:
                yield at_ms, "rang", member, "", reason
        case e.Answered():
            yield at_ms, "answered", event.member, "", event.answer
        case e.NotReached():
            yield at_ms, "not_reached", event.member, "", event.reason
        case e.Closed():
            yield at_ms, "closed", ", ".join(event.by), "", event.outcome
        case _:
            pass
