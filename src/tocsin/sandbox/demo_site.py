"""The demo's organisation, on shift right now."""

from __future__ import annotations

from importlib import resources

from msgspec.structs import replace

from tocsin.core.directory import Directory
from tocsin.intake.sitefile import read

INTO_SHIFT_MS = 4 * 3_600_000  # The demo opens four hours into a night of twelve.


def demo_directory(now_ms: int) -> Directory:
    """The people of `alder.toml`, every shift moved by the same span so that the first one covers `now_ms`."""
    directory = read(resources.files(__package__).joinpath("alder.toml").read_bytes(), "alder.toml").directory
    moved_ms = now_ms - INTO_SHIFT_MS - directory.shifts[0].starts_ms
    shifts = (
        replace(shift, starts_ms=shift.starts_ms + moved_ms, ends_ms=shift.ends_ms + moved_ms)
        for shift in directory.shifts
    )
    return replace(directory, shifts=tuple(shifts))
