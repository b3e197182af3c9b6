"""`apply`, `token`, `revoke`, `pins`, `callcode`, `suspend`, `reinstate`: who works here, and what opens which door."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.office import ask
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.intake.control import Order
from tocsin.intake.sitefile import SiteFileWrong, read
from tocsin.intake.waiting import line

Member = Annotated[str, typer.Argument(help="The member's id in the site file.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for the audit trail.")]


def add_to(app: typer.Typer) -> None:
    """Register the verbs of this file."""
    for verb in (apply, changes, token, revoke, pins, callcode, suspend, reinstate):
        app.command()(verb)


def apply(
    file: Annotated[Path, typer.Argument(help="The site file.", exists=True, dir_okay=False, readable=True)],
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make the organisation what FILE says.  What weakens protection waits for a second person, and is listed.

    Example: tocsin apply alder.toml --data /var/lib/tocsin
    """
    try:
        site = read(file.read_bytes(), str(file))
    except SiteFileWrong as wrong:
        fail("\n".join(wrong.lines))
    for warning in site.warnings:
        typer.echo(warning, err=True)
    result = ask(settings(config, data), Order("apply", directory=site.directory))
    for warning in result["warnings"]:
        typer.echo(warning, err=True)
    lines = result["changed"] + [f"waiting: {line(change)}" for change in result["waiting"]]
    lines += [f"not done: {refused['what']}; {refused['why']}" for refused in result["refused"]]
    say(lines or ["Nothing changed."], result, as_json)


def changes(config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """List the changes that wait for a second person.  People agree to them and refuse them on their own pages.

    Example: tocsin changes --json
    """
    result = ask(settings(config, data), Order("changes"))
    say([line(change) for change in result["changes"]] or ["Nothing waits."], result, as_json)


def token(member: Member, config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Print a new device token for MEMBER; it is shown once.

    Example: tocsin token noor --json
    """
    result = ask(settings(config, data), Order("token", what=member))
    say([result["token"]], result, as_json)


def revoke(
    what: Annotated[str, typer.Argument(metavar="TOKEN|MEMBER", help="A token, or a member's id for all of theirs.")],
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """From now on a TOKEN of any kind, or all that lets MEMBER in, may only raise an alert.

    Example: tocsin revoke noor
    """
    result = ask(settings(config, data), Order("revoke", what=what))
    waits = "It waits for a second person: turning a desk off takes a way to call for help."
    say([waits if result["waiting"] else f"{len(result['revoked'])} revoked"], result, as_json)


def pins(member: Member, config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Set the PIN and the duress PIN of MEMBER, read as two lines from standard input.

    Example: printf '%s\\n' 4071 8265 | tocsin pins noor
    """
    lines = sys.stdin.read(1024).split()
    if len(lines) != 2:
        fail("two lines are needed on standard input: the PIN, then the duress PIN")
    result = ask(settings(config, data), Order("pins", what=member, pin=lines[0], duress_pin=lines[1]))
    say(["Set."], result, as_json)


def callcode(member: Member, config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Print a new call code for MEMBER, which reads open alerts out on a call; it is shown once.

    Example: tocsin callcode teo --json
    """
    result = ask(settings(config, data), Order("callcode", what=member))
    say([result["code"]], result, as_json)


def suspend(member: Member, why: Why = "", config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """End MEMBER's part in everything at once; their own way to call for help stays.

    In a watch window it waits until a supervisor or coordinator asks for it too, on the member's page.

    Example: tocsin suspend teo --why "order of the director"
    """
    result = ask(settings(config, data), Order("suspend", what=member, why=why))
    waits = f"{member} is in a watch window: a supervisor or coordinator must ask for it too, within a day."
    say([waits if result["waiting"] else f"{member} is suspended."], result, as_json)


def reinstate(member: Member, why: Why = "", config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Lift the suspension of MEMBER; once people sign in, two of them agree to it first.

    Example: tocsin reinstate teo
    """
    result = ask(settings(config, data), Order("reinstate", what=member, why=why))
    waits = f"{member} stays suspended until a supervisor or coordinator has agreed, and a day is over."
    say([waits if result["waiting"] else f"{member} is reinstated."], result, as_json)
