"""How long a site waits for whoever is on a walk: when they are reminded, and when help is called.

Theory of operation
-------------------
Two numbers, each of which acts or waits by itself: the core decides which.  The page says before it is sent what would
wait, and afterwards what does.  Walks that are under way keep the times with which they began, and the page says so.
"""

from __future__ import annotations

from urllib.parse import urlencode

from tocsin.core.access.edits import GraceEdit, ReminderEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.plan_commands import SetWalkTimes
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Site
from tocsin.core.limits import (
    WALK_GRACE_MAX_S,
    WALK_GRACE_MIN_S,
    WALK_REMIND_MAX_S,
    WALK_REMIND_MIN_S,
    WHY_MAX_CHARS,
)
from tocsin.web.forms import filled, version_of
from tocsin.web.office.changes import Shown as ShownChange
from tocsin.web.office.changes import shown as changes_shown
from tocsin.web.office.plan_words import span
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import Link, site_asked
from tocsin.web.office.screens import reply_waits
from tocsin.web.refusals import refusal_of

GRACE, REMIND = "grace", "remind"


def walk_times_url(site: str) -> str:
    return f"/office/walks?{urlencode({'site': site})}"


def walk_times_words(office: Office, site: Site) -> str:
    """Both times in one sentence."""
    say = office.visit._
    return say(
        "Reminded %(remind)s before the end; help is called %(grace)s after it",
        remind=span(say, site.walk_remind_s),
        grace=span(say, site.walk_grace_s),
    )


def walk_times_wait(office: Office) -> dict[str, set[str]]:
    """By site, the changes of these times that wait and that this reader may see."""
    waits: dict[str, set[str]] = {}
    for change in office.records.changes(office.visit.signed_in) if office.may(May.SEE_CHANGES) else ():
        for edit in change.edits:
            if isinstance(edit, GraceEdit | ReminderEdit):
                waits.setdefault(edit.site, set()).add(change.id)
    return waits


# Shown -----------------------------------------------------------------------------------------------------------


async def walk_times_page(office: Office) -> Answer:
    office.must(May.READ_PLANS)
    site = site_asked(office, office.visit.asked.query.get("site", ""))
    office.visit.form = filled(_values(site), office.visit._)
    return _page(office, site)


def _values(site: Site) -> dict[str, str]:
    return {GRACE: str(site.walk_grace_s), REMIND: str(site.walk_remind_s)}


def _seen(site: Site) -> str:
    return version_of(site.walk_grace_s, site.walk_remind_s)


def _page(office: Office, site: Site) -> Answer:
    say = office.visit._
    return office.show(
        "walk_times",
        heading=say(
            "Help is called %(grace)s after the end of a walk, %(site)s",
            grace=span(say, site.walk_grace_s),
            site=site.name,
        ),
        remind=span(say, site.walk_remind_s),
        site=site,
        sites=[
            Link(walk_times_url(one.id), one.name, one.id == site.id) for one in office.visit.directory.sites.values()
        ],
        waiting=_waiting(office, site),
        may_edit=office.may(May.EDIT_PLANS),
        seen=_seen(site),
        leave_url=walk_times_url(site.id),
        grace_bounds=(WALK_GRACE_MIN_S, WALK_GRACE_MAX_S),
        remind_bounds=(WALK_REMIND_MIN_S, WALK_REMIND_MAX_S),
    )


def _waiting(office: Office, site: Site) -> list[ShownChange]:
    ids = walk_times_wait(office).get(site.id, set())
    return [change for change in changes_shown(office) if change.id in ids] if ids else []


# Saved -----------------------------------------------------------------------------------------------------------


async def save_walk_times(office: Office) -> Answer:
    office.must(May.EDIT_PLANS)
    visit = office.visit
    form = visit.form
    site = site_asked(office, form.raw("site"))
    grace_s = form.digits(GRACE, WALK_GRACE_MIN_S, WALK_GRACE_MAX_S)
    remind_s = form.digits(REMIND, WALK_REMIND_MIN_S, WALK_REMIND_MAX_S)
    why = form.text("why", most=WHY_MAX_CHARS, needed=False)
    if form.differs(_values(site), _seen(site)) or not form.ok:
        return _page(office, site)
    before = (site.walk_grace_s, site.walk_remind_s)
    command = SetWalkTimes(
        org=visit.org, by=visit.by, site=site.id, before=before, grace_s=grace_s, remind_s=remind_s, why=why
    )
    reply = await visit.house.submit(command)
    if isinstance(reply, Declined) and reply.problem is Problem.STALE:
        site = site_asked(office, site.id)
        form.differs(_values(site), _seen(site))
        return _page(office, site)
    if isinstance(reply, Declined):
        raise refusal_of(reply)
    return visit.go(walk_times_url(site.id), _saved(office, reply))


def _saved(office: Office, reply: Reply) -> str:
    say = office.visit._
    at_once = isinstance(reply, Done) and reply.split is not None and bool(reply.split.now)
    if reply_waits(reply):
        rest = say("The rest waits for a second person.")
        asked = say("Asked. It waits for a second person; why and until when stands below.")
        return f"{say('Saved.')} {rest}" if at_once else asked
    return say("Saved.") if at_once else say("Nothing was different; nothing was changed.")
