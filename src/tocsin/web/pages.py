"""The three pages and their files.

A page is a public, empty shell: it holds no data and knows no reader.  Its script brings the token from the link's
fragment, which no server and no log ever sees, and asks the public API for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from tocsin.web.assets import Assets, load_assets

KEPT = "public, max-age=31536000, immutable"  # Its name hashes it.


@dataclass(frozen=True)
class Shell:
    """What differs from page to page before its script runs.  `silent` begins in the look that is not Tocsin's."""

    path: str
    script: str
    page: str
    title: str
    heading: str
    two_looks: bool = False
    silent: bool = False


SHELLS = (
    Shell("/phone", "phone.js", "phone", "Tocsin", "Connecting", two_looks=True),
    Shell("/notes", "phone.js", "phone", "Notes", "", two_looks=True, silent=True),
    Shell("/colleagues", "colleagues.js", "desk", "Colleagues' phones - Tocsin", "Connecting"),
    Shell("/desk", "desk.js", "phone", "Desk - Tocsin", "Connecting"),
    Shell("/wallboard", "wallboard.js", "wall", "Wallboard - Tocsin", "Connecting"),
    Shell("/console", "console.js", "wall", "Watch - Tocsin", "Connecting"),
)


def page_handlers(assets: Assets | None = None) -> list[HTTPRouteHandler]:
    """Handlers of /phone, /notes, /colleagues, /console and /static/*, to be mounted on any Litestar application.

    Where the pages were never built they answer 503 with the remedy; nothing else of the server depends on them.
    """
    assets = assets if assets is not None else load_assets()
    templates = Environment(loader=PackageLoader("tocsin.web"), autoescape=True, undefined=StrictUndefined)
    return [*(_page(shell, templates, assets) for shell in SHELLS), _static(assets)]


def _page(shell: Shell, templates: Environment, assets: Assets) -> HTTPRouteHandler:
    status = 200 if assets.built else 503
    template = templates.get_template("shell.html" if assets.built else "unbuilt.html")
    html = template.render(asset=assets.url, **{name: getattr(shell, name) for name in Shell.__dataclass_fields__})

    @get(shell.path, sync_to_thread=False, include_in_schema=False, name=f"page {shell.path}")
    def page() -> Response[str]:
        return Response(html, status_code=status, media_type=MediaType.HTML)

    return page


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
