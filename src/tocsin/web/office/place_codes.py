"""The codes of places to be put up on walls: one as a picture for its page, many as a sheet to print and cut."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import segno
from msgspec import Struct

from tocsin.core.limits import PLACES_MAX
from tocsin.web.speaking import Say, words
from tocsin.web.typesetting import Typesetter

PAPERS = {"us-letter": words("US Letter"), "a4": words("A4")}
QUIET = 4  # Modules of white around a code, which a camera needs.

# On a wall, for whoever is in danger there: what it is for, what it does, and how to go without a camera.
_WORDS = {
    "danger": words("In danger here? Scan."),
    "does": words("Your phone then tells your colleagues where you are."),
    "typed": words("Or type in your browser:"),
    "cut": words("Cut along the dashed lines, and put each one up at its place."),
    "replaced": words("A code that was replaced says nothing any more: take the old ones down."),
    "page": words("Page"),
    "alt": words("Code to be scanned"),
}


class CodeLabel(Struct, frozen=True):
    """One code on a wall.  `where`: what the place is in, the nearest first, in words; `url`: what the code says."""

    name: str
    where: str
    code: str
    url: str


class CodeSheets(Typesetter):
    """Prints them, eight on a page."""

    async def pdf(
        self, labels: list[CodeLabel], title: str, say: Say, language: str, at_ms: int, paper: str = "us-letter"
    ) -> bytes:
        """`title`: of whose places.  `paper`: one of PAPERS.  Raises NotMade: nothing was changed."""
        data: dict[str, Any] = {
            "title": title,
            "lines": [msgspec.to_builtins(label) | {"typed": spaced(label.code)} for label in labels[:PLACES_MAX]],
            "words": {name: say(sentence) for name, sentence in _WORDS.items()},
            "language": language,
            "paper": paper if paper in PAPERS else "us-letter",
        }
        return await self("codes", data, at_ms)


def spaced(code: str) -> str:
    """As it is read out and typed: in halves."""
    half = (len(code) + 1) // 2
    return f"{code[:half]} {code[half:]}"


def qr_svg(url: str) -> str:
    """The code as a drawing, black on white with the white around it that a camera needs."""
    out = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(out, kind="svg", border=QUIET, omitsize=True, light="white", xmldecl=False, svgclass=None, lineclass=None)
    return out.getvalue().decode()
