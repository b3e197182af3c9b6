"""The cover of the coming day: each hour is as good as its worst moment, and says what the gaps say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from test_gaps import EVERY, HOUR, member, shift, site

from tocsin.core.access.calm_sight import calm_view
from tocsin.core.cover import Hour, cover
from tocsin.core.directory import Directory, Shift
from tocsin.core.gaps import Lack, gaps
from tocsin.core.limits import WATCHED_MAX
from tocsin.core.reach import Standing
from tocsin.core.words import Channel

WHOLE = ("ann", "bob", "cas", "ines")
SHIFTS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), st.sets(st.sampled_from(WHOLE), min_size=1)))


def people(directory: Directory, hours: int = 6, from_ms: int = 0) -> list[int]:
    return [hour.people for hour in cover(directory, "centre", from_ms, hours, EVERY)]


def test_every_hour_is_told_and_counts_whom_an_sos_would_ring() -> None:
    assert people(site(shift(0, 3, *WHOLE), shift(2, 6, "ann", "bob"))) == [4, 4, 4, 2, 2, 2]


def test_an_hour_is_as_good_as_its_worst_moment() -> None:
    half = Shift("centre", WHOLE, 0, HOUR // 2)
    assert people(site(half, shift(1, 2, *WHOLE)), 2) == [0, 4]
    (first, second) = cover(site(half, shift(1, 2, *WHOLE)), "centre", 0, 2, EVERY)
    assert first == Hour(0, 0, (Lack.NOBODY,)) and second.lacks == ()


def test_what_has_passed_of_this_hour_does_not_count() -> None:
    late = Shift("centre", WHOLE, HOUR // 2, HOUR)
    assert people(site(late), 1, HOUR // 2) == [4]
    assert people(site(late), 1, HOUR // 2 - 1) == [0]


@given(SHIFTS)
def test_an_hour_lacks_something_exactly_where_there_is_a_gap(shifts: list[tuple[int, int, set[str]]]) -> None:
    directory = site(*(shift(start, start + long, *sorted(who)) for start, long, who in shifts))
    found = gaps(directory, "centre", 0, 8 * HOUR, EVERY)
    for hour in cover(directory, "centre", 0, 8, EVERY):
        within = [gap for gap in found if gap.starts_ms < hour.at_ms + HOUR and hour.at_ms < gap.ends_ms]
        assert bool(hour.lacks) == bool(within)


def test_a_watch_names_those_who_can_be_relied_on_least_first() -> None:
    gone = member("bob", verified=False)
    view = calm_view(site(shift(0, 1, *WHOLE), members={"bob": gone}), "centre", 1, [])
    assert view.on_shift == 4 and view.people[0].member.id == "bob"
    assert view.people[0].reach is Standing.NONE and view.people[0].ways == ()
    assert view.people[1].reach is Standing.HALF and view.people[1].ways == (Channel.SMS,)
    (sms,) = view.ways
    assert (sms.channel, sms.proven, sms.all, sms.newest_at) == (Channel.SMS, 0, 3, None)


def test_a_watch_names_forty_and_counts_the_rest_but_nobody_who_is_suspended() -> None:
    many = {f"m{number}": member("ann") for number in range(WATCHED_MAX + 3)}
    suspended = member("cas", suspended=True)
    directory = site(shift(0, 1, *many, "cas"), members={**many, "cas": suspended})
    view = calm_view(directory, "centre", 1, [])
    assert view.on_shift == WATCHED_MAX + 3 and len(view.people) == WATCHED_MAX
    assert "cas" not in {one.member.id for one in view.people}
