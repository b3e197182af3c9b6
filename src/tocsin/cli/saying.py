"""What every verb shares: which settings, how a result is printed, how a failure ends."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from tocsin.settings import FatalSetting, Settings, load

Config = Annotated[Path | None, typer.Option("--config", help="The settings file.", show_default=False)]
Data = Annotated[Path | None, typer.Option("--data", help="The data directory.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on the last line.")]


def settings(config: Path | None, data: Path | None, **more: str) -> Settings:
    """The settings of this call; ends it with status 1 when they are fatal.  `more`: variables set by options."""
    given = {**os.environ, **more}
    if data is not None:
        given["TOCSIN_SERVER__DATA"] = str(data)
    try:
        return load(config, given)
    except FatalSetting as fatal:
        fail(str(fatal))


def say(lines: list[str], result: Mapping[str, Any], as_json: bool) -> None:
    """Words for a person, or one object for a script."""
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        for line in lines:
            typer.echo(line)


def fail(words: str) -> NoReturn:
    """Say what went wrong and end with status 1."""
    typer.echo(words, err=True)
    raise typer.Exit(1)
