"""What may be asked of a plan."""

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


PlanCommand = SetPlan
