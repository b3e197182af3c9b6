"""The command line: `tocsin VERB`.  Exit 2 on wrong usage, 1 on failure; with `--json` the last line is one object."""

from __future__ import annotations

import sys

import typer

from tocsin.cli import care, people, practice, proof, reporting, running, ways_in
from tocsin.runtime.system import OptimisedPython, refuse_optimised

app = typer.Typer(
    name="tocsin",
    help="Duress alerts and workplace safety for workplaces that never close.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (running, people, ways_in, care, reporting, practice, proof):
    part.add_to(app)


def main() -> None:
    """Run the verb that was typed."""
    try:
        refuse_optimised()
    except OptimisedPython as refusal:
        sys.exit(str(refusal))
    sys.exit(app())
