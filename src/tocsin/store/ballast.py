"""Room kept for the worst night: a file that holds nothing and is thrown off when the disk is full.

Theory of operation
-------------------
A full disk refuses presses truthfully, but an alert that is already open could then neither climb nor repeat: nothing
is sent that was not first written down.  So some megabytes are held back while there is plenty, and given up at the
first refusal; they hold the record of thousands of alerts, and the operator is paged meanwhile.  The ballast comes back
by itself when there is plenty again.  On a small disk there is none: it would be most of the disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

BALLAST_BYTES = 32 * 1024 * 1024  # Some ten thousand alerts of eight messages each.
PLENTY = 16  # Times the ballast must be free before it is taken.


def free_bytes(folder: Path) -> int:
    """What a process of ours may still fill."""
    return shutil.disk_usage(folder).free


class Ballast:
    """One file beside the store.  `take` and `give_up` may come from any thread; neither raises."""

    def __init__(self, path: Path, size: int = BALLAST_BYTES, free: Callable[[Path], int] = free_bytes) -> None:
        self._path, self._size, self._free = path, size, free

    def take(self) -> bool:
        """Hold the room if there is plenty.  Is it held afterwards?  A try that fails leaves nothing behind."""
        try:
            if self._path.exists():
                return True
            if self._free(self._path.parent) < PLENTY * self._size:
                return False
            self._fill()
        except OSError:
            self.give_up()
            return False
        return True

    def give_up(self) -> bool:
        """Free the room.  Was there any to free?"""
        with contextlib.suppress(OSError):
            self._path.unlink()
            return True
        return False

    def _fill(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        finally:
            os.close(descriptor)
