"""`drill`, `reach`: show that it works on this site, and that its people can be reached."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from tocsin.cli.office import ask
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.intake.control import Order

WAIT_MAX_S = 540  # The running server is asked for its report within ten minutes.
Member = Annotated[str, typer.Option("--member", help="One person: who is drilled for, or tested.")]
Site = Annotated[str, typer.Option("--site", help="Everybody whom this site rosters.")]
Why = Annotated[str, typer.Option("--why", help="A reason, for the record.")]
Wait = Annotated[
    int, typer.Option("--wait", help="Seconds to wait for answers after the last message.", min=0, max=WAIT_MAX_S)
]
Status = Annotated[str, typer.Option("--status", help="Show how this round stands.", metavar="ROUND")]
Pause = Annotated[str, typer.Option("--pause", help="Hold what this round has not sent.", metavar="ROUND")]
Resume = Annotated[str, typer.Option("--resume", help="Let a paused round go on.", metavar="ROUND")]
Stop = Annotated[str, typer.Option("--stop", help="End this round for good.", metavar="ROUND")]


def add_to(app: typer.Typer) -> None:
    """Register the verbs of this file."""
    app.command()(drill)
    app.command()(reach)


def drill(
    member: Member = "",
    site: Site = "",
    shift: Annotated[bool, typer.Option("--shift", help="Only who is on shift now, at --site if given.")] = False,
    pause: Pause = "",
    resume: Resume = "",
    stop: Stop = "",
    status: Status = "",
    why: Why = "",
    wait: Wait = 60,
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Rehearse, plainly marked as a drill.  Needs the running server.

    For one person (the first member unless set) a drill is raised through the real path; it ends on the first answer
    or after 60 s.  For a shift or a site each person gets one message, and the report says who was reached, on what,
    how fast, and who answered.

    Example: tocsin drill --site centre --json
    """
    held = _held(pause, resume, stop, status)
    if len(held) + bool(member) + bool(site or shift) > 1:
        raise typer.BadParameter("give one of --member, --shift/--site, --pause, --resume, --stop, --status")
    if held or site or shift:
        what, round = held[0] if held else ("", "")
        order = Order("drill_round", site=site, shift=shift, round=round, hold=what, by=_me(), why=why, wait_s=wait)
        _report(ask(settings(config, data), order), as_json)
    else:
        _press(ask(settings(config, data), Order("drill", what=member)), as_json)


def reach(
    member: Member = "",
    site: Site = "",
    pause: Pause = "",
    resume: Resume = "",
    stop: Stop = "",
    status: Status = "",
    why: Why = "",
    wait: Wait = 60,
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Ask people for a number back, to see that texts reach them; never looks like an alarm.  Needs the running server.

    Everybody unless --member or --site is given.  What is learned is kept with each contact; see tocsin doctor.

    Example: tocsin reach --member noor --json
    """
    held = _held(pause, resume, stop, status)
    if len(held) + bool(member) + bool(site) > 1:
        raise typer.BadParameter("give one of --member, --site, --pause, --resume, --stop, --status")
    what, round = held[0] if held else ("", "")
    order = Order("reach", what=member, site=site, round=round, hold=what, by=_me(), why=why, wait_s=wait)
    _report(ask(settings(config, data), order), as_json)


def _held(pause: str, resume: str, stop: str, status: str) -> list[tuple[str, str]]:
    named = (("pause", pause), ("resume", resume), ("stop", stop), ("status", status))
    return [(what, round) for what, round in named if round]


def _me() -> str:
    """Who asks, for the record."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"


def _press(result: dict[str, Any], as_json: bool) -> None:
    lines = [f"{row['at_ms']:>7} ms  {row['what']:<12} {row['who']:<16} {row['state']}" for row in result["timeline"]]
    say([*lines, f"first answer after {result['answered_ms']} ms"], result, as_json)
    if result["answered_ms"] is None:
        fail("nobody answered the drill within 60 s")


def _report(result: dict[str, Any], as_json: bool) -> None:
    rows = [
        f"{row['who']:<20} {row['channel']:<6} {row['state']:<14} {row['answered_ms'] or ''}"
        for row in result["report"]
    ]
    counts = ("recipients", "handed_over", "delivered", "answered", "undeliverable", "withdrawn")
    told = ", ".join(f"{result[name]} {name.replace('_', ' ')}" for name in counts)
    say([*rows, f"{result['round']} is {result['state']}: {told}"], result, as_json)
