"""The map of a report: the plan of the site, and on it every place that this reader may know of the alert.

Theory of operation
-------------------
Each report is a mark of its own: solid where somebody was, dashed where they meant to go, hatched where only the place
around it is drawn.  A position is a circle with its radius, on every sheet whose place on the globe is known and which
it lies on.  Whatever cannot be drawn is said in a sentence, for an empty plan would say that nothing is known.  Sheets
on which nothing is marked are left out.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from tocsin.core import views
from tocsin.core.access.place_record import tall
from tocsin.core.access.place_sight import PICTURES, PlaceView, PlanView, SheetView
from tocsin.core.ground import ground
from tocsin.core.limits import REPORT_SHEETS_MAX, SHEET_UNITS
from tocsin.core.outline import Corner
from tocsin.core.place import folded
from tocsin.core.words import PlaceKind
from tocsin.web.history import record_words as w
from tocsin.web.history.told import Tongue, moment_ms
from tocsin.web.speaking import Say, words

PictureOf = Callable[[str], bytes | None]

NO_PLAN = words("This site has no plan yet.")
THEN = words("This is the plan as it is now; it may have been drawn anew since.")
UNKNOWN = words("\u201c%(place)s\u201d is no place of this plan, so it is not drawn.")
NOT_DRAWN = words("%(place)s is not drawn on any plan yet.")
AROUND = words("%(place)s itself is not drawn. It is somewhere in %(inside)s.")
SEVERAL = words("Several places are called %(place)s. Which one is not known.")
NO_GROUND = words("The position cannot be drawn: nobody has said yet where this plan lies.")
BESIDE = words("The position lies beside this plan.")
ERASED = words("The position was erased and is not drawn.")
NOTHING = words("Nothing that is known of where it was can be drawn.")


class Mark(Struct, frozen=True):
    """A place that a report names.  `style`: solid, dashed or hatched."""

    style: str
    name: str
    small: str
    outline: Sequence[Corner]


class Fix(Struct, frozen=True):
    """A position.  `radius` in units of the sheet; 0: it was not said."""

    x: float
    y: float
    radius: float
    name: str
    small: str


class Sheet(Struct, frozen=True):
    """One sheet with something on it.  `picture`: an SVG that holds its PNG, or nothing; `alt`: all of it in words."""

    name: str
    tall: int
    picture: str
    outlines: list[Sequence[Corner]]
    marks: list[Mark]
    fixes: list[Fix]
    alt: str


class Map(Struct, frozen=True):
    sheets: list[Sheet]
    lines: list[str]


def map_of(plan: PlanView | None, reports: Sequence[views.PlaceView], tongue: Tongue, picture: PictureOf) -> Map:
    """`plan`: of the alert's site; None: there is none.  `picture`: what lies under a sheet, by its id."""
    if plan is None or not plan.sheets:
        return Map([], [tongue.say(NO_PLAN)])
    drawing = _Drawing(plan, tongue)
    for report in reports:
        drawing.put(report)
    sheets = [_sheet(drawing, sheet, picture) for sheet in drawing.marked()]
    lines = list(dict.fromkeys(drawing.lines))
    return Map(sheets, [*lines, tongue.say(THEN)] if sheets else [*lines, tongue.say(NOTHING)])


class _Drawing:
    """What is drawn on each sheet, and what must be said."""

    def __init__(self, plan: PlanView, tongue: Tongue) -> None:
        self.plan, self.tongue, self.say = plan, tongue, tongue.say
        self.marks: dict[str, list[Mark]] = {}
        self.fixes: dict[str, list[Fix]] = {}
        self.lines: list[str] = []
        self._by_id = {place.id: place for place in plan.places}

    def marked(self) -> list[SheetView]:
        used = [sheet for sheet in self.plan.sheets if sheet.on in self.marks or sheet.on in self.fixes]
        return used[:REPORT_SHEETS_MAX]

    def put(self, report: views.PlaceView) -> None:
        if report.lat is not None and report.lon is not None:
            self._put_fix(report, report.lat, report.lon)
        elif report.kind is PlaceKind.FIX:
            self.lines.append(self.say(ERASED))
        elif report.label:
            self._put_named(report, report.label)

    def _put_named(self, report: views.PlaceView, label: str) -> None:
        alike = _called(self.plan.places, label)
        if len(alike) != 1:
            self.lines.append(self.say(SEVERAL if alike else UNKNOWN, place=label))
            return
        spot = next((place for place in self._way_up(alike[0]) if place.outline and place.on is not None), None)
        if spot is None or spot.on is None:
            self.lines.append(self.say(NOT_DRAWN, place=label))
            return
        if spot is not alike[0]:
            self.lines.append(self.say(AROUND, place=label, inside=spot.name))
        style = "hatched" if spot is not alike[0] else "dashed" if report.kind is PlaceKind.PLANNED else "solid"
        self.marks.setdefault(spot.on, []).append(Mark(style, label, self._small(report), spot.outline))

    def _way_up(self, place: PlaceView) -> Iterator[PlaceView]:
        """The place and what it is in, the nearest first."""
        seen: set[str] = set()
        over: PlaceView | None = place
        while over is not None and over.id not in seen:
            seen.add(over.id)
            yield over
            over = self._by_id.get(over.inside)

    def _put_fix(self, report: views.PlaceView, lat: float, lon: float) -> None:
        lies = {sheet.on: (sheet, ground(sheet.known)) for sheet in self.plan.sheets}
        known = [(sheet, on_ground) for sheet, on_ground in lies.values() if on_ground is not None]
        drawn = False
        for sheet, on_ground in known:
            at = on_ground.to_sheet(lat, lon)
            if at is not None and 0 <= at[0] <= SHEET_UNITS and 0 <= at[1] <= tall(sheet.width, sheet.height):
                radius = (report.radius_m or 0) / on_ground.metres
                fix = Fix(*at, radius, self.say(w.PLACES[report.kind]), self._small(report, kind=False))
                self.fixes.setdefault(sheet.on, []).append(fix)
                drawn = True
        if not drawn:
            self.lines.append(self.say(BESIDE if known else NO_GROUND))

    def _small(self, report: views.PlaceView, kind: bool = True) -> str:
        """The source, how exact it is and when it came, as far as they are known."""
        parts = [self.say(w.PLACES[report.kind])] if kind else []
        if report.radius_m is not None:
            parts.append(self.say("within %(num)s m", num=round(report.radius_m)))
        return ", ".join((*parts, self.tongue.clock(moment_ms(report.at))))


def _called(places: Sequence[PlaceView], label: str) -> list[PlaceView]:
    """Those that a report may mean by this label."""
    said = folded(label)
    exact = [place for place in places if folded(place.label) == said]
    return exact or [place for place in places if folded(place.name) == said]


def _sheet(drawing: _Drawing, sheet: SheetView, picture: PictureOf) -> Sheet:
    marks, fixes = drawing.marks.get(sheet.on, []), drawing.fixes.get(sheet.on, [])
    content = picture(sheet.picture.removeprefix(PICTURES)) if sheet.picture else None
    down = tall(sheet.width, sheet.height)
    return Sheet(
        sheet.name,
        down,
        "" if content is None else _framed(content, down),
        [place.outline for place in drawing.plan.places if place.on == sheet.on and place.outline],
        marks,
        fixes,
        _alt(drawing.say, sheet.name, [*marks, *fixes]),
    )


def _framed(png: bytes, down: int) -> str:
    """The picture as a drawing that holds it: so it comes to the template as words."""
    inside = base64.b64encode(png).decode()
    size = f'width="{SHEET_UNITS}" height="{down}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SHEET_UNITS} {down}" {size}>'
        f'<image {size} preserveAspectRatio="none" href="data:image/png;base64,{inside}"/></svg>'
    )


def _alt(say: Say, name: str, marked: Sequence[Mark | Fix]) -> str:
    places = "; ".join(f"{one.name} ({one.small})" for one in marked)
    return say("Plan of %(name)s, with: %(places)s.", name=name, places=places)


WORDS: Mapping[str, str] = {
    "solid": words("A solid outline: reported."),
    "dashed": words("A dashed outline: planned."),
    "hatched": words("A hatched one: somewhere in it."),
    "circle": words("A circle: the position, as exact as it was."),
}
