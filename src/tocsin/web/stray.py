"""What a browser is shown that asked for what is not there, or too often: a page of the house, in its own language."""

from __future__ import annotations

from litestar import Response

from tocsin.web.frame import AnyRequest, Frame
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import LANGUAGES
from tocsin.web.visit import Asked, Visit
from tocsin.wire.browser import language_of

SOMEWHERE = Asked("GET", "/", {}, {}, {}, "")


class Strays:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._too_many: dict[str, bytes] = {}

    def nowhere(self, request: AnyRequest) -> Response[str]:
        """There is no such page; whoever is signed in has the way back to their own."""
        return self._frame.nowhere(request)

    def too_many(self, accepted: str | None) -> bytes:
        """Drawn once for each language, for nobody in particular: it is shown to floods."""
        language = language_of(accepted, LANGUAGES)
        if language not in self._too_many:
            visit = Visit(self._frame, SOMEWHERE, None, language)
            self._too_many[language] = self._frame.refused(visit, PageRefusal("flood")).content.encode()
        return self._too_many[language]
