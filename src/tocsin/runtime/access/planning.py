"""Previews of plans, for whoever may read plans.

A preview puts thousands of messages on paper, which takes longer than a press may wait: they are thought apart from
the loop (`runtime/thinking.py`), however many people look at theirs.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.core.access.plan_sight import known_to, with_plan, with_somebody
from tocsin.core.directory import Directory, Plan
from tocsin.core.preview import Imagined, Preview, preview
from tocsin.core.shadow import SOMEBODY
from tocsin.runtime.access.reading import NotAllowed, Records
from tocsin.runtime.node import HasWorld
from tocsin.runtime.passes import Pass
from tocsin.runtime.thinking import thought


class Previewed(Struct, frozen=True):
    """`directory`: the people that the preview speaks of, among them whoever is in danger."""

    preview: Preview
    directory: Directory


class Planning:
    def __init__(self, node: HasWorld, records: Records) -> None:
        self._node, self._records = node, records

    async def preview(self, who: Pass, imagined: Imagined, draft: Plan | None = None) -> Previewed:
        """What a press would do, as far as this reader may know.  Raises NotAllowed.

        An empty `imagined.member` is somebody who is nobody in particular.  `draft`: as if this plan were in force.
        """
        if not self._records.may(who, May.READ_PLANS):
            raise NotAllowed
        directory = self._records.directory(who)
        if draft is not None:
            directory = with_plan(directory, draft)
        if imagined.member:
            directory = known_to(directory, who.reader.member, imagined.member)
        else:
            directory, id = with_somebody(directory, _somebody(directory))
            imagined = replace(imagined, member=id)
        routes = self._node.world.routes
        told = await thought(preview, directory, routes, imagined)
        return Previewed(told, directory)


def _somebody(directory: Directory) -> str:
    return SOMEBODY.get(directory.languages[0], SOMEBODY["en"])
