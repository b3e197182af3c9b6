"""`drill`, `sim`, `bench`: show that it works, on this site, in bad weather, and how fast.

The benchmarks are imported by their own verbs only: a server that starts after a crash has no time for them.
"""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin.cli.office import ask
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.cli.simulating import sim
from tocsin.intake.control import Order

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
