"""A preview as a page shows it: the answer first, then second by second, then who is left out and what people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from babel.numbers import format_decimal
from msgspec import Struct

from tocsin.core.directory import Directory
from tocsin.core.escalation import Barred
from tocsin.core.limits import GSM7_SEGMENT
from tocsin.core.preview import Preview, Skipped, Step
from tocsin.core.words import Channel, Why
from tocsin.runtime.access.planning import Previewed
from tocsin.web.office.plan_words import BY, LOST, WHY_NOT, clock, listing
from tocsin.web.office.rooms import Office
from tocsin.web.office.saying import DUTIES
from tocsin.web.speaking import NAMES_OF_LANGUAGES, words

NAMES_SHOWN, SKIPPED_SHOWN, TIMES_SHOWN = 12, 30, 4
SKIPPED_STEP = words("The step before reaches nobody, so this one comes at once.")
TOO_FEW = words("They join: too few of those rung could come.")


class Moment(Struct, frozen=True):
    """`at`: minutes and seconds.  `lines`: who, by what.  `because`: why these, where it is not the plan's time."""

    at: str
    heading: str
    lines: list[str]
    because: str = ""
    last: bool = False


class LeftOut(Struct, frozen=True):
    name: str
    step: str
    why: str
    doubt: bool


class Read(Struct, frozen=True):
    who: str
    text: str
    length: str


class Shown(Struct, frozen=True):
    """`doubt`: sentences that say on what nobody should rely.  `sure`: what holds."""

    answer: str
    doubt: list[str]
    sure: list[str]
    moments: list[Moment]
    left_out: list[LeftOut]
    left_out_more: str
    read: list[Read]
    foreseen: bool = True


def nothing_shown(office: Office) -> Shown:
    """Of a draft that cannot be read nothing is foreseen: it would be of another plan."""
    say = office.visit._
    doubt = say("There is no preview while a number is not right.")
    return Shown(say("none yet"), [doubt], [], [], [], "", [], foreseen=False)


def shown(office: Office, previewed: Previewed) -> Shown:
    told, directory = previewed.preview, previewed.directory
    skipped = list({(skip.member, skip.why): skip for skip in reversed(told.skipped)}.values())[::-1]
    return Shown(
        answer=_answer(office, told),
        doubt=list(_doubt(office, told)),
        sure=list(_sure(office, told)),
        moments=list(_moments(office, directory, told)),
        left_out=[_left_out(office, directory, skip) for skip in skipped[:SKIPPED_SHOWN]],
        left_out_more=_more(office, len(skipped) - SKIPPED_SHOWN),
        read=[_read(office, told, n) for n in range(len(told.told))],
    )


def _answer(office: Office, told: Preview) -> str:
    first = len({step.member for step in told.steps if step.at_ms == 0})
    if not first:
        return office.visit._("Nobody is rung at once")
    return office.ngettext("%(num)s person is rung at once", "%(num)s people are rung at once", first)


def _doubt(office: Office, told: Preview) -> Iterator[str]:
    say = office.visit._
    for alone in told.alone:
        if alone.until_ms is None:
            yield say("From %(at)s on nobody is left who could be reached.", at=clock(alone.from_ms))
        else:
            told_of = {"at": clock(alone.from_ms), "until": clock(alone.until_ms)}
            yield say("From %(at)s to %(until)s nobody is left who could be reached.", **told_of)
    if mute := _mute(office, told):
        yield say("Nothing goes out by %(ways)s: this server has no way to send it.", ways=mute)
    if told.paged_ms is not None:
        yield say("At %(at)s the operator is paged.", at=clock(told.paged_ms))
    if not told.plan.version:
        yield say("This site has no plan. Whoever is on shift is rung, then every supervisor and coordinator.")
    if told.cut:
        yield say("There would be more messages than anybody reads. What comes later is not shown.")


def _mute(office: Office, told: Preview) -> str:
    """What the plan names and nobody will hear, whoever has it: no vendor is set up for it."""
    named = {channel for rung in told.plan.rungs for group in rung.channels for channel in group}
    silent = named - office.visit.house.world.channels
    return listing((office.visit._(BY[channel]) for channel in Channel if channel in silent), office) if silent else ""


def _sure(office: Office, told: Preview) -> Iterator[str]:
    say = office.visit._
    if not told.alone and told.steps and not told.cut:
        yield say("At every second somebody is left who could be reached.")
    if told.last_new_ms is not None and told.again_ms is not None:
        at = {"last": clock(told.last_new_ms), "again": clock(told.again_ms)}
        yield say("At %(last)s the last of them is rung; at %(again)s the plan begins again.", **at)


# Second by second ------------------------------------------------------------------------------------------------


def _moments(office: Office, directory: Directory, told: Preview) -> Iterator[Moment]:
    """Whoever is rung for the first time stands by name; what only rings again is one line for all of it."""
    rung: set[str] = set()
    waiting: list[tuple[int, int]] = []
    for at_ms, group in groupby(told.steps, lambda step: step.at_ms):
        steps = list(group)
        new = [step for step in steps if step.member not in rung]
        again = len({step.member for step in steps} & rung)
        if new:
            yield from _again(office, waiting)
            waiting = []
            yield _ringing(office, directory, at_ms, new)
            rung.update(step.member for step in new)
        if again:
            waiting.append((at_ms, again))
    yield from _again(office, waiting)
    if told.again_ms is not None:
        ends = office.visit._("The plan begins again, and so on until it is closed.")
        yield Moment(clock(told.again_ms), ends, [], last=True)


def _ringing(office: Office, directory: Directory, at_ms: int, steps: Sequence[Step]) -> Moment:
    ways_of: dict[str, set[Channel]] = {}
    for step in steps:
        ways_of.setdefault(step.member, set()).add(step.channel)
    by_ways: dict[tuple[Channel, ...], list[str]] = {}
    for member, channels in ways_of.items():
        by_ways.setdefault(tuple(channel for channel in Channel if channel in channels), []).append(member)
    count = sum(map(len, by_ways.values()))
    return Moment(
        clock(at_ms),
        office.ngettext("%(num)s person is rung", "%(num)s people are rung", count),
        [_line(office, directory, members, ways) for ways, members in by_ways.items()],
        _because(office, steps),
    )


def _line(office: Office, directory: Directory, members: Sequence[str], ways: Iterable[Channel]) -> str:
    say = office.visit._
    names = [directory.members[member].name for member in members[:NAMES_SHOWN]]
    if len(members) > NAMES_SHOWN:
        names.append(_more(office, len(members) - NAMES_SHOWN))
    by = listing((say(BY[channel]) for channel in ways), office)
    return say("%(names)s: %(ways)s", names=listing(names, office), ways=by)


def _because(office: Office, steps: Iterable[Step]) -> str:
    why = {step.why for step in steps}
    if Why.TOO_FEW in why:
        return office.visit._(TOO_FEW)
    return office.visit._(SKIPPED_STEP) if Why.RUNG_SKIPPED in why else ""


def _again(office: Office, waiting: Sequence[tuple[int, int]]) -> Iterator[Moment]:
    if not waiting:
        return
    most = max(count for _, count in waiting)
    heading = office.ngettext("%(num)s person is rung again", "%(num)s people are rung again", most)
    times = [clock(at_ms) for at_ms, _ in waiting]
    told = office.visit._("also at %(times)s", times=listing(times[1:], office)) if times[1:] else ""
    if len(times) > TIMES_SHOWN:
        last = times[-1]
        told = office.ngettext("%(num)s time until %(last)s", "%(num)s times until %(last)s", len(times), last=last)
    yield Moment(times[0], heading, [told] if told else [])


# Who is left out, and what people read -----------------------------------------------------------------------------


def _left_out(office: Office, directory: Directory, skip: Skipped) -> LeftOut:
    say = office.visit._
    return LeftOut(
        directory.members[skip.member].name,
        say("step %(n)s", n=skip.rung + 1),
        say(WHY_NOT.get(skip.why, LOST)),
        not isinstance(skip.why, Barred),
    )


def _more(office: Office, count: int) -> str:
    return office.ngettext("%(num)s more", "%(num)s more", count) if count > 0 else ""


def _read(office: Office, told: Preview, n: int) -> Read:
    say, text = office.visit._, told.told[n]
    language = NAMES_OF_LANGUAGES.get(text.language, text.language)
    number = format_decimal(text.septets, locale=office.visit.language)
    return Read(
        f"{say(DUTIES[text.duty])}, {language}",
        text.text,
        say("%(num)s of %(most)s characters: one text message", num=number, most=GSM7_SEGMENT),
    )
