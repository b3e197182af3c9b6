"""Which version a plan is, and a change of it as edits: what strengthens apart from what weakens.

Theory of operation
-------------------
Every plan that comes into force has a version of its own, one more than the plan before it, whoever brings it: a page
or a file.  So whoever reads of an alert *by plan version 4* knows what it was rung by, though the plan be another one
today.  A plan that says the same has the same version.  Where a change is parted in two, the half that acts at once is
a version too, and what waits is the one after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.access.edits import PlanEdit
from tocsin.core.access.ladders import stronger_half
from tocsin.core.directory import Directory, Plan
from tocsin.core.words import Kind


def plan_of(directory: Directory, site: str, kind: Kind) -> Plan | None:
    """The plan that is written for this site and kind; not one that stands in for it."""
    return next((plan for plan in directory.plans if (plan.site, plan.kind) == (site, kind)), None)


def says_the_same(one: Plan, other: Plan) -> bool:
    return replace(one, version=other.version) == other


def raised(known: Plan | None, wanted: Plan) -> Plan:
    """The wanted plan with the version that it will have beside the known one."""
    if known is None:
        return wanted
    if says_the_same(known, wanted):
        return known
    return replace(wanted, version=known.version + (1 if _half(known, wanted) is None else 2))


def raised_all(known: Directory, wanted: Directory) -> Directory:
    """The wanted organisation, every plan of it with its version."""
    plans = tuple(raised(plan_of(known, plan.site, plan.kind), plan) for plan in wanted.plans)
    return wanted if plans == wanted.plans else replace(wanted, plans=plans)


def plan_edits(known: Plan | None, wanted: Plan | None) -> Iterator[PlanEdit]:
    """The change from the one to the other, in one edit or in two."""
    plan = known or wanted
    assert plan is not None, "no plan became no plan"
    half = _half(known, wanted) if known is not None and wanted is not None else None
    if half is not None:
        yield PlanEdit(plan.site, plan.kind, known, half)
    yield PlanEdit(plan.site, plan.kind, half or known, wanted)


def _half(known: Plan, wanted: Plan) -> Plan | None:
    """What of the wanted plan strengthens, as the next version; None where it is nothing, or all of it."""
    half = stronger_half(known, wanted)
    if says_the_same(half, known) or says_the_same(half, wanted):
        return None
    return replace(half, version=known.version + 1)
