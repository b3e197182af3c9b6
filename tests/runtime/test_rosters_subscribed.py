"""Feeds that are read again and again: what comes is the roster, and whatever fails leaves the last good one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import pytest
from msgspec.structs import replace
from plain_node import PlainNode
from structlog.testing import capture_logs

from paper_roster import NOW, at
from tocsin.core import commands as c
from tocsin.core.access.feed_record import Feed, FeedCame, FeedFault
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.roster_commands import AddFeed, AskFeed, EndFeed, HearFeed
from tocsin.core.directory import Contact, Directory, Member, Shift, Site
from tocsin.core.limits import DAY_MS, FEED_LATE_MS
from tocsin.core.words import Channel, Role
from tocsin.runtime.lookouts import feeds_watch
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.rosters.reading import read
from tocsin.runtime.rosters.shapes import Job, No, Read, Unreadable
from tocsin.runtime.rosters.subscribing import BELIEVED_MS, Feeds

ORG, SITE, URL = "alder", "centre", "https://calendar.example.org/secret/roster.csv"
EVERY_MS = 900_000
ROSTER = b"member,date,start,end\nnoor,2026-11-03,07:00,19:00\nteo@example.org,2026-11-03,07:00,19:00\n"
MORNING = (at("2026-11-03T07:00"), at("2026-11-03T19:00"))


def founded() -> Directory:
    people = [
        Member("noor", "Noor Invented", (Role.RESPONDER,)),
        Member("teo", "Teo Invented", contacts=(Contact("teo-mail", Channel.EMAIL, "Teo@example.org"),)),
        Member("seat", "A desk", seat="centre/desk"),
    ]
    sites = {SITE: Site(SITE, "Dispatch Centre", "America/Chicago")}
    return Directory(ORG, "Alder", members={one.id: one for one in people}, sites=sites)


class Web:
    """What the feed's server says, and what it was asked; and how its roster is read."""

    def __init__(self, node: PlainNode | None = None) -> None:
        self.says: FeedCame | FeedFault = FeedCame(ROSTER, '"1"', "Sun")
        self.asked: list[tuple[str, str, str]] = []
        self.reads: Unreadable | None = None
        self.node = node or PlainNode(founded(), NOW)
        self.feeds = Feeds(self.node, self.node, self.fetch, self.read, EVERY_MS)

    async def fetch(self, url: str, etag: str, modified: str) -> FeedCame | FeedFault:
        self.asked.append((url, etag, modified))
        return self.says

    async def read(self, job: Job) -> Read | Unreadable:
        return self.reads or read(job)

    def do(self, what: Coroutine[None, None, object]) -> object:
        return asyncio.run(what)

    def add(self) -> None:
        self.do(self.node.submit(AddFeed(org=ORG, by=OPERATOR, site=SITE, url=URL, label="Ward rota")))

    def read_due(self) -> int:
        """Reads what is due; how many that was."""
        due = list(self.feeds.due())
        for org, feed in due:
            self.do(self.feeds.read(org, feed))
        return len(due)

    @property
    def feed(self) -> Feed:
        (one,) = self.node.world.all_kept(ORG, Feed).values()
        return one

    @property
    def shifts(self) -> tuple[Shift, ...]:
        return self.node.world.directory(ORG).shifts


@pytest.fixture
def web() -> Web:
    web = Web()
    web.add()
    return web


def test_a_feed_is_read_at_once_when_it_is_added_and_then_again_and_again(web: Web) -> None:
    assert web.read_due() == 1
    assert web.shifts == (Shift(SITE, ("noor", "teo"), *MORNING),)
    assert (web.feed.read_ms, web.asked) == (NOW, [(URL, "", "")])
    assert web.read_due() == 0
    web.node.time_ms += EVERY_MS * 8 // 10
    assert web.read_due() == 0
    web.node.time_ms += EVERY_MS * 3 // 10
    assert web.read_due() == 1
    assert web.asked[1:] == [(URL, '"1"', "Sun")]


def test_somebody_may_have_it_read_now(web: Web) -> None:
    web.read_due()
    web.node.time_ms += 1_000
    web.do(web.node.submit(AskFeed(org=ORG, by=OPERATOR, feed=web.feed.id)))
    assert web.read_due() == 1 and web.read_due() == 0


def test_what_fails_leaves_the_last_good_roster_and_says_why(web: Web) -> None:
    web.read_due()
    good = web.shifts
    for says, reads, fault in (
        (FeedFault.AWAY, None, FeedFault.AWAY),
        (FeedFault.HUGE, None, FeedFault.HUGE),
        (FeedCame(b"<html>"), None, FeedFault.NO_ROSTER),
        (FeedCame(b""), None, FeedFault.NO_ROSTER),
        (FeedCame(b"member,date,start,end\n"), None, FeedFault.EMPTY),
        (FeedCame(ROSTER), Unreadable(No.TOO_HARD), FeedFault.TOO_HARD),
        (FeedCame(ROSTER), Unreadable(No.TOO_MANY, "7"), FeedFault.HUGE),
    ):
        web.says, web.reads = says, reads
        web.node.time_ms += 2 * EVERY_MS
        web.read_due()
        assert (web.feed.fault, web.shifts) == (fault, good)
    web.says, web.reads = FeedCame(ROSTER), None
    web.node.time_ms += 2 * EVERY_MS
    web.read_due()
    assert web.feed.fault is None


def test_the_same_as_before_is_believed_for_a_while_and_for_the_same_people(web: Web) -> None:
    web.read_due()
    web.says = FeedCame(None)
    web.node.time_ms += 2 * EVERY_MS
    before = web.node.facts
    web.read_due()
    assert web.asked[-1][1:] == ('"1"', "Sun") and web.node.facts == before
    web.node.time_ms += BELIEVED_MS
    web.says = FeedCame(ROSTER, '"2"')
    web.read_due()
    assert web.asked[-1][1:] == ("", "")
    directory = web.node.world.directories[ORG]
    web.node.world.directories[ORG] = replace(directory, members={**directory.members, "bo": Member("bo", "Bo")})
    web.node.time_ms += 2 * EVERY_MS
    web.read_due()
    assert web.asked[-1][1:] == ("", "")


def test_lines_that_cannot_be_read_are_kept_beside_the_feed(web: Web) -> None:
    web.says = FeedCame(ROSTER + b"Bob,2026-11-03,07:00,19:00\nA desk,2026-11-03,07:00,19:00\n")
    web.read_due()
    assert [(one.line, one.what) for one in web.feed.lines] == [(4, "Bob"), (5, "A desk")]
    assert web.shifts == (Shift(SITE, ("noor", "teo"), *MORNING),)


def test_a_feed_that_was_ended_while_it_was_read_changes_nothing(web: Web) -> None:
    ((org, feed),) = list(web.feeds.due())
    web.do(web.node.submit(EndFeed(org=ORG, by=OPERATOR, feed=feed.id)))
    web.do(web.feeds.read(org, feed))
    assert web.shifts == () and web.read_due() == 0


def test_a_feed_of_a_site_that_is_gone_is_no_roster(web: Web) -> None:
    directory = web.node.world.directories[ORG]
    web.node.world.directories[ORG] = replace(directory, sites={})
    web.read_due()
    assert web.shifts == () and web.feed.read_ms is None


def test_whoever_is_asked_whether_this_node_is_fit_says_that_a_feed_is_late(web: Web) -> None:
    look = feeds_watch(web.node.world, web.node)
    web.says = FeedFault.SLOW
    web.read_due()
    assert list(look()) == []
    web.node.time_ms += FEED_LATE_MS + 1
    (reason,) = look()
    assert reason.part == "feeds" and URL not in reason.what


def test_what_cannot_be_stored_and_what_breaks_is_logged_without_a_word_of_it(web: Web) -> None:
    async def broken(job: Job) -> Read | Unreadable:
        raise KeyError(URL)

    feeds = Feeds(web.node, web.node, web.fetch, broken, EVERY_MS)
    with capture_logs() as logs:
        web.do(feeds.read(ORG, web.feed))
    assert [(one["event"], one["error"]) for one in logs] == [("feed_failed", "KeyError")]
    assert "example.org" not in str(logs)
    assert web.shifts == ()


def test_what_was_weighed_before_something_else_changed_is_read_again_at_once(web: Web) -> None:
    class Busy(PlainNode):
        """Somebody changes a member just before each of our own commands is decided."""

        changes = 1

        async def submit(self, command: c.Command) -> c.Reply:
            if self.changes and isinstance(command, HearFeed):
                self.changes -= 1
                known = self.world.directories[ORG]
                bo = Member("bo", "Bo")
                self.world.directories[ORG] = replace(known, members={**known.members, "bo": bo})
            return await super().submit(command)

    busy = Web(Busy(founded(), NOW))
    busy.add()
    assert (busy.read_due(), busy.shifts) == (1, ())
    assert (busy.read_due(), len(busy.shifts)) == (1, 1)


def test_what_the_disk_refuses_is_read_again_when_its_time_comes(web: Web) -> None:
    class Full(PlainNode):
        full = False

        async def submit(self, command: c.Command) -> c.Reply:
            if self.full:
                raise Unavailable
            return await super().submit(command)

    node = Full(founded(), NOW)
    full = Web(node)
    full.add()
    node.full = True
    with capture_logs() as logs:
        assert (full.read_due(), full.shifts) == (1, ())
    assert [one["event"] for one in logs] == ["feed_not_stored"]
    node.full, node.time_ms = False, NOW + 2 * EVERY_MS
    assert (full.read_due(), len(full.shifts)) == (1, 1)


def test_readings_begin_with_the_server_and_end_with_it(web: Web) -> None:
    async def story() -> None:
        web.feeds.start()
        web.feeds._look()
        while not web.shifts:
            await asyncio.wait_for(asyncio.gather(*web.feeds._reading.values()), 60)
        web.feeds.stop()

    web.do(story())
    assert web.feed.read_ms == NOW and NOW < NOW + DAY_MS
