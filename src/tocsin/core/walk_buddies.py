"""Who may be chosen as the buddy of a walk.

Everybody of one's own site is named who is a person, active, and has a way that reaches them.  Nothing here asks who
is on: that is only for whoever may read the roster.  And nothing asks about ties: a list without somebody would tell
that they are tied, or to whom; a start that names one of them is declined as one that names nobody (`walking.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tocsin.core.directory import Directory, Member, Shift
from tocsin.core.held import Held
from tocsin.core.roster import site_of


def buddies(directory: Directory, member: str, now_ms: int) -> Iterator[Member]:
    """The colleagues whom this member may name, in the order of the organisation."""
    site, sites = site_of(directory, member, now_ms), _SITES_OF.of(directory.shifts)
    for other in directory.members.values():
        here = site in sites.get(other.id, (site,))  # Whoever never was on a roster belongs to every site.
        if here and other.id != member and _may_be_one(other):
            yield other


def _may_be_one(member: Member) -> bool:
    return not member.seat and not member.suspended and any(contact.usable for contact in member.contacts)


def _sites_of(shifts: tuple[Shift, ...]) -> Mapping[str, frozenset[str]]:
    """Of each member the sites of their shifts, past and to come: it does not change when one begins or ends."""
    found: dict[str, set[str]] = defaultdict(set)
    for shift in shifts:
        for member in shift.members:
            found[member].add(shift.site)
    return {member: frozenset(sites) for member, sites in found.items()}


_SITES_OF: Held[tuple[Shift, ...], Mapping[str, frozenset[str]]] = Held(_sites_of)
