"""Signing in through the organisation's own provider: away and back, each by a tap, so that a GET changes nothing.

The way there is a link on a page of ours, because our policy lets no form lead anywhere else.  The way back shows a
button: only from our own page a browser sends along the cookies that say that it was this browser which went away,
and whose session it has.  Whoever is signed in goes there to prove again who they are; what they typed waits for them.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tocsin.core.commands import Declined, Done, Problem
from tocsin.identity.provider import ADDRESS_MAX_CHARS
from tocsin.runtime.access.signing_in import Entered
from tocsin.runtime.access.single_sign_on import AWAY_MS, BACK, WAITING_MAX_CHARS, Away, Errand, SingleSignOn
from tocsin.web.forms import filled
from tocsin.web.frame import Frame, PageRefusal, Visit, ask_for_proof, local_path
from tocsin.web.refusals import refusal_of
from tocsin.web.signing import HOME, label_of
from tocsin.wire.browser import cookie_in, cookie_name

AWAY = "/sign-in/provider"
PROVE = "/prove/provider"
COOKIE = "tocsin-away"
REFUSED = Declined(problem=Problem.PROVIDER_REFUSED)


class ByProvider:
    """The pages on one frame, which learns that one can prove oneself here too."""

    def __init__(self, frame: Frame, single_sign_on: SingleSignOn) -> None:
        self._frame, self._single_sign_on = frame, single_sign_on
        frame.prove_elsewhere = PROVE

    def handlers(self) -> list[HTTPRouteHandler]:
        frame = self._frame
        return [
            frame.act(AWAY, self.away, anybody=True),
            frame.act(PROVE, self.away_to_prove),
            frame.page(BACK, self.back, anybody=True),
            frame.act(BACK, self.enter, anybody=True, has_token=False),
        ]

    async def away(self, visit: Visit) -> Response[str]:
        """Where the browser is to go, and a cookie by which it is known again."""
        errand = Errand(local_path(visit.form.raw("next"), "")[:ADDRESS_MAX_CHARS])
        away = await self._single_sign_on.begin(None, errand)
        if isinstance(away, Declined):
            raise refusal_of(away)
        return self._sent(visit, away, proves=False)

    async def away_to_prove(self, visit: Visit) -> Response[str]:
        """The same for whoever is signed in.  Where it cannot be, they choose another way, and nothing is lost."""
        form = visit.form
        errand = Errand(local_path(form.raw("prove-to"), HOME), form.ticked("prove-again"), tuple(form.carried()))
        if errand.chars > WAITING_MAX_CHARS:
            raise PageRefusal("too_large")
        away = await self._single_sign_on.begin(visit.signed_in, errand)
        if isinstance(away, Declined):
            return self._another_way(visit, errand, away)
        return self._sent(visit, away, proves=True)

    def _sent(self, visit: Visit, away: Away, *, proves: bool) -> Response[str]:
        host = urlsplit(away.url).hostname or ""
        response = visit.show("provider_away.html", url=away.url, host=host, proves=proves)
        response.set_cookie(visit.cookie(COOKIE, away.browser, AWAY_MS // 1_000))
        return response

    async def back(self, visit: Visit) -> Response[str]:
        """Nothing is used up yet."""
        state, code = visit.asked.query.get("state", ""), visit.asked.query.get("code", "")
        if not state or not code:
            raise refusal_of(REFUSED)
        proves = self._single_sign_on.proves(state)
        return visit.show("provider_back.html", state=state, code=code, back=BACK, proves=proves)

    async def enter(self, visit: Visit) -> Response[str]:
        """From our own page: no token of a session is asked for, since state and cookie are good once, here alone."""
        browser = cookie_in(visit.asked.headers.get("cookie"), cookie_name(self._frame.public_url, COOKIE))
        state, code, own = visit.form.raw("state"), visit.form.raw("code"), self._single_sign_on
        proves, errand = own.proves(state), own.errand(state, visit.given)
        if proves and visit.given is None:
            raise PageRefusal("signed_out")
        came = await own.finish(browser, state, code, label_of(visit), visit.given)
        if isinstance(came, Declined):
            if errand.to and proves:
                return self._another_way(visit, errand, came)
            raise refusal_of(came)
        return await self._in(visit, errand, came)

    async def _in(self, visit: Visit, errand: Errand, came: Entered | Done) -> Response[str]:
        """On to where they were going."""
        if isinstance(came, Done) and errand.again:
            response = visit.show("proven.html", to=errand.to, again=True, carried=errand.typed, used_up="")
        else:
            response = visit.go(errand.to or HOME)
        if isinstance(came, Entered):
            await visit.begin(response, came.token)
        response.set_cookie(visit.cookie(COOKIE, "", 0))
        return response

    def _another_way(self, visit: Visit, errand: Errand, no: Declined) -> Response[str]:
        """It did not prove anything: what was typed is there still, and so are the other ways."""
        sort = refusal_of(no).sort
        typed = {name: [value for other, value in errand.typed if other == name] for name, _ in errand.typed}
        visit.form = filled(typed, visit._)
        visit.form.fault("provider", sort.heading)
        return ask_for_proof(visit, errand.to, errand.again)
