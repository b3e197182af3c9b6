"""The table of all promises that the simulator checks: number, sentence, check.

A check reads the journal (what phones and carriers saw) and the record (what the store says), and yields a sentence
for each thing that breaks the promise.  Rules that need a model of their own (the climb, the timers) are in `model.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from tocsin.sim.promises import (
    access,
    always,
    announced,
    answers,
    closing,
    drills,
    evidence,
    messages,
    presses,
    pushes,
    recipients,
    rest,
    routes,
    saying,
    walk_readers,
    walks,
    weakening,
)
from tocsin.sim.promises.scene import Scene

Check = Callable[[Scene], Iterator[str]]


class Broken(Struct, frozen=True):
    """A promise that did not hold.  `check`: the name of what found it."""

    promise: str
    sentence: str
    what: str
    check: str = ""


CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("watch", "What is true at every moment was true.", always.found_while_it_ran),
    ("loud", "Nothing has to be made louder, and every command can be decided.", always.no_page_of_our_own_making),
    ("I1", "An SOS answered 2xx is in the store after any crash.", presses.no_acknowledged_press_is_lost),
    ("I2", "One press per credential and key, whatever the retries.", presses.one_press_per_key),
    ("I3", "Every message ends in a named state.", messages.every_message_ends),
    ("I3", "Everybody rung is reached, or shown undeliverable to a person.", messages.everyone_is_reached_or_shown),
    ("I3", "The unreached are shown within a minute.", routes.the_unreached_are_shown_in_time),
    ("I3", "What one vendor cannot bring, another is asked to bring at once.", routes.another_vendor_is_asked),
    ("I4", "The climb pauses only for `needed` different, untied people, and goes on when one falls silent.",
     always.the_climb_is_as_planned),
    ("I5, I6", "A timer never fires early, and late only by what an outage took.", always.timers_keep_their_time),
    ("I5", "The clock neither jumps nor drifts.", evidence.the_clock_keeps_time),
    ("I7", "Each ringing happens once.", messages.each_ringing_happens_once),
    ("I8", "Each message is sent at least once.", messages.every_message_is_sent),
    ("I8", "A resend only after a crash or a time-out; three sends at most.", messages.no_message_is_sent_too_often),
    ("I8", "A restart in good order repeats no message.", messages.a_graceful_restart_repeats_nothing),
    ("I9", "After the close commits no new send begins.", closing.nothing_new_after_the_close),
    ("I9", "No phone begins to ring 10 s after the close.", closing.no_phone_begins_to_ring_after_the_close),
    ("I9", "One all-clear to each person reached.", closing.one_all_clear_each),
    ("I9", "Everybody reached hears that it is over.", closing.everyone_reached_hears_that_it_is_over),
    ("I10", "An accepted answer is never lost.", answers.no_accepted_answer_is_lost),
    ("I10", "Who said what never changes.", answers.nobody_s_word_is_changed),
    ("I12, I13", "Callbacks in any order end alike; a late *undelivered* is believed.", messages.callbacks_converge),
    ("T8", "A forged callback changes nothing.", routes.a_forged_callback_changes_nothing),
    ("I14", "Nobody who said STOP is texted, until START.", recipients.nobody_who_said_stop_is_texted),
    ("I14", "What a page calls reachable is, a minute after it was not.", access.what_looks_reachable_is),
    ("I14", "Whoever nothing wakes is named in the alert, a minute later.", access.whoever_nothing_wakes_is_named),
    ("I14, I20", "Nothing is pushed to where nobody takes it any more.",
     pushes.nothing_is_pushed_to_what_has_ended),
    ("I14", "The operator hears that no push service takes our key.",
     pushes.whoever_runs_it_hears_that_our_key_is_refused),
    ("T12", "A push that calls nobody names nobody, and no place.", pushes.a_push_that_calls_nobody_names_nobody),
    ("I20", "Nobody barred is told anything.", recipients.nobody_barred_is_rung),
    ("I20", "No send begins to whoever was cut off.", access.no_send_begins_to_whom_it_is_cut),
    ("I19, I20", "Nobody reads what they may not, on no stream and in no list.",
     access.nobody_reads_what_they_may_not),
    ("I11", "After the duress PIN its worker reads that the alert is over.",
     access.after_duress_the_worker_reads_that_it_is_over),
    ("I20", "Whoever was cut off answers and closes nothing.", access.nobody_cut_off_does_anything),
    ("law", "Recipients are those of the roster at the moment of the ring.",
     recipients.recipients_are_those_of_the_moment),
    ("law", "Every ring says where, as soon as it is known.", saying.a_ring_says_where),
    ("access", "Of two who edit one member neither silently wins.", access.of_two_edits_one_wins),
    ("access", "A link opens once.", access.a_link_opens_once),
    ("I5, I6", "A walk keeps its time.", walks.a_walk_keeps_its_time),
    ("I5", "Nobody on a walk is looked for early.", walks.nobody_is_looked_for_early),
    ("I6", "After downtime an overdue walk says so.", walks.downtime_is_said),
    ("I2", "Each overdue walk raises one alert, once.", walks.each_overdue_walk_raises_once),
    ("law", "A late *home* takes nothing back.", walks.a_raised_walk_stays_raised),
    ("I1, I2", "What was acknowledged of a walk is in the record, once.", walks.no_acknowledged_word_of_a_walk_is_lost),
    ("law", "Nobody is on two walks.", walks.one_walk_at_a_time),
    ("law", "Nobody but its worker ends or extends a walk.", walks.only_the_worker_ends_a_walk),
    ("law", "A walk is extended within its cap.", walks.nobody_extends_for_ever),
    ("law", "In a watch window nothing ends a walk but a PIN.", walks.a_watched_walk_needs_the_pin),
    ("I20", "Nobody who is tied hears of a walk, nor anybody whom it does not concern.",
     walks.nobody_tied_hears_of_a_walk),
    ("I19, I20", "Nobody is told of a walk that they may not see, nor more of it.",
     walk_readers.nobody_is_told_of_a_walk_they_may_not_see),
    ("I11", "A walk is told as its worker may know it.", walk_readers.a_walk_is_told_as_its_worker_may_know_it),
    ("I11", "The phone of the duress PIN hears nothing of what it raised.",
     walks.the_worker_hears_nothing_of_an_unseen_alert),
    ("law", "Positions of a walk are forgotten.", walks.positions_are_forgotten),
    ("I17, liveness", "A walk is what its facts tell, and comes to an end.", walks.a_walk_is_what_its_facts_tell),
    ("I15, I16", "A press is never refused; the truth comes at once.", presses.a_press_is_never_refused),
    ("I17", "Every change has exactly one leaf.", evidence.one_leaf_per_fact),
    ("I17", "Every change of access has its line in the trail.", access.every_change_of_access_has_its_line),
    ("I17", "The snapshot is what the facts tell.", evidence.the_snapshot_is_the_replay),
    ("T2, T12", "An announcement is sent to nobody who may not read what it is about.",
     announced.nobody_hears_of_what_they_may_not),
    ("T18", "Nobody is told to look more than once in ten minutes.", announced.nobody_is_told_too_often),
    ("T4, T18", "What is announced reaches whoever watches within ten minutes.", announced.what_is_announced_is_told),
    ("I23", "Two people close, with a minute to object.", closing.two_people_close),
    ("I23", "Nobody alone weakens anything, nor before its time.", weakening.nobody_alone_weakens_anything),
    ("I24", "A drill is never taken for real, nor a real alert for a drill.", drills.a_drill_is_never_taken_for_real),
    ("I24", "A real alert that hides from nobody ends the drills.", drills.a_real_alert_ends_the_drills),
    ("I24", "A drill leaves whoever is rung for real in peace.", drills.a_drill_leaves_the_rung_in_peace),
    ("I24", "Whatever waits, a live ring goes out at once.", messages.a_ring_goes_out_at_once),
    ("liveness", "Ten minutes after the last fault everything is at rest.", rest.everything_comes_to_rest),
    ("liveness", "Memory holds what the store holds.", rest.memory_is_what_the_store_says),
)  # fmt: skip


def broken_promises(scene: Scene) -> list[Broken]:
    """Every promise that did not hold, the first finding of each."""
    found = []
    for promise, sentence, check in CHECKS:
        what = next(check(scene), None)
        if what is not None:
            found.append(Broken(promise, sentence, what, check.__name__))
    return found
