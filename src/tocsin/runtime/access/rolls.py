"""Roll calls read from a running node, as `core/access/roll_sight.py` hands them out: for pages and the API alike."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.access.permissions import May, Reach
from tocsin.core.access.roll_calls import running_at, words_of
from tocsin.core.access.roll_reach import unreached_of
from tocsin.core.access.roll_record import RollCall, RollSaid, RollUnreached, Word
from tocsin.core.access.roll_sight import OwnRoll, RollBrief, RollView, own_roll, roll_brief, roll_view
from tocsin.core.directory import Directory
from tocsin.runtime.access.reading import NotAllowed
from tocsin.runtime.node import HasWorld
from tocsin.runtime.passes import Pass, reach_of_pass


class Rolls:
    """On one node."""

    def __init__(self, node: HasWorld) -> None:
        self._node = node

    def may(self, who: Pass) -> bool:
        """May they call one, and see who has answered?"""
        return self._may(who, May.CALL_ROLL)

    def all(self, who: Pass) -> list[RollBrief]:
        """Those that run and the newest that are closed, the newest first.  Raises NotAllowed."""
        self._must(who, May.CALL_ROLL)
        known = sorted(self._known(who), key=lambda roll: (roll.began_ms, roll.id), reverse=True)
        return [roll_brief(roll, self._directory(who)) for roll in known]

    def find(self, who: Pass, id: str) -> RollView | None:
        """One of them, however old; None: there is none.  Raises NotAllowed."""
        self._must(who, May.CALL_ROLL)
        world = self._node.world
        roll = world.kept(who.org, RollCall, id)
        if roll is None:
            return None
        directory, lines = self._directory(who), world.all_kept(who.org, RollUnreached).values()
        return roll_view(
            roll,
            self._said(who, roll),
            unreached_of(roll, lines, directory, world.channels),
            lambda alert: world.alert(who.org, alert),
            directory,
            who.reader,
            self._node.clock.now_ms(),
        )

    def running_at(self, who: Pass, site: str) -> str | None:
        """The id of the one that runs there."""
        running = running_at(self._known(who), site)
        return None if running is None else running.id

    def asking(self, who: Pass) -> list[OwnRoll]:
        """Those that ask this very person now.  Raises NotAllowed."""
        self._must(who, May.ANSWER_ROLL)
        member = who.reader.member
        found = (own_roll(roll, self._said(who, roll), member) for roll in self._known(who) if member in roll.asked)
        return [own for own in found if own is not None]

    def of_page(self, who: Pass) -> list[OwnRoll]:
        """The same for a greeting, which is for screens and programs as well: none asks them anything."""
        return self.asking(who) if self._may(who, May.ANSWER_ROLL) else []

    def _known(self, who: Pass) -> Sequence[RollCall]:
        return list(self._node.world.all_kept(who.org, RollCall).values())

    def _said(self, who: Pass, roll: RollCall) -> tuple[Word, ...]:
        return words_of(roll, self._node.world.all_kept(who.org, RollSaid).values())

    def _must(self, who: Pass, may: May) -> None:
        if not self._may(who, may):
            raise NotAllowed

    def _may(self, who: Pass, may: May) -> bool:
        return reach_of_pass(self._node, who, may) is not Reach.NONE

    def _directory(self, who: Pass) -> Directory:
        return self._node.world.directory(who.org)
