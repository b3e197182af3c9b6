"""The PIN on a phone that was signed out: every one gets the same bytes, none closes, and a duress PIN is heard (I20).

Each story is told with the real PIN, the duress PIN and a wrong one; what the phone is answered is compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from outside import DURESS_PIN, ORG, PIN, Answer, Centre
from tocsin.core import commands as c
from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.record import OPERATOR, Session, id_of
from tocsin.core.access.words import SignedIn, What
from tocsin.core.alert import Alert
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket
from tocsin.core.words import Came
from tocsin.identity.token import token_hash
from tocsin.runtime import ledger
from tocsin.runtime.world import World

WRONG = "0000"


def ended(world: Centre) -> None:
    world.ring.decide(c.Revoke(org=ORG, by=OPERATOR, device="noor-phone"))


def suspended(world: Centre) -> None:
    world.ring.decide(Suspend(org=ORG, member="noor", by=OPERATOR))


def signed_out(world: Centre) -> None:
    """She has a session besides, by the token of her phone's name; it is the session that types."""
    hashed, now_ms = token_hash(world.token("noor", "browser")), world.ring.clock.ms
    fields: dict[str, Any] = {"began_ms": now_ms, "seen_ms": now_ms, "fresh_ms": now_ms, "how": SignedIn.PASSKEY}
    layer = World(world.ring.world)
    docket = Docket(layer, ORG, now_ms, Dice(bytes(32)))
    docket.keep(
        Session(id=id_of(hashed), token_hash=hashed, member="noor", ends_ms=now_ms + 10**9, idle_ms=10**9, **fields)
    )
    change = ledger.change(docket, layer)
    assert change is not None
    layer.absorb(docket)
    world.ring.store.append([change])
    layer.merge_down()
    world.ring.decide(EndAccess(org=ORG, by=OPERATOR, what=What.SESSION, id=id_of(hashed)))


HOW: dict[str, tuple[Callable[[Centre], None], str]] = {
    "device ended": (ended, "phone"),
    "person suspended": (suspended, "phone"),
    "signed out": (signed_out, "browser"),
}


async def typed(world: Centre, pin: str, alert: str, credential: str) -> Answer:
    sent = {"authorization": f"Bearer {world.token('noor', credential)}"}
    return await world.call("POST", f"/api/v1/alerts/{alert}/safe", body={"pin": pin}, headers=sent)


def told(how: str, *, pressed: bool) -> dict[str, tuple[bytes, list[Alert]]]:
    """By each PIN: what was answered, and what is open then."""
    found = {}
    for pin in (PIN, DURESS_PIN, WRONG):
        world = Centre()

        async def story(world: Centre = world, pin: str = pin) -> bytes:
            alert = (await world.press()).json["id"] if pressed else "never-told"
            world.wait(1)
            end, credential = HOW[how]
            end(world)
            answer = await typed(world, pin, alert, credential)
            assert (answer.status, answer.json["code"]) == (403, "raise_only")
            return answer.body

        body = asyncio.run(story())
        found[pin] = body, list(world.ring.world.open_alerts(ORG))
    return found


@pytest.mark.parametrize("how", HOW)
def test_every_pin_for_an_open_alert_is_answered_alike_and_only_the_duress_pin_moves_it(how: str) -> None:
    found = told(how, pressed=True)
    assert len({body for body, _ in found.values()}) == 1
    for pin, (_, (alert,)) in found.items():
        assert (alert.under_duress, alert.pin_misses) == (pin == DURESS_PIN, int(pin == WRONG))


@pytest.mark.parametrize("how", HOW)
def test_every_pin_for_an_alert_that_it_was_never_told_is_answered_alike_and_the_duress_pin_calls(how: str) -> None:
    found = told(how, pressed=False)
    assert len({body for body, _ in found.values()}) == 1
    assert found[PIN][1] == found[WRONG][1] == []
    ((call,),) = (open_now for pin, (_, open_now) in found.items() if pin == DURESS_PIN)
    assert (call.member, call.came, call.under_duress, call.silent) == ("noor", Came.REVOKED, True, True)


@pytest.mark.parametrize("body", [b"", b"{", b'{"pin":7351}', b"[]"])
def test_what_holds_no_pin_is_answered_like_one(body: bytes) -> None:
    async def story(world: Centre) -> None:
        ended(world)
        answer, pin = [await world.act("noor", "any", "safe", sent) for sent in (body, {"pin": PIN})]
        assert (answer.status, answer.body) == (pin.status, pin.body)

    asyncio.run(story(Centre()))


def test_nothing_else_is_taken_from_it() -> None:
    async def story(world: Centre) -> None:
        alert = (await world.press()).json["id"]
        ended(world)
        for act, body in (("notes", {"text": "noted"}), ("close", {"outcome": "safe"}), ("climb", None)):
            answer = await world.act("noor", alert, act, body)
            assert (answer.status, answer.json["code"]) == (403, "raise_only")
        assert world.alert(alert).notes == ()

    asyncio.run(story(Centre()))
