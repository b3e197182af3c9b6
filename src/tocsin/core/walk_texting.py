"""WALK, EXTEND and HOME by SMS: what each asks of a walk, and the words in which it is answered.

A PIN is never taken by SMS: where one is needed the text is declined, and the timer runs.  *Home* with no walk under
way, while an alert is open before the worker's eyes, is a note on that alert.  Whoever is suspended learns no more than
that it was received.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.core import walking
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.commands import Declined, Problem, Reply, TextIn
from tocsin.core.composer import ReplyKind, reply_text
from tocsin.core.directory import Member
from tocsin.core.docket import Docket
from tocsin.core.gsm7 import fit, latin, septets
from tocsin.core.limits import EXTEND_TEXT_MIN, GSM7_SEGMENT, MINUTE_MS, WALK_TEXT_MIN
from tocsin.core.place import labels, of_site
from tocsin.core.reading import WalkCommand, WalkWord, names_a_walk
from tocsin.core.roster import site_of
from tocsin.core.scripts import phrase
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import ExtendWalk, HomeWalk, StartWalk, WalkTaken
from tocsin.core.words import Destination

SAID: Mapping[Problem, ReplyKind] = {
    Problem.BAD_WALK_TIME: ReplyKind.WALK_TIME,
    Problem.WALK_OPEN_ALREADY: ReplyKind.WALK_ALREADY,
    Problem.NO_SUCH_WALK: ReplyKind.WALK_NONE,
    Problem.EXTENDED_ENOUGH: ReplyKind.WALK_ENOUGH,
    Problem.PIN_NEEDED: ReplyKind.WALK_BY_SMS,
}
NONE_OPEN = Declined(problem=Problem.NO_SUCH_WALK)


def places_for(docket: Docket, member: str, text: str) -> Mapping[str, str]:
    """What the site where they are calls its places, for a text that may name one."""
    if not names_a_walk(text):
        return {}
    return labels(of_site(docket.directory.places, site_of(docket.directory, member, docket.now_ms)))


def is_late_home(docket: Docket, member: str, asked: WalkCommand) -> bool:
    """*Home*, and there is no walk any more that could end with it."""
    return asked.word is WalkWord.HOME and docket.walk_of(member) is None


def walk_by_text(docket: Docket, member: Member, command: TextIn, asked: WalkCommand, credential: str) -> str:
    """Do it, and say what became of it."""
    reply = _ASK[asked.word](docket, member, command, asked, credential)
    if member.suspended:
        return reply_text(ReplyKind.RECEIVED, member.language)
    if isinstance(reply, Declined):
        return reply_text(SAID.get(reply.problem, ReplyKind.HELP), member.language)
    assert isinstance(reply, WalkTaken)
    draft = docket.walk(reply.walk)
    assert draft is not None
    if asked.word is WalkWord.HOME:
        return reply_text(ReplyKind.TOOK_ROUND, member.language)
    return _under_way(draft.walk, member, docket.now_ms)


def _under_way(walk: Walk, member: Member, now_ms: int) -> str:
    """How long, and where to.  On a phone that somebody else may read, not where."""
    minutes = max(-((now_ms - walk.due_ms) // MINUTE_MS), 1)
    key = "walk_on_page" if member.watch_window else "walk_on"
    frame = latin(phrase(member.language, key).replace("{n}", str(minutes)))
    where = latin(", ".join(filter(None, (walk.bay, walk.way))))
    room = GSM7_SEGMENT - septets(frame.replace("{place}", ""))
    return frame.replace("{place}", fit(f", {where}", room) if where else "")


def _start(docket: Docket, member: Member, command: TextIn, asked: WalkCommand, credential: str) -> Reply:
    return walking.start(
        docket,
        StartWalk(
            org=command.org,
            by=By(member.id, Via.SYSTEM, credential),
            credential=credential,
            key=command.message,
            member=member.id,
            destination=Destination(asked.to or Destination.CAR),
            minutes=WALK_TEXT_MIN if asked.minutes is None else asked.minutes,
            way=asked.way,
            bay=asked.place,
            site=site_of(docket.directory, member.id, docket.now_ms),
        ),
    )


def _extend(docket: Docket, member: Member, command: TextIn, asked: WalkCommand, credential: str) -> Reply:
    draft = docket.walk_of(member.id)
    if draft is None:
        return NONE_OPEN
    minutes = EXTEND_TEXT_MIN if asked.minutes is None else asked.minutes
    return walking.extend(docket, ExtendWalk(org=command.org, walk=draft.walk.id, member=member.id, minutes=minutes))


def _home(docket: Docket, member: Member, command: TextIn, asked: WalkCommand, credential: str) -> Reply:
    draft = docket.walk_of(member.id)
    if draft is None:
        return NONE_OPEN
    return walking.home(docket, HomeWalk(org=command.org, walk=draft.walk.id, member=member.id))


_ASK: Mapping[WalkWord, Callable[[Docket, Member, TextIn, WalkCommand, str], Reply]] = {
    WalkWord.START: _start,
    WalkWord.EXTEND: _extend,
    WalkWord.HOME: _home,
}
