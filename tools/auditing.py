"""What looks over our shoulder: our own rules for semgrep, the list of all that we ship, and known weaknesses of it.

The tools lie in `.audit/`, apart from what we ship: semgrep pins what we pin too, at other versions, and the evaluator
of content policies is for Node.  `make audit` runs everything here; `make test` uses the rules and the evaluator.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from build_ui import machines_node, packaged_node

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".audit"
RULES, LOCK = ROOT / "tools" / "semgrep", ROOT / "requirements.lock"
SEMGREP_LOCK = RULES / "requirements.lock"
SEMGREP = PLACE / "venv" / "bin" / "semgrep"
EVALUATOR = "csp_evaluator@1.1.8"
EVALUATED = PLACE / "node" / "node_modules" / "csp_evaluator"
SERVICES = ("pypi", "osv")
PROBE = "pip==24.0\n"  # Every source of advisories knows it.
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")


def main() -> int:
    """The exit status: 0 only if nothing was found that has to be mended."""
    if (refusal := semgrep_missing()) is not None:
        print(f"semgrep: {refusal}", file=sys.stderr)
        return 1
    found = list(scanned(ROOT / "src"))
    for line in found:
        print(line)
    (ROOT / "sbom.json").write_text(json.dumps(bill_of_materials(), indent=1) + "\n", encoding="utf-8")
    print(f"Our own rules: {len(found)} findings.  What we ship is listed in sbom.json.")
    return 1 if found or weaknesses() else 0


# semgrep, with our own rules and without a network ------------------------------------------------------------------


def semgrep_missing() -> str | None:
    """None if semgrep is there (perhaps only now), exactly as its lock names it; otherwise why not."""
    return _made(PLACE / "venv" / ".made", SEMGREP_LOCK.read_bytes(), _make_semgrep)


def _make_semgrep() -> str | None:
    venv = PLACE / "venv"
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(SEMGREP_LOCK)]
    return _ran([sys.executable, "-m", "venv", str(venv)]) or _ran(pip)


def scanned(*places: Path) -> Iterator[str]:
    """One line for each finding.  Raises CalledProcessError where a rule cannot be read."""
    for finding in scan(*places)["results"]:
        path, line = Path(finding["path"]), finding["start"]["line"]
        rule, why = finding["check_id"].rpartition(".")[2], finding["extra"]["message"]
        yield f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{line}: {rule}: {why}"


def scan(*places: Path) -> dict[str, Any]:
    quiet = ["--metrics=off", "--disable-version-check", "--no-git-ignore", "--quiet", "--json", "--strict"]
    world = {**os.environ, "SEMGREP_SEND_METRICS": "off", "PATH": f"{SEMGREP.parent}{os.pathsep}{os.environ['PATH']}"}
    command = [str(SEMGREP), "scan", *quiet, "--config", str(RULES), *map(str, places)]
    run = subprocess.run(command, env=world, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


# The evaluator of content policies ----------------------------------------------------------------------------------


def evaluator_missing() -> str | None:
    """None if csp_evaluator is there (perhaps only now); otherwise why not."""
    return _made(PLACE / "node" / ".made", EVALUATOR.encode(), _make_evaluator)


def _make_evaluator() -> str | None:
    _, npm = machines_node() or packaged_node()
    quiet = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    return _ran([*npm, "install", "--prefix", str(PLACE / "node"), *quiet, EVALUATOR])


def evaluated(policy: str) -> list[dict[str, Any]]:
    """What the evaluator finds in this policy: `severity` (10 is high), `directive`, `description`."""
    script = (
        "const {CspEvaluator} = require(process.argv[1] + '/dist/evaluator.js');"
        "const {CspParser} = require(process.argv[1] + '/dist/parser.js');"
        "console.log(JSON.stringify(new CspEvaluator(new CspParser(process.argv[2]).csp).evaluate()));"
    )
    node, _ = machines_node() or packaged_node()
    run = subprocess.run([node, "-e", script, str(EVALUATED), policy], capture_output=True, text=True, check=True)
    return list(json.loads(run.stdout))


# What we ship -------------------------------------------------------------------------------------------------------


def bill_of_materials() -> dict[str, Any]:
    """A CycloneDX document of every package that the locks name, with the hashes that we take it by."""
    parts = [*_python_parts(LOCK.read_text(encoding="utf-8")), *_page_parts()]
    serial = UUID(bytes=_digest(json.dumps(parts).encode())[:16], version=4)
    about = {"component": {"type": "application", "name": "tocsin", "bom-ref": "tocsin"}}
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1}
    return {**head, "metadata": about, "components": parts}


def _python_parts(lock: str) -> Iterator[dict[str, Any]]:
    for entry in re.split(r"\n(?=\S)", lock):
        if pinned := PINNED.match(entry):
            name, version = pinned[1], pinned[2].rstrip(";\\")
            hashes = [{"alg": "SHA-256", "content": digest} for digest in re.findall(r"sha256:([0-9a-f]{64})", entry)]
            yield _part(name, version, f"pkg:pypi/{name.lower()}@{version}", hashes)


def _page_parts() -> Iterator[dict[str, Any]]:
    lock = json.loads((ROOT / "ui" / "package-lock.json").read_text(encoding="utf-8"))
    known = {
        (place.rpartition("node_modules/")[2], package["version"])
        for place, package in lock["packages"].items()
        if place
    }
    for name, version in sorted(known):  # One that two others bring along lies in two places.
        yield _part(name, version, f"pkg:npm/{name.replace('@', '%40')}@{version}", [])


def _part(name: str, version: str, purl: str, hashes: list[dict[str, str]]) -> dict[str, Any]:
    part = {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl}
    return {**part, "hashes": hashes} if hashes else part


def _digest(content: bytes) -> bytes:

    return hashlib.sha256(content).digest()


# Known weaknesses of it ---------------------------------------------------------------------------------------------


def weaknesses() -> bool:
    """Is a weakness known of what we ship, or could that not be asked where somebody could have answered?

    Where no source of advisories can be reached from here, that is said, and nothing fails for it.
    """
    service = next((name for name in SERVICES if _reached(name)), None)
    if service is None:
        print("Known weaknesses: NOT ASKED, for no source of advisories can be reached from here.", file=sys.stderr)
        return False
    return any([_asked(service, lock) for lock in (LOCK, SEMGREP_LOCK)])


def _reached(service: str) -> bool:
    probe = PLACE / "probe.txt"
    probe.write_text(PROBE, encoding="utf-8")
    return answered(_pip_audit(service, "--no-deps", "-r", str(probe)).stdout)


def answered(said: str) -> bool:
    """Is this the answer of a source that knew what it was asked about?"""
    try:
        told = json.loads(said)
    except ValueError:
        return False
    return isinstance(told, dict) and any("vulns" in each for each in told.get("dependencies", []))


def _asked(service: str, lock: Path) -> bool:
    run = _pip_audit(service, "--strict", "--require-hashes", "-r", str(lock))
    print(f"Known weaknesses of {lock.relative_to(ROOT)}, by {service}: {'some' if run.returncode else 'none'}.")
    if run.returncode:
        print(run.stdout, run.stderr, file=sys.stderr)
    return run.returncode != 0


def _pip_audit(service: str, *words: str) -> subprocess.CompletedProcess[str]:
    quiet = ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    command = [sys.executable, "-m", "pip_audit", "-s", service, *quiet, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# Bringing a tool here -----------------------------------------------------------------------------------------------


def _made(mark: Path, wanted: bytes, make: Any) -> str | None:
    """Make a tool where it is not there as `wanted` has it; one process at a time.  None, or why it is not there."""
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if mark.exists() and mark.read_bytes() == wanted:
            return None
        why: str | None = make()
        if why is None:
            mark.write_bytes(wanted)
        return why


def _ran(command: Sequence[str]) -> str | None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    said = (run.stderr or run.stdout).strip().splitlines() or [f"status {run.returncode}"]
    return said[-1] if run.returncode else None


if __name__ == "__main__":
    sys.exit(main())
