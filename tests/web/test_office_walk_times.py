"""The times of walks in the office: read by whoever reads plans, set by whoever writes them, told when they wait."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bureau import Browser
from plan_forms import attribute, words
from planned import planned, second_person
from staff import Staffed
from tocsin.core.access.changes import Change
from tocsin.core.directory import Site
from tocsin.core.docket import Docket

PAGE = "/office/walks?site=centre"


@pytest.fixture
def known() -> Staffed:
    return planned()


def site(known: Staffed, id: str = "centre") -> Site:
    return known.directory.sites[id]


def times(known: Staffed) -> tuple[int, int]:
    return site(known).walk_grace_s, site(known).walk_remind_s


def fields(browser: Browser) -> dict[str, str]:
    body = browser.get(PAGE).text
    tags = [f"<input{part.partition('>')[0]}>" for part in body.split("<input")[1:]]
    return {attribute(tag, "name"): attribute(tag, "value") for tag in tags if attribute(tag, "name") != "form_token"}


def _shortened(docket: Docket) -> None:
    here = docket.directory
    sooner = replace(here.sites["centre"], walk_grace_s=45)
    docket.set_rules(replace(here, sites={**here.sites, "centre": sooner}))


def test_the_times_are_told_in_plain_words_and_each_site_has_its_own(known: Staffed) -> None:
    browser = known.reader("ada")
    told = words(browser.get(PAGE))
    assert f"Help is called 1 min after the end of a walk, {site(known).name}" in told
    assert "Whoever is on a walk is reminded 3 min before its end" in told
    assert "Walks under way keep the times with which they began" in told
    assert 'href="/office/walks?site=annex"' in browser.get(PAGE).text
    plans = words(browser.get("/office/plans"))
    assert "Reminded 3 min before the end; help is called 1 min after it" in plans


def test_whoever_only_reads_plans_is_given_no_field_and_saves_nothing(known: Staffed) -> None:
    browser = known.reader("lena")
    page = browser.get(PAGE).text
    assert 'name="grace"' not in page and "Administrators and supervisors change them" in words(browser.get(PAGE))
    sent = {"site": "centre", "grace": "30", "remind": "180"}
    assert browser.post("/office/walks", sent).status_code == 403 and times(known) == (60, 180)


def test_whoever_may_read_no_plans_is_told_of_no_times(known: Staffed) -> None:
    assert known.reader("noor").get(PAGE).status_code == 403


def test_of_no_site_there_is_no_page(known: Staffed) -> None:
    browser = known.reader("ada")
    assert browser.get("/office/walks?site=nowhere").status_code == 404
    assert browser.post("/office/walks", {**fields(browser), "site": "nowhere"}).status_code == 404


def test_less_waiting_acts_at_once(known: Staffed) -> None:
    second_person(known)
    browser = known.reader("teo")
    assert browser.post("/office/walks", {**fields(browser), "grace": "30", "remind": "240"}).status_code == 303
    told = words(browser.get(PAGE))
    assert times(known) == (30, 240) and "Saved." in told and "Help is called 30 s after" in told


def test_more_waiting_waits_and_says_why_and_for_whom(known: Staffed) -> None:
    second_person(known)
    browser = known.reader("teo")
    browser.post("/office/walks", {**fields(browser), "grace": "120", "why": "A long way"})
    assert times(known) == (60, 180) and len(known.world.all_kept("alder", Change)) == 1
    told = words(browser.get(PAGE))
    assert "Asked. It waits for a second person" in told and "would wait another time after the end" in told
    assert "Whoever does not come home from a walk would be looked for later." in told
    assert "After its end help is called in Now 1 min Then 2 min" in told and "Why: A long way" in told
    assert "A change waits" in words(browser.get("/office/plans"))
    assert "A long way" not in words(browser.get("/office/walks?site=annex")), "it is of the other site alone"


def test_of_two_times_one_acts_and_one_waits(known: Staffed) -> None:
    second_person(known)
    browser = known.reader("teo")
    browser.post("/office/walks", {**fields(browser), "grace": "30", "remind": "60"})
    assert times(known) == (30, 180)
    told = words(browser.get(PAGE))
    assert "Saved. The rest waits for a second person." in told and "would have less time after the reminder" in told


def test_a_form_that_is_sent_as_it_came_changes_nothing(known: Staffed) -> None:
    browser = known.reader("teo")
    browser.post("/office/walks", fields(browser))
    assert "Nothing was different; nothing was changed." in words(browser.get(PAGE))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"grace": "14"}, "Use a whole number from 15 to 300."),
        ({"grace": "soon"}, "Use a whole number from 15 to 300."),
        ({"remind": "901"}, "Use a whole number from 30 to 900."),
        ({"remind": ""}, "Use a whole number from 30 to 900."),
    ],
)
def test_what_is_no_time_is_said_beside_its_field_and_nothing_is_saved(
    known: Staffed, typed: dict[str, str], said: str
) -> None:
    browser = known.reader("teo")
    answer = browser.post("/office/walks", {**fields(browser), **typed})
    assert answer.status_code == 422 and said in words(answer) and times(known) == (60, 180)


def test_two_who_change_them_at_once_see_what_stands_there_now(known: Staffed) -> None:
    browser = known.reader("teo")
    form = fields(browser)
    known._beside(_shortened)
    answer = browser.post("/office/walks", {**form, "grace": "30"})
    assert answer.status_code == 409 and "Stands there now: 45" in words(answer)
    assert 'value="30"' in answer.text and times(known) == (45, 180)
