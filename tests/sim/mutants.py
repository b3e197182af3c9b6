"""The mutants: each breaks one thing in the product on purpose, and names the check that must notice.

They exist in the test tree only; each bends one seam or one function of the product while a history is lived.  The
same table stands in docs/simulator.md, for whoever wants to know what the checks are worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from access_mutants import ACCESS_MUTANTS
from closing_mutants import calls_not_taken_back, close_at_once, close_by_one
from looking_mutants import LOOKING_MUTANTS
from msgspec.structs import replace
from mutant import Mutant, Patch
from push_mutants import PUSH_MUTANTS
from walk_mutants import WALK_MUTANTS

from tocsin import ports
from tocsin.core import alert as alerts
from tocsin.core import (
    answering,
    closing,
    delivery,
    escalation,
    ladder,
    membership,
    raising,
    reporting,
    ring,
    ringing,
    texting,
)
from tocsin.core import commands as c
from tocsin.core import events as e
from tocsin.core.alert import Alert
from tocsin.core.directory import Contact, Directory
from tocsin.core.docket import Docket, Draft
from tocsin.core.words import DeliveryState, Phase, Purpose
from tocsin.runtime import auditor, ledger, outbox, recall, stages, system
from tocsin.runtime.loop import Bell
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.routes import Routes
from tocsin.runtime.world import World
from tocsin.sim import node as nodes
from tocsin.sim.node import Node
from tocsin.store.sqlite import SqliteStore

HOUR_MS = 3_600_000


# What the disk and a restart keep ---------------------------------------------------------------------------------


def no_fsync(patch: Patch) -> None:
    real = Node._opened

    def careless(node: Node) -> ports.Store:
        if node.disk is None:
            return real(node)
        path, disk = node.disk.path("tocsin.db"), node.disk
        return SqliteStore(path, vfs=disk.name, files=disk.files, synchronous="NORMAL", migrations=node.migrations)

    patch.setattr(Node, "_opened", careless)


def reply_before_commit(patch: Patch) -> None:
    real = Bell._decided

    def hasty(bell: Bell, asked: Any, layer: World) -> Any:
        decided = real(bell, asked, layer)
        if asked.future is not None and not asked.future.done() and decided[1] is not None:
            asked.future.set_result(decided[1].reply)
        return decided

    patch.setattr(Bell, "_decided", hasty)


def timer_only_in_memory(patch: Patch) -> None:
    real = ledger.change

    def forgetful(docket: Docket, world: World) -> ports.Change | None:
        change = real(docket, world)
        return None if change is None else replace(change, wakes=())

    patch.setattr(ledger, "change", forgetful)


def restart_forgets_its_wakes(patch: Patch) -> None:
    real = Bell.resume

    def forgetful(bell: Bell) -> None:
        real(bell)
        bell.wakes.stop()

    patch.setattr(Bell, "resume", forgetful)
    auditor_off(patch)


def auditor_off(patch: Patch) -> None:
    patch.setattr(auditor, "findings", lambda bell: iter(()))


def receipts_forgotten_at_restart(patch: Patch) -> None:
    real = recall.world_of

    def forgetful(*arguments: Any) -> World:
        world = real(*arguments)
        world._recall_press = lambda org, credential, key: None
        return world

    patch.setattr(nodes, "world_of", forgetful)


def idempotency_ignored(patch: Patch) -> None:
    patch.setattr(World, "known_press", lambda world, org, credential, key: None)


def leaf_skipped(patch: Patch) -> None:
    real = ledger.change

    def thrifty(docket: Docket, world: World) -> ports.Change | None:
        change = real(docket, world)
        if change is None or len(change.facts) < 3:
            return change
        return replace(change, facts=(*change.facts[:1], *change.facts[2:]))

    patch.setattr(ledger, "change", thrifty)


def clock_follows_the_wall(patch: Patch) -> None:
    patch.setattr(system.SteadyClock, "now_ms", lambda clock: clock._raw.wall_ns() // 1_000_000)


# Who is rung ------------------------------------------------------------------------------------------------------


def recipients_fixed_at_raise(patch: Patch) -> None:
    real, known = escalation.recipients, dict[str, Directory]()

    def fixed(directory: Directory, alert: Alert, rung: Any, now_ms: int) -> list[str]:
        return real(known.setdefault(alert.id, directory), alert, rung, alert.raised_ms)

    patch.setattr(ladder, "recipients", fixed)


def _barred(directory: Directory, about: str, id: str, *, ties: bool) -> bool:
    member = directory.members.get(id)
    tied = member is not None and about in member.not_told_about
    return member is None or id == about or (tied if ties else member.suspended)


def _bar(patch: Patch, barred: Callable[[Directory, str, str], bool]) -> None:
    for module in (escalation, ladder, ringing, closing, membership, stages):
        patch.setattr(module, "barred", barred)


def suspended_still_rung(patch: Patch) -> None:
    _bar(patch, lambda directory, about, id: _barred(directory, about, id, ties=True))


def tie_ignored(patch: Patch) -> None:
    _bar(patch, lambda directory, about, id: _barred(directory, about, id, ties=False))


def opt_out_counted_as_reach(patch: Patch) -> None:
    patch.setattr(texting, "_opt", lambda docket, command: None)
    patch.setattr(Contact, "usable", property(lambda contact: contact.verified and contact.dead is None))


def empty_rung_waits(patch: Patch) -> None:
    patch.setattr(ladder, "on_dead_rung", lambda climbing: False)


def unreached_not_shown(patch: Patch) -> None:
    patch.setattr(reporting, "_failed", lambda draft, person, message: None)


# The climb and its loans ------------------------------------------------------------------------------------------


def loan_never_lapses(patch: Patch) -> None:
    real = answering._loan_until

    def for_ever(answer: Any, eta_s: Any, now_ms: int) -> int | None:
        until_ms = real(answer, eta_s, now_ms)
        return None if until_ms is None else until_ms + HOUR_MS

    patch.setattr(answering, "_loan_until", for_ever)


def one_answer_pauses(patch: Patch) -> None:
    def phase(alert: Alert) -> Phase:
        if alert.closed_ms is not None:
            return Phase.CLOSED
        return Phase.PAUSED if any(person.helping for person in alert.people.values()) else Phase.CLIMBING

    patch.setattr(Alert, "phase", property(phase))


def repeats_stop_after_the_first_pass(patch: Patch) -> None:
    real = alerts._rang

    def tired(alert: Alert, event: Any, at_ms: int) -> Alert:
        after = real(alert, event, at_ms)
        if after.ladder_pass < 2:
            return after
        return replace(after, people={name: replace(p, next_ring_ms=None) for name, p in after.people.items()})

    patch.setattr(alerts, "_APPLY", {**alerts._APPLY, e.Rang: tired})


def press_delays_the_climb(patch: Patch) -> None:
    real = alerts._pressed_again

    def anew(alert: Alert, event: Any, at_ms: int) -> Alert:
        return replace(real(alert, event, at_ms), next_rung_ms=at_ms + 60_000)

    patch.setattr(alerts, "_APPLY", {**alerts._APPLY, e.PressedAgain: anew})


def wake_set_too_late(patch: Patch) -> None:
    real = Alert.wake_at_ms
    assert isinstance(real, property) and real.fget is not None
    exact: Callable[[Alert], int | None] = real.fget

    def late(alert: Alert) -> int | None:
        at_ms = exact(alert)
        return None if at_ms is None else at_ms + 3_000

    patch.setattr(Alert, "wake_at_ms", property(late))


def helper_forgotten(patch: Patch) -> None:
    real = answering.say

    def deaf(draft: Draft, command: c.Say) -> c.Reply:
        return answering.DONE if draft.alert.phase is Phase.PAUSED else real(draft, command)

    patch.setattr(answering, "say", deaf)


# Messages ---------------------------------------------------------------------------------------------------------


def crashed_sends_uncounted(patch: Patch) -> None:
    patch.setattr(Outbox, "may_have_been_sent", lambda outbox, message, now_ms: False)
    patch.setattr(delivery, "SENDS_MAX", 50)


def failover_resets_the_count(patch: Patch) -> None:
    real = delivery._elsewhere

    def anew(*arguments: Any) -> delivery.Delivery | None:
        after = real(*arguments)
        return None if after is None else replace(after, attempts=1)

    patch.setattr(delivery, "_elsewhere", anew)


def no_failover(patch: Patch) -> None:
    patch.setattr(delivery, "_elsewhere", lambda *arguments: None)


def health_never_recovers(patch: Patch) -> None:
    patch.setattr(Routes, "_due", lambda routes, name: None)
    patch.setattr("tocsin.runtime.health.GOOD_NEEDED", 10_000)


def late_undelivered_ignored(patch: Patch) -> None:
    state, undelivered = DeliveryState.DELIVERED, c.Moved.UNDELIVERED
    deaf = {moved: after for moved, after in delivery.TRANSITIONS[state].items() if moved is not undelivered}
    patch.setattr(delivery, "TRANSITIONS", {**delivery.TRANSITIONS, state: deaf})


def late_callback_wins(patch: Patch) -> None:
    patch.setattr(delivery, "FAR", {c.Moved.DELIVERED: 100, c.Moved.UNDELIVERED: 90})


def send_after_close(patch: Patch) -> None:
    async def anything(stage: stages.StillWanted, parcel: stages.Parcel) -> stages.Parcel:
        return parcel

    patch.setattr(stages.StillWanted, "__call__", anything)
    patch.setattr(Draft, "withdraw", lambda draft, reason, **which: None)


def all_clear_sent_twice(patch: Patch) -> None:
    real = ringing.messages

    def twice(draft: Draft, member: str, contacts: Iterable[Contact], purpose: Purpose, *rest: Any) -> Any:
        contacts = list(contacts)
        made = real(draft, member, contacts, purpose, *rest)
        return made + real(draft, member, contacts, purpose, *rest) if purpose is Purpose.ALL_CLEAR else made

    patch.setattr(closing, "messages", twice)


def drill_ahead_of_sos(patch: Patch) -> None:
    real = outbox._order
    patch.setattr(outbox, "IN_FLIGHT_MAX", 8)
    patch.setattr(outbox, "DRILLS_IN_FLIGHT_MAX", 8)
    patch.setattr(outbox, "_order", lambda message: (not message.drill, *real(message)[1:]))


def drill_goes_on_beside_an_alert(patch: Patch) -> None:
    patch.setattr(raising, "_drills", lambda docket, command, site: [])


def text_without_place(patch: Patch) -> None:
    patch.setattr(ring, "_composed", ring._composed.__wrapped__)  # What it remembers would outlive the mutant.
    patch.setattr(ring, "said", lambda places, now_ms, language: ())


def drill_looks_real(patch: Patch) -> None:
    real = ring.ring_text
    patch.setattr("tocsin.core.message.ring_text", lambda saying, now_ms: real(replace(saying, drill=False), now_ms))


# Closing, and what nobody may see ---------------------------------------------------------------------------------


def duress_visible(patch: Patch) -> None:
    real = alerts._duress_signalled

    def open_still(alert: Alert, event: Any, at_ms: int) -> Alert:
        return replace(real(alert, event, at_ms), shadows=alert.shadows)

    patch.setattr(alerts, "_APPLY", {**alerts._APPLY, e.DuressSignalled: open_still})


def third_press_refused(patch: Patch) -> None:
    real, counts = raising.press, dict[str, int]()

    def limited(docket: Docket, command: c.Press) -> c.Reply:
        counts[command.member] = counts.get(command.member, 0) + 1
        if counts[command.member] > 2:
            return c.Declined(problem=c.Problem.CONFLICT)
        return real(docket, command)

    patch.setattr("tocsin.core.engine.press", limited)


def forged_callback_believed(patch: Patch) -> None:
    real = Docket.find

    def trusting(docket: Docket, id: str) -> Draft | None:
        return real(docket, id) or next(iter(docket.open_drafts(lambda alert: True)), None)

    patch.setattr(Docket, "find", trusting)
    patch.setattr(reporting, "of_another_send", lambda message, news: False)
    patch.setattr("tocsin.core.engine.report", lambda draft, news: c.Done())


MUTANTS: tuple[Mutant, ...] = (
    Mutant(no_fsync, "no_acknowledged_press_is_lost", (19, 35)),
    Mutant(reply_before_commit, "no_acknowledged_press_is_lost", (97, 102)),
    Mutant(timer_only_in_memory, "found_while_it_ran", (3, 4)),
    Mutant(restart_forgets_its_wakes, "timers_keep_their_time", (3, 18)),
    Mutant(auditor_off, "found_while_it_ran", (1, 2), ("wake_lost", "drill")),
    Mutant(receipts_forgotten_at_restart, "no_page_of_our_own_making", (4, 5)),
    Mutant(idempotency_ignored, "no_page_of_our_own_making", (5, 4)),
    Mutant(leaf_skipped, "the_snapshot_is_the_replay", (16, 3)),
    Mutant(clock_follows_the_wall, "the_clock_keeps_time", (3, 5)),
    Mutant(recipients_fixed_at_raise, "recipients_are_those_of_the_moment", (3, 4)),
    Mutant(suspended_still_rung, "nobody_barred_is_rung", (8, 13)),
    Mutant(tie_ignored, "nobody_barred_is_rung", (13, 22)),
    Mutant(opt_out_counted_as_reach, "nobody_who_said_stop_is_texted", (4, 26)),
    Mutant(empty_rung_waits, "the_climb_is_as_planned", (9, 5)),
    Mutant(unreached_not_shown, "everyone_is_reached_or_shown", (78, 46)),
    Mutant(loan_never_lapses, "timers_keep_their_time", (3, 1)),
    Mutant(one_answer_pauses, "the_climb_is_as_planned", (0, 4)),
    Mutant(repeats_stop_after_the_first_pass, "timers_keep_their_time", (6, 8)),
    Mutant(press_delays_the_climb, "the_climb_is_as_planned", (21, 18)),
    Mutant(wake_set_too_late, "timers_keep_their_time", (3, 1)),
    Mutant(helper_forgotten, "no_accepted_answer_is_lost", (3, 6)),
    Mutant(crashed_sends_uncounted, "no_message_is_sent_too_often", (5, 6)),
    Mutant(failover_resets_the_count, "no_message_is_sent_too_often", (5, 6)),
    Mutant(no_failover, "another_vendor_is_asked", (26, 2)),
    Mutant(health_never_recovers, "everything_comes_to_rest", (10, 5)),
    Mutant(late_undelivered_ignored, "callbacks_converge", (23, 27)),
    Mutant(late_callback_wins, "callbacks_converge", (21, 23)),
    Mutant(send_after_close, "nothing_new_after_the_close", (2,)),
    Mutant(all_clear_sent_twice, "one_all_clear_each", (3, 1)),
    Mutant(drill_ahead_of_sos, "a_ring_goes_out_at_once", (2, 33)),
    Mutant(drill_goes_on_beside_an_alert, "a_real_alert_ends_the_drills", (14, 1)),
    Mutant(text_without_place, "a_ring_says_where", (4, 5)),
    Mutant(drill_looks_real, "a_drill_is_never_taken_for_real", (14, 19)),
    Mutant(close_by_one, "two_people_close", (3, 5)),
    Mutant(close_at_once, "two_people_close", (3, 4)),
    Mutant(calls_not_taken_back, "no_phone_begins_to_ring_after_the_close", (58, 111)),
    Mutant(duress_visible, "found_while_it_ran", (17,)),
    Mutant(third_press_refused, "found_while_it_ran", (16, 15)),
    Mutant(forged_callback_believed, "a_forged_callback_changes_nothing", (39, 26)),
    *ACCESS_MUTANTS,
    *WALK_MUTANTS,
    *LOOKING_MUTANTS,
    *PUSH_MUTANTS,
)
