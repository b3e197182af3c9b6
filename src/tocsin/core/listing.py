"""In whose lists a closed alert stands, and on which shelf of each: so one is found among a million.

Theory of operation
-------------------
Nobody looks through a million alerts.  When one closes, a line of it goes into each list in which somebody may look for
it one day: of those who may see all (`ALL`), of each person whom it rang, of its worker, and of whoever shows or runs
the system (`RUNNING`).  In a list the lines stand on shelves, one for each sort (kind, drill or real, outcome, site).
A search reads the shelves that it asks for side by side, newest first, and never another line.

A line is a hint and hands out nothing: what it leads to is shown as `sight.py` says, and asked again whether it is what
was looked for, in the words of that view.  So nobody finds by a filter what they would not have been told.  The lists
of a worker have the lives that the worker's own devices know (`shadow.py`), each on the shelf where it belongs there.

A press pays nothing for this: the lines are written with the close.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.access.permissions import May, Reach, reach_of
from tocsin.core.access.words import Via
from tocsin.core.alert import Alert
from tocsin.core.directory import Directory
from tocsin.core.listed import ALL, RUNNING, Listed
from tocsin.core.screen_sight import shown_lives
from tocsin.core.shadow import life_of, lives_of, outcome_shown
from tocsin.core.sight import FOR_SCREENS, Reader, Standing
from tocsin.core.views import AlertView
from tocsin.core.words import Kind, Outcome, Phase


class Sought(Struct, frozen=True, kw_only=True):
    """What is looked for; None: anything.  `place`: words of a place, folded.  From `since_ms` to below `until_ms`."""

    site: str | None = None
    kind: Kind | None = None
    drill: bool | None = None
    outcome: Outcome | None = None
    member: str | None = None
    place: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    states: frozenset[Phase] = frozenset(Phase)

    @property
    def above(self) -> str:
        """Every id from `since_ms` on is at least this."""
        return "" if self.since_ms is None else beginning(self.since_ms)

    def on_shelf(self, shelf: str) -> bool:
        """May what is looked for stand there?"""
        kind, drill, outcome, site = shelf.split("/", 3)
        return (
            self.kind in (None, kind)
            and (self.drill is None or self.drill is (drill == "drill"))
            and self.outcome in (None, outcome)
            and self.site in (None, site)
        )


ANYTHING = Sought()


def beginning(at_ms: int) -> str:
    """How the ids of this instant begin; what is older sorts below."""
    born = f"{min(max(at_ms, 0), 0xFFFFFFFFFFFF):012x}"
    return f"{born[:8]}-{born[8:]}"


def folded(words: str) -> str:
    """As it is compared: without case, accents and doubled blanks."""
    flat = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(part for part in flat if not unicodedata.combining(part)).split())


def rung_list(member: str) -> str:
    """Of the alerts that rang this person."""
    return f"rung/{member}"


def own_list(member: str) -> str:
    """Of the alerts of this person, as their own devices know them."""
    return f"own/{member}"


# Writing ---------------------------------------------------------------------------------------------------------


def lines_of(alert: Alert) -> tuple[Listed, ...]:
    """Every line of a closed alert."""
    return (*_whole(alert), *_lives(alert))


def _whole(alert: Alert) -> Iterator[Listed]:
    shelf = _shelf(alert, alert.kind, alert.outcome, alert.site)
    place = "\n".join(folded(spot.label) for spot in alert.places.values() if spot.label)
    rung = (rung_list(person.member) for person in alert.people.values() if not person.withdrawn)
    return (Listed(name, shelf, alert.id, alert.id, alert.member, place) for name in (ALL, *rung))


def _lives(alert: Alert) -> Iterator[Listed]:
    for life in filter(None, (life_of(alert, id) for id in lives_of(alert))):
        shelf = _shelf(alert, life.kind, outcome_shown(alert, life), life.site)
        yield Listed(own_list(alert.member), shelf, life.id, alert.id, alert.member)
    for life in shown_lives(alert):
        yield Listed(RUNNING, _shelf(alert, life.kind, None, life.site), life.id, alert.id, alert.member)


def _shelf(alert: Alert, kind: Kind, outcome: Outcome | None, site: str) -> str:
    return f"{kind}/{'drill' if alert.drill else 'real'}/{outcome or ''}/{site}"


def _site(alert: Alert, view: AlertView) -> str:
    """Where it is, or seems to be to whoever knows it by the id of this view."""
    life = life_of(alert, view.id)
    return alert.site if life is None else life.site


# Reading ---------------------------------------------------------------------------------------------------------


def lists_for(directory: Directory, reader: Reader) -> tuple[str, ...]:
    """The lists in which all stands that this reader may see, and more than that perhaps: `sight.py` decides."""
    if reader.raise_only:
        return ()
    if reader.via in (Via.KEY, Via.WALLBOARD):
        return (RUNNING,)
    if reader.via is Via.DESK:
        return (own_list(reader.member), RUNNING)
    member = directory.members.get(reader.member)
    reach = reach_of(member.roles, May.READ_ALERTS, reader.via) if member else Reach.NONE
    theirs = (own_list(reader.member), rung_list(reader.member))
    match reach:
        case Reach.ALL:
            return (own_list(reader.member), ALL)
        case Reach.RUNNING:
            return (*theirs, RUNNING)
    return theirs


def kept_from(directory: Directory, reader: Reader, line: Listed) -> bool:
    """Is this line about somebody of whom the reader is never told, or their own alert in a list that is not?"""
    if line.list == own_list(reader.member):
        return False
    member = directory.members.get(reader.member)
    return line.member == reader.member or (member is not None and line.member in member.not_told_about)


def is_sought(sought: Sought, alert: Alert, view: AlertView, what: Standing) -> bool:
    """Is this view what was looked for?  Whoever only runs the system is told no site, person or place by a filter."""
    until = None if sought.until_ms is None else beginning(sought.until_ms)
    return (
        view.state in sought.states
        and sought.kind in (None, view.kind)
        and sought.drill in (None, view.drill)
        and sought.outcome in (None, view.outcome)
        and sought.member in (None, view.member.id)
        and (sought.site is None or (what is not Standing.RUNNING and sought.site == _site(alert, view)))
        and (sought.place is None or (what not in FOR_SCREENS and _is_there(sought.place, view)))
        and view.id >= sought.above
        and (until is None or view.id < until)
    )


def _is_there(place: str, view: AlertView) -> bool:
    return any(place in folded(spot.label) for spot in view.places or () if spot.label)
