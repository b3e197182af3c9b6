"""Records of access in the store: they outlive a restart, ended ones leave memory, no two are written at once."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from rig import ORG, Rig, held_by

from tocsin import ports
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.commands import LookAt
from tocsin.core.access.record import Act, By, Kept, Passkey, RecoveryCodes, Session, id_of
from tocsin.core.access.words import Ended, Via
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket
from tocsin.core.limits import RECOVERY_CODES, SESSION_IDLE_MS, SESSION_SEEN_EVERY_MS
from tocsin.core.words import Role
from tocsin.runtime import ledger
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.passes import Passes
from tocsin.runtime.recall import load_world, world_of
from tocsin.runtime.world import World

PASSKEY = Passkey(id="fob", member="noor", public_key=b"key", sign_count=0, label="fob", made_ms=1)
TOKEN = "7" * 64
BY = By("noor", Via.SESSION, id_of(TOKEN))


def put(rig: Rig, *records: Kept) -> None:
    """They are kept, however they came about."""
    layer = World(rig.world)
    docket = Docket(layer, ORG, rig.clock.now_ms(), Dice(rig.chance.seed()))
    for record in records:
        docket.kept(type(record), record.id)
        docket.keep(record)
    change = ledger.change(docket, layer)
    assert change is not None and isinstance(rig.store.append([change])[0], ports.Stored)
    layer.absorb(docket)
    layer.merge_down()


def entering(count: int = 0, token: str = TOKEN) -> s.SignInByPasskey:
    return s.SignInByPasskey(org=ORG, passkey="fob", sign_count=count, token_hash=token)


async def entered(rig: Rig) -> Session:
    put(rig, PASSKEY)
    assert await rig.bell.submit(entering()) == Done()
    return session(rig)


def session(rig: Rig) -> Session:
    found = rig.world.kept(ORG, Session, BY.credential)
    assert found is not None
    return found


async def test_what_is_open_outlives_a_restart_with_its_wake_up(rig: Rig) -> None:
    before = await entered(rig)
    rig.crash()
    assert session(rig) == before
    assert rig.world.all_kept(ORG, Passkey)["fob"].used_ms == before.began_ms
    assert await rig.bell.submit(s.ProveAgain(org=ORG, by=BY, passkey="fob")) == Done()
    await rig.settle(SESSION_IDLE_MS[Role.WORKER] / 1000 + 1)
    assert session(rig).ended is Ended.IDLE


async def test_what_fell_due_while_nobody_ran_falls_due_at_once(rig: Rig) -> None:
    await entered(rig)
    await rig.settle()
    rig.bell.wakes.stop()
    await rig.settle(SESSION_IDLE_MS[Role.WORKER] / 1000 + 60)
    assert session(rig).open
    rig.crash()
    await rig.settle(1)
    assert session(rig).ended is Ended.IDLE


async def test_what_has_ended_is_out_of_memory_and_found_in_the_store_by_its_id(rig: Rig) -> None:
    await entered(rig)
    assert await rig.bell.submit(s.SignOut(org=ORG, by=BY)) == Done()
    assert rig.world.all_kept(ORG, Session) == {}
    assert rig.world._kept[ORG, Session] == {}
    assert session(rig).ended is Ended.SIGNED_OUT
    rig.crash()
    assert session(rig).ended is Ended.SIGNED_OUT
    assert rig.world.all_kept(ORG, Session) == {}


async def test_a_token_that_was_never_issued_finds_nothing_and_leaves_nothing_behind(rig: Rig) -> None:
    passes, before = Passes(rig.bell), dict(rig.world.versions)
    for number in range(50):
        assert passes.of(f"tocsin_{number}") is None
    assert rig.world.versions == before


async def test_asking_for_what_has_ended_again_and_again_does_not_grow_memory(rig: Rig) -> None:
    await entered(rig)
    await rig.bell.submit(s.SignOut(org=ORG, by=BY))
    for _ in range(5):
        session(rig)
    assert sum(stream.startswith("session/") for _, stream in rig.world.versions) <= 1


async def test_the_trail_is_in_the_store_and_never_in_memory(rig: Rig) -> None:
    await entered(rig)
    assert rig.world.all_kept(ORG, Act) == {}
    rows = [ledger.read_kept(Act, row) for row in rig.store.snapshots(ORG, "act")]
    assert [act.what for act in rows] == ["file_applied_whole", "signed_in"]
    assert not any(stream.startswith("act/") for _, stream in rig.world.versions)


async def test_a_record_that_ended_and_begins_again_goes_on_counting_its_versions(rig: Rig) -> None:
    await entered(rig)
    for batch in ("a", "b"):
        hashes = tuple(f"{batch}{number}" for number in range(RECOVERY_CODES))
        assert await rig.bell.submit(s.SetCodes(org=ORG, by=BY, hashes=hashes)) == Done()
        for number, matched in enumerate(hashes):
            token = f"{batch}{number}".ljust(64, "0")
            assert (
                await rig.bell.submit(s.SignInByCode(org=ORG, member="noor", matched=matched, token_hash=token))
                == Done()
            )
        assert rig.world.all_kept(ORG, RecoveryCodes) == {}
    versions = [fact.version for fact in rig.store.stream(ORG, "recoverycodes/noor")]
    assert versions == list(range(1, 2 * (RECOVERY_CODES + 1) + 1))


async def test_two_of_one_batch_see_each_other(held: Rig) -> None:
    put(held, PASSKEY)
    both = [asyncio.ensure_future(held.bell.submit(entering(3, digit * 64))) for digit in "78"]
    await held.settle()
    held_by(held).release()
    replies = [await one for one in both]
    assert Done() in replies and Declined(problem=Problem.PASSKEY_COPIED) in replies
    begun = held.world.kept(ORG, Session, "78"[replies.index(Done())] * 32)
    assert begun is not None
    assert begun.ended is Ended.REVOKED, "what the first began, the second ended in the same commit"
    assert held.world.all_kept(ORG, Session) == {} == held.world.all_kept(ORG, Passkey)


async def test_what_the_disk_refused_was_never_true(rig: Rig) -> None:
    put(rig, PASSKEY)
    rig.store.mood = ports.StoreFull()
    with pytest.raises(Unavailable):
        await rig.bell.submit(entering(1))
    rig.store.mood = None
    assert rig.world.kept(ORG, Session, BY.credential) is None
    assert rig.world.all_kept(ORG, Passkey)["fob"].sign_count == 0
    assert await rig.bell.submit(entering(1)) == Done()


async def test_whoever_wrote_a_record_behind_our_back_wins_and_we_read_it_anew(rig: Rig) -> None:
    await entered(rig)
    twin = world_of(rig.store, {})
    load_world(rig.store, twin)
    layer = World(twin)
    docket = Docket(layer, ORG, rig.clock.now_ms(), Dice(bytes(32)))
    docket.keep(replace(PASSKEY, sign_count=40))
    change = ledger.change(docket, layer)
    assert change is not None and isinstance(rig.store.append([change])[0], ports.Stored)
    with pytest.raises(Unavailable):
        await rig.bell.submit(entering(5, "8" * 64))
    assert rig.world.all_kept(ORG, Passkey)["fob"].sign_count == 40
    assert "store_conflict" in rig.pages
    assert await rig.bell.submit(entering(41, "8" * 64)) == Done()


async def test_a_wake_up_for_what_nobody_knows_is_taken_away(rig: Rig) -> None:
    for kind in ("session", "passkey"):
        assert await rig.bell.submit(LookAt(org=ORG, kind=kind, id="never")) == Done()
    assert rig.store.wakes(ORG) == []


async def test_time_that_a_full_disk_refused_comes_again(rig: Rig) -> None:
    await entered(rig)
    rig.store.mood = ports.StoreFull()
    await rig.settle(SESSION_IDLE_MS[Role.WORKER] / 1000 + 1)
    assert session(rig).open
    rig.store.mood = None
    await rig.settle(5)
    assert session(rig).ended is Ended.IDLE


async def test_a_record_is_seen_through_layers_as_the_uppermost_has_it(rig: Rig) -> None:
    await entered(rig)
    middle = World(rig.world)
    upper = World(middle)
    middle.know(ORG, replace(PASSKEY, label="middle"))
    upper.know(ORG, replace(PASSKEY, id="other"))
    assert {id: key.label for id, key in upper.all_kept(ORG, Passkey).items()} == {"fob": "middle", "other": "fob"}
    upper.know(ORG, replace(PASSKEY, ended=Ended.REVOKED))
    assert set(upper.all_kept(ORG, Passkey)) == {"other"}
    found = upper.kept(ORG, Passkey, "fob")
    assert found is not None and not found.open
    assert set(middle.all_kept(ORG, Passkey)) == {"fob"}


async def test_a_node_at_rest_keeps_what_it_is_told_and_rings_no_wake_up(rig: Rig) -> None:
    await entered(rig)
    rig.crash()
    rig.bell.wakes.stop()
    rig.bell.rest()
    await rig.settle(SESSION_SEEN_EVERY_MS / 1000)
    assert await rig.bell.submit(s.SeeSession(org=ORG, by=BY)) == Done()
    assert session(rig).seen_ms == rig.clock.now_ms()
    assert len(rig.bell.wakes) == 0
