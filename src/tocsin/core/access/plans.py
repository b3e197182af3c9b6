"""A plan is changed from a page: what strengthens acts at once, what weakens waits for a second person."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.plan_commands import SetPlan
from tocsin.core.access.plan_versions import plan_edits, plan_of, raised
from tocsin.core.access.proposing import propose_all
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.docket import Docket

STALE = Declined(problem=Problem.STALE)


def set_plan(docket: Docket, command: SetPlan) -> Reply:
    """STALE: somebody changed it meanwhile, and neither silently wins.  BAD_DIRECTORY: it would be no valid plan.

    An alert that is open goes on by the plan that it was raised with.
    """
    declined = refused(docket, command.by, May.EDIT_PLANS)
    if declined is not None:
        return declined
    known = plan_of(docket.directory, command.site, command.kind)
    if known != command.before:
        return STALE
    site, kind = command.site, command.kind
    wanted = None if command.after is None else raised(known, replace(command.after, site=site, kind=kind))
    if wanted == known:
        return Done(known=True)
    return propose_all(docket, command.by, list(plan_edits(known, wanted)), command.why)
