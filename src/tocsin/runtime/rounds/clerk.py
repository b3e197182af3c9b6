"""Carries out what the server orders of the process that sends: the far end of the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.core.round import Paused, Resumed, RoundEvent, StoppedByAlert, StoppedByHand
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.rounds.desk import Desk

NO_SUCH_ROUND = "there is no such round"
EVENTS: dict[str, Callable[[str], RoundEvent]] = {
    "pause": lambda by: Paused(by=by),
    "resume": lambda by: Resumed(by=by),
    "stop": lambda by: StoppedByHand(by=by),
}


class Clerk:
    """`tell` says a frame to the server."""

    def __init__(self, desk: Desk, tell: Callable[[f.Message], None]) -> None:
        self._desk, self._tell = desk, tell

    def hear(self, order: f.Order) -> None:
        match order:
            case f.Begin(seq, now):
                self._desk.begin(now, self._done(seq))
            case f.Hold(seq, round, what, by):
                if not self._desk.change(round, EVENTS[what](by), self._done(seq)):
                    self._refuse(seq, f"this round cannot {what} now; ask for its --status")
            case f.Ask(seq, round, rows):
                self._stands(seq, self._desk.status(round, rows=rows))
            case f.News(seq, report):
                if not self._desk.news(report, self._done(seq)):
                    self._refuse(seq, NO_SUCH_ROUND)
            case f.Answer(seq, round, member, number):
                if not self._desk.answer(round, member, number, self._done(seq)):
                    self._refuse(seq, NO_SUCH_ROUND)
            case f.RealAlert(org, site, alert, rung):
                self._desk.real_alert(org, site, StoppedByAlert(alert=alert, rung=rung))
            case f.Calm():
                self._desk.calm()
            case f.Changed():
                self._desk.changed()

    def _done(self, seq: int) -> Callable[[], None]:
        return lambda: self._tell(f.Told(seq))

    def _refuse(self, seq: int, why: str) -> None:
        self._tell(f.Told(seq, refusal=why))

    def _stands(self, seq: int, result: dict[str, Any] | None) -> None:
        self._tell(f.Told(seq, None if result else NO_SUCH_ROUND, result))
