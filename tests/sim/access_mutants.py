"""Mutants of access: who is cut off, who is kept from whom, who must agree.  The table is in `mutants.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace
from mutant import Mutant, Patch

from tocsin.core import escalation, sight, texting
from tocsin.core.access import (
    agreeing,
    announcing,
    applying,
    closed_numbers,
    deciding,
    ending,
    links,
    people_sight,
    proposing,
    thinning,
)
from tocsin.core.access.announcement import Topic
from tocsin.core.access.change_commands import AgreeChange, EditMember, form_of
from tocsin.core.access.changes import Agreed, Change
from tocsin.core.access.edits import Edit
from tocsin.core.access.record import REGISTER, Kept
from tocsin.core.access.thinning import Thinning
from tocsin.core.access.words import Told
from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Shadow
from tocsin.core.attendance import AttendancePhase
from tocsin.core.commands import Done, Reply
from tocsin.core.directory import Device, Directory
from tocsin.core.docket import Docket
from tocsin.core.escalation import barred
from tocsin.core.roster import on_shift
from tocsin.core.shadow import life_of, lives_of
from tocsin.intake.credentials import Credentials
from tocsin.runtime import ledger, passes

READS, DOES = "nobody_reads_what_they_may_not", "nobody_cut_off_does_anything"
ALONE = "nobody_alone_weakens_anything"


# Cut off -----------------------------------------------------------------------------------------------------------


def revocation_not_broadcast(patch: Patch) -> None:
    """A stream that is open stays so."""
    patch.setattr(Credentials, "still_reads", lambda credentials, given: True)


def tie_ignored_in_streams(patch: Patch) -> None:
    def untied(directory: Directory, about: str, id: str) -> bool:
        member = directory.members.get(id)
        tied = member is not None and not member.suspended and about in member.not_told_about
        return False if tied else barred(directory, about, id)

    patch.setattr(sight, "barred", untied)


def ended_device_answers(patch: Patch) -> None:
    real = passes._of_device

    def as_new(org: str, device: Device, directory: Directory, now_ms: int) -> passes.Pass:
        return real(org, replace(device, revoked=False, ended=None), directory, now_ms)

    patch.setattr(passes, "_of_device", as_new)


def person_ended_but_for_phones(patch: Patch) -> None:
    real = ending.end_all_of

    def forgetful(docket: Docket, member: str, why: Any) -> None:
        directory = docket.directory
        docket.directory = replace(directory, devices={})
        real(docket, member, why)
        docket.directory = directory

    patch.setattr(ending, "end_all_of", forgetful)


def link_usable_twice(patch: Patch) -> None:
    patch.setattr(links, "end", lambda docket, link, why: None)


def nothing_said_of_access(patch: Patch) -> None:
    patch.setattr(Docket, "act", lambda docket, by, what, **words: None)


def stop_shown_as_reach(patch: Patch) -> None:
    real = people_sight.contact_view
    patch.setattr(people_sight, "contact_view", lambda contact: real(replace(contact, opted_out=False)))


def opt_out_forgotten_when_the_contact_comes_back(patch: Patch) -> None:
    patch.setattr(closed_numbers, "follow", lambda docket: None)


def stops_of_strangers_forgotten(patch: Patch) -> None:
    real = closed_numbers.stopped

    def of_ours(docket: Docket, number: str) -> None:
        if docket.world.known_by_number(docket.org, number):
            real(docket, number)

    patch.setattr(texting, "stopped", of_ours)


def the_unreached_are_not_named(patch: Patch) -> None:
    patch.setattr(sight, "_unreached", lambda directory, people, now: ())


def silent_to_whoever_runs_it(patch: Patch) -> None:
    """And on every screen."""

    def every(alert: Alert) -> Iterator[Shadow]:
        return (life for life in (life_of(alert, id) for id in lives_of(alert)) if life is not None)

    patch.setattr(sight, "shown_lives", every)
    patch.setattr(sight, "_if_shown", lambda alert, what: what)


def the_second_edit_wins(patch: Patch) -> None:
    """Whatever the page showed, what it says now is done."""
    real = applying.edit_member

    def blind(docket: Docket, command: EditMember) -> Reply:
        member = docket.directory.members.get(command.member)
        return real(docket, command if member is None else replace(command, before=form_of(member)))

    patch.setitem(deciding.DECIDERS, EditMember, blind)


# Here and gone -----------------------------------------------------------------------------------------------------


def whoever_went_home_is_rung(patch: Patch) -> None:
    """The roster says so."""

    def planned(directory: Directory, site: str, now_ms: int, *, watched: bool = False) -> list[str]:
        stay = {id: word for id, word in directory.attendance.items() if word.phase is AttendancePhase.HERE}
        return on_shift(replace(directory, attendance=stay), site, now_ms, watched=watched)

    patch.setattr(escalation, "on_shift", planned)


def whoever_comes_again_is_begun_anew(patch: Patch) -> None:
    """In a record that the store has had for long."""

    def anew(pen: ledger._Pen, record: Kept) -> None:
        pen.state(REGISTER[type(record)], record.id, record, open=record.open)

    patch.setattr(ledger._Pen, "record", anew)


# Announced ---------------------------------------------------------------------------------------------------------


def tie_ignored_by_announcements(patch: Patch) -> None:
    """Whoever watches over others hears of every tie, whomever it binds."""
    real = announcing.tells

    def open_to_all(directory: Directory, reader: str, topic: Topic) -> bool:
        return real(directory, reader, Topic(told=Told.SUPERVISORS) if topic.told is Told.COORDINATORS else topic)

    patch.setattr(announcing, "tells", open_to_all)


def what_comes_meanwhile_is_not_announced(patch: Patch) -> None:
    patch.setattr(announcing._Crier, "_let_wait", lambda crier, before, told: None)


# Two people --------------------------------------------------------------------------------------------------------


def one_person_weakening(patch: Patch) -> None:
    patch.setattr(proposing, "reasons_to_wait", lambda docket, by, edits, *found: [()] * len(edits))


def rosters_may_be_emptied(patch: Patch) -> None:
    patch.setattr(Thinning, "of", lambda thinning, edit: iter(()))


def strangers_make_up_for_colleagues(patch: Patch) -> None:
    """Whoever is hired counts at once, in the same file and in the next."""
    patch.setattr(thinning, "_worlds", lambda before, after, now_ms: iter([(before, after)]))


def new_numbers_count_at_once(patch: Patch) -> None:
    """In the next file."""
    patch.setattr(thinning, "standing", lambda contact, now_ms: contact.reaches)


def delay_ignored(patch: Patch) -> None:
    patch.setattr(agreeing, "together", lambda directory, change: True)


def whoever_asked_agrees(patch: Patch) -> None:
    real = agreeing.agree

    def alone(docket: Docket, command: AgreeChange) -> Reply:
        change = docket.kept(Change, command.change)
        if change is None or not change.open or change.asker != command.by.member:
            return real(docket, command)
        change = agreeing._moved(docket, change, Agreed(command.by.member), command.by, "change_agreed")
        agreeing._come_true(docket, change)
        return Done()

    patch.setitem(deciding.DECIDERS, AgreeChange, alone)


def suspended_agreer_counts(patch: Patch) -> None:
    real = agreeing.eligible

    def lenient(directory: Directory, edit: Edit, id: str) -> bool:
        member = directory.members.get(id)
        if member is None:
            return False
        back = {**directory.members, id: replace(member, suspended=False)}
        return real(replace(directory, members=back), edit, id)

    patch.setattr(agreeing, "eligible", lenient)


ACCESS_MUTANTS: tuple[Mutant, ...] = (
    Mutant(revocation_not_broadcast, READS, (14, 28)),
    Mutant(tie_ignored_in_streams, READS, (46, 33)),
    Mutant(ended_device_answers, DOES, (48, 101)),
    Mutant(person_ended_but_for_phones, READS, (28, 31)),
    Mutant(link_usable_twice, "a_link_opens_once", (4, 17)),
    Mutant(nothing_said_of_access, "every_change_of_access_has_its_line", (4, 12)),
    Mutant(stop_shown_as_reach, "what_looks_reachable_is", (15, 17)),
    Mutant(opt_out_forgotten_when_the_contact_comes_back, "what_looks_reachable_is", (15, 113)),
    Mutant(stops_of_strangers_forgotten, "what_looks_reachable_is", (15, 113)),
    Mutant(the_unreached_are_not_named, "whoever_nothing_wakes_is_named", (17, 81)),
    Mutant(silent_to_whoever_runs_it, READS, (17, 28)),
    Mutant(the_second_edit_wins, "of_two_edits_one_wins", (4, 28)),
    Mutant(whoever_went_home_is_rung, "recipients_are_those_of_the_moment", (14, 28)),
    Mutant(whoever_comes_again_is_begun_anew, "no_page_of_our_own_making", (153, 137)),
    Mutant(tie_ignored_by_announcements, "nobody_hears_of_what_they_may_not", (4, 14)),
    Mutant(what_comes_meanwhile_is_not_announced, "what_is_announced_is_told", (4, 8)),
    Mutant(one_person_weakening, ALONE, (4, 12)),
    Mutant(rosters_may_be_emptied, ALONE, (4, 14)),
    Mutant(strangers_make_up_for_colleagues, ALONE, (79, 54)),
    Mutant(new_numbers_count_at_once, ALONE, (54, 94)),
    Mutant(delay_ignored, ALONE, (4, 12)),
    Mutant(whoever_asked_agrees, ALONE, (4, 15)),
    Mutant(suspended_agreer_counts, ALONE, (50, 86)),
)
