"""Roster feeds: calendars and tables on the web that are read again and again, and how each of them fares."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from tocsin.core.access.feed_record import Feed
from tocsin.core.access.feeds import is_late
from tocsin.core.access.permissions import May
from tocsin.core.access.roster_commands import AddFeed, AskFeed, EndFeed
from tocsin.core.limits import FEED_URL_MAX_CHARS, NAME_MAX_CHARS
from tocsin.runtime.rosters.shapes import Why
from tocsin.web.forms import filled
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import roster_url, site_asked
from tocsin.web.office.roster_file import Line
from tocsin.web.office.roster_words import FAULTS, LINES
from tocsin.web.speaking import when, words

NO_ADDRESS = words("Write the whole address, beginning with https://, without a name and password in it.")


class Shown(Struct, frozen=True):
    """A feed as the page shows it; of its address no more than the host."""

    id: str
    label: str
    where: str
    well: bool
    late: bool
    said: str
    besides: str
    lines: list[Line]
    more: str
    action: str


async def feeds_page(office: Office) -> Answer:
    office.must(May.READ_PLANS)
    visit = office.visit
    site = site_asked(office, visit.asked.query.get("site", "") or visit.form.raw("site"))
    if visit.asked.method == "GET":
        visit.form = filled({"site": site.id, "label": "", "url": ""}, visit._)
    feeds = sorted(office.records.feeds(visit.signed_in), key=lambda feed: (feed.label.casefold(), feed.id))
    return office.show(
        "roster_feeds",
        heading=_heading(office, feeds),
        feeds=[_shown(office, feed) for feed in feeds],
        site=site,
        site_options=[(one.id, one.name) for one in visit.directory.sites.values()],
        may_edit=office.may(May.EDIT_PLANS),
        roster_url=roster_url(site.id),
    )


def _heading(office: Office, feeds: list[Feed]) -> str:
    failing = sum(feed.failing_ms is not None for feed in feeds)
    if failing:
        return office.ngettext("%(num)s feed cannot be read", "%(num)s feeds cannot be read", failing)
    return (
        office.ngettext("%(num)s roster feed", "%(num)s roster feeds", len(feeds))
        if feeds
        else office.visit._("No roster feed")
    )


def _shown(office: Office, feed: Feed) -> Shown:
    site = office.visit.directory.sites.get(feed.site)
    more = feed.unread - len(feed.lines)
    return Shown(
        id=feed.id,
        label=feed.label,
        where=f"{site.name if site else feed.site}, {feed.url}",
        well=feed.failing_ms is None and feed.read_ms is not None,
        late=is_late(feed, office.visit.now_ms),
        said=_said(office, feed),
        besides=_besides(office, feed),
        lines=[_line(office, one.line, one.what, one.why) for one in feed.lines],
        more=office.ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else "",
        action=f"/office/roster/feeds/{feed.id}",
    )


def _said(office: Office, feed: Feed) -> str:
    say = office.visit._
    if feed.failing_ms is not None and feed.fault is not None:
        return say("Not read since %(at)s. %(why)s", at=_at(office, feed.failing_ms), why=say(FAULTS[feed.fault]))
    if feed.read_ms is None:
        return say("Not read yet. It is read within the minute.")
    shifts = office.ngettext("%(num)s shift to come", "%(num)s shifts to come", len(feed.known))
    return say("Read %(at)s: %(shifts)s.", at=_at(office, feed.read_ms), shifts=shifts)


def _besides(office: Office, feed: Feed) -> str:
    """What stays as it was, and why."""
    say = office.visit._
    if feed.failing_ms is not None and feed.read_ms is not None:
        return say("The roster stays as it was read %(at)s.", at=_at(office, feed.read_ms))
    return say("While lines cannot be read, it takes nobody off a shift.") if feed.unread else ""


def _line(office: Office, line: int, what: str, why: str) -> Line:
    return Line(office.visit._("Line %(line)s", line=line), what, office.visit._(LINES[Why(why)]))


def _at(office: Office, at_ms: int) -> str:
    return when(at_ms, office.visit.language, office.visit.time_zone)


async def add_feed(office: Office) -> Answer:
    office.must(May.EDIT_PLANS)
    visit, form = office.visit, office.visit.form
    site = form.choice("site", visit.directory.sites)
    label, url = form.text("label", most=NAME_MAX_CHARS), form.text("url", most=FEED_URL_MAX_CHARS)
    if form.ok and not is_address(url):
        form.fault("url", NO_ADDRESS)
    if not form.ok:
        return await feeds_page(office)
    await visit.do(AddFeed(org=visit.org, by=visit.by, site=site, url=url, label=label))
    return visit.go(f"/office/roster/feeds?site={site}", visit._("Added. It is read within the minute."))


def is_address(url: str) -> bool:
    """Where it leads is looked at when it is fetched; here, that it can lead anywhere and carries no password."""
    try:
        parts = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
        return plain and parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


async def read_feed(office: Office) -> Answer:
    visit = office.visit
    await visit.do(AskFeed(org=visit.org, by=visit.by, feed=visit.asked.under["feed"]))
    return visit.go("/office/roster/feeds", visit._("It is read now. Look again in a moment."))


async def end_feed(office: Office) -> Answer:
    visit = office.visit
    await visit.do(EndFeed(org=visit.org, by=visit.by, feed=visit.asked.under["feed"]))
    return visit.go("/office/roster/feeds", visit._("Ended. The roster stays as it was last read."))
