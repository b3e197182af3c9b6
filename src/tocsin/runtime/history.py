"""Alerts as one reader looks for them: the newest first, open ones from memory, closed ones by their lists.

Theory of operation
-------------------
What may be found stands in the reader's lists (`core/listing.py`), read shelf by shelf and side by side, so that a page
costs the same with ten alerts and with a million.  What closed before there were lists is looked through one by one
until the lists reach it (`runtime/catching_up.py`).  Each alert that may be meant is shown as `core/sight.py` says, and
is found if what is shown is what was looked for.

A search that finds little ends all the same: after LOOKED_MAX lines, or UNLISTED_MAX alerts, and `next` says where
to go on.  It never names an alert that this reader may not have: an id tells when somebody called for help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge
from typing import NamedTuple

from msgspec import Struct

from tocsin.core.alert import Alert
from tocsin.core.directory import Directory
from tocsin.core.limits import LISTED_MAX, LOOKED_MAX, RECORD_EVENTS_MAX, RECORD_MESSAGES_MAX, UNLISTED_MAX
from tocsin.core.listed import ALL, RUNNING, Listed
from tocsin.core.listing import ANYTHING, Sought, beginning, is_sought, kept_from, lists_for
from tocsin.core.record_sight import RecordView, record_view
from tocsin.core.shadow import lives_of
from tocsin.core.sight import alert_view, shown_ids, standing
from tocsin.core.views import AlertView
from tocsin.core.words import Phase
from tocsin.ports import Store
from tocsin.runtime.ledger import read_alert, read_delivery, read_event
from tocsin.runtime.node import HasStore
from tocsin.runtime.passes import Pass

FIRST_ROWS, MOST_ROWS = 8, 512  # Of a shelf, read at a time: most shelves have nothing on the page.
Show = Callable[[Pass, Alert, str], AlertView | None]


class Found(Struct, frozen=True):
    """Newest first.  `next`: what to ask for as `after`; None at the end.  `cut`: it ended early."""

    views: list[AlertView]
    next: str | None
    cut: bool = False


class Record(Struct, frozen=True):
    """What a reader gets of a record, from its beginning; whether it has more events or messages than that."""

    view: RecordView
    more_events: bool
    more_messages: bool


class _Candidate(NamedTuple):
    """What may be meant.  `line`: where it comes from a list; `known`: where it was read already."""

    id: str
    alert: str
    line: Listed | None = None
    known: Alert | None = None


class History:
    """Reads, and changes nothing."""

    def __init__(self, node: HasStore, show: Show | None = None) -> None:
        """`show`: what a reader gets of an alert under this id; in short, without its messages, unless told."""
        self._node, self._show = node, show or self._in_short

    def page(self, who: Pass, sought: Sought = ANYTHING, after: str | None = None) -> Found:
        """The newest that were looked for, below `after`."""
        search = _Search(self._node, who, sought, after)
        found: list[AlertView] = []
        for candidate in search.candidates():
            view = self._found(search, candidate)
            if view is not None:
                found.append(view)
            if len(found) > LISTED_MAX:
                break
        views = sorted(found, key=lambda view: view.id, reverse=True)[:LISTED_MAX]
        if len(found) > LISTED_MAX:
            return Found(views, views[-1].id)
        return Found(views, search.seen_last if search.cut else None, search.cut)

    def alert(self, org: str, id: str) -> Alert | None:
        """As it is, without remembering it: a list must not push out of memory what callbacks may ask for."""
        known = self._node.world.alerts.get(id) or _stored(self._node.store, org, id)
        return known if known is not None and known.org == org else None

    def is_whole(self, org: str) -> bool:
        """Do the lists reach back to the beginning?"""
        return self._node.store.listed_from(org) == ""

    def record(self, who: Pass, shown_id: str) -> Record | None:
        """The whole record of the alert that this reader knows by this id; None: to them there is none."""
        org, node = who.org, self._node
        alert = self.alert(org, node.world.own_id(shown_id))
        if alert is None:
            return None
        facts = node.store.stream(org, f"alert/{alert.id}", RECORD_EVENTS_MAX + 1)
        rows = node.store.deliveries(org, alert.id, RECORD_MESSAGES_MAX + 1)
        view = record_view(
            alert,
            shown_id,
            node.world.directory(org),
            [(f.at_ms, read_event(f.body)) for f in facts[:RECORD_EVENTS_MAX] if f.body is not None],
            {row.id: read_delivery(row) for row in rows[:RECORD_MESSAGES_MAX]},
            {fix.id: (fix.lat, fix.lon) for fix in node.store.fixes(org, alert.id)},
            who.reader,
            node.clock.now_ms(),
            [other for id in alert.linked if (other := self.alert(org, id)) is not None],
        )
        more = (len(facts) > RECORD_EVENTS_MAX, len(rows) > RECORD_MESSAGES_MAX)
        return None if view is None else Record(view, *more)

    def _found(self, search: _Search, candidate: _Candidate) -> AlertView | None:
        who, sought = search.who, search.sought
        if search.is_none(candidate):
            return None
        alert = self._node.world.alerts.get(candidate.alert) or candidate.known or self.alert(who.org, candidate.alert)
        what = None if alert is None else standing(alert, search.directory, who.reader)
        if alert is None or what is None or candidate.id not in shown_ids(alert, search.directory, who.reader):
            return None
        search.seen(candidate.id)
        view = self._show(who, alert, candidate.id)
        return view if view is not None and is_sought(sought, alert, view, what) else None

    def _in_short(self, who: Pass, alert: Alert, shown_id: str) -> AlertView | None:
        now_ms = self._node.clock.now_ms()
        return alert_view(alert, shown_id, self._node.world.directory(who.org), {}, {}, who.reader, now_ms)


class _Search:
    """One search: where it looks, how far it has come."""

    def __init__(self, node: HasStore, who: Pass, sought: Sought, after: str | None) -> None:
        self.who, self.sought, self._node = who, sought, node
        self.directory: Directory = node.world.directory(who.org)
        until = None if sought.until_ms is None else beginning(sought.until_ms)
        self._below = min((end for end in (after, until) if end is not None), default=None)
        self._whole_from = node.store.listed_from(who.org)
        self._ids: set[str] = set()
        self.seen_last: str | None = None
        self.cut = False

    def is_none(self, candidate: _Candidate) -> bool:
        """Was it met already, or does its line say that it is not what was looked for?"""
        if candidate.id in self._ids:
            return True
        self._ids.add(candidate.id)
        line, place = candidate.line, self.sought.place
        if line is None or place is None or (line.list == ALL and place in line.place):
            return False
        if line.list == ALL or line.list.startswith("rung/"):
            self.seen(candidate.id)  # They may see it; it is elsewhere.
            return place not in line.place
        return False

    def seen(self, id: str) -> None:
        """This one the reader may know of."""
        self.seen_last = id if self.seen_last is None else min(id, self.seen_last)

    def candidates(self) -> Iterator[_Candidate]:
        """Whatever may be meant, newest first."""
        newest = merge(self._open(), *self._listed(), key=lambda one: one.id, reverse=True)
        for looked, candidate in enumerate(newest):
            if looked >= LOOKED_MAX:
                self.cut = True
                return
            yield candidate
        if Phase.CLOSED in self.sought.states:
            yield from self._unlisted()

    def _between(self, id: str) -> bool:
        return id >= self.sought.above and (self._below is None or id < self._below)

    def _open(self) -> Iterator[_Candidate]:
        alerts = [alert for alert in self._node.world.open_alerts(self.who.org)]
        ids = [(id, alert.id) for alert in alerts for id in {alert.id, *lives_of(alert)} if self._between(id)]
        return (_Candidate(id, alert) for id, alert in sorted(ids, reverse=True))

    def _listed(self) -> Iterator[Iterator[_Candidate]]:
        if self._whole_from is None or Phase.CLOSED not in self.sought.states:
            return
        store, org, member = self._node.store, self.who.org, self.sought.member
        for name in lists_for(self.directory, self.who.reader):
            if name == ALL and member is not None:
                yield self._lines(lambda below, most: store.listed_of(org, member, self.sought.above, below, most))
                continue
            for shelf in store.shelves(org, name):
                if self.sought.on_shelf(shelf) and self._is_theirs(name, shelf):
                    yield self._lines(_of_shelf(store, org, name, shelf, self.sought.above))

    def _is_theirs(self, name: str, shelf: str) -> bool:
        """May this reader find it there?  A wallboard or desk is shown its own site.  Whoever only shows or runs the
        system is told no place and no person, nor those without a site of their own any site: thousands of alerts would
        be read to find that none is meant."""
        site, sought = self.who.reader.site, self.sought
        if name != RUNNING:
            return True
        if sought.place is not None or sought.member is not None:
            return False
        return shelf.split("/", 3)[3] == site if site else sought.site is None

    def _lines(self, read: Callable[[str | None, int], list[Listed]]) -> Iterator[_Candidate]:
        """The lines of one shelf from the newest on, those about whom the reader is never told left out."""
        below, most = self._below, FIRST_ROWS
        while lines := read(below, most):
            for line in lines:
                if not kept_from(self.directory, self.who.reader, line) and self._is_listed(line.alert):
                    yield _Candidate(line.id, line.alert, line)
            if len(lines) < most:
                return
            below, most = lines[-1].id, min(2 * most, MOST_ROWS)

    def _is_listed(self, alert: str) -> bool:
        return self._whole_from is not None and alert >= self._whole_from

    def _unlisted(self) -> Iterator[_Candidate]:
        """What the lists do not reach yet, one alert after the other."""
        if self._whole_from == "":
            return
        ends = [end for end in (self._below, self._whole_from) if end is not None]
        before = f"alert/{min(ends)}" if ends else None
        for _ in range(0, UNLISTED_MAX, LISTED_MAX):
            rows = self._node.store.recent(self.who.org, "alert", before, LISTED_MAX)
            for alert in map(read_alert, rows):
                if alert.id < self.sought.above:
                    return
                ids = {alert.id, *lives_of(alert)}
                yield from (_Candidate(id, alert.id, known=alert) for id in ids if self._between(id))
            if len(rows) < LISTED_MAX:
                return
            before = rows[-1].stream
        self.cut = True


def _of_shelf(store: Store, org: str, name: str, shelf: str, above: str) -> Callable[[str | None, int], list[Listed]]:
    return lambda below, most: store.on_shelf(org, name, shelf, above, below, most)


def _stored(store: Store, org: str, id: str) -> Alert | None:
    row = store.snapshot(org, f"alert/{id}")
    return None if row is None else read_alert(row)
