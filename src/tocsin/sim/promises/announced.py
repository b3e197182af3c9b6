"""Announcements: whoever may read what was done hears that there is something to look at, seldom, and nobody else does.

Told from the acts of the record and from what left the house, without the rules that decide whom to tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tocsin.core.access.announcement import Announcement, Topic
from tocsin.core.access.record import Act
from tocsin.core.access.words import Told
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import ANNOUNCED_EVERY_MS
from tocsin.core.words import Channel, Role
from tocsin.sim.promises.past import Past, Step, steps
from tocsin.sim.promises.scene import Scene

WATCHES = frozenset({Role.SUPERVISOR, Role.COORDINATOR})
LOUD = frozenset(
    {"suspended", "recovery_asked", "recovery_vouched", "recovery_ready", "change_asked", "change_applied"}
)
LATE_MS = 60_000  # A start in between, and the clock of a machine that had lost the time.
Standing = dict[str, dict[str, Announcement]]
"""By member and id, the announcements that are not over."""


# Who ---------------------------------------------------------------------------------------------------------------


def nobody_hears_of_what_they_may_not(scene: Scene) -> Iterator[str]:
    """The ties, and I20: asked when it is written, and again when a message leaves."""
    known: dict[str, Announcement] = {}
    for step in steps(scene.journal):
        for now in step.of("announcement"):
            before = known.get(now.id)
            old = () if before is None else (*before.topics, *before.waiting)
            known[now.id] = now
            member = step.after.members.get(now.member)
            new = [topic for topic in (*now.topics, *now.waiting) if topic not in old]
            if any(member is None or not _may_hear(member, topic) for topic in new):
                yield f"{now.member} is to be told at {step.said_ms} of what they may not read"
    yield from _sent(scene, known)


def _sent(scene: Scene, known: dict[str, Announcement]) -> Iterator[str]:
    past = Past(scene.journal)
    for sent in scene.journal.sends:
        if sent.alert not in known:
            continue
        about = known[sent.alert]
        states = [state for state in past.lately(about.member, sent.begun_ms) if state is not None]
        if not any(_may_hear(state, topic) for state in states for topic in about.topics):
            yield f"{about.member} was sent {sent.delivery} at {sent.begun_ms}, and may read nothing of it"


def _may_hear(member: Member, topic: Topic) -> bool:
    if member.suspended:
        return False
    if topic.told is Told.THEMSELF:
        return topic.about == member.id
    if topic.told is Told.SUPERVISORS:
        return bool(WATCHES.intersection(member.roles))
    apart = {member.id, *member.not_told_about}.isdisjoint({topic.about, topic.subject})
    return Role.COORDINATOR in member.roles and apart


# How often ---------------------------------------------------------------------------------------------------------


def nobody_is_told_too_often(scene: Scene) -> Iterator[str]:
    """One message in ten minutes; and one more, where somebody may be coming in in their name."""
    made: dict[tuple[str, bool], dict[str, int]] = {}
    for step in steps(scene.journal):
        for one in step.of("announcement"):
            made.setdefault((one.member, one.warns), {})[one.id] = one.made_ms
            if not one.warns and one.tries == 0 and len(one.messages) > 1:
                yield f"{one.member} was told at {one.made_ms} by every way at once"
    for (member, _), times in made.items():
        for before_ms, after_ms in pairwise(sorted(times.values())):
            if after_ms - before_ms < ANNOUNCED_EVERY_MS:
                yield f"{member} was told at {before_ms} and again at {after_ms}"


# Whether -----------------------------------------------------------------------------------------------------------


def what_is_announced_is_told(scene: Scene) -> Iterator[str]:
    """T4, T18: everybody who watches, and can be written to, is told now or waits for their turn; which comes."""
    standing: Standing = {}
    guarded = False  # Until somebody who may agree has signed in nobody could look.
    for step in steps(scene.journal):
        guarded = guarded or any(one.kind == "guard" for one in step.told)
        over = [one for one in step.of("announcement") if one.over]
        for one in step.of("announcement"):
            standing.setdefault(one.member, {})[one.id] = one
        for one in over:
            del standing[one.member][one.id]
            if any(topic.told is Told.SUPERVISORS for topic in one.waiting) and not _told(standing, step, one.member):
                yield f"{one.member} waited to be told, and was not at {step.said_ms}"
        for act in step.of("act") if guarded else ():
            for member in _should_hear(step.after, act):
                if not _told(standing, step, member):
                    yield f"{member} is not told to look after {act.what} at {step.said_ms}"
    now_ms = scene.node.clock.now_ms()
    for one in (one for theirs in standing.values() for one in theirs.values()):
        if one.ends_ms + LATE_MS < now_ms and scene.works(scene.journal.now_ms - LATE_MS, scene.journal.now_ms):
            yield f"the turn of {one.member} came at {one.ends_ms}, and nobody looked"


def _should_hear(directory: Directory, act: Act) -> Iterator[str]:
    if act.what in LOUD and act.told is Told.SUPERVISORS:
        yield from (id for id in directory.members if id != act.by.member and _watches(directory, id))


def _told(standing: Standing, step: Step, member: str) -> bool:
    """In this very decision; or do they wait?  Whoever cannot be told any more need not be."""
    theirs = standing.get(member, {}).values()
    waits = any(topic.told is Told.SUPERVISORS for one in theirs for topic in one.waiting)
    return waits or any(one.made_ms == step.said_ms for one in theirs) or not _watches(step.after, member)


def _watches(directory: Directory, id: str) -> bool:
    member = directory.members.get(id)
    if member is None or member.suspended or not WATCHES.intersection(member.roles):
        return False
    return any(contact.usable and contact.kind is Channel.SMS for contact in member.contacts)
