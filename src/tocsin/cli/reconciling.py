"""`reconcile`: fetch what the vendors' webhooks may have lost."""

from __future__ import annotations

from tocsin.cli.office import ask
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.intake.control import Order


def reconcile(config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Ask the SMS vendors for texts and opt-outs that never reached us, and take them.  Needs the running server.

    A lost call for help rings.  The server does this by itself at its start, every few minutes and once a day.
    Exit 1 if a vendor gives no list.

    Example: tocsin reconcile --json
    """
    result = ask(settings(config, data), Order("reconcile"))
    asked, missed, rang = result["asked"], result["missed"], result["rang"]
    lines = [f"{asked} messages looked at, {missed} had been missed, {rang} of these rang"]
    lines += [f"{result['opted_out']} numbers opted out, {result['opted_in']} back in"]
    lines += [f"{vendor} cannot be asked: its list of messages is another product" for vendor in result["not_asked"]]
    say(lines, result, as_json)
    if result["failed"]:
        fail(f"no list from {', '.join(result['failed'])}: see whether its API can be reached and the token is right")
