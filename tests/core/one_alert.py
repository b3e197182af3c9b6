"""One worker, one alert, and who sees what of it: the story that the tests of sight tell."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.engine import decide
from tocsin.core.sight import Reader, alert_view
from tocsin.core.views import AlertView
from tocsin.core.words import Answer, Came, Channel, Kind, Outcome, Role
from tocsin.runtime.world import World

NOW = 1_795_000_000_000
MINUTE = 60_000
NUMBERS = {
    name: f"+120255501{number}" for number, name in enumerate(("noor", "teo", "ines", "rafi", "omar", "abe"), 11)
}


def person(id: str, *roles: Role, tied_to: tuple[str, ...] = ()) -> Member:
    contact = Contact(f"{id}/sms", Channel.SMS, NUMBERS[id], verified=True)
    return Member(id, id.title(), roles, contacts=(contact,), not_told_about=tied_to)


class Story:
    """One worker, one alert, and hands that do things to it."""

    def __init__(self, *, watch_window: bool = False, silent: bool = False, drill: bool = False) -> None:
        people = [
            replace(person("noor", Role.WORKER), watch_window=watch_window),
            person("teo", Role.SUPERVISOR),
            person("ines", Role.COORDINATOR),
            person("rafi", Role.RESPONDER),
            person("omar", Role.RESPONDER, tied_to=("noor",)),
            person("abe", Role.ADMINISTRATOR),
        ]
        rungs = (Rung(0, ("member:rafi", "member:teo", "member:omar")), Rung(45, ("member:ines",)))
        directory = Directory(
            "alder",
            "Alder",
            members={one.id: one for one in people},
            sites={"centre": Site("centre", "Centre", "UTC")},
            shifts=(Shift("centre", tuple(NUMBERS), 0, 10**15),),
            plans=(Plan("centre", Kind.SOS, 2, rungs),),
        )
        self.world = World(routes={Channel.SMS: ("twilio",)})
        self.world.directories["alder"] = directory
        self.now, self.seeds = NOW, 0
        taken = self.press(silent=silent, drill=drill)
        self.id = taken.alert

    def do(self, command: c.Command) -> c.Reply:
        self.seeds += 1
        layer = World(self.world)
        decision = decide(layer, command, self.now, self.seeds.to_bytes(32, "big"), lambda number: False)
        layer.absorb(decision.docket)
        layer.merge_down()
        return decision.reply

    def press(self, *, silent: bool = False, drill: bool = False, kind: Kind = Kind.SOS) -> c.PressTaken:
        press = c.Press(
            org="alder", credential="noor-phone", key=str(self.seeds), member="noor", device="noor-phone",
            came=Came.DEVICE, silent=silent, drill=drill, kind=kind,
        )  # fmt: skip
        taken = self.do(press)
        assert isinstance(taken, c.PressTaken)
        return taken

    def say(self, who: str, answer: Answer) -> None:
        self.do(c.Say(org="alder", alert=self.id, member=who, answer=answer))

    def pin(self, match: c.PinMatch, shown: str | None = None) -> c.Reply:
        return self.do(c.Safe(org="alder", alert=shown or self.id, member="noor", device="noor-phone", match=match))

    def close_by_two(self) -> None:
        for who, command in (("teo", c.ProposeClose), ("rafi", c.ConfirmClose)):
            more = {"outcome": Outcome.MEDICAL} if command is c.ProposeClose else {}
            self.do(command(org="alder", alert=self.id, member=who, device=who, **more))
        self.wait(MINUTE)

    def wait(self, ms: int) -> None:
        self.now += ms
        self.do(c.Look(org="alder", alert=self.id))

    @property
    def alert(self) -> Alert:
        found = self.world.alert("alder", self.id)
        assert found is not None
        return found

    @property
    def directory(self) -> Directory:
        return self.world.directory("alder")

    def see(self, who: str, shown: str | None = None, **more: object) -> AlertView | None:
        reader = Reader(who, f"{who}-phone")
        deliveries: Mapping[str, Delivery] = self.world.deliveries("alder", self.id)
        return alert_view(self.alert, shown or self.id, self.directory, deliveries, {}, reader, self.now)

    def sees(self, who: str, shown: str | None = None) -> AlertView:
        view = self.see(who, shown)
        assert view is not None
        return view

    def fields(self, who: str) -> set[str]:
        return set(msgspec.json.decode(msgspec.json.encode(self.sees(who))))
