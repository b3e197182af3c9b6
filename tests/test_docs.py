"""The docs tell the truth: generated pages are fresh, links lead somewhere, and files they name exist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import pytest
import reference
import state_diagrams
import typer

from tocsin.settings import SettingLine, every_setting

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TREE = re.compile(r"`((?:src|tests|tools|docs|ui|\.ci)/[\w./-]+)`")


@pytest.mark.parametrize("name", state_diagrams.machines())
def test_a_machine_is_drawn_as_it_is(name: str) -> None:
    page = state_diagrams.PAGES / f"{name}.md"
    assert page.read_text(encoding="utf-8") == state_diagrams.pages()[page], "run make docs"


def test_nothing_is_drawn_that_is_no_machine() -> None:
    drawn = {page.stem for page in state_diagrams.PAGES.glob("*.md")}
    assert drawn == set(state_diagrams.machines()) >= {"alert", "delivery"}


def test_every_command_and_every_setting_is_documented_as_it_is() -> None:
    for page, text in reference.pages().items():
        assert page.read_text(encoding="utf-8") == text, "run make docs"


def test_every_setting_is_listed() -> None:
    page = reference.settings_page(every_setting())
    assert all(f"`{each.name}`" in page for each in every_setting())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_and_every_path_leads_somewhere(page: Path) -> None:
    assert broken(page.read_text(encoding="utf-8"), page.parent) == []


def test_every_verb_of_make_that_the_docs_name_is_there() -> None:
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {verb for page in PAGES for verb in re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8"))}
    assert named <= verbs
    assert {"setup", "run", "test", "check", "sim", "bench", "soak", "docs", "screenshots"} <= verbs


def broken(text: str, folder: Path) -> list[str]:
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link and "mailto:" not in link]
    dead_links = [link for link in links if not (folder / link).exists()]
    return dead_links + [path for path in TREE.findall(text) if not (ROOT / path).exists()]


# That these checks can fail ----------------------------------------------------------------------------------------


class Lamp(StrEnum):
    OFF = "off"
    LIT = "lit"
    BROKEN = "broken"


class Turn(Enum):
    SWITCHED_ON = 1


class BulbBurst: ...


TOY: Mapping[object, Mapping[object, frozenset[object]]] = MappingProxyType(
    {
        Lamp.OFF: {Turn.SWITCHED_ON: frozenset({Lamp.LIT, Lamp.BROKEN})},
        Lamp.LIT: {Turn.SWITCHED_ON: frozenset({Lamp.LIT}), BulbBurst: frozenset({Lamp.BROKEN})},
        Lamp.BROKEN: {},
    }
)


def test_a_diagram_shows_every_move_by_the_words_of_the_table() -> None:
    drawn = state_diagrams.diagram(TOY).splitlines()
    assert drawn[2:-1] == [
        "    [*] --> off",
        "    lit --> broken: bulb_burst",
        "    off --> broken: switched_on",
        "    off --> lit: switched_on",
        "    broken --> [*]",
    ]
    assert "| lit | switched_on | lit |" in state_diagrams.as_rows(TOY)
    assert "| broken | nothing | |" in state_diagrams.as_rows(TOY)


def test_a_link_or_a_path_that_leads_nowhere_is_found() -> None:
    text = "[here](README.md) [gone](gone.md#top) [out](https://example.org) `src/tocsin/ports.py` `src/tocsin/gone.py`"
    assert broken(text, ROOT) == ["gone.md", "src/tocsin/gone.py"]


def test_a_setting_is_listed_with_its_default_and_without_a_sentence_refused() -> None:
    page = reference.settings_page(
        [
            SettingLine("server.port", "whole number", "8000", "Where | it listens."),
            SettingLine("a.b", "text", "required", "x"),
        ]
    )
    assert "| `server.port` | whole number | `8000` | Where \\| it listens. |" in page
    assert "| `a.b` | text | required | x |" in page
    with pytest.raises(AssertionError, match=r"server\.port says nothing"):
        reference.settings_page([SettingLine("server.port", "whole number", "8000", "")])


def toy_commands(*, help: str) -> typer.Typer:
    app, bench, sim = typer.Typer(), typer.Typer(), typer.Typer(invoke_without_command=True, help="Simulate.")
    app.add_typer(bench, name="bench")
    app.add_typer(sim, name="sim")

    @sim.callback()
    def seeds() -> None: ...

    @sim.command(help="Cut the power.")
    def crash(what: Annotated[str, typer.Argument(metavar="THIS|THAT", help="What.")]) -> None: ...

    @app.command(help="Start it.")
    def serve(port: Annotated[int, typer.Option(help="Where it listens.")] = 8000) -> None: ...

    @bench.command(help=help)
    def accept() -> None: ...

    return app


def test_a_command_is_listed_with_its_options_and_without_a_sentence_refused() -> None:
    page = reference.commands_page(toy_commands(help="Measure it."))
    assert "## tocsin serve\n\nStart it.\n\n| Option | Default | |" in page
    assert "| `--port` | `8000` | Where it listens. |" in page
    assert "## tocsin bench accept\n\nMeasure it.\n" in page and "## tocsin bench\n" not in page
    assert "## tocsin sim\n" in page and "## tocsin sim crash THIS|THAT\n" in page
    with pytest.raises(AssertionError, match="accept says nothing"):
        reference.commands_page(toy_commands(help=""))
