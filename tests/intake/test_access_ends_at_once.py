"""What was ended reads nothing from the next request on, and its streams end though nothing else happens (I20)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace

from outside import ORG, SITE, Centre, Stream, ask, turns
from tocsin.core import commands as c
from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.entry_commands import BindLink
from tocsin.core.access.permit import RECORD_OF
from tocsin.core.access.record import OPERATOR, Desk, Kept, Key, Session, Wallboard, id_of
from tocsin.core.access.words import KeyScope, SignedIn, Via, What
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.rung_link import LinkFor
from tocsin.core.words import Came
from tocsin.identity.token import token_hash
from tocsin.runtime import ledger
from tocsin.runtime.passes import TOKENS
from tocsin.runtime.world import World

YEAR_MS = 365 * 86_400_000
TOKEN = "tocsin_something_to_come_in_by"
NOBODY_HOLDS_THEM = frozenset({Via.OPERATOR, Via.SYSTEM})  # None of these is shown with a request.


def keep(centre: Centre, record: Kept) -> None:
    """It is in the record, however it came about."""
    layer = World(centre.ring.world)
    docket = Docket(layer, ORG, centre.ring.clock.ms, Dice(bytes(32)))
    docket.keep(record)
    change = ledger.change(docket, layer)
    assert change is not None
    layer.absorb(docket)
    centre.ring.store.append([change])
    layer.merge_down()


def session(centre: Centre) -> str:
    hashed, now_ms = token_hash(TOKEN), centre.ring.clock.ms
    keep(
        centre,
        Session(
            id=id_of(hashed),
            token_hash=hashed,
            member="teo",
            how=SignedIn.PASSKEY,
            began_ms=now_ms,
            ends_ms=now_ms + YEAR_MS,
            idle_ms=YEAR_MS,
            seen_ms=now_ms,
            fresh_ms=now_ms,
        ),
    )
    return id_of(hashed)


def device(centre: Centre) -> str:
    centre.ring.decide(c.Enrol(org=ORG, by=OPERATOR, member="teo", device="teo-tablet", token_hash=token_hash(TOKEN)))
    return "teo-tablet"


def desk(centre: Centre) -> str:
    hashed = token_hash(TOKEN)
    keep(centre, Desk(id=id_of(hashed), token_hash=hashed, site=SITE, place="p", label="d", seat="rafi", made_ms=0))
    return id_of(hashed)


def wallboard(centre: Centre) -> str:
    hashed = token_hash(TOKEN)
    keep(centre, Wallboard(id=id_of(hashed), token_hash=hashed, site=SITE, label="hall", made_ms=0))
    return id_of(hashed)


def key(centre: Centre) -> str:
    hashed, scopes = token_hash(TOKEN), (KeyScope.RAISE, KeyScope.ALERTS)
    keep(
        centre,
        Key(
            id=id_of(hashed),
            token_hash=hashed,
            scopes=scopes,
            label="door",
            by="wale",
            made_ms=0,
            ends_ms=centre.ring.clock.ms + YEAR_MS,
        ),
    )
    return id_of(hashed)


def link(centre: Centre) -> str:
    """Teo has opened the link to Noor's alert."""
    press = c.Press(org=ORG, credential="noor-phone", key="k", member="noor", device="noor-phone", came=Came.DEVICE)
    pressed = centre.ring.decide(press)
    assert isinstance(pressed, c.PressTaken)
    hashed = token_hash(TOKEN)
    centre.ring.decide(
        BindLink(org=ORG, alert=pressed.alert, member="teo", purpose=LinkFor.RUNG, nth=0, token_hash=hashed)
    )
    return id_of(hashed)


KINDS: Mapping[Via, tuple[What, Callable[[Centre], str]]] = {
    Via.SESSION: (What.SESSION, session),
    Via.DEVICE: (What.DEVICE, device),
    Via.DESK: (What.DESK, desk),
    Via.WALLBOARD: (What.WALLBOARD, wallboard),
    Via.KEY: (What.KEY, key),
    Via.LINK: (What.LINK, link),
}
PERSONAL = (Via.SESSION, Via.DEVICE, Via.LINK)


def test_every_kind_of_credential_is_told_of_here() -> None:
    """A new one fails this until it has its line above."""
    assert set(KINDS) | NOBODY_HOLDS_THEM == set(Via)
    assert set(RECORD_OF) | {Via.DEVICE} == set(KINDS) and set(RECORD_OF.values()) == set(TOKENS)


async def opened(centre: Centre) -> Stream:
    stream = Stream(centre.app, {"authorization": f"Bearer {TOKEN}"})
    await stream.heard(b"hello")
    stream.taken()
    return stream


async def over(stream: Stream) -> None:
    """It has ended by itself within a few turns of the loop, and without another word."""
    await turns()
    assert stream.ended and stream.raw == b""


async def status(centre: Centre, path: str = "/api/v1/alerts") -> tuple[int, str]:
    answer = await ask(centre.app, "GET", path, {"authorization": f"Bearer {TOKEN}"}, [b""])
    return answer.status, "" if answer.status == 200 else answer.json["code"]


def end(centre: Centre, what: What, id: str) -> None:
    assert isinstance(centre.ring.decide(EndAccess(org=ORG, by=OPERATOR, what=what, id=id)), c.Done)


def change(centre: Centre, people: Directory) -> None:
    """The organisation is another, with the next commit that moves anybody."""
    centre.ring.world.directories[ORG] = people
    centre.enrol("wale", "tablet")


@pytest.mark.parametrize("via", KINDS)
def test_what_was_ended_reads_nothing_from_the_next_request_on(via: Via) -> None:
    async def story() -> None:
        centre = Centre()
        what, make = KINDS[via]
        id = make(centre)
        assert (await status(centre))[0] == 200
        stream = await opened(centre)
        end(centre, what, id)
        assert await status(centre) == (403, "raise_only")
        assert await status(centre, "/api/v1/live") == (403, "raise_only")
        await over(stream)

    asyncio.run(story())


@pytest.mark.parametrize("via", PERSONAL)
@pytest.mark.parametrize("how", ["suspended", "person", "removed"])
def test_whatever_a_person_holds_ends_with_their_access(via: Via, how: str) -> None:
    async def story() -> None:
        centre = Centre()
        KINDS[via][1](centre)
        stream = await opened(centre)
        if how == "suspended":
            centre.ring.decide(Suspend(org=ORG, by=OPERATOR, member="teo"))
        elif how == "person":
            end(centre, What.PERSON, "teo")
        else:
            people = centre.ring.world.directory(ORG)
            change(centre, replace(people, members={id: one for id, one in people.members.items() if id != "teo"}))
        assert await status(centre) == (403, "raise_only")
        await over(stream)

    asyncio.run(story())


@pytest.mark.parametrize("via", PERSONAL)
def test_and_still_calls_for_help_and_learns_only_received(via: Via) -> None:
    async def story() -> None:
        centre = Centre()
        what, make = KINDS[via]
        end(centre, what, make(centre))
        answer = await ask(centre.app, "POST", "/api/v1/alerts", {"authorization": f"Bearer {TOKEN}"}, [b"{}"])
        assert answer.status == 201 and set(answer.json) == {"receipt"}

    asyncio.run(story())


def test_a_stream_that_is_not_concerned_hears_nothing_of_it() -> None:
    async def story() -> None:
        centre = Centre()
        device(centre)
        stream = await opened(centre)
        end(centre, What.DEVICE, "rafi-phone")
        await turns()
        assert not stream.ended and stream.raw == b""
        await stream.hang_up()

    asyncio.run(story())


def test_whoever_loses_sight_of_an_alert_is_told_that_it_is_gone_without_waiting_for_news_of_it() -> None:
    async def story() -> None:
        centre = Centre()
        device(centre)
        people = centre.ring.world.directory(ORG)
        alert = (await centre.press("ines")).json["id"]
        stream = Stream(centre.app, {"authorization": f"Bearer {TOKEN}"})
        await stream.heard(alert.encode())
        stream.taken()
        tied = replace(people.members["teo"], not_told_about=("ines",))
        change(centre, replace(people, members={**people.members, "teo": tied}))
        await turns()
        assert stream.taken() == [("gone", {"id": alert})]
        await stream.hang_up()

    asyncio.run(story())
