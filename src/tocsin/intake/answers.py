"""The answers of the API, each made here, so that every one is one that openapi.json knows; and what it is asked by."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from tocsin.intake.lanes import JSON

AnyRequest = Request[None, None, State]


def told(value: object, status: int = 200) -> Response[bytes]:
    return plain(msgspec.json.encode(value), JSON, status)


def plain(body: bytes, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """An answer whose bytes are made already."""
    return Response(body, status_code=status, media_type=media_type, headers=dict(headers or {}))
