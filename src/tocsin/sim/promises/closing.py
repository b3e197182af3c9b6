"""Closing: by two, with a minute to object, and with nothing new sent afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tocsin.core import events as e
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Member
from tocsin.core.limits import CLOSE_OBJECTION_MS
from tocsin.core.words import MAY_CLOSE, Channel, DeliveryState, Purpose, Role
from tocsin.sim.climate import Mishap
from tocsin.sim.promises.drills import rung_for_real_meanwhile
from tocsin.sim.promises.recipients import States, states_of
from tocsin.sim.promises.scene import Scene
from tocsin.sim.record import Story

MEANT_MS = 240_000  # From a proposal to the close that it brings about, at the most.
SILENT_MS = 10_000
TEXTS = frozenset({Channel.SMS})
SAID_AFTER_CLOSE = frozenset({Purpose.ALL_CLEAR, Purpose.DRILL_OVER, Purpose.REPLY})


def nothing_new_after_the_close(scene: Scene) -> Iterator[str]:
    for sent in scene.journal.sends:
        delivery = scene.record.deliveries.get(sent.delivery)
        closed_ms = scene.journal.closed_ms.get(sent.alert)
        if delivery is None or closed_ms is None or delivery.purpose in SAID_AFTER_CLOSE:
            continue
        if sent.begun_ms > closed_ms:
            yield f"{delivery.purpose} {delivery.id} was sent {sent.begun_ms - closed_ms} ms after the close"


def no_phone_begins_to_ring_after_the_close(scene: Scene) -> Iterator[str]:
    """What a vendor had queued is taken back in time, where the vendor could be asked."""
    for rang_ms, reference in scene.journal.rung:
        alert, _, id = reference.partition("/")
        delivery, closed_ms = scene.record.deliveries.get(id), scene.journal.closed_ms.get(alert)
        if delivery is None or closed_ms is None or delivery.purpose in SAID_AFTER_CLOSE:
            continue
        asked = not any(rang_ms - SILENT_MS < at_ms < rang_ms for at_ms in scene.journal.unasked)
        if asked and rang_ms > closed_ms + SILENT_MS and scene.works(closed_ms, closed_ms + SILENT_MS):
            yield f"the phone of {delivery.member} began to ring {rang_ms - closed_ms} ms after the close"


def one_all_clear_each(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        clears = Counter(d.member for d in story.deliveries.values() if d.purpose is Purpose.ALL_CLEAR)
        for member, count in clears.items():
            if count > 1:
                yield f"{member} got {count} all-clears for {story.id}"
            reached = any(s.result is not None for s in scene.journal.sends if s.alert == story.id)
            if not reached:
                yield f"{member} got an all-clear for {story.id}, which reached nobody"


def everyone_reached_hears_that_it_is_over(scene: Scene) -> Iterator[str]:
    states, every = states_of(scene), frozenset(scene.node.ways)
    kinds = TEXTS if scene.node.climate.counts[Mishap.SETTINGS_CHANGED] else every  # Texts are never without a vendor.
    for story in scene.record.stories:
        ended = next((h.event for h in story.happened if isinstance(h.event, e.Closed)), None)
        if ended is None or ended.ended_by:
            continue
        told = {d.member for d in story.deliveries.values() if d.purpose is Purpose.ALL_CLEAR}
        for name in {d.member: None for d in story.deliveries.values() if _reached_before_the_close(d, story)}:
            if name in told or (story.alert.drill and rung_for_real_meanwhile(scene, story, name)):
                continue
            if _may_be_told(states[name], story, name, kinds):
                yield f"{name} was reached by {story.id} and never heard that it is over"


def _may_be_told(states: States, story: Story, name: str, kinds: frozenset[Channel]) -> bool:
    """Could this person be told when it closed?  At the end of the night they may be reachable again."""
    assert story.alert.closed_ms is not None
    closed_ms = story.alert.closed_ms
    before = [state for at_ms, state in states if at_ms < closed_ms][-1:]
    meanwhile = [state for at_ms, state in states if at_ms == closed_ms]  # A STOP in the very millisecond of the close.
    if not before or story.alert.people[name].withdrawn:
        return False
    return all(state is not None and _may_be_written_to(state, story, kinds) for state in (*before, *meanwhile))


def _may_be_written_to(member: Member, story: Story, kinds: frozenset[Channel]) -> bool:
    barred = member.suspended or story.alert.member in member.not_told_about
    return not barred and any(contact.usable and contact.kind in kinds for contact in member.contacts)


def _reached_before_the_close(delivery: Delivery, story: Story) -> bool:
    assert story.alert.closed_ms is not None
    arrived = delivery.state in (DeliveryState.DELIVERED, DeliveryState.ANSWERED)
    return delivery.purpose is Purpose.RING and arrived and delivery.changed_at_ms < story.alert.closed_ms


def two_people_close(scene: Scene) -> Iterator[str]:
    """I23, and the minute to object."""
    states = states_of(scene)
    for story in scene.record.stories:
        confirmed_ms, proposal_devices = None, ("", "")
        for happened in story.happened:
            event = happened.event
            if isinstance(event, e.CloseProposed):
                proposal_devices = (event.device, "")
            elif isinstance(event, e.CloseConfirmed):
                confirmed_ms, proposal_devices = happened.at_ms, (proposal_devices[0], event.device)
            elif isinstance(event, e.SaidSafe):  # The worker's own word takes the place of any proposal.
                confirmed_ms, proposal_devices = None, (event.device, "")
            elif isinstance(event, e.CloseUndone | e.PressedAgain):
                confirmed_ms = None
            elif isinstance(event, e.Closed) and not _by_one(event, story):
                yield from _closed_by_two(story, event, states, confirmed_ms, proposal_devices, happened.at_ms)


def _by_one(event: e.Closed, story: Story) -> bool:
    """Does it need no second person?  The worker's own PIN; a drill that a real alert or its operator ends."""
    return event.by == (story.alert.member,) or bool(event.ended_by) or (story.alert.drill and not event.by)


def _closed_by_two(
    story: Story,
    event: e.Closed,
    states: dict[str, States],
    confirmed_ms: int | None,
    devices: tuple[str, str],
    at_ms: int,
) -> Iterator[str]:
    if len(set(event.by)) != 2:
        yield f"{story.id} was closed by {event.by}"
    if confirmed_ms is None or at_ms < confirmed_ms + CLOSE_OBJECTION_MS:
        yield f"{story.id} was closed without a minute to object"
    if story.alert.member in event.by and not story.alert.said_safe:
        yield f"{story.id} was closed by the person in danger as one of two"
    if devices[0] == devices[1]:
        yield f"{story.id} was closed from one device"
    said_by_worker = story.alert.member in event.by
    if not said_by_worker and not any(MAY_CLOSE.intersection(_roles(states[name], at_ms)) for name in event.by):
        yield f"{story.id} was closed by {event.by}, neither a supervisor nor a coordinator"


def _roles(states: States, at_ms: int) -> set[Role]:
    """What they were while it was proposed, confirmed and committed."""
    earlier = [member for since_ms, member in states if since_ms <= at_ms - MEANT_MS][-1:]
    meanwhile = [member for since_ms, member in states if at_ms - MEANT_MS < since_ms <= at_ms]
    return {role for member in (*earlier, *meanwhile) if member is not None for role in member.roles}
