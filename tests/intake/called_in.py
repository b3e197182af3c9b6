"""The site's number, and phones that call it."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from outside import NUMBERS, ORG, PUBLIC_URL, SECRET, Centre
from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.dice import Dice
from tocsin.core.words import Came, PlaceKind
from tocsin.identity.pin import hash_pin
from tocsin.sandbox.calls import Call, Exchange, Tempo
from tocsin.sandbox.faults import Weather

STRANGER, OURS, VOICE = "+12025550177", "+12025550190", "/hooks/twilio/voice"
CODE = "407193"
_HASH: list[str] = []


def code_hash() -> str:
    if not _HASH:
        _HASH.append(hash_pin(CODE, salt=b"an invented salt"))
    return _HASH[0]


class Line:
    """The centre, and a telephone exchange that speaks to its webhook as the carrier does."""

    def __init__(self) -> None:
        self.centre = Centre()
        self.ring = self.centre.ring
        self.exchange = Exchange(
            "AC" + "5a" * 16, Dice(bytes(32)), self.ring.clock, Weather(), self._post, self._wait, self._begin
        )
        self.exchange.tempo = Tempo(0, 0, 0, 0)
        self.exchange.voice_url = PUBLIC_URL + VOICE
        self.secret = SECRET

    async def _post(self, url: str, form: dict[str, str]) -> tuple[int, bytes]:
        answer = await self.centre.hook(url.removeprefix(PUBLIC_URL), form, self.secret)
        return answer.status, answer.body

    async def _wait(self, ms: int) -> None:
        assert ms == 0

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        raise AssertionError("nothing goes on beside a call that came in")

    async def dial(self, who: str, *keys: str) -> Call:
        return await self.exchange.dial(NUMBERS.get(who, who), OURS, keys)

    def has_code(self, *names: str) -> None:
        for name in names:
            assert (
                self.ring.decide(c.SetCallCode(org=ORG, by=OPERATOR, member=name, call_code_hash=code_hash()))
                == c.Done()
            )

    def raised(self, who: str, label: str = "Lot B", *, silent: bool = False, drill: bool = False) -> str:
        taken = self.ring.decide(
            c.Press(
                org=ORG,
                credential=who,
                key=f"{who} {label}",
                member=who,
                device=f"{who}-phone",
                came=Came.DEVICE,
                silent=silent,
                drill=drill,
                places=(c.PlaceReport(PlaceKind.ZONE, self.ring.clock.ms, label),),
            )
        )
        assert isinstance(taken, c.PressTaken)
        return taken.alert

    def opens(self) -> list[tuple[str, Came]]:
        return [(alert.member, alert.came) for alert in self.ring.world.open_alerts(ORG)]


def words(call: Call) -> str:
    return " ".join(call.heard)
