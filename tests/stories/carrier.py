"""A carrier that takes what the outbox would hand it, and lies as it is told to."""

from __future__ import annotations

from enum import StrEnum

from msgspec.structs import replace

from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery
from tocsin.core.words import REACHING, Reason

DELIVERS_AFTER_MS = 800
CANCELS_AFTER_MS = 300


class Mood(StrEnum):
    """What the carrier does with messages to one phone."""

    WELL = "well"  # Takes it, and says so when it has arrived.
    MUTE = "mute"  # Takes it, and is never heard of again.
    RINGS = "rings"  # Takes it, and rings until it is taken back.
    HOLDS = "holds"  # A request under way, until `release`.
    VANISHES = "vanishes"  # Nobody knows what became of the request.
    OPTED_OUT = "opted_out"
    DEAD = "number_dead"
    DOWN = "vendor_down"
    FILTERED = "filtered"
    PHONE_OFF = "phone_off"  # Takes it, and says *undelivered* later.
    BLOCKED = "destination_blocked"  # Takes it, and says later that it was blocked on the way.


LOSES = {Mood.PHONE_OFF, Mood.BLOCKED}
REFUSES = {Mood.OPTED_OUT, Mood.DEAD, Mood.DOWN, Mood.FILTERED}


class Carrier:
    """Moods by member; `sent` counts the physical sends of each message."""

    def __init__(self) -> None:
        self.moods: dict[str, Mood] = {}
        self.sent: dict[str, int] = {}
        self.under_way: dict[str, Delivery] = {}
        self.taken_back: list[str] = []  # Whom it was asked not to ring any more, by name; each is one request.

    def mood(self, member: str) -> Mood:
        return self.moods.get(member, self.moods.get("*", Mood.WELL))

    def take(self, delivery: Delivery, org: str, now_ms: int) -> tuple[list[tuple[int, Report]], bool]:
        """One physical send: the news it will bring, each with its time, and whether the phone rings."""
        self.sent[delivery.id] = self.sent.get(delivery.id, 0) + 1
        mood = self.mood(delivery.member)
        if mood is Mood.HOLDS:
            self.under_way[delivery.id] = delivery
            return [], False
        if mood in REFUSES:
            return [(now_ms, news(delivery, org, Moved.REFUSED, Reason(mood.value)))], False
        if mood is Mood.VANISHES:
            return [(now_ms, news(delivery, org, Moved.UNKNOWN))], False
        taken = [(now_ms, news(delivery, org, Moved.ACCEPTED))]
        if mood is Mood.WELL and delivery.channel in REACHING:  # Of mail nobody ever says that it was read.
            taken.append((now_ms + DELIVERS_AFTER_MS, news(delivery, org, Moved.DELIVERED)))
        if mood in LOSES:
            taken.append((now_ms + DELIVERS_AFTER_MS, news(delivery, org, Moved.UNDELIVERED, Reason(mood.value))))
        return taken, mood not in LOSES

    def take_back(self, delivery: Delivery, ref: str, org: str, now_ms: int) -> list[tuple[int, Report]]:
        """We ask it not to ring any more: the news that brings."""
        self.taken_back.append(delivery.member)
        if self.mood(delivery.member) is not Mood.RINGS:
            return []
        ended = replace(news(delivery, org, Moved.UNDELIVERED, Reason.NO_ANSWER), provider_ref=ref)
        return [(now_ms + CANCELS_AFTER_MS, ended)]

    def release(self, delivery: Delivery) -> None:
        del self.under_way[delivery.id]


def news(delivery: Delivery, org: str, moved: Moved, reason: Reason | None = None) -> Report:
    send = "" if delivery.attempts == 1 else f".{delivery.attempts}"  # Each physical send has a name of its own.
    ref = None if moved in (Moved.REFUSED, Moved.UNKNOWN) else f"SM{delivery.id}{send}"
    return Report(org=org, delivery=delivery.id, alert=delivery.alert, moved=moved, reason=reason, provider_ref=ref)
