"""Routes: what one vendor cannot do, another is asked at once; whoever no vendor reaches is shown."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin import ports
from tocsin.core import events as e
from tocsin.core.delivery import FOR_EVER, Delivery
from tocsin.core.limits import SENDS_MAX, UNDELIVERABLE_SHOWN_MS
from tocsin.core.words import REACHING, Channel, DeliveryState, Purpose, Reason
from tocsin.runtime.outbox import DRILLS_IN_FLIGHT_MAX
from tocsin.sim.climate import Mishap
from tocsin.sim.journal import Sent
from tocsin.sim.promises.scene import PACE_MS, Scene
from tocsin.sim.record import Story

OF_THE_VENDOR = frozenset({Reason.SENDER_SUSPENDED, Reason.VENDOR_DOWN, Reason.RATE_LIMITED})
SET_ASIDE = frozenset({DeliveryState.ANSWERED, DeliveryState.SUPERSEDED})
FAILED = frozenset({DeliveryState.FAILED, DeliveryState.UNDELIVERABLE})


def another_vendor_is_asked(scene: Scene) -> Iterator[str]:
    by_message: dict[str, list[Sent]] = {}
    for sent in scene.journal.sends:
        by_message.setdefault(sent.delivery, []).append(sent)
    for id, sends in by_message.items():
        delivery = scene.record.deliveries.get(id)
        if delivery is None or delivery.channel is not Channel.SMS or delivery.purpose is not Purpose.RING:
            continue
        for number, sent in enumerate(sends[: SENDS_MAX - 1]):
            if _owed(scene, delivery, sent, {earlier.route for earlier in sends[: number + 1]}):
                after = sends[number + 1] if number + 1 < len(sends) else None
                if after is None or after.route == sent.route or after.begun_ms > (sent.ended_ms or 0) + PACE_MS:
                    yield f"{sent.route} could not bring {id} at {sent.ended_ms}, and no other vendor was asked at once"


def _owed(scene: Scene, delivery: Delivery, sent: Sent, tried: set[str]) -> bool:
    """Does this failure oblige us to ask another?  Not if the message was set aside, or a newer one rings."""
    if scene.node.climate.counts[Mishap.SETTINGS_CHANGED]:  # A vendor may have been taken out of the settings.
        return False
    gone = delivery.reason in FOR_EVER or delivery.reason is Reason.NO_CONTACT  # There is no such way any more.
    if sent.ended_ms is None or len(tried) >= scene.vendors or delivery.state in SET_ASIDE or gone:
        return False
    refused = isinstance(sent.result, ports.Refused) and sent.result.reason in OF_THE_VENDOR
    newer = any(
        other.contact == delivery.contact and other.ringing > delivery.ringing and other.alert == delivery.alert
        for other in scene.record.deliveries.values()
    )
    well = scene.works(sent.begun_ms, sent.ended_ms + PACE_MS)
    heard = any(called.delivery == delivery.id and called.tried_ms <= sent.ended_ms for called in scene.journal.calls)
    failed = refused or (isinstance(sent.result, ports.Unknown) and not heard)
    return failed and not newer and well and _in_time(delivery, sent) and not _a_drill_that_waits(scene, delivery, sent)


def _a_drill_that_waits(scene: Scene, delivery: Delivery, sent: Sent) -> bool:
    """A crowd's drill has so many places and no more: what one vendor could not bring waits for its turn again."""
    assert sent.ended_ms is not None
    in_the_air = [s for s in scene.journal.sends if s.begun_ms <= sent.ended_ms <= (s.ended_ms or sent.ended_ms)]
    drills = [s for s in in_the_air if (known := scene.record.deliveries.get(s.delivery)) is not None and known.drill]
    return delivery.drill and len(drills) >= DRILLS_IN_FLIGHT_MAX


def _in_time(delivery: Delivery, sent: Sent) -> bool:
    assert sent.ended_ms is not None
    return sent.ended_ms + PACE_MS < delivery.valid_until_ms


def the_unreached_are_shown_in_time(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        for member in story.alert.people:
            yield from _shown(story, member, scene.journal.lag_ms)


def _shown(story: Story, member: str, lag_ms: int) -> Iterator[str]:
    theirs = [
        d
        for d in story.deliveries.values()
        if d.member == member and d.purpose is Purpose.RING and d.channel in REACHING and d.contact
    ]
    if not theirs or any(d.state not in FAILED for d in theirs):
        return
    last_ms = max(d.changed_at_ms for d in theirs)
    said = [h.at_ms for h in story.happened if isinstance(h.event, e.NotReached) and h.event.member == member]
    said += [h.at_ms for h in story.happened if isinstance(h.event, e.Rang) and member in dict(h.event.unreachable)]
    if said and min(said) > last_ms + UNDELIVERABLE_SHOWN_MS + lag_ms:
        yield f"{member} could not be reached for {story.id} at {last_ms}, and that was shown at {min(said)}"


def a_forged_callback_changes_nothing(scene: Scene) -> Iterator[str]:
    for forged in scene.journal.forged:
        if not forged.declined:
            yield f"a forged callback for {forged.delivery} was taken"
