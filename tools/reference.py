"""Write docs/commands.md, docs/settings.md and docs/permissions.md from what the code defines.

Nothing is described twice: a command's sentence is its help, a setting's and a permission's stand beside it.
A stale page, and a setting or command without a sentence, fails the tests.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import typer

from tocsin.core.access.permissions import TABLE, Line, Reach
from tocsin.core.access.words import Via
from tocsin.core.limits import FRESH_MS
from tocsin.core.words import Role
from tocsin.settings import every_setting

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(DOCS.parent))


def pages() -> dict[Path, str]:
    """The pages as they should be, by their path."""
    from tocsin.cli import app  # Here, so that the parts of this file can be shown to work on a toy.

    return {
        DOCS / "commands.md": commands_page(app),
        DOCS / "settings.md": settings_page(every_setting()),
        DOCS / "permissions.md": permissions_page(TABLE),
    }


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


PERMISSIONS = """\
# Who may do what

Written by `make docs` from `src/tocsin/core/access/permissions.py`; change that file, not this page.

Somebody with several roles may do what any of them may. Whoever is suspended, or has left, may do nothing but call for
help; that is never taken from anybody. And whoever is *not to be told about* a person gets nothing of that person's
alerts, whatever stands here.

| In the table | It means |
|---|---|
| **yes** | everything of it |
| **running** | of everything, what running the system needs: states, channels, reasons; no person, word or place |
| **own + rung** | what is about themself, and the alerts that rang them |
| **own** | what is about themself |
| blank | nothing |

*Operator* is whoever types a command on the server's own machine. A command there asks for no role: who may reach that
machine is for its owner to say."""
REACHES = {Reach.NONE: "", Reach.OWN: "own", Reach.RUNG: "own + rung", Reach.RUNNING: "running", Reach.ALL: "**yes**"}
BY = {
    Via.SESSION: "signed in",
    Via.DEVICE: "their phone",
    Via.DESK: "a desk",
    Via.WALLBOARD: "a wallboard",
    Via.KEY: "a program's key",
    Via.LINK: "a message's link",
}
AFTER = """\
*Prove it anew*: who they are must have been proven, by a passkey for instance, in the last {minutes} minutes.

A wallboard reads of one site what anybody in the room may. A desk has its own alert, and of its site what a wallboard
has. A program's key has what its scopes say: *raise* an SOS for a member, read the *metrics*, read *alerts* as an
administrator does. The link in a message is to one alert: whoever opened it reads that alert, answers it and, while it
is open, sees of its site's plan what leads to where it is said to be; they close nothing, and may call for help."""


def permissions_page(table: Sequence[Line]) -> str:
    head = " | ".join(["| What", *(role.value.capitalize() for role in Role), "Operator", "By", "Prove it anew |"])
    rows = [head, "|---" * (len(Role) + 4) + "|", *(permission(line) for line in table)]
    return "\n\n".join([PERMISSIONS, "\n".join(rows), AFTER.format(minutes=FRESH_MS // 60_000)]) + "\n"


def permission(line: Line) -> str:
    assert line.sentence, f"{line.may} says nothing about itself"
    reach = [REACHES[line.reach.get(role, Reach.NONE)] for role in Role]
    operator = REACHES[Reach.ALL] if Via.OPERATOR in line.by else ""
    by = ", ".join(word for via, word in BY.items() if via in line.by)
    return f"| {line.sentence} | {' | '.join(reach)} | {operator} | {by} | {'yes' if line.fresh else ''} |"


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
