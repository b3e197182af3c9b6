"""What a node keeps in memory does not grow with what was, and never forgets what is."""

from __future__ import annotations

from rig import ORG, Rig

from tocsin.core.words import Answer
from tocsin.runtime.world import CLOSED_KEPT


async def test_an_alert_that_a_reader_asked_for_while_it_was_stored_is_never_forgotten(rig: Rig) -> None:
    """Between the disk's word and ours a page may find the new alert in the store, and take it for an old one."""
    alert = await rig.raised()
    for name in ("teo", "ines", "bo"):
        await rig.say(alert, name, Answer.SEEN)
    stored = rig.world.alerts.pop(alert)
    rig.world.open.pop(alert)
    assert rig.world.alert(ORG, alert) is not None  # Read from the store, as a list of alerts does.
    rig.world.keep(stored)
    rig.world._closed.extend(f"long closed {number}" for number in range(CLOSED_KEPT))
    rig.world.forget_the_long_closed()
    assert alert in rig.world.alerts and rig.world.version(ORG, f"alert/{alert}") > 0
