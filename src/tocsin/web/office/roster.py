"""The roster of a site: who is on now, where the coming week has gaps, and the shifts by day or by person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

from msgspec import Struct

from tocsin.core.access.clock_commands import ClockIn, ClockOut
from tocsin.core.access.edits import ShiftEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.shift_sight import OnShift, first_on_shift, gone_early
from tocsin.core.access.swaps import Stretch, Swap, SwapPhase
from tocsin.core.directory import Directory, Site
from tocsin.core.roster import site_of
from tocsin.web.office import gap_words
from tocsin.web.office.called import meant
from tocsin.web.office.changes import Shown, shown
from tocsin.web.office.lines import at_ms
from tocsin.web.office.local_time import Zone
from tocsin.web.office.people import Named, page_of, staff
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster_week import DAYS, Week, first_day
from tocsin.web.refusals import PageRefusal

ON_SHOWN = 60


class Here(Struct, frozen=True):
    """Somebody who is on now.  `besides`: the roster does not have them."""

    id: str
    person: Named
    until: str
    besides: bool


class Handing(Struct, frozen=True):
    """A shift that somebody has asked another to take."""

    giver: Named
    taker: Named
    gives: str
    in_return: str
    waiting: bool


class Link(Struct, frozen=True):
    url: str
    words: str
    here: bool = False


def site_asked(office: Office, asked: str) -> Site:
    """The site that is meant; without a word the reader's.  Raises PageRefusal where there is none."""
    directory = office.visit.directory
    site = directory.sites.get(asked or site_of(directory, office.visit.by.member, office.visit.now_ms))
    if site is None:
        raise PageRefusal("not_found")
    return site


def zone_of(office: Office, site: Site) -> Zone:
    return Zone(site.time_zone, office.visit.language)


def roster_url(site: str, **query: str) -> str:
    return f"/office/roster?{urlencode({'site': site, **{key: value for key, value in query.items() if value}})}"


# The page --------------------------------------------------------------------------------------------------------


async def roster_page(office: Office) -> Answer:
    office.must(May.READ_PLANS)
    visit, query = office.visit, office.visit.asked.query
    site = site_asked(office, query.get("site", "") or visit.form.raw("site"))
    zone, directory = zone_of(office, site), office.records.rostering(visit.signed_in)
    found = await office.services.watch.of(directory, site.id, visit.now_ms, visit.house.world.channels)
    first, by = first_day(query.get("from", ""), zone.day_of(visit.now_ms)), query.get("by", "")
    week, called = Week(office, directory, zone, site.id, first), query.get("name", "")
    return office.show(
        "roster",
        heading=gap_words.heading(office, found),
        site=site,
        sites=[Link(roster_url(one.id), one.name, one.id == site.id) for one in directory.sites.values()],
        **_now(office, directory, zone, site.id),
        gaps=gap_words.lines(office, zone, found, visit.now_ms),
        waiting=_waiting(office, site.id),
        handing=list(_handing(office, directory, zone, site.id)),
        days=[] if by == "person" else list(week.days()),
        people=list(week.people(called)) if by == "person" else [],
        by_person=by == "person",
        called=called,
        first=first.isoformat(),
        views=_views(office, site.id, first, by),
        weeks=_weeks(office, site.id, first, by),
        may_edit=office.may(May.EDIT_PLANS),
        new_url=f"/office/roster/shift?{urlencode({'site': site.id})}",
    )


def _now(office: Office, directory: Directory, zone: Zone, site: str) -> dict[str, object]:
    now_ms = office.visit.now_ms
    here, count = first_on_shift(directory, site, now_ms, ON_SHOWN)
    more = count - len(here)
    return {
        "on_words": office.ngettext("%(num)s person is on now", "%(num)s people are on now", count),
        "on_now": [_here(zone, view) for view in here],
        "on_more": office.ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else "",
        "gone": [Named(one.name, page_of(one.id)) for one in gone_early(directory, site, now_ms)],
        "may_clock": office.may(May.CLOCK_OTHERS),
    }


def _here(zone: Zone, view: OnShift) -> Here:
    until = "" if view.until is None else zone.moment(at_ms(view.until))
    return Here(view.member.id, Named(view.member.name, page_of(view.member.id)), until, not view.rostered)


def _waiting(office: Office, site: str) -> list[Shown]:
    """Changes of this site's shifts that wait for a second person."""
    if not office.may(May.SEE_CHANGES):
        return []
    known = office.records.changes(office.visit.signed_in)
    theirs = {one.id for one in known if isinstance(one.edit, ShiftEdit) and one.edit.shift[0] == site}
    return [change for change in shown(office) if change.id in theirs]


def _handing(office: Office, directory: Directory, zone: Zone, site: str) -> Iterator[Handing]:
    for swap in office.records.swaps(office.visit.signed_in):
        if swap.gives.shift[0] == site:
            yield handing(office, directory, zone, swap)


def handing(office: Office, directory: Directory, zone: Zone, swap: Swap) -> Handing:
    names = [directory.members[id].name if id in directory.members else id for id in (swap.giver, swap.taker)]
    giver, taker = (Named(name, page_of(id)) for name, id in zip(names, (swap.giver, swap.taker), strict=True))
    back = swap.in_return
    return Handing(
        giver=giver,
        taker=taker,
        gives=_stretch(office, zone, swap.gives),
        in_return="" if back is None else _stretch(office, zone, back),
        waiting=swap.phase is SwapPhase.WAITING,
    )


def _stretch(office: Office, zone: Zone, stretch: Stretch) -> str:
    return zone.span(stretch.from_ms, stretch.until_ms, office.visit._)


def _views(office: Office, site: str, first: date, by: str) -> list[Link]:
    say, start = office.visit._, {"from": first.isoformat()}
    return [
        Link(roster_url(site, **start), say("By day"), by != "person"),
        Link(roster_url(site, by="person", **start), say("By person"), by == "person"),
    ]


def _weeks(office: Office, site: str, first: date, by: str) -> list[Link]:
    say, apart = office.visit._, timedelta(days=DAYS)
    return [
        Link(roster_url(site, by=by, **{"from": (first - apart).isoformat()}), say("The 7 days before")),
        Link(roster_url(site, by=by), say("From today")),
        Link(roster_url(site, by=by, **{"from": (first + apart).isoformat()}), say("The next 7 days")),
    ]


# Clocking others in and out --------------------------------------------------------------------------------------


async def clock_in(office: Office) -> Answer:
    """Somebody else, by name; they are told."""
    office.must(May.CLOCK_OTHERS)
    visit, form = office.visit, office.visit.form
    site, typed = site_asked(office, form.raw("site")), form.text("who")
    member = meant(form, "who", typed, staff(office)) if typed else ""
    if not form.ok:
        return await roster_page(office)
    await visit.do(ClockIn(org=visit.org, by=visit.by, member=member, site=site.id))
    name = visit.directory.members[member].name
    return visit.go(roster_url(site.id), visit._("%(name)s is on now. They were told that you said so.", name=name))


async def clock_out(office: Office) -> Answer:
    office.must(May.CLOCK_OTHERS)
    visit = office.visit
    site, member = site_asked(office, visit.form.raw("site")), visit.form.raw("member")
    await visit.do(ClockOut(org=visit.org, by=visit.by, member=member))
    name = visit.directory.members[member].name
    return visit.go(roster_url(site.id), visit._("%(name)s is off now. They were told that you said so.", name=name))
