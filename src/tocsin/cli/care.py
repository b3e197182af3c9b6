"""`doctor`, `export`, `restore`: keep it well, keep a copy, bring it back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tocsin.app import Held, cut_off, hold, restore_store
from tocsin.cli.certificate import certificate_findings
from tocsin.cli.office import ask
from tocsin.cli.reconciling import reconcile
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.intake.control import Order
from tocsin.intake.office import Refusal
from tocsin.ports import StoreError
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.system import SystemClocks


def add_to(app: typer.Typer) -> None:
    """Register the verbs of this file."""
    for verb in (doctor, reconcile, export, restore):
        app.command()(verb)


def doctor(config: Config = None, data: Data = None, as_json: Json = False) -> None:
    """Say what is wrong or will be: settings, store, record, contacts, roster, server.  Exit 1 if anything is an error.

    docs/operating/doctor.md says of each finding what it means and what to do.

    Example: tocsin doctor --json
    """
    chosen = settings(config, data)
    findings = ask(chosen, Order("doctor"))["findings"]
    now_s = SystemClocks().wall_ns() // 1_000_000_000
    findings += map(msgspec.structs.asdict, certificate_findings(chosen.server.public_url, now_s))
    for name in chosen.exposed:
        what = f"everybody on this machine may read the secret in the file of {name}"
        remedy = "Run chmod o-rwx on it, and change the secret: docs/operating/secrets.md says how."
        findings.append({"code": "key_exposed", "level": "warning", "what": what, "remedy": remedy})
    for problem in chosen.problems:
        what = f"{problem.part} is off: {problem.what}"
        findings.insert(0, {"code": "part_off", "level": "error", "what": what, "remedy": problem.remedy})
    ok = all(finding["level"] != "error" for finding in findings)
    lines = [f"{f['level']} {f['code']}: {f['what']}. {f['remedy']}" for f in findings]
    say(lines or ["All is well."], {"ok": ok, "findings": findings}, as_json)
    if not ok:
        raise typer.Exit(1)


def export(
    backup: Annotated[Path, typer.Option("--backup", help="Where to write it; must not exist.")],
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write a whole, consistent copy of the store, while the server runs or not.

    Example: tocsin export --backup /mnt/usb/tocsin-2026-11-22.db
    """
    result = ask(settings(config, data), Order("backup", what=str(backup.absolute())))
    say([f"Written: {result['file']}"], result, as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file written by export.", exists=True, dir_okay=False)],
    replacing: Annotated[
        Path | None, typer.Option("--replacing", help="The data directory that it replaces.", exists=True)
    ] = None,
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put a backup in place in an empty data directory; refuses to overwrite.

    Every session, link and key in it is ended.  Name the directory that it replaces, as far as that can still be read:
    whoever was suspended there, and whatever was ended there, is in the new one too.

    Example: tocsin restore tocsin-2026-11-22.db --data /var/lib/tocsin-new --replacing /var/lib/tocsin
    """
    chosen = settings(config, data)
    directory = Path(chosen.server.data)
    restored = None
    try:
        with hold(directory):
            restored = restore_store(file, directory)
            told = asyncio.run(cut_off(chosen, replacing))
    except (Held, StoreError, OSError, Refusal, Unavailable) as error:
        done = f"remove {restored} and begin again: what lets people in by it was not ended"
        fail(f"{directory}: {error}; {done if restored else 'nothing was changed'}")
    lines = [f"Restored: {restored}", "Sessions, links and keys in it were ended."]
    if not told["replayed"]:
        lines.append("Whoever was suspended since the backup is not: suspend them again. See docs/operating/backup.md.")
    say(lines, {"file": str(restored), **told}, as_json)
