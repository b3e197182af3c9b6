"""The plan in a report: each place that its reader may know of, as what it is, or one honest line."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import msgspec
import pytest
import typst
from PIL import Image

from past_nights import Nights
from tocsin.core import commands as c
from tocsin.core.access.place_record import Picture, PlanSheet
from tocsin.core.access.place_sight import PICTURES, PlaceView, PlanView, SheetView
from tocsin.core.directory import Place
from tocsin.core.ground import Known
from tocsin.core.outline import Corner
from tocsin.core.views import PlaceView as Report
from tocsin.core.words import PlaceKind, Role
from tocsin.web import typesetting
from tocsin.web.history import report_map
from tocsin.web.history.report_map import Map, map_of
from tocsin.web.history.told import Tongue
from tocsin.web.speaking import say_in

AT = "2026-11-23T07:00:05-06:00"
KNOWN = (Known(500, 6_500, 41.880, -87.630), Known(9_500, 500, 41.884, -87.622))
LOT: tuple[Corner, ...] = ((6_400, 1_400), (9_900, 1_400), (9_900, 3_600), (6_400, 3_600))
ROOM: tuple[Corner, ...] = ((1_000, 1_000), (6_000, 1_000), (6_000, 5_000))
GRID: tuple[Corner, ...] = ((100, 100), (400, 100))


def sheet(on: str = "", known: tuple[Known, ...] = KNOWN, picture: str | None = None) -> SheetView:
    return SheetView(on, {"": "Dispatch Centre", "f2": "Floor 2"}[on], picture, 10_000, 7_000, known)


def place(id: str, label: str, on: str | None = "", outline: tuple[Corner, ...] = LOT, inside: str = "") -> PlaceView:
    return PlaceView(id, label.split(",")[0], label, "lot", inside, on, outline)


PLAN = PlanView(
    "centre",
    "Dispatch Centre",
    (sheet(), sheet("f2", ())),
    (
        place("lot-b", "Lot B"),
        place("bay-14", "Bay 14", None, (), "lot-b"),
        place("gate", "North gate", "", GRID),
        place("floor", "Dispatch floor", "f2", ROOM),
        place("roof", "Roof", None, (), "roof"),
        place("r1", "Room 1, Floor 1", "f2", ROOM),
        place("r2", "Room 1, Floor 2", "f2", ROOM),
    ),
)


def said(kind: PlaceKind, label: str | None = None, lat: float | None = None, lon: float = -87.6255) -> Report:
    return Report(kind, label, lat, None if lat is None else lon, None if lat is None else 40.0, AT)


def drawn(*reports: Report, plan: PlanView | None = PLAN, language: str = "en") -> Map:
    tongue = Tongue(language, "America/Chicago", say_in(language), lambda one, many, num: one)
    return map_of(plan, reports, tongue, {"abc": b"\x89PNG pixels"}.get)


def test_where_somebody_was_is_solid_and_where_they_meant_to_go_is_dashed() -> None:
    (one,) = drawn(said(PlaceKind.ZONE, "North Gate "), said(PlaceKind.PLANNED, "lot b")).sheets
    assert [(mark.style, mark.name, mark.small, mark.outline) for mark in one.marks] == [
        ("solid", "North Gate ", "Zone, 07:00:05", GRID),
        ("dashed", "lot b", "Planned way, 07:00:05", LOT),
    ]
    assert one.outlines == [LOT, GRID] and (one.name, one.tall) == ("Dispatch Centre", 7_000)
    assert one.alt == "Plan of Dispatch Centre, with: North Gate  (Zone, 07:00:05); lot b (Planned way, 07:00:05)."


def test_only_sheets_with_something_on_them_are_shown() -> None:
    assert [one.name for one in drawn(said(PlaceKind.ZONE, "Dispatch floor")).sheets] == ["Floor 2"]
    both = drawn(said(PlaceKind.ZONE, "Dispatch floor"), said(PlaceKind.PLANNED, "Lot B"))
    assert [one.name for one in both.sheets] == ["Dispatch Centre", "Floor 2"]


def test_a_place_that_is_not_drawn_is_hatched_where_it_must_be_or_said() -> None:
    told = drawn(said(PlaceKind.ZONE, "Bay 14"), said(PlaceKind.PLANNED, "Roof"))
    assert [(mark.style, mark.name) for mark in told.sheets[0].marks] == [("hatched", "Bay 14")]
    assert told.lines == [
        "Bay 14 itself is not drawn. It is somewhere in Lot B.",
        "Roof is not drawn on any plan yet.",
        "This is the plan as it is now; it may have been drawn anew since.",
    ]


def test_words_that_are_no_place_or_several_are_said_and_not_guessed() -> None:
    told = drawn(said(PlaceKind.SPOKEN, "behind the bins"), said(PlaceKind.ZONE, "Room 1"))
    assert told.sheets == [] and told.lines == [
        "\u201cbehind the bins\u201d is no place of this plan, so it is not drawn.",
        "Several places are called Room 1. Which one is not known.",
        "Nothing that is known of where it was can be drawn.",
    ]
    assert drawn(said(PlaceKind.ZONE, "Room 1, floor 2")).sheets[0].marks[0].outline == ROOM


def test_a_position_is_a_circle_as_wide_as_it_was_unsure() -> None:
    (one,) = drawn(said(PlaceKind.FIX, None, 41.882)).sheets
    (fix,) = one.fixes
    metres_across = (KNOWN[1].lon - KNOWN[0].lon) * 111_195 * 0.7446  # Of 9,000 units.
    assert abs(fix.radius - 40 * 9_000 / metres_across) < 20
    assert 4_000 < fix.x < 7_000 and 2_500 < fix.y < 4_500
    assert (fix.name, fix.small) == ("Position", "within 40 m, 07:00:05")


@pytest.mark.parametrize(
    ("report", "plan", "line"),
    [
        (said(PlaceKind.FIX, None, 41.9), PLAN, "The position lies beside this plan."),
        (said(PlaceKind.FIX, None, 41.882, -87.7), PLAN, "The position lies beside this plan."),
        (said(PlaceKind.FIX, None, 51.5, 0.0), PLAN, "The position lies beside this plan."),
        (said(PlaceKind.FIX), PLAN, "The position was erased and is not drawn."),
        (
            said(PlaceKind.FIX, None, 41.882),
            msgspec.structs.replace(PLAN, sheets=(sheet("", ()),)),
            "The position cannot be drawn: nobody has said yet where this plan lies.",
        ),
    ],
)
def test_a_position_that_cannot_be_drawn_is_said(report: Report, plan: PlanView, line: str) -> None:
    told = drawn(report, plan=plan)
    assert told.sheets == [] and told.lines[0] == line


def test_a_position_without_a_radius_is_a_point() -> None:
    report = msgspec.structs.replace(said(PlaceKind.FIX, None, 41.882), radius_m=None)
    assert drawn(report).sheets[0].fixes[0].radius == 0


def test_a_site_without_a_plan_and_an_alert_without_a_place_have_one_line() -> None:
    assert drawn(said(PlaceKind.ZONE, "Lot B"), plan=None) == Map([], ["This site has no plan yet."])
    nothing = msgspec.structs.replace(PLAN, sheets=())
    assert drawn(said(PlaceKind.ZONE, "Lot B"), plan=nothing, language="es").lines == [
        "Este centro todav\u00eda no tiene plano."
    ]
    assert drawn() == Map([], ["Nothing that is known of where it was can be drawn."])


def test_the_picture_of_a_sheet_lies_under_it_and_a_lost_one_leaves_it_blank() -> None:
    plan = msgspec.structs.replace(PLAN, sheets=(sheet("", KNOWN, f"{PICTURES}abc"), sheet("f2", (), f"{PICTURES}no")))
    there, lost = drawn(said(PlaceKind.ZONE, "Lot B"), said(PlaceKind.ZONE, "Dispatch floor"), plan=plan).sheets
    assert base64.b64encode(b"\x89PNG pixels").decode() in there.picture
    assert lost.picture == ""


# On the page ------------------------------------------------------------------------------------------------------


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 45), 90).save(out, "PNG")
    return out.getvalue()


def drawn_site() -> tuple[Nights, str]:
    """A night in Lot B, which is drawn."""
    nights = Nights()
    nights.list_all()
    nights.place(Place("centre", "lot-b", "Lot B", "lot", on="", outline=LOT))
    nights.keep(
        PlanSheet(
            id="centre/", site="centre", on="", picture="abc", width=64, height=45, known=KNOWN, made_ms=1, by="teo"
        ),
        Picture(id="abc", content=picture(), width=64, height=45),
    )
    zone = c.PlaceReport(PlaceKind.ZONE, nights.clock.ms, "Lot B")
    return nights, nights.long_night(places=(zone,))


def given(asked: list[bytes]) -> Any:
    return json.loads(asked[-1])["data"]


def test_whoever_may_know_where_it_was_gets_the_plan_of_its_site(asked: list[bytes]) -> None:
    nights, alert = drawn_site()
    assert nights.visitor("teo").get(f"/history/{alert}/report.pdf").status_code == 200
    (one,) = given(asked)["plan"]["sheets"]
    assert [mark["name"] for mark in one["marks"]] == ["Lot B"] and len(one["fixes"]) == 1
    assert one["picture"].startswith("<svg")


@pytest.mark.parametrize("who", ["ada", "teo", "noor", "lena", "wale"])
def test_whoever_may_not_know_where_it_was_gets_no_plan(asked: list[bytes], who: str) -> None:
    """Ada runs the system, and Noor was in danger: of the alert they learn that it was there."""
    nights, alert = drawn_site()
    visitor = nights.visitor(who)
    page = visitor.get(f"/history/{alert}")
    if page.status_code == 404:
        assert visitor.get(f"/history/{alert}/report.pdf").status_code == 404
        return
    visitor.get(f"/history/{alert}/report.pdf")
    plan, knows = given(asked)["plan"], 'id="places"' in page.text
    assert knows is (who not in ("ada", "noor")) and (plan is not None) <= knows
    assert (b"Lot B" in asked[-1]) <= knows


def test_whoever_was_rung_gets_the_plan(asked: list[bytes]) -> None:
    nights, alert = drawn_site()
    nights.change("teo", roles=(Role.RESPONDER,))
    nights.visitor("teo").get(f"/history/{alert}/report.pdf")
    assert given(asked)["plan"]["sheets"]


def test_a_report_may_be_asked_for_on_either_paper(asked: list[bytes]) -> None:
    nights, alert = drawn_site()
    for paper, wanted in (("a4", "a4"), ("us-letter", "us-letter"), ("", "us-letter"), ("../x", "us-letter")):
        nights.visitor("teo").get(f"/history/{alert}/report.pdf?paper={paper}")
        assert given(asked)["paper"] == wanted


@pytest.mark.slow
def test_a_report_with_a_plan_is_made_and_is_the_same_each_time() -> None:
    nights, alert = drawn_site()
    first, again = (nights.visitor("teo").get(f"/history/{alert}/report.pdf").content for _ in range(2))
    assert first.startswith(b"%PDF") and first == again and b"pdfuaid" in first


@pytest.mark.slow
@pytest.mark.parametrize("drill", [False, True])
def test_every_style_of_the_plan_can_be_set(asked: list[bytes], drill: bool) -> None:
    nights, alert = drawn_site()
    nights.visitor("teo").get(f"/history/{alert}/report.pdf")
    data = given(asked)
    plan = msgspec.structs.replace(
        PLAN, places=(*PLAN.places, place("p", "Point", "", ((9_999, 6_999),)), place("x", "#panic()", "f2", ROOM))
    )
    reports = [said(PlaceKind.ZONE, name) for name in ("Bay 14", "North gate", "Point", "#panic()")]
    told = drawn(*reports, said(PlaceKind.PLANNED, "Lot B"), said(PlaceKind.FIX, None, 41.882), plan=plan)
    data["plan"], data["told"]["drill"] = msgspec.to_builtins(told), drill
    made = typesetting.typeset(typesetting.template("report"), json.dumps(data), 0)
    assert made.startswith(b"%PDF") and b"pdfuaid" in made and set(report_map.WORDS) <= set(data["words"]["key"])
    shown = typst.compile(
        typesetting.template("report"), format="svg", sys_inputs={"data": json.dumps(data)}, ignore_system_fonts=True
    )
    pages = shown if isinstance(shown, list) else [shown]
    assert "stroke-dasharray" in "".join(page.decode() for page in pages)
