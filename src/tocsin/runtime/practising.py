"""Whom drills and reach tests have asked for a number, and told: in memory only, announced by the process that sends.

Nothing here need survive: whoever sends announces it again when it meets a server that has started anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tocsin.core.round_commands import PracticeAnswer

NOBODY: set[str] = set()
NOTHING: Mapping[str, PracticeAnswer] = {}


class Asked(Struct, frozen=True, array_like=True):
    """One person about to be sent a message of a round."""

    member: str
    to: str
    number: str


class Practising:
    """All tables, of every organisation."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], dict[str, PracticeAnswer]] = {}
        self._told: dict[tuple[str, str], dict[str, set[str]]] = {}
        self._by_round: dict[str, list[tuple[str, str, str]]] = {}

    def asking(self, org: str, site: str, round: str, rows: Iterable[Asked], *, drill: bool) -> None:
        """From now on these numbers are awaited; at `site`, if it is a drill, these people count as told."""
        told = self._told.setdefault((org, site), {}).setdefault(round, set()) if drill else set()
        asked = self._by_round.setdefault(round, [])
        for row in rows:
            told.add(row.member)
            asked.append((org, row.to, row.number))
            self._numbers.setdefault((org, row.to), {})[row.number] = PracticeAnswer(round, row.member, row.number)

    def over(self, org: str, site: str, round: str) -> None:
        """The round is over: who is rung now is not told that this is no drill.  Its numbers are thanked for still."""
        self._told.get((org, site), {}).pop(round, None)

    def forget(self, round: str) -> None:
        """Nobody will send its numbers any more."""
        for org, to, number in self._by_round.pop(round, ()):
            theirs = self._numbers.get((org, to), {})
            if number in theirs and theirs[number].round == round:
                del theirs[number]
            if not theirs:
                self._numbers.pop((org, to), None)

    def clear(self) -> None:
        """Whoever sends has ended, and will say all of it again."""
        self._numbers.clear()
        self._told.clear()
        self._by_round.clear()

    def numbers_of(self, org: str, to: str) -> Mapping[str, PracticeAnswer]:
        return self._numbers.get((org, to), NOTHING)

    def told_at(self, org: str, site: str) -> set[str]:
        rounds = self._told.get((org, site))
        return set().union(*rounds.values()) if rounds else NOBODY
