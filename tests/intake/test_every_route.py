"""Every route times everybody: none is forgotten, and none answers whom the table does not name.

The routes are the application's own; what each asks for stands below, and a route that does not stand here fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import pytest
from everybody import FOREIGN, LINKS, SCREENS, STANDINGS, Everybody

from outside import Answer
from tocsin.core.access.permissions import May, Reach, may_of, reach_of
from tocsin.core.access.words import Via
from tocsin.core.words import Role
from tocsin.intake.acts import BODIES
from tocsin.intake.carriers import carrier_hooks
from tocsin.intake.hooks import Hooks
from tocsin.intake.walks import BODIES as OF_WALKS
from tocsin.runtime.readiness import PAGES

PERSON = "/office/members/{member}"
SHELL = "public: an empty page; all that it shows it asks of the API, which asks who it is"
DOOR = "public: the way in"
WANTED: Mapping[str, May | str] = {
    "GET /healthz": "public: says that it runs",
    "GET /readyz": "public: says yes or no; why, only to whoever may read figures",
    "GET /openapi.json": "public: says how to ask, and nothing of what is so",
    "GET /static/{name}": "public: scripts and styles",
    **dict.fromkeys(("GET /service-worker.js", "GET /manifest.webmanifest"), "public: what installs the phone's page"),
    **{f"GET /{page}": SHELL for page in ("phone", "colleagues", "console", "desk", "wallboard", "notes")},
    **{f"{how} /{page}": DOOR for how in ("GET", "POST") for page in ("sign-in", "link")},
    "GET /z/{code}": SHELL,
    "GET /r/{code}": SHELL,
    "POST /r/{code}": DOOR,
    "GET /": DOOR,
    "POST /sign-in/begin": DOOR,
    "POST /sign-in/finish": DOOR,
    "POST /link/open": DOOR,
    "POST /sign-out": "public: signs out whoever is signed in, and nobody else",
    "GET /metrics": May.READ_METRICS,
    "GET /api/v1/me": May.READ_ALERTS,
    "GET /api/v1/alerts": May.READ_ALERTS,
    "GET /api/v1/alerts/{alert}": May.READ_ALERTS,
    "GET /api/v1/live": May.READ_ALERTS,
    **{f"POST /api/v1/alerts/{{alert}}/{act}": may_of(act) for act in BODIES},
    "POST /prove": May.KEEP_OWN_ACCOUNT,
    **{f"{how} /sign-in/{page}": DOOR for how, page in (("POST", "provider"), ("GET", "back"), ("POST", "back"))},
    "POST /prove/provider": May.KEEP_OWN_ACCOUNT,
    "POST /prove/begin": May.KEEP_OWN_ACCOUNT,
    "POST /prove/finish": May.KEEP_OWN_ACCOUNT,
    **{f"GET /account{page}": May.KEEP_OWN_ACCOUNT for page in ("", "/passkeys/new", "/codes", "/pins")},
    **{
        f"POST /account/{act}": May.KEEP_OWN_ACCOUNT
        for act in (
            "call-code",
            "codes",
            "pins",
            "pins/keep",
            "recovery/refuse",
            "passkeys/begin",
            "passkeys/finish",
            "passkeys/name",
            "passkeys/remove",
            "phones/end",
            "phones/enrol",
            "sessions/end",
            "sessions/end-others",
        )
    },
    "POST /account/roll-call/safe": May.ANSWER_ROLL,
    "POST /account/roll-call/help": "public: a press, taken from every session that was ever issued",
    "POST /api/v1/shifts/clock-in": May.CLOCK_IN,
    "POST /api/v1/shifts/clock-out": May.CLOCK_IN,
    "GET /api/v1/on-shift": May.READ_PLANS,
    "GET /api/v1/calm": May.READ_PLANS,
    "GET /api/v1/walks": May.READ_WALKS,
    "GET /api/v1/walks/buddies": May.WALK,
    "GET /api/v1/walks/{walk}": May.READ_WALKS,
    "POST /api/v1/walks": May.WALK,
    **{f"POST /api/v1/walks/{{walk}}/{act}": May.WALK for act in OF_WALKS},
    "GET /api/v1/roll-calls": May.ANSWER_ROLL,
    "POST /api/v1/roll-calls": May.CALL_ROLL,
    "GET /api/v1/roll-calls/{roll}": May.CALL_ROLL,
    "POST /api/v1/roll-calls/{roll}/safe": May.ANSWER_ROLL,
    "POST /api/v1/roll-calls/{roll}/close": May.CALL_ROLL,
    "GET /api/v1/plans": May.READ_PLANS,
    "POST /api/v1/plans/preview": May.READ_PLANS,
    "GET /api/v1/sites/{site}/plan": May.READ_PLACES,
    "GET /api/v1/pictures/{picture}": May.READ_PLACES,
    "GET /api/v1/push/subscriptions": May.KEEP_PUSH,
    "POST /api/v1/push/subscriptions": May.KEEP_PUSH,
    "DELETE /api/v1/push/subscriptions": May.KEEP_PUSH,
    "POST /api/v1/push/test": May.KEEP_PUSH,
    "POST /api/v1/push/receipts": "public: takes what lay in a push that only its phone could open",
    "GET /office": May.READ_MEMBERS,
    "GET /office/announced": May.READ_MEMBERS,
    "GET /office/members": May.READ_MEMBERS,
    "GET /office/roles": May.READ_MEMBERS,
    f"GET {PERSON}": May.READ_MEMBERS,
    "GET /office/members/new": May.EDIT_MEMBERS,
    "POST /office/members/new": May.EDIT_MEMBERS,
    f"GET {PERSON}/edit": May.EDIT_MEMBERS,
    f"POST {PERSON}/edit": May.EDIT_MEMBERS,
    f"POST {PERSON}/invite": May.INVITE,
    f"POST {PERSON}/enrol": May.ENROL_FOR_OTHERS,
    f"POST {PERSON}/suspend": May.SUSPEND,
    f"POST {PERSON}/reinstate": May.REINSTATE,
    f"POST {PERSON}/take-back": May.REINSTATE,
    f"POST {PERSON}/end": May.REVOKE_FOR_OTHERS,
    f"POST {PERSON}/phones/{{phone}}": May.REVOKE_FOR_OTHERS,
    f"POST {PERSON}/pins": May.RESET_PINS,
    f"POST {PERSON}/pins-object": May.RESET_PINS,
    f"POST {PERSON}/recover": May.RECOVER_OTHERS,
    f"POST {PERSON}/vouch": May.RECOVER_OTHERS,
    f"POST {PERSON}/object": May.RECOVER_OTHERS,
    f"POST {PERSON}/link-back": May.RECOVER_OTHERS,
    "GET /office/plans": May.READ_PLANS,
    **{f"{how} /office/plans/{{site}}/{{of}}": May.READ_PLANS for how in ("GET", "POST")},
    "GET /office/walks": May.READ_PLANS,
    "POST /office/walks": May.EDIT_PLANS,
    "GET /account/shifts": May.SWAP_SHIFTS,
    "GET /account/shifts/ask": May.SWAP_SHIFTS,
    **{f"{how} /account/shifts/in-return": May.SWAP_SHIFTS for how in ("GET", "POST")},
    **{f"POST /account/shifts/{act}": May.SWAP_SHIFTS for act in ("ask", "answer", "withdraw")},
    **{f"POST /account/shifts/{act}": May.CLOCK_IN for act in ("clock-in", "clock-out")},
    "GET /office/roster": May.READ_PLANS,
    **{f"{how} /office/roster/shift": May.EDIT_PLANS for how in ("GET", "POST")},
    "POST /office/roster/remove": May.EDIT_PLANS,
    **{f"{how} /office/roster/import": May.EDIT_PLANS for how in ("GET", "POST")},
    "GET /office/roster/import/roster.csv": May.EDIT_PLANS,
    "POST /office/roster/import/confirm": May.EDIT_PLANS,
    "GET /office/roster/feeds": May.READ_PLANS,
    "POST /office/roster/feeds": May.EDIT_PLANS,
    **{f"POST /office/roster/feeds/{{feed}}/{act}": May.EDIT_PLANS for act in ("read", "end")},
    "POST /office/roster/clock-in": May.CLOCK_OTHERS,
    "POST /office/roster/clock-out": May.CLOCK_OTHERS,
    **{f"GET /office/places{page}": May.READ_PLACES for page in ("", "/sheet")},
    **{
        f"GET /office/places/{page}": May.EDIT_PLACES
        for page in ("place", "known", "upload", "codes", "codes/codes.pdf", "drafts/{draft}")
    },
    **{
        f"POST /office/places/{act}": May.EDIT_PLACES
        for act in ("place", "remove", "sheet", "known", "upload", "upload/confirm", "blank", "codes")
    },
    "GET /office/reach": May.READ_MEMBERS,
    "POST /office/reach/test": May.RUN_DRILLS,
    **{f"{how} /office/roll-calls": May.CALL_ROLL for how in ("GET", "POST")},
    "GET /office/roll-calls/{roll}": May.CALL_ROLL,
    "POST /office/roll-calls/{roll}/close": May.CALL_ROLL,
    "GET /office/changes": May.SEE_CHANGES,
    "POST /office/changes/{change}": May.SEE_CHANGES,
    "GET /office/ties": May.KEEP_TIES,
    "POST /office/ties": May.KEEP_TIES,
    "POST /office/ties/lift": May.KEEP_TIES,
    "GET /office/trail": May.READ_TRAIL,
    "GET /office/trail.csv": May.READ_TRAIL,
    "GET /office/screens": May.KEEP_SCREENS,
    "POST /office/screens/{kind}": May.KEEP_SCREENS,
    "POST /office/screens/{kind}/{screen}/end": May.KEEP_SCREENS,
    "GET /office/keys": May.KEEP_KEYS,
    "POST /office/keys": May.KEEP_KEYS,
    "POST /office/keys/{key}/end": May.KEEP_KEYS,
    "GET /history": May.READ_ALERTS,
    "GET /history/{alert}": May.READ_ALERTS,
    "GET /history/{alert}/report.pdf": May.READ_ALERTS,
    "GET /office/{rest}": "public: leads nowhere",
    "POST /office/{rest}": "public: leads nowhere",
}
OWN_OR_REFUSED = frozenset({"POST /account/phones/end"})  # A phone that is not theirs is refused, there or not.
BY_PAGE = ("/office", "/history", "/account", "/prove")  # Opened by a session in its cookie, and by nothing else.


def everybody() -> Iterator[tuple[str, Via | None, Role | None]]:
    """Each credential by name, with what it is good for: None where it is good for no reading at all."""
    yield from (("nobody", None, None), ("never issued", None, None))
    for role in Role:
        for standing in STANDINGS:
            name, good = f"{role}-{standing}", standing != "suspended"
            yield f"session-{name}", Via.SESSION if good else None, role
            yield f"device-{name}", Via.DEVICE if good else None, role
        yield f"ended-{role}-plain", None, role
    yield from ((screen, Via(screen.partition("-")[0]), None) for screen in SCREENS)
    for name in LINKS:
        ended = name.endswith(("-suspended", "-replaced"))
        who = name.split("-")[1]
        yield name, None if ended else Via.LINK, Role.WORKER if who == "noor" else Role(who)


def may_pass(route: str, may: May, name: str, via: Via | None, role: Role | None) -> bool:
    """What the table says, of this route, for whoever has this credential."""
    page = route.partition(" ")[2].startswith(BY_PAGE)
    if via is None or (page and via is not Via.SESSION):
        return False
    if may is May.READ_PLACES and via is Via.LINK and not name.endswith("-plain"):
        return False  # It goes by the alert: not theirs to know of, of another organisation, or their own.
    if role is not None:
        return reach_of((role,), may, via) is not Reach.NONE
    return may is May.READ_ALERTS or (may is May.READ_METRICS and name == "key-metrics")


def let_in(answer: Answer) -> bool:
    sent_away = answer.headers.get("location", "").startswith("/sign-in")
    return answer.status not in (401, 403) and not sent_away


def kept_out(answer: Answer) -> bool:
    """Refused, sent to sign in, told that there is nothing here, or (of an empty form) asked for what is missing."""
    return not let_in(answer) or answer.status in (404, 422)


def all_routes() -> list[str]:
    return list(Everybody().routes())


def test_every_route_stands_in_the_table_and_no_other_does() -> None:
    assert set(all_routes()) == set(WANTED)


@pytest.mark.slow
@pytest.mark.parametrize("route", [route for route, may in WANTED.items() if isinstance(may, May)])
def test_a_route_answers_those_whom_the_table_names_and_nobody_else(route: str) -> None:
    may, centre = May(WANTED[route]), Everybody()
    centre.call()

    async def story() -> None:
        for name, via, role in everybody():
            wanted = may_pass(route, may, name, via, role)
            if route == "GET /api/v1/live" and wanted:
                continue  # It never ends; whom it takes is told beside.
            form = centre.form(name) if name.startswith(("session-", "ended-")) else b""
            before = len(centre.ring.store.content.facts)
            answer = await centre.ask(route, name, form if route.startswith("POST") else b"")
            assert answer.status < 500, f"{route} by {name}: {answer.status}"
            if wanted and route not in OWN_OR_REFUSED:
                assert let_in(answer), f"{route} by {name}: {answer.status} {answer.body!r}"
            elif not wanted:
                assert kept_out(answer), f"{route} by {name}: {answer.status}"
                assert len(centre.ring.store.content.facts) == before, f"{route} by {name} changed something"
            if name.endswith("foreign"):
                told = answer.body.lower()
                assert b"noor" not in told and b"-plain" not in told, f"{route} told {FOREIGN} of another organisation"

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize("route", [route for route, may in WANTED.items() if not isinstance(may, May)])
def test_what_is_public_says_the_same_to_everybody_of_one_kind_and_names_nobody(route: str) -> None:
    centre = Everybody()
    centre.call()

    async def story() -> None:
        for name, _, _ in everybody():
            answer = await centre.ask(route, name, centre.form(name) if route.startswith("POST") else b"")
            assert answer.status < 500, f"{route} by {name}: {answer.status}"
            told = answer.body.lower().replace(name.partition("-")[2].encode(), b"")
            assert not [word for word in (b"-tied", b"-suspended", b"+12025550112") if word in told], (
                f"{route} by {name}"
            )

    asyncio.run(story())


def test_a_carrier_that_does_not_sign_is_refused_at_every_hook() -> None:
    centre = Everybody()
    paths = carrier_hooks(centre.ring, Hooks("https://tocsin.example.org", "secret", "secret"), lambda: None)

    async def story() -> None:
        for path in paths:
            assert (await centre.ask(f"POST {path}", "nobody", b"From=1")).status in (403, 404, 503), path

    asyncio.run(story())


def test_why_readyz_is_red_is_told_to_whoever_may_read_figures() -> None:
    centre = Everybody()
    centre.readiness.page(next(iter(PAGES)))

    async def story() -> None:
        for name, _, _ in everybody():
            answer = await centre.ask("GET /readyz", name)
            able = name in ("key-metrics", "session-administrator-plain", "session-administrator-tied")
            own = name == "session-administrator-foreign"
            assert answer.status == 503 and (b"remedy" in answer.body) == (able or own), name

    asyncio.run(story())
