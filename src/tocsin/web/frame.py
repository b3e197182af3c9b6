"""The frame of every page that knows its reader: who may open it, who may send its form, and what it says when not.

Theory of operation
-------------------
A page is a function from a Visit to an answer, mounted with `page` (GET) or `act` (POST); a button that calls for help
is a `press`, which the lane of the SOS takes and no router.  Before it runs:

* not signed in: a GET is sent to /sign-in and back again afterwards; a POST is refused;
* `may` names what the reader's role must include;
* a POST must come from one of our own pages (`wire.browser`) and carry its session's form token;
* a form is read into `visit.form`.

A GET changes nothing.  After an act the browser is sent to a page (303), which says once what was done.  Whatever goes
wrong is a page too, in the reader's language; of a mistake of ours the log has the kind and the route, nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any, TypeVar, cast
from urllib.parse import quote

import msgspec
import structlog
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import HTTPScope

from tocsin.core.access.permissions import May
from tocsin.core.access.record import Session
from tocsin.core.access.sessions import worth_seeing
from tocsin.core.access.sign_in_commands import SeeSession
from tocsin.core.access.words import SignedIn
from tocsin.core.limits import BODY_MAX_BYTES
from tocsin.runtime.access.reading import NotAllowed
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.node import Node
from tocsin.runtime.passes import Pass
from tocsin.runtime.thinking import thought
from tocsin.web.assets import Assets, load_assets
from tocsin.web.forms import Form
from tocsin.web.reader import Readers, is_form_token
from tocsin.web.refusals import SORTS, PageRefusal, code_of_status, told
from tocsin.web.speaking import LANGUAGES
from tocsin.web.uploads import Upload, read_posted
from tocsin.web.visit import Asked, Door, Visit
from tocsin.wire.browser import language_of

Answer = Response[str]
Do = Callable[[Visit], Awaitable[Answer]]
Call = Callable[[Visit], Awaitable[Response[bytes]]]
A = TypeVar("A")
AnyRequest = Request[None, None, State]
Reads = Callable[[Visit, AnyRequest], Awaitable[None]]  # What was sent, into the visit.
Pairs = Iterable[tuple[bytes, bytes]]
Pressed = Callable[[MutableMapping[str, Any], bytes], Awaitable[tuple[int, bytes, Pairs]]]  # As the SOS lane asks it.
SIGN_IN = "/sign-in"
FAULT = PageRefusal("fault")
log = structlog.get_logger("tocsin.web")

__all__ = ["Answer", "Do", "Door", "Frame", "PageRefusal", "Visit"]


class Frame:
    """What all pages share.  `doors`: the navigation, to which each part of the office adds its own."""

    def __init__(self, house: Node, public_url: str, assets: Assets | None = None) -> None:
        self.house, self.public_url = house, public_url
        self.assets = assets if assets is not None else load_assets()
        self.doors: list[Door] = []
        self.readers = Readers(house, public_url)
        self.prove_elsewhere = (
            ""  # Where one proves again who one is at the organisation's own sign-in, if there is one.
        )

    def page(self, path: str, do: Do, *, may: May | None = None, anybody: bool = False) -> HTTPRouteHandler:
        """GET `path`.  `anybody`: also without a session; `visit.given` tells."""

        @get(path, include_in_schema=False, name=f"page {path}")
        async def page(request: AnyRequest) -> Answer:
            return await self._answered(request, do, may, anybody)

        return page

    def act(
        self,
        path: str,
        do: Do,
        *,
        may: May | None = None,
        anybody: bool = False,
        has_token: bool = True,
        most_bytes: int = BODY_MAX_BYTES,
    ) -> HTTPRouteHandler:
        """POST `path`, from a form of ours.  `anybody`: also without a session, from a page of ours all the same.

        `has_token` False: the page with the form did not know its session, and what comes with it is good once, here.
        `most_bytes`: more than an ordinary form is taken only from whoever `may` send it.
        """
        assert may is not None or most_bytes <= BODY_MAX_BYTES, f"anybody at all could send a long form to {path}"

        reads = self._of_session if has_token else _of_anybody

        @post(path, include_in_schema=False, status_code=200, name=f"act {path}", request_max_body_size=most_bytes)
        async def act(request: AnyRequest) -> Answer:
            return await self._answered(request, do, may, anybody, reads)

        return act

    def press(self, do: Do) -> Pressed:
        """For a call for help from a page of ours, whoever sends it and whatever stands in it.

        The lane of the SOS reads it, as far as it goes; what is no form is empty.
        """

        async def press(scope: MutableMapping[str, Any], body: bytes) -> tuple[int, bytes, Pairs]:
            request: AnyRequest = Request(cast("HTTPScope", {**scope, "path_params": {}}))
            visit = self._visit(request)
            no, answer = await self._guarded(request, visit, self._pressed(visit, body, do))
            told = (answer or self.refused(visit, no)).to_asgi_response(None, request)
            return told.status_code, told.body, told.encode_headers()

        return press

    def call(self, path: str, do: Call, *, anybody: bool = False) -> HTTPRouteHandler:
        """POST `path`, JSON both ways, from a script of ours; a refusal is `{code, heading, said}`."""

        @post(path, include_in_schema=False, status_code=200, name=f"call {path}")
        async def call(request: AnyRequest) -> Response[bytes]:
            visit = self._visit(request)
            no, answer = await self._guarded(request, visit, self._call(visit, request, do, anybody))
            return answer if answer is not None else self._told(visit, no)

        return call

    async def _answered(
        self, request: AnyRequest, do: Do, may: May | None, anybody: bool, reads: Reads | None = None
    ) -> Answer:
        visit = self._visit(request)
        if visit.given is None and not anybody and visit.asked.method == "GET":
            return visit.go(f"{SIGN_IN}?next={quote(visit.asked.path, safe='/')}")
        no, answer = await self._guarded(request, visit, self._page(visit, request, do, may, anybody, reads))
        return answer if answer is not None else self.refused(visit, no)

    async def _page(
        self, visit: Visit, request: AnyRequest, do: Do, may: May | None, anybody: bool, reads: Reads | None
    ) -> Answer:
        await self._admit(visit, anybody)
        if may is not None:
            visit.require(may)  # Before anything is read of what they send.
        if reads is not None:
            await reads(visit, request)
        return await do(visit)

    async def _of_session(self, visit: Visit, request: AnyRequest) -> None:
        await _of_anybody(visit, request)
        self._check_token(visit, visit.form.raw("form_token"))

    async def _call(self, visit: Visit, request: AnyRequest, do: Call, anybody: bool) -> Response[bytes]:
        await self._admit(visit, anybody)
        try:
            visit.sent = msgspec.json.decode(await request.body(), type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise PageRefusal("bad_request") from None
        self._check_token(visit, str(visit.sent.get("form_token", "")))
        return await do(visit)

    async def _pressed(self, visit: Visit, body: bytes, do: Do) -> Answer:
        """Nothing is stored before the press: a disk that stalls over something else would keep it waiting."""
        self._require_ours(visit)
        with suppress(PageRefusal):
            visit.form, visit.files = await _posted(visit, body)
        return await do(visit)

    def _require_ours(self, visit: Visit) -> None:
        if visit.asked.method != "GET" and not self.readers.from_our_page(visit.asked.headers):
            raise PageRefusal("not_ours")

    async def _admit(self, visit: Visit, anybody: bool) -> None:
        """Raises PageRefusal for a form from elsewhere, or of nobody.  Being here is a use of one's session."""
        self._require_ours(visit)
        if visit.given is None and not anybody:
            raise PageRefusal("signed_out")
        session = self.house.world.kept(visit.org, Session, visit.by.credential) if visit.given else None
        if session is not None and worth_seeing(session, visit.now_ms):
            with suppress(Unavailable):  # Whoever only reads can do so on a full disk too.
                await self.house.submit(SeeSession(org=visit.org, by=visit.by))

    def _check_token(self, visit: Visit, given: str) -> None:
        if visit.given and not is_form_token(given, visit.asked.token):
            raise PageRefusal("old_form")

    async def _guarded(self, request: AnyRequest, visit: Visit, answer: Awaitable[A]) -> tuple[PageRefusal, A | None]:
        """What came of it, or why nothing did; a mistake of ours is logged by kind and route, not what it says."""
        try:
            return FAULT, await answer
        except PageRefusal as refusal:
            return refusal, None
        except NotAllowed:
            return PageRefusal("not_allowed"), None
        except HTTPException as error:
            return PageRefusal(code_of_status(error.status_code)), None
        except Unavailable:
            return PageRefusal("not_stored"), None
        except Exception as error:
            log.error("page_failed", error=type(error).__name__, route=request.scope.get("path_template"))
            return FAULT, None

    def _visit(self, request: AnyRequest) -> Visit:
        headers = {name: request.headers[name] for name in request.headers}
        asked = Asked(
            request.method,
            request.scope["path"],  # `request.url` cannot be made of a Host header that names nothing.
            {name: str(value) for name, value in request.path_params.items()},
            {name: str(request.query_params[name]) for name in request.query_params},
            headers,
            self.readers.token(headers),
        )
        given = self.readers.of(asked.token)
        return Visit(self, asked, given, self._language(given, headers.get("accept-language")))

    def _language(self, given: Pass | None, accepted: str | None) -> str:
        """The member's own; of somebody unknown, what their browser asks for."""
        known = self.house.world.directory(given.org).members.get(given.reader.member) if given else None
        return known.language if known and known.language in LANGUAGES else language_of(accepted, LANGUAGES)

    def nowhere(self, request: AnyRequest) -> Answer:
        """For an address that is none of ours."""
        return self.refused(self._visit(request), PageRefusal("not_found"))

    def refused(self, visit: Visit, refusal: PageRefusal) -> Answer:
        """The page that says what happened, whose fault it is and what to do."""
        if refusal.code == "not_fresh":
            again = visit.asked.method == "POST" and not visit.form.has_secrets
            return ask_for_proof(visit, visit.asked.path, again)
        heading, said = told(refusal, visit._)
        return visit.show("refused.html", status=refusal.sort.status, heading=heading, why=said, code=refusal.code)

    def _told(self, visit: Visit, refusal: PageRefusal) -> Response[bytes]:
        heading, said = told(refusal, visit._)
        answer = visit.tell(code=refusal.code, heading=heading, said=" ".join((heading, *said)))
        answer.status_code = refusal.sort.status
        return answer


async def _of_anybody(visit: Visit, request: AnyRequest) -> None:
    visit.form, visit.files = await _posted(visit, await request.body())


async def _posted(visit: Visit, body: bytes) -> tuple[Form, dict[str, Upload]]:
    """What is long is taken apart beside the loop: sixteen megabytes would keep every press waiting for 0.1 s."""
    content_type = visit.asked.headers.get("content-type", "")
    try:
        if len(body) > BODY_MAX_BYTES:
            return await thought(read_posted, content_type, body, visit._)
        return read_posted(content_type, body, visit._)
    except ValueError:
        raise PageRefusal("bad_request") from None


def ask_for_proof(visit: Visit, to: str, again: bool) -> Answer:
    """By passkey, code or provider, with what was typed beside it; then on to `to`, as a form where it came as one.

    Whoever came in by the provider is asked for that first: they may have nothing else.
    """
    session = visit.house.world.kept(visit.org, Session, visit.by.credential)
    provider_first = session is not None and session.how is SignedIn.SINGLE_SIGN_ON
    values = {"sort": SORTS["not_fresh"], "to": to, "again": again, "carried": visit.form.carried()}
    values |= {"provider": visit.setting.prove_elsewhere, "provider_first": provider_first}
    status = 422 if visit.form.faults else 403
    return visit.show("prove.html", status=status, scripts=("passkey.js",), **values)


def local_path(given: str, otherwise: str) -> str:
    """Where to go next, if it is a page of ours; an address of anybody else's is not followed."""
    plain = given.isascii() and given.isprintable() and "\\" not in given
    return given if plain and given.startswith("/") and not given.startswith("//") else otherwise
