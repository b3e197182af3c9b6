"""A roster from a file or a feed: it speaks for its span, what weakens waits, and what was done by hand stays."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from second_person import acts, by, now, peopled, problem
from ward import HOUR, ORG, PLAN, SITE, Ward

from tocsin.core.access.changes import ChangePhase
from tocsin.core.access.clock_commands import ClockOut
from tocsin.core.access.feed_record import Feed, FeedFault, FeedLine
from tocsin.core.access.feeds import is_late, span_of
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.roster_commands import AddFeed, AskFeed, EndFeed, FeedRead, HearFeed, ImportRoster
from tocsin.core.access.rosters import judged_roster
from tocsin.core.commands import Done, Problem, Reply
from tocsin.core.directory import Shift
from tocsin.core.limits import DAY_MS, FEED_AHEAD_MS, FEED_LATE_MS, FEED_SEEN_EVERY_MS, FEEDS_MAX, ROSTER_PLACES_MAX
from tocsin.core.planning import no_full_number
from tocsin.core.roster_span import Span, within

START = 1_795_000_000_000
URL = "https://calendar.example.org/secret-in-it/roster.ics"


@pytest.fixture
def ward() -> Ward:
    """Everybody is on for a week; then on some days Bo, Teo and Ines."""
    ward = peopled()
    week = Shift(SITE, ("noor", "bo", "teo", "ines"), 0, START + 7 * DAY_MS)
    ward._write(lambda docket: docket.set_rules(replace(docket.directory, shifts=(week, *later()), plans=(PLAN,))))
    return ward


def shift(day: int, *members: str, hours: int = 12) -> Shift:
    begins = START + day * DAY_MS
    return Shift(SITE, members, begins, begins + hours * HOUR)


def later() -> tuple[Shift, ...]:
    return shift(10, "bo", "teo", "ines"), shift(11, "bo", "teo", "ines")


def span(first: int = 10, last: int = 12) -> Span:
    return Span(SITE, START + first * DAY_MS, START + last * DAY_MS, START)


def brought(ward: Ward, *shifts: Shift, of: Span | None = None, who: By | None = None, **more: Any) -> Reply:
    asked = of or span()
    before = within(ward.world.directory(ORG), asked)
    fields: dict[str, Any] = {"before": before, "after": shifts, **more}
    return ward.do(ImportRoster(org=ORG, by=who or by(ward, "teo"), span=asked, **fields))


def roster(ward: Ward) -> set[Shift]:
    return set(ward.world.directory(ORG).shifts[1:])


def waiting(reply: Reply) -> tuple[str, ...]:
    assert isinstance(reply, Done) and reply.split is not None, reply
    return reply.split.waiting


# Imports ---------------------------------------------------------------------------------------------------------


def test_a_file_speaks_for_its_span_and_leaves_the_rest(ward: Ward) -> None:
    more = shift(10, "bo", "teo", "ines", "noor"), later()[1], shift(13, "noor")
    assert waiting(brought(ward, *more)) == ()
    assert roster(ward) == {shift(10, "bo", "teo", "ines", "noor"), *later()[1:]}


def test_what_takes_somebody_from_a_thin_hour_waits_as_one_change_and_the_rest_is_done(ward: Ward) -> None:
    reply = brought(ward, shift(10, "bo"), shift(11, "bo", "teo", "ines", "noor"), shift(11, "wale", hours=2))
    (change,) = waiting(reply)
    assert roster(ward) == {
        shift(10, "bo", "teo", "ines"),
        shift(11, "bo", "teo", "ines", "noor"),
        shift(11, "wale", hours=2),
    }
    assert now(ward, change).phase is ChangePhase.WAITING
    lines = [act for act in acts(ward) if act.what == "roster_imported"]
    assert [(act.detail, act.by.member) for act in lines] == [("2", "teo")]


def test_a_shift_that_goes_where_enough_are_left_goes_at_once(ward: Ward) -> None:
    assert waiting(brought(ward, shift(10, "bo", "teo", "ines"), shift(11, "ines", "bo", "teo", hours=13))) == ()
    assert roster(ward) == {shift(10, "bo", "teo", "ines"), shift(11, "ines", "bo", "teo", hours=13)}


def test_an_order_that_only_a_file_has_is_no_change(ward: Ward) -> None:
    reply = brought(ward, *(replace(one, members=one.members[::-1]) for one in later()))
    assert isinstance(reply, Done) and reply.split is not None
    assert (reply.split.now, reply.split.waiting) == ((), ())
    assert not [act for act in acts(ward) if act.what == "roster_imported"]


def test_what_is_not_what_they_saw_changes_nothing(ward: Ward) -> None:
    seen = within(ward.world.directory(ORG), span())
    brought(ward, shift(10, "bo", "teo", "ines", "wale"), later()[1])
    before = roster(ward)
    assert problem(brought(ward, *later(), before=seen)) is Problem.STALE
    assert roster(ward) == before


def test_whoever_comes_or_goes_while_a_roster_is_weighed_makes_it_no_less_true(ward: Ward) -> None:
    """At a change of shift somebody clocks in every second, and a long roster is weighed for longer than that."""
    new = (shift(10, "bo", "teo", "ines", "noor"), later()[1])
    found = judged_roster(ward.world.directory(ORG), span(), new, ward.now_ms, no_full_number)
    assert ward.do(ClockOut(org=ORG, by=by(ward, "noor"), member="noor")) == Done()
    assert ward.world.directory(ORG) is not found.base
    assert waiting(brought(ward, *new, judged=found)) == () and roster(ward) == set(new)
    assert "noor" in ward.world.directory(ORG).attendance


def test_nobody_imports_who_may_not_change_a_roster_and_nothing_that_cannot_be_true(ward: Ward) -> None:
    assert problem(brought(ward, *later(), who=by(ward, "noor"))) is Problem.NOT_ALLOWED
    assert problem(brought(ward, *later(), of=replace(span(), site="elsewhere"))) is Problem.NO_SUCH_RECORD
    assert problem(brought(ward, shift(10, "nobody"))) is Problem.BAD_DIRECTORY
    crowd = shift(10, *("bo" for _ in range(ROSTER_PLACES_MAX + 1)))
    assert problem(brought(ward, crowd)) is Problem.BAD_DIRECTORY
    assert roster(ward) == set(later())


def test_a_judgement_counts_only_while_nothing_else_has_changed(ward: Ward) -> None:
    wanted = shift(10, "bo"), later()[1]
    found = judged_roster(ward.world.directory(ORG), span(), wanted, ward.now_ms, no_full_number)
    assert [bool(reasons) for reasons in found.weakens] == [True]
    assert len(waiting(brought(ward, *wanted, judged=found))) == 1
    ward.change("bo", language="es")
    assert problem(brought(ward, *wanted, judged=found)) is Problem.STALE


# Feeds -----------------------------------------------------------------------------------------------------------


def feed(ward: Ward) -> Feed:
    added = ward.do(AddFeed(org=ORG, by=by(ward, "teo"), site=SITE, url=URL, label="Ward rota"))
    assert isinstance(added, Done)
    (one,) = ward.world.all_kept(ORG, Feed).values()
    return one


def kept(ward: Ward) -> Feed:
    (one,) = ward.world.all_kept(ORG, Feed).values()
    return one


def hear(ward: Ward, *shifts: Shift, unread: int = 0, **more: Any) -> Reply:
    lines = tuple(FeedLine(7, "Bob", "unknown_person") for _ in range(unread))
    of = span_of(SITE, ward.now_ms, ward.now_ms + FEED_AHEAD_MS)
    told = FeedRead(span=of, shifts=shifts, unread=unread, lines=lines)
    return ward.do(HearFeed(org=ORG, feed=kept(ward).id, told=told, **more))


def test_the_first_reading_adds_and_takes_nobody_away_whom_it_does_not_name(ward: Ward) -> None:
    feed(ward)
    assert waiting(hear(ward, shift(10, "bo", "teo", "ines", "wale"), shift(12, "noor"))) == ()
    assert roster(ward) == {shift(10, "bo", "teo", "ines", "wale"), later()[1], shift(12, "noor")}
    assert (kept(ward).read_ms, kept(ward).failing_ms) == (ward.now_ms, None)


def test_what_was_changed_here_by_hand_stays_until_the_feed_changes_the_same(ward: Ward) -> None:
    feed(ward)
    hear(ward, *later())
    brought(ward, shift(10, "bo", "teo", "ines", "noor"), shift(11, "bo", "teo", "ines"))
    hear(ward, *later())
    assert roster(ward) == {shift(10, "bo", "teo", "ines", "noor"), later()[1]}
    hear(ward, shift(10, "teo", "ines", "wale", "bo"), later()[1])
    assert roster(ward) == {shift(10, "bo", "teo", "ines", "wale"), later()[1]}


def test_what_a_feed_takes_from_a_thin_hour_waits_and_is_not_asked_again(ward: Ward) -> None:
    feed(ward)
    hear(ward, *later())
    (change,) = waiting(hear(ward, shift(10, "bo"), later()[1]))
    assert now(ward, change).asker == "" and now(ward, change).why == "Ward rota"
    assert roster(ward) == set(later())
    assert waiting(hear(ward, shift(10, "bo"), later()[1])) == ()
    (gone,) = waiting(hear(ward, shift(10, "bo")))
    assert gone != change and roster(ward) == set(later())


def test_two_shifts_of_one_time_become_the_one_that_the_feed_has(ward: Ward) -> None:
    feed(ward)
    brought(ward, *later(), shift(10, "noor"))
    hear(ward, shift(10, "bo", "teo", "ines", "noor"))
    assert roster(ward) == {shift(10, "bo", "teo", "ines", "noor"), later()[1]}


def test_while_lines_cannot_be_read_a_feed_only_adds(ward: Ward) -> None:
    feed(ward)
    hear(ward, *later())
    assert waiting(hear(ward, shift(10, "bo", "noor"), unread=1)) == ()
    assert roster(ward) == {shift(10, "bo", "teo", "ines", "noor"), later()[1]}
    assert kept(ward).unread == 1 and kept(ward).lines[0].what == "Bob"
    hear(ward, shift(10, "bo", "noor"), shift(12, "bo"), unread=1)
    reply = hear(ward, shift(10, "bo", "noor"), shift(12, "bo"))
    assert len(waiting(reply)) == 1 and kept(ward).unread == 0


def test_a_feed_that_fails_or_is_suddenly_empty_keeps_the_last_good_roster(ward: Ward) -> None:
    feed(ward)
    hear(ward, *later())
    ward.now_ms += HOUR
    began = ward.now_ms
    ward.do(HearFeed(org=ORG, feed=kept(ward).id, told=FeedFault.SLOW))
    ward.now_ms += HOUR
    ward.do(HearFeed(org=ORG, feed=kept(ward).id, told=FeedFault.SLOW))
    assert (kept(ward).failing_ms, kept(ward).fault) == (began, FeedFault.SLOW)
    hear(ward)
    assert (kept(ward).failing_ms, kept(ward).fault) == (began, FeedFault.EMPTY)
    assert roster(ward) == set(later())
    assert not is_late(kept(ward), ward.now_ms)
    assert is_late(kept(ward), began + FEED_LATE_MS)
    ward.do(HearFeed(org=ORG, feed=kept(ward).id, told=None))
    assert (kept(ward).failing_ms, kept(ward).read_ms) == (None, ward.now_ms)
    assert [act.what for act in acts(ward) if act.what in ("feed_fails", "feed_works")] == ["feed_fails", "feed_works"]


def test_a_feed_that_was_never_read_is_late_too_and_an_empty_one_may_begin(ward: Ward) -> None:
    one = feed(ward)
    assert not is_late(one, one.made_ms + 2 * FEED_LATE_MS)
    ward.do(HearFeed(org=ORG, feed=one.id, told=FeedFault.AWAY))
    assert is_late(kept(ward), one.made_ms + FEED_LATE_MS + 1)
    hear(ward)
    assert kept(ward).failing_ms is None


def test_a_reading_that_says_nothing_new_is_written_down_once_in_a_while(ward: Ward) -> None:
    feed(ward)
    hear(ward, *later())
    first = kept(ward)
    for _ in range(3):
        ward.now_ms += FEED_SEEN_EVERY_MS // 4
        hear(ward, *later())
        ward.do(HearFeed(org=ORG, feed=first.id, told=None))
        assert kept(ward) == first
    ward.now_ms += FEED_SEEN_EVERY_MS
    hear(ward, *later())
    assert kept(ward).read_ms == ward.now_ms


def test_a_feed_that_names_somebody_who_has_left_meanwhile_is_no_roster(ward: Ward) -> None:
    feed(ward)
    assert problem(hear(ward, shift(10, "nobody"))) is Problem.BAD_DIRECTORY
    assert kept(ward).fault is FeedFault.NO_ROSTER and roster(ward) == set(later())


def test_a_reading_that_was_weighed_before_something_else_changed_is_weighed_again(ward: Ward) -> None:
    feed(ward)
    known = kept(ward)
    old = judged_roster(ward.world.directory(ORG), span(), later(), ward.now_ms, no_full_number)
    ward.change("bo", language="es")
    assert problem(hear(ward, shift(10, "noor"), judged=old)) is Problem.STALE
    assert kept(ward) == known and roster(ward) == set(later())


def test_a_feed_is_ended_and_says_nothing_more_and_its_address_is_gone(ward: Ward) -> None:
    one = feed(ward)
    ward.do(AskFeed(org=ORG, by=by(ward, "teo"), feed=one.id))
    assert kept(ward).asked_ms == ward.now_ms
    assert ward.do(EndFeed(org=ORG, by=by(ward, "teo"), feed=one.id)) == Done()
    assert not ward.world.all_kept(ORG, Feed)
    ended = ward.world.kept(ORG, Feed, one.id)
    assert ended is not None and (ended.url, ended.known) == ("", ())
    for command in (HearFeed(org=ORG, feed=one.id, told=None), EndFeed(org=ORG, by=OPERATOR, feed=one.id)):
        assert problem(ward.do(command)) is Problem.NO_SUCH_RECORD
    assert not any(URL in str(act) for act in acts(ward))


def test_nobody_keeps_feeds_who_may_not_change_a_roster_and_there_is_an_end_to_them(ward: Ward) -> None:
    one = feed(ward)
    noor = by(ward, "noor")
    assert problem(ward.do(AddFeed(org=ORG, by=noor, site=SITE, url=URL, label="x"))) is Problem.NOT_ALLOWED
    assert problem(ward.do(EndFeed(org=ORG, by=noor, feed=one.id))) is Problem.NOT_ALLOWED
    assert problem(ward.do(AskFeed(org=ORG, by=noor, feed=one.id))) is Problem.NOT_ALLOWED
    teo = by(ward, "teo")
    assert problem(ward.do(AddFeed(org=ORG, by=teo, site="no", url=URL, label="x"))) is Problem.NO_SUCH_RECORD
    for _ in range(FEEDS_MAX - 1):
        ward.do(AddFeed(org=ORG, by=teo, site=SITE, url=URL, label="x"))
    assert problem(ward.do(AddFeed(org=ORG, by=teo, site=SITE, url=URL, label="x"))) is Problem.CONFLICT
