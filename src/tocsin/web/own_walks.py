"""The walks on one's own page: one's own, and those whose buddy one is.  What is done is done on the phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import UNSET, Struct

from tocsin.core.walk_sight import WalkView
from tocsin.core.words import Destination, WalkState
from tocsin.runtime.walks_seen import WalksSeen
from tocsin.web.frame import Visit
from tocsin.web.speaking import words

WHITHER: Mapping[Destination, str] = {
    Destination.CAR: words("To the car"),
    Destination.TRANSIT: words("To the bus or train"),
    Destination.HOME: words("Home"),
}
STATES: Mapping[WalkState, tuple[str, str, str]] = {  # How it is marked, its icon, its word.
    WalkState.OUT: ("coming", "walk", words("On the way")),
    WalkState.REMINDED: ("coming", "message", words("Reminded")),
    WalkState.DUE: ("unknown", "unknown", words("Asked if they are there")),
    WalkState.OVERDUE: ("unknown", "unknown", words("No answer")),
    WalkState.RAISED: ("unknown", "bell", words("An alert was raised")),
}


class WalkLine(Struct, frozen=True):
    """`of`: whose it is; empty: one's own.  `where`: as far as it was said."""

    of: str
    where: list[str]
    state: str
    icon: str
    word: str
    due_ms: int
    raises_ms: int
    buddy: str


def own_walks(visit: Visit) -> Iterator[WalkLine]:
    """Those under way that are the reader's, or whose buddy the reader is, the first to end first."""
    me = visit.member.id
    for walk in WalksSeen(visit.house).under_way(visit.signed_in):
        buddy = "" if walk.buddy is UNSET or walk.buddy is None else walk.buddy.id
        if me in (walk.member.id, buddy):
            yield _line(visit, walk, own=walk.member.id == me)


def _line(visit: Visit, walk: WalkView, *, own: bool) -> WalkLine:
    state, icon, word = STATES[walk.state]
    said = (_whither(visit, walk), walk.bay, walk.way)
    buddy = walk.buddy.name if own and walk.buddy is not UNSET and walk.buddy is not None else ""
    return WalkLine(
        of="" if own else walk.member.name,
        where=[part for part in said if part is not UNSET and part],
        state=state,
        icon=icon,
        word=visit._(word),
        due_ms=_ms(walk.due_at),
        raises_ms=_ms(walk.raises_at),
        buddy=buddy,
    )


def _whither(visit: Visit, walk: WalkView) -> str:
    return "" if walk.destination is UNSET else visit._(WHITHER[walk.destination])


def _ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1_000)
