"""Every plan, by site and kind: what it does in a line, what is weak in it, and what waits; and the times of walks."""

from __future__ import annotations

from collections.abc import Iterator, Set
from urllib.parse import quote

from msgspec import Struct

from tocsin.core.access.changes import Change
from tocsin.core.access.edits import PlanEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.plan_versions import plan_of
from tocsin.core.directory import Directory, Plan, Site
from tocsin.core.escalation import plan_for
from tocsin.core.planning import plan_problems
from tocsin.core.words import Kind
from tocsin.web.finding_words import finding
from tocsin.web.kinds import KINDS
from tocsin.web.office.places import places_url
from tocsin.web.office.plan_words import span
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.walk_times import walk_times_url, walk_times_wait, walk_times_words


class Row(Struct, frozen=True):
    """A plan in a list.  `weak`: what is wrong with it.  `waits`: a change of it waits for a second person."""

    url: str
    kind: str
    version: str
    words: str
    weak: list[str]
    waits: bool
    own: bool


class Board(Struct, frozen=True):
    key: str
    name: str
    places_url: str
    rows: list[Row]
    missing: bool


def url_of(site: str, kind: Kind) -> str:
    return f"/office/plans/{quote(site, safe='')}/{kind}"


async def plans_page(office: Office) -> Answer:
    office.must(May.READ_PLANS)
    directory = office.visit.directory
    waiting = {(edit.site, edit.kind) for _, edit in plan_changes(office)}
    walks = set(walk_times_wait(office))
    boards = [_board(office, directory, site, n, waiting, walks) for n, site in enumerate(directory.sites.values(), 1)]
    missing = sum(board.missing for board in boards)
    heading = office.ngettext("%(num)s plan", "%(num)s plans", len(directory.plans))
    if missing:
        heading = office.ngettext("%(num)s site has no plan", "%(num)s sites have no plan", missing)
    return office.show("plans", heading=heading, boards=boards)


def plan_changes(office: Office) -> Iterator[tuple[Change, PlanEdit]]:
    """Those that wait, and that this reader may see."""
    if office.may(May.SEE_CHANGES):
        for change in office.records.changes(office.visit.signed_in):
            yield from ((change, edit) for edit in change.edits if isinstance(edit, PlanEdit))


def _board(
    office: Office, directory: Directory, site: Site, n: int, waiting: Set[tuple[str, Kind]], walks: Set[str]
) -> Board:
    rows = [_row(office, directory, site, kind, (site.id, kind) in waiting) for kind in Kind]
    rows.append(_walks(office, site, waits=site.id in walks))
    return Board(f"site-{n}", site.name, _places_url(office, site), rows, plan_of(directory, site.id, Kind.SOS) is None)


def _walks(office: Office, site: Site, *, waits: bool) -> Row:
    """Not a plan, and read beside them: how long somebody is waited for before one begins."""
    kind = office.visit._("Times of walks")
    return Row(walk_times_url(site.id), kind, "", walk_times_words(office, site), weak=[], waits=waits, own=True)


def _places_url(office: Office, site: Site) -> str:
    """Where the site is drawn: what a plan says of a place is seen there."""
    return places_url(site.id) if office.may(May.READ_PLACES) else ""


def _row(office: Office, directory: Directory, site: Site, kind: Kind, waits: bool) -> Row:
    say, own = office.visit._, plan_of(directory, site.id, kind)
    plan = own or plan_for(directory, site.id, kind)
    return Row(
        url=url_of(site.id, kind),
        kind=say(KINDS[kind]),
        version=say("Version %(n)s", n=own.version) if own else "",
        words=_words(office, plan, own is not None),
        weak=[] if own is None else [finding(say, found) for found in plan_problems(directory, own)],
        waits=waits,
        own=own is not None,
    )


def _words(office: Office, plan: Plan, own: bool) -> str:
    say = office.visit._
    if not plan.version:
        return say("No plan. Whoever is on shift is rung, then every supervisor and coordinator.")
    if not own:
        return say("No plan of its own. The plan for calls for help serves.")
    steps = office.ngettext("%(num)s step", "%(num)s steps", len(plan.rungs))
    last = span(say, plan.rungs[-1].after_s)
    return say("%(steps)s, the last after %(time)s; %(needed)s needed", steps=steps, time=last, needed=plan.needed)
