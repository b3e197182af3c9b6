"""What a preview says is what then happens: the same plans, rosters and instants, previewed and really pressed.

On the one side the preview, which stores and sends nothing.  On the other a whole town: its store, its outbox, and a
carrier that takes what it is given and is never heard of again.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from carrier import Carrier, Mood, news
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from people import ORG, PLAN, SITE, directory
from town import START_MS, Town

from tocsin.core import commands as c
from tocsin.core import events as e
from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift
from tocsin.core.escalation import Barred
from tocsin.core.preview import Imagined, Preview, Step, preview
from tocsin.core.words import Came, Channel, Kind, Reason, Role
from tocsin.runtime import ledger

WAKING = (Channel.SMS, Channel.VOICE, Channel.PUSH)
ROUTES = {Channel.SMS: ("twilio",), Channel.VOICE: ("twilio",), Channel.PUSH: ("push",), Channel.EMAIL: ("smtp",)}
NAMES = ("noor", "teo", "ines", "wale", "bo", "hana")
CLOSERS = {"ines": Role.SUPERVISOR, "wale": Role.COORDINATOR, "hana": Role.SUPERVISOR}
DANGER = "noor"
Sent = tuple[int, str, Channel]


class Logbook(Carrier):
    """A carrier that writes down what it was given, and has no way at all for some channels."""

    def __init__(self, failing: frozenset[Channel]) -> None:
        super().__init__()
        self.moods["*"], self.failing = Mood.MUTE, failing
        self.given: list[tuple[int, str, Channel]] = []

    def take(self, delivery: Delivery, org: str, now_ms: int) -> tuple[list[tuple[int, Report]], bool]:
        self.given.append((now_ms, delivery.member, delivery.channel))
        if delivery.channel in self.failing:
            return [(now_ms, news(delivery, org, Moved.REFUSED, Reason.VENDOR_DOWN))], False
        return super().take(delivery, org, now_ms)


class Pressed:
    """A town in which somebody really pressed, and nobody answered, for as long as a preview tells of."""

    def __init__(self, town: Town, imagined: Imagined, until_ms: int) -> None:
        self.town = town
        self.town.at((imagined.at_ms - START_MS) / 1000)
        self.town.carrier = self.log = Logbook(imagined.failing)
        self.town.pages.clear()
        self.alert = self._press(imagined)
        self.town.at((imagined.at_ms + until_ms - START_MS) / 1000)
        self.sent = [(at_ms - imagined.at_ms, member, channel) for at_ms, member, channel in self.log.given]

    def _press(self, imagined: Imagined) -> str:
        taken = self.town.do(
            c.Press(
                org=ORG,
                credential="a-phone",
                key="a-key",
                member=imagined.member,
                device="a-phone",
                came=Came.DEVICE,
                kind=imagined.kind,
                silent=imagined.silent,
                site=imagined.site,
            )
        )
        assert isinstance(taken, c.PressTaken)
        return taken.alert

    def unreached(self) -> set[tuple[str, Reason]]:
        """As the record has it: whom some ringing found no way to, or of whom the last way was lost."""
        facts = self.town.store.stream(ORG, f"alert/{self.alert}")
        found = [ledger.read_event(fact.body) for fact in facts if fact.body is not None]
        lost = {(event.member, event.reason) for event in found if isinstance(event, e.NotReached)}
        return lost.union(*(event.unreachable for event in found if isinstance(event, e.Rang)))


# Whatever can be drawn -------------------------------------------------------------------------------------------

STATES = st.sampled_from(
    ({"verified": True},) * 4 + ({}, {"verified": True, "opted_out": True}, {"dead": "number_dead"})
)


@st.composite
def contacts(draw: st.DrawFn, name: str) -> tuple[Contact, ...]:
    kinds = draw(st.lists(st.sampled_from((*WAKING, Channel.EMAIL)), max_size=3, unique=True))
    number = f"+120255501{NAMES.index(name)}"
    return tuple(Contact(f"{name}/{kind}", kind, f"{number}{n}", **draw(STATES)) for n, kind in enumerate(kinds))


@st.composite
def members(draw: st.DrawFn, name: str) -> Member:
    roles = (Role.RESPONDER, *([CLOSERS[name]] if name in CLOSERS else []))
    tied = name != DANGER and draw(st.integers(0, 4)) == 0
    return Member(
        name,
        name.title(),
        roles,
        language=draw(st.sampled_from(["en", "es"])),
        contacts=draw(contacts(name)),
        not_told_about=(DANGER,) if tied else (),
        suspended=draw(st.integers(0, 7)) == 0,
    )


GROUPS = st.lists(
    st.lists(st.sampled_from((*WAKING, Channel.EMAIL)), min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
    max_size=2,
).filter(lambda groups: any(channel in WAKING for group in groups for channel in group))
BACKSTOP = ("member:ines", "member:wale", "member:hana", "member:bo", "member:teo")
WORDS = st.sampled_from(("on_shift", "role:supervisor", "role:responder", "site:centre", *BACKSTOP))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    times = sorted(draw(st.lists(st.integers(0, 200), min_size=1, max_size=4, unique=True)))
    named = ("member:ines", "member:wale", *draw(st.lists(st.sampled_from(BACKSTOP[2:]), min_size=1, unique=True)))
    words = [tuple(draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))) for _ in times[1:]]
    rungs = tuple(
        Rung(at_s, word, tuple(map(tuple, draw(GROUPS))), draw(st.integers(8, 120)), draw(st.integers(0, 20)))
        for at_s, word in zip(times, [*words, named], strict=True)
    )
    return Plan(SITE, draw(st.sampled_from([Kind.SOS, Kind.OVERDUE])), draw(st.integers(2, 4)), rungs)


@st.composite
def organisations(draw: st.DrawFn) -> Directory:
    people = {name: draw(members(name)) for name in NAMES}
    turns = sorted(draw(st.lists(st.integers(-300, 300), max_size=4, unique=True)))
    ids = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple)
    shifts = [
        Shift(SITE, draw(ids), START_MS + a * 1000, START_MS + b * 1000) for a, b in pairwise([-900, *turns, 900])
    ]
    plan = draw(plans())
    known = directory()
    sos = () if plan.kind is Kind.SOS else (PLAN,)
    return replace(known, members=people, shifts=(Shift(SITE, ("noor",), 0, 1), *shifts), plans=(plan, *sos))


IMAGINED = st.builds(
    Imagined,
    site=st.just(SITE),
    member=st.just(DANGER),
    at_ms=st.integers(0, 400).map(lambda s: START_MS + s * 1000),
    kind=st.sampled_from([Kind.SOS, Kind.OVERDUE, Kind.SIGHTING]),
    silent=st.booleans(),
    failing=st.frozensets(st.sampled_from(WAKING), max_size=2),
)


# What must agree -------------------------------------------------------------------------------------------------


def as_sent(steps: tuple[Step, ...]) -> list[Sent]:
    return sorted((step.at_ms, step.member, step.channel) for step in steps)


def why_not(known: Directory, member: str) -> Barred:
    """As the test itself knows it."""
    if member == DANGER:
        return Barred.IN_DANGER
    return Barred.SUSPENDED if known.members[member].suspended else Barred.TIED


def agrees(known: Directory, imagined: Imagined) -> Preview:
    town = Town(routes=ROUTES)
    town.founded(known)
    told = preview(town.directory, ROUTES, imagined)
    assert not told.cut and told.again_ms is not None
    really = Pressed(town, imagined, told.again_ms)
    assert as_sent(told.steps) == sorted(really.sent)
    barred = {skip.member: skip.why for skip in told.skipped if isinstance(skip.why, Barred)}
    assert barred == {member: why_not(known, member) for member in barred}
    assert not set(barred).intersection(member for _, member, _ in really.sent)
    unreached = {(skip.member, skip.why) for skip in told.skipped if isinstance(skip.why, Reason)}
    assert {member for member, _ in unreached} == {member for member, _ in really.unreached()}
    assert unreached <= really.unreached()
    alert = really.town.alert(really.alert)
    assert bool(told.alone) == ("alert_reaches_nobody" in really.town.pages)
    assert alert.reaches_nobody == (bool(told.alone) and told.alone[-1].until_ms is None)
    assert (told.paged_ms is not None) == bool(really.town.pages)
    assert set(alert.people) == {step.member for step in told.steps} | {member for member, _ in unreached}
    assert told.plan == alert.plan
    return told


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(known=organisations(), imagined=IMAGINED)
def test_a_preview_rings_whom_a_press_rings_by_the_same_ways_at_the_same_seconds(
    known: Directory, imagined: Imagined
) -> None:
    agrees(known, imagined)
