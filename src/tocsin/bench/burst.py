"""P3: how many SOS a second are durably accepted, 8 deliveries recorded for each, and how fast they then go out.

The carrier holds its door while the crowd presses, and before the clock starts as many messages as may be under way at
once already stand at it: no other is sent meanwhile, so that what is measured is taking, not sending.  Then the door
opens, and the time to the last message is the drain.  After it comes the storm that the promises name: 500 people press
within a second, and each phone repeats its press 50 times.  Nothing may be refused, and at the end every message of
every alert must have reached the carrier.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import uvloop

from tocsin.bench.crowd import Answers, press_request, pressed
from tocsin.bench.town import Town, town
from tocsin.runtime.outbox import IN_FLIGHT_MAX

COLLEAGUES = 8
FIRST = IN_FLIGHT_MAX // COLLEAGUES  # So many presses fill every place that a message under way can take.
STORM_PRESSES, STORM_REPEATS = 500, 50
DRAIN_MAX_S = 300
LOOK_S = 0.25


def burst(presses: int, storm: int = STORM_PRESSES, repeats: int = STORM_REPEATS) -> dict[str, object]:
    """The keys of `tocsin bench burst --json`."""
    before = FIRST + 1
    with town(before + presses + storm, COLLEAGUES) as here:
        tokens = here.tokens([f"w{number}" for number in range(before + presses + storm)])
        requests = [press_request(token, f"burst-{number}", f"Bay {number}") for number, token in enumerate(tokens)]
        _held(here, requests[:1])  # Warms the server and its connections to the carrier.
        _drained(here, COLLEAGUES)
        _held(here, requests[1:before])
        time.sleep(LOOK_S)
        taken = _held(here, requests[before : before + presses])
        sent, seconds = _drained(here, (before + presses) * COLLEAGUES)
        crowd = _held(here, _repeated(requests[before + presses :], repeats))
        messages = (before + presses + storm) * COLLEAGUES
        told, _ = _drained(here, messages)
        return {
            "accepted_per_s": round(taken.statuses[201] / taken.seconds, 1),
            "deliveries_each": COLLEAGUES,
            "drained_per_s": round((sent - COLLEAGUES) / seconds, 1),
            "lost": messages - told,
            "presses": presses,
            "refused": presses - taken.statuses[201],
            **_times(taken),
            "storm": {
                "presses": storm,
                "repeats_each": repeats,
                "alerts": len(crowd.alerts),
                "refused": storm * (repeats + 1) - crowd.statuses[201] - crowd.statuses[200],
                "seconds": round(crowd.seconds, 2),
                "answered_per_s": round(len(crowd.taken_us) / crowd.seconds, 1),
                **_times(crowd),
            },
        }


def _repeated(requests: Sequence[bytes], repeats: int) -> list[bytes]:
    """Everybody's press, then everybody's first repeat, and so on: as a crowd of phones would send them."""
    return list(requests) * (repeats + 1)


def _times(answers: Answers) -> dict[str, float]:
    taken = sorted(answers.taken_us)
    return {f"accept_p{part}_ms": round(taken[len(taken) * part // 100] / 1_000, 2) for part in (50, 99)}


def _held(here: Town, requests: Sequence[bytes]) -> Answers:
    """Press while the carrier holds its door; the door stays held."""
    here.asked("/bench/hold")
    return uvloop.run(pressed(here.port, requests))


def _drained(here: Town, messages: int) -> tuple[int, float]:
    """Open the door; how many messages were ever told, and the seconds until the last new one of them arrived."""
    here.arrivals()
    opened = time.monotonic_ns()
    here.asked("/bench/open")
    last, told, until = opened, 0, time.monotonic() + DRAIN_MAX_S
    while told < messages and time.monotonic() < until:
        time.sleep(LOOK_S)
        last = max([last, *here.arrivals()])
        told = int(here.asked("/bench/told"))
    return told, (last - opened) / 1_000_000_000
