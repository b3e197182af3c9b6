"""A part of a roster: the shifts of one site that begin in a span of time and are not over, and others in their place.

A file or a feed speaks for a span and for nothing else.  Whatever began before it, runs into it or comes after it
stays, and so does what is over: nobody was on shift yesterday because a file of today says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.sheet import numbered
from tocsin.core.directory import Directory, Shift


class Span(Struct, frozen=True):
    """Shifts of `site` that begin from `from_ms` (included) to `until_ms` (not included) and end after `over_ms`."""

    site: str
    from_ms: int
    until_ms: int
    over_ms: int

    def __contains__(self, shift: Shift) -> bool:
        begins = self.from_ms <= shift.starts_ms < self.until_ms
        return begins and shift.site == self.site and shift.ends_ms > self.over_ms


def within(directory: Directory, span: Span) -> tuple[Shift, ...]:
    """What the roster has there now."""
    return tuple(shift for shift in directory.shifts if shift in span)


def replaced(directory: Directory, span: Span, wanted: Iterable[Shift]) -> Directory:
    """The organisation in which the roster has there what is wanted, as far as it lies there.

    Whoever stays on a shift keeps their place in it: an order that only a file has is no change of a roster.
    """
    known = numbered(shift for shift in directory.shifts if shift in span)
    new = numbered(shift for shift in wanted if shift in span)
    kept = [shift for shift in directory.shifts if shift not in span]
    return replace(directory, shifts=(*kept, *(_in_order(known.get(key), shift) for key, shift in new.items())))


def _in_order(known: Shift | None, new: Shift) -> Shift:
    if known is None:
        return new
    there, wanted = set(known.members), set(new.members)
    staying = tuple(member for member in known.members if member in wanted)
    coming = tuple(member for member in new.members if member not in there)
    return replace(new, members=staying + coming)
