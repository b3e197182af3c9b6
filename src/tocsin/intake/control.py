"""The office on a socket file: how the command line speaks to a running server.

Whoever may open the file (mode 600, in the data directory) is the operator; nothing of this is on the network.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from tocsin.core.directory import Directory
from tocsin.core.limits import SITE_FILE_MAX_BYTES
from tocsin.core.round import RoundKind
from tocsin.intake.drills import Drills, Wish
from tocsin.intake.office import Office, Refusal
from tocsin.intake.ways_in import WaysIn
from tocsin.runtime.loop import Unavailable

ROUNDS = {"drill_round": RoundKind.DRILL, "reach": RoundKind.REACH}
log = structlog.get_logger("tocsin.control")
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Order(Struct, frozen=True):
    """One thing to do; only the fields it needs are set."""

    verb: str
    directory: Directory | None = None
    what: str = ""
    by: str = "operator"
    pin: str = ""
    duress_pin: str = ""
    site: str = ""
    shift: bool = False
    round: str = ""
    hold: str = ""
    why: str = ""
    wait_s: int = 60
    name: str = ""
    time_zone: str = ""
    label: str = ""
    scopes: tuple[str, ...] = ()
    days: int = 0


class Told(Struct, frozen=True):
    """`result` of `--json`, or why not."""

    result: dict[str, Any] | None = None
    refusal: str | None = None


async def carry_out(office: Office, order: Order, drills: Drills | None = None) -> Told:
    """Do it, here and now."""
    try:
        if order.verb in ROUNDS:
            return Told(await _round(office, order, drills))
        return Told(await _result(office, order))
    except Refusal as refusal:
        return Told(refusal=str(refusal))
    except Unavailable as unavailable:
        return Told(refusal=f"{unavailable.what} {unavailable.remedy}")
    except Exception:
        log.exception("order_failed", verb=order.verb)
        return Told(refusal="this could not be carried out: a fault of Tocsin; keep the log and report it")


async def _round(office: Office, order: Order, drills: Drills | None) -> dict[str, Any]:
    if drills is None:
        raise Refusal("this needs the running server; start it with: tocsin serve")
    if order.hold in ("status", "counts"):
        return await drills.status(order.round, rows=order.hold == "status")
    if order.hold:
        return await drills.hold(order.round, order.hold, order.by)
    wish = Wish(
        kind=ROUNDS[order.verb], site=order.site, shift=order.shift, member=order.what, by=order.by, why=order.why
    )
    return await drills.round(office.org(), wish, order.wait_s)


async def _result(office: Office, order: Order) -> dict[str, Any]:
    match order.verb:
        case "apply":
            assert order.directory is not None
            return await office.apply(order.directory, order.by)
        case "changes":
            return await office.changes()
        case "token":
            return await office.token(order.what)
        case "revoke":
            return await office.revoke(order.what)
        case "suspend" | "reinstate":
            return await office.suspend(order.what, order.why, lifted=order.verb == "reinstate")
        case "pins":
            return await office.pins(order.what, order.pin, order.duress_pin)
        case "callcode":
            return await office.call_code(order.what)
        case "drill":
            return await office.drill(order.what or None)
        case "doctor":
            return await office.doctor()
        case "reconcile":
            return await office.reconcile()
        case "backup":
            return await office.backup(order.what)
        case "init" | "invite" | "enrol" | "desk" | "wallboard" | "key":
            return await _way_in(office.ways_in, order)
        case _:
            raise Refusal(f"this server does not know {order.verb!r}; is it older than the command line?")


async def _way_in(ways: WaysIn, order: Order) -> dict[str, Any]:
    match order.verb:
        case "init":
            return await ways.init(order.name, order.site, order.time_zone, order.what)
        case "invite":
            return await ways.invite(order.what)
        case "enrol":
            return await ways.enrol(order.what, order.label)
        case "desk":
            return await ways.desk(order.site, order.what, order.label)
        case "wallboard":
            return await ways.wallboard(order.site, order.label)
        case _:
            return await ways.key(order.label, order.scopes, order.days)


def control_app(
    office: Office, drills: Drills | None = None
) -> Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]:
    """An ASGI application of one route: POST an Order, get a Told."""

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        try:
            told = await carry_out(office, msgspec.msgpack.decode(await _body(receive), type=Order), drills)
        except Refusal as refusal:
            told = Told(refusal=str(refusal))
        except msgspec.DecodeError:
            told = Told(refusal="this server cannot read the order; is it older than the command line?")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": msgspec.msgpack.encode(told)})

    return app


async def _body(receive: Receive) -> bytes:
    read = bytearray()
    while len(read) <= SITE_FILE_MAX_BYTES:
        message = await receive()
        read += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(read)
    raise Refusal("the order is too large")
