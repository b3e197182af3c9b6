"""`init`, `invite`, `enrol`, `desk`, `wallboard`, `key`: one-time links and keys, printed once."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Annotated, Any

import segno
import typer

from tocsin.cli.office import ask
from tocsin.cli.people import Member
from tocsin.cli.saying import Config, Data, Json, say, settings
from tocsin.core.access.words import KeyScope
from tocsin.intake.control import Order
from tocsin.intake.ways_in import KEY_DAYS_MAX
from tocsin.runtime.access.keys import KEY_DAYS

Label = Annotated[str, typer.Option("--label", help="What people call it.", show_default=False)]
Site = Annotated[str, typer.Argument(help="The site's id.")]


def add_to(app: typer.Typer) -> None:
    """Register the verbs of this file."""
    for verb in (init, invite, enrol, desk, wallboard, key):
        app.command()(verb)


def init(
    name: Annotated[str, typer.Option("--name", help="What the organisation is called.", show_default=False)] = "",
    site: Annotated[str, typer.Option("--site", help="What its first site is called.", show_default=False)] = "",
    time_zone: Annotated[str, typer.Option("--time-zone", help="The site's, UTC unless given.")] = "",
    administrator: Annotated[
        str, typer.Option("--administrator", help="Who runs it: a name, or a member's id.", show_default=False)
    ] = "",
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print the one-time link of the first administrator; found the organisation if there is none.

    Example: tocsin init --name "Alder County" --site "Dispatch Centre" --time-zone America/Chicago --administrator Ada
    """
    order = Order("init", name=name, site=site, time_zone=time_zone, what=administrator)
    result = ask(settings(config, data), order)
    if result["founded"] and not as_json:
        typer.echo(f"Founded {result['organisation']}: a site file for it has this id.  {result['member']} runs it.")
    _link(result, as_json)


def invite(member: Member, config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Print a one-time link by which MEMBER signs in for the first time.

    Example: tocsin invite teo
    """
    _link(ask(settings(config, data), Order("invite", what=member)), as_json)


def enrol(member: Member, label: Label = "", config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Print a one-time link, and a picture of it to scan, by which a phone becomes MEMBER's.

    Example: tocsin enrol noor
    """
    result = ask(settings(config, data), Order("enrol", what=member, label=label))
    _link(result, as_json, picture=True)


def desk(
    site: Site,
    place: Annotated[str, typer.Argument(help="The place's id at that site.")],
    label: Label = "",
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print a one-time link that makes a workstation at PLACE a desk, which raises for whoever sits there.

    Example: tocsin desk centre console-3
    """
    _link(ask(settings(config, data), Order("desk", site=site, what=place, label=label)), as_json)


def wallboard(site: Site, label: Label = "", config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Print a one-time link that makes a screen a wallboard of SITE.

    Example: tocsin wallboard centre --label Hall
    """
    _link(ask(settings(config, data), Order("wallboard", site=site, label=label)), as_json)


def key(
    label: Annotated[str, typer.Argument(help="The program that the key is for.")],
    scope: Annotated[list[KeyScope], typer.Option("--scope", help="What it may do; give it once for each.")],
    days: Annotated[int, typer.Option("--days", help="How long it works.", min=1, max=KEY_DAYS_MAX)] = KEY_DAYS,
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print a new API key for a program; it is shown once.

    Example: tocsin key "door system" --scope raise --days 365
    """
    order = Order("key", label=label, scopes=tuple(one.value for one in scope), days=days)
    result = ask(settings(config, data), order)
    say([result["key"]], result, as_json)


def _link(result: Mapping[str, Any], as_json: bool, *, picture: bool = False) -> None:
    lines = [result["link"], f"It works once, until {result['expires_at']}."]
    say([*([_scannable(result["link"])] if picture else []), *lines], result, as_json)


def _scannable(link: str) -> str:
    """For a phone's camera, in the terminal."""
    drawn = io.StringIO()
    segno.make(link, error="l", micro=False).terminal(out=drawn, compact=True)
    return drawn.getvalue()
