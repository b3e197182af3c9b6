"""Two plans of one site for one kind of alert: in what is the later one weaker?

Theory of operation
-------------------
Rungs are not compared by their number: one may be put in between, which helps, or two joined.  What counts is when, by
which channel and how often each audience is called.  An audience that includes another calls it too.  So the later plan
is as good where each audience of the earlier one is called as many times on each of its channels, each time no later,
and no step rings at longer intervals.  Of what people are told to do nothing better or worse can be seen here: any
other word is for a second person to read.
"""

from __future__ import annotations

from collections import defaultdict
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
    if edit.after.scripts != was.scripts and was.site:  # Where nothing was planned nobody's words are taken.
        yield Weakens.CHANGES_WORDS
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
    return replace(after, needed=max(before.needed, after.needed), rungs=rungs, scripts=before.scripts)


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
    for word in dict.fromkeys(word for rung in was.rungs for word in rung.audience):
        yield from _of_word(was, now, word)
    pairs = list(zip(was.rungs, now.rungs, strict=False))
    if len(was.rungs) != len(now.rungs):  # Nobody can say which step is which: none may be slower than the slowest was.
        slowest = max(was.rungs, key=lambda rung: rung.repeat_s)
        pairs = [(slowest, rung) for rung in now.rungs] + [(was.rungs[-1], now.rungs[-1])]
    if any(later.repeat_s > earlier.repeat_s for earlier, later in pairs):
        yield Weakens.LENGTHENS_RUNG


def _of_word(was: Plan, now: Plan, word: str) -> Iterator[Weakens]:
    """This audience: is it called as many times as before, each no later, on each channel?"""
    before, after = _times(was, word), _times(now, word)
    if not after:
        yield Weakens.EMPTIES_RUNG
        return
    for channel, times in before.items():
        if channel not in after:
            yield Weakens.MUTES_CHANNEL
        elif len(after[channel]) < len(times):
            yield Weakens.EMPTIES_RUNG
        elif any(later > earlier for earlier, later in zip(times, after[channel], strict=False)):
            yield Weakens.LENGTHENS_RUNG


def _times(plan: Plan, word: str) -> dict[Channel, list[int]]:
    """When this audience is called, in seconds from the press, by channel, in the order of time."""
    found: dict[Channel, list[int]] = defaultdict(list)
    for rung in plan.rungs:
        if any(_includes(plan.site, said, word) for said in rung.audience):
            for channel, at_s in _calls(rung):
                found[channel].append(at_s)
    return {channel: sorted(times) for channel, times in found.items()}


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
