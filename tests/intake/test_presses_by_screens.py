"""Presses at a desk, by a program's key, and by what was never made to raise."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from outside import ORG, SITE, Answer, Centre
from tocsin.core.access.record import Desk, Kept, Key, Wallboard, id_of
from tocsin.core.access.words import Ended, KeyScope
from tocsin.core.alert import Alert
from tocsin.core.dice import Dice
from tocsin.core.directory import Member, Place, Shift, Site
from tocsin.core.docket import Docket
from tocsin.core.message import text_of
from tocsin.core.words import Came, PlaceKind
from tocsin.identity.token import token_hash
from tocsin.ports import Snapshot
from tocsin.runtime import ledger
from tocsin.runtime.recall import world_of
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore

TOKEN = "a token that was issued"
RAISE = (KeyScope.RAISE,)


def centre(record: Kept) -> Centre:
    """Console 3 has a place and a seat; whoever sends TOKEN comes with `record`."""
    found = Centre()
    world = found.ring.world
    now = world.directory(ORG)
    seat = Member("seat:1", "Console 3", (), seat=f"{SITE}/c3")
    world.directories[ORG] = replace(
        now, members={**now.members, seat.id: seat}, places=(Place(SITE, "c3", "Console 3", "room"),)
    )
    layer = World(world)
    docket = Docket(layer, ORG, found.ring.clock.ms, Dice(bytes(32)))
    docket.keep(record)
    written = ledger.change(docket, layer)
    assert written is not None
    found.ring.store.append([written])
    layer.absorb(docket)
    layer.merge_down()
    return found


def desk(**changes: Any) -> Desk:
    hashed = token_hash(TOKEN)
    made = Desk(id=id_of(hashed), token_hash=hashed, site=SITE, place="c3", label="Console 3", seat="seat:1", made_ms=0)
    return replace(made, **changes)


def key(*scopes: KeyScope, **changes: Any) -> Key:
    hashed = token_hash(TOKEN)
    made = Key(
        id=id_of(hashed), token_hash=hashed, scopes=scopes, label="North door reader", by="", made_ms=0, ends_ms=10**15
    )
    return replace(made, **changes)


def press(found: Centre, body: bytes, *, key: str = "", token: str = "") -> Answer:
    headers = {"authorization": f"Bearer {token or TOKEN}", **({"idempotency-key": key} if key else {})}
    return asyncio.run(found.call("POST", "/api/v1/alerts", body=body, headers=headers))


def the_alert(found: Centre) -> Alert:
    (alert,) = found.ring.world.open_alerts(ORG)
    return alert


def test_a_desk_raises_for_whoever_sits_there_with_its_place() -> None:
    found = centre(desk())
    told = press(found, b'{"text": "he is at the door"}')
    alert = the_alert(found)
    assert told.status == 201 and told.json["id"] == alert.id
    assert (alert.member, alert.site) == ("seat:1", SITE)
    assert alert.places[PlaceKind.ZONE].label == "Console 3"
    assert alert.places[PlaceKind.SPOKEN].label == "he is at the door"
    assert {"teo", "rafi", "noor", "omar"} <= set(alert.people), "nobody is tied to a desk"
    assert alert.came is Came.DESK


def test_the_same_key_at_a_desk_is_the_same_press() -> None:
    found = centre(desk())
    first, again = (press(found, b"{}", key="k") for _ in range(2))
    assert (first.status, again.status, first.json["id"]) == (201, 200, again.json["id"])
    assert press(found, b"{}", key="k2").json["id"] == first.json["id"]


def test_a_desk_that_says_another_zone_is_believed() -> None:
    found = centre(desk())
    press(found, b'{"place": {"kind": "zone", "label": "North door"}}')
    assert the_alert(found).places[PlaceKind.ZONE].label == "North door"


def test_an_ended_desk_still_rings_and_learns_only_received() -> None:
    found = centre(desk(ended=Ended.REVOKED))
    told = press(found, b"{}")
    assert told.status == 201 and set(told.json) == {"receipt"}
    assert the_alert(found).member == "seat:1"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b'{"kind": "nonsense", "silent": "perhaps"}'])
def test_whatever_a_desk_sends_it_rings(body: bytes) -> None:
    found = centre(desk())
    assert press(found, body).status == 201 and the_alert(found).places[PlaceKind.ZONE].label == "Console 3"


def test_a_desk_rings_the_people_of_the_site_where_it_stands() -> None:
    found = centre(desk(site="annex"))
    world = found.ring.world
    now = world.directory(ORG)
    annex = replace(now.plans[0], site="annex")
    world.directories[ORG] = replace(
        now,
        sites={**now.sites, "annex": Site("annex", "Annex", "UTC")},
        shifts=(*now.shifts, Shift("annex", ("ines",), 0, 10**15)),
        plans=(*now.plans, annex),
    )
    press(found, b"{}")
    alert = the_alert(found)
    assert alert.site == "annex" and "ines" in alert.people and "rafi" not in alert.people


def test_a_desk_whose_place_or_site_is_gone_rings_all_the_same() -> None:
    found = centre(desk(site="gone", place="gone"))
    assert press(found, b"{}").status == 201
    assert the_alert(found).site == SITE and the_alert(found).places[PlaceKind.ZONE].label == "gone"


def test_a_program_raises_for_the_member_whom_it_names() -> None:
    found = centre(key(*RAISE))
    told = press(found, b'{"for_member": "noor"}')
    assert told.status == 201 and set(told.json) == {"receipt"}, "raising is no leave to read"
    alert = the_alert(found)
    assert alert.member == "noor" and "omar" not in alert.people
    assert alert.places[PlaceKind.ZONE].label == "North door reader" and alert.came is Came.KEY


def test_a_program_that_says_where_is_believed() -> None:
    found = centre(key(*RAISE))
    press(found, b'{"for_member": "noor", "place": {"kind": "zone", "label": "Lot B"}}')
    assert the_alert(found).places[PlaceKind.ZONE].label == "Lot B"


@pytest.mark.parametrize("body", [b"{}", b'{"for_member": "nobody"}', b'{"for_member": 7}', b"\xff", b'{"for_member":'])
def test_a_program_that_names_nobody_rings_in_its_own_name(body: bytes) -> None:
    found = centre(key(*RAISE))
    assert press(found, body).status == 201
    alert = the_alert(found)
    assert alert.member == "program North door reader" and {"noor", "teo", "rafi"} <= set(alert.people)
    world = found.ring.world
    delivery = next(iter(world.deliveries(ORG, alert.id).values()))
    text = text_of(delivery, alert, world.directory(ORG), {}, found.ring.clock.ms)
    assert text is not None and text.startswith("SOS: program North door") and "North door reader (zone, now)" in text


def test_a_program_called_as_somebody_is_raises_for_nobody_by_its_name() -> None:
    found = centre(key(*RAISE, label="noor"))
    press(found, b"{}")
    assert the_alert(found).member == "program noor"


@pytest.mark.parametrize("changes", [{"ended": Ended.EXPIRED}, {"ends_ms": 1}], ids=["ended", "over"])
def test_an_ended_key_that_could_raise_still_does(changes: dict[str, Any]) -> None:
    found = centre(key(*RAISE, **changes))
    assert press(found, b'{"for_member": "noor"}').status == 201
    assert the_alert(found).member == "noor"


@pytest.mark.parametrize(
    "record",
    [
        key(KeyScope.METRICS),
        key(KeyScope.ALERTS, ended=Ended.REVOKED),
        Wallboard(id=id_of(token_hash(TOKEN)), token_hash=token_hash(TOKEN), site=SITE, label="", made_ms=0),
    ],
    ids=["metrics", "ended, without the scope", "wallboard"],
)
def test_what_was_never_made_to_raise_is_told_so(record: Kept) -> None:
    found = centre(record)
    told = press(found, b'{"for_member": "noor"}')
    assert (told.status, told.json["code"]) == (403, "not_allowed")
    assert "call by phone" in told.json["detail"]
    assert not list(found.ring.world.open_alerts(ORG))


class Asked(MemoryStore):
    """Writes down which snapshots it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def snapshot(self, org: str, stream: str) -> Snapshot | None:
        self.asked.append(stream)
        return super().snapshot(org, stream)


def test_a_press_by_a_phone_asks_the_store_for_no_credential() -> None:
    """The lane of the press knows every phone from memory."""
    found, store = centre(desk()), Asked()
    found.ring.store = store
    known = found.ring.world
    found.ring.world = world_of(store, {})
    found.ring.world.directories.update(known.directories)
    assert press(found, b"{}", token=found.token("noor")).status == 201
    assert not [stream for stream in store.asked if stream.split("/")[0] in ("session", "desk", "wallboard", "key")]
