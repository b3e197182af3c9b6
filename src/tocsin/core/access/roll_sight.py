"""A roll call as a reader gets it: the one module that hands one out.

Theory of operation
-------------------
Whoever may call one sees everybody who was asked.  That somebody *needs help* is read from their alert, and only from
one that this reader may know of, in the lives in which a screen on the wall would show it: the list is looked at over
shoulders, and printed.  So of a silent one, and of one of somebody of whom this reader is not to be told, there is no
trace, neither in the lines nor in the counts nor in their order, and one that looks closed after a PIN is over here.

Whoever was asked sees of it that they were, and what they have said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from tocsin.core.access.roll_record import RollCall, SaidBy, Word
from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Shadow
from tocsin.core.directory import Directory
from tocsin.core.screen_sight import shown_lives
from tocsin.core.shown_parts import who
from tocsin.core.sight import Reader, Standing, standing
from tocsin.core.views import Who, moment, moment_or_none
from tocsin.core.words import Reason

SEES = frozenset({Standing.WORKER, Standing.RUNG, Standing.OVERSEER})
FindAlert = Callable[[str], Alert | None]


class RollState(StrEnum):
    """Of one person, whom to look after first."""

    NEED_HELP = "need_help"
    NO_ANSWER = "no_answer"
    NOT_REACHED = "not_reached"
    SAFE = "safe"


class RollLine(Struct, frozen=True):
    """`at`, `by`: of what they said last that counts.  `helped_at`: when an alert of theirs was raised that is over by
    now.  `late`: said after it was closed.  `why`: why no message reaches them.  `alert`: the one that is open."""

    member: Who
    state: RollState
    at: str | None = None
    by: SaidBy | None = None
    late: bool = False
    helped_at: str | None = None
    why: Reason | None = None
    alert: str | None = None


class RollCounts(Struct, frozen=True):
    asked: int
    need_help: int
    no_answer: int
    not_reached: int
    safe: int


class RollBrief(Struct, frozen=True):
    """A roll call without its people.  `by`: null: nobody in particular; `closed_by`: null: time, or it runs."""

    id: str
    site: str
    by: Who | None
    why: str
    began_at: str
    closed_at: str | None
    closed_by: Who | None
    asked: int


class RollView(Struct, frozen=True):
    """All of it; `people`: those to look after first."""

    roll: RollBrief
    counts: RollCounts
    people: list[RollLine]
    server_now: str


class OwnRoll(Struct, frozen=True):
    """A roll call that asks this reader now."""

    id: str
    site: str
    began_at: str
    safe_at: str | None


def roll_brief(roll: RollCall, directory: Directory) -> RollBrief:
    """Only for whoever may call one."""
    return RollBrief(
        id=roll.id,
        site=roll.site,
        by=who(directory, roll.by) if roll.by else None,
        why=roll.why,
        began_at=moment(roll.began_ms),
        closed_at=moment_or_none(roll.closed_ms),
        closed_by=who(directory, roll.closed_by) if roll.closed_by else None,
        asked=len(roll.asked),
    )


def roll_view(
    roll: RollCall,
    said: Iterable[Word],
    unreached: Mapping[str, Reason],
    find: FindAlert,
    directory: Directory,
    reader: Reader,
    now_ms: int,
) -> RollView:
    """Only for whoever may call one.  `find`: an alert, open or closed."""
    theirs: dict[str, list[Word]] = {}
    lives: dict[str, list[tuple[str, Shadow]]] = {}
    for word in said:
        theirs.setdefault(word.member, []).append(word)
        if word.by is SaidBy.ALERT:
            own = word.member == reader.member  # Their phone knows it by the life alone.
            lives.setdefault(word.member, []).extend(
                (life.id if own else word.alert, life) for life in _lives(find(word.alert), directory, reader)[-1:]
            )
    lines = [
        _line(roll, who(directory, id), theirs.get(id, ()), lives.get(id, ()), unreached.get(id)) for id in roll.asked
    ]
    order = list(RollState)
    lines.sort(key=lambda line: (order.index(line.state), line.member.name.casefold(), line.member.id))
    counts = Counter(line.state for line in lines)
    return RollView(
        roll=roll_brief(roll, directory),
        counts=RollCounts(len(lines), *(counts[state] for state in RollState)),
        people=lines,
        server_now=moment(now_ms),
    )


def own_roll(roll: RollCall, said: Iterable[Word], member: str) -> OwnRoll | None:
    """None: it asks them nothing."""
    if not roll.running or member not in roll.asked:
        return None
    mine = (word.at_ms for word in said if word.member == member and word.by is not SaidBy.ALERT)
    return OwnRoll(roll.id, roll.site, moment(roll.began_ms), moment_or_none(next(mine, None)))


def _lives(alert: Alert | None, directory: Directory, reader: Reader) -> list[Shadow]:
    """What this list tells of an alert, in the lives in which a screen shows it; empty: nothing."""
    if alert is None or standing(alert, directory, reader) not in SEES:
        return []
    return list(shown_lives(alert))


def _line(
    roll: RollCall, name: Who, said: Sequence[Word], lives: Sequence[tuple[str, Shadow]], lost: Reason | None
) -> RollLine:
    """`lives`: of their alerts, by the alert, as far as they are shown; the newest of each."""
    safe = next((word for word in said if word.by is not SaidBy.ALERT), None)
    for alert, life in lives:
        if life.closed_ms is None:
            return RollLine(name, RollState.NEED_HELP, moment(life.raised_ms), SaidBy.ALERT, alert=alert)
    helped_at = moment(lives[-1][1].raised_ms) if lives else None
    if safe is not None:
        late = roll.closed_ms is not None and safe.at_ms > roll.closed_ms
        return RollLine(name, RollState.SAFE, moment(safe.at_ms), safe.by, late=late, helped_at=helped_at)
    state = RollState.NO_ANSWER if lost is None else RollState.NOT_REACHED
    return RollLine(name, state, helped_at=helped_at, why=lost)
