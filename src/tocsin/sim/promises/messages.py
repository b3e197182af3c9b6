"""Messages: each is sent, none too often, and each ends in a named state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core import events as e
from tocsin.core.delivery import TERMINAL, Delivery
from tocsin.core.limits import SENDS_MAX
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason
from tocsin.sim.journal import Sent
from tocsin.sim.promises.drills import rung_for_real_meanwhile
from tocsin.sim.promises.scene import PACE_MS, Scene

ENDED = frozenset({*TERMINAL, DeliveryState.DELIVERED})
NOTHING = frozenset({c.Moved.UNDELIVERED, c.Moved.ENDED})


def every_message_ends(scene: Scene) -> Iterator[str]:
    announcing = scene.announcing
    for delivery in (one for one in scene.record.deliveries.values() if one.id not in announcing):
        letter = delivery.channel is Channel.EMAIL and delivery.state is DeliveryState.HANDED_OVER  # Says no more.
        if not (letter or delivery.state in ENDED) or delivery.due_at_ms is not None:
            yield f"message {delivery.id} to {delivery.member} is still {delivery.state}"


def everyone_is_reached_or_shown(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        shown = {h.event.member for h in story.happened if isinstance(h.event, e.NotReached)}
        shown |= {m for h in story.happened if isinstance(h.event, e.Rang) for m, _ in h.event.unreachable}
        spoke = {h.event.member for h in story.happened if isinstance(h.event, e.Answered | e.Withdrawn)}
        for member in story.alert.people:
            theirs = [d for d in story.deliveries.values() if d.member == member and d.purpose is Purpose.RING]
            if not theirs and story.alert.drill and rung_for_real_meanwhile(scene, story, member):
                continue  # A drill leaves them in peace.
            if not theirs:
                yield f"{member} is part of {story.id} and there is not one message to show for it"
            failed = all(d.state in (DeliveryState.FAILED, DeliveryState.UNDELIVERABLE) for d in theirs)
            before = [d for d in theirs if story.alert.closed_ms is None or d.changed_at_ms < story.alert.closed_ms]
            if failed and len(before) == len(theirs) and member not in shown | spoke:
                yield f"every message to {member} for {story.id} failed, and nobody was shown it"


def every_message_is_sent(scene: Scene) -> Iterator[str]:
    sends = Counter(sent.delivery for sent in scene.journal.sends)
    with_carrier = (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.ANSWERED)
    for delivery in scene.record.deliveries.values():
        if delivery.state in with_carrier and not sends[delivery.id]:
            yield f"message {delivery.id} is {delivery.state} and was never sent"
    for id in sends:
        if id not in scene.record.deliveries:
            yield f"message {id} was sent and is not in the store"


def no_message_is_sent_too_often(scene: Scene) -> Iterator[str]:
    by_message: dict[str, list[Sent]] = {}
    for sent in scene.journal.sends:
        by_message.setdefault(sent.delivery, []).append(sent)
    for id, sends in by_message.items():
        if len(sends) > SENDS_MAX:
            yield f"message {id} was sent {len(sends)} times"
        for before, after in pairwise(sends):
            known = isinstance(before.result, ports.Accepted) or (before.ended_ms or 0) > after.begun_ms
            if known and before.life == after.life and not _given_up(scene, before, after.begun_ms):
                yield f"message {id} was sent again at {after.begun_ms} although it had been taken"


def _given_up(scene: Scene, sent: Sent, by_ms: int) -> bool:
    """Had a vendor meanwhile said that this message came to nothing?  (Of two sends either may be believed.)"""
    return any(
        called.delivery == sent.delivery and called.moved in NOTHING and called.tried_ms <= by_ms
        for called in scene.journal.calls
    )


def a_graceful_restart_repeats_nothing(scene: Scene) -> Iterator[str]:
    ended = {outage.start_ms for outage in scene.journal.outages if outage.why == "restarted"}
    stops = [outage for outage in scene.journal.outages if outage.why == "restart"]
    by_message: dict[str, list[Sent]] = {}
    for sent in scene.journal.sends:
        by_message.setdefault(sent.delivery, []).append(sent)
    for id, sends in by_message.items():
        for before, after in pairwise(sends):
            taken = isinstance(before.result, ports.Accepted) and before.life + 1 == after.life
            stopped = [stop for stop in stops if stop.end_ms in ended and before.begun_ms <= (stop.end_ms or 0)]
            crashed = any(
                outage.why not in ("restart", "restarted")
                and (outage.end_ms is None or outage.end_ms >= before.begun_ms)
                and outage.start_ms <= after.begun_ms
                for outage in scene.journal.outages
            )
            if taken and stopped and not crashed and not _given_up(scene, before, after.begun_ms):
                yield f"message {id} was sent again after a restart in good order"


def each_ringing_happens_once(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        made = Counter(
            (d.ringing, d.contact, d.purpose)
            for d in story.deliveries.values()
            if d.purpose is Purpose.RING and d.contact
        )
        for (ringing, contact, _), count in made.items():
            if count > 1:
                yield f"ringing {ringing} of {story.id} made {count} messages to {contact}"
        presses = sum(isinstance(h.event, e.PressedAgain | e.DuressSignalled) for h in story.happened)
        rung_again = sum(isinstance(h.event, e.Rang) and h.event.why == "pressed_again" for h in story.happened)
        if rung_again > presses:
            yield f"{presses} presses rang {story.id} {rung_again} times"


def a_ring_goes_out_at_once(scene: Scene) -> Iterator[str]:
    """I24, I7: whatever else waits (a drill above all), a healthy system sends a live ring within a second."""
    first: dict[str, int] = {}
    for sent in scene.journal.sends:
        first.setdefault(sent.delivery, sent.begun_ms)
    for delivery in scene.record.deliveries.values():
        due_ms = delivery.created_at_ms
        if delivery.purpose is not Purpose.RING or delivery.drill or not delivery.contact or delivery.id not in first:
            continue
        late_ms = first[delivery.id] - due_ms - scene.journal.lag_ms
        if late_ms > PACE_MS and scene.works(due_ms, due_ms + PACE_MS + scene.journal.lag_ms):
            yield f"ring {delivery.id} went out {late_ms} ms late"


def callbacks_converge(scene: Scene) -> Iterator[str]:
    """Of a message sent once and taken: its callbacks together say what it ends as, in whatever order they came.

    (One that nobody knew the end of may meanwhile have been given up for another reason; that is shown, and loud.)
    """
    sends = Counter(sent.delivery for sent in scene.journal.sends)
    taken = {sent.delivery for sent in scene.journal.sends if isinstance(sent.result, ports.Accepted)}
    calls: dict[str, set[c.Moved]] = {}
    tried = {(called.delivery, called.moved) for called in scene.journal.calls}  # Some came, and we never heard so.
    for called in scene.journal.calls:
        if called.acked_ms is not None:
            calls.setdefault(called.delivery, set()).add(called.moved)
    for id in sorted(taken & calls.keys()):
        moved, delivery = calls[id], scene.record.deliveries.get(id)
        if delivery is None or sends[id] != 1 or delivery.state in (DeliveryState.ANSWERED, DeliveryState.SUPERSEDED):
            continue
        failed = delivery.state in (DeliveryState.FAILED, DeliveryState.UNDELIVERABLE)
        if c.Moved.UNDELIVERED in moved and not failed:
            yield f"message {id} was called undelivered and ended {delivery.state}"
        unheard = all((id, came) not in tried for came in NOTHING)
        if unheard and c.Moved.DELIVERED in moved and failed and not _ended_by_us(scene, delivery):
            yield f"message {id} was called delivered and ended {delivery.state} ({delivery.reason})"


def _ended_by_us(scene: Scene, delivery: Delivery) -> bool:
    """Given up as too old; or after a crash in its send: its way was closed meanwhile, or the person had said STOP."""
    if delivery.reason in (Reason.EXPIRED, Reason.NOBODY_KNOWS):
        return True
    begun_ms = [sent.begun_ms for sent in scene.journal.sends if sent.delivery == delivery.id]
    crashed = any(outage.start_ms >= begun_ms[0] for outage in scene.journal.outages)
    return crashed and delivery.reason in (Reason.NO_CONTACT, Reason.OPTED_OUT)
