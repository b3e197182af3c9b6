"""A dispatch centre at its front door: commands of access decided, stored and merged; wakes come when they are due.

Ada runs it, Teo and Hana supervise, Wale coordinates, Noor and Bo work, and Lena audits.  Every name is invented.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.entry_commands import MakeLink, UseLink
from tocsin.core.access.record import OPERATOR, Act, By, Link, Passkey, Session, id_of
from tocsin.core.access.words import LinkKind, SignedIn, Via
from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Rung, Shift, Site
from tocsin.core.engine import Decision, decide
from tocsin.core.words import Channel, Kind, Role
from tocsin.identity.token import token_hash
from tocsin.ports import Stored
from tocsin.runtime import ledger
from tocsin.runtime.recall import load_world, world_of
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore

ORG, SITE, START_MS, HOUR_MS = "alder", "centre", 1_795_000_000_000, 3_600_000
ROLES = {
    "ada": (Role.ADMINISTRATOR,),
    "teo": (Role.SUPERVISOR, Role.RESPONDER),
    "hana": (Role.SUPERVISOR,),
    "wale": (Role.COORDINATOR,),
    "noor": (Role.WORKER, Role.RESPONDER),
    "bo": (Role.WORKER,),
    "lena": (Role.AUDITOR,),
}
PLAN = Plan(
    SITE,
    Kind.SOS,
    needed=2,
    rungs=(Rung(0, ("on_shift",)), Rung(45, ("member:teo", "member:hana", "member:wale"))),
)


def member(index: int, name: str) -> Member:
    contact = Contact(f"{name}/sms", Channel.SMS, f"+1202555012{index}", verified=True)
    return Member(name, name.title(), ROLES[name], contacts=(contact,))


def centre() -> Directory:
    return Directory(
        ORG,
        "Alder dispatch",
        members={name: member(index, name) for index, name in enumerate(ROLES)},
        sites={SITE: Site(SITE, "Alder", "UTC")},
        places=(Place(SITE, "console-3", "Console 3", "room"), Place(SITE, "lot-b", "Lot B", "lot")),
        shifts=(Shift(SITE, ("noor", "bo", "teo"), 0, START_MS * 2), Shift(SITE, ("hana",), 0, 1)),
        plans=(PLAN,),
    )


class Entrance:
    def __init__(self, directory: Directory | None = None) -> None:
        self.store, self.now_ms, self.count = MemoryStore(), START_MS, 0
        self.world = world_of(self.store, {Channel.SMS: ("twilio",)})
        if directory is not None:
            self.done(c.ReplaceDirectory(org=ORG, directory=directory, by="site file"))

    # Deciding ---------------------------------------------------------------------------------------------------

    def do(self, command: c.Command) -> c.Reply:
        layer = World(self.world)
        decision = self._decided(command, layer)
        self._stored(decision, layer)
        layer.merge_down()
        return decision.reply

    def at_once(self, *commands: c.Command) -> list[c.Reply]:
        """All in one batch, as when they come in the same moment."""
        layer = World(self.world)
        replies = []
        for command in commands:
            decision = self._decided(command, layer)
            self._stored(decision, layer)
            replies.append(decision.reply)
        layer.merge_down()
        return replies

    def _decided(self, command: c.Command, layer: World) -> Decision:
        self.count += 1
        return decide(layer, command, self.now_ms, self.count.to_bytes(32, "big"), lambda number: False)

    def _stored(self, decision: Decision, layer: World) -> None:
        change = ledger.change(decision.docket, layer)
        layer.absorb(decision.docket)
        if change is not None:
            assert all(isinstance(verdict, Stored) for verdict in self.store.append([change])), "a conflict"

    def done(self, command: c.Command) -> None:
        reply = self.do(command)
        assert isinstance(reply, c.Done), reply

    def declined(self, command: c.Command) -> c.Problem:
        """Why not.  Nothing has changed but that it was asked."""
        before = self._facts()
        reply = self.do(command)
        assert isinstance(reply, c.Declined), reply
        assert self._facts() == before, "a refusal changed something"
        return reply.problem

    def _facts(self) -> list[str]:
        """What was written, but that from now on two people must agree: that begins by itself."""
        return [fact.type for fact in self.store.facts(ORG, 0, 1_000_000) if fact.type != "GuardSet"]

    def restart(self) -> None:
        """The power goes and comes back."""
        self.world = world_of(self.store, {Channel.SMS: ("twilio",)})
        load_world(self.store, self.world)

    # Time -------------------------------------------------------------------------------------------------------

    def later(self, ms: int) -> None:
        """Time goes on, and whatever falls due of access on the way is looked at, in order."""
        until_ms = self.now_ms + ms
        while (due := self._next()) is not None and due[0] <= until_ms:
            self.now_ms = max(self.now_ms, due[0])
            kind, _, id = due[1].partition("/")
            self.done(LookAt(org=ORG, kind=kind, id=id))
        self.now_ms = until_ms

    def _next(self) -> tuple[int, str] | None:
        wakes = [(wake.due_at_ms or 0, wake.stream) for wake in self.store.wakes(ORG)]
        return min((one for one in wakes if not one[1].startswith(("alert/", "fixes/"))), default=None)

    def wakes(self, kind: str) -> set[str]:
        return {wake.stream.partition("/")[2] for wake in self.store.wakes(ORG) if wake.stream.startswith(f"{kind}/")}

    # People -----------------------------------------------------------------------------------------------------

    def signed_in(self, name: str) -> By:
        """This member with a session that they have just proven."""
        self.count += 1
        session = Session(
            id=id_of(token_hash(f"{name} {self.count}")),
            token_hash=token_hash(f"{name} {self.count}"),
            member=name,
            how=SignedIn.PASSKEY,
            began_ms=self.now_ms,
            ends_ms=self.now_ms + 1_000 * HOUR_MS,
            idle_ms=1_000 * HOUR_MS,
            seen_ms=self.now_ms,
            fresh_ms=self.now_ms,
        )
        self.world.know(ORG, session)
        return By(name, Via.SESSION, session.id)

    def with_passkey(self, name: str) -> None:
        self.world.know(
            ORG, Passkey(id=f"{name} key", member=name, public_key=b"", sign_count=0, label="", made_ms=self.now_ms)
        )

    def suspended(self, name: str) -> None:
        """As it is after the act, without what the act itself ends."""
        now = self.directory
        members = {**now.members, name: replace(now.members[name], suspended=True)}
        self.world.directories[ORG] = replace(now, members=members)

    def changed(self, **changes: object) -> None:
        self.world.directories[ORG] = replace(self.directory, **changes)

    # Links ------------------------------------------------------------------------------------------------------

    def making(self, kind: LinkKind, token: str, by: By = OPERATOR, **more: str) -> MakeLink:
        return MakeLink(org=ORG, by=by, kind=kind, token_hash=token_hash(token), **more)

    def link(self, kind: LinkKind, token: str, by: By = OPERATOR, **more: str) -> Link:
        """A new one, known by its token."""
        self.done(self.making(kind, token, by, **more))
        return self.known(token)

    def known(self, token: str) -> Link:
        found = self.world.kept(ORG, Link, id_of(token_hash(token)))
        assert found is not None
        return found

    def using(self, token: str, new: str = "new token", label: str = "") -> UseLink:
        return UseLink(org=ORG, link=id_of(token_hash(token)), token_hash=token_hash(new), label=label)

    # What is true now -------------------------------------------------------------------------------------------

    @property
    def directory(self) -> Directory:
        return self.world.directory(ORG)

    def trail(self) -> list[Act]:
        """Every line that was ever written, in order."""
        facts = (fact for fact in self.store.facts(ORG, 0, 1_000_000) if fact.type == "ActSet")
        return [msgspec.msgpack.decode(fact.body or b"", type=Act) for fact in facts]

    def whats(self) -> list[str]:
        return [act.what for act in self.trail()]
