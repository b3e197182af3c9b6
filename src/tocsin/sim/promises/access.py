"""Access: whoever is cut off reads, is told and does nothing any more; and each change of access has its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tocsin.core import commands as c
from tocsin.core import events as e
from tocsin.core.access.record import Session
from tocsin.core.words import Purpose, Reason, Role
from tocsin.sim.journal import Heard
from tocsin.sim.promises.past import Past, Step, steps
from tocsin.sim.promises.pushes import gone
from tocsin.sim.promises.scene import CLOCK_MS, Scene
from tocsin.sim.record import Story

SHOWN_MS = 60_000  # I14.
READS_ALL = frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR})
RUNS = frozenset({Role.ADMINISTRATOR, Role.WORKER})
SCREENS = frozenset({"wallboard", "desk", "key"})
SPOKEN_OF = frozenset(
    {"session", "passkey", "recoverycodes", "link", "wallboard", "desk", "key", "recovery", "suspension", "tieasked"}
    | {"pinreset", "change", "device"}
)


def nobody_reads_what_they_may_not(scene: Scene) -> Iterator[str]:
    """I20: no stream and no list, from the commit on; and nobody who was neither rung nor may read all."""
    past = Past(scene.journal)
    for heard in scene.journal.heard:
        who = f"{heard.member} was told of {heard.alert} by a {heard.how} at {heard.at_ms}"
        if past.had_ended(heard.credential, heard.at_ms):
            yield f"{who}, though their credential had ended"
        story = scene.record.story(heard.alert)
        if story is None:  # A life that only its worker, or a screen, knows.
            continue
        if _runs_it(past, heard) and _hides(story) and heard.member not in story.alert.people:  # Or it rang them.
            yield f"{who}, which was silent"
        if heard.member in SCREENS:
            continue
        if past.barred(heard.member, story.alert.member, heard.at_ms):
            yield f"{who}, who may not be told"
        person = story.alert.people.get(heard.member)
        rung = person is not None and person.first_rung_ms <= heard.at_ms + CLOCK_MS + scene.journal.lag_ms
        roles = {role for state in past.lately(heard.member, heard.at_ms) if state is not None for role in state.roles}
        if heard.member != story.alert.member and not rung and not READS_ALL & roles:
            yield f"{who}, whom it had not rung"


def _runs_it(past: Past, heard: Heard) -> bool:
    """Is this a screen, or somebody who is an administrator and nothing else?"""
    states = past.lately(heard.member, heard.at_ms)
    return heard.member in SCREENS or (
        bool(states) and all(state is not None and RUNS.issuperset(state.roles) for state in states)
    )


def _hides(story: Story) -> bool:
    """Silent from the first press on, and never anything else."""
    raised = story.happened[0].event
    return isinstance(raised, e.Raised) and raised.silent and story.alert.silent


def after_duress_the_worker_reads_that_it_is_over(scene: Scene) -> Iterator[str]:
    """I11: on every stream and in every list of theirs, for good; a press that came later goes by another id."""
    for heard in scene.journal.heard:
        hidden_ms, story = scene.journal.hidden_ms.get(heard.alert), scene.record.story(heard.alert)
        if hidden_ms is None or story is None or heard.member != story.alert.member:
            continue
        if heard.over is False and heard.at_ms > hidden_ms:
            yield f"{heard.member} read by a {heard.how} at {heard.at_ms} that {story.id} is open"


def nobody_cut_off_does_anything(scene: Scene) -> Iterator[str]:
    """I20: nothing that was asked after the commit is taken."""
    past = Past(scene.journal)
    for deed in scene.journal.deeds:
        story = scene.record.story(deed.alert)
        who = f"{deed.what} of {deed.member} to {deed.alert}, asked at {deed.asked_ms}, was taken"
        if past.had_ended(deed.credential, deed.asked_ms):
            yield f"{who}, though their credential had ended"
        about = deed.member if story is None else story.alert.member
        if about != deed.member and past.barred(deed.member, about, deed.asked_ms):
            yield f"{who}, who may not be told of it"


def no_send_begins_to_whom_it_is_cut(scene: Scene) -> Iterator[str]:
    """I20: from the commit on, not from some seconds later."""
    past = Past(scene.journal)
    for sent in scene.journal.sends:
        delivery, story = scene.record.deliveries.get(sent.delivery), scene.record.story(sent.alert)
        if delivery is None or story is None or delivery.purpose is Purpose.REPLY:
            continue
        if past.barred(delivery.member, story.alert.member, sent.begun_ms):
            yield f"{delivery.purpose} {delivery.id} began to go to {delivery.member}, who may not be told"


def every_change_of_access_has_its_line(scene: Scene) -> Iterator[str]:
    """I17: of what changed who may come in, and who may do what, the trail tells."""
    known: dict[str, object] = {}
    guarded = False
    for step in steps(scene.journal):
        said = bool(step.of("act"))
        for one in step.told:
            spoken = one.kind in SPOKEN_OF and not _only_used(known.get(f"{one.kind}/{one.id}"), one.value)
            known[f"{one.kind}/{one.id}"] = one.value
            if (spoken or (guarded and one.kind == "member" and _moved(step, one.id))) and not said:
                yield f"{one.kind} {one.id} changed at {step.at_ms}, and no line of the trail says so"
        guarded = guarded or bool(step.of("passkey"))


def _only_used(before: object, after: object) -> bool:
    """A session that was used, or lies open for another while."""
    if not isinstance(before, Session) or not isinstance(after, Session):
        return False
    return (before.ended, before.fresh_ms) == (after.ended, after.fresh_ms)


def _moved(step: Step, id: str) -> bool:
    before, after = step.before.members.get(id), step.after.members.get(id)
    if before is None or after is None:
        return True
    names = ("roles", "suspended", "not_told_about", "watch_window")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def a_link_opens_once(scene: Scene) -> Iterator[str]:
    """T18: whoever comes second finds it worn out."""
    used = Counter(act.subject for step in steps(scene.journal) for act in step.of("act") if act.what == "link_used")
    yield from (f"link {link} was used {times} times" for link, times in used.items() if times > 1)


def of_two_edits_one_wins(scene: Scene) -> Iterator[str]:
    """Two who began with the same page (`Hall.edited_by_two`): whoever comes second is told so.

    A file is neither of them: it says what all shall be, and may have been read off while the other name stood.
    """
    last = ""
    for step in steps(scene.journal):
        by_file = any(act.what.startswith("file_applied") for act in step.of("act"))
        for member in step.of("member"):
            if member.name == last or member.id != "ada":
                continue
            of_both = [name for name in (last, member.name) if name.startswith("Ada of ")]
            if not by_file and len({name.rpartition(", ")[2] for name in of_both}) < len(of_both):
                yield f"{last} became {member.name}, of two who had both read another name"
            last = member.name


def what_looks_reachable_is(scene: Scene) -> Iterator[str]:
    """I14: on the pages of the office, a minute after a STOP, a dead number, or the loss of a contact's proof."""
    past, dead = Past(scene.journal), list(_dead(scene))
    for shown in scene.journal.shown:
        if not shown.wakes:
            continue
        stops = [stop for at_ms, to, stop in scene.journal.opted if to == shown.to and at_ms <= shown.at_ms]
        old = [at_ms for at_ms, to, _ in scene.journal.opted if to == shown.to and at_ms <= shown.at_ms - SHOWN_MS]
        if stops and stops[-1] and len(old) == len(stops):
            yield f"{shown.member} is shown reachable at {shown.at_ms} by a number that said STOP"
        back_ms = max((at_ms for at_ms, to, stop in scene.journal.opted if to == shown.to and not stop), default=0)
        gone = any(to == shown.to and back_ms < at_ms < shown.at_ms - SHOWN_MS for at_ms, to in dead)
        if gone and shown.member not in scene.moved:
            yield f"{shown.member} is shown reachable at {shown.at_ms} by a number that is dead"
        states = past.lately(shown.member, shown.at_ms)
        contacts = [contact for state in states if state is not None for contact in state.contacts]
        if states and not any(contact.id == shown.contact and contact.verified for contact in contacts):
            yield f"{shown.member} is shown reachable at {shown.at_ms} by a contact that nobody verified"


def whoever_nothing_wakes_is_named(scene: Scene) -> Iterator[str]:
    """I14: in every open alert, to those who may know whom its messages reached."""
    past = Past(scene.journal)
    for heard in scene.journal.heard:
        story = scene.record.story(heard.alert)
        if story is None or heard.unreached is None:
            continue
        gone = {each.event.member for each in story.happened if isinstance(each.event, e.Withdrawn)}
        for person in story.alert.people.values():
            if person.member in gone or person.first_rung_ms > heard.at_ms - SHOWN_MS:
                continue
            if past.unwakeable(person.member, heard.at_ms, SHOWN_MS) and person.member not in heard.unreached:
                yield f"nothing has woken {person.member} for a minute at {heard.at_ms}, and {story.id} does not say so"


def _dead(scene: Scene) -> Iterator[tuple[int, str]]:
    """Which numbers a carrier has called dead, or a push service gone, and when we said that we had heard it."""
    yield from gone(scene)
    for called in scene.journal.calls:
        delivery = scene.record.deliveries.get(called.delivery)
        died = called.moved is c.Moved.UNDELIVERED and called.reason is Reason.NUMBER_DEAD
        if died and called.acked_ms is not None and delivery is not None:
            yield called.acked_ms, delivery.to
