"""What is true now, in memory: one layer of committed truth, and above it a thin one while a batch is being stored.

Decisions of a batch read and write the upper layer.  It is merged down when the store has said yes, and else dropped.
"""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from tocsin.core.access.record import REGISTER, Kept
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import Docket, FixKept, KnownPress, Stranger, keys_of
from tocsin.core.limits import UNKNOWN_NUMBER_REPLY_MS, UNVERIFIED_SHOWN_MS
from tocsin.core.reading import SOS_WORDS
from tocsin.core.round_commands import PracticeAnswer
from tocsin.core.round_record import RoundRecord
from tocsin.core.sent import Sent
from tocsin.core.walk import Walk
from tocsin.core.words import Channel
from tocsin.runtime.numbers_given import OfTwoLayers
from tocsin.runtime.phonebook import Phonebook
from tocsin.runtime.practising import Practising
from tocsin.runtime.remembered import (
    Recall,
    RecalledWalk,
    RecallKept,
    RecallPress,
    RecallReply,
    RecallWalk,
    no_press_recalled,
    no_reply_recalled,
    no_walk_recalled,
    nothing_kept,
    nothing_recalled,
)
from tocsin.runtime.walks import Walks

NO_ROUTES: Mapping[Channel, tuple[str, ...]] = {}
CLOSED_KEPT = 1_000  # Closed alerts kept in memory: for late callbacks and answers, and for whoever looks back.
K = TypeVar("K", bound=Kept)


class World:
    """One layer.  Reads fall through to `below`; the lowest layer asks the store (`recall`) for what is long closed."""

    def __init__(
        self,
        below: World | None = None,
        *,
        routes: Mapping[Channel, tuple[str, ...]] = NO_ROUTES,
        sos_words: tuple[str, ...] = SOS_WORDS,
        recall: Recall = nothing_recalled,
        recall_press: RecallPress = no_press_recalled,
        recall_reply: RecallReply = no_reply_recalled,
        recall_kept: RecallKept = nothing_kept,
        recall_walk: RecallWalk = no_walk_recalled,
    ) -> None:
        self.below = below
        self.routes: Mapping[Channel, tuple[str, ...]] = routes if below is None else below.routes
        self.channels = frozenset(self.routes)
        self.sos_words: tuple[str, ...] = sos_words if below is None else below.sos_words
        self._recall, self._recall_press, self._recall_reply = recall, recall_press, recall_reply
        self._recall_kept = recall_kept
        self._kept: dict[tuple[str, type[Any]], dict[str, Any]] = {}  # Open ones; in an upper layer all it wrote.
        self.directories: dict[str, Directory] = {}
        self.alerts: dict[str, Alert] = {}
        self.open: dict[str, Alert] = {}  # Those of `alerts` that are open.
        self._by_key: dict[tuple[str, str], dict[str, None]] = {}
        self._closed: deque[str] = deque()
        self.sent: dict[str, Sent] = {}
        self.aliases: dict[str, str] = {}
        self.presses: dict[tuple[str, str, str], KnownPress] = {}
        self.numbers: dict[tuple[str, str], dict[str, str]] = {}
        self.callers: dict[tuple[str, str], int] = {}
        self.versions: dict[tuple[str, str], int] = {}
        self.strangers: dict[tuple[str, str], Stranger] = {}  # By organisation and id; those still shown.
        self._now_ms = 0  # Of an upper layer: when the decisions in it were made.
        self._phonebooks: dict[str, Phonebook] = {} if below is None else below._phonebooks
        self.rounds: dict[tuple[str, str], RoundRecord] = {}
        self.practising: Practising = Practising() if below is None else below.practising
        self.fixes: dict[str, dict[str, FixKept]] = {}
        self.erased: set[str] = set()  # Of an upper layer: alerts and walks whose coordinates go with its commit.
        self.walks: Walks = Walks(below.walks if below else None, recall_walk, self._took_walk)

    def directory(self, org: str) -> Directory:
        if org in self.directories:
            return self.directories[org]
        return self.below.directory(org) if self.below else Directory(org, org)

    def alert(self, org: str, id: str) -> Alert | None:
        id = self.own_id(id)
        found = self.alerts.get(id) or (self.below.alert(org, id) if self.below else None)
        if found is None and self.below is None:
            self.recall(org, id)
            found = self.alerts.get(self.own_id(id))
        return found if found is not None and found.org == org else None

    def own_id(self, id: str) -> str:
        """The alert that this id, perhaps a shadow's, is about."""
        return self.aliases.get(id) or (self.below.own_id(id) if self.below else id)

    def clear(self) -> None:
        """Forget everything: the store is about to be read anew."""
        for known in (self.directories, self.alerts, self.open, self.sent, self.aliases, self.numbers, self.fixes):
            known.clear()
        for counted in (self.callers, self.versions, self.strangers, self.rounds):
            counted.clear()
        for more in (self._by_key, self._closed, self._kept, self.walks):
            more.clear()

    def recall(self, org: str, id: str) -> None:
        """Bring a closed alert back from the store, with its messages."""
        recalled = self._recall(org, id)
        if recalled is not None:
            alert = recalled.alert
            self.alerts[alert.id] = alert
            self._closed.append(alert.id)
            self.sent[alert.id] = Sent(dict(recalled.deliveries))
            self.fixes[alert.id] = dict(recalled.fixes)
            self.versions[org, f"alert/{alert.id}"] = recalled.version
            if alert.id != id:
                self.aliases[id] = alert.id

    def open_alerts(self, org: str, key: str = "") -> Iterable[Alert]:
        """In order of id, which is the order in which they were raised."""
        return [alert for _, alert in sorted(self._open(org, key).items())]

    def _open(self, org: str, key: str) -> dict[str, Alert]:
        if self.below is None:
            return {id: self.open[id] for id in self._by_key.get((org, key), ())}
        found = {id: alert for id, alert in self.below._open(org, key).items() if id not in self.alerts}
        return found | {id: self.open[id] for id in self._by_key.get((org, key), ())}

    def remember(self, org: str, id: str) -> None:
        """Bring this alert or walk into memory, if it is not."""
        if not self.has_walk(org, id) and self.alert(org, id) is None:
            self.walk(org, id)

    def walk(self, org: str, id: str) -> Walk | None:
        return self.walks.get(org, id)

    def has_walk(self, org: str, id: str) -> bool:
        return self.walks.has(org, id)

    def walk_of(self, org: str, member: str) -> Walk | None:
        return self.walks.of(org, member)

    def open_walks(self, org: str) -> Iterator[Walk]:
        """Of the lowest layer: every open walk."""
        return self.walks.open_ones(org)

    def _took_walk(self, recalled: RecalledWalk) -> None:
        id = recalled.walk.id
        self.sent[id], self.fixes[id] = Sent(dict(recalled.deliveries)), dict(recalled.fixes)
        self.versions[recalled.walk.org, f"walk/{id}"] = recalled.version

    def deliveries(self, org: str, alert: str) -> Mapping[str, Delivery]:
        self.walks.read(alert)
        under = self.below.deliveries(org, alert) if self.below else {}
        ours = self.sent.get(alert)
        if not ours:
            return under
        return ChainMap(ours, cast("dict[str, Delivery]", under)) if under else ours  # No copy: there may be thousands.

    def addressed(self, org: str, alert: str, member: str) -> Sequence[str]:
        under = self.below.addressed(org, alert, member) if self.below else ()
        ours = self.sent[alert].to(member) if alert in self.sent else ()
        return tuple(dict.fromkeys((*under, *ours))) if ours else under

    def fixes_of(self, alert: str) -> Mapping[str, FixKept]:
        """The coordinates that still exist, by their id."""
        self.walks.read(alert)
        under = self.below.fixes_of(alert) if self.below and alert not in self.erased else {}
        ours = self.fixes.get(alert)
        return {**under, **ours} if ours else under

    def known_press(self, org: str, credential: str, key: str) -> KnownPress | None:
        known = self.presses.get((org, credential, key))
        if known is not None:
            return known
        if self.below:
            return self.below.known_press(org, credential, key)
        return self._recall_press(org, credential, key)

    def answer_numbers(self, org: str, member: str) -> Mapping[str, str]:
        under = self.below.answer_numbers(org, member) if self.below else {}
        ours = self.numbers.get((org, member))
        if not ours:
            return under
        return OfTwoLayers(ours, cast("dict[str, str]", under)) if under else ours  # A thousand alerts ring one person.

    def known_by_number(self, org: str, number: str) -> list[Member]:
        directory = self.directory(org)
        book = self._phonebooks.get(org) or self._phonebooks.setdefault(org, Phonebook())
        return [directory.members[id] for id in book.members_of(directory, number)]

    def practice(self, org: str, number: str) -> Mapping[str, PracticeAnswer]:
        return self.practising.numbers_of(org, number)

    def practised(self, org: str, site: str) -> set[str]:
        return self.practising.told_at(org, site)

    def round(self, org: str, id: str) -> RoundRecord | None:
        known = self.rounds.get((org, id))
        return known if known is not None or not self.below else self.below.round(org, id)

    def kept(self, org: str, kind: type[K], id: str) -> K | None:
        known: K | None = self._kept.get((org, kind), {}).get(id)
        if known is not None:
            return known
        if self.below:
            return self.below.kept(org, kind, id)
        row = self._recall_kept(org, kind, id)
        if row is None:
            return None
        self.versions[org, f"{REGISTER[kind]}/{id}"] = row.version  # Whoever asks may be about to write it anew.
        return cast("K", row.record)

    def all_kept(self, org: str, kind: type[K]) -> Mapping[str, K]:
        ours: dict[str, K] = self._kept.get((org, kind), {})
        if self.below is None:
            return ours
        under = self.below.all_kept(org, kind)
        return {id: record for id, record in {**under, **ours}.items() if record.open} if ours else under

    def know(self, org: str, record: Kept) -> None:
        """This is how the record stands.  The lowest layer forgets one that has ended: the store knows it."""
        theirs = self._kept.setdefault((org, type(record)), {})
        if record.open or self.below is not None:
            theirs[record.id] = record
        else:
            theirs.pop(record.id, None)
            self.sent.pop(record.id, None)  # The messages of an announcement.
            self.versions.pop((org, f"{REGISTER[type(record)]}/{record.id}"), None)

    def replied_ms(self, org: str, number: str) -> int | None:
        known = self.callers.get((org, number))
        if known is not None:
            return known
        if self.below:
            return self.below.replied_ms(org, number)
        replied = self._recall_reply(org, number)
        if replied is None:
            return None
        self.versions[org, f"caller/{number}"] = replied.version  # Whoever asks is about to write it anew.
        return replied.at_ms

    def strangers_of(self, org: str, since_ms: int) -> list[Stranger]:
        """Who called for help from a number that nobody knows, since then, the oldest first."""
        return [one for (whose, _), one in self.strangers.items() if whose == org and one.at_ms > since_ms]

    def version(self, org: str, stream: str) -> int:
        known = self.versions.get((org, stream))
        if known is not None:
            return known
        return self.below.version(org, stream) if self.below else self.walks.unread.get(stream.removeprefix("walk/"), 0)

    def absorb(self, docket: Docket) -> None:
        """Take in what a decision wrote."""
        org = docket.org
        if docket.directory is not self.directory(org):
            gone, known = set(docket.removed_members), docket.directory.members
            left = {id: member for id, member in known.items() if id not in gone} if gone else known
            self.directories[org] = replace(docket.directory, members=left)
        for draft in docket.drafts.values():
            if draft.events:
                self.take_alert(draft.alert)
            if draft.changed:
                self.sent.setdefault(draft.alert.id, Sent()).update(draft.changed)
        for walking in docket.walks.values():
            if walking.events:
                self.walks.write(walking.walk)
        for message in docket.announced.values():
            self.sent.setdefault(message.alert, Sent())[message.id] = message
        for credential, key, receipt, alert in docket.presses:
            self.presses[org, credential, key] = KnownPress(alert, receipt)
        self.aliases.update(docket.shadows)
        self.strangers.update({(org, stranger.id): stranger for stranger in docket.strangers})
        self._now_ms = docket.now_ms
        for alert_id in docket.erase_fixes_of:
            self.erased.add(alert_id)
            self.fixes.pop(alert_id, None)
        for fix in docket.fixes:
            self.fixes.setdefault(fix.alert, {})[fix.id] = fix
        self.rounds.update({(org, known.id): known for known in docket.rounds})
        for record in docket.records.values():
            self.know(org, record)
        self.callers.update({(org, number): docket.now_ms for number in docket.replied})

    def take_alert(self, alert: Alert) -> None:
        """Know this alert as it is now, and the numbers it gave out."""
        self._stands(alert)
        self.take_numbers(alert)

    def take_numbers(self, alert: Alert) -> None:
        for person in alert.people.values():
            theirs = self.numbers.setdefault((alert.org, person.member), {})
            theirs.update(dict.fromkeys(person.numbers, alert.id))

    def merge_down(self) -> None:
        """The store said yes: what this layer holds is true from now on."""
        below = self.below
        assert below is not None
        below.directories.update(self.directories)
        for alert in self.alerts.values():
            below.keep(alert)
        self.walks.merge_into(below.walks)
        for id, deliveries in self.sent.items():
            below.sent.setdefault(id, Sent()).update(deliveries)
        for key, numbers in self.numbers.items():
            below.numbers.setdefault(key, {}).update(numbers)
        for id in self.erased:
            below.fixes.pop(id, None)
        for id, fixes in self.fixes.items():
            below.fixes.setdefault(id, {}).update(fixes)
        below.aliases.update(self.aliases)
        below.rounds.update(self.rounds)
        below.versions.update(self.versions)
        below.strangers.update(self.strangers)
        for (org, _), records in self._kept.items():
            for record in records.values():
                below.know(org, record)
        for caller, at_ms in self.callers.items():
            below.callers.pop(caller, None)  # So that they stand in the order of their times.
            below.callers[caller] = at_ms
        below.forget_the_long_closed()
        below.forget_the_unknown(self._now_ms)

    def keep(self, alert: Alert) -> None:
        """Of the lowest layer: this is how the alert stands."""
        was_open = alert.id in self.open
        self._stands(alert)
        if was_open and not alert.open:
            self._closed.append(alert.id)

    def _stands(self, alert: Alert) -> None:
        self.alerts[alert.id] = alert
        self._index(self.open.get(alert.id), alert)
        if alert.open:
            self.open[alert.id] = alert
        else:
            self.open.pop(alert.id, None)

    def _index(self, before: Alert | None, after: Alert) -> None:
        """In each layer, so that the last press of a crowd does not look through all that came with it."""
        if before is not None and after.open and before.places is after.places:
            return  # Nothing else that an alert is looked up by can change.
        had = keys_of(before) if before else set()
        has = keys_of(after) if after.open else set()
        for key in had - has:
            self._by_key[after.org, key].pop(after.id, None)
        for key in has - had:
            self._by_key.setdefault((after.org, key), {})[after.id] = None

    def forget_the_long_closed(self) -> None:
        """The store knows them; here the newest CLOSED_KEPT stay, and whatever still has a message under way."""
        for walk in self.walks.forget(self._under_way):
            self.sent.pop(walk.id, None)
            self.fixes.pop(walk.id, None)
            self.versions.pop((walk.org, f"walk/{walk.id}"), None)
        for _ in range(len(self._closed) - CLOSED_KEPT):
            id = self._closed.popleft()
            if id in self.open:
                continue  # It was read back in the instant between the disk's word and ours.
            if self._under_way(id):
                self._closed.append(id)
            else:
                self._forget(id)

    def _under_way(self, id: str) -> bool:
        return any(delivery.due_at_ms is not None for delivery in self.sent.get(id, {}).values())

    def _forget(self, id: str) -> None:
        alert = self.alerts.pop(id, None)
        self.sent.pop(id, None)
        self.fixes.pop(id, None)
        if alert is not None:
            self.versions.pop((alert.org, f"alert/{id}"), None)
            for person in alert.people.values():
                theirs = self.numbers.get((alert.org, person.member), {})
                for number in person.numbers:
                    if theirs.get(number) == id:
                        del theirs[number]

    def forget_the_unknown(self, now_ms: int) -> None:
        """The store knows them; here stay those who are shown, and those who get no second reply yet."""
        while self.strangers and (first := next(iter(self.strangers.items())))[1].at_ms <= now_ms - UNVERIFIED_SHOWN_MS:
            (org, id), _ = first
            del self.strangers[org, id]
            self.versions.pop((org, f"stranger/{id}"), None)
        while self.callers and (caller := next(iter(self.callers.items())))[1] <= now_ms - UNKNOWN_NUMBER_REPLY_MS:
            (org, number), _ = caller
            del self.callers[org, number]
            self.versions.pop((org, f"caller/{number}"), None)
