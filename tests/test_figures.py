"""The page of figures says what was measured and nothing else; the flames name functions and no machine."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import figures
import flames
import pytest

ONE = {"commit": "abc1234", "day": "2026-11-22", "machine": "2 cores", "command": "tocsin bench history --json"}
HISTORY = {
    "ratio": 0.99,
    "accept_p50_us_empty": 1640.0,
    "accept_p50_us_full": 1620.0,
    "alerts": 1_000_000,
    "rows": 17_000_000,
    "store_gb": 10.9,
    "presses": 500,
}


def test_the_page_is_what_was_kept() -> None:
    assert figures.PAGE.read_text(encoding="utf-8") == figures.page(figures.kept()), "run tools/figures.py page"


def test_a_row_names_goal_command_commit_and_machine_and_says_when_the_goal_is_missed() -> None:
    row = next(line for line in figures.page({"history": {**ONE, "result": HISTORY}}).splitlines() if "P5" in line)
    assert "0.99 x" in row and "| yes |" in row and "`tocsin bench history --json`" in row and "abc1234" in row
    late = {**HISTORY, "ratio": 1.21}
    assert "**not reached**" in figures.page({"history": {**ONE, "result": late}})


def test_an_archive_that_is_too_small_reaches_nothing() -> None:
    assert not figures.FIGURES["history"].reached({**HISTORY, "alerts": 1_000})


class Printed:
    """A command that printed this."""

    def __init__(self, text: str) -> None:
        self.stdout = text.encode()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another place for what is kept, with one figure in it."""
    data = tmp_path / "figures.json"
    data.write_text(json.dumps({"history": {**ONE, "result": HISTORY}}))
    monkeypatch.setattr(figures, "DATA", data)
    monkeypatch.setattr(figures, "commit", lambda: "def5678")
    return data


def measured(monkeypatch: pytest.MonkeyPatch, text: str) -> list[list[str]]:
    """Let the next command print `text`; what was run."""
    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> Printed:
        ran.append(command[1:])
        return Printed(text)

    monkeypatch.setattr(subprocess, "run", run)
    return ran


def test_one_run_refreshes_one_figure_and_leaves_the_others(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = {"points": 10, "lost": 0, "unreadable": 0, "synchronous": "FULL"}
    ran = measured(monkeypatch, f"some words\n{json.dumps(result)}\n")
    assert figures.refresh(figures.FIGURES["crash"])
    assert ran == [["sim", "crash", "--points", "10000", "--json"]]
    known = json.loads(kept.read_text())
    assert set(known) == {"history", "crash"} and known["history"]["commit"] == "abc1234"
    assert known["crash"]["commit"] == "def5678" and known["crash"]["result"] == result


def test_what_could_not_be_measured_leaves_the_old_figure(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(monkeypatch, "it fell over\n")
    before = kept.read_text()
    assert not figures.refresh(figures.FIGURES["history"]) and kept.read_text() == before


def test_a_figure_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert figures.main(["speed"]) == 2
    assert "no such figure: speed; there are: accept," in capsys.readouterr().err


def test_stacks_are_read_without_the_folders_of_the_machine() -> None:
    text = (
        "run (/somewhere/src/tocsin/runtime/loop.py);post (/x/site-packages/aiohttp/client.py) 3\n"
        "run (tocsin/runtime/loop.py);_run (tocsin/runtime/writer.py:ThreadWriter) 1\n"
        "run (tocsin/runtime/loop.py);ThreadWriter._run (tocsin/runtime/writer.py) 9\n"
    )
    stacks = flames.read(text)
    assert stacks["tocsin.runtime.loop.run", "aiohttp.client.post"] == 3
    assert not any("somewhere" in frame for stack in stacks for frame in stack)
    assert sum(stacks.values()) == 4, "what only waits is not counted"


def test_a_drawing_has_a_box_for_each_function_as_wide_as_its_share() -> None:
    svg = flames.drawing(Counter({("a.f", "b.g"): 3, ("a.f", "c.h"): 1}))
    assert svg.count("<rect") == 3
    assert "<title>a.f: 100.0 %</title>" in svg and "<title>b.g: 75.0 %</title>" in svg
    assert 'width="899.5"' in svg and svg.endswith("</svg>\n")
