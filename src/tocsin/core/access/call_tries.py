"""Wrong call codes, counted in the record: a restart forgives nobody who guesses.

Each counts for CODE_MISSES_WINDOW_MS; CODE_MISSES_HOUR_MAX that count shut the reading for this member, on whatever
call.  The key for help works all the same.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.record import CodeTries
from tocsin.core.commands import CodeMissed, Done
from tocsin.core.docket import Docket
from tocsin.core.limits import CODE_MISSES_HOUR_MAX, CODE_MISSES_WINDOW_MS


def code_missed(docket: Docket, command: CodeMissed) -> Done:
    """One more; it is forgotten in time."""
    tries = docket.kept(CodeTries, command.member) or CodeTries(id=command.member)
    at_ms = (*_counting(tries, docket.now_ms), docket.now_ms)[-CODE_MISSES_HOUR_MAX:]
    _keep(docket, replace(tries, at_ms=at_ms))
    return Done()


def guessed_at(tries: CodeTries | None, now_ms: int) -> bool:
    """Were so many wrong codes tried of late that somebody guesses?"""
    return tries is not None and len(_counting(tries, now_ms)) >= CODE_MISSES_HOUR_MAX


def forget(docket: Docket, id: str) -> None:
    """Some of them may count no more."""
    tries = docket.all_kept(CodeTries).get(id)
    if tries is not None:
        _keep(docket, replace(tries, at_ms=_counting(tries, docket.now_ms)))


def _keep(docket: Docket, tries: CodeTries) -> None:
    docket.keep(tries)
    docket.wakes[f"codetries/{tries.id}"] = tries.at_ms[0] + CODE_MISSES_WINDOW_MS if tries.at_ms else None


def _counting(tries: CodeTries, now_ms: int) -> tuple[int, ...]:
    return tuple(at_ms for at_ms in tries.at_ms if at_ms > now_ms - CODE_MISSES_WINDOW_MS)
