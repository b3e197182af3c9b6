"""`serve` and `demo`: the program that stays."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from tocsin.app import Held, Node, run_rounds
from tocsin.app import serve as serve_node
from tocsin.cli.demo import run_demo
from tocsin.cli.logbook import log_to_stderr
from tocsin.cli.saying import Config, Data, fail, settings
from tocsin.ports import StoreError
from tocsin.settings import FatalSetting

Port = Annotated[int | None, typer.Option("--port", help="The port; the SOS port is the next one.", min=1, max=65_534)]


def add_to(app: typer.Typer) -> None:
    """Register the verbs of this file."""
    app.command()(serve)
    app.command()(demo)
    app.command(hidden=True)(rounds)


def serve(config: Config = None, data: Data = None, port: Port = None) -> None:
    """Run the server until it is told to stop.

    Example: tocsin serve --config /etc/tocsin/tocsin.toml
    """
    more = {} if port is None else {"TOCSIN_SERVER__PORT": str(port)}
    chosen = settings(config, data, **more)
    for problem in chosen.problems:
        typer.echo(f"{problem.part} is off: {problem.what}; {problem.remedy}", err=True)
    for name in chosen.exposed:
        typer.echo(f"{name}: everybody on this machine may read the secret in it; run chmod o-rwx on it", err=True)
    log_to_stderr()

    async def ready(node: Node) -> None:
        typer.echo(f"Tocsin serves {chosen.server.public_url} (port {chosen.server.port}).")

    async def run() -> int:
        return await serve_node(chosen, told_to_stop(), ready)

    _end(run())


def demo(
    port: Annotated[int, typer.Option("--port", help="The port; the next two are used too.", min=1, max=65_533)] = 8000,
    data: Annotated[Path, typer.Option("--data", help="Where the demo keeps its data.")] = Path("demo-data"),
) -> None:
    """Run a fictional dispatch centre with sandboxed phones, and print four links.

    Example: tocsin demo --port 8000
    """
    log_to_stderr()
    data.mkdir(parents=True, exist_ok=True)

    async def run() -> int:
        return await run_demo(port, data, told_to_stop())

    _end(run())


def rounds(link: Annotated[int, typer.Option("--link", help="The server's end of the line, inherited.")]) -> None:
    """Send to many people: started by `tocsin serve`, and by nobody else.

    Example: tocsin rounds --link 5
    """
    log_to_stderr()
    uvloop.run(run_rounds(link))


def told_to_stop() -> asyncio.Event:
    """Set by SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


def _end(running: Coroutine[Any, Any, int]) -> None:
    try:
        status = uvloop.run(running)
    except (FatalSetting, Held) as refusal:
        fail(str(refusal))
    except StoreError as refusal:
        fail(f"the server cannot start: {refusal or refusal.__doc__}")
    except OSError as error:
        fail(f"the server cannot start: {error.strerror or error}; choose another --port or --data")
    raise typer.Exit(status)
