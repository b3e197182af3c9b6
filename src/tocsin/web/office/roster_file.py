"""Importing a roster: a file is read and shown, and changes nothing until somebody confirms what they saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from babel.dates import format_date
from litestar import Response
from msgspec import Struct

from tocsin.core.access.edits import Judged
from tocsin.core.access.permissions import May
from tocsin.core.access.record import Guard
from tocsin.core.access.roster_commands import ImportRoster
from tocsin.core.access.rosters import judged_roster
from tocsin.core.access.weakens import SENTENCES
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory, Shift, Site
from tocsin.core.gaps import Gap, gaps
from tocsin.core.limits import ROSTER_AHEAD_MAX_MS, WHY_MAX_CHARS
from tocsin.core.planning import no_full_number
from tocsin.core.roster_span import Span, within
from tocsin.core.words import Channel
from tocsin.runtime.rosters.jobs import job_of
from tocsin.runtime.rosters.shapes import Read, Unread, Unreadable
from tocsin.runtime.rosters.writing import as_table
from tocsin.runtime.thinking import thought
from tocsin.web.finding_words import finding
from tocsin.web.forms import filled, version_of
from tocsin.web.office import gap_words
from tocsin.web.office.changes import Turn
from tocsin.web.office.local_time import Zone
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import roster_url, site_asked, zone_of
from tocsin.web.office.roster_carried import Carried, packed, unpacked
from tocsin.web.office.roster_words import FILES, LINES
from tocsin.web.speaking import words
from tocsin.web.uploads import Upload
from tocsin.web.visit import accepted

TURNS_SHOWN, GAPS_SHOWN, NAMES_SHOWN, LINES_SHOWN = 40, 12, 12, 200
HOUR_MS = 3_600_000
STALE = Declined(problem=Problem.STALE)
TRIES = 3
DAYS = {"": words("Find out from the file"), "day": words("3/11 is 3 November"), "month": words("3/11 is 11 March")}
DAY_FIRST: Mapping[str, bool | None] = {"": None, "day": True, "month": False}
EXAMPLE = "member,date,start,end\nana-7,2026-11-25,07:00,19:00\nLuis Example,2026-11-25,19:00,07:00"
NOTHING_CHOSEN = words("Choose a file, or paste the roster below.")
KINDS = {"table": words("a table"), "calendar": words("a calendar")}
SEPARATORS = {",": words("commas"), ";": words("semicolons"), "\t": words("tabs"), "|": words("bars")}


class Line(Struct, frozen=True):
    """A line of the file, what stands there, and what about it."""

    line: str
    what: str
    why: str


class Weighed(Struct, frozen=True):
    """What an import would do."""

    before: tuple[Shift, ...]
    judged: Judged
    gaps: list[Gap]
    new_gaps: int


# The form --------------------------------------------------------------------------------------------------------


async def import_page(office: Office) -> Answer:
    office.must(May.EDIT_PLANS)
    visit = office.visit
    site = site_asked(office, visit.asked.query.get("site", ""))
    visit.form = filled({"site": site.id, "dates": "", "pasted": ""}, visit._)
    return _form(office, site)


def _form(office: Office, site: Site) -> Answer:
    visit = office.visit
    return office.show(
        "roster_import",
        heading=visit._("Import a roster"),
        site=site,
        site_options=[(one.id, one.name) for one in visit.directory.sites.values()],
        dates_options=[(key, visit._(word)) for key, word in DAYS.items()],
        example=EXAMPLE,
        table_url=f"/office/roster/import/roster.csv?site={site.id}",
        feeds_url="/office/roster/feeds",
        roster_url=roster_url(site.id),
    )


async def roster_table(office: Office) -> Answer:
    """The coming roster as a table, in the shape that is read again."""
    office.must(May.EDIT_PLANS)
    site = site_asked(office, office.visit.asked.query.get("site", ""))
    now_ms = office.visit.now_ms
    found = office.records.roster(office.visit.signed_in, now_ms, now_ms + ROSTER_AHEAD_MAX_MS)
    text = await thought(as_table, [shift for shift in found if shift.site == site.id], site.time_zone)
    headers = {"Content-Disposition": f'attachment; filename="{site.id}-roster.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


# What it would change --------------------------------------------------------------------------------------------


async def preview(office: Office) -> Answer:
    """Read the file, and show what would come of it."""
    office.must(May.EDIT_PLANS)
    visit, form = office.visit, office.visit.form
    site = site_asked(office, form.choice("site", visit.directory.sites))
    dates, chosen = form.choice("dates", DAYS), visit.files.get("file", Upload())
    content = chosen.content or form.raw("pasted").encode("utf-8", "replace")
    if not content.strip():
        form.fault("file", NOTHING_CHOSEN)
    if not form.ok:
        return _form(office, site)
    job = job_of(visit.directory, site, content, visit.now_ms, ROSTER_AHEAD_MAX_MS, day_first=DAY_FIRST[dates])
    told = await office.services.read_roster(job)
    if isinstance(told, Unreadable):
        form.fault("file", FILES[told.why], detail=told.detail)
        return _form(office, site)
    span = span_of(told, site, zone_of(office, site), visit.now_ms)
    return await _shown(office, site, Carried(chosen.name[: NAMES_SHOWN * 10], span, told))


def span_of(read: Read, site: Site, zone: Zone, now_ms: int) -> Span:
    """A file speaks for whole days, from that of its first beginning to that of its last."""
    if not read.shifts:
        return Span(site.id, now_ms, now_ms, now_ms)
    first, last = (zone.day_of(read.shifts[index].starts_ms) for index in (0, -1))
    return Span(site.id, zone.midnight_ms(first), zone.midnight_ms(last + timedelta(days=1)), now_ms)


async def _shown(office: Office, site: Site, carried: Carried) -> Answer:
    visit, read, zone = office.visit, carried.read, zone_of(office, site)
    weighed = await thought(weigh, visit.directory, carried, visit.now_ms, visit.house.world.channels)
    return office.show(
        "roster_preview",
        heading=_heading(office, read),
        site=site,
        name=carried.name,
        lead=_lead(office, zone, carried),
        facts=list(_facts(office, read)),
        people=_people(office, read),
        turns=list(_turns(office, zone, weighed))[:TURNS_SHOWN],
        turns_words=_turns_words(office, weighed),
        turns_more=_more(office, _changed(weighed) - TURNS_SHOWN),
        waits=_waits(office, weighed.judged),
        gaps=gap_words.lines(office, zone, weighed.gaps[:GAPS_SHOWN], visit.now_ms),
        gaps_words=_gaps_words(office, weighed),
        unread=[_line(office, one) for one in read.unread[:LINES_SHOWN]],
        unread_words=office.ngettext("%(num)s line is not read", "%(num)s lines are not read", read.unread_count),
        unread_more=_more(office, read.unread_count - LINES_SHOWN),
        noted=[_line(office, one) for one in read.noted[:LINES_SHOWN]],
        fault="\n".join(finding(visit._, found) for found in weighed.judged.findings),
        can=bool(weighed.judged.edits),
        carried=packed(carried, visit.asked.token),
        version=version_of(weighed.before),
        back_url=f"/office/roster/import?site={site.id}",
    )


def weigh(directory: Directory, carried: Carried, now_ms: int, channels: frozenset[Channel]) -> Weighed:
    """Slow: for a thread of its own."""
    span, shifts = carried.span, carried.read.shifts
    judged = judged_roster(directory, span, shifts, now_ms, no_full_number)
    if not shifts:
        return Weighed((), judged, [], 0)
    until_ms = max(shift.ends_ms for shift in shifts)
    begin_ms = max(now_ms, min(shift.starts_ms for shift in shifts))
    were, would_be = (gaps(one, span.site, begin_ms, until_ms, channels) for one in (directory, judged.wanted))
    known = {(gap.starts_ms, gap.ends_ms, gap.lacks) for gap in were}
    new = sum((gap.starts_ms, gap.ends_ms, gap.lacks) not in known for gap in would_be)
    return Weighed(within(directory, span), judged, would_be, new)


async def confirm(office: Office) -> Answer:
    """What they saw is done, if the roster is still what they saw; else they see it anew."""
    office.must(May.EDIT_PLANS)
    visit = office.visit
    if not visit.form.raw("reading"):
        visit.form.fault("file", NOTHING_CHOSEN)
        return _form(office, site_asked(office, ""))
    carried = unpacked(visit.form.raw("reading"), visit.asked.token)
    site = site_asked(office, carried.span.site)
    before = within(visit.directory, carried.span)
    why = visit.form.text("why", most=WHY_MAX_CHARS, needed=False)
    if visit.form.differs({}, version_of(before)) or not visit.form.ok:
        return await _shown(office, site, carried)
    done = accepted(await _asked(office, carried, before, why))
    assert isinstance(done, Done) and done.split is not None
    return visit.go(roster_url(site.id), _done(office, len(done.split.now), bool(done.split.waiting)))


async def _asked(office: Office, carried: Carried, before: tuple[Shift, ...], why: str) -> Reply:
    """Weighed in a thread, and anew where something else changed meanwhile."""
    visit, span, shifts = office.visit, carried.span, carried.read.shifts
    reply: Reply = STALE
    for _ in range(TRIES):
        found = await thought(judged_roster, visit.directory, span, shifts, visit.now_ms, no_full_number)
        asked = ImportRoster(org=visit.org, by=visit.by, span=span, before=before, after=shifts, why=why, judged=found)
        reply = await visit.house.submit(asked)
        if reply != STALE:
            break
    return reply


def _done(office: Office, now: int, waits: bool) -> str:
    if waits and not now:
        return office.visit._("Asked. Nothing is changed until a second person has agreed.")
    told = office.ngettext("Imported: %(num)s shift changed.", "Imported: %(num)s shifts changed.", now)
    later = office.visit._("What takes people away waits for a second person.")
    return f"{told} {later}" if waits else told


# Words -----------------------------------------------------------------------------------------------------------


def _heading(office: Office, read: Read) -> str:
    if not read.shifts:
        return office.visit._("No shift to come could be read")
    return office.ngettext("%(num)s shift read", "%(num)s shifts read", len(read.shifts))


def _lead(office: Office, zone: Zone, carried: Carried) -> str:
    if not carried.read.shifts:
        return office.visit._("Nothing is changed.")
    first, last = zone.day_of(carried.span.from_ms), zone.day_of(carried.span.until_ms - 1)
    return office.visit._(
        "Nothing is changed yet. The file speaks for %(first)s to %(last)s; shifts that begin on other days stay.",
        first=format_date(first, "full", locale=office.visit.language),
        last=format_date(last, "full", locale=office.visit.language),
    )


def _facts(office: Office, read: Read) -> Iterator[str]:
    say = office.visit._
    yield say("Read as %(kind)s.", kind=say(KINDS[read.kind]))
    if read.separator:
        yield say(
            "Cells apart by %(separator)s, written in %(encoding)s.",
            separator=say(SEPARATORS[read.separator]),
            encoding=read.encoding,
        )
    people = len({member for shift in read.shifts for member in shift.members})
    hours = sum((shift.ends_ms - shift.starts_ms) * len(shift.members) for shift in read.shifts) // HOUR_MS
    yield (
        office.ngettext("%(num)s person", "%(num)s people", people)
        + ", "
        + office.ngettext("%(num)s hour.", "%(num)s hours.", hours)
    )
    if read.over:
        yield office.ngettext(
            "%(num)s entry is over and left alone.", "%(num)s entries are over and left alone.", read.over
        )
    if read.cancelled:
        yield office.ngettext("%(num)s event is called off.", "%(num)s events are called off.", read.cancelled)


def _people(office: Office, read: Read) -> str:
    found = list(dict.fromkeys(member for shift in read.shifts for member in shift.members))
    return _names(office, found)


def _names(office: Office, ids: Iterable[str]) -> str:
    members, all_of = office.visit.directory.members, list(ids)
    known = [members[id].name if id in members else id for id in all_of[:NAMES_SHOWN]]
    more = len(all_of) - NAMES_SHOWN
    return ", ".join(known) + (f" {_more(office, more)}" if more > 0 else "")


def _more(office: Office, count: int) -> str:
    return office.ngettext("and %(num)s more", "and %(num)s more", count) if count > 0 else ""


def _turns(office: Office, zone: Zone, weighed: Weighed) -> Iterator[Turn]:
    """Each time at which the roster would be another one."""
    was, will = _by_time(weighed.before), _by_time(_there(weighed))
    for starts_ms, ends_ms in sorted({*was, *will}):
        before, after = was.get((starts_ms, ends_ms), ()), will.get((starts_ms, ends_ms), ())
        if set(before) != set(after):
            told = zone.span(starts_ms, ends_ms, office.visit._)
            yield Turn(told, _names(office, before), _names(office, after))


def _there(weighed: Weighed) -> list[Shift]:
    """The shifts of the span as they would be."""
    kept = set(weighed.judged.base.shifts) - set(weighed.before)
    return [shift for shift in weighed.judged.wanted.shifts if shift not in kept]


def _by_time(shifts: Iterable[Shift]) -> dict[tuple[int, int], tuple[str, ...]]:
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for shift in shifts:
        span = shift.starts_ms, shift.ends_ms
        found[span] = tuple(dict.fromkeys((*found.get(span, ()), *shift.members)))
    return found


def _counts(weighed: Weighed) -> tuple[int, int, int, int]:
    """How many times of the roster come, go, have other people, and stay."""
    was, will = _by_time(weighed.before), _by_time(_there(weighed))
    same = sum(1 for span, people in will.items() if set(was.get(span, ())) == set(people) and span in was)
    both = len(was.keys() & will.keys())
    return len(will) - both, len(was) - both, both - same, same


def _changed(weighed: Weighed) -> int:
    return sum(_counts(weighed)[:3])


def _turns_words(office: Office, weighed: Weighed) -> str:
    come, go, other, stay = _counts(weighed)
    return office.visit._(
        "%(come)s come, %(go)s go, %(other)s get other people, %(stay)s stay as they are",
        come=come,
        go=go,
        other=other,
        stay=stay,
    )


def _waits(office: Office, judged: Judged) -> list[str]:
    """Why something of it would wait for two; nothing where nobody who may agree has ever signed in."""
    if not office.visit.house.world.all_kept(office.visit.org, Guard):
        return []
    return [office.visit._(SENTENCES[why]) for why in dict.fromkeys(why for of in judged.weakens for why in of)]


def _gaps_words(office: Office, weighed: Weighed) -> str:
    if not weighed.gaps:
        return office.visit._("No gap in these days")
    told = office.ngettext("%(num)s gap in these days", "%(num)s gaps in these days", len(weighed.gaps))
    new = office.ngettext("%(num)s of them new", "%(num)s of them new", weighed.new_gaps)
    return f"{told}, {new}" if weighed.new_gaps else told


def _line(office: Office, one: Unread) -> Line:
    return Line(office.visit._("Line %(line)s", line=one.line), one.what, office.visit._(LINES[one.why]))
