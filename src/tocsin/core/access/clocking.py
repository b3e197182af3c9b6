"""Clocking in and out: for oneself by session or phone, for another by a supervisor, who is named for it.

Theory of operation
-------------------
It never waits, in either direction: somebody who goes is gone, and to count them would be a lie that an alert believes.
So it is loud instead.  Whatever changes who is on is told to all supervisors, and to the member if another did it; and
where an alert would lack something from now on that it did not lack, *reachability dropped* is told too, and the
operator is paged if nobody is left, or if it was done to somebody by somebody else.

Clocking in lasts until the end of the rostered hours that run, or begin within CLOCK_IN_EARLY_MS; else for
CLOCK_IN_LASTS_MS.  Clocking out early lasts until the end of the rostered hours that were left, so that the next shift
counts again, and for CLOCK_OUT_MAX_MS at the most: where one shift follows the other, or a shift has no end, one
evening would take somebody off for good, and nobody would see it.  To say what is so already changes nothing and is
taken, for an answer may have been lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from tocsin.core.access.clock_commands import ClockIn, ClockOut
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.record import SYSTEM, Act, By
from tocsin.core.access.words import Told
from tocsin.core.attendance import (
    Attendance,
    AttendancePhase,
    ClockedIn,
    ClockedOut,
    CutOff,
    Lapsed,
    evolve,
    unknown,
)
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.gaps import Lack, lacking, plans_of
from tocsin.core.limits import CLOCK_IN_EARLY_MS, CLOCK_IN_LASTS_MS, CLOCK_IN_MAX_MS, CLOCK_OUT_MAX_MS
from tocsin.core.refusals import NO_SITE, NO_SUCH_MEMBER
from tocsin.core.roster import may_close, on_shift, rostered_until_ms, site_of
from tocsin.core.words import Channel

# What else is lacking where this is, though only the worse is said: where somebody comes, nothing has dropped.
LESS: Mapping[Lack, frozenset[Lack]] = {
    Lack.REACHES_NOBODY: frozenset({Lack.NOBODY, Lack.TOO_FEW, Lack.NO_CLOSER}),
    Lack.NOBODY: frozenset({Lack.TOO_FEW, Lack.NO_CLOSER}),
    Lack.TOO_FEW: frozenset(),
    Lack.NO_CLOSER: frozenset(),
}
CUT_OFF = Declined(problem=Problem.NOT_ALLOWED, because=Because.ON_NOWHERE)
NOT_YET = Declined(problem=Problem.CONFLICT, because=Because.END_OUT_OF_RANGE)


def clock_in(docket: Docket, command: ClockIn) -> Reply:
    """They are on when this is durable.  `known`: it was so already, to the same end."""
    no = _may_not(docket, command.by, command.member)
    if no is not None:
        return no
    directory, id, now_ms = docket.directory, command.member, docket.now_ms
    site = command.site or _site(directory, id, now_ms)
    if site not in directory.sites:
        return NO_SITE
    until_ms = command.until_ms or default_until_ms(directory, id, site, now_ms)
    if not now_ms < until_ms <= now_ms + CLOCK_IN_MAX_MS:
        return NOT_YET
    known = directory.attendance.get(id)
    here = known is not None and known.holds(now_ms) and (known.phase, known.site) == (AttendancePhase.HERE, site)
    if known is not None and here and command.until_ms in (None, known.until_ms):
        return Done(known=True)
    _moved(docket, command.by, id, ClockedIn(site, until_ms))
    return Done()


def clock_out(docket: Docket, command: ClockOut) -> Reply:
    """They are off when this is durable.  `known`: they were not on.  Nobody's answer to an alert is touched."""
    no = _may_not(docket, command.by, command.member)
    if no is not None:
        return no
    site = where_on(docket.directory, command.member, docket.now_ms)
    if site is None:
        return Done(known=True)
    left_ms = rostered_until_ms(docket.directory, command.member, docket.now_ms)
    if left_ms is not None:
        left_ms = min(left_ms, docket.now_ms + CLOCK_OUT_MAX_MS)
    _moved(docket, command.by, command.member, ClockedOut(site, left_ms))
    return Done()


def where_on(directory: Directory, member: str, now_ms: int) -> str | None:
    """The site at which this member is on now; None: on nowhere."""
    near = _near(directory, member, now_ms)
    return next((site for site in directory.sites if site in near and _is_on(directory, member, site, now_ms)), None)


def _near(directory: Directory, member: str, now_ms: int) -> set[str]:
    """Where they may be on.  No other site is asked: each costs a walk through the whole roster."""
    said = directory.attendance.get(member)
    running = (shift for shift in directory.shifts if shift.starts_ms <= now_ms < shift.ends_ms)
    return {shift.site for shift in running if member in shift.members} | ({said.site} if said is not None else set())


def _is_on(directory: Directory, member: str, site: str, now_ms: int) -> bool:
    return member in on_shift(directory, site, now_ms)


def default_until_ms(directory: Directory, member: str, site: str, now_ms: int) -> int:
    """How long somebody is taken to be here who does not say."""
    soonest_ms = [
        shift.starts_ms
        for shift in directory.shifts
        if shift.site == site and member in shift.members and now_ms < shift.starts_ms <= now_ms + CLOCK_IN_EARLY_MS
    ]
    for at_ms in (now_ms, *sorted(soonest_ms)[:1]):
        ends_ms = rostered_until_ms(directory, member, at_ms, site)
        if ends_ms is not None:
            return min(ends_ms, now_ms + CLOCK_IN_MAX_MS)
    return now_ms + CLOCK_IN_LASTS_MS


def _site(directory: Directory, member: str, now_ms: int) -> str:
    return where_on(directory, member, now_ms) or site_of(directory, member, now_ms)


def _may_not(docket: Docket, by: By, id: str) -> Declined | None:
    own = by.member != "" and by.member == id
    no = refused(docket, by, May.CLOCK_IN if own else May.CLOCK_OTHERS)
    member = docket.directory.members.get(id)
    if no is not None:
        return no
    if member is None or member.seat:
        return NO_SUCH_MEMBER
    return CUT_OFF if member.suspended else None


# Time, and what others do ----------------------------------------------------------------------------------------


def lapse(docket: Docket, id: str) -> None:
    """Its time is over; who is on has gone by that already."""
    known = docket.directory.attendance.get(id)
    if known is None:
        return
    if docket.now_ms < known.until_ms:
        docket.wakes[f"attendance/{id}"] = known.until_ms
    else:
        _over(docket, known, Lapsed())


def follow(docket: Docket) -> None:
    """Whoever was suspended or taken out in this decision is on nowhere; what an alert lacks from now on is said."""
    members = docket.directory.members
    for known in list(docket.directory.attendance.values()):
        member = members.get(known.id)
        if member is None or member.suspended or known.site not in docket.directory.sites:
            _over(docket, known, CutOff())
    before = docket.world.directory(docket.org)
    were = before.members
    cut_off = [m for m in docket.members if m.suspended and m.id in were and not were[m.id].suspended]
    if any(may_close(member) for member in cut_off):
        sites = set(before.sites)  # They would have joined wherever too few remain.
    elif cut_off or before.attendance != docket.directory.attendance:
        sites = _concerned(docket, before, [member.id for member in cut_off])
    else:
        return
    stayed = _had_they_stayed(before, docket.now_ms)
    for site in sorted(sites.intersection(before.sites, docket.directory.sites)):
        _say_what_dropped(docket, stayed, site)


def _concerned(docket: Docket, before: Directory, cut_off: list[str]) -> set[str]:
    """Where an alert may find others now: the sites whose people changed, and those whose plans ring or name them.

    A whole shift clocks in within minutes, and no press may wait while every site is asked about every one of them.
    """
    was, now = before.attendance, docket.directory.attendance
    moved = [*cut_off, *(id for id in {**was, **now} if was.get(id) != now.get(id))]
    theirs = {site for id in moved for known in (before, docket.directory) for site in _near(known, id, docket.now_ms)}
    ring_them = {f"site:{site}" for site in theirs} | {f"member:{id}" for id in cut_off}
    plans = (plan for plan in docket.directory.plans for rung in plan.rungs if not ring_them.isdisjoint(rung.audience))
    return theirs | {plan.site for plan in plans}


def again(docket: Docket, said: Iterable[Attendance]) -> None:
    """After a restore: whoever had gone by then is gone, and whoever was here no more counts by the roster alone."""
    later = {word.id: word for word in said}
    for known in list(docket.directory.attendance.values()):
        word = later.get(known.id)
        still = word is not None and word.phase is AttendancePhase.HERE and word.site == known.site
        if known.phase is AttendancePhase.HERE and not still:
            _over(docket, known, CutOff())
    for word in later.values():
        if word.phase is AttendancePhase.GONE and word.id in docket.directory.members:
            docket.attend(word)
            docket.wakes[f"attendance/{word.id}"] = word.until_ms


def _over(docket: Docket, known: Attendance, event: Lapsed | CutOff) -> None:
    docket.attend(evolve(known, event, docket.now_ms))
    docket.wakes[f"attendance/{known.id}"] = None


def _moved(docket: Docket, by: By, id: str, event: ClockedIn | ClockedOut) -> None:
    before, now_ms = docket.directory, docket.now_ms
    known = before.attendance.get(id) or unknown(id)
    if known.open and not known.holds(now_ms):
        known = evolve(known, Lapsed(), now_ms)  # Its wake-up is late.
    after = evolve(known, event, now_ms)
    docket.attend(after)
    docket.wakes[f"attendance/{id}"] = after.until_ms if after.open else None
    what = "clocked_in" if isinstance(event, ClockedIn) else "clocked_out"
    near = _near(before, id, now_ms) | _near(docket.directory, id, now_ms)
    changed = any(_is_on(before, id, site, now_ms) != _is_on(docket.directory, id, site, now_ms) for site in near)
    told = Told.SUPERVISORS if changed else Told.NOBODY
    docket.act(by, what, about=id, subject=event.site, told=told)
    if by.member != id:
        docket.act(by, what, about=id, subject=event.site, told=Told.THEMSELF)


# What is said ----------------------------------------------------------------------------------------------------


def _say_what_dropped(docket: Docket, stayed: Directory, site: str) -> None:
    lacks = dropped(docket, stayed, site)
    if lacks:
        docket.act(SYSTEM, "reachability_dropped", subject=site, detail=lacks[0], told=Told.SUPERVISORS)
        if lacks[0] in (Lack.NOBODY, Lack.REACHES_NOBODY) or _done_to_another(docket):
            docket.pages.append("reachability_dropped")


def _done_to_another(docket: Docket) -> bool:
    """Did a member clock somebody else out, or in at another site, which takes them away from where they were?"""
    acts = (record for record in docket.records.values() if isinstance(record, Act))
    return any(act.what in ("clocked_out", "clocked_in") and act.by.member not in ("", act.about) for act in acts)


def dropped(docket: Docket, stayed: Directory, site: str) -> list[Lack]:
    """What an alert there lacks now, and would not lack had nothing been decided (`stayed`); the worst first."""
    channels, now_ms = docket.world.channels, docket.now_ms
    was = _lacks(stayed, site, now_ms, channels)
    now = _lacks(docket.directory, site, now_ms, channels)
    return [lack for lack in Lack if lack in now - was.union(*(LESS[worse] for worse in was))]


def _had_they_stayed(before: Directory, now_ms: int) -> Directory:
    """With whoever was here besides the roster, and whose time is over, still here."""
    words = before.attendance.items()
    return replace(before, attendance={id: _longer(before, word, now_ms) for id, word in words})


def _longer(before: Directory, word: Attendance, now_ms: int) -> Attendance:
    if word.phase is not AttendancePhase.HERE or word.until_ms > now_ms:
        return word
    planned = rostered_until_ms(before, word.id, word.until_ms - 1) is not None
    return word if planned else replace(word, until_ms=now_ms + 1)


def _lacks(directory: Directory, site: str, now_ms: int, channels: frozenset[Channel]) -> set[Lack]:
    return {lack for plan in plans_of(directory, site) for lack in lacking(directory, site, plan, now_ms, channels)}
