"""A roster from outside becomes the site's: what strengthens at once, what weakens when two have agreed.

Theory of operation
-------------------
Whoever confirms an import has seen what it would change; where the roster is no longer what they saw, nothing is done
(STALE), and they look again.  It is one asking: one line of the trail for all that is done at once, and one change that
waits for all that takes somebody away from an hour that would be too thin.

`judged_roster` is slow and pure, and is asked beforehand, in a thread of its own, as for a site file (`judging.py`).  A
judgement of an organisation that has changed meanwhile is STALE too, unless somebody only came or went: to judge ten
thousand people anew here would hold up every press, and whoever asks can do it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tocsin.core.access.edits import Judged, Split
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.proposing import bad_directory, settle
from tocsin.core.access.record import By
from tocsin.core.access.roster_commands import ImportRoster
from tocsin.core.access.splitting import roster_edits
from tocsin.core.access.weakening import weakenings
from tocsin.core.access.words import Told
from tocsin.core.commands import Done, Reply
from tocsin.core.directory import Directory, Shift
from tocsin.core.docket import Docket
from tocsin.core.findings import Wrong
from tocsin.core.findings import found as wrong
from tocsin.core.limits import ROSTER_PLACES_MAX
from tocsin.core.planning import problems
from tocsin.core.refusals import NO_SUCH_RECORD, STALE
from tocsin.core.roster_span import Span, replaced, within


def judged_roster(
    known: Directory, span: Span, shifts: Iterable[Shift], now_ms: int, is_emergency: Callable[[str], bool]
) -> Judged:
    """What it would change that the roster has there `shifts` and nothing else; `findings`: why it may not be."""
    wanted = replaced(known, span, shifts)
    fatal = {finding for finding in problems(wanted, is_emergency, known.members, known.places) if finding.fatal}
    fatal -= {finding for finding in problems(known, is_emergency, known.members, known.places) if finding.fatal}
    if fatal:
        return Judged(known, tuple(sorted(fatal, key=str)), known, (), ())
    edits = tuple(roster_edits(known, wanted))
    return Judged(known, (), wanted, edits, tuple(weakenings(known, edits, now_ms)))


def import_roster(docket: Docket, command: ImportRoster) -> Reply:
    """STALE: the roster is no longer what they saw.  BAD_DIRECTORY: it names somebody who is not there any more."""
    declined = refused(docket, command.by, May.EDIT_PLANS)
    if declined is not None:
        return declined
    if command.span.site not in docket.directory.sites:
        return NO_SUCH_RECORD
    if sum(len(shift.members) for shift in command.after) > ROSTER_PLACES_MAX:
        return bad_directory([wrong(f"roster {command.span.site}", Wrong.ROSTER_TOO_LONG, most=ROSTER_PLACES_MAX)])
    if within(docket.directory, command.span) != command.before:
        return STALE
    return put(docket, command.by, command.span, command.after, command.judged, "roster_imported", command.why)


def put(
    docket: Docket,
    by: By,
    span: Span,
    shifts: tuple[Shift, ...],
    judged: Judged | None,
    what: str,
    why: str,
) -> Reply:
    """Make it so, as far as it may be at once; `what` is the word of the one line about that."""
    found = judged
    if found is None:
        found = judged_roster(docket.directory, span, shifts, docket.now_ms, docket.is_emergency)
    if not found.of(docket.directory):
        return STALE
    if found.findings:
        return bad_directory(found.findings)
    split = settle(docket, by, found.edits, why, quietly=True, found=found.weakens) if found.edits else Split()
    if split.now:
        docket.act(by, what, subject=span.site, detail=str(len(split.now)), why=why, told=Told.SUPERVISORS)
    return Done(split=split)
