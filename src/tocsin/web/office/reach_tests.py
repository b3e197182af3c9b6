"""What the office asks of a node that can test reach."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class ReachAsked(StrEnum):
    """What became of asking for a test."""

    ASKED = "asked"
    NOBODY = "nobody"
    JUST_ASKED = "just_asked"
    REAL_ALERT = "real_alert"
    AWAY = "away"


class Tests(Protocol):
    """How a node makes tests: of one member, or of everybody on shift at a site."""

    async def __call__(self, org: str, *, member: str, site: str, by: str) -> ReachAsked: ...
