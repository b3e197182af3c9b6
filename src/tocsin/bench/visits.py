"""Every page and every reading of the API, as the bench asks for it: each route, with the addresses that make it work.

A route of which nothing is said here fails a test by name, so that whoever adds a page adds how long it may take.  In
an address a word in braces is filled in by the bench: OPEN and CLOSED are alerts, ALERT is one far back in the past,
DAY a day there, SHIFT a shift of the big site, MINE one of the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping

ASKED: Mapping[str, tuple[str, ...]] = {
    "/console": ("/console",),
    "/wallboard": ("/wallboard",),
    "/phone": ("/phone",),
    "/desk": ("/desk",),
    "/colleagues": ("/colleagues",),
    "/notes": ("/notes",),
    "/account": ("/account",),
    "/account/codes": ("/account/codes",),
    "/account/pins": ("/account/pins",),
    "/account/passkeys/new": ("/account/passkeys/new",),
    "/account/shifts": ("/account/shifts",),
    "/account/shifts/ask": ("/account/shifts/ask?shift={MINE}",),
    "/account/shifts/in-return": ("/account/shifts/in-return?swap=swap-0",),
    "/office": ("/office",),
    "/office/announced": ("/office/announced",),
    "/office/members": (
        "/office/members",
        "/office/members?name=worker+77",
        "/office/members?role=supervisor&reach=half",
        "/office/members?page=100",
    ),
    "/office/members/new": ("/office/members/new",),
    "/office/members/{member}": ("/office/members/w0", "/office/members/w90"),
    "/office/members/{member}/edit": ("/office/members/w90/edit",),
    "/office/roles": ("/office/roles",),
    "/office/reach": ("/office/reach?site=hospital", "/office/reach?site=hospital&who=all&name=worker+7"),
    "/office/roster": (
        "/office/roster",
        "/office/roster?site=hospital",
        "/office/roster?site=hospital&by=person",
        "/office/roster?site=hospital&by=person&name=worker+77",
    ),
    "/office/roster/shift": ("/office/roster/shift?site=hospital", "/office/roster/shift?{SHIFT}"),
    "/office/roster/import": ("/office/roster/import?site=hospital",),
    "/office/roster/feeds": ("/office/roster/feeds",),
    "/office/places": ("/office/places?site=hospital",),
    "/office/places/place": ("/office/places/place?site=hospital&place=room-7",),
    "/office/places/sheet": ("/office/places/sheet?site=hospital&on=floor-3",),
    "/office/places/known": ("/office/places/known?site=hospital&on=floor-3",),
    "/office/places/upload": ("/office/places/upload?site=hospital",),
    "/office/places/codes": ("/office/places/codes?site=hospital",),
    "/office/plans": ("/office/plans",),
    "/office/plans/{site}/{of}": ("/office/plans/centre/sos", "/office/plans/hospital/sos"),
    "/office/changes": ("/office/changes",),
    "/office/ties": ("/office/ties",),
    "/office/trail": ("/office/trail", "/office/trail?person=w90", "/office/trail?person=w0"),
    "/office/screens": ("/office/screens",),
    "/office/keys": ("/office/keys",),
    "/office/roll-calls": ("/office/roll-calls",),
    "/history": (
        "/history",
        "/history?after={ALERT}",
        "/history?until={DAY}",
        "/history?since={DAY}&until={DAY}",
        "/history?state=open",
        "/history?state=closed&drill=real&outcome=safe",
        "/history?drill=drill",
        "/history?kind=sighting",
        "/history?site=hospital",
        "/history?person=w0",
        "/history?person=w90",
        "/history?place=nowhere",
    ),
    "/history/{alert}": ("/history/{OPEN}", "/history/{CLOSED}", "/history/{ALERT}"),
    "/api/v1/me": ("/api/v1/me",),
    "/api/v1/alerts": (
        "/api/v1/alerts",
        "/api/v1/alerts?state=open",
        "/api/v1/alerts?state=closed",
        "/api/v1/alerts?after={ALERT}",
    ),
    "/api/v1/alerts/{alert}": ("/api/v1/alerts/{OPEN}", "/api/v1/alerts/{CLOSED}", "/api/v1/alerts/{ALERT}"),
    "/api/v1/sites/{site}/plan": ("/api/v1/sites/hospital/plan",),
    "/api/v1/plans": ("/api/v1/plans",),
    "/api/v1/walks": ("/api/v1/walks",),
    "/api/v1/roll-calls": ("/api/v1/roll-calls",),
    "/api/v1/on-shift": ("/api/v1/on-shift?site=hospital",),
    "/api/v1/calm": ("/api/v1/calm?site=hospital", "/api/v1/calm?site=centre"),
    "/api/v1/live": ("/api/v1/live",),
    "/metrics": ("/metrics",),
}
PAPERS: Mapping[str, tuple[str, ...]] = {  # Set in a process of their own; nobody waits for them but who asked.
    "/history/{alert}/report.pdf": ("/history/{CLOSED}/report.pdf", "/history/{OPEN}/report.pdf"),
    "/office/places/codes/codes.pdf": ("/office/places/codes/codes.pdf?site=hospital&which=floor-3",),
}
SAVED: Mapping[str, tuple[str, ...]] = {
    "/office/trail.csv": ("/office/trail.csv",),
    "/office/roster/import/roster.csv": ("/office/roster/import/roster.csv?site=hospital",),
}
NOT_ASKED: Mapping[str, str] = {
    "/static/{name}": "a file",
    "/service-worker.js": "a file",
    "/manifest.webmanifest": "a file",
    "/z/{code}": "an empty page, until a tap",
    "/r/{code}": "an empty page, until a tap",
    "/api/v1/walks/{walk}": "one of the list",
    "/api/v1/roll-calls/{roll}": "one of the list, while one runs",
    "/office/roll-calls/{roll}": "one of the list, while one runs",
    "/api/v1/pictures/{picture}": "bytes, which a browser asks for once",
    "/api/v1/push/subscriptions": "one line of a phone about itself",
    "/office/places/drafts/{draft}": "a picture, of the last few minutes",
    "/": "leads on to the account, or to signing in",
    "/sign-in": "for nobody in particular",
    "/sign-in/back": "asks the organisation's own sign-in, elsewhere",
    "/link": "for nobody in particular",
    "/healthz": "says that it runs",
    "/readyz": "for a machine",
    "/openapi.json": "the same bytes to everybody",
    "/office/{rest}": "leads nowhere",
}
PREVIEWS: Mapping[str, tuple[Mapping[str, object], ...]] = {
    "/api/v1/plans/preview": (
        {"site": "hospital"},
        {"site": "hospital", "failing": ["sms"]},
        {"site": "centre", "failing": ["sms", "voice"]},
    ),
}
