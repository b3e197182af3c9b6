"""What every verb shares: which settings, how a result is printed, how a failure ends."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer
from structlog.typing import EventDict

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


def only_where(_: Any, __: str, event: EventDict) -> EventDict:
    """Of a failure: its type and the lines it came through.  Its message may quote what somebody wrote (I25)."""
    error = sys.exc_info()[1] if event.pop("exc_info", None) else None
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        event["failure"] = type(error).__name__
        event["at"] = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    return event


class LastWords:
    """Writes a line to standard error, and is never the reason why something else fails: its reader may be gone."""

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)

    debug = info = warning = error = critical = exception = fatal = msg


def log_to_stderr() -> None:
    """Structured lines without content; one JSON object each."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            only_where,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: LastWords(),
    )
