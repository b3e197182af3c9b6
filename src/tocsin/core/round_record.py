"""A round as the record keeps it: who began it and why, and what it came to."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class RoundRecord(Struct, frozen=True, kw_only=True):
    """`how` is None while it runs; then ended, stopped, or lost (nobody knows of it any more)."""

    COUNTS: ClassVar = ("handed_over", "delivered", "answered", "undeliverable", "withdrawn")

    id: str
    kind: str
    site: str
    by: str
    why: str
    recipients: int
    began_ms: int
    how: str | None = None
    over_ms: int | None = None
    handed_over: int = 0
    delivered: int = 0
    answered: int = 0
    undeliverable: int = 0
    withdrawn: int = 0

    @property
    def open(self) -> bool:
        return self.how is None
