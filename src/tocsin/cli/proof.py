"""`drill`, `sim`, `bench`: show that it works, on this site, in bad weather, and how fast.

The simulator and the benchmarks are imported by their own verbs only: a server that starts after a crash has no time
for them.
"""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin.cli.office import ask
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.intake.control import Order

sim = typer.Typer(invoke_without_command=True)
bench = typer.Typer(help="Measure the real server process over loopback.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the verbs of this file."""
    app.command()(drill)
    app.add_typer(sim, name="sim")
    app.add_typer(bench, name="bench")


def drill(
    member: Annotated[str, typer.Option("--member", help="Who is drilled for; the first member unless set.")] = "",
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Raise a marked drill through the real path; ends on the first answer or after 60 s.  Needs the running server.

    Example: tocsin drill --json
    """
    result = ask(settings(config, data), Order("drill", what=member))
    lines = [f"{row['at_ms']:>7} ms  {row['what']:<12} {row['who']:<16} {row['state']}" for row in result["timeline"]]
    say([*lines, f"first answer after {result['answered_ms']} ms"], result, as_json)
    if result["answered_ms"] is None:
        fail("nobody answered the drill within 60 s")


@sim.callback()
def run_sim(
    context: typer.Context,
    seeds: Annotated[int, typer.Option("--seeds", help="How many histories.", min=1)] = 200,
    start: Annotated[int, typer.Option("--start", help="The first seed.", min=0)] = 0,
    trace: Annotated[bool, typer.Option("--trace", help="Print what happened.")] = False,
    as_json: Json = False,
) -> None:
    """Run the very system in simulated bad weather; exit 1 on a broken promise.

    Example: tocsin sim --seeds 2000 --json
    """
    if context.invoked_subcommand is not None:
        return
    from tocsin.sim.entry import main_sim

    result = main_sim(seeds, start, trace)
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
    from tocsin.sim.crash import crash_points

    report = crash_points(points, seed, "NORMAL" if synchronous == "NORMAL" else "FULL")
    result = {name: getattr(report, name) for name in report.__struct_fields__}
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)
    if report.lost or report.unreadable:
        raise typer.Exit(1)


@bench.command()
def accept(
    presses: Annotated[int, typer.Option("--presses", help="How many presses.", min=10)] = 1_000,
    as_json: Json = False,
) -> None:
    """P1: one client, POST to 201 with 8 deliveries recorded, beside a bare SQLite commit on the same disk.

    Example: tocsin bench accept --json
    """
    from tocsin.bench.accept import accept as measure_accept

    result = measure_accept(presses)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def fanout(
    recipients: Annotated[int, typer.Option("--recipients", help="How many colleagues.", min=2, max=2_000)] = 200,
    runs: Annotated[int, typer.Option("--runs", help="How many presses.", min=1)] = 20,
    as_json: Json = False,
) -> None:
    """P2: press to the last of the colleagues' requests at the carrier, beside a bare client that sends the same.

    Example: tocsin bench fanout --recipients 200 --json
    """
    from tocsin.bench.fanout import fanout as measure_fanout

    result = measure_fanout(recipients, runs)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def kills(
    kills: Annotated[int, typer.Option("--kills", help="How often the server is killed.", min=1)] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Of the instants.", min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Kill the server between a press and its last message, again and again; exit 1 if anything is lost or too many.

    Example: tocsin bench kills --kills 200 --json
    """
    from tocsin.bench.kills import run_kills

    result = run_kills(kills, seed)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)
    if any(result[name] for name in ("lost_presses", "presses_twice", "lost_messages", "sent_too_often")):
        raise typer.Exit(1)
