"""`make test`: install the system parts that tests need, where this machine lets us, then run every test there is.

What had to be left out is named, with the reason, before and after the run.  With CI=true nothing may be left out.

What drives a browser runs after the rest, in processes of its own, and counts no branches: what must not break is
shown without a browser, and a process that has run nine thousand tests makes a browser wait.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from auditing import evaluator_missing, semgrep_missing

BROWSER = "browser"
BROWSER_TESTS = "tests/browser"  # All of them: reading the other tests in only to leave them out takes a minute.
NO_TESTS = 5  # What pytest says where nothing was to be run.
COVERED = ("src/tocsin/core", "src/tocsin/store", "src/tocsin/evidence")


class Part(NamedTuple):
    """A program that tests need and pip cannot bring; `marker` names the tests that go without it."""

    marker: str
    programs: tuple[str, ...]
    package: str


PARTS = (
    Part(BROWSER, ("chromium", "chromium-browser", "google-chrome"), "chromium"),
    Part("alertmanager", ("prometheus-alertmanager",), "prometheus-alertmanager"),
    Part("fiu", ("fiu-run",), "fiu-utils"),
    Part("faketime", ("faketime",), "faketime"),
    Part("nginx", ("nginx", "/usr/sbin/nginx"), "nginx-light"),
    Part("nginx", ("curl",), "curl"),
)
# The browser without its window: a third less time.  Where it is not to be had, the whole one does all there is to do.
QUICKER = Part(BROWSER, ("chromium-headless-shell",), "chromium-headless-shell")
# What tests need of other package managers, and which tests go without it.
TOOLS = {"semgrep": semgrep_missing, "csp": evaluator_missing}


def main(arguments: Sequence[str]) -> int:
    left_out = {part.marker: why for part in PARTS if (why := missing(part)) is not None}
    left_out |= {marker: why for marker, look in TOOLS.items() if (why := look()) is not None}
    if (refusal := no_small_disk()) is not None:
        left_out["tmpfs"] = refusal
    if BROWSER not in left_out and (slower := missing(QUICKER)) is not None:
        print(f"Tests with a browser take longer, for want of {slower}.", flush=True)
    tell(left_out)
    if left_out and os.environ.get("CI") == "true":
        print("CI=true: nothing may be left out.", file=sys.stderr)
        return 1
    commands = [[*counted(left_out), *arguments]]
    commands += [] if BROWSER in left_out else [[*driven(left_out), *of_browser(arguments)]]
    codes = {subprocess.run(command, check=False).returncode for command in commands}
    tell(left_out)
    return outcome(codes)


def outcome(codes: set[int]) -> int:
    """Of all runs together: the worst.  A run that has no test of those asked for is none, unless every one is."""
    return max(codes - {NO_TESTS}, default=NO_TESTS)


def counted(left_out: Mapping[str, str]) -> list[str]:
    """The run without a browser; 100 % of the branches of COVERED, files that no test imports included, or it fails."""
    covered = [f"--cov={folder}" for folder in COVERED]
    report = ["--cov-branch", "--cov-report=term-missing:skip-covered", "--cov-fail-under=100"]
    return [*pytest(f"not {BROWSER}", left_out), *covered, *report]


def driven(left_out: Mapping[str, str]) -> list[str]:
    """The run of what drives a browser."""
    return pytest(BROWSER, left_out)


def of_browser(arguments: Sequence[str]) -> list[str]:
    """What was asked for; where no file or folder of tests was, all that drives a browser."""
    named = any(Path(each.partition("::")[0]).exists() for each in arguments)
    return [*arguments, *([] if named else [BROWSER_TESTS])]


def pytest(which: str, left_out: Mapping[str, str]) -> list[str]:
    """On both cores; whoever has done with their part takes of another's."""
    marked = " and ".join([which, *(f"not {marker}" for marker in left_out if marker != BROWSER)])
    return [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", marked]


def missing(part: Part) -> str | None:
    """None if the part is there (perhaps only now); otherwise why it is not."""
    if present(part):
        return None
    why = install(part.package)
    return None if present(part) else f"{part.package}: {why or 'installed, but no program of it is on PATH'}"


def present(part: Part) -> bool:
    return any(shutil.which(program) for program in part.programs)


def no_small_disk() -> str | None:
    """None if this user may mount a tmpfs, which tests fill to the brim; otherwise why not."""
    with tempfile.TemporaryDirectory() as folder:
        run = run_quietly(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder])
        return run_quietly(["umount", folder]) if run is None else f"the right to mount a small disk ({run})"


def run_quietly(command: Sequence[str]) -> str | None:
    """None if it went well, otherwise the last thing it said."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    said = run.stderr.strip().splitlines() or [f"status {run.returncode}"]
    return said[-1] if run.returncode else None


def install(package: str) -> str | None:
    """None if apt-get says it did it; otherwise why not."""
    if shutil.which("apt-get") is None:
        return "this machine has no apt-get"
    if os.geteuid() != 0:
        return f"only root may install it (sudo apt-get install {package})"
    print(f"Installing {package} ...", flush=True)
    world = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]):
        run = subprocess.run(step, env=world, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if run.returncode:
            return f"{' '.join(step)} failed: {(run.stderr.strip().splitlines() or ['no reason given'])[-1]}"
    return None


def tell(left_out: Mapping[str, str]) -> None:
    for marker, why in left_out.items():
        print(f"Left out: the tests marked {marker}, for want of {why}.", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
