"""Every page on loopback, as production puts them together, on the pure core: with people whose names are odd."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any, cast

import pytest
import uvicorn

from bureau import ORG, laned
from fake_provider import CLIENT, SECRET
from staff import Staffed, ways
from tocsin.app.pages import pages_of
from tocsin.core.access.announcement import Announcement, Topic
from tocsin.core.access.changes import Change
from tocsin.core.access.edits import MemberEdit, RolesEdit, TieEdit
from tocsin.core.access.place_record import PlaceCode
from tocsin.core.access.record import (
    Act,
    By,
    Desk,
    Key,
    Passkey,
    PinReset,
    Recovery,
    RecoveryCodes,
    Suspension,
    Wallboard,
)
from tocsin.core.access.roll_record import RollCall, RollSaid, SaidBy, Word
from tocsin.core.access.weakens import Weakens
from tocsin.core.access.words import KeyScope, Told, Via
from tocsin.core.commands import AddNote, PlaceReport, Press, PressTaken, Say
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Member, Place
from tocsin.core.limits import DAY_MS
from tocsin.core.walk_commands import StartWalk, WalkTaken
from tocsin.core.words import Answer, Came, Channel, DeliveryState, Destination, Duty, PlaceKind, Purpose, Reason, Role
from tocsin.identity.codes import hash_codes
from tocsin.intake.places import place_handlers
from tocsin.intake.ring import Ring
from tocsin.intake.roll_calls import RollCalls, roll_handlers
from tocsin.runtime.access.reading import Records
from tocsin.runtime.access.single_sign_on import Fetch, Provider, SingleSignOn
from tocsin.runtime.drawings.apart import Drawings
from tocsin.runtime.drawings.reading import read
from tocsin.runtime.drawings.shapes import Read
from tocsin.runtime.passes import Pass
from tocsin.web.reader import Readers
from tocsin.wire.browser import SESSION, cookie_name

LONG = "Wolfeschlegelsteinhausenbergerdorff von und zu Hohenlohe-Waldenburg-Schillingsf\u00fcrst"
RIGHT_TO_LEFT = "\u0645\u062d\u0645\u062f \u0628\u0646 \u0633\u0644\u0645\u0627\u0646"
ISSUER = "https://login.example.org"
CODE = "7K2QD-9XWM3"
BOTH = ways(Channel.SMS, Channel.VOICE)


def people() -> list[Member]:
    """Besides those of the invented office."""
    mail = Contact("mail", Channel.EMAIL, "a.very.long.address.indeed@dispatch.wrenfield.example.org", verified=True)
    dead = Contact("dead", Channel.SMS, "+12025550166", verified=True, dead=Reason.NUMBER_DEAD)
    return [
        Member("long", LONG, tuple(Role), duties=tuple(Duty), contacts=(*BOTH, mail)),
        Member(
            "rtl",
            "\u0645\u062d\u0645\u062f \u0628\u0646 \u0633\u0644\u0645\u0627\u0646",
            (Role.RESPONDER,),
            contacts=(dead,),
        ),
        Member("piled", "Z" + "\u0335\u0321\u0310\u0338" * 8 + "algo", (Role.WORKER,)),
        Member("gone", "Inés Muñoz", (Role.RESPONDER, Role.SUPERVISOR), suspended=True),
        Member("seat:1", "Console 3", (), seat="centre/floor"),
    ]


class Nearby:
    """What a provider says of itself, without a network.  `down`: it says nothing."""

    down = False

    async def fetch(self, url: str, form: Any = None, basic: Any = None) -> tuple[int, bytes]:
        if self.down:
            raise ConnectionError
        said = {f"{name}_endpoint": f"{ISSUER}/{name}" for name in ("authorization", "token")}
        return 200, json.dumps({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **said}).encode()


async def read_here(_: Drawings, content: bytes) -> Read:
    """A drawing, in this process: on a busy machine one of its own, which stands behind all others, takes too long."""
    return read(content)


class OfficeSite:
    """Served while the test runs.  `cookie`: of somebody who has just signed in.  `web`: the way to the provider."""

    def __init__(self, house: Staffed | None = None, issuer: str = ISSUER, web: Fetch | None = None) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.house = furnished() if house is None else house
        self.patches = pytest.MonkeyPatch()
        self.patches.setattr(Drawings, "__call__", read_here)
        self.alert = next((alert.id for alert in self.house.world.open_alerts(ORG)), "")
        self.nearby = Nearby()
        provider = Provider(issuer, CLIENT, SECRET)
        own = SingleSignOn(self.house, self.house, provider, self.url, web or self.nearby)
        pages = pages_of(self.house, self.house, self.url, own)
        self.handlers = pages.handlers
        beside = place_handlers(Records(self.house), self._reader)
        beside += roll_handlers(RollCalls(cast("Ring", self.house)), self._reader)
        app = laned(self.house, [*self.handlers, *beside], pages.pressed, self.url)
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", interface="asgi3"))
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self._thread.start()

    def _reader(self, request: Any) -> Pass:
        """Whose session asks for a picture, as the server itself would say."""
        readers = Readers(self.house, self.url)
        found = readers.of(readers.token(dict(request.headers)))
        assert found is not None, "nobody is signed in"
        return found

    def cookie(self, member: str, **session: Any) -> Any:
        token = self.house.session(member, **session)
        return {"name": cookie_name(self.url, SESSION), "value": token, "url": self.url}

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(10)
        self.patches.undo()


def furnished() -> Staffed:
    """Something on every page."""
    known = Staffed(*people(), ada={"contacts": BOTH}, teo={"contacts": BOTH[:1]})
    lot = ((800, 600), (7200, 600), (7200, 3400), (800, 3400))
    known.place(
        Place("centre", "floor", "Dispatch floor", "room"),
        Place("centre", "lot-b", "Lot B", "lot", on="", outline=lot),
    )
    known.keep(PlaceCode(id="7K2QD9XWM3", site="centre", place="lot-b", made_ms=known.clock.ms, by="long"))
    known.change("rtl", not_told_about=("long",))
    known.enrol("noor", "phone-1")
    known.enrol("long", "phone-2")
    known.enrol("piled", "phone-3")
    for id, member, label in (("k1", "teo", "Key fob"), ("k2", "long", "Blue key fob"), ("k3", "long", "")):
        known.keep(Passkey(id=id, member=member, public_key=b"k", sign_count=0, label=label, made_ms=known.clock.ms))
    known.keep(RecoveryCodes(id="long", hashes=hash_codes([CODE, CODE[::-1]], known.seed()), made_ms=known.clock.ms))
    press(known)
    walk(known)
    announced(known, known.clock.ms - DAY_MS)
    known.keep(*waiting(known.clock.ms), *changes(known.clock.ms), *acts(known.clock.ms), *things(known.clock.ms))
    known.keep(*rolls(known.clock.ms))
    return known


def press(known: Staffed) -> None:
    """Somebody calls for help from the lot, another sees it and writes to the others."""
    told: dict[str, Any] = {"site": "centre", "came": Came.DEVICE, "device": "phone-3", "credential": "phone-3"}
    spot = PlaceReport(PlaceKind.SPOKEN, known.clock.ms, "Lot B, by the gate")
    taken = known.decide(Press(org=ORG, key="once", member="piled", text="He is here", places=(spot,), **told))
    assert isinstance(taken, PressTaken), taken
    known.decide(Say(org=ORG, alert=taken.alert, member="long", answer=Answer.COMING, eta_s=60))
    known.decide(AddNote(org=ORG, alert=taken.alert, member="long", text="I see " + LONG))


def walk(known: Staffed) -> None:
    """One with a long name goes to the lot, and Wale stays on the line."""
    told: dict[str, Any] = {"credential": "phone-2", "key": "walk", "destination": Destination.CAR, "minutes": 15}
    by = By("long", Via.DEVICE, "phone-2")
    walk = StartWalk(
        org=ORG, by=by, member="long", site="centre", bay="lot-b", way="along " + LONG, buddy="wale", **told
    )
    assert isinstance(known.decide(walk), WalkTaken)


def waiting(now_ms: int) -> list[Any]:
    """Teo vouched for PINs of Noor, Wale that she be let back in; Ada asked that somebody watched be suspended."""
    teo, ada, until = By("teo", Via.SESSION), By("ada", Via.SESSION), now_ms + DAY_MS
    return [
        PinReset(id="noor", by=teo, asked_ms=now_ms, ends_ms=until, why="She rang me."),
        PinReset(id="long", by=teo, asked_ms=now_ms, ends_ms=until),
        Recovery(id="r1", member="noor", asked_by="wale", asked_ms=now_ms, due_ms=until, why="Met her at the gate."),
        Suspension(id="teo", by=ada, asked_ms=now_ms, why="His badge was found at a door that he never uses."),
    ]


def changes(now_ms: int) -> list[Change]:
    fewer = RolesEdit("teo", (Role.RESPONDER, Role.SUPERVISOR), (Role.RESPONDER,))
    leaves = MemberEdit("long", Member("long", LONG), None)
    lifted = TieEdit("rtl", "long", before=True, after=False)
    times: dict[str, Any] = {"asked_ms": now_ms, "due_ms": now_ms + DAY_MS, "lapses_ms": now_ms + 7 * DAY_MS}
    asked: dict[str, Any] = {"via": Via.SESSION, "why": "He asked for fewer nights.", **times}
    return [
        Change(id="c1", edit=fewer, weakens=(Weakens.REMOVES_RESPONDER, Weakens.THINS_BACKSTOP), asker="ada", **asked),
        Change(id="c2", edit=leaves, weakens=(Weakens.EMPTIES_RUNG,), asker="wale", **asked),
        Change(id="c3", edit=lifted, weakens=(Weakens.LIFTS_TIE,), asker="nobody", **asked),
    ]


def acts(now_ms: int) -> list[Act]:
    by = By("long", Via.SESSION)
    return [
        Act(id="b3", at_ms=now_ms, by=by, what="suspended", about="gone", why="Badge found", told=Told.SUPERVISORS),
        Act(id="b2", at_ms=now_ms, by=by, what="key_made", detail="Gate: raise", told=Told.SUPERVISORS),
        Act(
            id="b1",
            at_ms=now_ms - DAY_MS,
            by=by,
            what="device_ended",
            about="rtl",
            detail="lost",
            told=Told.SUPERVISORS,
        ),
    ]


def announced(known: Staffed, at_ms: int) -> None:
    """All supervisors were told that somebody was suspended; of two nobody took it."""
    states = {"long": DeliveryState.DELIVERED, "teo": DeliveryState.FAILED, "wale": DeliveryState.HANDED_OVER}
    told: dict[str, Any] = {"made_ms": at_ms, "ends_ms": at_ms, "topics": (Topic(told=Told.SUPERVISORS),), "over": True}
    for member, state in states.items():
        reason = Reason.NUMBER_DEAD if state is DeliveryState.FAILED else None
        message = Delivery(
            id=f"d-{member}",
            alert=f"a-{member}",
            member=member,
            channel=Channel.SMS,
            contact="sms",
            to="+12025550100",
            purpose=Purpose.ANNOUNCEMENT,
            ringing=0,
            drill=False,
            created_at_ms=at_ms,
            valid_until_ms=at_ms,
            due_at_ms=None,
            state=state,
            reason=reason,
        )
        known.keep(Announcement(id=message.alert, member=member, messages=(message.id,), **told))
        known._beside(lambda docket, said=message: docket.announced.update({said.id: said}))  # type: ignore[misc]  # bound now
    act = Act(id="b0", at_ms=at_ms, by=By("ada", Via.SESSION), what="suspended", about="gone", told=Told.SUPERVISORS)
    known.keep(act)


def things(now_ms: int) -> list[Any]:
    screen: dict[str, Any] = {"token_hash": "0" * 64, "site": "centre", "made_ms": now_ms}
    return [
        Wallboard(id="w1", label="Lobby screen", **screen),
        Desk(id="d1", label="Console 3", place="floor", seat="seat:1", **screen),
        Key(
            id="k1",
            token_hash="1" * 64,
            scopes=tuple(KeyScope),
            label="Gate reader",
            by="ada",
            made_ms=now_ms,
            ends_ms=now_ms + 9 * DAY_MS,
        ),
    ]


def rolls(now_ms: int) -> list[Any]:
    """One that runs, called by somebody with a long name, and the report of one where everybody was safe."""
    asked = ("long", "rtl", "piled", "noor", "teo", "gone")
    said = (Word("noor", now_ms - 30_000, SaidBy.TEXT), Word("piled", now_ms - 20_000, SaidBy.PAGE))
    closed = tuple(Word(member, now_ms - DAY_MS, SaidBy.PAGE) for member in asked)
    ends: dict[str, Any] = {"closed_ms": now_ms - DAY_MS, "closed_by": "long", "said": closed}
    told: dict[str, Any] = {"site": "centre", "by": "long", "asked": asked}
    return [
        RollCall(id="r1", why="Smoke near " + LONG, began_ms=now_ms - 60_000, **told),
        *(RollSaid(id=f"r1/{word.member}", roll="r1", word=word) for word in said),
        RollCall(id="r2", why="", began_ms=now_ms - DAY_MS - 1, **told, **ends),
    ]
