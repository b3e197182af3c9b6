"""Rounds as the record knows them: that one began, by whom and why, what it came to, and what it taught of contacts.

The sending is another process's; here is only what must outlive it.  A round of a drill is declined while a loud real
alert is open at its site, like any other drill; one of a roll call never is, which is asked for because of such alerts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from tocsin.core.access import roll_calls
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.delivery import FOR_EVER
from tocsin.core.directory import Contact, Member
from tocsin.core.docket import Docket
from tocsin.core.raising import REAL_ALERT_OPEN, drill_must_wait
from tocsin.core.round import RoundKind
from tocsin.core.round_commands import BeginRound, ContactHeard, EndRound, HearContacts, PracticeAnswer
from tocsin.core.round_record import RoundRecord
from tocsin.core.words import Reason

DONE = Done()
NO_SUCH_ROUND = Declined(problem=Problem.NO_SUCH_ROUND)
LOST = "lost"  # How a round ended of which nobody knows any more.
REMEMBERED = "practice"


def begin_round(docket: Docket, command: BeginRound) -> Reply:
    """Nobody has been told yet; whoever sends begins when this is durable."""
    if command.kind == RoundKind.ROLL_CALL:
        if not roll_calls.begin_wave(docket, command.round):
            return NO_SUCH_ROUND
    elif _in_the_way(docket, command):
        return REAL_ALERT_OPEN
    docket.rounds.append(
        RoundRecord(
            id=command.round,
            kind=command.kind,
            site=command.site,
            by=command.by,
            why=command.why,
            recipients=command.recipients,
            began_ms=docket.now_ms,
        )
    )
    return DONE


def _in_the_way(docket: Docket, command: BeginRound) -> bool:
    sites = (command.site,) if command.site else tuple(docket.directory.sites)
    return any(drill_must_wait(docket, site) for site in sites)


def end_round(docket: Docket, command: EndRound) -> Reply:
    """What it came to; said once."""
    known = docket.world.round(command.org, command.round)
    if known is None:
        return NO_SUCH_ROUND
    if known.open:
        counts = {name: getattr(command, name) for name in RoundRecord.COUNTS}
        docket.rounds.append(replace(known, how=command.how, over_ms=docket.now_ms, **counts))
        if (known.kind, command.how) == (RoundKind.ROLL_CALL, LOST):
            roll_calls.wave_lost(docket, known.id)
    return DONE


def hear_contacts(docket: Docket, command: HearContacts) -> Reply:
    """One fact for each member of whom something was learned."""
    theirs: dict[str, list[ContactHeard]] = {}
    for heard in command.heard:
        theirs.setdefault(heard.member, []).append(heard)
    known = docket.directory.members
    after = [_after(known[id], news) for id, news in theirs.items() if id in known]
    changed = [member for member in after if member != known[member.id]]
    if changed:
        docket.set_members(changed)
    return DONE


def _after(member: Member, news: Iterable[ContactHeard]) -> Member:
    contacts = {contact.id: contact for contact in member.contacts}
    for heard in news:
        known = contacts.get(heard.contact)
        if known is not None and heard.to in ("", known.to):
            contacts[known.id] = _contact(known, heard)
    return replace(member, contacts=tuple(contacts.values()))


def _contact(contact: Contact, heard: ContactHeard) -> Contact:
    changes: dict[str, Any] = {}
    if heard.asked_ms is not None:
        changes["asked_ms"] = max(heard.asked_ms, contact.asked_ms or 0)
    if heard.answered_ms is not None:
        changes["answered_ms"] = max(heard.answered_ms, contact.answered_ms or 0)
    if heard.reason is Reason.OPTED_OUT:
        changes["opted_out"] = True
    elif heard.reason in FOR_EVER:
        changes["dead"] = heard.reason.value
    return replace(contact, **changes)


def remembered(answer: PracticeAnswer) -> str:
    """The same as one word, to stand with the message id: a text that comes again is the same answer again."""
    return "/".join((REMEMBERED, answer.number, answer.round, answer.member))


def recalled(word: str) -> PracticeAnswer | None:
    """The answer that a message was, if it was one."""
    if not word.startswith(REMEMBERED + "/"):
        return None
    _, number, round, member = word.split("/", 3)
    return PracticeAnswer(round, member, number)
