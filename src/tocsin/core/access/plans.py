"""A plan, or the times of walks, is changed from a page: what strengthens acts at once, what weakens waits."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.plan_commands import SetPlan, SetWalkTimes
from tocsin.core.access.plan_versions import plan_edits, plan_of, raised
from tocsin.core.access.proposing import propose_all
from tocsin.core.access.splitting import walk_time_edits
from tocsin.core.commands import Done, Reply
from tocsin.core.docket import Docket
from tocsin.core.refusals import NO_SUCH_SITE, STALE


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


def set_walk_times(docket: Docket, command: SetWalkTimes) -> Reply:
    """STALE: somebody changed one of them meanwhile.  BAD_DIRECTORY: a time is out of its bounds.

    Each acts, or waits, by itself.  A walk that is under way keeps the times with which it began: whoever is out was
    told them, so nobody makes it later behind their back, and no alert comes sooner than they expect.
    """
    declined = refused(docket, command.by, May.EDIT_PLANS)
    if declined is not None:
        return declined
    site = docket.directory.sites.get(command.site)
    if site is None:
        return NO_SUCH_SITE
    if (site.walk_grace_s, site.walk_remind_s) != command.before:
        return STALE
    edits = list(walk_time_edits(site, command.grace_s, command.remind_s))
    return propose_all(docket, command.by, edits, command.why) if edits else Done(known=True)
