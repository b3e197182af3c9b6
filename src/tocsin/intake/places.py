"""The plan of a site and its pictures, for the map.  Nothing is changed.

A plan is asked for again and again and hardly ever changes, so it has an ETag; a picture never does, having the hash of
its bytes for a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from tocsin.core.access.words import Via
from tocsin.intake.answers import AnyRequest, plain
from tocsin.intake.credentials import Pass
from tocsin.intake.lanes import JSON
from tocsin.intake.problems import Trouble
from tocsin.runtime.access.reading import NotAllowed, Records

PNG = "image/png"
KEPT = "private, max-age=31536000, immutable"
NOT_KEPT = "no-store"  # What a link opens is gone with it, from the browser too.
TAG_DIGITS = 32


class Tagged(Struct, frozen=True):
    """The bytes of an answer and what they are known by; `body` is empty where the asker has them."""

    body: bytes
    tag: str


class Places:
    """On one ring.  Every method raises Trouble."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def plan(self, who: Pass, site: str, known: str = "") -> Tagged:
        """`known`: the ETags that the asker has."""
        try:
            plan = self._records.site_plan(who, site)
        except NotAllowed:
            raise Trouble("not_allowed") from None
        if plan is None:
            raise Trouble("no_such_record")
        body = msgspec.json.encode(plan)
        tag = f'"{hashlib.sha256(body).hexdigest()[:TAG_DIGITS]}"'
        return Tagged(b"" if tag in known else body, tag)

    def picture(self, who: Pass, id: str) -> bytes:
        try:
            picture = self._records.picture(who, id)
        except NotAllowed:
            raise Trouble("not_allowed") from None
        if picture is None:
            raise Trouble("no_such_record")
        return picture.content


def place_handlers(records: Records, reader: Callable[[AnyRequest], Pass]) -> list[HTTPRouteHandler]:
    """`reader`: whose credential a request shows; raises Trouble."""
    places = Places(records)

    @get("/api/v1/sites/{site:str}/plan", name="site plan")
    async def plan(site: FromPath[str], request: AnyRequest) -> Response[bytes]:
        who = reader(request)
        told = places.plan(who, site, request.headers.get("if-none-match", ""))
        headers = {"ETag": told.tag, "Cache-Control": NOT_KEPT if who.via is Via.LINK else "private, no-cache"}
        return plain(told.body, JSON, 200 if told.body else 304, headers)

    @get("/api/v1/pictures/{picture:str}", name="picture")
    async def content(picture: FromPath[str], request: AnyRequest) -> Response[bytes]:
        who = reader(request)
        found = places.picture(who, picture)
        return plain(found, PNG, headers={"Cache-Control": NOT_KEPT if who.via is Via.LINK else KEPT})

    return [plan, content]
