"""What a swap does to a roster, as edits: a whole shift changes hands, or is split where part of it does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tocsin.core.access.edits import ShiftEdit, ShiftKey
from tocsin.core.access.sheet import Sheet
from tocsin.core.access.swaps import Stretch, Swap
from tocsin.core.directory import Directory


def edits_of(directory: Directory, swap: Swap) -> list[ShiftEdit] | None:
    """In their order; None: the roster is no longer as it was when this was asked."""
    sheet, found = Sheet(directory), []
    hands = [(swap.gives, swap.giver, swap.taker)]
    hands += [(swap.in_return, swap.taker, swap.giver)] if swap.in_return is not None else []
    for stretch, giver, taker in hands:
        shift = sheet.shifts.get(stretch.shift)
        if shift is None or giver not in shift.members:
            return None
        for edit in _handed(sheet, stretch, giver, taker):
            sheet.apply(edit)
            found.append(edit)
    return found


def _handed(sheet: Sheet, stretch: Stretch, giver: str, taker: str) -> Iterator[ShiftEdit]:
    site, starts_ms, ends_ms, _ = stretch.shift
    before = sheet.shifts[stretch.shift].members
    if (stretch.from_ms, stretch.until_ms) == (starts_ms, ends_ms):
        yield ShiftEdit(stretch.shift, before, tuple(taker if id == giver else id for id in before))
        return
    pieces = ((starts_ms, stretch.from_ms, giver), (stretch.from_ms, stretch.until_ms, taker))
    for from_ms, until_ms, who in (*pieces, (stretch.until_ms, ends_ms, giver)):
        if from_ms < until_ms:
            yield ShiftEdit(free_key(sheet, site, from_ms, until_ms), None, (who,))
    left = tuple(id for id in before if id != giver)
    yield ShiftEdit(stretch.shift, before, left or None)


def free_key(sheet: Sheet, site: str, starts_ms: int, ends_ms: int) -> ShiftKey:
    """By what one more shift of these times is known: those that are alike are counted."""
    count = 0
    while (site, starts_ms, ends_ms, count) in sheet.shifts:
        count += 1
    return (site, starts_ms, ends_ms, count)


def twice(after: Directory, member: str, stretch: Stretch) -> bool:
    """Would this member, with the roster as it would be, be on two shifts, or on one twice, at any of this time?"""
    theirs = sorted(
        (shift.starts_ms, shift.ends_ms)
        for shift in after.shifts
        for id in shift.members
        if id == member and shift.starts_ms < stretch.until_ms and stretch.from_ms < shift.ends_ms
    )
    return any(
        min(one[1], other[1], stretch.until_ms) > max(other[0], stretch.from_ms) for one, other in pairwise(theirs)
    )
