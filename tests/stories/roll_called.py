"""A roll call in the town: what whoever may call one asks for, and what the process that sends would do."""

from __future__ import annotations

from people import NUMBERS, ORG, SITE
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.record import By
from tocsin.core.access.roll_calls import to_ask, words_of
from tocsin.core.access.roll_commands import CallRoll, CloseRoll, SaySafe
from tocsin.core.access.roll_reach import unreached_of
from tocsin.core.access.roll_record import RollCall, RollSaid, RollUnreached, round_of
from tocsin.core.access.roll_sight import RollState, RollView, roll_view
from tocsin.core.access.words import Via
from tocsin.core.limits import ROLL_CALL_REMIND_MS
from tocsin.core.round import RoundKind
from tocsin.core.round_commands import BeginRound, HearRoll, RollHeard
from tocsin.core.sight import Reader
from tocsin.core.words import Reason
from tocsin.runtime.practising import Asked

REMIND_S = ROLL_CALL_REMIND_MS // 1_000


def by(name: str) -> By:
    return By(name, Via.DEVICE, f"{name}-phone")


class Roll:
    """One roll call of the town, as Ines calls it; `wave` is what the process that sends would do."""

    def __init__(self, town: Town, caller: str = "ines") -> None:
        self.town, self.waves = town, 0
        assert town.do(CallRoll(org=ORG, by=by(caller), site=SITE, why="smoke")) == c.Done()
        self.id = next(roll.id for roll in town.world.all_kept(ORG, RollCall).values() if roll.running)

    @property
    def kept(self) -> RollCall:
        known = self.town.world.kept(ORG, RollCall, self.id)
        assert known is not None
        return known

    def safe(self, name: str) -> c.Reply:
        return self.town.do(SaySafe(org=ORG, by=by(name), roll=self.id))

    def close(self, name: str = "ines") -> c.Reply:
        return self.town.do(CloseRoll(org=ORG, by=by(name), roll=self.id))

    def look(self) -> None:
        self.town.do(LookAt(org=ORG, kind="rollcall", id=self.id))

    def at(self, seconds: int) -> None:
        self.town.at(seconds)
        self.look()

    def wave(self) -> list[str]:
        """The people who are written to now; each gets a number."""
        self.waves += 1
        self.round = round_of(self.id, f"wave-{self.waves}")
        begin = BeginRound(
            org=ORG, round=self.round, kind=RoundKind.ROLL_CALL, site=SITE, by="ines", why="roll_call", recipients=1
        )
        assert self.town.do(begin) == c.Done()
        people = self.to_ask()
        rows = [Asked(name, NUMBERS[name], self.number(name)) for name in people]
        self.town.world.practising.asking(ORG, SITE, self.round, rows, drill=False)
        return people

    def heard(self, name: str, reason: Reason | None, round: str = "") -> None:
        """What became of the newest message to them, or of that of another round."""
        said = HearRoll(org=ORG, round=round or self.round, heard=(RollHeard(name, reason),))
        assert self.town.do(said) == c.Done()

    def to_ask(self) -> list[str]:
        said = words_of(self.kept, self.town.world.all_kept(ORG, RollSaid).values())
        return list(to_ask(self.kept, said, self.town.world.open_alerts(ORG)))

    def number(self, name: str) -> str:
        return f"9{self.waves}{list(NUMBERS).index(name)}5"

    def view(self, reader: str = "ines") -> RollView:
        world = self.town.world
        lines = world.all_kept(ORG, RollUnreached).values()
        return roll_view(
            self.kept,
            words_of(self.kept, world.all_kept(ORG, RollSaid).values()),
            unreached_of(self.kept, lines, world.directory(ORG), world.channels),
            lambda id: world.alert(ORG, id),
            world.directory(ORG),
            Reader(reader, f"{reader}-phone"),
            self.town.now_ms,
        )

    def states(self, reader: str = "ines") -> dict[str, RollState]:
        return {line.member.id: line.state for line in self.view(reader).people}
