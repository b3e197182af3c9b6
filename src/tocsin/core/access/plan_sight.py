"""What a reader may learn of a plan's preview: everything but who is tied to whom, unless they keep that tie.

Theory of operation
-------------------
A preview of a press by Noor that leaves Teo out tells its reader that Teo is not to be told about Noor.  So it is made
of an organisation in which only those ties are left that this reader keeps (`people_sight.keeps_tie`): to everybody
else it shows what would happen if nobody were tied to her, the same bytes whether anybody is.  It lies for them in that
one way, and the page says so.  That she is watched over is left out for the same readers.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.people_sight import keeps_tie
from tocsin.core.directory import Directory, Member, Plan

SOMEBODY = "somebody"


def known_to(directory: Directory, reader: str, member: str) -> Directory:
    """The organisation as this reader may see a press by `member` in it."""
    told = {}
    for other in directory.members.values():
        if member in other.not_told_about and not keeps_tie(directory, reader, other.id, member):
            ties = tuple(about for about in other.not_told_about if about != member)
            told[other.id] = replace(other, not_told_about=ties)
    danger = directory.members[member]
    if danger.watch_window and not keeps_tie(directory, reader, member, ""):
        told[member] = replace(told.get(member, danger), watch_window=False)
    return replace(directory, members={**directory.members, **told}) if told else directory


def with_somebody(directory: Directory, name: str) -> tuple[Directory, str]:
    """The same with somebody in it who is nobody in particular, and under which id: of no shift, role or tie."""
    id = SOMEBODY
    while id in directory.members:
        id += "-"
    return replace(directory, members={**directory.members, id: Member(id, name, ())}), id


def with_plan(directory: Directory, plan: Plan) -> Directory:
    """The same with this plan in the place of the one for its site and kind."""
    others = tuple(known for known in directory.plans if (known.site, known.kind) != (plan.site, plan.kind))
    return replace(directory, plans=(*others, plan))
