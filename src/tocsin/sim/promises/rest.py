"""Rest: ten minutes after the last fault nothing is owed and nothing waits."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.record import REGISTER
from tocsin.runtime import ledger
from tocsin.sim.centre import ORG
from tocsin.sim.promises.scene import PACE_MS, Scene

MAY_WAIT = frozenset({"fixes", *REGISTER.values()})  # Coordinates for a day; a session, a change, a key for longer.


def everything_comes_to_rest(scene: Scene) -> Iterator[str]:
    node = scene.node
    for story in scene.record.stories:
        if story.alert.open:
            yield f"{story.id} is still open"
    if node.life is None:
        yield "the node is not up"
        return
    due = {row.id for row in node.store.due_deliveries(ORG)}
    wakes = node.store.wakes(ORG)
    told = {message.alert for message in scene.record.announced.values()}
    since_ms = node.clock.now_ms() - PACE_MS
    late = {wake.stream for wake in wakes if wake.due_at_ms is not None and wake.due_at_ms < since_ms}
    owed = [command for command in node.bell.busy_with if not _of_this_moment(command, told, late)]
    if due - scene.announcing or node.outbox.oldest_ms is not None or owed:
        yield f"queues are not empty: {owed}"
    left = [wake.stream for wake in wakes if wake.stream.partition("/")[0] not in MAY_WAIT]
    if left:
        yield f"wake-ups are left: {left}"
    for seen in node.routes.health():
        if seen.state != "well":
            yield f"{seen.vendor} has been well for ten minutes and is still taken to be {seen.state}"
    turns = sum(isinstance(command, LookAt) for command in node.bell.busy_with)  # Of them the wake-ups have rung.
    if not len(wakes) - turns <= len(node.bell.wakes) <= len(wakes):
        yield f"{len(node.bell.wakes)} wake-ups in memory, {len(wakes)} in the store"


def _of_this_moment(command: c.Command, told: set[str], late: set[str]) -> bool:
    """The turn of a record that may wait, come just now, or news of what was told: they go on while people act."""
    if isinstance(command, LookAt):
        return command.kind in MAY_WAIT and f"{command.kind}/{command.id}" not in late
    return isinstance(command, c.Report) and command.alert in told


def memory_is_what_the_store_says(scene: Scene) -> Iterator[str]:
    world = scene.node.world
    if world.directory(ORG) != ledger.read_directory(scene.node.store, ORG):
        yield "the directory in memory is not that of the store"
    for story in scene.record.stories:
        alert = world.alerts.get(story.id)
        if alert is not None and replace(alert, looked_ms=0) != replace(story.alert, looked_ms=0):
            yield f"{story.id} in memory is not that of the store"
        for id, delivery in world.sent.get(story.id, {}).items():
            if story.deliveries.get(id) != delivery:
                yield f"message {id} in memory is not that of the store"
