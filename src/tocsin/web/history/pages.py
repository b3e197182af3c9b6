"""The addresses of what is over: /history, one alert's record, and its report."""

from __future__ import annotations

from typing import Any, cast

from babel.numbers import format_decimal
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tocsin.core.access.permissions import May
from tocsin.runtime.access.reading import Records
from tocsin.runtime.history import History, Record
from tocsin.runtime.node import HasStore
from tocsin.web.frame import Answer, Door, Frame, PageRefusal, Visit
from tocsin.web.history import finding
from tocsin.web.history.on_plan import on_plan
from tocsin.web.history.report import Printer
from tocsin.web.history.report_map import Map, map_of
from tocsin.web.history.told import Told, Tongue, days_of, given, moment_ms, told_of
from tocsin.web.pages import NO_TILES, Tiles
from tocsin.web.speaking import translations, words
from tocsin.web.typesetting import NotMade


class Pages:
    """The pages of one node's history."""

    def __init__(self, node: HasStore, tiles: Tiles) -> None:
        self._history, self._printer, self._tiles = History(node), Printer(), tiles
        self._records = Records(node)

    async def alerts(self, visit: Visit) -> Answer:
        """The newest alerts, or those that were looked for."""
        wanted, form = finding.sought(visit)
        found = finding.found(visit, self._history, wanted)
        visit.form = form
        narrowed = bool(finding.query(form))
        return visit.show(
            "history/alerts.html",
            status=200 if form.ok else 422,
            heading=visit._("Alerts that match") if narrowed and form.ok else visit._("Alerts, newest first"),
            choices=finding.choices(visit),
            narrowed=narrowed,
            rows=[finding.row(visit, view, moment_ms(view.raised_at)) for view in found.views],
            cut=found.cut,
            catching_up=not self._history.is_whole(visit.org),
            pages=finding.pages(visit, form, found),
        )

    async def record(self, visit: Visit) -> Answer:
        """One alert's whole record, as its reader may have it."""
        record = self.found(visit)
        told, plan = told_in(visit, record), on_plan(record, tongue_of(visit, record))
        values: dict[str, Any] = {"heading": told.title, "told": told, "days": days_of(told.lines), "plan": plan}
        scripts = ("map-record.js",) if plan is not None else ()
        return visit.show("history/record.html", scripts=scripts, tiles=self._tiles, **values)

    async def report(self, visit: Visit) -> Answer:
        """The same as a PDF."""
        record = self.found(visit)
        told, tongue = told_in(visit, record), tongue_of(visit, record)
        view, paper = record.view.alert, visit.asked.query.get("paper", "")
        dated_ms = moment_ms(view.closed_at or view.raised_at)
        try:
            drawn = self._drawn(visit, record, tongue)
            made = await self._printer.pdf(told, tongue, visit.member.name, dated_ms, drawn, paper)
        except NotMade:
            raise PageRefusal("report_not_made") from None
        headers = {"Content-Disposition": f'inline; filename="alert-{view.id}.pdf"', "Cache-Control": "no-store"}
        return cast("Answer", Response(made, media_type="application/pdf", headers=headers))

    def _drawn(self, visit: Visit, record: Record, tongue: Tongue) -> Map | None:
        """Its places on the plan of its site; None for whoever may not know where it was."""
        site, places = given(record.view.site), given(record.view.alert.places)
        if site is None or places is None or not self._records.may(visit.signed_in, May.READ_PLACES):
            return None

        def picture(id: str) -> bytes | None:
            found = self._records.picture(visit.signed_in, id)
            return None if found is None else found.content

        return map_of(self._records.site_plan(visit.signed_in, site), places, tongue, picture)

    def found(self, visit: Visit) -> Record:
        """Raises PageRefusal: to this reader there is none."""
        record = self._history.record(visit.signed_in, visit.asked.under["alert"])
        if record is None:
            raise PageRefusal("no_such_record")
        return record


def told_in(visit: Visit, record: Record) -> Told:
    """In the reader's language, by the clock of the alert's site where they may know it, else of their own."""
    site = visit.directory.sites.get(given(record.view.site) or "")
    return told_of(record, tongue_of(visit, record), site.name if site else "")


def tongue_of(visit: Visit, record: Record) -> Tongue:
    site = visit.directory.sites.get(given(record.view.site) or "")
    zone = site.time_zone if site else visit.time_zone
    return Tongue(visit.language, zone, visit._, counting(visit.language))


def counting(language: str) -> Any:
    """The sentence for so many; `num` is written as people of this language write numbers."""
    spoken = translations(language)

    def ngettext(one: str, many: str, num: int, **values: object) -> str:
        told = str(spoken.ungettext(one, many, num))
        return told % {"num": format_decimal(num, locale=language), **values}

    return ngettext


def history_handlers(frame: Frame, node: HasStore, tiles: Tiles = NO_TILES) -> list[HTTPRouteHandler]:
    """Every page of the history; the frame learns of the door to it."""
    frame.doors.append(Door("/history", words("History"), May.READ_ALERTS))
    pages = Pages(node, tiles)
    return [
        frame.page("/history", pages.alerts, may=May.READ_ALERTS),
        frame.page("/history/{alert:str}", pages.record, may=May.READ_ALERTS),
        frame.page("/history/{alert:str}/report.pdf", pages.report, may=May.READ_ALERTS),
    ]
