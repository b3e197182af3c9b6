"""I23, told a second time: what takes from anybody's protection takes two people, and a day or three of them.

Theory of operation
-------------------
It is written from the rules and asks of no edit what it is: the organisation before a decision is compared with that
after it.  Who would be called, when, and by what, of each plan and at each instant at which a shift begins or ends;
who is there at all; what they are; whom they are kept from.  Whatever is less than it was must have been agreed by
people who then could, long enough after it was asked; suspensions, opt-outs and dead numbers alone never wait.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.access.edits import TieEdit, WatchEdit
from tocsin.core.access.words import Ended, SignedIn, Via
from tocsin.core.directory import Directory, Member, Plan, Rung
from tocsin.core.words import Channel, Role
from tocsin.sim.promises.past import Step, steps
from tocsin.sim.promises.scene import Scene

DAY_MS = 86_400_000
DECIDES = frozenset({Role.SUPERVISOR, Role.COORDINATOR})
HELPS = frozenset({Role.RESPONDER, *DECIDES})
HOLDS = ("session", "passkey")
NEEDED = 2
Way = tuple[Channel, str]
Ways = dict[str, set[Way]]
Since = dict[str, dict[Way, int]]


def nobody_alone_weakens_anything(scene: Scene) -> Iterator[str]:
    asked: dict[str, Change] = {}
    agreed: dict[str, set[str]] = {}
    guarded = False
    since: Since = {}
    for step in steps(scene.journal):
        for act in step.of("act"):
            if act.what == "change_agreed":
                agreed.setdefault(act.subject, set()).add(act.by.member)
                yield from _may_agree(step, act.by.member)
        for change in step.of("change"):
            asked.setdefault(change.id, change)
        applied = [change for change in step.of("change") if change.phase is ChangePhase.APPLIED]
        for change in applied:
            yield from _by_two(step, change, asked[change.id].asked_ms, agreed.get(change.id, set()))
        less = next(weaker(step, since), None) if guarded else None
        if less is not None and not applied:
            yield f"{less} at {step.at_ms}, and nobody had agreed to it"
        _date(step, since, guarded=guarded)
        guarded = guarded or any(_second_person(step, one) for kind in HOLDS for one in step.of(kind))


def _second_person(step: Step, held: object) -> bool:
    """Has somebody signed in who may agree?"""
    by_link = getattr(held, "how", None) is SignedIn.LINK
    member = step.after.members.get(getattr(held, "member", ""))
    return not by_link and member is not None and bool(DECIDES.intersection(member.roles))


def _may_agree(step: Step, id: str) -> Iterator[str]:
    member = step.before.members.get(id)
    if member is None or member.suspended or not DECIDES.intersection(member.roles):
        yield f"{id}, who may not, agreed to a change at {step.at_ms}"


# By whom ---------------------------------------------------------------------------------------------------------


def _by_two(step: Step, change: Change, asked_ms: int, agreed: set[str]) -> Iterator[str]:
    """Who stands behind it, of those who can still be counted?"""
    what = f"change {change.id} was made at {step.at_ms}"
    members = step.before.members
    behind = {id for id in change.agreed if _counts(step.before, change, members.get(id))}
    if not behind - {change.asker}:
        yield f"{what} with nobody but whoever asked for it"
    if not behind <= agreed:
        yield f"{what} in the name of people who had not agreed"
    if step.said_ms < asked_ms + DAY_MS and not _three(step.before, change, behind):
        yield f"{what} before its time, by {sorted(behind)}"


def _counts(directory: Directory, change: Change, member: Member | None) -> bool:
    if member is None or member.suspended or not DECIDES.intersection(member.roles):
        return False
    secret = isinstance(change.edit, TieEdit | WatchEdit)
    return not secret or Role.COORDINATOR in member.roles


def _three(directory: Directory, change: Change, behind: set[str]) -> bool:
    """Two supervisors, and another who is a coordinator or named for the last step; of a secret three coordinators."""
    asker = directory.members.get(change.asker)
    everybody = behind | ({change.asker} if _counts(directory, change, asker) else set())
    if isinstance(change.edit, TieEdit | WatchEdit):
        return len(everybody) >= NEEDED + 1
    named = {word.partition(":")[2] for plan in directory.plans for word in plan.rungs[-1].audience}
    for third in everybody:
        others = [id for id in everybody - {third} if Role.SUPERVISOR in directory.members[id].roles]
        if len(others) >= NEEDED and (third in named or Role.COORDINATOR in directory.members[third].roles):
            return True
    return False


# What is less ----------------------------------------------------------------------------------------------------


def _date(step: Step, since: Since, *, guarded: bool) -> None:
    """Since when each way has been called one that reaches; what goes and comes again begins anew."""
    for told in step.told:
        if told.kind != "member":
            continue
        ways = {(one.kind, one.to) for one in (told.value.contacts if told.value else ()) if one.verified}
        known = since.get(told.id, {})
        since[told.id] = {way: known.get(way, step.said_ms if guarded else 0) for way in ways}


def weaker(step: Step, since: Since) -> Iterator[str]:
    """What is less after this decision than it was, in words."""
    yield from _desks(step)
    if not any(one.kind in ("member", "organisation") for one in step.told):
        return
    for id, was in step.before.members.items():
        yield from _of_member(step, was, step.after.members.get(id))
    plans = {(plan.site, plan.kind): plan for plan in step.after.plans}
    for plan in step.before.plans:
        now = plans.get((plan.site, plan.kind))
        if now is None:
            yield f"the plan of {plan.site} is gone"
        elif now != plan:
            yield from _of_plan(step, plan, now)
    if step.after.shifts != step.before.shifts:
        yield from _of_shifts(step, since)


def _desks(step: Step) -> Iterator[str]:
    for desk in step.of("desk"):
        if desk.ended is Ended.REVOKED:
            yield f"the desk {desk.label} is off"


def _of_member(step: Step, was: Member, now: Member | None) -> Iterator[str]:
    if now is None:
        yield f"{was.id} is gone"
        return
    if HELPS.intersection(was.roles) - set(now.roles):
        yield f"{was.id} helps less"
    if was.suspended and not now.suspended:
        yield f"{was.id} is back"
    if was.watch_window and not now.watch_window:
        yield f"{was.id} is watched over no more"
    if any(about in step.after.members for about in set(was.not_told_about) - set(now.not_told_about)):
        yield f"{was.id} may be told again about somebody"
    yield from _ways(step, was, now)


def _ways(step: Step, was: Member, now: Member) -> Iterator[str]:
    """Of what people change: what carriers, STOPs and their owner's new number do is none of that, nor is one's own.

    A phone that takes pushes is no way that anybody wrote down: it goes with the phone, and that never waits.
    """
    acts = [act for act in step.of("act") if act.by.via is not Via.SYSTEM]
    if not acts or any(act.by.member == was.id and act.by.via is Via.SESSION for act in acts):
        return
    had = {way for way in _ways_of(was) if way[0] is not Channel.PUSH}
    if had - {(one.kind, one.to) for one in now.contacts if one.verified}:
        yield f"a way to {was.id} is gone"


# Plans -----------------------------------------------------------------------------------------------------------


def _of_plan(step: Step, was: Plan, now: Plan) -> Iterator[str]:
    if now.needed < was.needed:
        yield f"at {was.site} fewer are enough"
    if len(_named(now)) < len(_named(was)):
        yield f"the last step at {was.site} names fewer"
    if len(was.rungs) == len(now.rungs) and any(
        later.repeat_s > earlier.repeat_s for earlier, later in zip(was.rungs, now.rungs, strict=True)
    ):
        yield f"a step at {was.site} rings less often"
    for at_ms in _instants(step):
        earlier, later = _calls(step.before, was, at_ms), _calls(step.before, now, at_ms)
        for (id, channel), at_s in earlier.items():
            if later.get((id, channel), at_s + 1) > at_s:
                yield f"{id} would be called later, or not at all, by {channel} at {was.site}"


def _named(plan: Plan) -> set[str]:
    return {word for word in plan.rungs[-1].audience if word.startswith("member:")}


def _calls(directory: Directory, plan: Plan, at_ms: int) -> dict[tuple[str, Channel], int]:
    """When each person is first called on each channel, in seconds from the press."""
    found: dict[tuple[str, Channel], int] = {}
    for rung in plan.rungs:
        for index, group in enumerate(rung.channels):
            at_s = rung.after_s + index * rung.stagger_s
            for key in ((id, channel) for id in _meant(directory, plan.site, rung, at_ms) for channel in group):
                found[key] = min(found.get(key, at_s), at_s)
    return found


def _meant(directory: Directory, site: str, rung: Rung, at_ms: int) -> set[str]:
    found: set[str] = set()
    for word in rung.audience:
        kind, _, name = word.partition(":")
        if kind == "member":
            found |= {name} & directory.members.keys()
        else:
            on = _on(directory, name if kind == "site" else site, at_ms)
            found |= {id for id in on if kind != "role" or name in directory.members[id].roles}
    return found


def _on(directory: Directory, site: str, at_ms: int) -> set[str]:
    running = (shift for shift in directory.shifts if shift.site == site and shift.starts_ms <= at_ms < shift.ends_ms)
    return {id for shift in running for id in shift.members if id in directory.members}


# Rosters ---------------------------------------------------------------------------------------------------------


def _instants(step: Step) -> list[int]:
    """Now, and whenever a shift begins or ends later."""
    shifts = (*step.before.shifts, *step.after.shifts)
    later = {edge for shift in shifts for edge in (shift.starts_ms, shift.ends_ms) if edge > step.said_ms}
    return sorted({step.said_ms, *later})


def _of_shifts(step: Step, since: Since) -> Iterator[str]:
    """Each step of each plan that goes by the roster, and the roster itself; everybody as they are then.

    Once by all that reaches people, and once by what has done so for a day: nobody who came today fills a gap of today.
    """
    before, after = (_untied(one) if step.of("swap") else one for one in (step.before, step.after))
    before = _with_what_never_waits(before, after)
    old = {id: {way for way, at_ms in ways.items() if at_ms + DAY_MS <= step.said_ms} for id, ways in since.items()}
    for plan in step.before.plans:
        for rung in (Rung(0, ("on_shift",)), *plan.rungs):
            for at_ms in _instants(step):
                had, have = _meant(before, plan.site, rung, at_ms), _meant(after, plan.site, rung, at_ms)
                standing = _able(before, had, old), _able(after, have, old)
                present = _able(before, had), _able(after, have, {id: _ways_of(before.members.get(id)) for id in have})
                if any(_thinner(were, are, plan.needed) for were, are in (present, standing)):
                    yield f"at {at_ms} too few would be called for {plan.site}"


def _with_what_never_waits(before: Directory, after: Directory) -> Directory:
    """As it was, had the suspensions and ties of this decision been there already."""

    def cut_off(was: Member) -> Member:
        now = after.members.get(was.id, was)
        return replace(was, suspended=was.suspended or now.suspended, not_told_about=now.not_told_about)

    return replace(before, members={id: cut_off(member) for id, member in before.members.items()})


def _untied(directory: Directory) -> Directory:
    """A swap that two agreed to is weighed without ties, which they must not learn of; coordinators are told."""
    people = {id: replace(member, not_told_about=()) for id, member in directory.members.items()}
    return replace(directory, members=people)


def _thinner(were: list[Member], are: list[Member], needed: int) -> bool:
    left = _helpers(were), _helpers(are)
    return left[1] < needed and (left[1] < left[0] or len(are) < len(were))


def _able(directory: Directory, ids: set[str], known: Ways | None = None) -> list[Member]:
    """Who of them can be reached; where `known` is given, by one of these ways."""
    found = [directory.members[id] for id in ids if not directory.members[id].suspended]
    return [one for one in found if _ways_of(one) & (_ways_of(one) if known is None else known.get(one.id, set()))]


def _ways_of(member: Member | None) -> set[Way]:
    contacts = () if member is None else member.contacts
    return {(one.kind, one.to) for one in contacts if one.reaches}


def _helpers(able: list[Member]) -> int:
    """How many of them would come to whoever is worst placed to be helped."""
    victims = {id for member in able for id in (member.id, *member.not_told_about)}
    helped = [sum(m.id != victim and victim not in m.not_told_about for m in able) for victim in victims]
    return min(helped, default=len(able))
