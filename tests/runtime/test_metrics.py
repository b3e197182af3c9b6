"""What `/metrics` says after a busy night, and what it must never say (I25)."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from rig import ORG, SITE, Clock, Rig, directory

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core import words
from tocsin.core.directory import Directory, Place, Site
from tocsin.core.words import Answer, Came, Channel, Outcome, PlaceKind, Reason
from tocsin.runtime.lookouts import DISK_LOW_BYTES, alerts_watch, clock_watch, disk_watch, space_at
from tocsin.runtime.metrics import Metrics
from tocsin.runtime.readiness import PAGES, PARTS, NotReady, Readiness
from tocsin.runtime.system import SteadyClock
from tocsin.runtime.tally import Spread
from tocsin.settings import SECTIONS
from tocsin.sim.clock import VirtualTimeLoop

POISON = "belladonna"
Value = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def poisoned() -> Directory:
    """The usual people, with a word in everything that somebody wrote."""
    usual = directory()
    members = {id: replace(member, name=f"{member.name} {POISON}") for id, member in usual.members.items()}
    return replace(
        usual,
        name=POISON,
        members=members,
        sites={SITE: Site(SITE, POISON, "UTC", "+12025550177")},
        places=(Place(SITE, POISON, POISON, "lot"),),
    )


def values(page: bytes) -> Value:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    }


def value(page: bytes, name: str, /, **labels: str) -> float:
    return values(page)[name, tuple(sorted(labels.items()))]


def words_of_the_core() -> set[str]:
    kinds = [kind for kind in vars(words).values() if isinstance(kind, type) and issubclass(kind, StrEnum)]
    return {word.value for kind in kinds for word in kind}


ALLOWED = (
    words_of_the_core()
    | PARTS
    | set(PAGES)
    | {"", "other", "true", "false", "loop", "outbox", "accepted", "unknown", "twilio", "StoreFull"}
)


async def busy(rig: Rig, readiness: Readiness) -> str:
    """A press with words and a place, refusals, doubt, an answer, a note, a text, a full disk, forged calls."""
    await rig.found(poisoned())
    rig.carrier.results["+12025550121"] = ports.Refused(Reason.OPTED_OUT, POISON)
    rig.carrier.results["+12025550122"] = ports.Unknown(POISON)
    place = c.PlaceReport(PlaceKind.FIX, rig.clock.now_ms(), label=POISON, lat=41.0, lon=-93.0, radius_m=12.0)
    press = c.Press(
        org=ORG, credential=POISON, key=POISON, member="noor", device="phone", came=Came.DEVICE, text=POISON,
        places=(place,),
    )  # fmt: skip
    taken = await rig.bell.submit(press)
    assert isinstance(taken, c.PressTaken)
    await rig.settle(20)
    await rig.say(taken.alert, "bo", Answer.COMING)
    await rig.bell.submit(c.AddNote(org=ORG, alert=taken.alert, member="bo", text=POISON))
    await rig.bell.submit(c.TextIn(org=ORG, vendor=POISON, message=POISON, sender="+12025550123", text=f"sos {POISON}"))
    rig.store.mood = ports.StoreFull(POISON)
    with pytest.raises(Exception, match=r"^$"):
        await rig.press("two")
    rig.store.mood = None
    await rig.press("three", drill=True, member="wale")
    readiness.bad_signature()
    readiness.page("store_refuses")
    readiness.page(POISON)
    await rig.bell.submit(
        c.ProposeClose(org=ORG, alert=taken.alert, member="ines", device="d", outcome=Outcome.SAFE, note=POISON)
    )
    await rig.settle(5)
    return taken.alert


async def test_a_busy_night_leaves_no_word_of_anybody_in_the_metrics(rig: Rig) -> None:
    readiness = Readiness(rig.clock, (NotReady(POISON, POISON, POISON), NotReady("sms.twilio", POISON, POISON)))
    metrics = Metrics(
        rig.bell,
        readiness,
        vendors=("twilio",),
        healths=lambda: [(Channel.SMS, "twilio", True), (Channel.SMS, POISON, False)],
    )
    alert = await busy(rig, readiness)
    page = metrics.text()
    said = page.decode()
    assert POISON not in said and "+1202" not in said and alert[:13] not in said
    names = {name for name, _ in values(page)}
    assert all(re.fullmatch(r"(tocsin)_[a-z_]+", name) for name in names)
    labels = {(name, word) for _, pairs in values(page) for name, word in pairs}
    assert {word for name, word in labels if name != "le"} <= ALLOWED
    assert len(labels) > 20, "there was something to look through"


async def test_the_metrics_say_what_happened(rig: Rig) -> None:
    readiness = Readiness(rig.clock)
    metrics = Metrics(
        rig.bell, readiness, vendors=("twilio",), disk_free=lambda: 5, healths=lambda: [(Channel.SMS, "twilio", False)],
        last_done={"backup": lambda: 7_000, "reconciliation": lambda: None},
    )  # fmt: skip
    await busy(rig, readiness)
    page = metrics.text()
    assert value(page, "tocsin_presses_total", came="device") == 1
    assert value(page, "tocsin_presses_total", came="sms") == 1, "Ines called for help too"
    assert value(page, "tocsin_open_alerts", state="climbing", drill="false") == 2
    assert value(page, "tocsin_sends_total", channel="sms", vendor="twilio", outcome="opted_out") >= 1
    assert value(page, "tocsin_sends_total", channel="sms", vendor="twilio", outcome="unknown") >= 1
    assert value(page, "tocsin_sends_total", channel="sms", vendor="twilio", outcome="accepted") >= 1
    handed_over = {"channel": "sms", "vendor": "twilio", "state": "handed_over", "reason": ""}
    assert value(page, "tocsin_deliveries_total", **handed_over) >= 1
    assert value(page, "tocsin_loans") == 1
    assert value(page, "tocsin_unreached_people") >= 1
    assert value(page, "tocsin_store_refusals_total", error="StoreFull") >= 1
    assert value(page, "tocsin_bad_signatures_total") == 1
    assert value(page, "tocsin_pages_total", page="store_refuses") == 1
    assert value(page, "tocsin_not_ready", part="alerts") == 2 and value(page, "tocsin_ready") == 0
    assert value(page, "tocsin_press_accept_seconds_count") == 2
    assert value(page, "tocsin_text_accept_seconds_count") == 1
    assert value(page, "tocsin_commit_seconds_count") == value(page, "tocsin_batch_commands_count") > 5
    assert value(page, "tocsin_wakes_armed") == len(rig.bell.wakes) > 0
    assert value(page, "tocsin_ledger_position") == rig.bell.position > 0
    assert value(page, "tocsin_disk_free_bytes") == 5
    assert value(page, "tocsin_vendor_healthy", channel="sms", vendor="twilio") == 0
    assert value(page, "tocsin_last_backup_timestamp_seconds") == 7
    assert value(page, "tocsin_process_open_fds") > 0 and value(page, "tocsin_process_resident_memory_bytes") > 0


async def test_a_queue_that_does_not_move_shows_its_age(rig: Rig) -> None:
    metrics = Metrics(rig.bell, Readiness(rig.clock))
    await rig.found()
    page = metrics.text()
    assert (
        value(page, "tocsin_queue_length", queue="outbox") == 0 == value(page, "tocsin_queue_age_seconds", queue="loop")
    )
    rig.carrier.hold = True
    rig.outbox._stopped = True
    await rig.raised()
    await rig.settle(7)
    page = metrics.text()
    assert value(page, "tocsin_queue_length", queue="outbox") > 0
    assert value(page, "tocsin_queue_age_seconds", queue="outbox") >= 7
    rig.bell._writing = True
    rig.bell.tell(c.Look(org=ORG, alert="x"))
    await rig.settle(3)
    assert value(metrics.text(), "tocsin_queue_length", queue="loop") == 1
    assert value(metrics.text(), "tocsin_queue_age_seconds", queue="loop") >= 3
    rig.bell._writing = False


def test_a_value_falls_into_the_first_bound_that_is_not_below_it() -> None:
    spread = Spread((1, 5))
    for each in (0, 1, 2, 5, 6, 10**12):
        spread.add(each)
    assert spread.counts == [2, 2, 2] and spread.total == 14 + 10**12


def test_every_section_of_the_settings_is_a_part_that_metrics_name() -> None:
    assert set(SECTIONS) <= PARTS


# What readyz looks at --------------------------------------------------------------------------------------------


class Apart:
    jump_ms = 0


def test_a_clock_that_was_set_turns_readyz_red_and_one_corrected_a_little_does_not(loop: VirtualTimeLoop) -> None:
    clock, readiness = Apart(), Readiness(Clock(loop))
    readiness.watch(clock_watch(clock))
    for jump_ms, red in ((0, False), (900, False), (-900, False), (3_600_000, True), (-3_600_000, True)):
        clock.jump_ms = jump_ms
        assert [reason.part for reason in readiness.reasons()] == ["clock"] * red
    assert "-3600 s" in readiness.reasons()[0].what


def test_the_steady_clock_tells_its_jump_to_whoever_looks(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert list(clock_watch(SteadyClock(tmp_path_factory.mktemp("clock")))()) == []


def test_a_disk_nearly_full_or_dumb_turns_readyz_red(tmp_path_factory: pytest.TempPathFactory) -> None:
    big, small = 10**12, 16 * 1_048_576
    for space, red in (
        ((DISK_LOW_BYTES, big), False),
        ((DISK_LOW_BYTES - 1, big), True),
        ((small // 10, small), False),
        ((small // 100, small), True),
        (None, True),
    ):
        assert [reason.part for reason in disk_watch(lambda space=space: space)()] == ["disk"] * red
    free, whole = space_at(tmp_path_factory.mktemp("disk"))() or (0, 0)
    assert 0 < free <= whole
    assert space_at(tmp_path_factory.mktemp("disk") / "none")() is None


async def test_an_alert_that_reaches_nobody_keeps_readyz_red_for_as_long_as_it_does(rig: Rig) -> None:
    readiness = Readiness(rig.clock)
    readiness.watch(alerts_watch(rig.world))
    for number in ("+12025550121", "+12025550122", "+12025550123", "+12025550124"):
        rig.carrier.results[number] = ports.Refused(Reason.NUMBER_DEAD)
    alert = await rig.raised()
    await rig.settle(3_600)
    assert rig.alert(alert).reaches_nobody
    assert [reason.part for reason in readiness.reasons()] == ["alerts"]
    await rig.close(alert)
    await rig.settle(120)
    assert readiness.reasons() == []
