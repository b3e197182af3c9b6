"""A failing seed becomes a short story, and the command that is printed tells that very story again."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from tocsin.cli import app
from tocsin.sim.checkers import Broken
from tocsin.sim.entry import options_of, replay, told_short
from tocsin.sim.history import Report, simulate
from tocsin.sim.options import EVER, WHOLE, BadOptions, Options
from tocsin.sim.shrinking import TRIES_MAX, Shrinking

RATES = {"killed": 0.3, "sms_lost": 0.1, "pin": 0.6, "drill": 0.1}


def history(options: Options, *, promise: str | None) -> Report:
    """What a simulator would report of a seed with four kinds of fault, each of which happens six times."""
    on = RATES if options.only is None else {name: RATES[name] for name in options.only}
    faults = {name: min(6, (options.only or {}).get(name, EVER)) for name in on}
    broken = (Broken(promise, "", ""),) if promise else ()
    return Report(7, broken, faults, dict(on), 700.0, "", options, options.weather_s or 120.0)


class Simulator:
    """Breaks I8 whenever somebody's seven conditions hold: two kills, a PIN, teo, and forty seconds."""

    def __init__(self) -> None:
        self.lived = 0

    def __call__(self, seed: int, options: Options) -> Report:
        self.lived += 1
        report = history(options, promise=None)
        killed, pin = report.faults.get("killed", 0), report.faults.get("pin", 0)
        teo = options.people is None or "teo" in options.people
        breaks = killed >= 2 and pin >= 1 and teo and report.weather_s >= 40
        return history(options, promise="I8" if breaks else "I3" if killed else None)


def test_a_failing_seed_is_shrunk_to_what_it_takes_and_no_more() -> None:
    simulator = Simulator()
    small = Shrinking(simulator(7, WHOLE), simulator).run()
    assert small.broken[0].promise == "I8"
    assert small.told_with.only == {"killed": 2, "pin": 1}
    assert small.told_with.people == ("teo",)
    assert 40 <= small.weather_s <= 42
    assert simulator.lived < TRIES_MAX


def test_what_a_shrunk_story_breaks_is_the_promise_that_was_broken_first() -> None:
    """Every smaller history here breaks I3 instead: that would be another story."""

    def other(seed: int, options: Options) -> Report:
        return history(options, promise="I3")

    shrinking = Shrinking(history(WHOLE, promise="I8"), other)
    assert shrinking.run().told_with == WHOLE


def test_a_replay_command_reads_back_as_the_options_it_was_written_from() -> None:
    options = Options({"killed": 2, "pin": EVER}, ("teo", "ines"), 41.5)
    report = history(options, promise="I8")
    command = replay(report)
    assert command == "tocsin sim --seeds 1 --start 7 --only killed=2,pin --people teo,ines --for 41.5 --trace"
    said = dict(re.findall(r"--(only|people|for) (\S+)", command))
    assert options_of(said["only"], said["people"], float(said["for"])) == options
    assert command in told_short(report) and "41.5 s" in told_short(report)
    assert options_of("nothing", "nobody") == Options({}, ())
    assert options_of(*re.findall(r"--(?:only|people) (\S+)", Options({}, ()).words())) == Options({}, ())


@pytest.mark.parametrize("only, people", [("killd", ""), ("killed=often", ""), ("", "nora")])
def test_options_that_make_no_sense_say_what_to_write_instead(only: str, people: str) -> None:
    with pytest.raises(BadOptions, match="use"):
        options_of(only, people)
    result = CliRunner().invoke(app, ["sim", "--only", only, "--people", people])
    assert result.exit_code == 2 and "Traceback" not in result.output


def test_a_history_has_only_the_faults_it_was_left_and_no_more_often_than_said() -> None:
    whole = simulate(3)
    assert len(whole.faults) > 2
    name = max(whole.faults, key=lambda each: whole.faults[each])
    small = simulate(3, None, Options({name: 1}, (), 20.0))
    assert set(small.faults) <= {name} and small.faults.get(name, 0) <= 1 and small.weather_s == 20.0


def test_one_fault_left_out_does_not_change_when_the_others_come() -> None:
    """Each kind draws from a stream of its own, or nothing could be shrunk."""
    whole = simulate(3)
    assert all(simulate(3, None, Options({name: EVER})).options == {name: rate} for name, rate in whole.options.items())
