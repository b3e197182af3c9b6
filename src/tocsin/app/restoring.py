"""After a restore, before the first start: what an old backup must not bring back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tocsin.app.node import build, store_file
from tocsin.core.access.commands import Restore
from tocsin.ports import StoreError
from tocsin.runtime.restoring import cut_off_since, nothing_known
from tocsin.settings import Settings
from tocsin.store.beside import beside


async def cut_off(settings: Settings, replaced: Path | None) -> dict[str, Any]:
    """Of a store that was just restored: end what lets somebody in, and replay what `replaced` still tells of cuts."""
    node = build(settings, inline=True)
    try:
        orgs = list(node.bell.world.directories)
        if not orgs:
            return {"replayed": False, "suspended": []}
        return await node.office.restored(_known_of(replaced, orgs[0]))
    finally:
        await node.stop()


def _known_of(replaced: Path | None, org: str) -> Restore:
    if replaced is None:
        return nothing_known(org)
    try:
        with beside(str(store_file(replaced))) as store:
            return cut_off_since(store, org) if org in store.organisations() else nothing_known(org)
    except (StoreError, msgspec.DecodeError):
        return nothing_known(org)
