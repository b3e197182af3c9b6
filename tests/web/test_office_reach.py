"""Reach as a page: who on shift is proven reachable, on what, when last, and why not; and a test now."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rostered import DAY, SITE, Rostered
from tocsin.core.directory import Contact, Member
from tocsin.core.words import Channel, Role
from tocsin.web.office.reach_tests import ReachAsked
from tocsin.web.office.reach_words import way_of

REACH, TEST = "/office/reach", "/office/reach/test"
NOW = 1_795_000_000_000
MINUTE = 60_000


def sms(**more: object) -> Contact:
    return replace(Contact("c/sms", Channel.SMS, "+12025550150", verified=True), **more)


def push(**more: object) -> Contact:
    return replace(Contact("push-phone", Channel.PUSH, "subscription", verified=True), **more)


VOICE = Contact("c/voice", Channel.VOICE, "+12025550150", verified=True)
MAIL = Contact("c/mail", Channel.EMAIL, "someone@example.org", verified=True)


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (MAIL, "Tells besides: nobody need have read it"),
        (sms(opted_out=True), "Not reached: they sent STOP"),
        (sms(dead="number_dead"), "Not reached: no such number"),
        (sms(dead="filtered"), "Not reached: it no longer works"),
        (sms(verified=False), "Not proven: nobody has tried whether it reaches them"),
        (VOICE, "Verified; no test can be answered on it"),
        (sms(), "Not proven: never tested"),
        (sms(asked_ms=NOW - 5 * MINUTE), "Waiting: asked 5 minutes ago"),
        (sms(asked_ms=NOW - 5 * MINUTE, answered_ms=NOW - DAY), "Waiting: asked 5 minutes ago"),
        (sms(asked_ms=NOW - 3 * DAY), "Not proven: asked 3 days ago, and no answer"),
        (sms(asked_ms=NOW - 99 * DAY, answered_ms=NOW - 99 * DAY), "Stale: last answered 3 months ago"),
        (sms(asked_ms=NOW - 9 * MINUTE, answered_ms=NOW - 9 * MINUTE), "Proven: answered 9 minutes ago"),
        (push(verified=False, asked_ms=NOW - MINUTE), "Not proven: the phone has not taken a push yet"),
        (push(asked_ms=NOW - 9 * MINUTE, answered_ms=NOW - 9 * MINUTE), "Proven: took a push 9 minutes ago"),
        (push(asked_ms=NOW - 99 * DAY, answered_ms=NOW - 99 * DAY), "Stale: last took a push 3 months ago"),
        (push(dead="address_dead"), "Not reached: the phone takes no pushes any more; open the app on it"),
    ],
)
def test_each_way_says_what_is_known_of_it_and_why_it_counts_for_nothing(contact: Contact, said: str) -> None:
    way = way_of(contact, NOW, "en", lambda text, **values: text % values if values else text)
    assert way.said == said and (way.mark == "proven") == said.startswith("Proven")


def test_those_on_shift_are_shown_the_worst_first() -> None:
    known = Rostered()
    asked = known.clock.ms - DAY
    both = (sms(asked_ms=asked, answered_ms=asked), VOICE)
    known.change("ana", contacts=both)
    known.change("noor", contacts=())
    page = known.reader().get(REACH).text
    assert "<h1>2 of 3 are not proven reachable</h1>" in page
    assert page.index("Noor Invented") < page.index("Ana Ruiz")
    assert "Proven: answered 1 day ago" in page and "Bo Larsen" not in page
    for name in ("noor", "teo"):
        known.change(name, contacts=both)
    assert "<h1>Everybody on shift is proven reachable</h1>" in known.reader().get(REACH).text


def test_everybody_is_shown_when_asked_for_and_found_by_name() -> None:
    known = Rostered(*(Member(f"kit{n}", f"Kit {n:02}", (Role.WORKER,)) for n in range(60)))
    known.change("bo", suspended=True)
    page = known.reader().get(f"{REACH}?who=all").text
    assert "Bo Larsen" not in page and "more; search by name" in page
    found = known.reader().get(f"{REACH}?who=all&name=kit%2059").text
    assert "Kit 59" in found and "Kit 01" not in found
    assert "Nobody matches." in known.reader().get(f"{REACH}?name=zz").text
    known.shifts()
    assert "<h1>Nobody is on shift</h1>" in known.reader().get(REACH).text


@pytest.mark.parametrize("tested", ReachAsked)
def test_a_test_is_asked_for_and_said_what_came_of_it(tested: ReachAsked) -> None:
    known, asked = Rostered(), []

    async def tests(org: str, *, member: str, site: str, by: str) -> ReachAsked:
        asked.append((org, member, site, by))
        return tested

    known.tests = tests
    browser = known.reader()
    answer = browser.post(TEST, {"site": SITE, "member": "ana", "who": "all"})
    assert answer.status_code == 303 and answer.headers["location"].endswith("who=all")
    assert asked == [("alder", "ana", SITE, "teo")]
    said = browser.get(REACH).text
    assert ("Each answer stands here" in said) == (tested is ReachAsked.ASKED)
    assert ("Nobody was asked" in said) == (tested is not ReachAsked.ASKED)


def test_nobody_tests_who_may_not_and_nobody_is_tested_who_is_not_there() -> None:
    known = Rostered()
    assert known.reader("wale").post(TEST, {"site": SITE}).status_code == 403
    assert known.reader().post(TEST, {"site": SITE, "member": "zebra"}).status_code == 404
    browser = known.reader()
    assert browser.post(TEST, {"site": SITE}).status_code == 303
    assert "the part that sends tests is not there" in browser.get(REACH).text
    assert "Test now" not in known.reader("wale").get(REACH).text
