"""`sim`, `bench`: show that it works, in bad weather, and how fast.

The benchmarks are imported by their own verbs only: a server that starts after a crash has no time for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.saying import Json, fail, say
from tocsin.cli.simulating import sim

bench = typer.Typer(help="Measure the real server process over loopback.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the verbs of this file."""
    app.add_typer(sim, name="sim")
    app.add_typer(bench, name="bench")


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
    peer: Annotated[str, typer.Option("--peer", help="alertmanager: measured in turn with ours, and killed too.")] = "",
    kills: Annotated[int, typer.Option("--kills", help="With a peer: how often each side is killed.", min=1)] = 3,
    as_json: Json = False,
) -> None:
    """P2: press to the last of the colleagues' requests at the carrier, beside a bare client that sends the same.

    Example: tocsin bench fanout --recipients 200 --peer alertmanager --json
    """
    from tocsin.bench.fanout import fanout as measure_fanout
    from tocsin.bench.peer import NoPeer

    if peer not in ("", "alertmanager"):
        raise typer.BadParameter(f"{peer!r} is no peer that this can start; there is: alertmanager")
    try:
        result = measure_fanout(recipients, runs, peer=bool(peer), kills=kills)
    except NoPeer as absent:
        fail(str(absent))
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def burst(
    presses: Annotated[int, typer.Option("--presses", help="How many SOS, each of another person.", min=10)] = 6_000,
    storm: Annotated[int, typer.Option("--storm", help="How many people press in the storm after it.", min=1)] = 500,
    repeats: Annotated[int, typer.Option("--repeats", help="How often each repeats its press.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """P3: durable SOS a second over HTTP, 8 deliveries recorded for each, sending held back; then how fast they go out.

    Example: tocsin bench burst --json
    """
    from tocsin.bench.burst import burst as measure_burst

    result = measure_burst(presses, storm, repeats)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)
    if result["lost"]:
        raise typer.Exit(1)


@bench.command()
def history(
    alerts: Annotated[
        int, typer.Option("--alerts", help="How many closed alerts lie in the store.", min=1)
    ] = 1_000_000,
    presses: Annotated[int, typer.Option("--presses", help="How many presses on each side.", min=10)] = 500,
    as_json: Json = False,
) -> None:
    """P5: the accept of a press with a million closed alerts in the store, in turn with an empty one.

    The full store takes about 12 GB for a million alerts, in the directory for temporary files, while this runs.

    Example: tocsin bench history --json
    """
    from tocsin.bench.history import history as measure_history

    result = measure_history(alerts, presses)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def pages(
    members: Annotated[int, typer.Option("--members", help="How many people work here.", min=100)] = 10_000,
    alerts: Annotated[int, typer.Option("--alerts", help="How many alerts are over.", min=100)] = 1_000_000,
    open_alerts: Annotated[int, typer.Option("--open", help="How many are open.", min=1)] = 50,
    asks: Annotated[int, typer.Option("--asks", help="How often each page is asked for.", min=10)] = 200,
    as_json: Json = False,
) -> None:
    """The pages of a big organisation with a long past: how long each takes, at p99.

    A million alerts take about 13 GB in the directory for temporary files, while this runs.

    Example: tocsin bench pages --json
    """
    from tocsin.bench.pages import pages as measure_pages

    result = measure_pages(members, alerts, open_alerts, asks)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def walks(
    armed: Annotated[
        int, typer.Option("--walks", help="How many people are on their way.", min=1_000, max=100_000)
    ] = 100_000,
    as_json: Json = False,
) -> None:
    """P4: many walks at once: memory, time of a restart, and how late the alert of somebody is who does not arrive.

    Example: tocsin bench walks --json
    """
    from tocsin.bench.walks import walks as measure_walks

    result = measure_walks(armed)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def consoles(
    count: Annotated[int, typer.Option("--consoles", help="How many are open.", min=2, max=2_000)] = 500,
    presses: Annotated[int, typer.Option("--presses", help="How many changes they see.", min=2)] = 30,
    as_json: Json = False,
) -> None:
    """P6: how soon every open console sees a press.

    Example: tocsin bench consoles --json
    """
    from tocsin.bench.consoles import consoles as measure_consoles

    result = measure_consoles(count, presses)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def mass(
    recipients: Annotated[
        int, typer.Option("--recipients", help="How many people of the other site.", min=10)
    ] = 10_000,
    as_json: Json = False,
) -> None:
    """P7: another site's drill of ten thousand handed to the carrier, and meanwhile an SOS.

    Example: tocsin bench mass --json
    """
    from tocsin.bench.mass import mass as measure_mass

    result = measure_mass(recipients)
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)


@bench.command()
def revocation(
    runs: Annotated[int, typer.Option("--runs", help="How many of each kind.", min=1, max=1_000)] = 50,
    as_json: Json = False,
) -> None:
    """I20: how long what was revoked still reads, for every kind of credential and its open stream.

    Example: tocsin bench revocation --json
    """
    from tocsin.bench.revocation import revocation as measure_revocation

    result = measure_revocation(runs)
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


@bench.command()
def outside(
    kills: Annotated[int, typer.Option("--kills", help="Kills and pauses in all.", min=0)] = 300,
    seed: Annotated[int, typer.Option("--seed", help="Of the first night; an even one has a small disk.", min=0)] = 0,
    pace: Annotated[float, typer.Option("--pace", help="Presses each second.", min=1, max=500)] = 50,
    without: Annotated[list[str] | None, typer.Option("--without", help="A fault to leave out.")] = None,
    record: Annotated[Path | None, typer.Option("--record", help="A file of finished nights, to go on from.")] = None,
    as_json: Json = False,
) -> None:
    """Kill and stall the server, fail its disk and its clock while people press; exit 1 if a promise breaks.

    Example: tocsin bench outside --kills 300 --json
    """
    from tocsin.bench.outside.night import NoSmallDisk
    from tocsin.bench.outside.nights import NoSuchFault, run_outside

    def broken(words: str) -> None:
        typer.echo(words, err=True)

    try:
        result = run_outside(kills, seed, pace, tuple(without or ()), record, broken)
    except (NoSuchFault, NoSmallDisk) as refusal:
        fail(str(refusal))
    say([f"{name}: {value}" for name, value in result.items()], result, as_json)
    if result["broken"]:
        raise typer.Exit(1)
