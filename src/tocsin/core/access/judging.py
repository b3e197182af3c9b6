"""What a file would change, judged before it is asked for, so that no press waits while a year's roster is weighed.

Theory of operation
-------------------
To compare ten thousand people and shifts takes longer than a press may wait, and a decision holds up every press behind
it.  So whoever brings a file may have it judged beforehand, in a thread of its own, against the organisation as it is;
the judgement says against which.  A decision uses it only if the organisation is still that very value but for who came
or went, which no other change leaves it, and else judges anew: a judgement that is late costs time and never truth.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tocsin.core.access.edits import Judged
from tocsin.core.access.plan_versions import raised_all
from tocsin.core.access.splitting import difference, keeping
from tocsin.core.access.weakening import weakenings
from tocsin.core.directory import Directory, Member
from tocsin.core.place import drawn_as
from tocsin.core.place_problems import place_problems
from tocsin.core.planning import problems


def judged(known: Directory, file: Directory, now_ms: int, is_emergency: Callable[[str], bool]) -> Judged:
    """Pure and slow.  Where it is no valid organisation nothing but the findings is in it."""
    findings = tuple(finding for finding in problems(file, is_emergency) if finding.fatal)
    if findings:
        return Judged(known, findings, known, (), ())
    wanted = as_wanted(known, file)
    if nowhere := tuple(place_problems(wanted, file.places)):
        return Judged(known, nowhere, known, (), ())
    edits = tuple(difference(known, with_secrets(known, wanted)))
    return Judged(known, (), wanted, edits, tuple(weakenings(known, edits, now_ms)))


def as_wanted(known: Directory, file: Directory) -> Directory:
    """What the file means: with the seats of desks, with what only carriers and people themselves could change.

    Where a place is and how it is drawn stays as it is known, as far as the file says nothing of it.
    """
    seats = {id: member for id, member in known.members.items() if member.seat}
    people = {member.id: keeping(known.members.get(member.id), member) for member in file.members.values()}
    members = {**people, **seats}
    raised = raised_all(known, file)
    drawn = {(place.site, place.id): place for place in known.places}
    places = tuple(drawn_as(drawn.get((place.site, place.id)), place) for place in file.places)
    return replace(raised, members=members, devices=known.devices, attendance=known.attendance, places=places)


def with_secrets(known: Directory, wanted: Directory) -> Directory:
    """The same, and every tie and watch that there is already."""
    people = {id: _with_secrets(known.members.get(id), member) for id, member in wanted.members.items()}
    return replace(wanted, members=people)


def _with_secrets(known: Member | None, new: Member) -> Member:
    if known is None:
        return new
    if not known.not_told_about and not known.watch_window:
        return new
    ties = tuple(dict.fromkeys((*known.not_told_about, *new.not_told_about)))
    return replace(new, not_told_about=ties, watch_window=known.watch_window or new.watch_window)
