"""What may be asked of a plan, and of how long a site waits for whoever is on a walk."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By
from tocsin.core.directory import Plan
from tocsin.core.words import Kind


class SetPlan(Struct, frozen=True, kw_only=True):
    """The plan of this site for this kind, from what was seen to what it shall be (None: there is none).

    Where `before` is no longer so nothing is changed.  The version of `after` is not asked: the core counts.
    """

    org: str
    by: By
    site: str
    kind: Kind
    before: Plan | None
    after: Plan | None
    why: str = ""


class SetWalkTimes(Struct, frozen=True, kw_only=True):
    """How long this site waits for whoever is on a walk, from what was seen to what it shall be, in seconds.

    `grace_s`: from the end of a walk to the call for help; `remind_s`: from its reminder to its end.  Where `before`,
    the two in this order, is no longer so nothing is changed.
    """

    org: str
    by: By
    site: str
    before: tuple[int, int]
    grace_s: int
    remind_s: int
    why: str = ""


PlanCommand = SetPlan | SetWalkTimes
