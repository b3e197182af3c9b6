"""What a plan would do: whom a press at this place and time would ring, by which ways, at which second.  Pure.

Theory of operation
-------------------
Nothing is decided here.  A press is put to the very engine that takes real ones, on a world of paper (`paper.py`), and
then whatever falls due is done, in the order in which the running node does it: the alert is looked at, messages that
are due are handed over, and those whose time is up are given up.  What is shown is read off the facts and the messages
that came of it, so a rule that changes there changes here.

The night is the quietest there can be: every carrier takes what it is given, and nobody ever answers.  With `failing`,
the vendors of those channels are all down.  It ends when the ladder has begun its second pass, because from then on it
only repeats, or at MESSAGES_MAX or ASKED_MAX, and then says so (`cut`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from msgspec import Struct

from tocsin.core import events as e
from tocsin.core.alert import Alert, looked
from tocsin.core.commands import Command, Look, Moved, PlaceReport, Press, Report
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory, Plan
from tocsin.core.docket import Docket
from tocsin.core.engine import decide
from tocsin.core.escalation import Barred, audience, is_watched, why_barred
from tocsin.core.gsm7 import septets
from tocsin.core.message import text_of
from tocsin.core.paper import Paper, Routes
from tocsin.core.planning import no_full_number
from tocsin.core.scripts import duty_of, spoken
from tocsin.core.words import Came, Channel, DeliveryState, Duty, Kind, PlaceKind, Reason, Why

MESSAGES_MAX = 10_000  # Beyond them a preview would hold up whoever waits for it, and nobody reads it.
ASKED_MAX = 30_000  # As many times somebody is asked for, reached or not: of people without a way there is no message.


class Imagined(Struct, frozen=True, kw_only=True):
    """A press that nobody has made.  `member`: who is in danger.  `place`: its name, if they say where.

    `failing`: channels of which every vendor is down.
    """

    site: str
    member: str
    at_ms: int
    kind: Kind = Kind.SOS
    place: str = ""
    silent: bool = False
    failing: frozenset[Channel] = frozenset()


class Step(Struct, frozen=True):
    """One physical send.  `at_ms`: after the press.  `rung`: the person's own, from 0."""

    at_ms: int
    rung: int
    why: Why
    member: str
    channel: Channel


class Skipped(Struct, frozen=True):
    """Somebody whom a rung means, and whom it does not ring, or of whom it is known that nothing reaches them."""

    at_ms: int
    rung: int
    member: str
    why: Barred | Reason


class Alone(Struct, frozen=True):
    """A span in which nobody is left who could be reached; `until_ms` None: it lasts."""

    from_ms: int
    until_ms: int | None = None


class Told(Struct, frozen=True):
    """What people of this duty and language read first, in a text message, and how long it is on the air."""

    language: str
    duty: Duty
    text: str
    septets: int


class Preview(Struct, frozen=True, kw_only=True):
    """All times are milliseconds after the press.

    `joined`: supervisors and coordinators who join because too few remain.  `alone`: when nobody would be left.
    `paged_ms`: when the operator is paged.  `last_new_ms`: when the last person was rung
    who had not been yet.  `again_ms`: when the ladder starts over.  `cut`: there would have been more messages.
    """

    plan: Plan
    steps: tuple[Step, ...]
    skipped: tuple[Skipped, ...]
    joined: tuple[tuple[int, str], ...]
    alone: tuple[Alone, ...]
    paged_ms: int | None
    last_new_ms: int | None
    again_ms: int | None
    told: tuple[Told, ...]
    cut: bool


def preview(directory: Directory, routes: Routes, imagined: Imagined) -> Preview:
    """What would happen.  Nothing is stored and nothing is sent.  `routes`: the vendors that are set up, by channel."""
    return _Night(directory, routes, imagined).lived()


class _Night:
    def __init__(self, directory: Directory, routes: Routes, imagined: Imagined) -> None:
        self._org, self._imagined = directory.id, imagined
        self._paper, self._now_ms, self._count = Paper(directory, routes), imagined.at_ms, 0
        self._wake_ms, self._asked = imagined.at_ms, 0
        self._due: list[tuple[int, str]] = []
        self._why: dict[str, Why] = {}
        self._steps: list[Step] = []
        self._skipped: dict[tuple[int, str], Skipped] = {}
        self._joined: list[tuple[int, str]] = []
        self._told: dict[tuple[str, Duty], Told] = {}
        self._texted: set[str] = set()
        self._alone: list[Alone] = []
        self._paged_ms: int | None = None
        self._last_new_ms: int | None = None
        self._again_ms: int | None = None

    def lived(self) -> Preview:
        self._decide(_press(self._org, self._imagined))
        while not self._over(due_ms := self._next_ms()):
            self._now_ms = max(self._now_ms, due_ms)
            self._do_what_is_due()
        return Preview(
            plan=self._alert.plan,
            steps=tuple(self._steps),
            skipped=tuple(self._skipped.values()),
            joined=tuple(self._joined),
            alone=tuple(self._alone),
            paged_ms=self._paged_ms,
            last_new_ms=self._last_new_ms,
            again_ms=self._again_ms,
            told=tuple(self._told.values()),
            cut=self._too_much,
        )

    @property
    def _alert(self) -> Alert:
        assert self._paper.raised is not None
        return self._paper.raised

    @property
    def _passed_ms(self) -> int:
        return self._now_ms - self._imagined.at_ms

    # Time -----------------------------------------------------------------------------------------------------------

    def _over(self, due_ms: int) -> bool:
        """What belongs to the beginning of the second pass is still told."""
        return self._too_much or (self._again_ms is not None and due_ms > self._imagined.at_ms + self._again_ms)

    @property
    def _too_much(self) -> bool:
        return len(self._steps) >= MESSAGES_MAX or self._asked >= ASKED_MAX

    def _next_ms(self) -> int:
        return min(self._wake_ms, self._due[0][0]) if self._due else self._wake_ms

    def _do_what_is_due(self) -> None:
        if self._wake_ms <= self._now_ms:
            self._decide(Look(org=self._org, alert=self._alert.id))
            self._paper.raised = looked(self._alert, self._now_ms)
            self._mind_wake()
        else:
            due_ms, id = heapq.heappop(self._due)
            assert self._paper.sent[id].due_at_ms == due_ms, "nobody takes a message back in a night without answers"
            self._message(self._paper.sent[id])

    # Messages -------------------------------------------------------------------------------------------------------

    def _message(self, delivery: Delivery) -> None:
        if delivery.state is not DeliveryState.QUEUED or delivery.valid_until_ms <= self._now_ms:
            self._hear(delivery, Moved.DUE)
        elif delivery.channel in self._imagined.failing:
            self._send(delivery)
            self._hear(delivery, Moved.REFUSED, Reason.VENDOR_DOWN)
        else:
            self._send(delivery)
            self._hear(delivery, Moved.ACCEPTED)

    def _send(self, delivery: Delivery) -> None:
        person = self._alert.people[delivery.member]
        self._steps.append(
            Step(self._passed_ms, person.rung, self._why[delivery.id], delivery.member, delivery.channel)
        )
        self._tell(delivery)

    def _tell(self, delivery: Delivery) -> None:
        if delivery.channel is not Channel.SMS or delivery.member in self._texted:
            return
        self._texted.add(delivery.member)
        member = self._paper.directory(self._org).members[delivery.member]
        key = spoken(member.language), duty_of(member.duties)
        if key not in self._told:
            text = text_of(delivery, self._alert, self._paper.directory(self._org), {}, self._now_ms)
            self._told[key] = Told(*key, text, septets(text))

    def _hear(self, delivery: Delivery, moved: Moved, reason: Reason | None = None) -> None:
        vendors = (name for name in self._paper.routes[delivery.channel] if name not in delivery.tried)
        self._decide(
            Report(
                org=self._org,
                delivery=delivery.id,
                alert=delivery.alert,
                moved=moved,
                reason=reason,
                route=next(vendors, None),
                send=delivery.attempts,
            )
        )

    # Deciding -------------------------------------------------------------------------------------------------------

    def _decide(self, command: Command) -> None:
        self._count += 1
        docket = decide(self._paper, command, self._now_ms, self._count.to_bytes(16, "big"), no_full_number).docket
        before = self._paper.raised
        self._paper.absorb(docket)
        if self._paper.raised is not before:
            self._mind_wake()
        for draft in docket.drafts.values():
            for event in draft.events:
                self._read(event)
            for delivery in draft.changed.values():
                if delivery.due_at_ms is not None:
                    heapq.heappush(self._due, (delivery.due_at_ms, delivery.id))
        self._note_pages(docket)
        docket.drafts.clear()  # It and its drafts name each other: so they are gone at once, not when somebody sweeps.

    def _mind_wake(self) -> None:
        """Asked once for each change of the alert: of three thousand people it costs more than their messages."""
        wake_ms = self._alert.wake_at_ms
        assert wake_ms is not None, "nobody closes an imagined alert"
        self._wake_ms = wake_ms

    def _note_pages(self, docket: Docket) -> None:
        if docket.pages and self._paged_ms is None:
            self._paged_ms = self._passed_ms

    def _read(self, event: e.Event) -> None:
        match event:
            case e.Rang():
                self._rang(event)
            case e.NotReached():
                self._skip(self._alert.people[event.member].rung, event.member, event.reason)
            case e.ReachesNobody():
                self._alone.append(Alone(self._passed_ms))
            case e.ReachedAgain() if self._alone and self._alone[-1].until_ms is None:
                self._alone[-1] = Alone(self._alone[-1].from_ms, self._passed_ms)

    def _rang(self, event: e.Rang) -> None:
        self._asked += len(event.asked)
        self._why.update((sending.delivery, event.why) for sending in event.sendings)
        if event.why is Why.TOO_FEW:
            self._joined += [(self._passed_ms, summons.member) for summons in event.joined]
        if event.why is Why.LADDER_REPEATS and self._again_ms is None:
            self._again_ms = self._passed_ms
        if event.joined:
            self._last_new_ms = self._passed_ms
        for member, barred in self._barred(event):
            self._skip(self._alert.rung if event.rung is None else event.rung, member, barred)
        for member, reason in event.unreachable:
            self._skip(self._alert.people[member].rung if event.rung is None else event.rung, member, reason)

    def _barred(self, event: e.Rang) -> Iterator[tuple[str, Barred]]:
        """Whom this rung means and does not ring."""
        if event.rung is None:
            return
        directory, alert = self._paper.directory(self._org), self._alert
        rung, watched = alert.plan.rungs[event.rung], is_watched(directory, alert)
        for member in audience(directory, alert.site, rung, self._now_ms, watched=watched):
            why = why_barred(directory, alert.member, member)
            if why is not None and why is not Barred.NOBODY:
                yield member, why

    def _skip(self, rung: int, member: str, why: Barred | Reason) -> None:
        self._skipped.setdefault((rung, member), Skipped(self._passed_ms, rung, member, why))


def _press(org: str, imagined: Imagined) -> Press:
    place = PlaceReport(PlaceKind.ZONE, imagined.at_ms, label=imagined.place)
    return Press(
        org=org,
        credential="preview",
        key="preview",
        member=imagined.member,
        device="preview",
        came=Came.DEVICE,
        kind=imagined.kind,
        silent=imagined.silent,
        places=(place,) if imagined.place else (),
        site=imagined.site,
    )
