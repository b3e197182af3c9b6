"""The roll call: ask everybody on shift whether they are safe, watch who answers, close it, and keep the report."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.access.roll_commands import CallRoll, CloseRoll
from tocsin.core.access.roll_record import SaidBy
from tocsin.core.access.roll_sight import RollBrief, RollCounts, RollLine, RollState
from tocsin.core.limits import ROLL_WHY_MAX_CHARS
from tocsin.core.views import Who
from tocsin.web.history.record_words import REASONS
from tocsin.web.office.lines import at_ms
from tocsin.web.office.people import Named, named
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import when, words

PATH = "/office/roll-calls"
STATES: Mapping[RollState, str] = {
    RollState.NEED_HELP: words("Needs help"),
    RollState.NO_ANSWER: words("No answer"),
    RollState.NOT_REACHED: words("Not reached"),
    RollState.SAFE: words("Safe"),
}
SHAPES: Mapping[RollState, str] = {
    RollState.NEED_HELP: "failed",
    RollState.NO_ANSWER: "unknown",
    RollState.NOT_REACHED: "failed",
    RollState.SAFE: "sent",
}
MARKS: Mapping[RollState, str] = {
    RollState.NEED_HELP: "failed",
    RollState.NO_ANSWER: "stale",
    RollState.NOT_REACHED: "failed",
    RollState.SAFE: "proven",
}
SAID: Mapping[SaidBy, str] = {
    SaidBy.TEXT: words("by text"),
    SaidBy.PAGE: words("on their own page"),
    SaidBy.ALERT: words("by an SOS"),
}
BY_ITSELF = words("by itself, after an hour")


class Shown(Struct, frozen=True):
    """One roll call in the list, and at the head of its page."""

    id: str
    url: str
    site: str
    by: Named
    why: str
    began_ms: int
    closed_ms: int | None
    closed_by: str
    asked: str


class Person(Struct, frozen=True):
    """One who was asked.  `how`, `why`: in words; `helped_ms`: of an SOS that is over."""

    id: str
    person: Named
    said: str
    shape: str
    mark: str
    at_ms: int | None
    how: str
    late: bool
    helped_ms: int | None
    why: str
    alert_url: str


class Count(Struct, frozen=True):
    number: int
    said: str
    shape: str
    mark: str


async def roll_calls_page(office: Office) -> Answer:
    """Those that run and the newest reports; and a new one."""
    office.must(May.CALL_ROLL)
    rolls = office.services.rolls.all(office.visit.signed_in)
    running = [roll for roll in rolls if roll.closed_at is None]
    say = office.visit._
    heading = office.ngettext("%(num)s roll call is under way", "%(num)s roll calls are under way", len(running))
    return office.show(
        "roll_calls",
        heading=heading if running else say("No roll call is under way"),
        rolls=[_shown(office, roll) for roll in rolls],
        sites=list(office.visit.directory.sites.values()),
        most=ROLL_WHY_MAX_CHARS,
    )


async def roll_call_page(office: Office) -> Answer:
    """The list of one, which a script keeps live; when it is closed, the report."""
    office.must(May.CALL_ROLL)
    view = office.services.rolls.find(office.visit.signed_in, _asked(office))
    if view is None:
        raise PageRefusal("no_such_record")
    return office.show(
        "roll_call",
        heading=_heading(office, view.counts),
        roll=_shown(office, view.roll),
        counts=_counts(office, view.counts),
        people=[_person(office, line) for line in view.people],
        now_ms=office.visit.now_ms,
        zone=office.visit.time_zone,
        zone_called=when(office.visit.now_ms, office.visit.language, office.visit.time_zone).rpartition(" ")[2],
        linked=office.may(May.READ_MEMBERS),
        scripts=("roll.js",) if view.roll.closed_at is None else (),
    )


async def call_roll(office: Office) -> Answer:
    """One that runs there already is shown instead: nobody is asked twice because a button was pressed twice."""
    office.must(May.CALL_ROLL)
    visit = office.visit
    site = visit.form.raw("site")
    why = visit.form.text("why", most=ROLL_WHY_MAX_CHARS, needed=False)
    if not visit.form.ok:
        return await roll_calls_page(office)
    await visit.do(CallRoll(org=visit.org, by=visit.by, site=site, why=why))
    running = office.services.rolls.running_at(visit.signed_in, site)
    return visit.go(PATH if running is None else f"{PATH}/{running}", visit._("Everybody on shift is being asked."))


async def close_roll(office: Office) -> Answer:
    office.must(May.CALL_ROLL)
    visit, roll = office.visit, _asked(office)
    await visit.do(CloseRoll(org=visit.org, by=visit.by, roll=roll))
    return visit.go(f"{PATH}/{roll}", visit._("Closed. This is the report."))


def _asked(office: Office) -> str:
    return office.visit.asked.under["roll"]


def _heading(office: Office, counts: RollCounts) -> str:
    """The worst first: who needs help, then of whom nothing is known."""
    if counts.need_help:
        return office.ngettext("%(num)s person needs help", "%(num)s people need help", counts.need_help)
    unknown = counts.no_answer + counts.not_reached
    if unknown:
        return office.ngettext("Of %(num)s person nothing is known", "Of %(num)s people nothing is known", unknown)
    return office.visit._("Everybody who was asked is safe")


def _shown(office: Office, roll: RollBrief) -> Shown:
    site = office.visit.directory.sites.get(roll.site)
    return Shown(
        id=roll.id,
        url=f"{PATH}/{roll.id}",
        site=site.name if site else roll.site,
        by=_named(office, roll.by),
        why=roll.why,
        began_ms=at_ms(roll.began_at),
        closed_ms=None if roll.closed_at is None else at_ms(roll.closed_at),
        closed_by=roll.closed_by.name if roll.closed_by else office.visit._(BY_ITSELF),
        asked=office.ngettext("%(num)s person was asked", "%(num)s people were asked", roll.asked),
    )


def _counts(office: Office, counts: RollCounts) -> list[Count]:
    say = office.visit._
    return [Count(getattr(counts, one), say(STATES[one]), SHAPES[one], MARKS[one]) for one in RollState]


def _person(office: Office, line: RollLine) -> Person:
    say = office.visit._
    return Person(
        id=line.member.id,
        person=_named(office, line.member),
        said=say(STATES[line.state]),
        shape=SHAPES[line.state],
        mark=MARKS[line.state],
        at_ms=None if line.at is None else at_ms(line.at),
        how="" if line.by is None else say(SAID[line.by]),
        late=line.late,
        helped_ms=None if line.helped_at is None else at_ms(line.helped_at),
        why="" if line.why is None else say(REASONS[line.why]),
        alert_url="" if line.alert is None else f"/history/{line.alert}",
    )


def _named(office: Office, who: Who | None) -> Named:
    return named(who, office.visit._, office.may(May.READ_MEMBERS))
