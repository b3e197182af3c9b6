"""Clocking in and out where there are many sites: who is missed where, and what a change of shifts costs."""

from __future__ import annotations

import sys

from msgspec.structs import replace
from ward import HOUR, ORG, PLAN, SITE, Ward

from tocsin.core.access.clock_commands import ClockIn
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import Act, By
from tocsin.core.commands import Done
from tocsin.core.directory import Rung, Shift, Site
from tocsin.core.words import Channel
from tocsin.runtime import ledger

ANNEX = "annex"


class Campus(Ward):
    """Noor, Bo, Teo and Ines are on at the centre, and nobody at any other of its sites."""

    def __init__(self, sites: int = 2) -> None:
        super().__init__()
        names = [SITE, ANNEX, *(f"depot {number}" for number in range(2, sites))]
        known = {name: Site(name, name.title(), "UTC") for name in names}
        shifts = (Shift(SITE, ("noor", "bo", "teo", "ines"), 0, self.now_ms + HOUR),)
        self._write(lambda docket: docket.set_rules(replace(docket.directory, sites=known, shifts=shifts)))

    def came(self, name: str, site: str, by: By | None = None) -> None:
        command = ClockIn(org=ORG, by=by or self.session(name), member=name, site=site)
        assert self.do(command) == Done()

    def dropped(self) -> list[tuple[str, str]]:
        acts = (ledger.read_kept(Act, row) for row in self.store.snapshots(ORG, "act"))
        return [(act.subject, act.detail) for act in acts if act.what == "reachability_dropped"]


def test_a_supervisor_who_clocks_others_in_elsewhere_takes_them_away_and_the_operator_is_paged() -> None:
    campus = Campus()
    for name in ("bo", "noor"):
        campus.came(name, ANNEX, campus.session("ines"))
    assert campus.dropped() == [(SITE, "too_few")]
    assert campus.pages == ["reachability_dropped"]


def test_whoever_goes_elsewhere_of_their_own_will_is_missed_and_pages_nobody() -> None:
    campus = Campus()
    for name in ("bo", "noor"):
        campus.came(name, ANNEX)
    assert campus.dropped() == [(SITE, "too_few")] and campus.pages == []


def test_where_nobody_was_and_somebody_comes_nothing_has_dropped() -> None:
    campus = Campus()
    campus.came("wale", ANNEX, campus.session("ines"))
    assert campus.dropped() == [] and campus.pages == []


def test_whoever_goes_is_missed_where_a_plan_rings_them_from_another_site_too() -> None:
    campus = Campus(3)
    next_door = Rung(0, (f"site:{SITE}",), ((Channel.SMS,),))
    plan = replace(PLAN, site=ANNEX, rungs=(next_door, PLAN.rungs[-1]))
    campus._write(lambda docket: docket.set_rules(replace(docket.directory, plans=(PLAN, plan))))
    for name in ("bo", "noor"):
        campus.came(name, "depot 2")
    assert campus.dropped() == [(ANNEX, "too_few"), (SITE, "too_few")]


def test_whoever_is_suspended_is_missed_where_a_plan_names_them_too() -> None:
    campus = Campus(3)
    named = Rung(0, ("member:bo", "member:noor", "member:ada"), ((Channel.SMS,),))
    plan = replace(PLAN, site=ANNEX, rungs=(named, PLAN.rungs[-1]))
    campus._write(lambda docket: docket.set_rules(replace(docket.directory, plans=(PLAN, plan))))
    assert campus.do(Suspend(org=ORG, by=campus.session("ines"), member="bo")) == Done()
    assert (ANNEX, "too_few") in campus.dropped()


def test_a_suspension_of_somebody_who_closes_nothing_costs_no_look_at_every_site() -> None:
    assert _calls_of_cutting_off(Campus(60)) <= _calls_of_cutting_off(Campus()) + 10


def test_no_press_waits_while_a_shift_clocks_in_however_many_sites_and_people_there_are() -> None:
    assert _calls_of_coming(Campus(60)) <= _calls_of_coming(Campus()) + 10


def _calls_of_cutting_off(campus: Campus) -> int:
    return _calls_of(campus, Suspend(org=ORG, by=campus.session("ines"), member="bo"))


def _calls_of_coming(campus: Campus) -> int:
    """To let Ada in when everybody else is here."""
    for name in ("noor", "bo", "teo", "ines", "wale"):
        campus.came(name, SITE)
    return _calls_of(campus, ClockIn(org=ORG, by=campus.session("ada"), member="ada", site=SITE))


def _calls_of(campus: Campus, command: ClockIn | Suspend) -> int:
    """How many functions are called to decide it: a measure that no machine changes."""
    calls = 0

    def count(frame: object, event: str, about: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        campus.do(command)
    finally:
        sys.setprofile(None)
    return calls
