"""What a reader gets of an alert's whole record: everything that `sight.py` shows of it, and what happened in order.

Theory of operation
-------------------
Whoever sees an alert whole (it rang them, or they see all) gets its events too, each as far as the view would tell it:
those whom it rang learn who answered, not who was sent what.  A word that somebody was taken out of it in mid-alert may
tell of a tie, and is for those who keep that tie.  An alert beside it is named to those who may see that one.  Wrong
PINs and numbers are told from the same count on as everywhere.

The worker, public screens and whoever runs the system get the view and nothing else: what they believe of an alert is
not always what is so, and must be the same in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.access.people_sight import keeps_tie
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.limits import NUMBER_MISSES_TOLD, PIN_MISSES_TOLD
from tocsin.core.shown_parts import Fixes, who
from tocsin.core.sight import Reader, Standing, alert_view, standing
from tocsin.core.views import AlertView, Who
from tocsin.core.words import Answer, Channel, DeliveryState, Purpose, Reason

WHOLE = frozenset({Standing.OVERSEER, Standing.RUNG})


class Happened(Struct, frozen=True):
    """One event.  Of a ringing, those whom it rang have `asked` as a number only (`count`)."""

    at_ms: int
    event: e.Event
    count: int = 0


class PersonRung(Struct, frozen=True):
    """Somebody whom it rang.  `unreached`: why nothing reached them, for those who may know of messages."""

    member: Who
    first_rung_ms: int
    answer: Answer | None
    answered_ms: int | None
    unreached: Reason | UnsetType | None = UNSET


class MessageSent(Struct, frozen=True):
    """A message.  `route`: the vendor that has it; `tried`: those that could not bring it."""

    member: Who
    channel: Channel
    contact: str
    purpose: Purpose
    state: DeliveryState
    reason: Reason | None
    attempts: int
    route: str | None
    tried: tuple[str, ...]
    made_ms: int
    changed_ms: int


class RecordView(Struct, frozen=True, kw_only=True):
    """`site`: where it was, for whoever sees it whole; `names`: of everybody whom the events name."""

    alert: AlertView
    site: str | UnsetType = UNSET
    presses: int | UnsetType = UNSET
    happened: tuple[Happened, ...] | UnsetType = UNSET
    people: tuple[PersonRung, ...] | UnsetType = UNSET
    messages: tuple[MessageSent, ...] | UnsetType = UNSET
    closed_by: tuple[Who, ...] | UnsetType = UNSET
    names: Mapping[str, str] = {}


def record_view(
    alert: Alert,
    shown_id: str,
    directory: Directory,
    facts: Iterable[tuple[int, e.Event]],
    messages: Mapping[str, Delivery],
    fixes: Fixes,
    reader: Reader,
    now_ms: int,
    linked: Iterable[Alert] = (),
) -> RecordView | None:
    """The record as this reader gets it under `shown_id`, or None: then there is none for them.

    `facts`: its events in order, with their times.  `messages`: by id, as many as are to be shown.
    """
    view = alert_view(alert, shown_id, directory, messages, fixes, reader, now_ms, linked)
    what = standing(alert, directory, reader)
    if view is None or what not in WHOLE:
        return None if view is None else RecordView(alert=view)
    overseer = what is Standing.OVERSEER
    happened = tuple(_told(alert, view, directory, reader, facts, overseer=overseer))
    return RecordView(
        alert=view,
        site=alert.site,
        presses=alert.presses,
        happened=happened,
        people=tuple(_people(alert, directory, overseer=overseer)),
        messages=tuple(_messages(alert, directory, messages)) if overseer else UNSET,
        closed_by=tuple(who(directory, member) for member in alert.closed_by),
        names={id: directory.members[id].name for id in _named(happened) if id in directory.members},
    )


def _told(
    alert: Alert,
    view: AlertView,
    directory: Directory,
    reader: Reader,
    facts: Iterable[tuple[int, e.Event]],
    *,
    overseer: bool,
) -> Iterator[Happened]:
    linked = view.linked or ()
    for at_ms, event in facts:
        match event:
            case e.Rang():
                yield Happened(at_ms, event if overseer else _unnamed(event), len(event.asked))
            case e.NotReached() | e.ReachedAgain() if not overseer:
                continue
            case e.Withdrawn() if not keeps_tie(directory, reader.member, event.member, alert.member):
                continue
            case e.PinMissed() if event.misses < PIN_MISSES_TOLD:
                continue
            case e.NumberMissed() if event.misses < NUMBER_MISSES_TOLD:
                continue
            case e.Linked() if event.other not in linked:
                continue
            case _:
                yield Happened(at_ms, event)


def _unnamed(event: e.Rang) -> e.Rang:
    return replace(event, asked=(), answered=(), joined=(), sendings=(), unreachable=())


def _people(alert: Alert, directory: Directory, *, overseer: bool) -> Iterator[PersonRung]:
    """In the order in which they were rung first.  Whom it rang learns of those who said something."""
    rung = sorted(alert.people.values(), key=lambda person: person.first_rung_ms)
    for person in rung:
        if not person.withdrawn and (overseer or person.answer is not None):
            yield PersonRung(
                who(directory, person.member),
                person.first_rung_ms,
                person.answer,
                person.answered_ms,
                person.unreachable if overseer else UNSET,
            )


def _messages(alert: Alert, directory: Directory, messages: Mapping[str, Delivery]) -> Iterator[MessageSent]:
    """In order of their making.  Replies to the worker's own texts are none of this alert's."""
    for _, d in sorted(messages.items()):
        if d.member != alert.member:
            yield MessageSent(
                who(directory, d.member), d.channel, d.shown_to, d.purpose, d.state, d.reason, d.attempts, d.route,
                d.tried, d.created_at_ms, d.changed_at_ms,
            )  # fmt: skip


def _named(happened: Iterable[Happened]) -> set[str]:
    """Every id of a member that one of these events may name."""
    found: set[str] = set()
    for one in happened:
        for field in ("member", "by", "to", "before"):
            value = getattr(one.event, field, None)
            found.update((value,) if isinstance(value, str) else value or ())
        if isinstance(one.event, e.Rang):
            found.update((*one.event.asked, *(member for member, _ in one.event.unreachable)))
    return found
