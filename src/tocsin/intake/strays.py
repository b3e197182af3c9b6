"""Who is shown a page where there is nothing, or not yet: a browser.  A program is told by a problem document."""

from __future__ import annotations

from typing import Any, Protocol

from litestar import Request, Response
from litestar.datastructures import State

FOR_PROGRAMS = ("/api/", "/hooks/", "/static/")


class Strays(Protocol):
    """The pages' part of it."""

    def nowhere(self, request: Request[None, None, State]) -> Response[Any]: ...

    def too_many(self, accepted: str | None) -> bytes:
        """`accepted`: the languages that the browser asks for.  Costs nothing: it is shown to floods."""
        ...


def is_page(path: str, accepted: str | None) -> bool:
    """Does a browser ask for a page?  One that asks for a picture or a file says so, and so does a program."""
    return "text/html" in (accepted or "") and not path.startswith(FOR_PROGRAMS)
