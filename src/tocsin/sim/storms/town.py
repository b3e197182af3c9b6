"""All that a storm may strike, in one hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from tocsin.sim.carriers.phones import Phones
from tocsin.sim.carriers.push import SimPush
from tocsin.sim.carriers.sms import SimSms
from tocsin.sim.carriers.voice import SimVoice
from tocsin.sim.climate import Mishap
from tocsin.sim.disk import Weather
from tocsin.sim.people import Colleague, Office, Street, Worker
from tocsin.sim.readers import Reader
from tocsin.sim.staff import Staff

Storm = Callable[[], Awaitable[object]]
Stormy = Mapping[Mishap, Storm]


class Town(Struct):
    """`chance` is the storms' own."""

    street: Street
    office: Office
    workers: list[Worker]
    colleagues: Mapping[str, Colleague]
    phones: Phones
    texts: list[SimSms]
    voice: SimVoice
    push: SimPush
    chance: Weather
    staff: Staff
    readers: list[Reader] = []

    def reader(self, name: str) -> Reader:
        """Whoever holds something, whether or not they look by themselves tonight."""
        return next(reader for reader in self.readers if reader.name == name)

    @property
    def vendors(self) -> list[SimSms | SimVoice]:
        return [*self.texts, self.voice]
