"""Pushes: none goes where nobody takes it, none gives anything away, and a key that is refused is heard of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin import ports
from tocsin.core.access.push_record import Subscription
from tocsin.core.words import Purpose, Reason
from tocsin.runtime.push_proofs import WAY
from tocsin.sim.centre import ORG
from tocsin.sim.journal import Sent
from tocsin.sim.promises.past import steps
from tocsin.sim.promises.scene import CLOCK_MS, PACE_MS, Scene

CALLS_FOR_HELP = frozenset({Purpose.RING, Purpose.REAL_ALERT})
WORDS, PLACES = re.compile(r"\w+"), frozenset({"Lot", "Gate", "GPS"})
ENDS = frozenset({"restarted", "killed", "killed after commit", "power lost", "store broken"})  # Of a process.


def nothing_is_pushed_to_what_has_ended(scene: Scene) -> Iterator[str]:
    """I14, I20: taken back, replaced, with its phone, or gone as its service said."""
    ended_ms = _ended(scene)
    for sent in _pushed(scene):
        since_ms = ended_ms.get(sent.to)
        if since_ms is not None and sent.begun_ms > since_ms + CLOCK_MS:
            yield f"{sent.reference} began to go to {sent.to} at {sent.begun_ms}, which had ended at {since_ms}"


def _ended(scene: Scene) -> dict[str, int]:
    """Since which true time nothing may go to a subscription."""
    ended_ms: dict[str, int] = {}
    for at_ms, to in gone(scene):
        ended_ms.setdefault(to, at_ms)
    phones: dict[str, set[str]] = {}
    for step in steps(scene.journal):
        known: list[Subscription] = step.of("subscription")
        for one in known:
            phones.setdefault(one.device, set()).add(one.id)
        over = {one.id for one in known if not one.open}
        over |= {id for device in step.of("device") if device.revoked for id in phones.get(device.id, ())}
        for id in over:
            ended_ms[id] = min(step.at_ms, ended_ms.get(id, step.at_ms))
    return ended_ms


def gone(scene: Scene) -> Iterator[tuple[int, str]]:
    """What its service has called gone, and when we must have had that in the record."""
    for sent in _refused(scene, Reason.ADDRESS_DEAD):
        assert sent.ended_ms is not None
        if scene.works(sent.ended_ms, sent.ended_ms + PACE_MS):
            yield sent.ended_ms + PACE_MS, sent.to


def whoever_runs_it_hears_that_our_key_is_refused(scene: Scene) -> Iterator[str]:
    """401, 403: no phone is rung by push until somebody looks; each process says so anew."""
    ends = [outage.end_ms or 0 for outage in scene.journal.outages if outage.why in ENDS]
    pages = [at_ms for at_ms, name in scene.journal.pages if name == "vendor_down"]
    for sent in _refused(scene, Reason.SENDER_SUSPENDED):
        assert sent.ended_ms is not None
        begun_ms, by_ms = max((at_ms for at_ms in ends if at_ms <= sent.begun_ms), default=0), sent.ended_ms + PACE_MS
        if scene.works(sent.ended_ms, by_ms) and not any(begun_ms <= at_ms <= by_ms for at_ms in pages):
            yield f"a push service refused our key at {sent.ended_ms}, and nobody was paged"


def a_push_that_calls_nobody_names_nobody(scene: Scene) -> Iterator[str]:
    """T12: on a locked screen only a call for help says for whom and where."""
    names = {member.name for member in scene.node.world.directory(ORG).members.values()}
    for sent in _pushed(scene):
        delivery = scene.record.deliveries.get(sent.delivery)
        if delivery is None or delivery.purpose in CALLS_FOR_HELP:
            continue
        words = set(WORDS.findall(sent.text))
        if told := words & (names | PLACES):
            yield f"a push of {delivery.purpose} to {delivery.member} says {sorted(told)}: {sent.text}"


def _refused(scene: Scene, reason: Reason) -> Iterator[Sent]:
    for sent in _pushed(scene):
        if isinstance(sent.result, ports.Refused) and sent.result.reason is reason and sent.ended_ms is not None:
            yield sent


def _pushed(scene: Scene) -> Iterator[Sent]:
    return (sent for sent in scene.journal.sends if sent.route == WAY)
