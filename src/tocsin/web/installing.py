"""What makes the phone's page an app: its manifest, and the service worker that opens it without a network.

Both stand at the root: a service worker has power over the paths beside and below its own and nothing else.  They are
public and the same for everybody; nothing of a reader is in them.

A page that a phone has kept goes on with the headers that it came with, and those say at which other addresses of this
server it may press.  So the worker names them: with another address it is another worker, which keeps the pages anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from tocsin.web.assets import Assets
from tocsin.web.speaking import LANGUAGES, translations, words
from tocsin.wire.browser import language_of

WORKER = "service-worker.js"
MANIFEST_TYPE = "application/manifest+json"
NAME = "Tocsin"
CALL_FOR_HELP = words("Call for help at work")
PAPER = "#eff3f1"  # As behind the bell.
ICONS: Mapping[str, Mapping[str, str]] = {
    "bell.svg": {"sizes": "any", "type": "image/svg+xml"},
    "icon-192.png": {"sizes": "192x192", "type": "image/png"},
    "icon-512.png": {"sizes": "512x512", "type": "image/png"},
    "icon-mask-512.png": {"sizes": "512x512", "type": "image/png", "purpose": "maskable"},
}


def installing_handlers(assets: Assets, addresses: Sequence[str] = ()) -> list[HTTPRouteHandler]:
    """Handlers of /service-worker.js and /manifest.webmanifest; 404 where the pages were never built.

    Neither is kept by anything on the way: a phone learns of a new build the next time it asks, and of new `addresses`:
    every origin of this server, where it has more than one.
    """
    return [_worker(assets, addresses), _manifest(assets)]


def _worker(assets: Assets, addresses: Sequence[str]) -> HTTPRouteHandler:
    asset = assets.files.get(assets.names.get(WORKER, ""))
    named = f"\n// {' '.join(addresses)}\n".encode() if addresses else b""

    @get("/service-worker.js", sync_to_thread=False, include_in_schema=False, name="service worker")
    def worker() -> Response[bytes]:
        if asset is None:
            return Response(b"", status_code=404, media_type="text/plain")
        return Response(asset.plain + named, media_type=asset.media_type)

    return worker


def _manifest(assets: Assets) -> HTTPRouteHandler:
    told = {language: json.dumps(manifest(assets, language), ensure_ascii=False) for language in LANGUAGES}

    @get("/manifest.webmanifest", sync_to_thread=False, include_in_schema=False, name="manifest")
    def webmanifest(request: Request[None, None, State]) -> Response[str]:
        if not assets.built:
            return Response("", status_code=404, media_type="text/plain")
        language = language_of(request.headers.get("accept-language"), LANGUAGES)
        return Response(told[language], media_type=MANIFEST_TYPE, headers={"Vary": "Accept-Language"})

    return webmanifest


def manifest(assets: Assets, language: str) -> dict[str, object]:
    """What a phone asks before it puts the app on its home screen, in the words of the W3C's manifest."""
    icons = [{"src": assets.url(name), **how} for name, how in ICONS.items() if name in assets.names]
    return {
        "id": "/phone",
        "name": NAME,
        "short_name": NAME,
        "description": translations(language).gettext(CALL_FOR_HELP),
        "lang": language,
        "dir": "ltr",
        "start_url": "/phone",
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": PAPER,
        "theme_color": PAPER,
        "prefer_related_applications": False,
        "icons": icons,
    }
