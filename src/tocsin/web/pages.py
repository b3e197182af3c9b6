"""The pages that the browser draws, and their files.

A page is a public, empty shell: it holds no data and knows no reader.  Its script brings the token from the link's
fragment, which no server and no log ever sees, and asks the public API for the rest.  The few words of the shell are in
the language that the browser asks for; the script goes on in the reader's own, once it knows who reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from tocsin.web.assets import Assets, load_assets
from tocsin.web.installing import installing_handlers
from tocsin.web.speaking import LANGUAGES, environment, words
from tocsin.wire.browser import language_of

KEPT = "public, max-age=31536000, immutable"  # Its name hashes it.


@dataclass(frozen=True)
class Shell:
    """What differs from page to page before its script runs.  `silent` begins in the look that is not Tocsin's.

    `mapped`: it may show a plan, and beneath it the operator's tiles.  `installed`: it may be put on a home screen.
    """

    path: str
    script: str
    page: str
    title: str
    heading: str
    two_looks: bool = False
    silent: bool = False
    mapped: bool = False
    installed: bool = False


class Tiles(NamedTuple):
    """A map beneath the plans, of the operator's choice: `url` with {z}, {x} and {y} in it, and whom it is owed to."""

    url: str = ""
    credit: str = ""


NO_TILES = Tiles()
CONNECTING = words("Connecting")
SHELLS = (
    Shell("/phone", "phone.js", "phone", "Tocsin", CONNECTING, two_looks=True, installed=True),
    Shell("/notes", "phone.js", "phone", words("Notes"), "", two_looks=True, silent=True),
    Shell("/colleagues", "colleagues.js", "desk", words("Colleagues' phones - Tocsin"), CONNECTING),
    Shell("/desk", "desk.js", "phone", words("Desk - Tocsin"), CONNECTING),
    Shell("/wallboard", "wallboard.js", "wall", words("Wallboard - Tocsin"), CONNECTING),
    Shell("/z/{code:str}", "zone.js", "phone", words("Where you are - Tocsin"), CONNECTING),
    Shell("/r/{code:str}", "responder.js", "phone", "Tocsin", words("One moment")),
    Shell("/console", "console.js", "wall", words("Watch - Tocsin"), CONNECTING, mapped=True),
)


def page_handlers(
    assets: Assets | None = None, tiles: Tiles = NO_TILES, addresses: Sequence[str] = ()
) -> list[HTTPRouteHandler]:
    """Handlers of the shells, of what installs the phone's, and of /static/*, for any Litestar application.

    `addresses`: every origin of this server, where it has more than one.  Where the pages were never built they answer
    503 with the remedy; nothing else of the server depends on them.
    """
    assets = assets if assets is not None else load_assets()
    return [
        *(_page(shell, assets, tiles) for shell in SHELLS),
        *installing_handlers(assets, addresses),
        _static(assets),
    ]


def _page(shell: Shell, assets: Assets, tiles: Tiles) -> HTTPRouteHandler:
    status = 200 if assets.built else 503
    drawn = {language: _drawn(shell, assets, tiles, language) for language in LANGUAGES}

    @get(shell.path, sync_to_thread=False, include_in_schema=False, name=f"page {shell.path}")
    def page(request: Request[None, None, State]) -> Response[str]:
        html = drawn[language_of(request.headers.get("accept-language"), LANGUAGES)]
        return Response(html, status_code=status, media_type=MediaType.HTML, headers={"Vary": "Accept-Language"})

    return page


def _drawn(shell: Shell, assets: Assets, tiles: Tiles, language: str) -> str:
    template = environment(language).get_template("shell.html" if assets.built else "unbuilt.html")
    values = {name: getattr(shell, name) for name in Shell.__dataclass_fields__}
    return template.render(asset=assets.url, language=language, tiles=tiles if shell.mapped else NO_TILES, **values)


def _static(assets: Assets) -> HTTPRouteHandler:
    @get("/static/{name:str}", sync_to_thread=False, include_in_schema=False, name="static")
    def static(name: FromPath[str], request: Request[None, None, State]) -> Response[bytes]:
        asset = assets.files.get(name)
        if asset is None:
            return Response(b"", status_code=404, media_type="text/plain")
        headers = {"Cache-Control": KEPT, "Vary": "Accept-Encoding"}
        if asset.zipped is None or "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.plain, media_type=asset.media_type, headers=headers)
        return Response(asset.zipped, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})

    return static
