"""Whom a roll call does not reach: what its own messages came to, and what is known of people's numbers.

Theory of operation
-------------------
Of each member the newest message counts: whoever was reached two minutes ago and is not now may have a phone that was
switched off, or taken, and whoever watches has to know.  Until the first message has said anything, and where a number
has turned bad since (an opt-out, a suspension), what is known of the member says it.

A closed roll call is a report: it keeps what was so when it closed, whatever becomes of anybody's number later.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tocsin.core.access.roll_record import RollCall, RollUnreached, roll_of
from tocsin.core.commands import Done
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.round import Target
from tocsin.core.round_commands import HearRoll, RollHeard
from tocsin.core.round_message import contact_of
from tocsin.core.words import Channel, Reason

DONE = Done()


def hear_roll(docket: Docket, command: HearRoll) -> Done:
    """News of messages.  Those of an older wave are no news: the next one has asked the same people since."""
    roll = docket.kept(RollCall, roll_of(command.round))
    if roll is not None and roll.running and roll.round == command.round:
        for heard in command.heard:
            _heard(docket, roll, heard)
    return DONE


def _heard(docket: Docket, roll: RollCall, heard: RollHeard) -> None:
    id = f"{roll.id}/{heard.member}"
    known = docket.kept(RollUnreached, id)
    if heard.reason is None:
        if known is not None and known.open:
            docket.keep(replace(known, over=True))
    elif known is None or not known.open or known.reason is not heard.reason:
        docket.keep(RollUnreached(id=id, roll=roll.id, member=heard.member, reason=heard.reason))


def unreached_now(
    roll: RollCall, lines: Iterable[RollUnreached], directory: Directory, channels: frozenset[Channel]
) -> dict[str, Reason]:
    """Whom one that runs does not reach, and why.  `lines`: of any roll calls."""
    found = {id: contact_of(directory, Target(id), channels) for id in roll.asked}
    known = {id: why for id, why in found.items() if isinstance(why, Reason)}
    return known | {line.member: line.reason for line in lines if line.roll == roll.id}


def unreached_of(
    roll: RollCall, lines: Iterable[RollUnreached], directory: Directory, channels: frozenset[Channel]
) -> dict[str, Reason]:
    """The same of any roll call; of a closed one as it was then."""
    return unreached_now(roll, lines, directory, channels) if roll.running else dict(roll.unreached)
