"""The report on paper: what the page of the same reader shows, whatever somebody typed, and nobody waits behind it."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest
import typst

from past_nights import HOSTILE, Nights
from tocsin.core.words import Came, Outcome, Role
from tocsin.web import typesetting
from tocsin.web.typesetting import NotMade, Typesetter


def night(text: str = "The gate is open.") -> tuple[Nights, str]:
    nights = Nights()
    nights.list_all()
    return nights, nights.long_night(text=text, place=text)


@pytest.mark.slow
def test_a_report_is_a_tagged_pdf_and_the_same_record_gives_the_same_bytes() -> None:
    nights, alert = night()
    first, again = (nights.visitor("teo").get(f"/history/{alert}/report.pdf") for _ in range(2))
    assert first.headers["content-type"] == "application/pdf" and first.content == again.content
    assert first.headers["cache-control"] == "no-store" and alert in first.headers["content-disposition"]
    assert b"/MarkInfo" in first.content and b"/Lang" in first.content and b"pdfuaid" in first.content


@pytest.mark.slow
def test_reading_a_report_changes_nothing() -> None:
    nights, alert = night()
    visitor = nights.visitor("teo")
    before = len(nights.store.content.facts)
    assert visitor.get(f"/history/{alert}/report.pdf").status_code == 200
    assert len(nights.store.content.facts) == before


def shown(data: bytes) -> str:
    """Every word of a report, as its template lays it out; typst says which text there is."""
    given = json.loads(data)["data"]
    drawn = typst.compile(
        typesetting.template("report"), format="svg", sys_inputs={"data": json.dumps(given)}, ignore_system_fonts=True
    )
    pages = drawn if isinstance(drawn, list) else [drawn]
    return " ".join(page.decode() for page in pages)


@pytest.mark.slow
def test_what_somebody_typed_is_printed_and_never_carried_out(asked: list[bytes]) -> None:
    nights, alert = night(HOSTILE)
    assert nights.visitor("teo").get(f"/history/{alert}/report.pdf").status_code == 200
    told = json.loads(asked[0])["data"]["told"]
    assert told["notes"][0]["value"] == HOSTILE
    assert shown(asked[0])  # It is set: `#panic()` would have ended it, and the file would not be there to import.


@pytest.mark.parametrize("who", ["teo", "noor", "ada", "lena"])
def test_a_report_says_what_the_page_of_the_same_reader_says_and_no_more(asked: list[bytes], who: str) -> None:
    nights, alert = night()
    page = nights.visitor(who).get(f"/history/{alert}").text
    assert nights.visitor(who).get(f"/history/{alert}/report.pdf").status_code == 200
    told = json.loads(asked[0])["data"]["told"]
    assert (told["messages"] is None) == ('id="messages"' not in page)
    assert (told["lines"] is None) == ('id="timeline"' not in page)
    for name in ("Teo Invented", "Wale Invented", "Noor Invented", "+12025550100", "Lot B", "41.88"):
        assert (name in asked[0].decode()) <= (name in page), name


def test_whoever_was_rung_gets_a_report_without_messages(asked: list[bytes]) -> None:
    nights, alert = night()
    nights.change("teo", roles=(Role.RESPONDER,))
    nights.visitor("teo").get(f"/history/{alert}/report.pdf")
    told = json.loads(asked[0])["data"]["told"]
    assert told["messages"] is None and told["lines"] and b"+1202555" not in asked[0]


def test_a_drill_says_so_on_every_page(asked: list[bytes]) -> None:
    nights, _ = night()
    drill = nights.closed(nights.raised("ada", came=Came.DRILL, drill=True), Outcome.SAFE)
    nights.visitor("teo").get(f"/history/{drill}/report.pdf")
    given = json.loads(asked[0])["data"]
    assert given["told"]["drill"] and given["words"]["drill"] == "DRILL"
    assert given["told"]["lead"] == "Closed"  # How practice ended happened to nobody.


def test_for_whom_a_report_is_stands_before_what_it_tells() -> None:
    """Nobody takes what was left out of it for what did not happen; and nothing but that stands on a last page."""
    paper = typesetting.template("report")
    assert paper.index(b"#text(size: 13pt, t.lead)") < paper.index(b"#small(w.reader)") < paper.index(b"#section(")


def test_a_report_is_in_the_language_of_its_reader(asked: list[bytes]) -> None:
    nights, alert = night()
    nights.change("teo", language="es")
    nights.visitor("teo", "es").get(f"/history/{alert}/report.pdf")
    given = json.loads(asked[0])["data"]
    assert given["language"] == "es" and given["words"]["drill"] == "SIMULACRO"


def test_a_report_that_can_not_be_made_in_time_is_no_fault_of_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(self: Typesetter, data: bytes) -> bytes:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    nights, alert = night()
    monkeypatch.setattr(Typesetter, "made", never)
    monkeypatch.setattr(typesetting, "WAITED_MAX_S", 0.01)
    answer = nights.visitor("teo").get(f"/history/{alert}/report.pdf")
    assert answer.status_code == 503 and "The report could not be made." in answer.text


@pytest.mark.slow
def test_what_is_no_report_is_refused_and_its_process_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotMade):
        asyncio.run(Typesetter()("report", {"told": "nothing"}, 0))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(NotMade):
        asyncio.run(Typesetter()("report", {}, 0))


@pytest.mark.slow
@pytest.mark.parametrize("text", ["Call me \U0001f198\ufe0f", "\u65e5\u672c\u8a9e", "\U0001f468\u200d\U0001f469"])
def test_whatever_script_somebody_wrote_in_the_report_is_made(text: str) -> None:
    nights, alert = night(text)
    made = nights.visitor("teo").get(f"/history/{alert}/report.pdf")
    assert made.status_code == 200 and made.content.startswith(b"%PDF")


def test_a_sign_that_no_font_has_is_said_in_words() -> None:
    said = typesetting.written({"notes": ["SOS \U0001f198\ufe0f", "Se\u00f1al \u2713"], "drill": False, "more": None})
    assert said == {"notes": ["SOS [squared sos]", "Se\u00f1al \u2713"], "drill": False, "more": None}
