"""Reach: who on shift is proven reachable, on what, when last, and why not; and a test now.

What counts as a way to somebody, and what of it a test has shown, is the core's to say (`core/reach.py`).  A contact
that was asked and has not answered says so; the answer stands here when it has come.
"""

from __future__ import annotations

from urllib.parse import urlencode

from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import LISTED_MAX
from tocsin.core.reach import Standing, can_answer, standing_of
from tocsin.core.roster import on_shift
from tocsin.web.office.people import Named, page_of
from tocsin.web.office.reach_tests import ReachAsked
from tocsin.web.office.reach_words import MARKS, SHAPES, STANDINGS, Way, way_of
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import Link, site_asked
from tocsin.web.office.saying import folded
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import words

TOLD = {
    ReachAsked.ASKED: words("Asked. Each answer stands here as soon as it has come."),
    ReachAsked.NOBODY: words("Nobody was asked: there is no way here on which a test can be answered."),
    ReachAsked.JUST_ASKED: words("Nobody was asked again: they were asked less than a minute ago."),
    ReachAsked.REAL_ALERT: words("Nobody was asked: a real alert is open, and a test would take people from it."),
    ReachAsked.AWAY: words("Nobody was asked: the part that sends tests is not there. Try again in a minute."),
}


class Reached(Struct, frozen=True):
    """A member and the ways to them.  `said`, `shape`, `mark`: how far an alert may rely on them."""

    id: str
    person: Named
    said: str
    shape: str
    mark: str
    ways: list[Way]
    can_test: bool


async def reach_page(office: Office) -> Answer:
    office.must(May.READ_MEMBERS)
    visit, query, say = office.visit, office.visit.asked.query, office.visit._
    site, everybody = site_asked(office, query.get("site", "")), query.get("who") == "all"
    directory, now_ms, called = visit.directory, visit.now_ms, query.get("name", "")[:120]
    meant = _everybody(directory) if everybody else _on(directory, site.id, now_ms)
    found = [member for member in meant if folded(called) in folded(member.name)]
    ranked = sorted(found, key=lambda one: (list(Standing).index(standing_of(one, now_ms)), folded(one.name), one.id))
    shown = ranked[:LISTED_MAX]
    return office.show(
        "reach",
        heading=_heading(office, [standing_of(one, now_ms) for one in meant], everybody=everybody),
        site=site,
        sites=[_link(one.id, one.name, one.id == site.id, everybody=everybody) for one in directory.sites.values()],
        views=[
            _link(site.id, say("On shift"), not everybody, everybody=False),
            _link(site.id, say("Everybody"), everybody, everybody=True),
        ],
        everybody=everybody,
        called=called,
        people=[_reached(office, member) for member in shown],
        more=_more(office, len(ranked) - len(shown)),
        may_test=office.may(May.RUN_DRILLS),
    )


def _on(directory: Directory, site: str, now_ms: int) -> list[Member]:
    here = (directory.members[id] for id in on_shift(directory, site, now_ms))
    return [member for member in here if not member.suspended]


def _everybody(directory: Directory) -> list[Member]:
    return [member for member in directory.members.values() if not member.seat and not member.suspended]


def _link(site: str, said: str, here: bool, *, everybody: bool) -> Link:
    query = {"site": site, **({"who": "all"} if everybody else {})}
    return Link(f"/office/reach?{urlencode(query)}", said, here)


def _heading(office: Office, standings: list[Standing], *, everybody: bool) -> str:
    """The answer: how many cannot be relied on."""
    say, doubtful = office.visit._, sum(1 for one in standings if one is not Standing.PROVEN)
    if not standings:
        return say("Nobody is on shift")
    if not doubtful:
        return say("Everybody is proven reachable") if everybody else say("Everybody on shift is proven reachable")
    return office.ngettext(
        "%(num)s of %(all)s is not proven reachable",
        "%(num)s of %(all)s are not proven reachable",
        doubtful,
        all=len(standings),
    )


def _more(office: Office, more: int) -> str:
    if more <= 0:
        return ""
    return office.ngettext("and %(num)s more; search by name", "and %(num)s more; search by name", more)


def _reached(office: Office, member: Member) -> Reached:
    now_ms, language, say = office.visit.now_ms, office.visit.language, office.visit._
    standing = standing_of(member, now_ms)
    return Reached(
        id=member.id,
        person=Named(member.name, page_of(member.id)),
        said=say(STANDINGS[standing]),
        shape=SHAPES[standing],
        mark=MARKS[standing],
        ways=[way_of(contact, now_ms, language, say) for contact in member.contacts],
        can_test=any(True for _ in can_answer(member)),
    )


# Test now --------------------------------------------------------------------------------------------------------


async def test_now(office: Office) -> Answer:
    """Of one member, or of everybody on shift there.  Declined while a real alert is open."""
    office.must(May.RUN_DRILLS)
    visit, form = office.visit, office.visit.form
    site, member, who = site_asked(office, form.raw("site")), form.raw("member"), form.raw("who")
    if member and (member not in visit.directory.members or visit.directory.members[member].seat):
        raise PageRefusal("no_such_record")
    tests = office.services.tests
    tested = ReachAsked.AWAY
    if tests is not None:
        tested = await tests(visit.org, member=member, site=site.id, by=visit.by.member)
    query = {"site": site.id, **({"who": who} if who == "all" else {})}
    return visit.go(f"/office/reach?{urlencode(query)}", visit._(TOLD[tested]))
