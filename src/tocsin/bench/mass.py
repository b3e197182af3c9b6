"""P7: another site's drill of ten thousand, and an SOS in the middle of it.

The drill is begun at the server's control socket, as `tocsin drill --site` does; its time runs from that order to the
last of its requests at the carrier, the start of the process that sends included.  Meanwhile a worker of the other
site presses every PRESS_EVERY_S: each press is timed by its caller, its first message by the carrier.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tocsin.bench.town import Presser, Town, fictional, site_file, told_by_server, town, verb
from tocsin.intake.control import Order

COLLEAGUES = 8
PRESS_EVERY_S = 0.1
PRESSES_MAX = 400
DEPOT = "depot"
LOOK_EVERY_S = 1.0  # Each look has the process that sends count all its messages.
SWITCH_S = (
    0.0002  # So that a press which is answered need not wait for the thread that looks to lend it the interpreter.
)
DRILL_MAX_S = 300
ANSWER_MAX_S = 30


def mass(recipients: int) -> dict[str, float]:
    """The keys of `tocsin bench mass --json`; `sos_first_ms` is of the slowest press."""

    def with_depot(data: Path) -> None:
        file = data.parent / "both.toml"
        file.write_text(both_sites(recipients))
        verb(["apply", str(file)], data)

    with town(PRESSES_MAX, COLLEAGUES, with_depot) as here:
        tokens = here.tokens([f"w{number}" for number in range(PRESSES_MAX)])
        presser = Presser(here.port)
        idle = [_press(presser, token) for token in tokens[:30]]
        _log(here)
        sys.setswitchinterval(SWITCH_S)
        done, pressed = threading.Event(), list[tuple[int, int]]()
        pressing = threading.Thread(target=_press_on, args=(presser, tokens[30:], pressed, done))
        pressing.start()
        began_ns = time.monotonic_ns()
        try:
            told = _drill(here, recipients)
        finally:
            done.set()
            pressing.join()
        presser.close()
        return _figures(recipients, began_ns, told, idle, pressed, _log(here))


def both_sites(recipients: int) -> str:
    """The bench's site, and a second one with so many people on shift."""
    first = COLLEAGUES + 100
    names = [f"m{number}" for number in range(recipients)]
    parts = [site_file(PRESSES_MAX, COLLEAGUES), f'[[site]]\nid = "{DEPOT}"\nname = "Depot"\ntime_zone = "UTC"\n']
    for number, name in enumerate(names):
        contact = f'{{ kind = "sms", to = "{fictional(first + number)}", verified = true }}'
        parts.append(
            f'[[member]]\nid = "{name}"\nname = "Hand {number}"\nroles = ["responder"]\ncontacts = [{contact}]\n'
        )
    parts.append(
        f'[[shift]]\nsite = "{DEPOT}"\nmembers = {json.dumps(names)}\n'
        "starts = 2026-01-01T00:00:00Z\nends = 2036-01-01T00:00:00Z\n"
    )
    rung = 'channels = [["sms"]]\nrepeat_s = 120\n'
    parts.append(
        f'[[plan]]\nsite = "{DEPOT}"\nkind = "sos"\nneeded = 2\n'
        f'[[plan.rung]]\nafter_s = 0\naudience = ["on_shift"]\n{rung}'
        f'[plan.backstop]\nafter_s = 600\naudience = ["member:c0", "member:c1", "member:off"]\n{rung}'
    )
    return "\n".join(parts)


def _drill(here: Town, recipients: int) -> dict[str, Any]:
    """Begin it, and look until everything is handed over."""
    told = told_by_server(here.data, Order("drill_round", site=DEPOT, wait_s=0))
    until = time.monotonic() + DRILL_MAX_S
    while told["handed_over"] < recipients and time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)
        told = told_by_server(here.data, Order("drill_round", round=told["round"], hold="counts"))
    return told


def _press(presser: Presser, token: str) -> tuple[int, int]:
    return presser.press(token, "mass")


def _press_on(presser: Presser, tokens: list[str], pressed: list[tuple[int, int]], done: threading.Event) -> None:
    for token in tokens:
        pressed.append(_press(presser, token))
        if done.wait(PRESS_EVERY_S):
            return


def _log(here: Town) -> list[tuple[int, str]]:
    """What reached the carrier since the last asking: when, and which worker it is about (none: the drill)."""
    connection = http.client.HTTPConnection("127.0.0.1", here.carrier, timeout=ANSWER_MAX_S)
    connection.request("GET", "/bench/log")
    body = connection.getresponse().read()
    connection.close()
    return [(int(at), str(who)) for at, who in json.loads(body)]


def _figures(
    recipients: int,
    began_ns: int,
    told: dict[str, Any],
    idle: list[tuple[int, int]],
    pressed: list[tuple[int, int]],
    log: list[tuple[int, str]],
) -> dict[str, float]:
    drill = [at for at, who in log if not who]
    last_ns = max(drill, default=began_ns)
    during = [(before, after) for before, after in pressed if before < last_ns]
    first: dict[str, int] = {}
    for at, who in log:
        first[who] = min(at, first.get(who, at))
    waits = [
        (first[str(30 + number)] - before) / 1e6
        for number, (before, _) in enumerate(pressed)
        if before < last_ns and str(30 + number) in first
    ]
    accepts = [(after - before) / 1e6 for before, after in during]
    return {
        "recipients": recipients,
        "handed_over_s": round((last_ns - began_ns) / 1e9, 2),
        "sos_accept_p99_ms": round(_quantile(accepts, 0.99), 2),
        "sos_first_ms": round(max(waits, default=0.0), 2),
        "sos_accept_p50_ms": round(_quantile(accepts, 0.5), 2),
        "sos_accept_p95_ms": round(_quantile(accepts, 0.95), 2),
        "sos_first_p95_ms": round(_quantile(waits, 0.95), 2),
        "sos_first_p50_ms": round(_quantile(waits, 0.5), 2),
        "sos_accept_idle_p50_ms": round(_quantile([(after - before) / 1e6 for before, after in idle], 0.5), 2),
        "presses": len(during),
        "presses_rung": len(waits),
        "requests": len(drill),
        "handed_over": told["handed_over"],
        "delivered": told["delivered"],
    }


def _quantile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0
