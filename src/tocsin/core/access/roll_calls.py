"""The roll call: "are you safe?" to everybody on shift at a site, reminders, and a report when it closes.

Theory of operation
-------------------
It is no drill and no alert: nothing ends it but whoever watches, or an hour, and it ends nothing.  *Need help* is no
answer to it but an SOS by any way, which rings as every SOS does; here is only noted that there was one.

                  a word            time                        by hand
    running       kept              asked again; closed         closed
    closed        kept, and late    its lines are cleared away  it is so already

Whoever has not answered is asked again every ROLL_CALL_REMIND_MS, ROLL_CALL_REMINDERS times.  The messages are rounds
(`core/round.py`), sent beside the bell; `waves` says how often people are to be asked, and `sent` how often that was
begun, so that neither a server nor a sender that died in the middle loses one.

Nobody with an alert open that their own phone shows as open is written to (`to_ask`): somebody hiding is not to be
given away by their phone.  One that looks closed after a PIN hinders nothing: the silence would show that it is open.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.record import SYSTEM, By
from tocsin.core.access.roll_commands import CallRoll, CloseRoll, SaySafe
from tocsin.core.access.roll_reach import unreached_now
from tocsin.core.access.roll_record import RollCall, RollSaid, RollUnreached, SaidBy, Word, roll_of
from tocsin.core.alert import Alert
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.limits import (
    ROLL_CALL_LASTS_MS,
    ROLL_CALL_REMIND_MS,
    ROLL_CALL_REMINDERS,
    ROLL_CALLS_KEPT,
    ROLL_SAID_CLEARED,
    ROLL_WHY_MAX_CHARS,
)
from tocsin.core.refusals import NO_SITE, NO_SUCH_RECORD
from tocsin.core.roster import on_shift
from tocsin.core.shadow import life_of, lives_of

DONE, KNOWN = Done(), Done(known=True)
NOBODY = Declined(problem=Problem.CONFLICT, because=Because.NOBODY_ON_SHIFT)


# What people ask ---------------------------------------------------------------------------------------------------


def call_roll(docket: Docket, command: CallRoll) -> Reply:
    """Whoever sends begins when this is durable.  `known`: one was running there."""
    no = refused(docket, command.by, May.CALL_ROLL)
    if no is not None:
        return no
    if command.site not in docket.directory.sites:
        return NO_SITE
    rolls = docket.all_kept(RollCall)
    if running_at(rolls.values(), command.site) is not None:
        return KNOWN
    asked = people_at(docket.directory, command.site, docket.now_ms)
    if not asked:
        return NOBODY
    began = RollCall(
        id=docket.id(),
        site=command.site,
        by=command.by.member,
        why=command.why[:ROLL_WHY_MAX_CHARS],
        began_ms=docket.now_ms,
        asked=asked,
    )
    _put_the_old_away(docket, rolls.values())
    docket.keep(began)
    docket.wakes[f"rollcall/{began.id}"] = next_ms(began)
    docket.act(command.by, "roll_called", subject=began.id, detail=command.site)
    for alert in docket.world.open_alerts(docket.org):
        _note(docket, began, alert)
    return DONE


def say_safe(docket: Docket, command: SaySafe) -> Reply:
    """`known`: they had said so."""
    no = refused(docket, command.by, May.ANSWER_ROLL)
    if no is not None:
        return no
    roll = docket.kept(RollCall, command.roll)
    if roll is None or command.by.member not in roll.asked:
        return NO_SUCH_RECORD
    return DONE if _said(docket, roll, Word(command.by.member, docket.now_ms, SaidBy.PAGE)) else KNOWN


def close_roll(docket: Docket, command: CloseRoll) -> Reply:
    """`known`: it was closed."""
    no = refused(docket, command.by, May.CALL_ROLL)
    if no is not None:
        return no
    roll = docket.kept(RollCall, command.roll)
    if roll is None:
        return NO_SUCH_RECORD
    if not roll.running:
        return KNOWN
    _close(docket, roll, command.by)
    return DONE


# What else is said, and done -----------------------------------------------------------------------------------------


def hear_number(docket: Docket, round: str, member: str, at_ms: int) -> None:
    """The number of a message came back from this member's phone, said at that time."""
    roll = docket.kept(RollCall, roll_of(round)) if roll_of(round) else None
    known = docket.directory.members.get(member)
    if roll is not None and member in roll.asked and known is not None and not known.suspended:
        _said(docket, roll, Word(member, max(at_ms, roll.began_ms), SaidBy.TEXT))


def follow(docket: Docket) -> None:
    """Whoever of those asked has just called for help said so by that."""
    rolls = [roll for roll in docket.world.all_kept(docket.org, RollCall).values() if roll.running]
    for roll in rolls:
        for draft in docket.drafts.values():
            if draft.events:
                _note(docket, roll, draft.alert)


def begin_wave(docket: Docket, round: str) -> bool:
    """A round is about to ask; False: of this roll call nobody asks any more."""
    roll = docket.kept(RollCall, roll_of(round))
    if roll is None or not roll.running:
        return False
    docket.keep(replace(roll, sent=roll.waves, round=round))
    return True


def wave_lost(docket: Docket, round: str) -> None:
    """Nobody knows of that round any more: it is begun anew."""
    roll = docket.kept(RollCall, roll_of(round))
    if roll is not None and roll.running:
        docket.keep(replace(roll, sent=max(roll.sent - 1, 0)))


def due(docket: Docket, id: str) -> None:
    """Time has come: to ask again, to close, or to clear away what stands in the report."""
    roll = docket.kept(RollCall, id)
    if roll is None:
        return
    if not roll.running:
        _clear(docket, roll)
    elif docket.now_ms >= roll.began_ms + ROLL_CALL_LASTS_MS:
        _close(docket, roll, SYSTEM)
    else:
        passed = (docket.now_ms - roll.began_ms) // ROLL_CALL_REMIND_MS
        waves = max(roll.waves, min(1 + passed, 1 + ROLL_CALL_REMINDERS))
        if waves != roll.waves:
            roll = replace(roll, waves=waves)
            docket.keep(roll)
        docket.wakes[f"rollcall/{id}"] = next_ms(roll)


def _said(docket: Docket, roll: RollCall, word: Word) -> bool:
    """Was it new?  What comes when it is closed stands in the report with its time."""
    if not roll.running:
        if any((one.member, one.alert) == (word.member, word.alert) for one in roll.said):
            return False
        docket.keep(replace(roll, said=(*roll.said, word)))
        return True
    id = f"{roll.id}/{word.alert or word.member}"
    if docket.kept(RollSaid, id) is not None:
        return False
    docket.keep(RollSaid(id=id, roll=roll.id, word=word))
    return True


def _note(docket: Docket, roll: RollCall, alert: Alert) -> None:
    if alert.open and not alert.drill and alert.member in roll.asked:
        _said(docket, roll, Word(alert.member, docket.now_ms, SaidBy.ALERT, alert.id))


def _close(docket: Docket, roll: RollCall, by: By) -> None:
    said = words_of(roll, docket.all_kept(RollSaid).values())
    lost = unreached_now(roll, docket.all_kept(RollUnreached).values(), docket.directory, docket.world.channels)
    ended = replace(roll, closed_ms=docket.now_ms, closed_by=by.member, said=said, unreached=tuple(lost.items()))
    docket.keep(ended)
    docket.wakes[f"rollcall/{roll.id}"] = docket.now_ms
    docket.act(by, "roll_closed", subject=roll.id, detail=roll.site)


def _clear(docket: Docket, roll: RollCall) -> None:
    """Some at a time: no press waits behind ten thousand."""
    known: list[RollSaid | RollUnreached] = [
        *docket.all_kept(RollSaid).values(),
        *docket.all_kept(RollUnreached).values(),
    ]
    lines = [line for line in known if line.roll == roll.id]
    for line in lines[:ROLL_SAID_CLEARED]:
        docket.keep(replace(line, over=True))
    if len(lines) > ROLL_SAID_CLEARED:
        docket.wakes[f"rollcall/{roll.id}"] = docket.now_ms + 1


def _put_the_old_away(docket: Docket, rolls: Iterable[RollCall]) -> None:
    closed = sorted((roll for roll in rolls if not roll.running), key=lambda roll: roll.began_ms, reverse=True)
    for roll in closed[ROLL_CALLS_KEPT - 1 :]:
        docket.keep(replace(roll, put_away=True))


# What is so --------------------------------------------------------------------------------------------------------


def next_ms(roll: RollCall) -> int:
    """When time next does something to a roll call that runs."""
    ends_ms = roll.began_ms + ROLL_CALL_LASTS_MS
    return ends_ms if roll.waves > ROLL_CALL_REMINDERS else roll.began_ms + roll.waves * ROLL_CALL_REMIND_MS


def people_at(directory: Directory, site: str, now_ms: int) -> tuple[str, ...]:
    """Everybody on shift there now: no desk, and nobody who is suspended."""
    here = (directory.members[id] for id in on_shift(directory, site, now_ms) if id in directory.members)
    return tuple(member.id for member in here if not (member.suspended or member.seat))


def running_at(rolls: Iterable[RollCall], site: str) -> RollCall | None:
    """The roll call that runs at this site."""
    return next((roll for roll in rolls if roll.running and roll.site == site), None)


def words_of(roll: RollCall, lines: Iterable[RollSaid]) -> tuple[Word, ...]:
    """All that was said, in the order of time.  `lines`: of any roll calls."""
    if not roll.running:
        return roll.said
    return tuple(
        sorted((line.word for line in lines if line.roll == roll.id), key=lambda word: (word.at_ms, word.member))
    )


def to_ask(roll: RollCall, said: Iterable[Word], open_alerts: Iterable[Alert]) -> tuple[str, ...]:
    """Who is to be asked (again) now."""
    answered = {word.member for word in said if word.by is not SaidBy.ALERT}
    calling = {alert.member for alert in open_alerts if not alert.drill and _looks_open(alert)}
    return tuple(member for member in roll.asked if member not in answered and member not in calling)


def _looks_open(alert: Alert) -> bool:
    """To its worker's own phone; one that it was never shown does not."""
    lives = lives_of(alert)
    life = life_of(alert, lives[-1]) if lives else None
    return life is not None and life.closed_ms is None
