"""A town to tell stories in: people with phones, a carrier, a store, and a clock that jumps from wake to wake.

Theory of operation
-------------------
The town is the real core on the real memory store; only the loop, the carrier and the people are played.  Each
command goes the way of production: decided against a layer, written, merged.  `at` moves time on and does all that
falls due on the way, in order.  Every message that reaches a phone must be expected; one that nobody expected fails
the story, save announcements: they say nothing and are counted apart (`announced`).  With `restarts` the world is
forgotten after each step and read back from the store.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping

from carrier import Carrier, news
from msgspec.structs import replace
from people import NUMBERS, ORG, device_of, directory
from promises import check_promises

from tocsin.core import commands as c
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.announcing import still_told
from tocsin.core.access.commands import LookAt, Reinstate, Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.engine import decide
from tocsin.core.gsm7 import septets
from tocsin.core.limits import GSM7_SEGMENT
from tocsin.core.message import announcement_of, text_of
from tocsin.core.reading import SOS_WORDS
from tocsin.core.walk_messages import still_told as told_of_walk
from tocsin.core.walk_messages import text_of_walk
from tocsin.core.words import Answer, Came, Channel, DeliveryState, Kind, Outcome, Phase, Purpose
from tocsin.ports import Stored, Wake
from tocsin.runtime import ledger
from tocsin.runtime.recall import load_world, world_of
from tocsin.runtime.rung_links import RungLinks
from tocsin.runtime.withdrawals import no_longer_wanted
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore

START_MS = 1_700_000_000_000
ADDRESS = "https://tocsin.example.org"
BESIDES = frozenset({Purpose.ANNOUNCEMENT, Purpose.WALK})
LINKS_KEY = b"an invented key, thirty-two long."[:32]
STEPS_MAX = 1_500  # A story that needs more is spinning.
ROUTES: Mapping[Channel, tuple[str, ...]] = {Channel.SMS: ("twilio",)}


class Town:
    def __init__(self, *, restarts: bool = False, routes: Mapping[Channel, tuple[str, ...]] = ROUTES) -> None:
        self.restarts, self.routes = restarts, routes
        self.store, self.carrier = MemoryStore(), Carrier()
        self.sos_words: tuple[str, ...] = SOS_WORDS
        self.world = world_of(self.store, routes)
        self.now_ms = START_MS
        self.pages: list[str] = []
        self.unheard: list[tuple[Purpose, str]] = []
        self.announced: list[tuple[float, str, str]] = []  # When, to whom, by what contact.
        self.texts: dict[str, str] = {}  # The last text on each phone.
        self.history: list[tuple[int, c.Command]] = []
        self._news: list[tuple[int, int, c.Report]] = []
        self._count = 0
        self._sent: dict[str, int] = {}
        self._asked_back: set[str] = set()
        self._alert: str | None = None
        self.founded(directory())

    # The world --------------------------------------------------------------------------------------------------

    def do(self, command: c.Command) -> c.Reply:
        """One command: decided, made durable, merged.  What must always hold is checked after it."""
        self._count += 1
        assert self._count < STEPS_MAX, "this story spins"
        self.history.append((self.now_ms, command))
        layer = World(self.world)
        decision = decide(layer, command, self.now_ms, self._count.to_bytes(32, "big"), lambda number: False)
        change = ledger.change(decision.docket, layer)
        layer.absorb(decision.docket)
        if change is not None:
            assert all(isinstance(verdict, Stored) for verdict in self.store.append([change])), "a conflict"
        layer.merge_down()
        self.pages.extend(decision.docket.pages)
        self._take_back(command, decision.docket)
        if isinstance(command, c.Look) and not any(draft.events for draft in decision.docket.drafts.values()):
            self._looked(command.alert)
        if self.restarts:
            self.restart()
        check_promises(self.store, self.world, self.now_ms)
        return decision.reply

    def restart(self) -> None:
        """The power goes and comes back."""
        looked = {alert.id: alert.looked_ms for alert in self.world.open_alerts(ORG)}
        self.world = world_of(self.store, self.routes, self.sos_words)
        load_world(self.store, self.world)
        for alert in self.world.open_alerts(ORG):
            self.world.keep(replace(alert, looked_ms=max(alert.looked_ms, looked[alert.id])))

    def _looked(self, id: str) -> None:
        alert = self.world.alert(ORG, id)
        if alert is not None and alert.open:
            self.world.keep(ledger.looked_at(alert, self.now_ms))

    def founded(self, wanted: Directory) -> None:
        """The organisation becomes this one."""
        reply = self.do(c.ReplaceDirectory(org=ORG, directory=wanted, by="site file"))
        assert isinstance(reply, c.Done), reply
        for name in wanted.members:
            device = device_of(name)
            self.do(c.Enrol(org=ORG, by=OPERATOR, member=name, device=device.id, token_hash=device.token_hash))

    # Time -------------------------------------------------------------------------------------------------------

    def at(self, seconds: float) -> None:
        """Go to this many seconds after the start, doing on the way whatever falls due."""
        until_ms = START_MS + round(seconds * 1000)
        assert until_ms >= self.now_ms, "time goes forward"
        while (due_ms := self._next_ms()) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self._do_what_is_due()
        self.now_ms = until_ms

    @property
    def seconds(self) -> float:
        return (self.now_ms - START_MS) / 1000

    def _next_ms(self) -> int | None:
        times = [at_ms for at_ms, _, _ in self._news[:1]]
        times += [alert.wake_at_ms for alert in self.world.open_alerts(ORG) if alert.wake_at_ms is not None]
        times += [wake.due_at_ms for wake in self._announcing() if wake.due_at_ms is not None]
        times += [walk.wake_at_ms for walk in self.world.open_walks(ORG) if walk.wake_at_ms is not None]
        times += [d.due_at_ms for d in self._messages() if d.due_at_ms is not None and not self._flying(d)]
        return min(times, default=None)

    def _do_what_is_due(self) -> None:
        if self._news and self._news[0][0] <= self.now_ms:
            self.do(heapq.heappop(self._news)[2])
            return
        for alert in self.world.open_alerts(ORG):
            if alert.wake_at_ms is not None and alert.wake_at_ms <= self.now_ms:
                self.do(c.Look(org=ORG, alert=alert.id))
                return
        for walk in self.world.open_walks(ORG):
            if walk.wake_at_ms is not None and walk.wake_at_ms <= self.now_ms:
                self.do(c.LookWalk(org=ORG, walk=walk.id))
                return
        for wake in self._announcing():
            if wake.due_at_ms is not None and wake.due_at_ms <= self.now_ms:
                kind, _, id = wake.stream.partition("/")
                self.do(LookAt(org=ORG, kind=kind, id=id))
                return
        self._outbox()

    def _announcing(self) -> list[Wake]:
        """When the announcements under way are over, and the links to alerts that closed."""
        return [wake for wake in self.store.wakes(ORG) if wake.stream.startswith(("announcement/", "linktaken/"))]

    def _flying(self, delivery: Delivery) -> bool:
        return delivery.id in self.carrier.under_way

    # Messages ---------------------------------------------------------------------------------------------------

    def deliveries(self) -> list[Delivery]:
        """Every message of an alert."""
        return [delivery for delivery in self._messages() if delivery.purpose is not Purpose.ANNOUNCEMENT]

    def announcements(self, name: str) -> list[Delivery]:
        return [d for d in self._messages() if d.member == name and d.purpose is Purpose.ANNOUNCEMENT]

    def _messages(self) -> list[Delivery]:
        rows = [row for (org, _), row in sorted(self.store.content.deliveries.items()) if org == ORG]
        return [ledger.read_delivery(row) for row in rows]

    def _outbox(self) -> None:
        for delivery in self._messages():
            due = delivery.due_at_ms is not None and delivery.due_at_ms <= self.now_ms
            if not due or self._flying(delivery):
                continue
            if delivery.state is DeliveryState.HANDED_OVER or delivery.valid_until_ms <= self.now_ms:
                self.do(news(delivery, ORG, c.Moved.DUE))
            elif self._sent.get(delivery.id, 0) < delivery.attempts:
                self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        self._sent[delivery.id] = delivery.attempts
        if delivery.purpose in BESIDES and not self._may_be_told(delivery):
            self.do(news(delivery, ORG, c.Moved.WITHDRAWN))
            return
        reports, rings = self.carrier.take(delivery, ORG, self.now_ms)
        text = self._composed(delivery)
        if rings and delivery.purpose is Purpose.ANNOUNCEMENT:
            self.announced.append((self.seconds, delivery.member, delivery.contact))
            self.texts[delivery.member] = text
        elif rings:
            self.unheard.append((delivery.purpose, delivery.member))
            self.texts[delivery.member] = text
        for at_ms, report in reports:
            self.later(at_ms, report)

    def _may_be_told(self, delivery: Delivery) -> bool:
        walk = self.world.walk(ORG, delivery.alert) if delivery.purpose is Purpose.WALK else None
        if walk is not None:
            alert = None if walk.alert is None else self.world.alert(ORG, walk.alert)
            return told_of_walk(self.directory, walk, delivery, alert)
        announcement = self.world.kept(ORG, Announcement, delivery.alert)
        return announcement is not None and still_told(self.directory, announcement)

    def _composed(self, delivery: Delivery) -> str:
        """The words as they are at this moment; one segment, whatever happened."""
        if delivery.purpose is Purpose.ANNOUNCEMENT:
            text = announcement_of(delivery, self.directory, ADDRESS)
            assert delivery.channel is not Channel.SMS or septets(text) <= GSM7_SEGMENT
            return text
        walk = self.world.walk(ORG, delivery.alert) if delivery.purpose is Purpose.WALK else None
        if walk is not None:
            text = delivery.text or text_of_walk(delivery, walk, self.directory, ADDRESS, self.now_ms)
            assert delivery.channel is Channel.VOICE or septets(text) <= GSM7_SEGMENT
            return text
        alert = self.alert(delivery.alert)
        link = self.links.of(ORG, alert.id, delivery.member) if delivery.channel is Channel.SMS else ""
        text = text_of(delivery, alert, self.directory, self.world.fixes_of(alert.id), self.now_ms, link)
        assert text and (delivery.channel is not Channel.SMS or septets(text) <= GSM7_SEGMENT)
        return text

    def _take_back(self, command: c.Command, docket: Docket) -> None:
        """What is no longer wanted is asked back, as the node does after its commit; each once."""
        named = {d.provider_ref: d for d in self.deliveries()}
        for _, _, ref in no_longer_wanted(command, docket, self.world):
            about = named.get(ref) or self._about(command)
            if ref not in self._asked_back:
                self._asked_back.add(ref)
                for at_ms, report in self.carrier.take_back(about, ref, ORG, self.now_ms):
                    self.later(at_ms, report)

    def _about(self, command: c.Command) -> Delivery:
        assert isinstance(command, c.Report)
        return self.world.deliveries(ORG, command.alert)[command.delivery]

    def later(self, at_ms: int, report: c.Report) -> None:
        heapq.heappush(self._news, (at_ms, len(self.history) * 1000 + len(self._news), report))

    def release(self, name: str) -> None:
        """The request under way to this phone ends well."""
        for delivery in list(self.carrier.under_way.values()):
            if delivery.member == name:
                self.carrier.release(delivery)
                self.unheard.append((delivery.purpose, delivery.member))
                self.do(news(delivery, ORG, c.Moved.ACCEPTED))

    def expect(self, *heard: str) -> None:
        """Exactly these messages reached phones since we last listened: "ring teo bo", "all_clear ines"."""
        self.settle()
        wanted = Counter(
            (Purpose(purpose), name) for line in heard for purpose, *names in [line.split()] for name in names
        )
        got = Counter(self.unheard)
        self.unheard.clear()
        assert got == wanted, f"at {self.seconds} s phones heard {dict(got - wanted)}, and not {dict(wanted - got)}"

    def expect_only(self, purpose: str) -> set[str]:
        """Only messages of this purpose reached phones since we last listened; returns whose."""
        self.settle()
        heard, self.unheard = self.unheard, []
        assert {found for found, _ in heard} <= {Purpose(purpose)}, heard
        return {name for _, name in heard}

    def settle(self) -> None:
        """All that is due now is done."""
        while (due_ms := self._next_ms()) is not None and due_ms <= self.now_ms:
            self._do_what_is_due()

    # People -----------------------------------------------------------------------------------------------------

    @property
    def links(self) -> RungLinks:
        return RungLinks(self.world, LINKS_KEY, ADDRESS)

    def press(
        self,
        name: str = "noor",
        *,
        key: str | None = None,
        came: Came = Came.DEVICE,
        silent: bool = False,
        drill: bool = False,
        kind: Kind = Kind.SOS,
        text: str | None = None,
        places: tuple[c.PlaceReport, ...] = (),
    ) -> c.PressTaken:
        command = c.Press(
            org=ORG,
            credential=f"{name}-phone",
            key=key or f"press-{self._count}",
            member=name,
            device=f"{name}-phone",
            came=came,
            kind=kind,
            silent=silent,
            drill=drill,
            text=text,
            places=places,
        )
        taken = self.do(command)
        assert isinstance(taken, c.PressTaken)
        self._alert = taken.alert
        return taken

    def text(self, name: str, text: str, *, message: str | None = None, opt_out: str | None = None) -> str | None:
        """A text message comes in from this member's number (or from the number itself)."""
        sender, id = NUMBERS.get(name, name), message or f"SMin{self._count}"
        done = self.do(c.TextIn(org=ORG, vendor="twilio", message=id, sender=sender, text=text, opt_out=opt_out))
        assert isinstance(done, c.Done)
        return done.reply

    def say(self, name: str, answer: Answer, *, eta_s: int | None = None, alert: str | None = None) -> c.Reply:
        return self.do(c.Say(org=ORG, alert=self.id(alert), member=name, answer=answer, eta_s=eta_s))

    def propose(self, name: str, *, device: str | None = None, outcome: Outcome = Outcome.SAFE) -> c.Reply:
        own = device or f"{name}-phone"
        return self.do(c.ProposeClose(org=ORG, alert=self.id(), member=name, device=own, outcome=outcome))

    def confirm(self, name: str, *, device: str | None = None) -> c.Reply:
        return self.do(c.ConfirmClose(org=ORG, alert=self.id(), member=name, device=device or f"{name}-phone"))

    def objects(self, name: str) -> c.Reply:
        return self.do(c.ObjectClose(org=ORG, alert=self.id(), member=name))

    def pin(
        self, match: c.PinMatch, *, name: str = "noor", alert: str | None = None, raise_only: bool = False
    ) -> c.Reply:
        device = f"{name}-phone"
        return self.do(
            c.Safe(org=ORG, alert=self.id(alert), member=name, device=device, match=match, raise_only=raise_only)
        )

    def suspend(self, name: str, *, lifted: bool = False) -> c.Reply:
        return self.do((Reinstate if lifted else Suspend)(org=ORG, member=name, by=OPERATOR))

    def tie(self, *names: str) -> None:
        """From now on these are not to be told about Noor."""
        now = self.directory
        members = {**now.members}
        for name in names:
            members[name] = replace(members[name], not_told_about=("noor",))
        self.do(c.ReplaceDirectory(org=ORG, directory=replace(now, members=members, devices={}), by="coordinator"))

    # What is true now -------------------------------------------------------------------------------------------

    @property
    def directory(self) -> Directory:
        return self.world.directory(ORG)

    def member(self, name: str) -> Member:
        return self.directory.members[name]

    def id(self, alert: str | None = None) -> str:
        found = alert or self._alert
        assert found is not None, "nobody has pressed yet"
        return found

    def alert(self, id: str | None = None) -> Alert:
        found = self.world.alert(ORG, self.id(id))
        assert found is not None
        return found

    @property
    def phase(self) -> Phase:
        return self.alert().phase

    @property
    def rung(self) -> int:
        return self.alert().rung

    def number(self, name: str, answer: Answer, alert: str | None = None) -> str:
        order = (Answer.COMING, Answer.WITH_THEM, Answer.CANNOT)
        return self.alert(alert).people[name].numbers[order.index(answer)]

    def messages(self, name: str, purpose: Purpose = Purpose.RING) -> list[Delivery]:
        return [d for d in self.deliveries() if d.member == name and d.purpose is purpose]

    def must_have_told_everything(self) -> None:
        self.expect()
        check_promises(self.store, self.world, self.now_ms)
