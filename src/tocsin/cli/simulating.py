"""`sim`, `sim crash`, `sim soak`: the very system in simulated bad weather, for a moment or for a night.

The simulator is imported by these verbs only: a server that starts after a crash has no time for it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.saying import Json, fail, say
from tocsin.runtime.system import SystemClocks

sim = typer.Typer(invoke_without_command=True)
ONLY = "Leave on these faults alone, NAME or NAME=TIMES at most, separated by commas; nothing: none."
PEOPLE = "Let these people alone act, separated by commas; nobody: none."
FOR = "Seconds until the weather ends; as the seed says unless set."


@sim.callback()
def run_sim(
    context: typer.Context,
    seeds: Annotated[int, typer.Option("--seeds", help="How many histories.", min=1)] = 200,
    start: Annotated[int, typer.Option("--start", help="The first seed.", min=0)] = 0,
    only: Annotated[str, typer.Option("--only", help=ONLY)] = "",
    people: Annotated[str, typer.Option("--people", help=PEOPLE)] = "",
    for_s: Annotated[float, typer.Option("--for", help=FOR, min=0)] = 0.0,
    trace: Annotated[bool, typer.Option("--trace", help="Print what happened.")] = False,
    as_json: Json = False,
) -> None:
    """Run the very system in simulated bad weather; exit 1 on a broken promise, which is shrunk to a short story.

    Example: tocsin sim --seeds 2000 --json
    """
    if context.invoked_subcommand is not None:
        return
    from tocsin.sim.entry import main_sim, options_of
    from tocsin.sim.options import BadOptions

    try:
        options = options_of(only, people, for_s)
    except BadOptions as error:
        raise typer.BadParameter(str(error)) from error
    result = main_sim(seeds, start, trace, options)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)
    if result["violations"]:
        raise typer.Exit(1)


@sim.command()
def crash(
    points: Annotated[int, typer.Option("--points", help="How many power cuts.", min=1)] = 1_000,
    seed: Annotated[int, typer.Option("--seed", help="The first seed.", min=0)] = 0,
    synchronous: Annotated[str, typer.Option("--synchronous", help="FULL, or NORMAL to see it fail.")] = "FULL",
    as_json: Json = False,
) -> None:
    """Cut the power at every write, sync, truncate and delete; exit 1 if an acknowledged row is lost.

    Example: tocsin sim crash --points 10000 --json
    """
    from tocsin.sim.entry import main_crash

    report = main_crash(points, seed, "NORMAL" if synchronous == "NORMAL" else "FULL")
    result = {name: getattr(report, name) for name in report.__struct_fields__}
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)
    if report.lost or report.unreadable:
        raise typer.Exit(1)


@sim.command()
def soak(
    minutes: Annotated[float, typer.Option("--minutes", help="How long to go on.", min=0)] = 60.0,
    state: Annotated[Path, typer.Option("--state", help="Where the next seed and the totals are kept.")] = Path(
        "soak.json"
    ),
    as_json: Json = False,
) -> None:
    """Run seeds and power cuts for a long time; may be interrupted and gone on with; exit 1 if anything ever broke.

    Example: tocsin sim soak --minutes 30 --state soak.json
    """
    from tocsin.sim.soak import BadState, line
    from tocsin.sim.soak import soak as go_on

    clocks = SystemClocks()
    try:
        soaked = go_on(state, _commit(), minutes, lambda: clocks.elapsed_ns() / 1e9)
    except BadState as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail(f"interrupted; {state} holds the totals of the last whole round, and the next run goes on from there")
    result = {name: getattr(soaked, name) for name in soaked.__struct_fields__}
    say([line(soaked), *soaked.failing], result, as_json)
    if not soaked.whole:
        raise typer.Exit(1)


def _commit() -> str:
    """Of the source tree that we run from; empty where there is none."""
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""
