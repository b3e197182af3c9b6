"""Verbs typed in this process, and a real server to type them beside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from tocsin.bench.town import free_ports, site_file
from tocsin.cli import app

SITE = site_file(workers=2, colleagues=4)
ENDS_S = 60


def typed(*words: str, data: Path | None = None, stdin: str | None = None) -> Result:
    """`tocsin WORDS`, in this process."""
    at = [] if data is None else ["--data", str(data)]
    return CliRunner().invoke(app, [*words, *at], input=stdin)


def told(*words: str, data: Path, stdin: str | None = None) -> dict[str, Any]:
    """The object on the last line of `--json`; the verb must succeed."""
    result = typed(*words, "--json", data=data, stdin=stdin)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout.splitlines()[-1]))


def program(*words: str, optimised: bool = False) -> list[str]:
    return [sys.executable, *(["-O"] if optimised else []), "-m", "tocsin", *words]


class Server:
    """A real `tocsin serve`; `noise` is what it wrote to stderr once it has ended."""

    def __init__(self, data: Path, port: int = 0, **environ: str) -> None:
        self.data, self.port, self.noise = data, port or free_ports(), ""
        self._process = subprocess.Popen(
            program("serve", "--data", str(data), "--port", str(self.port)),
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.said = self._process.stdout.readline()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The exit status."""
        self._process.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        _, self.noise = self._process.communicate(timeout=ENDS_S)
        return self._process.returncode

    @property
    def running(self) -> bool:
        return self._process.poll() is None


@contextlib.contextmanager
def serving(data: Path, **environ: str) -> Iterator[Server]:
    server = Server(data, 0, **environ)
    try:
        assert "serves" in server.said
        yield server
    finally:
        if server.running:
            server.stop(signal.SIGKILL)
