"""The hours of a watch are those of the wall it hangs on, whatever zone its browser was set to; and which wall."""

from __future__ import annotations

import pytest
from scripted_page import told

pytestmark = pytest.mark.slow  # Each bundles the scripts of a page.
WALL = """
process.env.TZ = "UTC";
document.documentElement.lang = "en";
const { keepTimeOf, at, atOn, dayOf, hourOf } = await scripts("wall", "words");
const then = Date.parse("2026-11-23T05:04:07Z");
const shown = () => [dayOf(then), hourOf(then), at(then)];
"""


def test_a_screen_set_to_another_zone_shows_the_hours_of_its_site() -> None:
    seen = told(f"""{WALL}
    const before = shown();
    keepTimeOf({{ time_zone: "America/Chicago", utc_offset_s: -21600 }});
    print([before, shown(), at(Date.parse("2026-07-01T05:00:00Z"))]);
    """)
    utc, site, summer = seen
    assert utc == ["Monday 23 November", "05", "05:04:07"]
    assert site == ["Sunday 22 November", "23", "23:04:07"]
    assert summer == "00:00:00"  # The clock change of the site, not that of now.


@pytest.mark.parametrize(
    "place", ['{ time_zone: "Nowhere/Land", utc_offset_s: 60 }', "{}", '{ time_zone: "UTC", utc_offset_s: 0 }']
)
def test_where_nothing_is_known_or_nothing_differs_the_browser_keeps_its_own(place: str) -> None:
    assert told(f"{WALL} keepTimeOf({place}); print(shown());") == ["Monday 23 November", "05", "05:04:07"]


def test_what_is_not_of_today_says_of_which_day_it_is() -> None:
    """By the days of the site: what is yesterday there is yesterday."""
    seen = told(f"""{WALL}
    keepTimeOf({{ time_zone: "America/Chicago", utc_offset_s: -21600 }});
    const now = Date.parse("2026-11-23T05:30:00Z");
    print([atOn(then, now), atOn(then, now + 3_600_000), atOn(then, now + 90 * 86_400_000)]);
    """)
    assert seen == ["23:04:07", "Sunday 22 November, 23:04", "Sunday 22 November, 23:04"]


def test_a_date_that_is_none_keeps_no_screen_from_being_drawn() -> None:
    seen = told(f"""{WALL}
    keepTimeOf({{ time_zone: "America/Chicago", utc_offset_s: -21600 }});
    print([NaN, Infinity, 9e15].map((date) => [dayOf(date), at(date), atOn(date, then)]));
    """)
    assert {day for day, *_ in seen} == {""} and {time for _, time, _ in seen} == {"NaN:NaN:NaN"}


def test_an_alert_says_at_which_site_it_is_where_there_are_several() -> None:
    seen = told("""
    const { siteOf } = await scripts("alert");
    const sites = [{ id: "north", name: "North Annex" }, { id: "south", name: "South" }];
    const here = { site: "north" };
    print([siteOf(here, { sites }), siteOf({}, { sites }), siteOf(here, {}), siteOf(here, null)]);
    """)
    assert seen == ["North Annex", "", "", ""]
