"""A small office to tell of access in: the real core on the store in memory, people who are signed in, and wake-ups."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.record import Act, By, Desk, Guard, Kept, Key, Link, Passkey, Session, Wallboard
from tocsin.core.access.words import KeyScope, LinkKind, SignedIn, Via
from tocsin.core.alert import Alert
from tocsin.core.dice import Dice
from tocsin.core.directory import Contact, Device, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.docket import Docket
from tocsin.core.engine import decide
from tocsin.core.words import Came, Channel, Kind, Role
from tocsin.ports import Change, Stored
from tocsin.runtime import ledger
from tocsin.runtime.recall import load_world, world_of
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore

ORG, SITE = "alder", "centre"
MINUTE = 60_000
HOUR = 60 * MINUTE
PEOPLE = {
    "noor": (Role.WORKER, Role.RESPONDER),
    "bo": (Role.RESPONDER,),
    "teo": (Role.RESPONDER, Role.SUPERVISOR),
    "ines": (Role.SUPERVISOR,),
    "wale": (Role.COORDINATOR,),
    "ada": (Role.ADMINISTRATOR,),
}
NUMBERS = {name: f"+120255501{10 + index}" for index, name in enumerate(PEOPLE)}
PLAN = Plan(
    SITE,
    Kind.SOS,
    2,
    (
        Rung(0, ("on_shift",), ((Channel.SMS,),)),
        Rung(90, ("member:teo", "member:ines", "member:wale"), ((Channel.SMS,),)),
    ),
)


def _member(name: str) -> Member:
    contact = Contact(f"{name}/sms", Channel.SMS, NUMBERS[name], verified=True)
    return Member(name, name.title(), PEOPLE[name], contacts=(contact,))


def founded() -> Directory:
    return Directory(
        ORG,
        "Alder dispatch",
        members={name: _member(name) for name in PEOPLE},
        devices={f"{name}-phone": Device(f"{name}-phone", name, f"hash of {name}") for name in PEOPLE},
        sites={SITE: Site(SITE, "Alder", "UTC")},
        shifts=(Shift(SITE, ("noor", "bo", "teo", "ines"), 0, 10**15),),
        plans=(PLAN,),
    )


class Ward:
    def __init__(self) -> None:
        self.store = MemoryStore()
        self.world = world_of(self.store, {Channel.SMS: ("twilio",)})
        self.now_ms = 1_795_000_000_000
        self.pages: list[str] = []
        self._count = 0
        self._wakes: dict[str, int] = {}
        self._write(lambda docket: docket.set_members(founded().members.values()))
        self._write(lambda docket: [docket.set_device(device) for device in founded().devices.values()])
        self._write(lambda docket: docket.set_rules(replace(founded(), members=docket.directory.members)))

    # What is done -----------------------------------------------------------------------------------------------

    def do(self, command: c.Command) -> c.Reply:
        layer = World(self.world)
        self._count += 1
        decision = decide(layer, command, self.now_ms, self._count.to_bytes(32, "big"), lambda number: False)
        self._store(decision.docket, layer)
        return decision.reply

    def put(self, *records: Kept) -> None:
        """They are kept, however they came about."""
        self._write(lambda docket: [docket.keep(record) for record in records])

    def change(self, name: str, **changes: object) -> None:
        self._write(lambda docket: docket.change_member(name, **changes))

    def _write(self, fill: object) -> None:
        assert callable(fill)
        layer = World(self.world)
        self._count += 1
        docket = Docket(layer, ORG, self.now_ms, Dice(self._count.to_bytes(32, "big")))
        fill(docket)
        self._store(docket, layer)

    def _store(self, docket: Docket, layer: World) -> None:
        change: Change | None = ledger.change(docket, layer)
        layer.absorb(docket)
        if change is not None:
            assert all(isinstance(verdict, Stored) for verdict in self.store.append([change])), "a conflict"
        layer.merge_down()
        self.pages.extend(docket.pages)
        for stream, due_at_ms in docket.wakes.items():
            self._wakes.pop(stream, None)
            if due_at_ms is not None:
                self._wakes[stream] = due_at_ms

    def wait(self, ms: int) -> None:
        """Time passes, and the wake-ups of access ring on the way."""
        until_ms = self.now_ms + ms
        while due := [(at_ms, stream) for stream, at_ms in self._wakes.items() if at_ms <= until_ms]:
            at_ms, stream = min(due)
            self.now_ms = max(self.now_ms, at_ms)
            kind, _, id = stream.partition("/")
            del self._wakes[stream]
            self.do(LookAt(org=ORG, kind=kind, id=id))
        self.now_ms = until_ms

    def restart(self) -> None:
        """The power goes and comes back."""
        self.world = world_of(self.store, {Channel.SMS: ("twilio",)})
        load_world(self.store, self.world)

    # Ways in ----------------------------------------------------------------------------------------------------

    def session(self, name: str, *, fresh: bool = True, number: int = 1) -> By:
        """Somebody is signed in."""
        id = f"session-{name}-{number}"
        self.put(
            Session(
                id=id,
                token_hash=f"hash of {id}",
                member=name,
                how=SignedIn.PASSKEY,
                began_ms=self.now_ms,
                ends_ms=self.now_ms + 100 * HOUR,
                idle_ms=100 * HOUR,
                seen_ms=self.now_ms,
                fresh_ms=self.now_ms if fresh else self.now_ms - HOUR,
            )
        )
        return By(name, Via.SESSION, id)

    def guarded(self) -> None:
        """Somebody who may agree to changes has signed in once: from now on two are asked."""
        self.put(Guard(id="guard", since_ms=self.now_ms))

    def passkey(self, name: str) -> Passkey:
        made = Passkey(
            id=f"passkey-{name}", member=name, public_key=b"k", sign_count=0, label="fob", made_ms=self.now_ms
        )
        self.put(made)
        return made

    def link(self, kind: LinkKind, by: By, member: str = "") -> Link:
        id = f"link-{kind}-{by.member}-{member}"
        ends_ms = self.now_ms + HOUR
        made = Link(id=id, token_hash=id, kind=kind, made_ms=self.now_ms, ends_ms=ends_ms, by=by, member=member)
        self.put(made)
        return made

    def key(self, by: str) -> Key:
        id, ends_ms = f"key-{by}", self.now_ms + 1_000 * HOUR
        made = Key(
            id=id, token_hash=id, scopes=(KeyScope.RAISE,), label="door", by=by, made_ms=self.now_ms, ends_ms=ends_ms
        )
        self.put(made)
        return made

    def wallboard(self) -> Wallboard:
        made = Wallboard(id="board", token_hash="board", site=SITE, label="hall", made_ms=self.now_ms)
        self.put(made)
        return made

    def desk(self) -> Desk:
        made = Desk(id="desk", token_hash="desk", site=SITE, place="p", label="front", seat="noor", made_ms=self.now_ms)
        self.put(made)
        return made

    # Alerts -----------------------------------------------------------------------------------------------------

    def press(self, name: str = "noor", *, silent: bool = False) -> str:
        taken = self.do(
            c.Press(
                org=ORG,
                credential=f"{name}-phone",
                key=f"key {self._count}",
                member=name,
                device=f"{name}-phone",
                came=Came.DEVICE,
                silent=silent,
            )
        )
        assert isinstance(taken, c.PressTaken)
        return taken.alert

    def alert(self, id: str) -> Alert:
        found = self.world.alert(ORG, id)
        assert found is not None
        return found

    # What is true -----------------------------------------------------------------------------------------------

    @property
    def directory(self) -> Directory:
        return self.world.directory(ORG)

    def member(self, name: str) -> Member:
        return self.directory.members[name]

    def kept(self, record: Kept) -> Kept:
        found = self.world.kept(ORG, type(record), record.id)
        assert found is not None
        return found

    def trail(self) -> list[str]:
        """The words of the audit trail, the oldest first."""
        facts = [fact for fact in self.store.facts(ORG, 0, 100_000) if fact.stream.startswith("act/")]
        return [msgspec.msgpack.decode(fact.body, type=Act).what for fact in facts if fact.body is not None]
