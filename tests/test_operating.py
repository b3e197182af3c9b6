"""What the pages for operators say is what the program does: codes, pages, metrics, commands, the service."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

from tocsin.bench.town import site_file
from tocsin.core import limits
from tocsin.core.place import KINDS
from tocsin.intake.care import BACKUP, OF_PART
from tocsin.intake.reconciling import WHOLE
from tocsin.runtime.doctor import CODES, LEVELS
from tocsin.runtime.drawings.reading import read
from tocsin.runtime.drawings.shapes import Outlined
from tocsin.runtime.readiness import PAGES

ROOT = Path(__file__).resolve().parent.parent
PAGES_OF = ROOT / "docs" / "operating"
UNIT = ROOT / "deploy" / "tocsin.service"
SOURCE = ROOT / "src" / "tocsin"


def test_what_the_page_says_of_drawings_is_what_is_taken() -> None:
    page = (PAGES_OF / "drawings.md").read_text(encoding="utf-8")
    kilo, mega = 1_000, 1_048_576
    assert f"A file has {limits.DRAWING_FILE_MAX_BYTES // mega} MB at most" in page
    assert f"{limits.DRAWING_PIXELS_MAX // kilo**2} million pixels" in page
    assert f"{limits.DRAWING_SIDE_MAX_PX:,} pixels wide or high" in page
    assert f"{limits.DRAWING_PARTS_MAX:,} elements, {limits.DRAWING_DEPTH_MAX} groups" in page
    assert f"{limits.PLACES_MAX:,} shapes of {limits.CORNERS_MAX} corners" in page
    assert f"a PNG of {limits.PICTURE_MAX_BYTES // mega} MB at most" in page
    assert f"one of {', '.join(KINDS[:-1])} and {KINDS[-1]};" in page
    (example,) = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    told = read(example.encode())
    assert isinstance(told, Outlined) and told.places[0].id == "lot-b" and not told.refused


def headings(name: str) -> list[str]:
    return re.findall(r"^## (\S+)$", (PAGES_OF / name).read_text(encoding="utf-8"), re.MULTILINE)


# Words ------------------------------------------------------------------------------------------------------------


def test_every_finding_of_doctor_has_its_part_of_the_page_and_no_part_is_stale() -> None:
    assert headings("doctor.md") == sorted(CODES)


def test_every_page_to_the_operator_has_its_part_of_the_page() -> None:
    assert headings("pages.md") == list(PAGES)


def made() -> Iterator[tuple[str, str, str]]:
    """Every finding that the source makes: where, its code and its level, where they are plain words."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding" and len(node.args) == 4:
                code, level = node.args[:2]
                if isinstance(code, ast.Constant):
                    yield f"{file.name}:{node.lineno}", str(code.value), str(getattr(level, "value", LEVELS[0]))


def test_no_finding_is_made_that_has_no_code_and_no_code_is_never_made() -> None:
    found = list(made())
    assert all(code in CODES and level in LEVELS for _, code, level in found), found
    assert {code for _, code, _ in found} | set(OF_PART.values()) | {"not_ready", "part_off"} == CODES


def test_the_rules_for_prometheus_ask_for_metrics_that_there_are() -> None:
    rules = (PAGES_OF / "alerts.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\btocsin_[a-z_]+", rules))
    written = (SOURCE / "runtime" / "metrics.py").read_text(encoding="utf-8")
    families = set(re.findall(r'"(tocsin_[a-z_]+)"', written)) | {
        f"tocsin_last_{name}_timestamp_seconds" for name in (BACKUP, WHOLE)
    }
    process = {"tocsin_process_open_fds", "tocsin_process_max_fds"}
    assert {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in asked} <= families | process
    assert len(asked) > 10
    assert all(line.count("{") == line.count("}") and "\t" not in line for line in rules.splitlines())


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for page in PAGES_OF.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert ":" in target or (PAGES_OF / target).exists(), f"{page.name}: {target}"


# Commands ---------------------------------------------------------------------------------------------------------


def commands(name: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", (PAGES_OF / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_commands_of_the_backup_page_make_a_backup_and_bring_it_back(tmp_path: Path) -> None:
    nightly, drill = commands("backup.md")
    door, data, backups = tmp_path / "bin", tmp_path / "data", tmp_path / "backups"
    door.mkdir()
    (door / "tocsin").write_text(f'#!/bin/sh\nexec {sys.executable} -m tocsin "$@"\n')
    (door / "tocsin").chmod(0o755)
    trials = tmp_path / "trials"
    trials.mkdir()
    environ = {**os.environ, "PATH": f"{door}:{os.environ['PATH']}", "DATA": str(data), "BACKUPS": str(backups)}

    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-euc", script], env={**environ, "TMPDIR": str(trials)}, capture_output=True, text=True, check=False
        )

    (tmp_path / "site.toml").write_text(site_file(workers=2, colleagues=4))
    assert run(f"tocsin apply {tmp_path}/site.toml --data {data}").returncode == 0
    assert run(nightly).returncode == 0
    (backup,) = backups.iterdir()
    assert backups.stat().st_mode & 0o777 == 0o700
    done = run(drill)
    assert done.returncode == 0 and "Restored" in done.stdout and not list(trials.iterdir()), done.stderr
    backup.write_bytes(backup.read_bytes()[:4096] + bytes(len(backup.read_bytes()) - 4096))
    assert run(drill).returncode != 0, "a backup that is broken does not pass the drill"


# The service ------------------------------------------------------------------------------------------------------


def unit() -> RawConfigParser:
    parser = RawConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT, encoding="utf-8")
    return parser


def test_the_service_starts_again_after_every_end_and_is_never_given_up() -> None:
    service = unit()["Service"]
    assert service["Restart"] == "always" and float(service["RestartSec"]) <= 1
    assert service["RestartForceExitStatus"] == "3" and unit()["Unit"]["StartLimitIntervalSec"] == "0"
    assert int(service["LimitNOFILE"]) >= 65_536


def test_the_service_may_write_its_data_and_nothing_else() -> None:
    service = unit()["Service"]
    hardened = {
        "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
        "ReadWritePaths": "/var/lib/tocsin", "CapabilityBoundingSet": "", "UMask": "0077", "User": "tocsin",
    }  # fmt: skip
    assert {name: service[name] for name in hardened} == hardened
    assert service["Environment"] == f"TOCSIN_SERVER__DATA={hardened['ReadWritePaths']}"
    assert service["ExecStart"].split()[1] == "serve" and set(unit().sections()) == {"Unit", "Service", "Install"}


@pytest.mark.slow
def test_systemd_itself_finds_nothing_wrong_with_the_service(tmp_path: Path) -> None:
    """Where there is one; the rules above hold everywhere."""
    verify = shutil.which("systemd-analyze")
    here = tmp_path / UNIT.name
    here.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/tocsin/bin/tocsin", sys.executable))
    said = (
        subprocess.run([verify, "verify", str(here)], capture_output=True, text=True, check=False) if verify else None
    )
    assert said is None or (said.returncode, said.stderr) == (0, "")
