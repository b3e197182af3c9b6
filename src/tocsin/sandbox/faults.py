"""Weather for one number or for the whole carrier: everything a real one has been seen to do."""

from __future__ import annotations

from msgspec import Struct


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong.  All at rest: nothing does.

    slow_ms: the reply to a send comes this much later.  down: 503 to every send.  refused: declined with this code.
    hang: taken and never answered.  lost: taken, *sent*, never on the phone and never *delivered*.
    undelivered: taken, then a callback with this code.  late_ms: every callback comes this much later.
    repeats: each callback comes so many times.  reordered: *delivered* comes before *sent*.
    opted_out: as if STOP had been sent.  unheard: what is written on the phone is kept, and the product not told of it.
    """

    slow_ms: int = 0
    down: bool = False
    refused: int | None = None
    hang: bool = False
    lost: bool = False
    undelivered: int | None = None
    late_ms: int = 0
    repeats: int = 1
    reordered: bool = False
    opted_out: bool = False
    unheard: bool = False


CALM = Fault()


class Weather:
    """Faults by number; a number without its own has that of the whole carrier."""

    def __init__(self) -> None:
        self.everywhere = CALM
        self.at: dict[str, Fault] = {}

    def set(self, number: str | None, fault: Fault) -> None:
        """From now on; CALM takes a number's own fault away."""
        if number is None:
            self.everywhere = fault
        elif fault == CALM:
            self.at.pop(number, None)
        else:
            self.at[number] = fault

    def over(self, number: str) -> Fault:
        return self.at.get(number, self.everywhere)
