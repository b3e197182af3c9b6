"""What is shown of a walk, and to whom: told from the law, and held against the product at every step of every walk."""

from __future__ import annotations

from collections.abc import Iterator, Set

import msgspec
from msgspec.structs import replace

from tocsin.core.access.words import Via
from tocsin.core.alert import Alert
from tocsin.core.directory import Directory, Member
from tocsin.core.sight import Reader, shown_ids
from tocsin.core.walk import Walk
from tocsin.core.walk_sight import walk_view
from tocsin.core.words import Role
from tocsin.runtime.world import World
from tocsin.sim.centre import ORG, device

OVERSEES = frozenset({Role.SUPERVISOR, Role.COORDINATOR})
SOMEWHERE = (12.5, 8.25)  # Every position is said to be here: whoever may not see one must not be shown this.
EVERYBODY_S = frozenset(  # Whose they may be shown at all: who, how it stands, and until when.
    {"id", "state", "member", "started_at", "due_at", "raises_at", "ended_at", "minutes", "service_was_down"}
    | {"alert", "you", "server_now"}
)
ONLY_NEAR = frozenset({"destination", "way", "bay", "buddy"})
ONLY_OWN = frozenset({"places", "pin_needed", "extend_left_min"})


def shown(walk: Walk, directory: Directory, member: str, world: World, now_ms: int) -> bytes | None:
    """What this member's phone gets of it, in bytes."""
    fixes = {spot.fix: SOMEWHERE for spot in walk.places.values() if spot.fix is not None}
    alert = None if walk.alert is None else world.alert(ORG, walk.alert)
    view = walk_view(walk, directory, fixes, Reader(member, device(member), via=Via.DEVICE), now_ms, alert)
    return None if view is None else msgspec.json.encode(view)


def wrongly_shown(walk: Walk, world: World, now_ms: int) -> Iterator[str]:
    """As it stands at this moment."""
    directory = world.directory(ORG)
    for member in directory.members.values():
        seen = shown(walk, directory, member.id, world, now_ms)
        keys = set() if seen is None else set(msgspec.json.decode(seen))
        if member.id == walk.member:
            yield from _to_the_worker(walk, member, seen, world, now_ms)
        elif seen is not None and not _may_see(walk, member):
            yield f"{member.id} is shown the walk of {walk.member}"
        elif more := beyond(walk, member.id, keys):
            yield f"{member.id} is shown {sorted(more)} of the walk of {walk.member}"


def beyond(walk: Walk, member: str, keys: Set[str]) -> Set[str]:
    """What of a view by these names is more than this member may be shown of it."""
    theirs = EVERYBODY_S | ONLY_NEAR | ONLY_OWN if member == walk.member else EVERYBODY_S
    return keys - (theirs | ONLY_NEAR if member == walk.buddy else theirs)


def wrongly_known(alert: Alert, directory: Directory) -> Iterator[str]:
    """I11: of an alert that a duress PIN raised the worker's devices know nothing, until they press themselves."""
    if alert.unseen and not alert.shadows:
        known = shown_ids(alert, directory, Reader(alert.member, device(alert.member), via=Via.DEVICE))
        yield from (f"{alert.member} is shown {life} after the duress PIN" for life in known)


def _may_see(walk: Walk, member: Member) -> bool:
    if member.suspended or walk.member in member.not_told_about:
        return False
    return walk.buddy == member.id or bool(OVERSEES & set(member.roles))


def _to_the_worker(walk: Walk, member: Member, seen: bytes | None, world: World, now_ms: int) -> Iterator[str]:
    """I11: the very bytes that would be there, had the PIN been the real one."""
    if (seen is None) != member.suspended:
        yield f"{member.id} is shown {seen!r} of their own walk"
    if walk.under_duress:
        twin = replace(walk, under_duress=False, alert=walk.shown)
        if shown(twin, world.directory(ORG), member.id, world, now_ms) != seen:
            yield f"after the duress PIN {member.id} is shown {seen!r}"
