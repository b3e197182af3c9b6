"""Subscribed feeds of rosters: begun and ended by people, read by the node again and again.

Theory of operation
-------------------
A feed changes what it has *changed*, and nothing else.  Each reading is compared, shift by shift, with the one before
it (`Feed.known`): a shift that is new, or has other people than it had, becomes what the feed says; one that was there
and is gone goes; and one of which the feed says what it said before is left as it is, so that a swap or a cover that
was entered here by hand is not undone every quarter of an hour.  Its first reading takes nobody away who is not on a
shift that it names.

Whatever it takes from an hour that would then be too thin waits for two people, like everything that weakens; what it
adds acts at once.  While it has lines that cannot be read it only adds: one of those lines may be about whoever is
missing.  A feed that cannot be read, or has become empty, changes nothing: the last good roster stays.

A reading that says nothing new is not written down, but for once in a while: FEED_SEEN_EVERY_MS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tocsin.core.access.feed_record import Feed, FeedFault, KnownShift
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.record import SYSTEM, By
from tocsin.core.access.roster_commands import AddFeed, AskFeed, EndFeed, FeedRead, HearFeed
from tocsin.core.access.rosters import put
from tocsin.core.access.words import Ended, Told
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory, Shift
from tocsin.core.docket import Docket
from tocsin.core.limits import FEED_LATE_MS, FEED_SEEN_EVERY_MS, FEEDS_MAX
from tocsin.core.refusals import NO_SUCH_RECORD
from tocsin.core.roster_span import Span, within

PEOPLE_DIGITS = 16
Key = tuple[int, int]


# People ----------------------------------------------------------------------------------------------------------


def add_feed(docket: Docket, command: AddFeed) -> Reply:
    """CONFLICT: there are as many as there may be.  It is read within the minute."""
    declined = refused(docket, command.by, May.EDIT_PLANS)
    if declined is not None:
        return declined
    if command.site not in docket.directory.sites:
        return NO_SUCH_RECORD
    if len(docket.all_kept(Feed)) >= FEEDS_MAX:
        return Declined(problem=Problem.CONFLICT)
    feed = Feed(
        id=docket.id(),
        site=command.site,
        url=command.url,
        label=command.label,
        by=command.by.member,
        made_ms=docket.now_ms,
        asked_ms=docket.now_ms,
    )
    docket.keep(feed)
    _say(docket, command.by, "feed_added", feed, told=Told.SUPERVISORS)
    return Done()


def end_feed(docket: Docket, command: EndFeed) -> Reply:
    feed = _theirs(docket, command.by, command.feed)
    if isinstance(feed, Declined):
        return feed
    docket.keep(closed(feed))
    _say(docket, command.by, "feed_ended", feed, told=Told.SUPERVISORS)
    return Done()


def closed(feed: Feed) -> Feed:
    """It is read no more, and where it was is forgotten: an address may be a password."""
    return replace(feed, ended=Ended.REVOKED, url="", known=(), lines=())


def ask_feed(docket: Docket, command: AskFeed) -> Reply:
    feed = _theirs(docket, command.by, command.feed)
    if isinstance(feed, Declined):
        return feed
    docket.keep(replace(feed, asked_ms=docket.now_ms))
    return Done()


def _theirs(docket: Docket, by: By, id: str) -> Feed | Declined:
    declined = refused(docket, by, May.EDIT_PLANS)
    if declined is not None:
        return declined
    feed = docket.kept(Feed, id)
    return NO_SUCH_RECORD if feed is None or not feed.open else feed


def _say(docket: Docket, by: By, what: str, feed: Feed, *, detail: str = "", told: Told = Told.NOBODY) -> None:
    docket.act(by, what, subject=feed.id, detail=detail or feed.label, told=told)


# What it said ----------------------------------------------------------------------------------------------------


def hear_feed(docket: Docket, command: HearFeed) -> Reply:
    """What the node has found of it.  One that has ended meanwhile says nothing any more."""
    feed = docket.kept(Feed, command.feed)
    if feed is None or not feed.open or feed.site not in docket.directory.sites:
        return NO_SUCH_RECORD
    match command.told:
        case FeedFault():
            _failed(docket, feed, command.told)
            return Done()
        case None:
            _seen(docket, feed)
            return Done()
    if not command.told.shifts and any(known.ends_ms > docket.now_ms for known in feed.known):
        _failed(docket, feed, FeedFault.EMPTY)
        return Done()
    return _read(docket, feed, command, command.told)


def _failed(docket: Docket, feed: Feed, fault: FeedFault) -> None:
    if feed.failing_ms is None:
        _say(docket, SYSTEM, "feed_fails", feed, detail=fault)
    if feed.fault is not fault or feed.failing_ms is None:
        docket.keep(replace(feed, failing_ms=feed.failing_ms or docket.now_ms, fault=fault))


def _seen(docket: Docket, feed: Feed) -> None:
    if feed.failing_ms is not None or docket.now_ms - (feed.read_ms or 0) >= FEED_SEEN_EVERY_MS:
        _well(docket, feed)


def _well(docket: Docket, feed: Feed) -> None:
    if feed.failing_ms is not None:
        _say(docket, SYSTEM, "feed_works", feed)
    docket.keep(replace(feed, read_ms=docket.now_ms, failing_ms=None, fault=None))


def _read(docket: Docket, feed: Feed, command: HearFeed, told: FeedRead) -> Reply:
    wanted = roster_wanted(docket.directory, feed, told)
    reply = put(docket, SYSTEM, told.span, wanted, command.judged, "feed_changed", feed.label)
    if isinstance(reply, Declined):
        if reply.problem is not Problem.STALE:
            _failed(docket, feed, FeedFault.NO_ROSTER)
        return reply
    known = tuple(_known(told.shifts)) if not told.unread else tuple(_still_known(feed, told, docket.now_ms))
    now = replace(feed, known=known, unread=told.unread, lines=told.lines)
    if now != feed or feed.read_ms is None:
        _well(docket, now)
    else:
        _seen(docket, now)
    return reply


def _still_known(feed: Feed, told: FeedRead, now_ms: int) -> Iterator[KnownShift]:
    """With lines that cannot be read: what the feed had, until it says clearly that it is gone."""
    new = {(one.starts_ms, one.ends_ms): one for one in _known(told.shifts)}
    before = {(one.starts_ms, one.ends_ms): one for one in feed.known if one.ends_ms > now_ms}
    yield from (before.get(key, one) for key, one in new.items())
    yield from (one for key, one in before.items() if key not in new)


def roster_wanted(directory: Directory, feed: Feed, told: FeedRead) -> tuple[Shift, ...]:
    """The site's roster in this span, once the feed has changed there what it has changed at its source."""
    before = {(one.starts_ms, one.ends_ms): one.people for one in feed.known}
    new = {(shift.starts_ms, shift.ends_ms): shift for shift in told.shifts}
    now: dict[Key, list[Shift]] = {}
    for shift in within(directory, told.span):
        now.setdefault((shift.starts_ms, shift.ends_ms), []).append(shift)
    wanted: list[Shift] = []
    for key in dict.fromkeys((*now, *new)):
        wanted += _said(now.get(key, []), new.get(key), before.get(key), told.unread > 0)
    return tuple(wanted)


def _said(now: list[Shift], new: Shift | None, before: str | None, only_adds: bool) -> list[Shift]:
    """What becomes of the shifts of one time: those there are `now`, and what the feed says of it and said `before`."""
    if new is None:
        return now if before is None or only_adds else []
    if before == people_of(new):
        return now
    there = tuple(member for shift in now for member in shift.members) if only_adds else ()
    return [replace(new, members=tuple(dict.fromkeys((*there, *new.members))))]


def _known(shifts: Iterable[Shift]) -> Iterator[KnownShift]:
    return (KnownShift(shift.starts_ms, shift.ends_ms, people_of(shift)) for shift in shifts)


def people_of(shift: Shift) -> str:
    """A short name of exactly these people, in whatever order they stand."""
    return hashlib.sha256("\0".join(sorted(shift.members)).encode()).hexdigest()[:PEOPLE_DIGITS]


# Late ------------------------------------------------------------------------------------------------------------


def is_late(feed: Feed, now_ms: int) -> bool:
    """Has it not been read for so long that the roster may be another one by now?"""
    since_ms = feed.made_ms if feed.read_ms is None else feed.read_ms
    return feed.open and feed.failing_ms is not None and now_ms - since_ms > FEED_LATE_MS


def span_of(site: str, from_ms: int, until_ms: int) -> Span:
    """What a feed speaks for: everything that is not over at `from_ms`, however long ago it began."""
    return Span(site, 0, until_ms, from_ms)
