"""The phones behind the carriers: who carries which number, and which of them are off or dead."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class By(StrEnum):
    """How a message came to a person."""

    TEXT = "text"
    CALL = "call"
    MAIL = "mail"
    PUSH = "push"


Rung = Callable[[str, str, By], None]
"""An alert's id, what the message says, and how it came."""


class Phones:
    """What every carrier finds at the far end."""

    def __init__(self) -> None:
        self.owners: dict[str, Rung] = {}
        self.dead: set[str] = set()
        self.off: set[str] = set()

    def ring(self, number: str, reference: str, text: str, by: By) -> None:
        owner = self.owners.get(number)
        if owner is not None:
            owner(reference.partition("/")[0], text, by)
