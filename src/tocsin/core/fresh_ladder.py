"""The ladder that a fresh alert would have climbed by now: what a press from the shadow seems to have begun.

Theory of operation
-------------------
To those who help, a press from the shadow is one on the alert that they have, and its ladder goes on.  To the worker's
devices it is a fresh alert with a ladder from the first rung, by the plan and at the site that it would have.  So that
one is climbed here on paper, as `ringing.climb` and `ringing.tend` climb a real one: whom each rung means is found in
the roster of its moment, a rung that reaches nobody is climbed past at once, people join where too few would remain,
and enough who help pause it.

Nothing is kept: it follows from the alert, the directory and the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Person, Shadow
from tocsin.core.directory import Directory, Plan
from tocsin.core.escalation import can_be_reached, joining, recipients
from tocsin.core.limits import PASS_MIN_MS, SECOND_MS
from tocsin.core.words import Channel

ANY_CHANNEL = frozenset(Channel)


class Climbed(NamedTuple):
    """The rung that it has reached, and the members whom it has rung so far."""

    rung: int
    met: Mapping[str, Person]


def plan_of(alert: Alert, life: Shadow) -> Plan:
    """The plan by which this life seems to ring."""
    return life.plan or alert.plan


def climbed(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> Climbed:
    """How far a ladder that began with this life would be by now, and whom it would have rung."""
    rungs, begun_ms = plan_of(alert, life).rungs, life.raised_ms
    fresh = replace(alert, site=life.site, plan=plan_of(alert, life), watch_window=life.watch_window, people={})
    asked: list[str] = []
    at_ms = begun_ms
    for index, rung in enumerate(rungs):
        if any(can_be_reached(directory, fresh, member, ANY_CHANNEL) for member in asked):
            fresh = _with(fresh, alert, joining(directory, fresh, ANY_CHANNEL))
            at_ms = begun_ms + rung.after_s * SECOND_MS
            if at_ms > _until_ms(fresh, now_ms):
                return Climbed(index - 1, fresh.people)
        asked = recipients(directory, fresh, rung, at_ms)
        fresh = _with(fresh, alert, asked)
    fresh = _with(fresh, alert, joining(directory, fresh, ANY_CHANNEL))
    until_ms = _until_ms(fresh, now_ms)
    if until_ms >= max(at_ms + rungs[-1].repeat_s * SECOND_MS, begun_ms + PASS_MIN_MS):
        for rung in rungs:  # It has started over, and whoever has come on since is rung too.
            fresh = _with(fresh, alert, recipients(directory, fresh, rung, until_ms))
    return Climbed(len(rungs) - 1, fresh.people)


def _with(fresh: Alert, alert: Alert, members: Iterable[str]) -> Alert:
    """These are rung too: what became of each of them is known, unless they were never rung."""
    met = {m: alert.people.get(m) or Person(m, 0, ("", "", ""), 0, 0, None) for m in members}
    return replace(fresh, people={**fresh.people, **met})


def _until_ms(fresh: Alert, now_ms: int) -> int:
    """Now, or since when enough people have been helping for it to pause."""
    since = sorted(person.helping_since_ms or 0 for person in fresh.people.values() if person.helping)
    return min(now_ms, since[fresh.plan.needed - 1]) if len(since) >= fresh.plan.needed else now_ms
