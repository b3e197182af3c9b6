"""Since when somebody has a say as the second of two people: nobody agrees with themself in another's coat.

Theory of operation
-------------------
Whoever runs the system can hire somebody, give them a role, open their invitation, and be that member.  So a say begins
when the role is given that brings it, or when its member is let in by a link, whichever was later, and both are told to
all supervisors.  It counts for what is asked from then on; and where two or three people need not wait, it counts after
SAY_COUNTS_AFTER_MS, in which somebody can ask who that is.  Refusing, objecting and calling for help need no age.

Whoever sets an organisation up brings everybody in, on one day.  So until it has been guarded (`proposing.py`) for as
long nothing is written down, and the say of those who were here by then has no beginning.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core.access.permissions import LINES, May
from tocsin.core.access.record import By, Guard, Say
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Problem
from tocsin.core.docket import Docket
from tocsin.core.limits import SAY_COUNTS_AFTER_MS
from tocsin.core.words import Role

SECONDS = (May.AGREE_TO_CHANGES, May.RECOVER_OTHERS, May.RESET_PINS, May.SUSPEND, May.KEEP_TIES)
BRING_A_SAY: frozenset[Role] = frozenset(role for may in SECONDS for role in LINES[may].reach)
TOO_LATE = Declined(problem=Problem.NOT_ALLOWED, because=Because.TOO_LATE_TO_AGREE)
TOO_NEW = Declined(problem=Problem.NOT_ALLOWED, because=Because.TOO_NEW_TO_AGREE)


def since_ms(docket: Docket, member: str) -> int:
    """When their say began; 0 of one without a beginning."""
    say = docket.kept(Say, member)
    return 0 if say is None else say.since_ms


def counts(docket: Docket, member: str) -> bool:
    """May they act at once with others, as one person more?"""
    began_ms = since_ms(docket, member)
    return began_ms == 0 or docket.now_ms >= began_ms + SAY_COUNTS_AFTER_MS


def too_new(docket: Docket, by: By) -> Declined | None:
    return None if counts(docket, by.member) else TOO_NEW


def begins(docket: Docket, members: Iterable[str]) -> None:
    """They were let in, or given a role that brings a say."""
    for member in members:
        docket.keep(Say(id=member, since_ms=docket.now_ms))


def let_in(docket: Docket, member: str) -> None:
    """By a link, which whoever made it may have opened."""
    if _set_up(docket):
        begins(docket, [member])


def follow(docket: Docket) -> None:
    """Members were changed in this decision: whoever got a role that brings a say has it from now on."""
    before = docket.world.directory(docket.org).members
    gained = [m.id for m in docket.members if _brings(m.roles) - _brings(before[m.id].roles if m.id in before else ())]
    if gained and _set_up(docket):
        begins(docket, dict.fromkeys(gained))


def _set_up(docket: Docket) -> bool:
    guards = docket.all_kept(Guard).values()
    return any(docket.now_ms >= guard.since_ms + SAY_COUNTS_AFTER_MS for guard in guards)


def _brings(roles: Iterable[Role]) -> frozenset[Role]:
    return BRING_A_SAY.intersection(roles)
