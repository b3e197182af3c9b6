"""What a vendor's answers say of the vendor itself: is it well, since when, and when is it asked again?  Pure.

Theory of operation
-------------------
Strikes are counted in a row; any answer about one message alone ends the row, for whoever speaks of a number is there.
At STRIKES_DOWN the vendor is *down*: others are asked before it, and it is probed at growing intervals.  It is *well*
again after GOOD_NEEDED good answers in a row, probes or messages, and never before the end of its term.  The term
doubles each time it goes down again soon after it was well, so one that flaps stays away longer, up to a bound.

Nothing here holds a message back: a vendor that is down is asked last, not never.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.limits import SECOND_MS
from tocsin.core.words import Reason

STRIKES_DOWN = 30
# Three time-outs or errors in a row; ten requests that came too fast; once where our key or sender does not serve.
STRIKES: Mapping[Reason, int] = MappingProxyType(
    {Reason.NOBODY_KNOWS: 10, Reason.VENDOR_DOWN: 10, Reason.RATE_LIMITED: 3, Reason.SENDER_SUSPENDED: 30}
)
STRIKES_FADE_MS = 300 * SECOND_MS  # Two time-outs at night and one in the morning are no row.
GOOD_NEEDED = 2
TERM_MS, TERM_MAX_MS = 30 * SECOND_MS, 600 * SECOND_MS  # Longer than a send takes to end: none of before counts after.
STEADY_MS = 1_800 * SECOND_MS  # Well for so long, it begins with the shortest term again.
PROBE_MS, PROBE_MAX_MS = 5 * SECOND_MS, 60 * SECOND_MS


class Health(Struct, frozen=True):
    """`why` it is down; None: it is well.  `since_ms`: of either.  `strikes`, `good`: in a row.  `falls`: of late.

    `probe_ms`: when it is asked next whether it is well; None while it is.  `probes`: bad ones since it went down.
    """

    why: Reason | None = None
    since_ms: int = 0
    strikes: int = 0
    struck_ms: int = 0
    good: int = 0
    falls: int = 0
    probes: int = 0
    probe_ms: int | None = None

    @property
    def well(self) -> bool:
        return self.why is None

    @property
    def term_ms(self) -> int:
        """How long it stays down at the least."""
        return min(TERM_MS << min(max(self.falls - 1, 0), 10), TERM_MAX_MS)


def struck(health: Health, reason: Reason, now_ms: int) -> Health:
    """It failed in a way that is its own: a reason of STRIKES."""
    if not health.well:
        return _still_down(replace(health, why=_worse(health.why, reason), good=0), now_ms)
    row = 0 if now_ms - health.struck_ms > STRIKES_FADE_MS else health.strikes
    health = replace(health, strikes=row + STRIKES[reason], struck_ms=now_ms)
    return _fallen(health, reason, now_ms) if health.strikes >= STRIKES_DOWN else health


def _still_down(health: Health, now_ms: int) -> Health:
    """The next probe comes later; a send that ends meanwhile, perhaps begun long ago, does not put it off."""
    if health.probe_ms is not None and now_ms < health.probe_ms:
        return health
    wait_ms = min(PROBE_MS << min(health.probes, 10), PROBE_MAX_MS)
    return replace(health, probes=health.probes + 1, probe_ms=now_ms + wait_ms)


def _worse(before: Reason | None, now: Reason) -> Reason:
    """What is known to be so stands before what may pass."""
    return Reason.SENDER_SUSPENDED if before is Reason.SENDER_SUSPENDED else now


def _fallen(health: Health, reason: Reason, now_ms: int) -> Health:
    falls = 1 if now_ms - health.since_ms > STEADY_MS else health.falls + 1
    return replace(health, why=reason, since_ms=now_ms, good=0, falls=falls, probes=0, probe_ms=now_ms + PROBE_MS)


def worked(health: Health, now_ms: int) -> Health:
    """It answered as a vendor does that is well."""
    if health.well:
        return replace(health, strikes=0)
    health = replace(health, good=health.good + 1, probe_ms=now_ms + PROBE_MS)
    if health.good < GOOD_NEEDED or now_ms - health.since_ms < health.term_ms:
        return health
    return replace(health, why=None, since_ms=now_ms, strikes=0, good=0, probes=0, probe_ms=None)


def heard(health: Health, reason: Reason | None, now_ms: int) -> Health:
    """The health after one answer; `reason` None: the message was taken."""
    return struck(health, reason, now_ms) if reason in STRIKES and reason is not None else worked(health, now_ms)
