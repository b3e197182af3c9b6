"""The harness can fail: each way to break a promise is seen, and each night can be asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tocsin.bench.outside.faults import BY_NAME, WEATHER
from tocsin.bench.outside.night import Night, Plan, planned
from tocsin.bench.outside.nights import NoSuchFault, figures, plans, replay, run_outside
from tocsin.bench.outside.phones import Outcome, Pressed, Try
from tocsin.bench.outside.site import BACKSTOP_S, COLLEAGUES, LABEL, OFF_SHIFT
from tocsin.bench.outside.verdict import Record, logged
from tocsin.bench.town import fictional
from tocsin.sandbox.box import Sent


def sent(number: int, at_s: float, delivery: str = "") -> Sent:
    callback = f"http://localhost/hooks/twilio/status?delivery={delivery or f'{number}-{at_s}'}&alert=a"
    return Sent(at_s, "SM", fictional(number), "+12025550190", "SOS", {"StatusCallback": callback})


def taken(began_s: float) -> Pressed:
    told = Try(Outcome.TAKEN, began_s, began_s + 0.01)
    return Pressed("w0", "key", began_s, tries=[told], alert="a", receipt="r")


EVERYBODY = [*(sent(number, 10.1) for number in range(COLLEAGUES)), sent(OFF_SHIFT, 10 + BACKSTOP_S + 0.1)]


def test_the_verdict_is_clean_when_everybody_was_told_in_time() -> None:
    record, journal = Record(EVERYBODY), [taken(10)]
    assert (record.unrung(journal), record.unwoken(journal), record.early(journal)) == ([], 0, 0)
    assert (record.sends_max, record.sent_too_often) == (1, 0)
    assert record.late_max_s(journal) == pytest.approx(0.09)


def test_the_verdict_sees_a_press_that_rang_nobody_again() -> None:
    again = taken(11)
    assert Record(EVERYBODY).unrung([taken(10), again]) == [(again, fictional(number)) for number in range(COLLEAGUES)]


def test_the_verdict_sees_a_timer_that_was_lost_and_one_that_fired_early() -> None:
    assert Record(EVERYBODY[:-1]).unwoken([taken(10)]) == 1
    assert Record([*EVERYBODY[:-1], sent(OFF_SHIFT, 12)]).early([taken(10)]) == 1


def test_the_verdict_counts_an_unanswered_first_try_as_the_begin_of_an_alert() -> None:
    """A press that was cut may have been stored: the timer runs from there, and is not early."""
    cut = Pressed("w0", "first", 9, tries=[Try(Outcome.CUT, 9, 9.1)])
    assert Record([*EVERYBODY[:-1], sent(OFF_SHIFT, 9 + BACKSTOP_S)]).early([cut, taken(10)]) == 0


def test_the_verdict_sees_a_message_that_was_sent_four_times() -> None:
    record = Record([sent(0, 10 + again, "same") for again in range(4)])
    assert (record.sends_max, record.sent_too_often) == (4, 1)


def test_the_log_may_name_no_fault_of_ours_and_hold_no_content(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    lines = (
        '{"event": "decision_failed"}',
        '{"event": "not_stored", "timestamp": "12:13:14.155501Z"}',
        "Traceback (most recent call last):",
    )
    log.write_text("\n".join((*lines, f'{{"event": "{LABEL}"}}', '{"event": "a-token"}', '{"to": "+12015550100"}')))
    named, leaks = logged(log, ["a-token"])
    assert named == {"decision_failed": 1, "Traceback (most recent call last):": 1} and leaks == 3


def test_the_same_seed_plans_the_same_night_and_even_seeds_fill_a_disk() -> None:
    def names(seed: int) -> list[list[str]]:
        return [[fault.name for fault in plan.faults] for plan in plans(130, seed, 50)]

    first, second, third = names(4)
    assert names(4) == [first, second, third] and first != names(6)[0]
    assert (len(first), len(third)) == (50 + len(WEATHER), 30 + len(WEATHER))
    assert "full_disk" in first and "full_disk" not in second
    assert not any(plan.small_disk or BY_NAME["full_disk"] in plan.faults for plan in plans(130, 4, 50, ["full_disk"]))


def test_a_fault_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(NoSuchFault, match="'flood'; there are: clock_jump"):
        run_outside(10, 0, without=["flood"])


def test_a_run_that_was_broken_off_goes_on_and_names_what_was_broken(tmp_path: Path) -> None:
    seeds: list[int] = []

    def live(plan: Plan) -> Night:
        seeds.append(plan.seed)
        return Night(plan.seed, {"kill": 3}, presses=10, sends_max=plan.seed, broken={"lost": 2} if seeds[1:] else {})

    said: list[str] = []
    run_outside(50, 6, record=tmp_path / "record", live=live)
    told = run_outside(100, 6, record=tmp_path / "record", say=said.append, live=live)
    assert seeds == [6, 7]
    assert (told["kills"], told["nights"], told["lost"], told["sends_max"]) == (6, 2, 2, 7)
    assert said == ["Broken: {'lost': 2}; again: tocsin bench outside --kills 50 --seed 7 --pace 50"]


def test_a_night_says_how_to_live_through_it_again() -> None:
    without: Sequence[str] = ("full_disk", "clock_jump")
    plan = planned(9, 4, 12.5, without, small_disk=False)
    command = "tocsin bench outside --kills 4 --seed 9 --pace 12.5 --without clock_jump --without full_disk"
    assert replay(plan, without) == command and set(BY_NAME) > {fault.name for fault in plan.faults}
    assert figures([])["kills"] == 0
