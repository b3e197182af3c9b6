"""Ways in of every kind, written into a store before its server starts: what a measurement takes away again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tocsin.core.access.record import OPERATOR, Desk, Kept, Key, Link, Session, Wallboard, id_of
from tocsin.core.access.words import KeyScope, LinkKind, SignedIn, Via
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket
from tocsin.core.words import Role
from tocsin.identity.token import new_token, token_hash
from tocsin.runtime import ledger
from tocsin.runtime.recall import load_world, world_of
from tocsin.runtime.system import SystemClocks, SystemEntropy
from tocsin.runtime.world import World
from tocsin.store.sqlite import SqliteStore

DAY_MS = 86_400_000
NO_ROLES: Mapping[str, tuple[Role, ...]] = {}


def new_tokens(count: int) -> list[str]:
    return [new_token(SystemEntropy().seed())[0] for _ in range(count)]


def write(data: Path, records: Iterable[Kept], roles: Mapping[str, tuple[Role, ...]] = NO_ROLES) -> None:
    """Into the store of a data directory on which no server runs.  `roles`: of members, by their id."""

    def decide(docket: Docket) -> None:
        for record in records:
            docket.keep(record)
        for member, theirs in roles.items():
            docket.change_member(member, roles=theirs)

    decided(data, decide)


def decided(data: Path, decide: Callable[[Docket], None]) -> None:
    """The same for anything that a decision can write."""
    store = SqliteStore(str(data / "tocsin.db"))
    try:
        world = world_of(store, {})
        load_world(store, world)
        layer = World(world)
        docket = Docket(layer, next(iter(world.directories)), now_ms(), Dice(SystemEntropy().seed()))
        decide(docket)
        change = ledger.change(docket, layer)
        assert change is not None
        store.append([change])
    finally:
        store.close()


def now_ms() -> int:
    return SystemClocks().wall_ns() // 1_000_000


def session(token: str, member: str) -> Session:
    hashed, at_ms = token_hash(token), now_ms()
    return Session(
        id=id_of(hashed),
        token_hash=hashed,
        member=member,
        how=SignedIn.PASSKEY,
        began_ms=at_ms,
        ends_ms=at_ms + DAY_MS,
        idle_ms=DAY_MS,
        seen_ms=at_ms,
        fresh_ms=at_ms,
    )


def desk(token: str, member: str) -> Desk:
    hashed = token_hash(token)
    return Desk(
        id=id_of(hashed), token_hash=hashed, site="centre", place="", label="desk", seat=member, made_ms=now_ms()
    )


def wallboard(token: str, member: str) -> Wallboard:
    hashed = token_hash(token)
    return Wallboard(id=id_of(hashed), token_hash=hashed, site="centre", label="hall", made_ms=now_ms())


def key(token: str, member: str) -> Key:
    hashed, at_ms = token_hash(token), now_ms()
    scopes = (KeyScope.ALERTS,)
    return Key(
        id=id_of(hashed), token_hash=hashed, scopes=scopes, label="k", by=member, made_ms=at_ms, ends_ms=at_ms + DAY_MS
    )


def link(token: str, member: str) -> Link:
    hashed, at_ms = token_hash(token), now_ms()
    return Link(
        id=id_of(hashed),
        token_hash=hashed,
        kind=LinkKind.ENROLMENT,
        made_ms=at_ms,
        ends_ms=at_ms + DAY_MS,
        by=OPERATOR,
        member=member,
    )


MAKE: Mapping[Via, Callable[[str, str], Kept]] = {
    Via.SESSION: session,
    Via.DESK: desk,
    Via.WALLBOARD: wallboard,
    Via.KEY: key,
    Via.LINK: link,
}
