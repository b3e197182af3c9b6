"""A machine whose clock battery is flat comes back hours ago: what was open then still falls due now."""

from __future__ import annotations

from pathlib import Path

from rig import ORG, Rig
from test_system import HOUR, MS, NOON_NS, SECOND, Weather

from tocsin.core import commands as c
from tocsin.runtime.recall import latest_ms
from tocsin.runtime.system import SteadyClock


def rebooted(weather: Weather, back_ns: int) -> None:
    weather.name, weather.elapsed, weather.wall = "boot-2", 0, weather.wall - back_ns


def test_after_a_reboot_an_hour_ago_is_not_believed_when_the_record_knows_better(tmp_path: Path) -> None:
    weather = Weather()
    SteadyClock(tmp_path, weather)
    weather.pass_ns(10 * SECOND)
    rebooted(weather, HOUR)
    recorded_ms = NOON_NS // MS + 9_000
    clock = SteadyClock(tmp_path, weather, not_before_ms=recorded_ms)
    assert clock.now_ms() == recorded_ms and clock.jump_ms < -3_000_000
    weather.pass_ns(60 * SECOND)
    assert abs(clock.now_ms() - recorded_ms - 60_000) < 50


def test_a_wall_clock_that_is_later_than_the_record_is_believed(tmp_path: Path) -> None:
    weather = Weather()
    assert SteadyClock(tmp_path, weather, not_before_ms=NOON_NS // MS - 9_000).now_ms() == NOON_NS // MS


async def test_the_latest_moment_is_that_of_an_open_alert_or_of_a_message_that_is_not_over(rig: Rig) -> None:
    assert latest_ms(rig.store) == 0
    alert = await rig.raised()
    under_way = [
        delivery.changed_at_ms for delivery in rig.deliveries(alert).values() if delivery.due_at_ms is not None
    ]
    assert latest_ms(rig.store) == max(rig.alert(alert).looked_ms, *under_way)
    await rig.close(alert)
    under_way = [
        delivery.changed_at_ms for delivery in rig.deliveries(alert).values() if delivery.due_at_ms is not None
    ]
    assert latest_ms(rig.store) == max(under_way, default=0)


async def test_every_open_alert_is_looked_at_in_time_by_a_clock_that_began_there(rig: Rig) -> None:
    """The wakes that the store holds are never more than two minutes from that moment."""
    alert = await rig.raised()
    await rig.bell.submit(c.AddNote(org=ORG, alert=alert, member="teo", text="on my way down"))
    began_ms = latest_ms(rig.store)
    (wake,) = rig.store.wakes(ORG)
    assert wake.due_at_ms is not None and began_ms < wake.due_at_ms <= began_ms + 120_000
