"""The real clock and the real chance: the only file that asks the operating system for either.

Theory of operation
-------------------
A duress timer must not fire early or late because somebody set the clock, a time server corrected it or a summer
ended.  So the steady clock looks at the wall clock once, when it starts, and from then on counts what has *elapsed*
(suspended time included).  It leans towards the wall clock by at most 300 millionths, far less than a person or a
timer notices, and never takes a step.  How far the two are apart is a finding for `doctor` and `readyz`.

A restart on a machine that stayed up goes on with the same line: the last point of it lies in `clock.json`, under
the boot it belongs to.  After a reboot nothing can be continued, and the wall clock is believed again; but not if it
says that what is recorded of an open alert has not happened yet: a machine whose battery is flat comes back hours or
years ago, and until then nothing of that alert would fall due.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

SLEW_PPM = 300  # 1 s in an hour: under a timer's tolerance of 50 ms for every span of up to 160 s.
SAVE_AFTER_SLEW_NS = 20_000_000  # A restart may be off by this much: less than half of what a timer tolerates.
COLLECT_AFTER = 20_000  # Objects: two milliseconds of looking, and a thousand decisions' worth of cycles at the most.
_MILLION, _MS_NS = 1_000_000, 1_000_000


class OptimisedPython(Exception):
    """Tocsin does not start under python -O: its safety checks are assertions.  Drop -O and unset PYTHONOPTIMIZE."""


class RawClocks(Protocol):
    """What the operating system says.  Tests put their own weather here."""

    def wall_ns(self) -> int:
        """Nanoseconds since 1970 UTC, as somebody set it: may jump at any moment."""
        ...

    def elapsed_ns(self) -> int:
        """Nanoseconds since some moment of this boot; never goes back, and counts suspended time."""
        ...

    def boot(self) -> str | None:
        """A name for this boot of the machine; None where there is none to be had."""
        ...


class SystemClocks:
    """Linux as it is.  Elsewhere suspended time is not counted and no boot is recognised."""

    def wall_ns(self) -> int:
        return time.time_ns()

    def elapsed_ns(self) -> int:
        if sys.platform == "linux":
            return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return time.monotonic_ns()

    def boot(self) -> str | None:
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip() or None
        except (OSError, UnicodeDecodeError):
            return None


class Anchor(Struct, frozen=True, forbid_unknown_fields=True):
    """One point of the steady line: at `elapsed_ns` of this boot it said `steady_ns`."""

    boot: str
    elapsed_ns: int
    steady_ns: int


class SteadyClock:
    """`ports.Clock`: milliseconds since 1970 UTC on a line without jumps, also across restarts within one boot.

    `without_the_time`: it began at `not_before_ms`, because the wall clock said that this has not happened yet.
    Safe to ask from any thread.  `anchor_saved` is False while `clock.json` could not be written: the clock itself
    then goes on as ever, only a restart would believe the wall clock anew.
    """

    def __init__(self, data: Path, raw: RawClocks | None = None, *, not_before_ms: int = 0) -> None:
        """`not_before_ms`: a moment that is certainly past."""
        self._raw: RawClocks = raw or SystemClocks()
        self._file, self._boot, self._lock = data / "clock.json", self._raw.boot(), threading.Lock()
        self._elapsed_ns, self._slewed_ns = self._raw.elapsed_ns(), 0
        kept = _read(self._file)
        continues = kept is not None and kept.boot == self._boot and kept.elapsed_ns <= self._elapsed_ns
        if kept is not None and continues:
            self._steady_ns = kept.steady_ns + self._elapsed_ns - kept.elapsed_ns
        else:
            self._steady_ns = self._raw.wall_ns()
        self.without_the_time = self._steady_ns < not_before_ms * _MS_NS
        self._steady_ns = max(self._steady_ns, not_before_ms * _MS_NS)
        self.anchor_saved = self._save()

    def now_ms(self) -> int:
        with self._lock:
            self._advance()
            return self._steady_ns // _MS_NS

    @property
    def jump_ms(self) -> int:
        """How far the wall clock is ahead of this one (negative: behind).  Above a second somebody set it."""
        with self._lock:
            self._advance()
            return (self._raw.wall_ns() - self._steady_ns) // _MS_NS

    def _advance(self) -> None:
        elapsed_ns = self._raw.elapsed_ns()
        passed_ns = max(0, elapsed_ns - self._elapsed_ns)
        most_ns = passed_ns * SLEW_PPM // _MILLION
        apart_ns = self._raw.wall_ns() - self._steady_ns - passed_ns
        slew_ns = max(-most_ns, min(most_ns, apart_ns))
        self._elapsed_ns += passed_ns
        self._steady_ns += passed_ns + slew_ns
        self._slewed_ns += slew_ns
        if abs(self._slewed_ns) >= SAVE_AFTER_SLEW_NS:
            self._slewed_ns, self.anchor_saved = 0, self._save()

    def _save(self) -> bool:
        """Whole or not at all.  No sync: after a power cut the boot is another one and the anchor worth nothing."""
        if self._boot is None:
            return False
        anchor = Anchor(self._boot, self._elapsed_ns, self._steady_ns)
        beside = self._file.with_suffix(".json.new")
        try:
            beside.write_bytes(msgspec.json.encode(anchor))
            beside.replace(self._file)
        except OSError:
            return False
        return True


def _read(file: Path) -> Anchor | None:
    """None if there is no anchor, or none that makes sense."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Anchor)
    except (OSError, msgspec.DecodeError):
        return None


class SystemEntropy:
    """`ports.Entropy`: the operating system's own generator."""

    def seed(self) -> bytes:
        return os.urandom(32)


def calm_collector() -> None:
    """Let the search for dead cycles be short.  To be called once, when the world is read and the server is up.

    Python looks through all living objects whenever they have grown by a quarter: in a burst of presses that took a
    quarter of the time, in pauses as long as the world is large.  What is alive at the start stays, so it is set apart;
    what comes after is looked through less often.  The values of the core are left out altogether (`gc=False`): they
    are frozen and made of values, so no cycle runs through them.

    What the reading took and needs no more goes back to the system: with 100,000 walks, a seventh of the memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)  # Glibc's; other libraries do without.
    if give_back is not None:
        give_back(0)


def refuse_optimised() -> None:
    """Raise OptimisedPython where assertions are off.  To be called first, before anything is opened."""
    if not __debug__:
        raise OptimisedPython(OptimisedPython.__doc__)
