"""A shift as a form: a new one, or one that is there and that two people may be changing at once.

Theory of operation
-------------------
The form carries what its writer saw: who was on the shift (`seen`).  Where it is another list by now, nothing is saved:
both lists are shown beside each other, and to send it again is a decision.  What puts somebody on acts at once; what
takes somebody away from an hour that would be too thin waits for a second person.  So people are added first and taken
away after, and new times are a new shift first and the end of the old one after: at no moment is nobody on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tocsin.core.access.edits import ShiftEdit, ShiftKey
from tocsin.core.access.handing_over import free_key
from tocsin.core.access.permissions import May
from tocsin.core.access.sheet import Sheet, numbered
from tocsin.core.access.swap_commands import EditRoster
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Directory, Shift
from tocsin.core.limits import DAY_MS, PEOPLE_ADDED_MAX, SHIFT_BY_HAND_MAX_MS, WHY_MAX_CHARS
from tocsin.web.forms import filled, version_of
from tocsin.web.office.called import meant
from tocsin.web.office.editing import Row
from tocsin.web.office.local_time import FIRST, SECOND, Zone
from tocsin.web.office.people import staff
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import roster_url, site_asked, zone_of
from tocsin.web.office.screens import reply_waits
from tocsin.web.refusals import PageRefusal, refusal_of
from tocsin.web.speaking import words

ENDS_FIRST = words("It ends before it begins.")
TOO_LONG = words("No shift is longer than two days. Make several of it.")
PARTLY = words("Saved what strengthens. The rest waits for a second person.")
WAITS = words("Asked. It waits for a second person.")
NOBODY = words("Name somebody.")
TOO_MANY = words("Add fifty people at a time, at the most.")


# Shown -----------------------------------------------------------------------------------------------------------


async def shift_page(office: Office) -> Answer:
    office.must(May.EDIT_PLANS)
    site = site_asked(office, office.visit.asked.query.get("site", ""))
    zone, key = zone_of(office, site), _key(site.id, office.visit.asked.query)
    now_ms = office.visit.now_ms
    begins_ms, ends_ms = (key[1], key[2]) if key else (_next_hour(now_ms), _next_hour(now_ms) + DAY_MS // 3)
    people = list(_shift(office, key).members) if key else []
    values = {"begins": zone.typed(begins_ms), "ends": zone.typed(ends_ms), "people": people}
    which = {"begins-which": zone.which(begins_ms), "ends-which": zone.which(ends_ms)}
    office.visit.form = filled(values | which, office.visit._)
    return _form(office, site.id, zone, key)


def _next_hour(now_ms: int) -> int:
    return (now_ms // (DAY_MS // 24) + 1) * (DAY_MS // 24)


def _key(site: str, given: Mapping[str, str]) -> ShiftKey | None:
    """The shift that is meant; None: a new one.  Raises PageRefusal where it names none."""
    parts = [given.get(name, "") for name in ("from", "until", "n")]
    if not any(parts):
        return None
    if not all(part.lstrip("-").isdecimal() and len(part) < 18 for part in parts):
        raise PageRefusal("not_found")
    return (site, int(parts[0]), int(parts[1]), int(parts[2]))


def _shift(office: Office, key: ShiftKey) -> Shift:
    found = numbered(office.visit.directory.shifts).get(key)
    if found is None:
        raise PageRefusal("no_such_record")
    return found


def _form(office: Office, site: str, zone: Zone, key: ShiftKey | None, stale: tuple[Row, ...] = ()) -> Answer:
    say, form, directory = office.visit._, office.visit.form, office.visit.directory
    known = numbered(directory.shifts).get(key) if key else None
    offered = dict.fromkeys((*(known.members if known else ()), *form.all_kept("people")))
    return office.show(
        "shift",
        heading=say("Change a shift") if key else say("A new shift"),
        site=directory.sites[site],
        key=key,
        seen=version_of(known.members) if known else "",
        stale=stale,
        people=[(id, directory.members[id].name) for id in offered if id in directory.members],
        asks_which={name: zone.asks_which(form, name) for name in ("begins", "ends")},
        which_options=[
            ("", say("Choose")),
            (FIRST, say("The first of the two")),
            (SECOND, say("The second of the two")),
        ],
        leave_url=roster_url(site),
        time_zone=directory.sites[site].time_zone,
    )


# Read and saved --------------------------------------------------------------------------------------------------


async def save_shift(office: Office) -> Answer:
    office.must(May.EDIT_PLANS)
    visit = office.visit
    site = site_asked(office, visit.form.raw("site"))
    zone, key = zone_of(office, site), _key(site.id, _named_by(office))
    times, people = _times(office, zone), _people(office, needed=key is None)
    before = numbered(visit.directory.shifts).get(key) if key else None
    if key and (before is None or visit.form.seen != version_of(before.members)):
        return _both(office, site.id, zone, key, people)
    if times is None or not visit.form.ok:
        return _form(office, site.id, zone, key)
    wanted = tuple(dict.fromkeys((*(id for id in (before.members if before else ()) if id in people), *people)))
    edits = _edits(visit.directory, site.id, key, times, wanted)
    if not edits:
        return visit.go(roster_url(site.id), visit._("Nothing was different; nothing was changed."))
    return await _asked(office, site.id, zone, key, edits, people)


def _named_by(office: Office) -> dict[str, str]:
    """The hidden fields that name the shift, as a query names it."""
    return {name: office.visit.form.raw(name) for name in ("from", "until", "n")}


def _times(office: Office, zone: Zone) -> tuple[int, int] | None:
    form = office.visit.form
    begins_ms, ends_ms = zone.read(form, "begins"), zone.read(form, "ends")
    if begins_ms is None or ends_ms is None:
        return None
    if ends_ms <= begins_ms:
        form.fault("ends", ENDS_FIRST)
    elif ends_ms - begins_ms > SHIFT_BY_HAND_MAX_MS:
        form.fault("ends", TOO_LONG)
    return begins_ms, ends_ms


def _people(office: Office, *, needed: bool) -> list[str]:
    """Whoever is ticked, then whoever was named."""
    form, everybody = office.visit.form, staff(office)
    known = {view.id for view in everybody}
    ticked = [id for id in form.all_kept("people") if id in known]
    typed = [name.strip() for name in form.raw("added").replace("\n", ",").split(",") if name.strip()]
    if len(typed) > PEOPLE_ADDED_MAX:
        form.fault("added", TOO_MANY)
        return ticked
    added = [meant(form, "added", name, everybody) for name in typed]
    if needed and not ticked and not added:
        form.fault("added", NOBODY)
    return list(dict.fromkeys(id for id in (*ticked, *added) if id))


def _edits(
    directory: Directory, site: str, key: ShiftKey | None, times: tuple[int, int], people: tuple[str, ...]
) -> list[ShiftEdit]:
    sheet = Sheet(directory)
    if key is None:
        return [ShiftEdit(free_key(sheet, site, *times), None, people)]
    before = sheet.shifts[key].members
    if times != key[1:3]:
        return [ShiftEdit(free_key(sheet, site, *times), None, people), ShiftEdit(key, before, None)]
    more = (*before, *(id for id in people if id not in before))
    added = [ShiftEdit(key, before, more)] if more != before else []
    return [*added, ShiftEdit(key, more, people)] if set(more) != set(people) else added


async def remove_shift(office: Office) -> Answer:
    office.must(May.EDIT_PLANS)
    visit = office.visit
    site = site_asked(office, visit.form.raw("site"))
    zone, key = zone_of(office, site), _key(site.id, _named_by(office))
    before = None if key is None else numbered(visit.directory.shifts).get(key)
    if key is None or before is None:
        raise PageRefusal("conflict")
    if visit.form.seen != version_of(before.members):
        return _both(office, site.id, zone, key, list(before.members))
    return await _asked(office, site.id, zone, key, [ShiftEdit(key, before.members, None)], list(before.members))


async def _asked(
    office: Office, site: str, zone: Zone, key: ShiftKey | None, edits: list[ShiftEdit], people: list[str]
) -> Answer:
    visit = office.visit
    why = visit.form.text("why", most=WHY_MAX_CHARS, needed=False)
    reply = await visit.house.submit(EditRoster(org=visit.org, by=visit.by, edits=tuple(edits), why=why))
    if isinstance(reply, Declined):
        if reply.problem is Problem.STALE and key is not None:
            return _both(office, site, zone, key, people)
        raise refusal_of(reply)
    said = visit._("Saved.")
    if reply_waits(reply):
        some = isinstance(reply, Done) and reply.split is not None and reply.split.now
        said = visit._(PARTLY if some else WAITS)
    return visit.go(roster_url(site), said)


# Two at once -----------------------------------------------------------------------------------------------------


def _both(office: Office, site: str, zone: Zone, key: ShiftKey, mine: list[str]) -> Answer:
    """Both lists of people; what was ticked stays ticked, under the version that is seen now."""
    say, directory = office.visit._, office.visit.directory
    now = numbered(directory.shifts).get(key)
    if now is None:
        raise PageRefusal("conflict")
    row = Row(say("On shift"), _names(directory, now.members), _names(directory, mine))
    office.visit.form.meanwhile = {"people": row.theirs}
    return _form(office, site, zone, key, (row,))


def _names(directory: Directory, ids: Iterable[str]) -> str:
    return ", ".join(directory.members[id].name for id in ids if id in directory.members)
