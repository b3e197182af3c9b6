"""Decide: a command and the world as it stands, in; what shall be written and what to answer, out.  Pure.

This is the whole of what Tocsin decides, in one table.  A decision changes nothing by itself: the runtime stores the
docket first, then answers, then acts.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tocsin.core import answering, closing, handover, own_pin, practice, walk_messages, walking
from tocsin.core import commands as c
from tocsin.core.access import (
    announcing,
    applying,
    call_tries,
    clocking,
    closed_numbers,
    devices,
    many_ended,
    new_ways,
    own_ways,
    passkeys,
    pins,
    places,
    proposing,
    pushing,
    recovery,
    roll_calls,
    roll_reach,
    rung_links,
    say,
    sessions,
    suspension,
    swapping,
)
from tocsin.core.access.commands import AccessCommand
from tocsin.core.access.deciding import DECIDERS
from tocsin.core.calling import call_in, call_key, codes_missed
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket, Draft, World
from tocsin.core.raising import link_neighbours, press
from tocsin.core.refusals import NO_SUCH_ALERT
from tocsin.core.reporting import report
from tocsin.core.ringing import tend
from tocsin.core.round_commands import BeginRound, EndRound, HearContacts, HearRoll
from tocsin.core.texting import text_in
from tocsin.core.walk_commands import WalkCommand


class Decision(Struct, frozen=True):
    """What to answer once `docket` is durable."""

    reply: c.Reply
    docket: Docket


def decide(world: World, command: c.Command, now_ms: int, seed: bytes, is_emergency: Callable[[str], bool]) -> Decision:
    """What this command does now.  Never raises for anything that can come from outside."""
    docket = Docket(world, command.org, now_ms, Dice(seed))
    docket.is_emergency = is_emergency
    reply = _reply(docket, command)
    _tend(docket)
    return Decision(reply, docket)


def _tend(docket: Docket) -> None:
    """Who works here changed: every open alert is looked after; else those to which something happened."""
    pushing.follow(docket)
    everywhere = bool(docket.members) or docket.moves_shifts
    if everywhere:
        closed_numbers.follow(docket)
        new_ways.follow(docket)
    proposing.guard(docket)
    recovery.follow(docket)
    places.follow(docket)
    if docket.moves_people:
        swapping.follow(docket)
        many_ended.follow(docket)
    if everywhere:
        suspension.follow(docket)
        pushing.follow(docket)
        clocking.follow(docket)
        sessions.follow(docket)
        passkeys.follow(docket)
        say.follow(docket)
        docket.open_drafts(lambda alert: True)
    announcing.follow(docket)
    for draft in list(docket.drafts.values()):  # Ringing for real takes from drills, which may not be among them yet.
        if draft.events or everywhere:
            tend(draft)
    rung_links.follow(docket)
    roll_calls.follow(docket)


def _reply(docket: Docket, command: c.Command) -> c.Reply:
    if isinstance(command, c.Press):
        return press(docket, command)  # Before all else, of which there is much.
    if isinstance(command, c.Report):
        return _report(docket, command)  # Of which there are several for each message of each press.
    if isinstance(command, WalkCommand):
        return walking.decided(docket, command)
    if isinstance(command, AccessCommand):
        return DECIDERS[type(command)](docket, command)
    match command:
        case c.Safe():
            return own_pin.safe(docket, command)
        case c.TextIn():
            return text_in(docket, command)
        case c.CallIn():
            return call_in(docket, command)
        case c.CodesMissed():
            return codes_missed(docket, command)
        case c.CodeMissed():
            return call_tries.code_missed(docket, command)
        case c.ReplaceDirectory():
            return applying.replace_directory(docket, command)
        case c.Enrol():
            return devices.enrol(docket, command)
        case c.Revoke():
            return devices.revoke(docket, command)
        case c.SetPins():
            return pins.set_pins(docket, command)
        case c.SetCallCode():
            return own_ways.set_call_code(docket, command)
        case BeginRound():
            return practice.begin_round(docket, command)
        case EndRound():
            return practice.end_round(docket, command)
        case HearContacts():
            return practice.hear_contacts(docket, command)
        case HearRoll():
            return roll_reach.hear_roll(docket, command)
        case c.EraseFixes():
            docket.erase_fixes_of.append(command.alert)
            return answering.DONE
        case c.ListClosed():
            docket.listed, docket.listed_from = list(command.lines), command.since
            return answering.DONE
        case c.SetContact():
            return own_ways.set_contact(docket, command)
        case _:
            draft = docket.find(command.alert)
            return NO_SUCH_ALERT if draft is None else _on_alert(draft, command)


def _report(docket: Docket, news: c.Report) -> c.Reply:
    if docket.world.has_walk(docket.org, news.alert):
        return walk_messages.heard(docket, news)
    draft = docket.find(news.alert)
    if draft is not None:
        return report(draft, news)
    if docket.world.walk(docket.org, news.alert) is not None:
        return walk_messages.heard(docket, news)
    return announcing.heard(docket, news)


def _on_alert(draft: Draft, command: c.OneAlertCommand) -> c.Reply:
    match command:
        case c.Look():
            return answering.look(draft)
        case c.Say():
            return answering.say(draft, command)
        case c.CallKey():
            return call_key(draft, command)
        case c.AddPlace():
            return _place(draft, command)
        case c.AddNote():
            return answering.add_note(draft, command)
        case c.Climb():
            return answering.climb_by_hand(draft, command)
        case c.PoliceCalled():
            return answering.police_called(draft, command)
        case c.HandOver():
            return handover.hand_over(draft, command)
        case c.TakeOver():
            return handover.take_over(draft, command)
        case c.ProposeClose():
            return closing.propose(draft, command)
        case c.ConfirmClose():
            return closing.confirm(draft, command)
        case c.ObjectClose():
            return closing.object_to(draft, command)
        case c.EndDrill():
            return closing.end_drill(draft)
        case _:
            return answering.audit(draft, command)


def _place(draft: Draft, command: c.AddPlace) -> c.Reply:
    reply = answering.add_place(draft, command)
    if isinstance(reply, c.Done):
        link_neighbours(draft)
    return reply
