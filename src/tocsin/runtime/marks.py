"""When something was last done, kept across restarts: the backup, the fetching of texts.

No promise hangs on it.  A mark that is lost, or that could not be written, only makes the thing be done again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec


class Marks:
    """Moments by name, in milliseconds since 1970, in a file of their own."""

    def __init__(self, file: Path) -> None:
        self._file, self._marks = file, _read(file)

    def get(self, name: str) -> int | None:
        return self._marks.get(name)

    def set(self, name: str, at_ms: int) -> None:
        """From now on; whole on the disk or not at all."""
        self._marks[name] = at_ms
        beside = self._file.with_suffix(".json.new")
        try:
            beside.write_bytes(msgspec.json.encode(self._marks))
            beside.replace(self._file)
        except OSError:
            return  # It stands in memory; after a restart the thing is done once more.


def _read(file: Path) -> dict[str, int]:
    """Empty where there is no file, or none that makes sense."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
