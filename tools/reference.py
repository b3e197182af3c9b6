"""Write docs/commands.md and docs/settings.md from the command line and the settings as the code defines them.

Nothing is described twice: a command's sentence is its help, a setting's sentence stands beside it.
A stale page, and a setting or command without a sentence, fails the tests.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import typer

from tocsin.settings import every_setting

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(DOCS.parent))


def pages() -> dict[Path, str]:
    """Both pages as they should be, by their path."""
    from tocsin.cli import app  # Here, so that the parts of this file can be shown to work on a toy.

    return {DOCS / "commands.md": commands_page(app), DOCS / "settings.md": settings_page(every_setting())}


def commands_page(app: typer.Typer) -> str:
    root: Any = typer.main.get_command(app)
    head = "# Commands\n\nWritten by `make docs` from `src/tocsin/cli`; change that, not this page."
    return "\n\n".join([head, *(part for path, leaf in leaves("tocsin", root) for part in command(path, leaf))]) + "\n"


def leaves(path: str, node: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that lead to it."""
    if not getattr(node, "hidden", False):
        inside = getattr(node, "commands", {})
        if not inside or node.invoke_without_command:
            yield path, node
        for name, inner in sorted(inside.items()):
            yield from leaves(f"{path} {name}", inner)


def command(path: str, leaf: Any) -> Iterator[str]:
    assert leaf.help, f"{path} says nothing about itself"
    arguments = "".join(
        f" {each.metavar or each.name.upper()}" for each in leaf.params if each.param_type_name == "argument"
    )
    yield f"## {path}{arguments}"
    yield inspect.cleandoc(leaf.help).replace("\b\n", "")
    options = [row(each) for each in leaf.params if not getattr(each, "hidden", False)]
    if options:
        yield "\n".join(["| Option | Default | |", "|---|---|---|", *options])


def row(parameter: Any) -> str:
    assert parameter.help, f"{parameter.name} says nothing about itself"
    names = "/".join([*parameter.opts, *parameter.secondary_opts])
    return f"| `{names}` | {plain(parameter.default)} | {one_line(parameter.help)} |"


def settings_page(settings: Sequence[Setting]) -> str:
    head = "# Settings\n\nWritten by `make docs` from `src/tocsin/settings/parts.py`; change that file, not this page."
    rows = [setting(each) for each in settings]
    return "\n\n".join([head, "\n".join(["| Setting | Kind | Default | |", "|---|---|---|---|", *rows])]) + "\n"


class Setting(Protocol):
    """What a setting must say of itself to be listed."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def default(self) -> str: ...
    @property
    def sentence(self) -> str: ...


def setting(each: Setting) -> str:
    assert each.sentence, f"{each.name} says nothing about itself"
    default = each.default if each.default in ("", "required") else plain(each.default)
    return f"| `{each.name}` | {each.type} | {default} | {one_line(each.sentence)} |"


def plain(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, list | tuple):
        return ", ".join(f"`{each}`" for each in default)
    return f"`{default}`" if isinstance(default, str | int | float | Path) and str(default) else ""


def one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
