"""Two plans of one site for one kind of alert: in what is the later one weaker?

Theory of operation
-------------------
Rungs are not compared by their number: one may be put in between, which helps, or two joined.  What counts is when, by
which channel and how often each audience is called.  An audience that includes another calls it too.  So the later plan
is as good where each audience of the earlier one is called no later on each of its channels, and as often.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.access.edits import PlanEdit
from tocsin.core.access.weakens import Weakens
from tocsin.core.directory import Directory, Plan, Rung
from tocsin.core.escalation import plan_for
from tocsin.core.limits import BACKSTOP_MAY_CLOSE_MIN, BACKSTOP_MIN
from tocsin.core.roster import may_close
from tocsin.core.words import Channel


def of_plan(before: Directory, after: Directory, edit: PlanEdit) -> Iterator[Weakens]:
    """How this edit of a plan weakens; a plan that is new is compared with the one that served until now."""
    was = edit.before or (plan_for(before, edit.site, edit.kind) if edit.site in before.sites else None)
    if was is None:
        return
    if edit.after is None:
        yield Weakens.REMOVES_PLAN
        return
    if edit.after.needed < was.needed:
        yield Weakens.LOWERS_NEEDED
    yield from _of_rungs(was, edit.after)
    if _thinner(before, was, after, edit.after):
        yield Weakens.THINS_BACKSTOP


def stronger_half(before: Plan, after: Plan) -> Plan:
    """What of `after` acts at once: `before` with all in it that is stronger, and nothing that is weaker.

    Where the two cannot be told apart rung by rung it is `before` itself.
    """
    rungs = tuple(_stronger_rung(one, other) for one, other in zip(before.rungs, after.rungs, strict=False))
    times = [rung.after_s for rung in rungs]
    if len(before.rungs) != len(after.rungs) or times != sorted(set(times)):
        return before
    return replace(after, needed=max(before.needed, after.needed), rungs=rungs)


def _stronger_rung(before: Rung, after: Rung) -> Rung:
    more = len(before.channels) == len(after.channels) == 1 and set(before.channels[0]) <= set(after.channels[0])
    return Rung(
        min(before.after_s, after.after_s),
        tuple(dict.fromkeys((*before.audience, *after.audience))),
        after.channels if more else before.channels,
        min(before.repeat_s, after.repeat_s),
        after.stagger_s if more else min(before.stagger_s, after.stagger_s),
    )


def _of_rungs(was: Plan, now: Plan) -> Iterator[Weakens]:
    for rung in was.rungs:
        for word in rung.audience:
            yield from _of_word(word, rung, now)
    if now.rungs[-1].repeat_s > was.rungs[-1].repeat_s:  # After it the ladder begins anew.
        yield Weakens.LENGTHENS_RUNG


def _of_word(word: str, rung: Rung, now: Plan) -> Iterator[Weakens]:
    """This audience of this rung: is it called as soon, as often, and by as many channels?"""
    calling = [other for other in now.rungs if any(_includes(now.site, said, word) for said in other.audience)]
    if not calling:
        yield Weakens.EMPTIES_RUNG
        return
    for channel, at_s in _calls(rung):
        times = [when for other in calling for by, when in _calls(other) if by is channel]
        if not times:
            yield Weakens.MUTES_CHANNEL
        elif min(times) > at_s:
            yield Weakens.LENGTHENS_RUNG
    if (
        min(other.repeat_s for other in calling if other.after_s <= max(rung.after_s, calling[0].after_s))
        > rung.repeat_s
    ):
        yield Weakens.LENGTHENS_RUNG


def _calls(rung: Rung) -> Iterator[tuple[Channel, int]]:
    """Each channel of a rung, and when it is tried, in seconds from the press."""
    for index, group in enumerate(rung.channels):
        yield from ((channel, rung.after_s + index * rung.stagger_s) for channel in group)


def _includes(site: str, wide: str, narrow: str) -> bool:
    """Does whoever is called by the one word include, at any hour, whoever is called by the other?"""
    here = ("on_shift", f"site:{site}")
    return wide == narrow or (wide in here and (narrow in here or narrow.startswith("role:")))


def _thinner(before: Directory, was: Plan, after: Directory, now: Plan) -> bool:
    people, closers = _backstop(before, was)
    people_now, closers_now = _backstop(after, now)
    fewer = people_now < people or closers_now < closers
    return fewer or people_now < min(BACKSTOP_MIN, people) or closers_now < min(BACKSTOP_MAY_CLOSE_MIN, closers)


def _backstop(directory: Directory, plan: Plan) -> tuple[int, int]:
    """How many the last rung names, and how many of them may close."""
    ids = {word.partition(":")[2] for word in plan.rungs[-1].audience if word.startswith("member:")}
    named = [directory.members[id] for id in ids if id in directory.members]
    return len(named), sum(map(may_close, named))
