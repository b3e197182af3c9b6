"""The wire of the scripted site: the paths of the public API and of the sandbox, and nothing of their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

if TYPE_CHECKING:
    from fake_site import FakeSite

AnyRequest = Request[Any, Any, Any]
Json = dict[str, Any]


def api_of(site: FakeSite) -> list[Any]:
    return [*reads(site), *plans(site), *writes(site), *walks(site), *streams(site), *sandbox(site)]


CODES = {401: "no_credential", 403: "raise_only", 404: "no_such_alert"}


def problem(status: int, detail: str, code: str = "") -> Response[Json]:
    """As the server says it: never without a code.  One that no page has a sentence for goes by its detail."""
    told = {"title": detail, "detail": detail, "status": status, "code": code or CODES.get(status, "of_a_newer_server")}
    return Response(told, status_code=status)


def token_of(request: AnyRequest) -> str:
    return str(request.headers.get("authorization", "")).removeprefix("Bearer ")


async def heard(site: FakeSite, request: AnyRequest) -> Any:
    body: Any = await request.json() if await request.body() else None
    if key := request.headers.get("idempotency-key"):
        body["key"] = key
    site.asked.append((request.method, request.url.path, body))
    return body


def reads(site: FakeSite) -> list[Any]:
    @get("/api/v1/me")
    async def me(request: AnyRequest) -> Response[Json]:
        reader = site.me(token_of(request))
        if site.revoked:
            return problem(403, "This credential may only call for help.")
        return problem(401, "This token was never issued.") if reader is None else Response(reader)

    @get("/api/v1/push/subscriptions")
    async def push() -> Response[Json]:
        return problem(404, "There is no such page.") if site.push is None else Response(site.push)

    @post("/api/v1/push/receipts", status_code=200)
    async def received(request: AnyRequest) -> Json:
        await heard(site, request)
        return {"received": True}

    @post(["/api/v1/push/subscriptions", "/api/v1/push/test"], status_code=200)
    async def pushed(request: AnyRequest) -> Response[Json]:
        await heard(site, request)
        if not site.push_listed:
            return problem(422, "This push service is not on the list.", "push_host")
        return problem(404, "There is no such page.") if site.push is None else Response(site.push)

    @get("/api/v1/calm")
    async def calm() -> Response[Json]:
        return problem(403, "This is not for you to do.", "not_allowed") if site.calm is None else Response(site.calm)

    @get("/api/v1/alerts")
    async def alerts() -> Json:
        return {"alerts": [site.view(alert) for alert in site.alerts], "next": None}

    @get("/api/v1/alerts/{alert:str}")
    async def one(alert: FromPath[str]) -> Response[Json]:
        return Response(site.view(alert)) if alert in site.alerts else problem(404, "There is no such alert.")

    return [me, push, received, pushed, calm, alerts, one]


def plans(site: FakeSite) -> list[Any]:
    @get("/api/v1/sites/{name:str}/plan")
    async def plan(name: FromPath[str]) -> Response[Json]:
        known = site.plan if name == "wren" else None
        return problem(404, "There is no such site.") if known is None else Response(known, headers={"ETag": '"1"'})

    @get("/api/v1/pictures/{name:str}")
    async def picture(name: FromPath[str], request: AnyRequest) -> Response[Any]:
        content = site.pictures.get(name) if token_of(request) else None
        return problem(404, "No such picture.") if content is None else Response(content, media_type="image/png")

    return [plan, picture]


def writes(site: FakeSite) -> list[Any]:
    @post("/api/v1/alerts")
    async def press(request: AnyRequest) -> Response[Json]:
        body = await heard(site, request)
        if site.refuse is not None:
            return problem(site.refuse, "Away.")
        if site.revoked:
            return Response({"receipt": "receipt-1"}, status_code=201)
        receipt, known = site.press(body["key"], bool(body.get("silent")))
        return Response(receipt, status_code=200 if known else 201)

    @post("/api/v1/alerts/{alert:str}/{act:path}", status_code=200)
    async def act(alert: FromPath[str], act: FromPath[str], request: AnyRequest) -> Response[Any]:
        body = await heard(site, request)
        if site.revoked:
            return problem(403, "This credential may only call for help.", "raise_only")
        if act == "/safe" and body["pin"] != site.pin:
            return problem(403, "That is not the PIN.", "wrong_pin")
        if site.refuse_acts:
            return problem(409, site.refuse_acts, site.refuse_code)
        reader = site.me(token_of(request))
        by = {"id": reader["member"]["id"], "name": reader["member"]["name"]} if reader else None
        site.act(alert, act, by, body)
        return Response(site.view(alert))

    return [press, act]


def walks(site: FakeSite) -> list[Any]:
    @get("/api/v1/walks")
    async def under_way() -> Json:
        return {"walks": [walk for walk in site.walks.values() if walk["state"] not in ("home", "raised", "cancelled")]}

    @get("/api/v1/walks/{walk:str}")
    async def became(walk: FromPath[str]) -> Response[Json]:
        known = site.walks.get(walk)
        return problem(404, "There is no such walk.", "no_such_walk") if known is None else Response(known)

    @post("/api/v1/walks/{walk:str}/{act:str}", status_code=200)
    async def told(walk: FromPath[str], act: FromPath[str]) -> Response[Json]:
        return problem(404, "There is no such walk.", "no_such_walk")

    @get("/api/v1/walks/buddies")
    async def buddies() -> Json:
        return {"people": site.colleagues, "more": False}

    @post("/api/v1/walks")
    async def start(request: AnyRequest) -> Response[Json]:
        body = await heard(site, request)
        if site.refuse_acts:
            return problem(409, site.refuse_acts, site.refuse_code)
        if before := site.walks.get(site.keys.get(f"walk {body['key']}", "")):
            return Response(before)
        member = next(one for one in (site.calm or {})["people"] if one["member"]["id"] == body["for_member"])["member"]
        walk = site.walk(member, body["minutes"])
        site.keys[f"walk {body['key']}"] = walk["id"]
        return Response(walk, status_code=201)

    return [under_way, became, told, buddies, start]


def streams(site: FakeSite) -> list[Any]:
    def stream() -> Response[Any] | Stream:
        if site.revoked:
            return problem(403, "This credential may only call for help.")
        if site.deaf:
            return problem(503, "Away.")
        return Stream(site.follow(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @get("/api/v1/live")
    async def live() -> Any:
        return stream()

    @get("/sandbox/live")
    async def sandbox_live() -> Any:
        return stream()

    return [live, sandbox_live]


def sandbox(site: FakeSite) -> list[Any]:
    @get("/sandbox/phones")
    async def phones() -> Json:
        return {"phones": site.phones}

    @post("/sandbox/phones/{number:str}/send", status_code=200)
    async def send(number: FromPath[str], request: AnyRequest) -> Json:
        body = await heard(site, request)
        site.text(number, site.message(number, body["text"]))
        return {}

    @post("/sandbox/faults", status_code=200)
    async def faults(request: AnyRequest) -> Any:
        return await heard(site, request)

    return [phones, send, faults]
