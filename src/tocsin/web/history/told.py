"""One alert's record as plain words in one language: what its page shows, and what its report prints.

Page and report are made of this and of nothing else, so a report never says more than the page of the same reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from msgspec import Struct, UnsetType

from tocsin.core import events as e
from tocsin.core.record_sight import Happened, MessageSent, PersonRung
from tocsin.core.views import AlertView, PlaceView
from tocsin.core.words import Answer, DeliveryState
from tocsin.runtime.history import Record
from tocsin.web.history import record_words as w
from tocsin.web.history.telling import Teller
from tocsin.web.kinds import KINDS
from tocsin.web.office.saying import CHANNELS
from tocsin.web.speaking import Say

V = TypeVar("V")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAILED = frozenset({DeliveryState.FAILED, DeliveryState.UNDELIVERABLE})
ARRIVED = frozenset({DeliveryState.DELIVERED, DeliveryState.ANSWERED})


class Line(Struct, frozen=True):
    """One event.  `time` on the clock of the site, `after` since the first press."""

    day: str
    time: str
    after: str
    text: str
    more: str
    shape: str
    tone: str
    at_ms: int


class Fact(Struct, frozen=True):
    name: str
    value: str
    small: str = ""


class Row(Struct, frozen=True):
    """A person, or a message: who, what of it, and how it stands as a word with its shape."""

    who: str
    what: str
    state: str
    shape: str
    mark: str
    small: str = ""


class Told(Struct, frozen=True, kw_only=True):
    """What is None this reader may not have; what is empty did not happen."""

    id: str
    title: str
    drill: bool
    lead: str
    zone: str
    facts: list[Fact]
    figures: list[Fact]
    places: list[Fact] | None
    lines: list[Line] | None
    people: list[Row] | None
    messages: list[Row] | None
    failed_first: str
    notes: list[Fact] | None
    police: list[Fact] | None
    warnings: list[str]
    linked: list[str]
    more_events: bool
    more_messages: bool


class Tongue(Struct, frozen=True):
    """How one reader is spoken to about one alert: language, and the zone of the alert's site."""

    language: str
    zone: str
    say: Say
    ngettext: Callable[..., str]

    @property
    def _zone(self) -> tzinfo:
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            return UTC

    def at(self, at_ms: int) -> datetime:
        return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(self._zone)

    def when(self, at_ms: int) -> str:
        """To the second, with the zone."""
        at = self.at(at_ms)
        name = at.tzname() or ""
        told = format_datetime(at, "d MMM y, H:mm:ss", tzinfo=self._zone, locale=self.language)
        return f"{told} {name if name.isalpha() else f'UTC{name}'}"

    def day(self, at_ms: int) -> str:
        return format_date(self.at(at_ms), "full", locale=self.language)

    def clock(self, at_ms: int) -> str:
        return self.at(at_ms).strftime("%H:%M:%S")

    def after(self, ms: int) -> str:
        """So long after the first press."""
        seconds = max(ms, 0) // 1_000
        if seconds < 100:
            return self.say("+%(num)s s", num=seconds)
        minutes, rest = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"+{hours}:{minutes:02}:{rest:02}" if hours else f"+{minutes}:{rest:02}"


def told_of(record: Record, tongue: Tongue, site: str) -> Told:
    """`site`: its name, for whoever may have it."""
    view, say = record.view.alert, tongue.say
    teller = Teller(record.view.names, say, tongue.ngettext)
    happened = given(record.view.happened)
    raised_ms = moment_ms(view.raised_at)
    messages = given(record.view.messages)
    people = given(record.view.people)
    places, notes, police = given(view.places), given(view.notes), given(view.police)
    noted = None if notes is None else [_note(n.member.name if n.member else "", n.text, n.at, tongue) for n in notes]
    return Told(
        id=view.id,
        title=_title(view, say),
        drill=view.drill,
        lead=_lead(view, tongue),
        zone=tongue.zone,
        facts=list(_facts(record, tongue, site)),
        figures=list(_figures(happened or (), messages or (), raised_ms, tongue)),
        places=None if places is None else [_place(place, tongue) for place in places],
        lines=None if happened is None else [_line(one, teller, tongue, raised_ms) for one in happened],
        people=None if people is None else [_person(one, tongue) for one in people],
        messages=None if messages is None else [_message(one, tongue) for one in messages],
        failed_first=_failed_first(messages or (), tongue),
        notes=noted,
        police=None if police is None else [_note(p.member.name, f"{p.who}, {p.number}", p.at, tongue) for p in police],
        warnings=[warning.replace("_", " ") for warning in given(view.warnings) or ()],
        linked=list(given(view.linked) or ()),
        more_events=record.more_events,
        more_messages=record.more_messages,
    )


def given(value: V | UnsetType) -> V | None:
    """None for what this reader may not have."""
    return None if isinstance(value, UnsetType) else value


def days_of(lines: Iterable[Line] | None) -> list[tuple[str, list[Line]]]:
    """The lines of each day, under what the day is called."""
    return [(day, list(those)) for day, those in groupby(lines or (), key=lambda line: line.day)]


def _title(view: AlertView, say: Say) -> str:
    return say("%(kind)s: %(who)s", kind=say(KINDS[view.kind]), who=view.member.name)


def _lead(view: AlertView, tongue: Tongue) -> str:
    if view.outcome is not None and not view.drill:  # How practice ended is nothing that happened to anybody.
        return f"{tongue.say(w.PHASES[view.state])}: {tongue.say(w.OUTCOMES[view.outcome])}"
    return tongue.say(w.PHASES[view.state])


def _facts(record: Record, tongue: Tongue, site: str) -> Iterator[Fact]:
    view, say = record.view.alert, tongue.say
    yield Fact(say("Raised"), tongue.when(moment_ms(view.raised_at)))
    if occurred := given(view.occurred_at):
        yield Fact(say("Happened, by the phone's clock"), tongue.when(moment_ms(occurred)))
    if view.closed_at:
        spent = tongue.after(moment_ms(view.closed_at) - moment_ms(view.raised_at))
        yield Fact(say("Closed"), tongue.when(moment_ms(view.closed_at)), spent)
    if closed_by := given(record.view.closed_by):
        yield Fact(say("Closed by"), ", ".join(who.name for who in closed_by))
    if site:
        yield Fact(say("Site"), site)
    if view.silent:
        yield Fact(say("Silent"), say("Their phone made no sound and showed nothing"))
    if given(view.under_duress):
        yield Fact(say("Under duress"), say("Their phone was shown a closed alert"))
    if given(view.says_safe):
        yield Fact(say("Says safe"), say("By the PIN"))
    if run_by := given(view.run_by):
        yield Fact(say("Run by"), run_by.name)
    if (presses := given(record.view.presses)) and presses > 1:
        yield Fact(say("Presses"), str(presses))


def _figures(
    happened: Iterable[Happened], messages: Iterable[MessageSent], raised_ms: int, tongue: Tongue
) -> Iterator[Fact]:
    say, told = tongue.say, list(happened)
    firsts: tuple[tuple[str, Callable[[e.Event], bool]], ...] = (
        (say("First answer"), lambda event: isinstance(event, e.Answered)),
        (say("First coming"), lambda event: isinstance(event, e.Answered) and event.answer is Answer.COMING),
        (say("First with them"), lambda event: isinstance(event, e.Answered) and event.answer is Answer.WITH_THEM),
        (say("Police called"), lambda event: isinstance(event, e.PoliceWasCalled)),
    )
    for name, which in firsts if told else ():
        at_ms = next((one.at_ms for one in told if which(one.event)), None)
        yield Fact(name, say("never") if at_ms is None else tongue.after(at_ms - raised_ms))
    if told:
        yield Fact(say("Ringings"), str(sum(isinstance(one.event, e.Rang) for one in told)))
    sent = list(messages)
    if sent:
        arrived, failed = (sum(one.state in states for one in sent) for states in (ARRIVED, FAILED))
        yield Fact(say("Messages"), str(len(sent)))
        yield Fact(say("Known to have arrived"), str(arrived))
        yield Fact(say("Not reached"), str(failed))


def _place(place: PlaceView, tongue: Tongue) -> Fact:
    say, small = tongue.say, [tongue.when(moment_ms(place.at))]
    if place.lat is not None and place.lon is not None:
        label = f"{place.lat:.5f}, {place.lon:.5f}"
    else:
        label = place.label or (say("The position was erased") if place.kind == "fix" else say("Not known"))
    if place.radius_m is not None:
        small.append(say("within %(num)s m", num=round(place.radius_m)))
    return Fact(say(w.PLACES[place.kind]), label, ", ".join(small))


def _line(one: Happened, teller: Teller, tongue: Tongue, raised_ms: int) -> Line:
    told, at_ms = teller.tell(one), one.at_ms
    after = tongue.after(at_ms - raised_ms)
    return Line(tongue.day(at_ms), tongue.clock(at_ms), after, told.text, told.more, told.shape, told.tone, at_ms)


def _person(person: PersonRung, tongue: Tongue) -> Row:
    say, rung = tongue.say, tongue.when(person.first_rung_ms)
    first = say("Rung first %(when)s", when=rung)
    if person.answer is not None:
        shape = {Answer.SEEN: "seen", Answer.COMING: "coming", Answer.WITH_THEM: "with"}.get(person.answer, "nocross")
        said = tongue.clock(person.answered_ms) if person.answered_ms is not None else ""
        return Row(person.member.name, first, say(w.ANSWERS[person.answer]), shape, shape, said)
    unreached = given(person.unreached)
    if unreached is not None:
        return Row(person.member.name, first, say("Not reached"), "failed", "failed", say(w.REASONS[unreached]))
    return Row(person.member.name, first, say("No answer"), "unknown", "unknown")


def _message(message: MessageSent, tongue: Tongue) -> Row:
    say = tongue.say
    shape, mark = w.SHAPES[message.state]
    what = f"{say(CHANNELS[message.channel])}, {say(w.PURPOSES[message.purpose])}"
    what = f"{what}: {message.contact}" if message.contact else what
    tries = tongue.ngettext("%(num)s try", "%(num)s tries", message.attempts)
    by = say("by %(vendor)s", vendor=message.route) if message.route else ""
    before = say("before that %(vendors)s", vendors=", ".join(message.tried)) if message.tried else ""
    why = say(w.REASONS[message.reason]) if message.reason else ""
    small = ", ".join(part for part in (tongue.clock(message.changed_ms), why, tries, by, before) if part)
    return Row(message.member.name, what, say(w.STATES[message.state]), shape, mark, small)


def _failed_first(messages: Iterable[MessageSent], tongue: Tongue) -> str:
    """What went wrong first, of all that did."""
    failed = [one for one in messages if one.state in FAILED]
    if not failed:
        return ""
    first = min(failed, key=lambda one: one.changed_ms)
    return tongue.say(
        "%(channel)s to %(who)s at %(when)s: %(why)s",
        channel=tongue.say(CHANNELS[first.channel]),
        who=first.member.name,
        when=tongue.clock(first.changed_ms),
        why=tongue.say(w.REASONS[first.reason] if first.reason else w.STATES[first.state]),
    )


def _note(who: str, text: str, at: str, tongue: Tongue) -> Fact:
    return Fact(who or tongue.say("Tocsin itself"), text, tongue.when(moment_ms(at)))


def moment_ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
