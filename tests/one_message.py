"""One message as it is just after the decision to ring: what the tests of a delivery's life begin with."""

from __future__ import annotations

from tocsin.core.delivery import Delivery
from tocsin.core.words import Channel, Purpose

VALID_MS = 240_000
NEW = Delivery(
    id="d",
    alert="a",
    member="teo",
    channel=Channel.SMS,
    contact="teo/sms",
    to="+12025550112",
    purpose=Purpose.RING,
    ringing=1,
    drill=False,
    created_at_ms=0,
    valid_until_ms=VALID_MS,
    due_at_ms=0,
)
