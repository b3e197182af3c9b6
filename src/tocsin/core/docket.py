"""What one decision has written so far: the alerts it touched, their events, the messages, the people to page.

A decision is a pure function that fills a docket; nothing outside sees it until it is whole.  `Draft` is one alert
in the making: `record` applies each event at once, so later rules read what earlier ones decided.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.record import Act, By, Kept
from tocsin.core.access.roll_record import RollCall, RollSaid, RollUnreached
from tocsin.core.access.words import Told
from tocsin.core.alert import Alert, evolve
from tocsin.core.attendance import Attendance
from tocsin.core.commands import LinkWanted, Moved, PlaceReport, Report
from tocsin.core.delivery import Delivery, step
from tocsin.core.dice import Dice
from tocsin.core.directory import Device, Directory, Member
from tocsin.core.listed import Listed
from tocsin.core.planning import no_full_number
from tocsin.core.round_commands import PracticeAnswer
from tocsin.core.round_record import RoundRecord
from tocsin.core.walk import Walk
from tocsin.core.walk_draft import WalkDraft
from tocsin.core.walk_events import WalkStarted
from tocsin.core.words import Channel, Purpose, Reason

K = TypeVar("K", bound=Kept)


class KnownPress(Struct, frozen=True, gc=False):
    """A press taken before: what it was answered with."""

    alert: str
    receipt: str


def keys_of(alert: Alert) -> set[str]:
    """By what an open alert is looked up, so that a thousand others cost a press nothing."""
    keys = {"", f"member/{alert.member}", *(place_key(alert, s.label) for s in alert.places.values() if s.label)}
    return keys | {"drill"} if alert.drill else keys


def place_key(alert: Alert, label: str) -> str:
    return f"place/{alert.drill}/{alert.site}/{label.casefold().strip()}"


class World(Protocol):
    """What a decision may look at; all of it frozen values."""

    def directory(self, org: str) -> Directory: ...

    def alert(self, org: str, id: str) -> Alert | None:
        """Open or closed, by its own id or by that of one of its shadows."""
        ...

    def open_alerts(self, org: str, key: str = "") -> Iterable[Alert]:
        """In the order in which they were raised; with a key of `keys_of`, only those that have it."""
        ...

    def deliveries(self, org: str, alert: str) -> Mapping[str, Delivery]: ...

    def addressed(self, org: str, alert: str, member: str) -> Sequence[str]:
        """The ids of those that are to this person, in the order in which they were written."""
        ...

    def fixes_of(self, alert: str) -> Mapping[str, FixKept]:
        """The coordinates of an alert or of a walk that still exist, by their id."""
        ...

    def walk(self, org: str, id: str) -> Walk | None:
        """Open or ended."""
        ...

    def has_walk(self, org: str, id: str) -> bool:
        """Is it in memory?  The store is not asked."""
        ...

    def walk_of(self, org: str, member: str) -> Walk | None:
        """The open walk of this member; there is one at the most."""
        ...

    def known_press(self, org: str, credential: str, key: str) -> KnownPress | None: ...

    def answer_numbers(self, org: str, member: str) -> Mapping[str, str]:
        """Every answer number this member was ever given and we still know -> the alert it is for."""
        ...

    def known_by_number(self, org: str, number: str) -> Sequence[Member]:
        """Whose telephone number this is; the rules let no two people have one."""
        ...

    def practice(self, org: str, number: str) -> Mapping[str, PracticeAnswer]:
        """What rounds have asked this telephone number for: the numbers it may send back, and what each one means."""
        ...

    def practised(self, org: str, site: str) -> frozenset[str] | set[str]:
        """The members whom an open drill of many people at this site has told."""
        ...

    def round(self, org: str, id: str) -> RoundRecord | None: ...

    def kept(self, org: str, kind: type[K], id: str) -> K | None:
        """A record of access by its id, one that has ended too."""
        ...

    def all_kept(self, org: str, kind: type[K]) -> Mapping[str, K]:
        """Every open record of a kind, by id."""
        ...

    def replied_ms(self, org: str, number: str) -> int | None:
        """When this unknown number last got a neutral reply."""
        ...

    @property
    def sos_words(self) -> tuple[str, ...]:
        """What calls for help in a text, here (`core/sos_words.py`)."""
        ...

    @property
    def routes(self) -> Mapping[Channel, tuple[str, ...]]:
        """The vendors that are set up for each channel, in the order in which they are tried."""
        ...

    @property
    def channels(self) -> frozenset[Channel]: ...


# Records that change nothing of people or ways in.
TELLS_NOBODY: frozenset[type[Kept]] = frozenset({Announcement, RollCall, RollSaid, RollUnreached})


class FixKept(Struct, frozen=True, gc=False):
    """A position, kept apart so that it can be erased.  `alert`: or the walk that it is of."""

    id: str
    alert: str
    lat: float
    lon: float
    radius_m: float | None
    at_ms: int


class Stranger(Struct, frozen=True, gc=False):
    """An SOS word from a number nobody knows: shown on the console as unverified."""

    id: str
    sender: str
    text: str
    at_ms: int


class Draft:
    """One alert in the making."""

    def __init__(self, docket: Docket, alert: Alert | None, deliveries: Mapping[str, Delivery]) -> None:
        self.docket = docket
        self._alert = alert
        self.deliveries = deliveries
        self.changed: dict[str, Delivery] = {}
        self._new: dict[str, list[str]] = {}  # Of each person, those that this decision writes.
        self.events: list[e.Event] = []

    @property
    def alert(self) -> Alert:
        assert self._alert is not None
        return self._alert

    @property
    def now_ms(self) -> int:
        return self.docket.now_ms

    @property
    def directory(self) -> Directory:
        return self.docket.directory

    @property
    def channels(self) -> frozenset[Channel]:
        return self.docket.world.channels

    def record(self, event: e.Event) -> None:
        self._alert = evolve(self._alert, event, self.now_ms)
        self.events.append(event)

    def put(self, delivery: Delivery) -> None:
        """The newest state of a message.  However often it moves in one decision, that is one change of its record."""
        stored = self.deliveries.get(delivery.id)
        version = 0 if stored is None else stored.version
        if delivery.version > version + 1:
            delivery = replace(delivery, version=version + 1)
        if self.delivery(delivery.id) is None:
            self._new.setdefault(delivery.member, []).append(delivery.id)
        self.changed[delivery.id] = delivery

    def delivery(self, id: str) -> Delivery | None:
        return self.changed.get(id) or self.deliveries.get(id)

    def all_deliveries(self) -> Mapping[str, Delivery]:
        return {**self.deliveries, **self.changed}

    def messages_to(self, member: str) -> list[Delivery]:
        """All of one person.  Found by an index, so that two thousand people do not cost the square of it."""
        known = self.docket.world.addressed(self.docket.org, self.alert.id, member)
        return [self.changed.get(id) or self.deliveries[id] for id in (*known, *self._new.get(member, ()))]

    def move(self, delivery: Delivery, moved: Moved, reason: Reason | None = None) -> Delivery:
        """Tell one delivery a piece of our own news."""
        report = Report(org=self.alert.org, delivery=delivery.id, alert=self.alert.id, moved=moved, reason=reason)
        after = step(delivery, report, self.now_ms)
        if after != delivery:
            self.put(after)
        return after

    def withdraw(self, reason: Reason, *, purposes: Container[Purpose], member: str | None = None) -> None:
        """Take back what has not been sent."""
        for delivery in self.all_deliveries().values():
            if delivery.purpose in purposes and member in (None, delivery.member):
                self.move(delivery, Moved.WITHDRAWN, reason)


class Docket:
    """All drafts of one decision, and what else it writes."""

    def __init__(self, world: World, org: str, now_ms: int, dice: Dice) -> None:
        self.world, self.org, self.now_ms, self.dice = world, org, now_ms, dice
        self.directory = world.directory(org)
        self.drafts: dict[str, Draft] = {}
        self.members: list[Member] = []
        self.removed_members: list[str] = []
        self.devices: list[Device] = []
        self.rules: Directory | None = None
        self.presses: list[tuple[str, str, str, str]] = []  # credential, key, receipt, alert as the presser knows it
        self.shadows: list[tuple[str, str]] = []  # shadow id, alert
        self.fixes: list[FixKept] = []
        self.erase_fixes_of: list[str] = []
        self.strangers: list[Stranger] = []
        self.rounds: list[RoundRecord] = []
        self.records: dict[tuple[type[Kept], str], Kept] = {}  # Of access, as they are now.
        self.announced: dict[str, Delivery] = {}  # Messages of announcements and of walks, as they are now, by id.
        self.walks: dict[str, WalkDraft] = {}
        self.wakes: dict[str, int | None] = {}  # Streams of `records` to be looked at again, and when.
        self.link: LinkWanted | None = None  # What the reply to a text may carry.
        self.answer: PracticeAnswer | None = None  # What a text said to a round; the caller tells that round.
        self.replied: list[str] = []  # Unknown numbers that get their neutral reply now.
        self.pages: list[str] = []
        self.listed: list[Listed] = []  # Lines of alerts that closed before there were lists.
        self.listed_from: str | None = None
        self.is_emergency: Callable[[str], bool] = no_full_number  # Whoever decides with the tables brings them.

    @property
    def moves_people(self) -> bool:
        """Does it change who works here, or who may come in by what?  Then whoever looks on is looked at again."""
        records = any(kind not in TELLS_NOBODY for kind, _ in self.records)
        return bool(self.members or self.removed_members or self.devices or records or self.rules)

    @property
    def moves_shifts(self) -> bool:
        """Does it change who is on, by the roster or besides it?"""
        return self.rules is not None or any(kind is Attendance for kind, _ in self.records)

    def id(self) -> str:
        return self.dice.uuid7(self.now_ms)

    def begin(self) -> Draft:
        return Draft(self, None, {})

    def file(self, draft: Draft) -> Draft:
        self.drafts[draft.alert.id] = draft
        return draft

    def draft(self, alert: Alert) -> Draft:
        """The draft of an existing alert, one in each decision."""
        known = self.drafts.get(alert.id)
        return known or self.file(Draft(self, alert, self.world.deliveries(self.org, alert.id)))

    def find(self, id: str) -> Draft | None:
        alert = self.world.alert(self.org, id)
        return None if alert is None else self.draft(alert)

    def open_drafts(self, wanted: Callable[[Alert], bool], key: str = "") -> list[Draft]:
        found = [self.draft(alert) for alert in self.world.open_alerts(self.org, key) if wanted(alert)]
        return [draft for draft in found if draft.alert.open]

    def begin_walk(self, event: WalkStarted) -> WalkDraft:
        draft = self.walks[event.id] = WalkDraft(None, self.now_ms)
        draft.record(event)
        return draft

    def walk(self, id: str) -> WalkDraft | None:
        """The draft of an existing walk, one in each decision."""
        if id in self.walks:
            return self.walks[id]
        walk = self.world.walk(self.org, id)
        return None if walk is None else self.walks.setdefault(id, WalkDraft(walk, self.now_ms))

    def walk_of(self, member: str) -> WalkDraft | None:
        """The open walk of this member."""
        walk = self.world.walk_of(self.org, member)
        draft = None if walk is None else self.walk(walk.id)
        return draft if draft is not None and draft.walk.open else None

    def numbers_taken(self, member: str) -> Container[str]:
        return self.world.answer_numbers(self.org, member)

    def set_members(self, members: Iterable[Member]) -> None:
        """All at once: a site file of thousands must not copy the organisation for each of them."""
        changed = {member.id: member for member in members}
        self.members.extend(changed.values())
        self.directory = replace(self.directory, members={**self.directory.members, **changed})

    def change_member(self, id: str, **changes: Any) -> None:
        self.set_members([replace(self.directory.members[id], **changes)])

    def change_contact(self, member: Member, contact: str, **changes: Any) -> None:
        theirs = tuple(replace(c, **changes) if c.id == contact else c for c in member.contacts)
        if theirs != member.contacts:
            self.change_member(member.id, contacts=theirs)

    def set_rules(self, directory: Directory) -> None:
        """Everything of an organisation but its people's own state and its devices."""
        members = {id: self.directory.members[id] for id in directory.members}
        known = self.directory
        self.rules = replace(directory, members=members, devices=known.devices, attendance=known.attendance)
        self.directory = self.rules

    def kept(self, kind: type[K], id: str) -> K | None:
        """A record of access as this decision has it."""
        written = self.records.get((kind, id))
        return written if isinstance(written, kind) else self.world.kept(self.org, kind, id)

    def all_kept(self, kind: type[K]) -> Mapping[str, K]:
        """Every open record of a kind as this decision has them."""
        ours = {id: record for (_, id), record in self.records.items() if isinstance(record, kind)}
        under = self.world.all_kept(self.org, kind)
        return {id: record for id, record in {**under, **ours}.items() if record.open} if ours else under

    def keep(self, record: Kept) -> None:
        """This is how the record stands from now on."""
        self.records[type(record), record.id] = record

    def attend(self, attendance: Attendance) -> None:
        """This is what is known of a member's being here, besides the roster."""
        self.keep(attendance)
        rest = {id: word for id, word in self.directory.attendance.items() if id != attendance.id}
        known = {**rest, attendance.id: attendance} if attendance.open else rest
        self.directory = replace(self.directory, attendance=known)

    def act(
        self,
        by: By,
        what: str,
        *,
        about: str = "",
        subject: str = "",
        detail: str = "",
        why: str = "",
        told: Told = Told.NOBODY,
    ) -> None:
        """Write a line of the audit trail."""
        line = Act(
            id=self.id(),
            at_ms=self.now_ms,
            by=by,
            what=what,
            about=about,
            subject=subject,
            detail=detail,
            why=why,
            told=told,
        )
        self.keep(line)

    def set_device(self, device: Device) -> None:
        self.devices.append(device)
        self.directory = replace(self.directory, devices={**self.directory.devices, device.id: device})

    def place(self, draft: Draft, report: PlaceReport, by: str) -> None:
        """Record where; the coordinates go to their own, erasable row."""
        fix = None
        if report.lat is not None and report.lon is not None:
            fix = self.id()
            self.fixes.append(FixKept(fix, draft.alert.id, report.lat, report.lon, report.radius_m, report.at_ms))
        draft.record(
            e.PlaceReported(
                kind=report.kind, at_ms=report.at_ms, by=by, label=report.label, fix=fix, radius_m=report.radius_m
            )
        )
