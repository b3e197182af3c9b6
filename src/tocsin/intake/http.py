"""The HTTP surface: the lane of the SOS in front, the rest of the API behind it.

Every answer that is no success is a problem document.  Nothing that was sent is logged or echoed; a GET changes
nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import structlog
from litestar import Litestar, Response, get, post
from litestar.exceptions import HTTPException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.limits import BODY_MAX_BYTES
from tocsin.core.views import AlertView
from tocsin.intake.acts import BODIES, Acts
from tocsin.intake.answers import AnyRequest, plain, told
from tocsin.intake.buddies import Buddies, buddy_handlers
from tocsin.intake.calm import Calm
from tocsin.intake.carriers import carrier_hooks
from tocsin.intake.credentials import Credentials, Pass
from tocsin.intake.hooks import Hooks
from tocsin.intake.lanes import JSON, PRESS_PATH, App, Lane, Pressed, nothing_else, one_by_one
from tocsin.intake.live import Live
from tocsin.intake.lookout import Lookout
from tocsin.intake.me import Greeting
from tocsin.intake.openapi import described
from tocsin.intake.places import place_handlers
from tocsin.intake.plans import Drafts
from tocsin.intake.presses import Presses
from tocsin.intake.problems import PROBLEM_JSON, Trouble, code_of_status, document
from tocsin.intake.pushes import Pushes, PushService, push_handlers
from tocsin.intake.ring import Ring
from tocsin.intake.roll_calls import RollCalls, roll_handlers
from tocsin.intake.rung import Binding, rung_handlers
from tocsin.intake.seeking import sought_of
from tocsin.intake.shifts import Shifts
from tocsin.intake.strays import Strays, is_page
from tocsin.intake.walks import Walks, walk_handlers
from tocsin.runtime.access.reading import Records
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.metrics import CONTENT_TYPE
from tocsin.runtime.readiness import NotReady, Readiness
from tocsin.wire.browser import names_us

__all__ = ["Hooks", "api_handlers", "build_app", "build_sos_app"]

THIS_MACHINE = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
NO_PAGES: Mapping[str, Pressed] = {}
log = structlog.get_logger("tocsin.intake")


class Page(Struct, frozen=True):
    """Newest first.  `next`: what to ask for as `after`; null at the end."""

    alerts: list[AlertView]
    next: str | None


class Ready(Struct, frozen=True):
    ready: bool
    reasons: list[NotReady]


class Desk:
    """Everything behind the lane that answers the outside, on one ring.  Setting `leaving` ends every stream."""

    def __init__(
        self,
        ring: Ring,
        readiness: Readiness,
        leaving: asyncio.Event,
        sos_numbers: Sequence[str],
        metrics: Callable[[], bytes],
        public_url: str = "",
        *,
        behind_proxy: bool = False,
        pushes: PushService | None = None,
        addresses: Sequence[str] = (),
    ) -> None:
        self.ring, self.metrics = ring, metrics
        self.greeting = Greeting(ring, readiness, sos_numbers, addresses)
        self.readiness, self.leaving = readiness, leaving
        self.credentials, self.behind_proxy = Credentials(ring, public_url), behind_proxy
        self.public_url = public_url
        self.lookout, self.records = Lookout(ring), Records(ring)
        self.acts = Acts(ring, self.lookout)
        self.shifts = Shifts(ring, self.records)
        self.pushes = Pushes(ring, self.records, pushes)
        self.walks = Walks(ring, self.acts.match)
        self.live = Live(ring, self.credentials, self.lookout, leaving)

    def reader(self, request: AnyRequest) -> Pass:
        changes = request.method not in ("GET", "HEAD")
        return self.credentials.reading(self.credentials.shown(request.headers.get, changes=changes))

    def why_no_figures(self, request: AnyRequest) -> str | None:
        """The problem, or None: they may read figures, and why `readyz` is red.

        Whoever shows nothing and asks from this very machine is its operator, unless a proxy stands there.
        """
        shown = self.credentials.shown(request.headers.get, changes=False)
        if shown:
            who = self.credentials.of(shown)
            return None if who and self.records.may(who, May.READ_METRICS) else "not_allowed"
        return None if not self.behind_proxy and from_this_machine(request, self.public_url) else "no_credential"


def from_this_machine(request: AnyRequest, public_url: str) -> bool:
    """Is the peer on this machine, and speaks for nobody else: no proxy, and no site's page in a browser here?"""
    peer, host = request.client.host if request.client else "", request.headers.get("host")
    handed_on = any(name in request.headers for name in FORWARDED)
    return peer in THIS_MACHINE and names_us(host, public_url) and not handed_on


def unlimited(app: App) -> App:
    """What a surface without a network needs."""
    return app


def nothing_counted() -> bytes:
    """The figures of a surface without a node."""
    return b""


def build_app(
    ring: Ring,
    *,
    hooks: Hooks,
    readiness: Readiness,
    leaving: asyncio.Event,
    handlers: Sequence[Any] = (),
    pressed: Mapping[str, Pressed] = NO_PAGES,
    sos_numbers: Sequence[str] = (),
    metrics: Callable[[], bytes] = nothing_counted,
    limiting: Callable[[App], App] = unlimited,
    behind_proxy: bool = False,
    tiles: str = "",
    strays: Strays | None = None,
    pushes: PushService | None = None,
    binding: Binding | None = None,
    addresses: Sequence[str] = (),
) -> App:
    """The whole surface as one ASGI application; `handlers` are further Litestar ones (pages, the sandbox).

    `pressed`: what answers the buttons of pages that call for help, by path, which the lane takes with all presses.
    `sos_numbers`: where an SOS may be texted to.  Setting `leaving` ends every stream at once.  `metrics`: the page
    for Prometheus.  `limiting`: what holds back floods; it is put beyond the lane, where no press comes.
    `behind_proxy`: what comes from this machine may come from anywhere.  `strays`: what a browser is shown for an
    address that is none of ours; programs get the problem document.  `tiles`: the origin of the operator's map tiles.
    `pushes`: what is needed to send pushes; None: none are sent.  `binding`: opens the links that messages carry.
    `addresses`: every origin of this server.
    """
    url = hooks.public_url
    desk = Desk(
        ring,
        readiness,
        leaving,
        sos_numbers,
        metrics,
        url,
        behind_proxy=behind_proxy,
        pushes=pushes,
        addresses=addresses,
    )
    litestar = Litestar(
        [*api_handlers(desk, binding), *handlers],
        openapi_config=None,
        exception_handlers=HANDLERS if strays is None else {**HANDLERS, NotFoundException: _to_the_lost(strays)},
        logging_config=None,
        request_max_body_size=BODY_MAX_BYTES,
    )
    beyond = limiting(one_by_one(cast("App", litestar)))
    return _lane(ring, hooks, readiness, pressed, beyond, tiles=tiles, addresses=addresses)


def build_sos_app(
    ring: Ring,
    *,
    hooks: Hooks,
    readiness: Readiness,
    pressed: Mapping[str, Pressed] = NO_PAGES,
    addresses: Sequence[str] = (),
) -> App:
    """The SOS socket: presses and carriers' calls, nothing else.  `pressed` and `addresses`: as in `build_app`."""
    return _lane(ring, hooks, readiness, pressed, nothing_else, addresses=addresses)


def _lane(
    ring: Ring, hooks: Hooks, readiness: Readiness, pressed: Mapping[str, Pressed], beyond: App, **more: Any
) -> App:
    served, https = carrier_hooks(ring, hooks, readiness.bad_signature), hooks.public_url.startswith("https:")
    presses = Presses(ring, Credentials(ring, hooks.public_url))
    return Lane(presses, served, pressed, beyond, https=https, **more)


def api_handlers(desk: Desk, binding: Binding | None = None) -> list[HTTPRouteHandler]:
    """Everything of the API but presses and hooks, which `Lane` takes."""
    return [
        *_reads(desk),
        *(_act(desk, act) for act in BODIES),
        *_shifts(desk),
        *_plans(desk),
        *walk_handlers(desk.walks, desk.credentials, desk.reader),
        *buddy_handlers(Buddies(desk.ring), desk.reader),
        *roll_handlers(RollCalls(desk.ring), desk.reader),
        *place_handlers(desk.records, desk.reader),
        *push_handlers(desk.pushes, desk.reader),
        *rung_handlers(binding or Binding(desk.ring), desk.credentials),
        *_operator(desk),
    ]


def _act(desk: Desk, act: str) -> HTTPRouteHandler:
    @post(PRESS_PATH + "/{alert:str}/" + act, status_code=200, name=f"act {act}")
    async def do(alert: FromPath[str], request: AnyRequest) -> Response[bytes]:
        who = desk.credentials.sender(request.headers.get)
        key = request.headers.get("idempotency-key")
        return told(await desk.acts.do(who, alert, act, await request.body(), key))

    return do


def _reads(desk: Desk) -> list[HTTPRouteHandler]:
    @get(PRESS_PATH + "/{alert:str}", name="one alert")
    async def one(alert: FromPath[str], request: AnyRequest) -> Response[bytes]:
        return told(desk.lookout.find(desk.reader(request), alert)[1])

    @get(PRESS_PATH, name="alerts")
    async def alerts(request: AnyRequest) -> Response[bytes]:
        who, asked = desk.reader(request), request.query_params
        found = desk.lookout.page(who, sought_of(asked), asked.get("after"))
        return told(Page(found.views, found.next))

    @get("/api/v1/me", name="me")
    async def me(request: AnyRequest) -> Response[bytes]:
        return told(desk.greeting.me(desk.reader(request)))

    @get("/api/v1/live", name="live")
    async def live(request: AnyRequest) -> Stream:
        who = desk.reader(request)
        if desk.leaving.is_set():
            raise Trouble("stopping")
        frames = desk.live.follow(who, request.headers.get("last-event-id"))
        return Stream(frames, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return [one, alerts, me, live]


def _plans(desk: Desk) -> list[HTTPRouteHandler]:
    drafts = Drafts(desk.ring, desk.records)

    @get("/api/v1/plans", name="plans")
    async def plans(request: AnyRequest) -> Response[bytes]:
        return told(drafts.plans(desk.reader(request)))

    @post("/api/v1/plans/preview", status_code=200, name="preview")
    async def preview(request: AnyRequest) -> Response[bytes]:
        return told(await drafts.preview(desk.reader(request), await request.body()))

    return [plans, preview]


def _shifts(desk: Desk) -> list[HTTPRouteHandler]:
    @post("/api/v1/shifts/clock-in", status_code=200, name="clock in")
    async def clock_in(request: AnyRequest) -> Response[bytes]:
        return told(await desk.shifts.clock_in(desk.reader(request), await request.body()))

    @post("/api/v1/shifts/clock-out", status_code=200, name="clock out")
    async def clock_out(request: AnyRequest) -> Response[bytes]:
        return told(await desk.shifts.clock_out(desk.reader(request), await request.body()))

    @get("/api/v1/on-shift", name="on shift")
    async def roll(request: AnyRequest) -> Response[bytes]:
        return told(desk.shifts.roll(desk.reader(request), request.query_params))

    quiet = Calm(desk.ring, desk.records)

    @get("/api/v1/calm", name="calm")
    async def calm(request: AnyRequest) -> Response[bytes]:
        return told(await quiet.of(desk.reader(request), request.query_params))

    return [clock_in, clock_out, roll, calm]


def _operator(desk: Desk) -> list[HTTPRouteHandler]:
    @get("/healthz", name="healthz")
    async def healthz() -> Response[bytes]:
        return told({"ok": True})

    @get("/readyz", name="readyz")
    async def readyz(request: AnyRequest) -> Response[bytes]:
        reasons = desk.readiness.reasons()
        shown = reasons if desk.why_no_figures(request) is None else []
        return told(Ready(not reasons, shown), 503 if reasons else 200)

    @get("/metrics", name="metrics")
    async def metrics(request: AnyRequest) -> Response[bytes]:
        if why_not := desk.why_no_figures(request):
            raise Trouble(why_not)
        return plain(desk.metrics(), CONTENT_TYPE)

    document_bytes = described()

    @get("/openapi.json", name="openapi")
    async def openapi() -> Response[bytes]:
        return plain(document_bytes, JSON)

    return [healthz, readyz, metrics, openapi]


def _problem(code: str, detail: str = "") -> Response[bytes]:
    status, body = document(code, detail)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=headers)


def _troubled(request: AnyRequest, error: Trouble) -> Response[bytes]:
    return _problem(error.code, error.detail)


def _refused(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    return _problem(code_of_status(error.status_code))


def _to_the_lost(strays: Strays) -> Callable[[AnyRequest, NotFoundException], Response[Any]]:
    def lost(request: AnyRequest, error: NotFoundException) -> Response[Any]:
        if is_page(request.scope["path"], request.headers.get("accept")):
            return strays.nowhere(request)
        return _refused(request, error)

    return lost


def _not_stored(request: AnyRequest, error: Unavailable) -> Response[bytes]:
    return _problem("not_stored")


def _unreadable(request: AnyRequest, error: UnicodeDecodeError) -> Response[bytes]:
    return _problem("bad_request")


def _failed(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Nobody expected this: its kind and the route are logged, never what it says."""
    log.error("request_failed", error=type(error).__name__, route=request.scope.get("path_template"))
    return _problem("fault")


HANDLERS = cast(
    "ExceptionHandlersMap",
    {
        Trouble: _troubled,
        Unavailable: _not_stored,
        UnicodeDecodeError: _unreadable,
        HTTPException: _refused,
        Exception: _failed,
    },
)
