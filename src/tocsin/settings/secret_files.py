"""Secrets that lie in files of their own: what a file says, and whether others on the machine may read it."""

from __future__ import annotations

from pathlib import Path

SECRET_MAX_BYTES = 4_096
OTHERS_READ = 0o004  # A group is a choice somebody made; everybody is none.


class BadSecretFile(Exception):
    """It cannot be taken for a secret: what is wrong, and the remedy."""


def contents(named: object, key: str) -> str:
    """What the file says, without the line end.  Raises BadSecretFile, which names the key and never the content."""
    if not isinstance(named, str) or not named or "\0" in named:
        raise BadSecretFile(f"{key}_file names no file", "write a path")
    try:
        if Path(named).is_fifo():  # Who opens one waits for its writer, and so would every start and every press.
            raise BadSecretFile(f"{key}_file is a pipe", "name a file")
        with Path(named).open("rb") as opened:
            text = opened.read(SECRET_MAX_BYTES + 1)
        if len(text) > SECRET_MAX_BYTES:
            raise BadSecretFile(f"{key}_file is too large for a secret", "name another file")
        return text.decode().strip()
    except (OSError, ValueError) as error:
        what = f"{key}_file cannot be read ({type(error).__name__})"
        raise BadSecretFile(what, "give this process leave to read it, or name another file") from None


def exposed(named: object) -> bool:
    """May everybody on this machine read this file?  A file that is not there is read by nobody."""
    try:
        return isinstance(named, str) and bool(Path(named).stat().st_mode & OTHERS_READ)
    except (OSError, ValueError):
        return False
