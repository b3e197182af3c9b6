"""Two days of shifts, and people who ask each other to take one."""

from __future__ import annotations

from msgspec.structs import replace
from ward import HOUR, ORG, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.changes import Change
from tocsin.core.access.edits import ShiftKey
from tocsin.core.access.record import Act
from tocsin.core.access.swap_commands import AnswerSwap, AskSwap, WithdrawSwap
from tocsin.core.access.swaps import Stretch, Swap, SwapPhase
from tocsin.core.access.words import Told
from tocsin.core.commands import Done
from tocsin.core.directory import Shift
from tocsin.core.roster import on_shift
from tocsin.runtime import ledger

DAY = 24 * HOUR


class Week(Ward):
    """Tomorrow: Noor, Bo, Teo and Ines from ten to six; the day after Ada, Bo, Teo and Ines."""

    def __init__(self, *, signed_in: tuple[str, ...] = ("noor", "bo", "teo", "ines", "wale", "ada")) -> None:
        super().__init__()
        self.first = self.times(DAY, DAY + 8 * HOUR)
        self.second = self.times(2 * DAY, 2 * DAY + 8 * HOUR)
        self.roster(
            Shift(SITE, ("noor", "bo", "teo", "ines"), *self.first[1:3]),
            Shift(SITE, ("ada", "bo", "teo", "ines"), *self.second[1:3]),
        )
        self.bys = {name: self.session(name) for name in signed_in}

    def times(self, starts: int, ends: int, number: int = 0) -> ShiftKey:
        return (SITE, self.now_ms + starts, self.now_ms + ends, number)

    def roster(self, *shifts: Shift) -> None:
        self._write(lambda docket: docket.set_rules(replace(docket.directory, shifts=shifts)))

    def whole(self, key: ShiftKey) -> Stretch:
        return Stretch(key, key[1], key[2])

    def ask(self, giver: str, taker: str, gives: Stretch | None = None, in_return: Stretch | None = None) -> c.Reply:
        gives = gives or self.whole(self.first)
        command = AskSwap(org=ORG, by=self.bys[giver], taker=taker, gives=gives, in_return=in_return, why=" A feast. ")
        return self.do(command)

    def asked(self, giver: str, taker: str, gives: Stretch | None = None, in_return: Stretch | None = None) -> str:
        known = set(self.world.all_kept(ORG, Swap))
        assert self.ask(giver, taker, gives, in_return) == Done()
        (new,) = set(self.world.all_kept(ORG, Swap)) - known
        return new

    def answer(self, taker: str, swap: str, *, accepts: bool = True) -> c.Reply:
        return self.do(AnswerSwap(org=ORG, by=self.bys[taker], swap=swap, accepts=accepts))

    def withdraw(self, giver: str, swap: str) -> c.Reply:
        return self.do(WithdrawSwap(org=ORG, by=self.bys[giver], swap=swap))

    def swap(self, id: str) -> Swap:
        found = self.world.kept(ORG, Swap, id)
        assert found is not None
        return found

    def phase(self, id: str) -> SwapPhase:
        return self.swap(id).phase

    def change(self, name: str, **changes: object) -> None:
        self._write(lambda docket: docket.change_member(name, **changes))

    def waiting(self) -> list[Change]:
        return list(self.world.all_kept(ORG, Change).values())

    def on(self, at_ms: int) -> list[str]:
        return on_shift(self.directory, SITE, at_ms)

    def said(self, what: str) -> set[tuple[str, Told]]:
        rows = self.store.snapshots(ORG, "act")
        acts = [act for act in (ledger.read_kept(Act, row) for row in rows) if act.what == what]
        return {(act.about, act.told) for act in acts}
