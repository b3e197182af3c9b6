"""Asking for cover, answering, and what becomes of it; and shifts that are changed by hand.

Theory of operation
-------------------
Both of the two are told of each step, and all supervisors of what was accepted.  To ask tells nothing: whoever is
named may be off, on, suspended or kept from the giver, the answer is the same.  Whether an accepted swap weakens the
roster is judged without ties, since both would see that it waits; where it is a tie that makes a shift weaker, untied
coordinators are told at once, and an alert that then finds too few calls everybody who may close
(`escalation.joining`).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tocsin.core.access import swaps as m
from tocsin.core.access.agreeing import withdraw_unwanted
from tocsin.core.access.carrying import carry_out
from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.access.edits import Edit, ShiftEdit, ShiftKey
from tocsin.core.access.handing_over import edits_of, twice
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.proposing import guarded, propose_all, wait_as_one
from tocsin.core.access.record import SYSTEM, By
from tocsin.core.access.sheet import applied, numbered
from tocsin.core.access.swap_commands import AnswerSwap, AskSwap, EditRoster, WithdrawSwap
from tocsin.core.access.swaps import Stretch, Swap
from tocsin.core.access.weakening import Reasons, weakenings
from tocsin.core.access.words import Told
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory, Shift
from tocsin.core.docket import Docket
from tocsin.core.limits import SWAPS_MAX, TEXT_MAX_CHARS
from tocsin.core.refusals import NO_SUCH_MEMBER, NO_SUCH_RECORD, OVER, STALE

BEGUN = Declined(problem=Problem.CONFLICT, because=Because.SWAP_BEGUN)
NO_PART = Declined(problem=Problem.CONFLICT, because=Because.NO_PART_OF_SHIFT)
YOURSELF = Declined(problem=Problem.CONFLICT, because=Because.ASKS_THEMSELF)
TOO_MANY = Declined(problem=Problem.CONFLICT, because=Because.TOO_MANY_SWAPS)
BUSY = Declined(problem=Problem.CONFLICT, because=Because.ON_ALREADY)
# What becomes of it with the change that waited; all else: it will not be made.
FATE: Mapping[ChangePhase, m.SwapEvent] = {ChangePhase.APPLIED: m.Made(), ChangePhase.OVERTAKEN: m.Overtaken()}


# Asking ----------------------------------------------------------------------------------------------------------


def ask(docket: Docket, command: AskSwap) -> Reply:
    """The taker is asked when this is durable.  `known`: the same was asked, and is not answered yet."""
    no = refused(docket, command.by, May.SWAP_SHIFTS) or _wrong(docket, command)
    if no is not None:
        return no
    swap = _of(docket, command)
    theirs = [one for one in docket.all_kept(Swap).values() if one.giver == swap.giver]
    if any((one.taker, one.gives, one.in_return) == (swap.taker, swap.gives, swap.in_return) for one in theirs):
        return Done(known=True)
    if len(theirs) >= SWAPS_MAX:
        return TOO_MANY
    docket.keep(swap)
    docket.wakes[f"swap/{swap.id}"] = swap.starts_ms
    docket.act(command.by, "swap_asked", about=swap.taker, subject=swap.id, why=swap.why, told=Told.THEMSELF)
    return Done()


def _wrong(docket: Docket, command: AskSwap) -> Declined | None:
    taker = docket.directory.members.get(command.taker)
    if taker is None or taker.seat:
        return NO_SUCH_MEMBER
    if taker.id == command.by.member:
        return YOURSELF
    for stretch in (command.gives, command.in_return):
        if stretch is not None and not _lies_within(stretch):
            return NO_PART
        if stretch is not None and stretch.from_ms <= docket.now_ms:
            return BEGUN
    if command.in_return is not None and command.in_return.shift == command.gives.shift:
        return NO_PART
    return None if _is_theirs(numbered(docket.directory.shifts), command.by.member, command.gives) else STALE


def _lies_within(stretch: Stretch) -> bool:
    _, starts_ms, ends_ms, _ = stretch.shift
    return starts_ms <= stretch.from_ms < stretch.until_ms <= ends_ms


def _is_theirs(shifts: Mapping[ShiftKey, Shift], member: str, stretch: Stretch) -> bool:
    """Of the taker's it is not asked here: whether somebody else is on a shift is not for everybody to know."""
    shift = shifts.get(stretch.shift)
    return shift is not None and member in shift.members


def _of(docket: Docket, command: AskSwap) -> Swap:
    return Swap(
        id=docket.id(),
        giver=command.by.member,
        taker=command.taker,
        gives=command.gives,
        in_return=command.in_return,
        why=command.why.strip()[:TEXT_MAX_CHARS],
        asked_ms=docket.now_ms,
        via=command.by.via,
        credential=command.by.credential,
    )


# Answering -------------------------------------------------------------------------------------------------------


def answer(docket: Docket, command: AnswerSwap) -> Reply:
    """The roster has changed when this is durable, or waits; the two are told the same of both."""
    no = refused(docket, command.by, May.SWAP_SHIFTS)
    if no is not None:
        return no
    swap = docket.kept(Swap, command.swap)
    if swap is None or swap.taker != command.by.member:
        return NO_SUCH_RECORD
    if swap.phase is not m.SwapPhase.ASKED:
        return OVER
    if not command.accepts:
        _moved(docket, swap, m.Declined(), command.by, "swap_declined")
        return Done()
    return _accept(docket, swap, command.by)


def _accept(docket: Docket, swap: Swap, by: By) -> Reply:
    directory = docket.directory
    edits = edits_of(directory, swap)
    if edits is None:
        _moved(docket, swap, m.Overtaken(), by, "swap_overtaken")
        return Done()
    after = applied(directory, edits)
    if twice(after, swap.taker, swap.gives) or (swap.in_return and twice(after, swap.giver, swap.in_return)):
        return BUSY
    _moved(docket, swap, m.Accepted(_hand_over(docket, swap, edits)), by, "swap_accepted")
    return Done()


def _hand_over(docket: Docket, swap: Swap, edits: list[ShiftEdit]) -> str:
    """The id of the change that waits; empty where the roster has changed."""
    shown = _reasons(docket, edits, ties=False)
    if any(shown):
        giver = By(swap.giver, swap.via, swap.credential)
        return wait_as_one(docket, giver, list(zip(edits, shown, strict=True)), swap.why)
    weaker_by_a_tie = any(_reasons(docket, edits, ties=True))
    carry_out(docket, edits)
    for member, about in _ties(docket.directory, swap) if weaker_by_a_tie else ():
        docket.act(SYSTEM, "swap_under_a_tie", about=about, subject=member, told=Told.COORDINATORS)
    return ""


def _ties(directory: Directory, swap: Swap) -> list[tuple[str, str]]:
    """Who is not to be told about whom, of those who are on together now because of this swap."""
    found = []
    for stretch, new in ((swap.gives, swap.taker), (swap.in_return, swap.giver)):
        if stretch is not None:
            span = (shift for shift in directory.shifts if shift.site == stretch.shift[0])
            then = [s for s in span if s.starts_ms < stretch.until_ms and stretch.from_ms < s.ends_ms]
            on = [directory.members[id] for shift in then for id in shift.members if id in directory.members]
            found += [(one.id, new) for one in on if new in one.not_told_about]
            found += [(new, one.id) for one in on if one.id in directory.members[new].not_told_about]
    return list(dict.fromkeys(found))


def _reasons(docket: Docket, edits: list[ShiftEdit], *, ties: bool) -> list[Reasons]:
    if not guarded(docket):
        return [()] * len(edits)
    known = docket.directory
    untied = {id: replace(member, not_told_about=()) for id, member in known.members.items() if member.not_told_about}
    seen = known if ties else replace(known, members={**known.members, **untied})
    wanted: list[Edit] = list(edits)
    return weakenings(seen, wanted, docket.now_ms)


def withdraw(docket: Docket, command: WithdrawSwap) -> Reply:
    no = refused(docket, command.by, May.SWAP_SHIFTS)
    if no is not None:
        return no
    swap = docket.kept(Swap, command.swap)
    if swap is None or swap.giver != command.by.member:
        return NO_SUCH_RECORD
    if not swap.open:
        return OVER
    _moved(docket, swap, m.Withdrawn(), command.by, "swap_withdrawn")
    return Done()


# Time, and what others do ----------------------------------------------------------------------------------------


def due(docket: Docket, id: str) -> None:
    """The shift begins."""
    swap = docket.kept(Swap, id)
    if swap is None or not swap.open:
        return
    if docket.now_ms < swap.starts_ms:
        docket.wakes[f"swap/{id}"] = swap.starts_ms
    else:
        _moved(docket, swap, m.Lapsed(), SYSTEM, "swap_lapsed")


def follow(docket: Docket) -> None:
    """What this decision did to the roster, to a change that waited, or to one of the two, is the swap's fate.

    Most decisions leave the roster alone; then nobody's shift is looked for, and of one that moved each at once: there
    may be hundreds of swaps, and every press waits behind every decision.
    """
    swaps = list(docket.all_kept(Swap).values())
    shifts = docket.directory.shifts
    moved = numbered(shifts) if swaps and shifts is not docket.world.directory(docket.org).shifts else None
    for swap in swaps:
        event = _fate(docket, swap, moved)
        if event is not None:
            what = "swap_made" if isinstance(event, m.Made) else "swap_overtaken"
            _moved(docket, swap, event, SYSTEM, "swap_refused" if isinstance(event, m.Refused) else what)


def _fate(docket: Docket, swap: Swap, moved: Mapping[ShiftKey, Shift] | None) -> m.SwapEvent | None:
    """`moved`: the roster, if it is another one now."""
    members, waits = docket.directory.members, swap.phase is m.SwapPhase.WAITING
    giver, taker = members.get(swap.giver), members.get(swap.taker)
    if waits:
        change = docket.kept(Change, swap.change)
        assert change is not None, "a change is never forgotten"
        if not change.open:
            return FATE.get(change.phase, m.Refused())
    if giver is None or giver.suspended or taker is None or (waits and taker.suspended):
        return m.Overtaken()  # Of one that is only asked the giver must not learn that the other is suspended.
    return None if moved is None or _is_theirs(moved, swap.giver, swap.gives) else m.Overtaken()


def _moved(docket: Docket, swap: Swap, event: m.SwapEvent, by: By, what: str) -> None:
    after = m.evolve(swap, event, docket.now_ms)
    docket.keep(after)
    docket.wakes[f"swap/{swap.id}"] = after.starts_ms if after.open else None
    for member in (swap.giver, swap.taker):
        if member != by.member:
            docket.act(by, what, about=member, subject=swap.id, told=Told.THEMSELF)
    if what in ("swap_accepted", "swap_made"):
        docket.act(by, what, about=swap.giver, subject=swap.id, told=Told.SUPERVISORS)
    change = docket.kept(Change, swap.change) if swap.change and not after.open else None
    if change is not None and change.open:
        withdraw_unwanted(docket, by, change)


# By hand ---------------------------------------------------------------------------------------------------------


def edit_roster(docket: Docket, command: EditRoster) -> Reply:
    """STALE: somebody else changed one of these shifts meanwhile; then nothing is changed."""
    no = refused(docket, command.by, May.EDIT_PLANS)
    return no or propose_all(docket, command.by, list(command.edits), command.why)
