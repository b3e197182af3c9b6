"""The messages of one alert: by id, and of each person without going through all of them.

A message never becomes another's and is never taken out, so whatever was indexed stays right, and asking costs no more
than has come since.  Two thousand people are then rung, and their carriers heard, without the square of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from tocsin.core.delivery import Delivery


class Sent(dict[str, Delivery]):
    """`looked_at`: messages that were indexed until now."""

    def __init__(self, *known: dict[str, Delivery]) -> None:
        super().__init__(*known)
        self._to: dict[str, list[str]] = {}
        self.looked_at = 0

    def to(self, member: str) -> Sequence[str]:
        """The ids of all that are to this person, in the order in which they were written."""
        if self.looked_at != len(self):
            new = list(islice(reversed(self.values()), len(self) - self.looked_at))
            for delivery in reversed(new):
                self._to.setdefault(delivery.member, []).append(delivery.id)
            self.looked_at = len(self)
        return self._to.get(member, ())
