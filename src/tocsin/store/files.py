"""What a copy of the store asks of the file system: a seam, so that the simulator can lose power in between."""

from __future__ import annotations

import contextlib
import os
from typing import Protocol


class Files(Protocol):
    """A rename is durable once its folder is synced, and the content once the file is: both must be asked for."""

    def exists(self, path: str) -> bool: ...

    def sync(self, path: str) -> None:
        """Make the content of a file durable.  Raises OSError: then nobody knows what the disk holds of it."""
        ...

    def rename(self, old: str, new: str) -> None: ...

    def sync_folder(self, path: str) -> None:
        """Make the names in the folder of `path` durable."""
        ...

    def remove(self, path: str) -> None:
        """Take a file away; nothing happens if there is none."""
        ...


class RealFiles:
    """The operating system's."""

    def exists(self, path: str) -> bool:
        return os.path.lexists(path)

    def sync(self, path: str) -> None:
        _sync(path, os.O_RDWR)

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new)

    def sync_folder(self, path: str) -> None:
        _sync(os.path.dirname(os.path.abspath(path)), os.O_RDONLY | os.O_DIRECTORY)

    def remove(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)


def _sync(path: str, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
