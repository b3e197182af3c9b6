"""`report`: one alert's after-action report as a file, as far as whoever runs the system may read it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from tocsin.app import store_file
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.core.access.words import Via
from tocsin.core.sight import Reader
from tocsin.ports import Store, StoreError
from tocsin.runtime.history import History, Record
from tocsin.runtime.passes import Pass
from tocsin.runtime.recall import load_world, world_of
from tocsin.runtime.system import SystemClocks
from tocsin.runtime.world import World
from tocsin.store.beside import beside
from tocsin.web.history.pages import counting
from tocsin.web.history.report import Printer
from tocsin.web.history.told import Tongue, moment_ms, told_of
from tocsin.web.speaking import LANGUAGES, say_in
from tocsin.web.typesetting import NotMade

WHOSE = Reader("", "operator", via=Via.KEY, running=True)


class Now:
    """When the report is made."""

    def now_ms(self) -> int:
        return SystemClocks().wall_ns() // 1_000_000


class Looking(NamedTuple):
    """As much of a node as the history asks."""

    world: World
    clock: Now
    store: Store


def add_to(app: typer.Typer) -> None:
    """Register the verb of this file."""
    app.command()(report)


def report(
    alert: Annotated[str, typer.Argument(help="The id of the alert.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write; it must not exist.")],
    language: Annotated[str, typer.Option("--language", help=f"One of {', '.join(LANGUAGES)}.")] = LANGUAGES[0],
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write an alert's report as a PDF, with what running the system needs: no person, place or word.

    Who may read more prints more: in the browser, signed in, under History. Works beside a running server.

    Example: tocsin report 019ab2c0-7d3e-7a51-9d1c-5f0b8a6e2f10 --out alert.pdf
    """
    chosen = settings(config, data)
    if language not in LANGUAGES:
        fail(f"no such language: {language}; there are: {', '.join(LANGUAGES)}")
    if out.exists():
        fail(f"{out} exists already, and nothing is overwritten: name another file")
    try:
        with beside(str(store_file(Path(chosen.server.data)))) as store:
            record = _record(store, alert)
    except StoreError as error:
        fail(str(error))
    if record is None:
        fail("there is no alert under this id, or running the system needs nothing of it: look at the id again")
    made = _made(record, language)
    out.write_bytes(made)
    say([f"{out} is written."], {"alert": record.view.alert.id, "file": str(out), "bytes": len(made)}, as_json)


def _record(store: Store, alert: str) -> Record | None:
    world = world_of(store, {})
    load_world(store, world)
    history = History(Looking(world, Now(), store))
    found = (history.record(Pass(org, Via.KEY, "operator", WHOSE), alert) for org in world.directories)
    return next((record for record in found if record is not None), None)


def _made(record: Record, language: str) -> bytes:
    tongue = Tongue(language, "UTC", say_in(language), counting(language))
    view = record.view.alert
    told, at_ms = told_of(record, tongue, ""), moment_ms(view.closed_at or view.raised_at)
    try:
        return asyncio.run(Printer().pdf(told, tongue, tongue.say("the operator"), at_ms))
    except NotMade:
        fail("the report could not be made: is the package typst whole?")
