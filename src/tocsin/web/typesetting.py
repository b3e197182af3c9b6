"""Papers as PDF, each set in a process of its own: JSON goes in, the file comes out, and the process ends.

Theory of operation
-------------------
`python -m tocsin.web.typesetting` reads `{"paper": ..., "data": ..., "at_s": ...}` and writes a PDF.  It works behind
everything else on the machine and within bounds, so that whatever somebody wrote into a note costs no press anything.
A template reads no file and asks no network: there are no packages in it, its fonts are those that
typst brings, and when it has been loaded the process can open nothing more.  The same data give the same bytes.

What those fonts cannot write is said in words where it is a sign (an emoji), and left as an empty box where it is of
another script; such a paper is tagged all the same, and only does not say of itself that it keeps PDF/UA-1.
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec

from tocsin.runtime import apart

SPENT_MAX_S = 30  # Of a processor: most take less than half a second, two thousand codes nine.
WAITED_MAX_S = 120.0  # By the clock, the wait for a turn included; whoever has waited asks again.
AT_ONCE = 2  # Of them are made; the others wait for their turn.
MEMORY_MAX_BYTES = 2 * 2**30
PAPERS: Mapping[str, tuple[str, str]] = {
    "report": ("tocsin.web.history", "report.typ"),
    "codes": ("tocsin.web.office", "place_codes.typ"),
}
EMOJI = 0x1F000  # From here on up are signs, whose names say what they are.


class NotMade(Exception):
    """The paper could not be made, or not in time.  Nothing was changed."""


class Typesetter:
    """Sets papers, a few at a time."""

    def __init__(self) -> None:
        self._apart = apart.Apart(__name__, SPENT_MAX_S, AT_ONCE, WAITED_MAX_S)

    async def __call__(self, paper: str, data: Mapping[str, Any], at_ms: int) -> bytes:
        """`paper`: one of PAPERS.  `at_ms`: the date that the file bears.  Raises NotMade."""
        asked = {"paper": paper, "data": data, "at_s": at_ms // 1_000}
        try:
            async with asyncio.timeout(WAITED_MAX_S):
                made = await self.made(msgspec.json.encode(asked))
        except (TimeoutError, OSError, apart.Stopped) as error:
            raise NotMade from error
        if not made.startswith(b"%PDF"):
            raise NotMade
        return made

    async def made(self, asked: bytes) -> bytes:
        """Raises OSError and Stopped."""
        return await self._apart(asked)


# In the process --------------------------------------------------------------------------------------------------


def told(asked: bytes) -> bytes:
    """The PDF, as the process answers it."""
    import typst  # noqa: F401 - only in that process, and before it is sealed: the server itself never sets anything.

    given = json.loads(asked)
    source, data = template(given["paper"]), prepared(given["paper"], given["data"])
    apart.seal()
    return typeset(source, json.dumps(data), int(given["at_s"]))


def template(paper: str) -> bytes:
    package, name = PAPERS[paper]
    return resources.files(package).joinpath(name).read_bytes()


def prepared(paper: str, data: dict[str, Any]) -> Any:
    """Its data as the template draws them: what takes time to work out is worked out here."""
    data = written(data)
    if paper == "codes":
        from tocsin.web.office.place_codes import qr_svg

        for line in data["lines"]:
            line["qr"] = qr_svg(line["url"])
    return data


def written(value: Any) -> Any:
    """The same with a name in place of each sign that no font has."""
    if isinstance(value, str):
        return value if value.isascii() else "".join(map(_sign, value))
    if isinstance(value, list):
        return [written(one) for one in value]
    return {key: written(one) for key, one in value.items()} if isinstance(value, dict) else value


def _sign(sign: str) -> str:
    if sign in "\ufe0e\ufe0f\u200d":  # How an emoji looks, and what joins two.
        return ""
    return f"[{unicodedata.name(sign, 'sign').lower()}]" if ord(sign) >= EMOJI and _is_sign(sign) else sign


def _is_sign(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk", "Cn")


def typeset(source: bytes, data: str, at_s: int) -> bytes:
    """As PDF/UA-1: tagged, with its language and title.  `at_s`: the date that the file bears."""
    import typst

    def compiled(standards: list[Any]) -> bytes:
        return typst.compile(
            source,
            format="pdf",
            sys_inputs={"data": data},
            ignore_system_fonts=True,
            pdf_standards=standards,
            timestamp=at_s,
        )

    try:
        return compiled(["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return compiled([])


if __name__ == "__main__":
    apart.work(told, MEMORY_MAX_BYTES)
