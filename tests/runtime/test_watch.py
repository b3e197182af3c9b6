"""Who looks whether all is well: wakes, the auditor, the beats, and what readyz says."""

from __future__ import annotations

from rig import ORG, Clock, Rig

from tocsin.core import commands as c
from tocsin.core.limits import BAD_SIGNATURES_RED, BAD_SIGNATURES_WINDOW_MS
from tocsin.core.words import Answer
from tocsin.runtime.auditor import AUDIT_EVERY_MS, audit, findings
from tocsin.runtime.lifecycle import HEARTBEAT_EVERY_MS, Beats
from tocsin.runtime.readiness import PAGE_STANDS_MS, NotReady, Readiness
from tocsin.runtime.wakes import LOOK_MAX_S, Wakes
from tocsin.sim.clock import VirtualTimeLoop


class Bells:
    """Wakes on a clock that may be wrong, and when each key rang by that clock."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.clock, self.rang = Clock(loop), list[tuple[str, int]]()
        self.wakes = Wakes(self.clock, lambda key: self.rang.append((key, self.clock.now_ms() - self.began_ms)))
        self.began_ms = self.clock.now_ms()

    def set(self, key: str, after_ms: int | None) -> None:
        self.wakes.set(key, None if after_ms is None else self.began_ms + after_ms)


async def test_each_key_rings_once_at_its_newest_time_in_order(loop: VirtualTimeLoop) -> None:
    bells = Bells(loop)
    bells.set("b", 2_000)
    bells.set("a", 1_000)
    bells.set("gone", 1_500)
    bells.set("gone", None)
    bells.set("moved", 500)
    bells.set("moved", 3_000)
    bells.set("moved", 3_000)
    assert len(bells.wakes) == 3 and bells.wakes.at_ms("moved") == bells.began_ms + 3_000
    await loop.pause(60)
    assert bells.rang == [("a", 1_000), ("b", 2_000), ("moved", 3_000)]
    assert len(bells.wakes) == 0


async def test_what_is_long_due_rings_at_once(loop: VirtualTimeLoop) -> None:
    bells = Bells(loop)
    bells.set("late", -5_000)
    await loop.pause(0.001)
    assert [key for key, _ in bells.rang] == ["late"]


async def test_a_clock_that_lags_behind_the_timer_is_believed(loop: VirtualTimeLoop) -> None:
    bells = Bells(loop)
    bells.set("a", 1_000)
    bells.clock.ahead_ms = -700
    await loop.pause(1.5)
    assert bells.rang == []
    await loop.pause(0.3)
    assert len(bells.rang) == 1 and 1_000 <= bells.rang[0][1] <= 1_050


async def test_after_a_machine_slept_its_wakes_ring_within_seconds(loop: VirtualTimeLoop) -> None:
    bells = Bells(loop)
    bells.set("a", 100_000)
    await loop.pause(1)
    bells.clock.ahead_ms = 3_600_000  # The clock counted the sleep; the loop's timer did not.
    await loop.pause(LOOK_MAX_S)
    assert [key for key, _ in bells.rang] == ["a"]


async def test_nothing_rings_after_wakes_stopped(loop: VirtualTimeLoop) -> None:
    bells = Bells(loop)
    bells.set("a", 1_000)
    bells.wakes.stop()
    bells.wakes.stop()
    await loop.pause(10)
    assert bells.rang == []


async def test_the_auditor_finds_an_alert_whose_wake_was_lost_and_makes_it_louder(rig: Rig) -> None:
    alert = await rig.raised()
    assert audit(rig.bell) == 0
    rig.bell.wakes.set(f"alert/{ORG}/{alert}", None)
    rig.carrier.took()
    assert audit(rig.bell) == 1
    assert audit(rig.bell) == 0, "it is being looked after already"
    await rig.settle()
    assert rig.alert(alert).findings == ("no_near_wake_up",) and "alert_audited" in rig.pages
    assert {"teo", "ines", "bo"} <= set(rig.carrier.took())
    assert list(findings(rig.bell)) == []


async def test_the_auditor_finds_a_wake_far_away_and_one_long_overdue(rig: Rig) -> None:
    alert = await rig.raised()
    key = f"alert/{ORG}/{alert}"
    rig.bell.wakes.set(key, rig.clock.now_ms() + 3_600_000)
    assert [found.alert for found in findings(rig.bell)] == [alert]
    rig.bell.wakes.stop()
    rig.bell.wakes._times[key] = rig.clock.now_ms() - 60_000
    assert [found.alert for found in findings(rig.bell)] == [alert]


async def test_a_busy_node_hides_no_lost_wake(rig: Rig) -> None:
    alert, other = await rig.raised(), await rig.raised(member="teo")
    rig.bell.wakes.set(f"alert/{ORG}/{alert}", None)
    rig.bell.tell(c.Look(org=ORG, alert=other))
    assert rig.bell.busy and [found.alert for found in findings(rig.bell)] == [alert]


async def test_the_auditor_walks_its_rounds_and_the_heart_beats_only_while_all_is_well(rig: Rig) -> None:
    beats, well = list[int](), [True]

    async def beat() -> None:
        beats.append(1)

    rounds = Beats(rig.bell, lambda: well[0], beat)
    rounds.start()
    alert = await rig.raised()
    rig.bell.wakes.set(f"alert/{ORG}/{alert}", None)
    await rig.settle(AUDIT_EVERY_MS / 1_000 + 1)
    assert "alert_audited" in rig.pages and beats == []
    await rig.settle(HEARTBEAT_EVERY_MS / 1_000)
    assert beats == [1]
    well[0] = False
    await rig.settle(3 * HEARTBEAT_EVERY_MS / 1_000)
    assert beats == [1]
    well[0] = True
    await rig.settle(HEARTBEAT_EVERY_MS / 1_000)
    assert beats == [1, 1]
    rounds.stop()
    rounds._timers.clear()
    await rig.settle(300)
    assert beats == [1, 1]


async def test_without_an_address_there_is_no_heartbeat(rig: Rig) -> None:
    rounds = Beats(rig.bell, lambda: True, None)
    rounds.start()
    rounds._beat()
    await rig.settle(100)
    rounds.stop()
    assert len(rounds._timers) == 1 and not rounds._beating


def test_a_page_turns_readyz_red_for_as_long_as_it_stands(loop: VirtualTimeLoop) -> None:
    clock = Clock(loop)
    off = NotReady("sms.twilio", "no account", "set one")
    readiness = Readiness(clock, (off,))
    assert readiness.reasons() == [off]
    readiness.page("alert_reaches_nobody")
    readiness.page("something_new")
    assert [reason.what for reason in readiness.reasons()[1:]] == ["An alert reaches nobody.", "something_new"]
    clock.ahead_ms = PAGE_STANDS_MS
    assert readiness.reasons() == [off]


def test_ten_bad_signatures_in_ten_minutes_and_not_nine_nor_slower(loop: VirtualTimeLoop) -> None:
    clock = Clock(loop)
    readiness = Readiness(clock)
    for _ in range(BAD_SIGNATURES_RED - 1):
        readiness.bad_signature()
    assert readiness.reasons() == []
    readiness.bad_signature()
    assert [reason.part for reason in readiness.reasons()] == ["hooks"]
    clock.ahead_ms = BAD_SIGNATURES_WINDOW_MS + 1
    assert readiness.reasons() == []
    readiness.bad_signature()
    assert readiness.reasons() == [], "nine of them are old"


async def test_a_lapse_is_looked_at_when_it_is_due_and_not_before(rig: Rig) -> None:
    alert = await rig.raised()
    await rig.say(alert, "teo", Answer.SEEN)
    await rig.settle(59.9)
    assert rig.alert(alert).people["teo"].loan_until_ms is not None
    await rig.settle(0.2)
    assert rig.alert(alert).people["teo"].loan_until_ms is None
