"""Codes for walls: what is scanned says the address of the place, and as many fit on a page as it has labels."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
import segno
import typst

from past_nights import HOSTILE
from tocsin.core.limits import PLACES_MAX
from tocsin.web import typesetting
from tocsin.web.office.place_codes import CodeLabel, CodeSheets, qr_svg, spaced
from tocsin.web.speaking import say_in

URL = "https://alerts.example.org/z/"


def label(number: int = 0, name: str = "Lot B", where: str = "Floor 2, Main building") -> CodeLabel:
    code = f"ABCDE2345{number}"
    return CodeLabel(name, where, code, URL + code)


class Kept(CodeSheets):
    """Keeps what the other process would be told; it is not started."""

    async def made(self, asked: bytes) -> bytes:
        self.asked = asked
        return b"%PDF"


def asked(labels: list[CodeLabel], language: str = "en", paper: str = "us-letter") -> bytes:
    sheets = Kept()
    asyncio.run(sheets.pdf(labels, "Alder Dispatch", say_in(language), language, 0, paper))
    return sheets.asked


def pages(given: bytes) -> list[str]:
    """Each page, as it would be printed."""
    data = typesetting.prepared("codes", json.loads(given)["data"])
    source, inputs = typesetting.template("codes"), {"data": json.dumps(data)}
    drawn = typst.compile(source, format="svg", sys_inputs=inputs, ignore_system_fonts=True)
    return [page.decode() for page in (drawn if isinstance(drawn, list) else [drawn])]


@pytest.mark.slow
@pytest.mark.parametrize(("count", "wanted"), [(1, 1), (8, 1), (9, 2), (17, 3)])
def test_eight_codes_are_on_a_page(count: int, wanted: int) -> None:
    assert len(pages(asked([label(number % 10) for number in range(count)]))) == wanted


@pytest.mark.slow
@pytest.mark.parametrize(("paper", "size"), [("a4", ("595.2", "841.8")), ("us-letter", ("612", "792"))])
def test_the_paper_is_the_one_that_was_asked_for(paper: str, size: tuple[str, str]) -> None:
    (page,) = pages(asked([label()], paper=paper))
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', page)
    assert found is not None and (found[1].startswith(size[0]), found[2].startswith(size[1])) == (True, True)


def test_a_paper_that_nobody_has_is_the_usual_one() -> None:
    assert json.loads(asked([label()], paper="../../etc"))["data"]["paper"] == "us-letter"


def test_a_sheet_is_in_the_language_that_was_asked_for() -> None:
    said = json.loads(asked([label()], "es"))["data"]
    assert said["language"] == "es" and said["words"]["danger"] == "\u00bfPeligro aqu\u00ed? Escanee."


@pytest.mark.slow
def test_whatever_a_place_is_called_its_code_is_printed() -> None:
    names = [HOSTILE, "x" * 120, "\u65e5\u672c", "Bay \U0001f691", "", "Sala de espera de pediatr\u00eda " * 3]
    made = asyncio.run(
        CodeSheets().pdf([label(n, name, name) for n, name in enumerate(names)], HOSTILE, say_in("es"), "es", 0)
    )
    assert made.startswith(b"%PDF") and b"/MarkInfo" in made


def test_more_codes_than_a_site_has_places_are_not_printed() -> None:
    given = json.loads(asked([label()] * (PLACES_MAX + 1)))
    assert len(given["data"]["lines"]) == PLACES_MAX


def test_what_is_scanned_is_the_address_of_the_place() -> None:
    """The drawing has a dark run wherever the code of this address has one, and white around it for the camera."""
    url = URL + "ABCDE23456"
    rows = [bytes(row) for row in segno.make(url, error="m", micro=False).matrix_iter(border=4)]
    drawn = [bytearray(len(rows)) for _ in rows]
    found = re.search(r'stroke="#000" d="([^"]+)"', qr_svg(url))
    assert found is not None and 'fill="#fff"' in qr_svg(url)
    x = y = 0.0
    for step, dx, dy, run in steps(found[1]):
        x, y = (dx, dy) if step == "M" else (x + dx, y + dy)
        drawn[int(y)][int(x) : int(x) + run] = b"\1" * run
        x += run
    assert [bytes(row) for row in drawn] == rows


def steps(path: str) -> list[tuple[str, float, float, int]]:
    """Moves and runs to the right of a path, as (how, across, down, run)."""
    found = re.findall(r"([Mm])(-?[\d.]+) (-?[\d.]+)h(\d+)", path)
    return [(step, float(dx), float(dy), int(run)) for step, dx, dy, run in found]


def test_a_code_is_read_out_in_halves() -> None:
    assert (spaced("ABCDE23456"), spaced("ABC"), spaced("")) == ("ABCDE 23456", "AB C", " ")
