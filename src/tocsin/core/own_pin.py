"""The worker's PIN for an alert, wherever it is typed: the duress PIN is a call for help, and none of those is refused.

Theory of operation
-------------------
A PIN closes what the worker's device shows (`closing.safe`), and that only for an alert of theirs, by a phone or
session that is alive.  Everything else is declined in one way, whichever PIN it was: an alert that the server does not
know (its store came back from an older backup), somebody else's, and all that is typed where one may only call for
help.  It is heard first (`heard_anyhow`).
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tocsin.core.access import pins
from tocsin.core.access.permit import why_over
from tocsin.core.closing import hear_wrong_pin
from tocsin.core.closing import safe as closing_by_pin
from tocsin.core.commands import Declined, PinMatch, Problem, Reply, Safe
from tocsin.core.docket import Docket, Draft
from tocsin.core.refusals import NO_SUCH_ALERT, RAISE_ONLY
from tocsin.core.walk_duress import call_for_help
from tocsin.core.walk_known import OWN_DANGER
from tocsin.core.words import Came

NOT_YOURS = Declined(problem=Problem.NOT_YOURS)


def safe(docket: Docket, command: Safe) -> Reply:
    """What was typed for this alert, if it may count for it; the reply tells no PIN from another."""
    draft, ended = docket.find(command.alert), _ended(docket, command)
    problem = RAISE_ONLY if ended else _unfit(draft, command)
    if problem is not None:
        came = Came.REVOKED if ended else Came.DEVICE
        heard_anyhow(
            docket,
            command.member,
            command.device,
            command.match,
            lambda: call_for_help(docket, command.member, command.device, came=came),
        )
        return problem
    assert draft is not None
    if draft.alert.drill and command.match is PinMatch.DURESS:
        return _out_of_a_drill(draft, command)
    was_open = draft.alert.open
    reply = closing_by_pin(draft, command)
    if not was_open and command.match is PinMatch.DURESS:
        call_for_help(docket, command.member, command.device)
    return reply


def _out_of_a_drill(draft: Draft, command: Safe) -> Reply:
    """Nobody comes to a drill: it goes as by the real PIN, and help is called for besides."""
    reply = closing_by_pin(draft, replace(command, match=PinMatch.REAL))
    call_for_help(draft.docket, command.member, command.device)
    return reply


def _ended(docket: Docket, command: Safe) -> bool:
    """May it only call for help?  Asked again: what it was worth when it came is as old as a slow hash."""
    return command.raise_only or why_over(docket, command.device) is not None


def _unfit(draft: Draft | None, command: Safe) -> Declined | None:
    if draft is None:
        return NO_SUCH_ALERT
    return None if draft.alert.member == command.member else NOT_YOURS


def heard_anyhow(docket: Docket, member: str, device: str | None, match: PinMatch, calls: Callable[[], object]) -> None:
    """Where every PIN is answered alike: the duress PIN `calls`, a wrong one is told, and none is counted."""
    typed = pins.typed(docket, member, match)
    if typed.calls:
        calls()
    elif typed.shows is PinMatch.WRONG:
        tell_responders(docket, member, device)


def tell_responders(docket: Docket, member: str, device: str | None, *, shuts: bool = False) -> None:
    """Of a wrong PIN, at whatever alert of theirs is open."""
    theirs = docket.open_drafts(lambda alert: not alert.drill and alert.kind in OWN_DANGER, f"member/{member}")
    for alert in theirs:
        hear_wrong_pin(alert, device or "", shuts=shuts)
