"""Plans for programs: every plan as it is, and a preview of one in force or of one sent along.  Nothing is changed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from tocsin.core.access.plan_versions import plan_of
from tocsin.core.directory import Plan, Rung, Script
from tocsin.core.limits import (
    ASKED_OF_MAX_MS,
    LABEL_MAX_CHARS,
    NEEDED_MIN,
    REPEAT_MAX_S,
    REPEAT_MIN_S,
    RUNG_AFTER_MAX_S,
    RUNGS_MAX,
    TEXT_MAX_CHARS,
)
from tocsin.core.planning import plan_problems
from tocsin.core.preview import Imagined, Preview
from tocsin.core.words import Channel, Duty, Kind
from tocsin.intake.acts import read
from tocsin.intake.credentials import Pass
from tocsin.intake.plain import moment_ms, words
from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.access.planning import Planning
from tocsin.runtime.access.reading import NotAllowed, Records

Seconds = Annotated[int, Meta(ge=0, le=RUNG_AFTER_MAX_S)]
Group = Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=len(Channel))]


class DraftStep(Struct, frozen=True):
    """As a rung of a site file.  `channels`: groups that are tried at once, the next `stagger_s` later."""

    after_s: Seconds
    audience: Annotated[tuple[str, ...], Meta(max_length=1_000)]
    channels: Annotated[tuple[Group, ...], Meta(min_length=1, max_length=len(Channel))]
    repeat_s: Annotated[int, Meta(ge=REPEAT_MIN_S, le=REPEAT_MAX_S)] = 30
    stagger_s: Seconds = 0


class DraftScript(Struct, frozen=True):
    """What a duty is told to do, in a language."""

    duty: Duty
    language: Annotated[str, Meta(max_length=20)]
    text: Annotated[str, Meta(min_length=1, max_length=TEXT_MAX_CHARS)]


class DraftPlan(Struct, frozen=True):
    """A plan that is not in force.  The last step is the backstop."""

    rungs: Annotated[tuple[DraftStep, ...], Meta(min_length=1, max_length=RUNGS_MAX)]
    needed: Annotated[int, Meta(ge=NEEDED_MIN, le=100)] = NEEDED_MIN
    scripts: Annotated[tuple[DraftScript, ...], Meta(max_length=200)] = ()


class Previewing(Struct, frozen=True):
    """A press that nobody makes.  `at`: RFC 3339, else now.  `place`: in words.  `member`: who presses, else nobody in
    particular.  `failing`: channels of which every vendor is down.  `plan`: instead of the one in force."""

    site: str
    kind: Kind = Kind.SOS
    at: str | None = None
    place: Annotated[str, Meta(max_length=LABEL_MAX_CHARS)] = ""
    member: str = ""
    silent: bool = False
    failing: tuple[Channel, ...] = ()
    plan: DraftPlan | None = None


class Plans(Struct, frozen=True):
    plans: tuple[Plan, ...]


class Foreseen(Struct, frozen=True):
    """`findings`: what is wrong with the plan, if anything."""

    preview: Preview
    findings: tuple[str, ...]


class Drafts:
    """On one ring.  Every method raises Trouble."""

    def __init__(self, ring: Ring, records: Records) -> None:
        self._ring, self._records, self._planning = ring, records, Planning(ring, records)

    def plans(self, who: Pass) -> Plans:
        try:
            return Plans(self._records.plans(who))
        except NotAllowed:
            raise Trouble("not_allowed") from None

    async def preview(self, who: Pass, body: bytes) -> Foreseen:
        self.plans(who)  # Whoever may not read them is told so, whatever they sent.
        asked = read(body, Previewing)
        directory = self._records.directory(who)
        if asked.site not in directory.sites:
            raise Trouble("bad_field", "site: the id of a site of yours was expected")
        draft = None if asked.plan is None else _plan(asked, asked.plan)
        told = await self._planning.preview(who, self._imagined(who, asked), draft)
        plan = draft or plan_of(directory, asked.site, asked.kind)
        findings = () if plan is None else tuple(map(str, plan_problems(directory, plan)))
        return Foreseen(told.preview, findings)

    def _imagined(self, who: Pass, asked: Previewing) -> Imagined:
        now_ms, directory = self._ring.clock.now_ms(), self._records.directory(who)
        at_ms = now_ms if asked.at is None else moment_ms(asked.at)
        if at_ms is None or not now_ms - ASKED_OF_MAX_MS < at_ms < now_ms + ASKED_OF_MAX_MS:
            raise Trouble("bad_field", "at: a time with its zone, within a year of now, was expected")
        member = directory.members.get(asked.member)
        if asked.member and (member is None or member.seat):
            raise Trouble("bad_field", "member: the id of a member of yours was expected")
        place, _ = words(asked.place, LABEL_MAX_CHARS)
        return Imagined(
            site=asked.site,
            member=asked.member,
            at_ms=at_ms,
            kind=asked.kind,
            place=place or "",
            silent=asked.silent,
            failing=frozenset(asked.failing),
        )


def _plan(asked: Previewing, draft: DraftPlan) -> Plan:
    rungs = tuple(Rung(r.after_s, r.audience, r.channels, r.repeat_s, r.stagger_s) for r in draft.rungs)
    scripts = tuple(Script(s.duty, s.language, s.text) for s in draft.scripts)
    return Plan(asked.site, asked.kind, draft.needed, rungs, scripts)
