"""Measure the figures of docs/figures.md and write the page: `python tools/figures.py [NAME ...]`, or `make bench`.

Each figure is one command of ours with `--json`.  What it printed is kept in docs/figures.json with the commit, the
day and the machine, so that one run can refresh one figure; the page is drawn from that file and from the sentences
here.  Without names the benchmarks are run, with `page` none of them: the page is only drawn anew.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apsw
from figure_sentences import (
    Result,
    accepted,
    access_ended,
    burst_taken,
    consoles_told,
    fanned_out,
    history_kept,
    killed_often,
    mass_sent,
    nights_lived,
    outside_survived,
    pages_shown,
    painted,
    power_cut,
    soaked,
    walks_timed,
    weighed,
)

ROOT = Path(__file__).resolve().parent.parent
DATA, PAGE = ROOT / "docs" / "figures.json", ROOT / "docs" / "figures.md"
HEAD = """# Figures

Written by `make bench` from `docs/figures.json` and `tools/figures.py`; change those, not this page.

What was measured, where, and with which command. A figure without a command, a machine and a commit does not count.
Goals are ratios where machines differ; each row is one run, both sides of a ratio in the same one and in turn.
*Load* is the machine's own figure (the mean of a minute) before the run began: above 1 others were at work there, and
absolute times say little; where it is missing it was not noted.
"""
TAIL = """
What costs what inside a press and a ring: [flames](flames/README.md). What stands between us and three bare commits:
[ADR 7](adr/0007-what-a-press-costs-when-nothing-else-happens.md).
"""


class Figure(NamedTuple):
    """`measured` says the result in one sentence; `reached` whether it is the goal."""

    name: str
    title: str
    goal: str
    command: str
    measured: Callable[[Result], str]
    reached: Callable[[Result], bool]


BENCHMARKS = (
    Figure(
        "accept",
        "P1, durable accept, p50: a press over HTTP to its 201, 8 deliveries recorded, against one bare commit",
        "at most 3 x",
        "tocsin bench accept --presses 300",
        accepted,
        lambda of: bool(of["ratio"] <= 3),
    ),
    Figure(
        "fanout",
        "P2, fan-out, p50: a press to the last of 200 requests at the carrier, against a bare client, and a peer",
        "at most 2 x the client; at most 2 x the peer",
        "tocsin bench fanout --recipients 200 --runs 20 --peer alertmanager",
        fanned_out,
        lambda of: bool(of["ratio"] <= 2 and of.get("ratio_to_peer", 0) <= 2 and not of["lost"]),
    ),
    Figure(
        "burst",
        "P3, burst: durable SOS accepted a second over HTTP, sending held back; then how fast it drains",
        "at least 3,000/s; 0 lost",
        "tocsin bench burst",
        burst_taken,
        lambda of: bool(of["accepted_per_s"] >= 3_000 and not of["lost"]),
    ),
    Figure(
        "walks",
        "P4, 100,000 walks at once: memory, a restart until it serves, how late the alert of a missing person is",
        "at most 300 MB; at most 5 s; at most 1 s (p99), none early",
        "tocsin bench walks",
        walks_timed,
        lambda of: bool(
            of["armed"] >= 100_000
            and of["rss_mb"] <= 300
            and of["restart_s"] <= 5
            and of["late_p99_ms"] <= 1_000
            and of["early"] == of["lost"] == 0
        ),
    ),
    Figure(
        "history",
        "P5, accept, p50, with 1,000,000 closed alerts in the store, against none",
        "at most 1.2 x",
        "tocsin bench history",
        history_kept,
        lambda of: bool(of["ratio"] <= 1.2 and of["alerts"] >= 1_000_000),
    ),
    Figure(
        "consoles",
        "P6, a press seen on 500 open consoles, p99",
        "at most 250 ms",
        "tocsin bench consoles",
        consoles_told,
        lambda of: bool(of["seen_p99_ms"] <= 250 and of["consoles"] >= 500),
    ),
    Figure(
        "pages",
        "Server time of every page, p99, with 10,000 members, 1,000,000 past and 50 open alerts",
        "at most 200 ms",
        "tocsin bench pages",
        pages_shown,
        lambda of: bool(of["worst_ms"] <= 200 and of["alerts"] >= 1_000_000 and of["members"] >= 10_000),
    ),
    Figure(
        "mass",
        "P7, another site's drill of 10,000, and an SOS meanwhile",
        "at most 10 s; accepted in 25 ms (p99), first message out in 100 ms",
        "tocsin bench mass",
        mass_sent,
        lambda of: bool(of["handed_over_s"] <= 10 and of["sos_accept_p99_ms"] <= 25 and of["sos_first_ms"] <= 100),
    ),
    Figure(
        "paint",
        "P9, the console's first paint on a slow phone (slow 4G, a fourth of this processor), nothing cached; bytes",
        "at most 1 s; at most 150 kB",
        "tools/paint.py",
        painted,
        lambda of: bool(of["paint_ms_p50"] <= 1_000 and of["wire_kb"] <= 150),
    ),
    Figure(
        "lighthouse",
        "Lighthouse, on a slow phone: the pages that people in danger and their colleagues open",
        "at least 95 in each",
        "tools/lighthouse.py",
        weighed,
        lambda of: bool(of["worst"] >= 95),
    ),
)
OTHERS = (
    Figure(
        "revocation",
        "How long what was revoked still reads, from the word that it is done; every kind of credential",
        "at most 5 s",
        "tocsin bench revocation --runs 200",
        access_ended,
        lambda of: bool(of["worst_ms"] <= 5_000),
    ),
    Figure(
        "kills",
        "Presses and messages lost over real `kill -9` between the press and the last delivery; most sends of one",
        "0; at most 3",
        "tocsin bench kills --kills 200 --seed 2",
        killed_often,
        lambda of: not of["lost_presses"] + of["lost_messages"] + of["sent_too_often"],
    ),
    Figure(
        "crash",
        "Acknowledged changes lost to a power cut at any write, sync, truncate or delete",
        "0",
        "tocsin sim crash --points 10000",
        power_cut,
        lambda of: not of["lost"] + of["unreadable"],
    ),
    Figure(
        "sim",
        "Promises broken in simulated nights",
        "0",
        "tocsin sim --seeds 2000",
        nights_lived,
        lambda of: not of["violations"],
    ),
    Figure(
        "outside",
        "Presses lost, sends of one message and time to the truth, seen from outside while the server is ill-treated",
        "0 lost; at most 3; 3 s",
        "tocsin bench outside --kills 300 --seed 100",
        outside_survived,
        lambda of: not of["lost"] and not of["broken"] and of["sends_max"] <= 3 and of["truth_max_ms"] <= 3_000,
    ),
    Figure(
        "soak",
        "Promises broken, and changes lost, in half an hour of further nights and power cuts",
        "0",
        "tocsin sim soak --minutes 30",
        soaked,
        lambda of: not of["violations"] + of["lost"] + of["unreadable"],
    ),
)
FIGURES = {figure.name: figure for figure in (*BENCHMARKS, *OTHERS)}


def main(arguments: Sequence[str]) -> int:
    names = arguments or [figure.name for figure in BENCHMARKS]
    if unknown := [name for name in names if name not in FIGURES and name != "page"]:
        print(f"no such figure: {', '.join(unknown)}; there are: {', '.join(FIGURES)}, page", file=sys.stderr)
        return 2
    failed = [name for name in names if name != "page" and not refresh(FIGURES[name])]
    PAGE.write_text(page(kept()), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 1 if failed else 0


def refresh(figure: Figure) -> bool:
    """Measure one figure and keep it.  False, and the old one stays, if its command printed no result."""
    print(f"{figure.name}: {figure.command} ...", flush=True)
    load = round(os.getloadavg()[0], 1)
    verb, *words = figure.command.split()
    start = [str(Path(sys.executable).parent / verb)] if verb == "tocsin" else [sys.executable, str(ROOT / verb)]
    run = subprocess.run([*start, *words, "--json"], stdout=subprocess.PIPE, check=False)
    lines = run.stdout.decode().splitlines()
    if not lines or not lines[-1].startswith("{"):
        print(f"{figure.name}: not measured", file=sys.stderr)
        return False
    result = json.loads(lines[-1])
    day = time.strftime("%Y-%m-%d", time.gmtime())
    found = {"commit": commit(), "day": day, "machine": machine(), "load": load}
    known = {**kept(), figure.name: {**found, "command": f"{figure.command} --json", "result": result}}
    DATA.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{figure.name}: {figure.measured(result)}", flush=True)
    return True


def kept() -> dict[str, Any]:
    return dict(json.loads(DATA.read_text(encoding="utf-8"))) if DATA.exists() else {}


def page(known: Mapping[str, Any]) -> str:
    """The whole page, from what is kept."""
    lines = ["", "| Figure | Goal | Measured | Reached | Command | Commit and day | Machine | Load |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    machines = sorted({str(one["machine"]) for one in known.values()})
    lines.extend(_row(figure, known[name], machines) for name, figure in FIGURES.items() if name in known)
    lines.extend(["", *(f"Machine {number}: {words}." for number, words in enumerate(machines, 1))])
    return HEAD + "\n".join(lines) + "\n" + TAIL


def _row(figure: Figure, one: Mapping[str, Any], machines: Sequence[str]) -> str:
    result = one["result"]
    cells = (
        figure.title,
        figure.goal,
        figure.measured(result),
        "yes" if figure.reached(result) else "**not reached**",
        f"`{one['command']}`",
        f"{one['commit']}, {one['day']}",
        str(machines.index(one["machine"]) + 1),
        str(one.get("load", "")),
    )
    return f"| {' | '.join(cells)} |"


def commit() -> str:
    """What was measured; a plus where the code has changes that are in no commit."""
    named = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    changed = subprocess.run(["git", "status", "--porcelain", "src"], cwd=ROOT, capture_output=True, check=True).stdout
    return named.stdout.strip() + ("+" if changed.strip() else "")


def machine() -> str:
    """What anybody needs to compare: cores, memory, kernel, Python, SQLite; no name of a host."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = ".".join(platform.release().split(".")[:2])
    return (
        f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GiB, {platform.system()} {kernel}, "
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}"
    )


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
