"""Signing in and out: by a passkey, or by a recovery code without any script; and proving again who one is."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tocsin.core.commands import Declined, Problem
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.web.frame import Frame, Visit, ask_for_proof, local_path
from tocsin.web.reader import form_token
from tocsin.web.refusals import refusal_of
from tocsin.web.speaking import words
from tocsin.wire.browser import browser_name

HOME = "/account"
SIGNED_OUT = words("You are signed out.")
CODE_MAX_CHARS = 64
USED_UP = words("That code is used up.")
NO_CODE = words("Type one of your codes.")
WRONG = words("That name or code is not right, or too many were tried. Check both, take another code, or wait an hour.")


class SignIn:
    """The pages on one frame.  `provider`: where the organisation's own sign-in begins; empty: there is none."""

    def __init__(self, frame: Frame, signing_in: SigningIn, provider: str = "") -> None:
        self._frame, self._signing_in, self._provider = frame, signing_in, provider

    def handlers(self) -> list[HTTPRouteHandler]:
        frame = self._frame
        return [
            frame.page("/", self.front, anybody=True),
            frame.page("/sign-in", self.page, anybody=True),
            frame.act("/sign-in", self.by_code, anybody=True),
            frame.call("/sign-in/begin", self.begin, anybody=True),
            frame.call("/sign-in/finish", self.finish, anybody=True),
            frame.act("/sign-out", self.sign_out, anybody=True),
            frame.act("/prove", self.prove_by_code),
            frame.call("/prove/begin", self.begin_proving),
            frame.call("/prove/finish", self.finish_proving),
        ]

    async def front(self, visit: Visit) -> Response[str]:
        """Whoever types no more than the site's name."""
        return visit.go(HOME if visit.given else "/sign-in")

    async def page(self, visit: Visit) -> Response[str]:
        """Whoever is signed in already is sent on."""
        if visit.given is not None:
            return visit.go(local_path(visit.asked.query.get("next", ""), HOME))
        said = visit._(SIGNED_OUT) if "signed-out" in visit.asked.query else ""
        return self._shown(visit, 200, visit.asked.query.get("next", ""), said)

    def _shown(self, visit: Visit, status: int, to: str, said: str = "") -> Response[str]:
        return visit.show(
            "sign_in.html",
            status=status,
            scripts=("passkey.js",),
            passkeys=self._signing_in.site is not None,
            provider=self._provider,
            next=local_path(to, ""),
            **({"said": said} if said else {}),
        )

    async def by_code(self, visit: Visit) -> Response[str]:
        """A recovery code: works without script.  A wrong one is not told from a wrong name."""
        form = visit.form
        member, code = form.text("member").lower(), form.raw("code")
        if not code.strip():
            form.fault("code", NO_CODE)
        if not form.ok:
            return self._shown(visit, 422, form.raw("next"))
        entered = await self._signing_in.sign_in_by_code(member, code[:CODE_MAX_CHARS], label_of(visit))
        if isinstance(entered, Declined):
            if entered.problem is not Problem.WRONG_CODE:
                raise refusal_of(entered)
            form.fault("code", WRONG)
            return self._shown(visit, 422, form.raw("next"))
        response = visit.go(local_path(form.raw("next"), HOME))
        await visit.begin(response, entered.token)
        return response

    async def begin(self, visit: Visit) -> Response[bytes]:
        return options(visit, await self._signing_in.begin_sign_in())

    async def finish(self, visit: Visit) -> Response[bytes]:
        entered = await self._signing_in.finish_sign_in(answer_in(visit), label_of(visit))
        if isinstance(entered, Declined):
            raise refusal_of(entered)
        response = visit.tell(go=local_path(str(visit.sent.get("next", "")), HOME))
        await visit.begin(response, entered.token)
        return response

    async def sign_out(self, visit: Visit) -> Response[str]:
        """Nobody who wants to leave is told that they cannot."""
        if visit.given is not None:
            await self._signing_in.sign_out(visit.given)
        response = visit.go("/sign-in?signed-out")
        response.set_cookie(visit.no_session_cookie())
        return response

    async def prove_by_code(self, visit: Visit) -> Response[str]:
        """Without script, or without the passkey at hand.  A code begins a session, and the one before it ends."""
        form = visit.form
        to, again, code = local_path(form.raw("prove-to"), HOME), form.ticked("prove-again"), form.raw("code")
        if not code.strip():
            form.fault("code", NO_CODE)
            return ask_for_proof(visit, to, again)
        entered = await self._signing_in.sign_in_by_code(visit.member.id, code[:CODE_MAX_CHARS], label_of(visit))
        if isinstance(entered, Declined):
            if entered.problem is not Problem.WRONG_CODE:
                raise refusal_of(entered)
            form.fault("code", WRONG)
            return ask_for_proof(visit, to, again)
        carried, token, used_up = form.carried(), form_token(entered.token), visit._(USED_UP)
        response = visit.show("proven.html", to=to, again=again, carried=carried, used_up=used_up, form_token=token)
        await visit.begin(response, entered.token)
        return response

    async def begin_proving(self, visit: Visit) -> Response[bytes]:
        return options(visit, await self._signing_in.begin_proving(visit.signed_in))

    async def finish_proving(self, visit: Visit) -> Response[bytes]:
        done = await self._signing_in.finish_proving(visit.signed_in, answer_in(visit))
        if isinstance(done, Declined):
            raise refusal_of(done)
        return visit.tell(proven=True)


def options(visit: Visit, asked: str | Declined) -> Response[bytes]:
    """What the browser is to ask of the passkey.  Raises PageRefusal."""
    if isinstance(asked, Declined):
        raise refusal_of(asked)
    return visit.tell(options=msgspec.Raw(asked.encode()))


def answer_in(visit: Visit) -> str:
    """What the passkey answered, as the browser told it; whether it is true is not asked here."""
    given = visit.sent.get("answer")
    return given if isinstance(given, str) else ""


def label_of(visit: Visit) -> str:
    """What to call this browser in the list of sessions."""
    return browser_name(visit.asked.headers.get("user-agent"))
