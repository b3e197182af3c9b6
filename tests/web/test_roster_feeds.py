"""The page of roster feeds: how each fares, without its address, and what may be done about it."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from bureau import BEGAN_MS, DAY_MS, ORG, SITE
from staff import Staffed
from tocsin.core.access.feed_record import Feed, FeedFault, FeedLine, KnownShift

FEEDS = "/office/roster/feeds"
URL = "https://calendar.example.org/secret-in-it/roster.ics"
NEW = {"site": SITE, "label": "Ward rota", "url": URL}


def words(page: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def kept(house: Staffed) -> list[Feed]:
    return list(house.world.all_kept(ORG, Feed).values())


def test_a_feed_is_added_and_its_address_is_shown_to_nobody_again() -> None:
    house = Staffed()
    browser = house.reader("teo")
    assert browser.post(FEEDS, NEW).status_code == 303
    page = browser.get(FEEDS)
    assert "Ward rota" in words(page) and "Not read yet." in words(page)
    assert "calendar.example.org" in words(page) and "secret-in-it" not in page.text
    trail = house.reader("ada").get("/office/trail")
    assert "Subscribed to a roster feed." in words(trail) and "example.org" not in words(trail)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://example.org/x",
        "https://",
        "https://ada:pw@example.org/x",
        "https://exa mple.org",
        "https://[::1",
    ],
)
def test_what_is_no_address_or_carries_a_password_is_refused_beside_its_field(url: str) -> None:
    house = Staffed()
    answer = house.reader("teo").post(FEEDS, {**NEW, "url": url})
    assert answer.status_code == 422 and "fault-url" in answer.text
    assert kept(house) == []


def test_how_a_feed_fares_is_said_with_what_stays_and_what_could_not_be_read() -> None:
    house = Staffed()
    lines = (FeedLine(7, "Bob", "unknown_person"),)
    one = Feed(id="f1", site=SITE, url=URL, label="Ward rota", by="teo", made_ms=BEGAN_MS, read_ms=BEGAN_MS)
    well = Feed(
        id="f2", site=SITE, url=URL, label="Other", by="", made_ms=1, read_ms=BEGAN_MS, unread=2, lines=lines,
        known=(KnownShift(BEGAN_MS, BEGAN_MS + DAY_MS, "x"),),
    )  # fmt: skip
    failing = Feed(
        id="f1", site=SITE, url=URL, label="Ward rota", by="", made_ms=1, read_ms=1, failing_ms=2, fault=FeedFault.SLOW
    )
    house.keep(one, well)
    told = words(house.reader("teo").get(FEEDS))
    assert "2 roster feeds" in told and "0 shifts to come." in told and "1 shift to come." in told
    assert "Line 7: Bob Nobody here is called so." in told and "and 1 more" in told
    assert "While lines cannot be read, it takes nobody off a shift." in told
    house.keep(failing)
    told = words(house.reader("lena").get(FEEDS))
    assert "1 feed cannot be read" in told and "Its server takes too long." in told
    assert "The roster stays as it was read" in told and "late" in told
    assert "Add a feed" not in told


def test_it_is_read_now_and_ended_by_whoever_may_change_a_roster() -> None:
    house = Staffed()
    browser = house.reader("teo")
    browser.post(FEEDS, NEW)
    (feed,) = kept(house)
    house.clock.ms += 5_000
    assert house.reader("noor").post(f"{FEEDS}/{feed.id}/end").status_code == 403
    assert browser.post(f"{FEEDS}/{feed.id}/read").status_code == 303
    assert kept(house)[0].asked_ms == house.clock.ms
    assert browser.post(f"{FEEDS}/{feed.id}/end").status_code == 303
    assert kept(house) == [] and "No feed is read." in words(browser.get(FEEDS))
    assert browser.post(f"{FEEDS}/{feed.id}/end").status_code == 404
