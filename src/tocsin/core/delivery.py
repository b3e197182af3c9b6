"""One message to one contact: what the record of it says (the machine is added below)."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.words import Channel, DeliveryState, Purpose, Reason


class Delivery(Struct, frozen=True):
    """One logical message.  Made in the same transaction as the decision to ring, before anything is sent.

    `due_at_ms`: when the next physical send may start (queued) or the validity ends (handed over); None when terminal.
    `attempts`: physical sends begun.  `provider_seq`: how far the carrier's own story has come (callbacks converge).
    `text`: fixed at creation only for replies; a ring is composed when it is sent, from what is known then.
    """

    id: str
    alert: str
    member: str
    channel: Channel
    contact: str
    to: str
    purpose: Purpose
    ringing: int
    drill: bool
    created_at_ms: int
    valid_until_ms: int
    due_at_ms: int | None
    state: DeliveryState = DeliveryState.QUEUED
    reason: Reason | None = None
    attempts: int = 0
    provider_ref: str | None = None
    provider_seq: int = 0
    changed_at_ms: int = 0
    text: str | None = None
