"""What a node knows of its own health besides the record: for `tocsin doctor`, and to fetch what was missed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from tocsin.core.limits import BACKUP_OLD_MS, DAY_MS, FETCH_LATE_MS
from tocsin.intake.reconciling import FETCHED, WHOLE, Reconciler
from tocsin.ports import Clock
from tocsin.runtime.doctor import Finding
from tocsin.runtime.marks import Marks
from tocsin.runtime.readiness import Readiness

BACKUP = "backup"
OF_PART = {
    "clock": "clock_jumped",
    "disk": "disk_low",
    "feeds": "feed_late",
    "hooks": "bad_signatures",
    "vendors": "vendor_down",
}
NOBODY_ASKS = "Inbound texts and opt-outs of {} cannot be asked for: its list of messages is another product."


class Vendors(Struct, frozen=True):
    """Of those set up for SMS: whose list nobody can ask for, and who answers HELP by itself unless told not to.

    `help_rings`: HELP is a word that calls for help here.
    """

    unlisted: tuple[str, ...] = ()
    help_replies: tuple[str, ...] = ()
    help_rings: bool = True


class Care:
    """`key`: the file of the master key, if there is one."""

    def __init__(
        self, clock: Clock, readiness: Readiness, reconciler: Reconciler, marks: Marks, vendors: Vendors, key: Path
    ) -> None:
        self._clock, self._readiness, self.reconciler, self.marks = clock, readiness, reconciler, marks
        self._vendors, self._key = vendors, key

    def backed_up(self) -> None:
        """A whole backup was written just now."""
        self.marks.set(BACKUP, self._clock.now_ms())

    async def reconcile(self) -> dict[str, object]:
        """Ask the vendors for all they can tell, now; what `tocsin reconcile --json` prints."""
        tidings = msgspec.structs.asdict(await self.reconciler.round(whole=True))
        vendors = [source.vendor for source in self.reconciler.sources]
        return {"vendors": vendors, "not_asked": list(self._vendors.unlisted), **tidings}

    def findings(self, *, running: bool) -> Iterator[Finding]:
        """What is wrong beside the record and the roster.  `running`: of a server that is up."""
        for reason in self._readiness.standing():
            code, level = OF_PART.get(reason.part, "not_ready"), "error" if running else "warning"
            yield Finding(code, level, reason.what.rstrip("."), reason.remedy)
        yield from self._backup()
        if running:
            yield from self._texts()
        for vendor in self._vendors.unlisted:
            yield Finding("texts_unfetched", "check", NOBODY_ASKS.format(vendor).rstrip("."), "Watch its webhooks.")
        yield from self._help()
        yield from self._exposed()

    def _help(self) -> Iterator[Finding]:
        if not self._vendors.help_rings:
            remedy = "Tell everybody so; or turn the vendor's own reply off, and sms.help_rings on."
            yield Finding("help_reply", "check", "HELP is no SOS word here, and whoever texts it rings nobody", remedy)
            return
        for vendor in self._vendors.help_replies:
            what = f"whether {vendor} answers HELP by itself cannot be asked for"
            remedy = "Text HELP to the site's number: only Tocsin may answer. Else turn sms.help_rings off."
            yield Finding("help_reply", "check", what, remedy)

    def _backup(self) -> Iterator[Finding]:
        at_ms = self.marks.get(BACKUP)
        if at_ms is None:
            yield Finding("backup_old", "warning", "no backup was ever made", "Run tocsin export, every night.")
        elif self._clock.now_ms() - at_ms > BACKUP_OLD_MS:
            days = (self._clock.now_ms() - at_ms) // DAY_MS
            yield Finding("backup_old", "warning", f"the last backup is {days} days old", "Run tocsin export.")

    def _texts(self) -> Iterator[Finding]:
        """Were lost texts looked for of late?"""
        if not self.reconciler.sources:
            return
        remedy = "See whether the vendor's API can be reached and the token is right; then run tocsin reconcile."
        late_ms = {FETCHED: FETCH_LATE_MS, WHOLE: 2 * DAY_MS}
        if any(self._clock.now_ms() - (self.marks.get(name) or 0) > most_ms for name, most_ms in late_ms.items()):
            yield Finding("texts_unfetched", "warning", "texts that were lost have not been looked for of late", remedy)

    def _exposed(self) -> Iterator[Finding]:
        try:
            mode = self._key.stat().st_mode
        except OSError:
            return
        if mode & 0o077:
            remedy = "Run chmod 600 on it, find out who read it, and think of what it opens."
            yield Finding("key_exposed", "error", "others may read the master key's file", remedy)
