"""Write docs/commands.md and docs/settings.md from the command line and the settings as the code defines them.

Nothing is described twice: a command's sentence is its help, a setting's sentence the description in its annotation.
A stale page, and a setting or command without a sentence, fails the tests.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import typer

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(DOCS.parent))


def pages() -> dict[Path, str]:
    """Both pages as they should be, by their path."""
    from tocsin.cli import app  # Here, so that the parts of this file can be shown to work on a toy.
    from tocsin.settings import Settings

    return {DOCS / "commands.md": commands_page(app), DOCS / "settings.md": settings_page(Settings)}


def commands_page(app: typer.Typer) -> str:
    root: Any = typer.main.get_command(app)
    head = "# Commands\n\nWritten by `make docs` from `src/tocsin/cli`; change that, not this page."
    return "\n\n".join([head, *(part for path, leaf in leaves("tocsin", root) for part in command(path, leaf))]) + "\n"


def leaves(path: str, node: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that lead to it."""
    if not getattr(node, "hidden", False):
        if getattr(node, "callback", None) is not None and not getattr(node, "commands", None):
            yield path, node
        for name, inner in sorted(getattr(node, "commands", {}).items()):
            yield from leaves(f"{path} {name}", inner)


def command(path: str, leaf: Any) -> Iterator[str]:
    assert leaf.help, f"{path} says nothing about itself"
    arguments = "".join(f" {each.name.upper()}" for each in leaf.params if each.param_type_name == "argument")
    yield f"## {path}{arguments}"
    yield inspect.cleandoc(leaf.help).replace("\b\n", "")
    options = [row(each) for each in leaf.params if not getattr(each, "hidden", False)]
    if options:
        yield "\n".join(["| Option | Default | |", "|---|---|---|", *options])


def row(parameter: Any) -> str:
    assert parameter.help, f"{parameter.name} says nothing about itself"
    names = "/".join([*parameter.opts, *parameter.secondary_opts])
    return f"| `{names}` | {plain(parameter.default)} | {one_line(parameter.help)} |"


def settings_page(settings: type[msgspec.Struct]) -> str:
    head = "# Settings\n\nWritten by `make docs` from `src/tocsin/settings.py`; change that file, not this page."
    rows = [f"| `{name}` | {plain(default)} | {one_line(text)} |" for name, default, text in every_setting(settings)]
    return "\n\n".join([head, "\n".join(["| Setting | Default | |", "|---|---|---|", *rows])]) + "\n"


def every_setting(struct: type[msgspec.Struct], path: str = "") -> Iterator[tuple[str, object, str]]:
    """Name, default and sentence of each setting below this struct; a table of many is written NAME.*.KEY."""
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        name, sentence, inner = path + field.encode_name, description(hints[field.name]), below(hints[field.name])
        if inner is None:
            assert sentence, f"the setting {name} says nothing about itself"
            yield name, default_of(field), sentence
        else:
            many = ".*." if get_origin(bare(hints[field.name])) is dict else "."
            yield from every_setting(inner, name + many)


def default_of(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None if field.default is msgspec.NODEFAULT else field.default


def bare(hint: Any) -> Any:
    """The type without its annotation and without `| None`."""
    if get_origin(hint) is Annotated:
        return bare(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        kinds = [each for each in get_args(hint) if each is not type(None)]
        return bare(kinds[0]) if len(kinds) == 1 else hint
    return hint


def below(hint: Any) -> type[msgspec.Struct] | None:
    """The struct that a section, or each of a table of sections, consists of."""
    kind = bare(hint)
    if get_origin(kind) is dict:
        kind = bare(get_args(kind)[1])
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


def description(hint: Any) -> str:
    """The sentence in the annotation `Annotated[kind, Meta(description=...)]`; empty where there is none."""
    metas = [each for each in get_args(hint)[1:] if isinstance(each, msgspec.Meta)]
    return next((meta.description for meta in metas if meta.description), "") if get_origin(hint) is Annotated else ""


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
