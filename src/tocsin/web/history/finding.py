"""The list of alerts: what is looked for, read from the address of the page, and a row for each that is found."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Struct

from tocsin.core.access.permissions import May, Reach, reach_of
from tocsin.core.limits import DAY_MS
from tocsin.core.listing import Sought, folded
from tocsin.core.views import AlertView
from tocsin.core.words import Kind, Outcome, Phase
from tocsin.runtime.history import Found, History
from tocsin.web.forms import Form, filled
from tocsin.web.history import record_words as w
from tocsin.web.history.told import given
from tocsin.web.kinds import KINDS
from tocsin.web.office.people import Pages
from tocsin.web.office.saying import folded as plain
from tocsin.web.speaking import words
from tocsin.web.visit import Visit

FIELDS = ("person", "site", "place", "kind", "drill", "outcome", "state", "since", "until")
DRILLS = {"real": False, "drill": True}
STATES = {"open": frozenset({Phase.CLIMBING, Phase.PAUSED}), "closed": frozenset({Phase.CLOSED})}
NOBODY_SO_CALLED = words("Nobody here is called so.")
SEVERAL_SO_CALLED = words("Several people are called so. Write the whole name, or what they are known as.")
NO_DAY = words("Write a day like 2026-06-30.")
E = TypeVar("E", bound=StrEnum)
Options = list[tuple[str, str]]


class Row(Struct, frozen=True):
    """One alert in the list."""

    id: str
    at_ms: int
    kind: str
    who: str
    where: str
    state: str
    shape: str
    mark: str
    drill: bool


class Choices(Struct, frozen=True):
    """What the form offers.  Who only runs the system looks for no person, site or place."""

    sites: Options
    kinds: Options
    drills: Options
    outcomes: Options
    states: Options
    whole: bool
    people: bool


def sought(visit: Visit) -> tuple[Sought | None, Form]:
    """What is looked for; None where it could not be read, and the form says why."""
    form = filled({name: visit.asked.query.get(name, "")[:200] for name in FIELDS}, visit._)
    until_ms = _day_ms(visit, form, "until")
    wanted = Sought(
        site=form.kept("site") or None,
        kind=_word(form, "kind", Kind),
        drill=DRILLS.get(form.kept("drill")),
        outcome=_word(form, "outcome", Outcome),
        member=_member(visit, form),
        place=folded(form.kept("place")) or None,
        since_ms=_day_ms(visit, form, "since"),
        until_ms=None if until_ms is None else until_ms + DAY_MS,
        states=STATES.get(form.kept("state"), frozenset(Phase)),
    )
    return (None if form.faults else wanted), form


def choices(visit: Visit) -> Choices:
    say, sites = visit._, visit.directory.sites.values()
    reach = reach_of(visit.member.roles, May.READ_ALERTS, visit.signed_in.via)
    return Choices(
        sites=[("", say("Every site")), *sorted((site.id, site.name) for site in sites)],
        kinds=[("", say("Every kind")), *((kind.value, say(word)) for kind, word in KINDS.items())],
        drills=[("", say("Real alerts and drills")), ("real", say("Real alerts")), ("drill", say("Drills"))],
        outcomes=[("", say("Every outcome")), *((one.value, say(word)) for one, word in w.OUTCOMES.items())],
        states=[("", say("Open and closed")), ("open", say("Still open")), ("closed", say("Closed"))],
        whole=reach is not Reach.RUNNING,
        people=reach is Reach.ALL,
    )


def found(visit: Visit, history: History, wanted: Sought | None) -> Found:
    after = visit.asked.query.get("after") or None
    return Found([], None) if wanted is None else history.page(visit.signed_in, wanted, after)


def row(visit: Visit, view: AlertView, at_ms: int) -> Row:
    say = visit._
    if view.state is not Phase.CLOSED:
        shape, mark, state = "ringing", "ringing", say("Still open")
    else:
        shape, mark, state = "sent", "proven", say(w.OUTCOMES[view.outcome]) if view.outcome else say("Closed")
    where = next((f"{say(w.PLACES[s.kind])}: {s.label}" for s in given(view.places) or () if s.label), "")
    return Row(view.id, at_ms, say(KINDS[view.kind]), view.member.name, where, state, shape, mark, view.drill)


def query(form: Form) -> str:
    return urlencode({name: form.kept(name) for name in FIELDS if form.kept(name)}, errors="replace")


def pages(visit: Visit, form: Form, page: Found) -> Pages:
    if page.next is None:
        return Pages()
    kept = f"{query(form)}&" if query(form) else ""
    told = visit._("Look further back") if page.cut else visit._("Older")
    return Pages(after=f"/history?{kept}{urlencode({'after': page.next})}", after_words=told)


def _word(form: Form, name: str, known: type[E]) -> E | None:
    given_word = form.kept(name)
    return known(given_word) if given_word in {one.value for one in known} else None


def _member(visit: Visit, form: Form) -> str | None:
    """The id of the person whose name or id was typed.  One who has left is found by their id."""
    typed = form.kept("person").strip()
    if not typed:
        return None
    known = visit.directory.members.values() if choices(visit).people else (visit.member,)
    exact = [m.id for m in known if typed == m.id or plain(typed) == plain(m.name)]
    fits = exact or [m.id for m in known if all(part in plain(m.name) for part in plain(typed).split())]
    if len(fits) == 1:
        return fits[0]
    form.fault("person", SEVERAL_SO_CALLED if fits else NOBODY_SO_CALLED)
    return None


def _day_ms(visit: Visit, form: Form, name: str) -> int | None:
    """When this day begins at the reader's site."""
    typed = form.kept(name).strip()
    if not typed:
        return None
    try:
        begins = datetime.combine(date.fromisoformat(typed), time(), ZoneInfo(visit.time_zone))
        return round(begins.timestamp() * 1000)
    except (ValueError, OverflowError):
        form.fault(name, NO_DAY)
        return None
