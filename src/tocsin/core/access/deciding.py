"""Which function decides which command of access: one table, so that none is forgotten and none is decided twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.core.access import (
    agreeing,
    announcing,
    applying,
    call_tries,
    clocking,
    codes,
    devices,
    feeds,
    hiring,
    keys,
    links,
    opening,
    passkeys,
    pin_resets,
    places,
    plans,
    pushing,
    recovery,
    restoring,
    roll_calls,
    rosters,
    rung_links,
    sessions,
    suspension,
    swapping,
    ties,
)
from tocsin.core.access import change_commands as g
from tocsin.core.access import clock_commands as k
from tocsin.core.access import commands as a
from tocsin.core.access import entry_commands as n
from tocsin.core.access import place_commands as o
from tocsin.core.access import plan_commands as p
from tocsin.core.access import push_commands as u
from tocsin.core.access import roll_commands as c
from tocsin.core.access import roster_commands as r
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access import swap_commands as w
from tocsin.core.access import tie_commands as t
from tocsin.core.access.ending import end_access
from tocsin.core.commands import Done, Reply
from tocsin.core.docket import Docket

Decider = Callable[[Docket, Any], Reply]
DUE: dict[str, Callable[[Docket, str], None]] = {  # What time does, by the register's name; given the record's id.
    "session": sessions.due,
    "suspension": suspension.lapse,
    "pinreset": pin_resets.lapse,
    "codetries": call_tries.forget,
    "link": links.due,
    "linktaken": rung_links.due,
    "key": keys.due,
    "recovery": recovery.due,
    "change": agreeing.due,
    "tieasked": ties.due,
    "attendance": clocking.lapse,
    "swap": swapping.due,
    "announcement": announcing.due,
    "rollcall": roll_calls.due,
}


def look_at(docket: Docket, command: a.LookAt) -> Reply:
    """Time has come for this record; the wake-up is taken away unless the rule sets another."""
    docket.wakes[f"{command.kind}/{command.id}"] = None
    due = DUE.get(command.kind)
    if due is not None:
        due(docket, command.id)
    return Done()


DECIDERS: Mapping[type, Decider] = {
    a.LookAt: look_at,
    g.HireMember: hiring.hire_member,
    g.EditMember: applying.edit_member,
    g.AgreeChange: agreeing.agree,
    g.RefuseChange: agreeing.refuse,
    g.WithdrawChange: agreeing.withdraw,
    a.EndAccess: end_access,
    a.Suspend: suspension.suspend,
    a.Reinstate: suspension.reinstate,
    a.ResetPins: pin_resets.reset,
    a.Restore: restoring.restore,
    a.RefusePinReset: pin_resets.refuse,
    s.SignInByPasskey: passkeys.sign_in_by_passkey,
    s.SignInByCode: codes.sign_in_by_code,
    s.SignInByProvider: sessions.sign_in_by_provider,
    s.ProveAgain: passkeys.prove_again,
    s.SeeSession: sessions.see,
    s.SignOut: sessions.sign_out,
    s.EndSessions: sessions.end_sessions,
    s.AddPasskey: passkeys.add_passkey,
    s.NamePasskey: passkeys.name_passkey,
    s.RemovePasskey: passkeys.remove_passkey,
    s.SetCodes: codes.set_codes,
    n.Found: opening.found,
    n.MakeLink: opening.make_link,
    n.UseLink: opening.use_link,
    n.BindLink: rung_links.bind,
    n.EndDevice: devices.end_device,
    n.MakeKey: keys.make_key,
    n.AskRecovery: recovery.ask,
    n.VouchRecovery: recovery.vouch,
    n.RefuseRecovery: recovery.refuse,
    t.SetTie: ties.set_tie,
    t.LiftTie: ties.lift_tie,
    p.SetPlan: plans.set_plan,
    p.SetWalkTimes: plans.set_walk_times,
    o.EditPlaces: places.edit_places,
    o.SetSheet: places.set_sheet,
    o.SetKnown: places.set_known,
    o.MakeCodes: places.make_codes,
    k.ClockIn: clocking.clock_in,
    k.ClockOut: clocking.clock_out,
    w.AskSwap: swapping.ask,
    w.AnswerSwap: swapping.answer,
    w.WithdrawSwap: swapping.withdraw,
    w.EditRoster: swapping.edit_roster,
    r.ImportRoster: rosters.import_roster,
    r.AddFeed: feeds.add_feed,
    r.EndFeed: feeds.end_feed,
    r.AskFeed: feeds.ask_feed,
    r.HearFeed: feeds.hear_feed,
    u.Subscribe: pushing.subscribe,
    u.Unsubscribe: pushing.unsubscribe,
    u.AskPushTest: pushing.ask_test,
    u.PushProven: pushing.push_proven,
    u.PushGone: pushing.push_gone,
    c.CallRoll: roll_calls.call_roll,
    c.SaySafe: roll_calls.say_safe,
    c.CloseRoll: roll_calls.close_roll,
}
