"""Signing in through the organisation's own provider: away and back, each by a tap, so that a GET changes nothing.

The way there is a link on a page of ours, because our policy lets no form lead anywhere else.  The way back shows a
button: only from our own page a browser sends along the cookie that says that it was this browser which went away.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tocsin.core.commands import Declined, Problem
from tocsin.runtime.access.signing_in import Entered
from tocsin.runtime.access.single_sign_on import AWAY_MS, BACK, SingleSignOn
from tocsin.web.frame import Frame, Visit
from tocsin.web.refusals import refusal_of
from tocsin.web.signing import HOME, label_of
from tocsin.wire.browser import cookie_in, cookie_name

AWAY = "/sign-in/provider"
COOKIE = "tocsin-away"
REFUSED = Declined(problem=Problem.PROVIDER_REFUSED)


class ByProvider:
    """The pages on one frame."""

    def __init__(self, frame: Frame, single_sign_on: SingleSignOn) -> None:
        self._frame, self._single_sign_on = frame, single_sign_on

    def handlers(self) -> list[HTTPRouteHandler]:
        frame = self._frame
        return [
            frame.act(AWAY, self.away, anybody=True),
            frame.page(BACK, self.back, anybody=True),
            frame.act(BACK, self.enter, anybody=True),
        ]

    async def away(self, visit: Visit) -> Response[str]:
        """Where the browser is to go, and a cookie by which it is known again."""
        away = await self._single_sign_on.begin()
        if isinstance(away, Declined):
            raise refusal_of(away)
        response = visit.show("provider_away.html", url=away.url, host=urlsplit(away.url).hostname or "")
        response.set_cookie(visit.cookie(COOKIE, away.browser, AWAY_MS // 1_000))
        return response

    async def back(self, visit: Visit) -> Response[str]:
        """Nothing is used up yet."""
        state, code = visit.asked.query.get("state", ""), visit.asked.query.get("code", "")
        if not state or not code:
            raise refusal_of(REFUSED)
        return visit.show("provider_back.html", state=state, code=code, back=BACK)

    async def enter(self, visit: Visit) -> Response[str]:
        browser = cookie_in(visit.asked.headers.get("cookie"), cookie_name(self._frame.public_url, COOKIE))
        form = visit.form
        entered = await self._single_sign_on.finish(browser, form.raw("state"), form.raw("code"), label_of(visit))
        if not isinstance(entered, Entered):
            raise refusal_of(entered if isinstance(entered, Declined) else REFUSED)
        response = visit.go(HOME)
        await visit.begin(response, entered.token)
        response.set_cookie(visit.cookie(COOKIE, "", 0))
        return response
