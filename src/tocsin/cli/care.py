"""`doctor`, `export`, `restore`: keep it well, keep a copy, bring it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tocsin.app import Held, hold, restore_store
from tocsin.cli.certificate import certificate_findings
from tocsin.cli.office import ask
from tocsin.cli.reconciling import reconcile
from tocsin.cli.saying import Config, Data, Json, fail, say, settings
from tocsin.intake.control import Order
from tocsin.ports import StoreError
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
    config: Config = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put a backup in place in an empty data directory; refuses to overwrite.

    Example: tocsin restore tocsin-2026-11-22.db --data /var/lib/tocsin-new
    """
    directory = Path(settings(config, data).server.data)
    try:
        with hold(directory):
            restored = restore_store(file, directory)
    except (Held, StoreError, OSError) as error:
        fail(f"{directory}: {error}; nothing was changed")
    say([f"Restored: {restored}"], {"file": str(restored)}, as_json)
