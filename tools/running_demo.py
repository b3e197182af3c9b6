"""The real demo, run beside whoever looks at it: for the pictures, the paint and the test of what a newcomer does."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

PORT = 8870
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Demo(NamedTuple):
    """The process, and the links it printed: phone, colleagues, console, second, office."""

    process: subprocess.Popen[str]
    links: dict[str, str]


@contextmanager
def demo(folder: str, port: int = PORT) -> Iterator[Demo]:
    """The demo, running for as long as the block (or until somebody kills it)."""
    command = [sys.executable, "-m", "tocsin", "demo", "--port", str(port), "--data", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield Demo(process, _links(process))
        finally:
            process.send_signal(signal.SIGTERM)


def _links(process: subprocess.Popen[str]) -> dict[str, str]:
    links: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        for url, page in re.findall(r"(http://localhost:\d+/(phone|colleagues|console)\S*)", line):
            links["second" if page in links else page] = url
        for url in re.findall(r"http://localhost:\d+/link\S+", line):
            links["office"] = url
        if "Ctrl+C" in line:
            return links
    raise SystemExit("the demo did not start; run: make run")
