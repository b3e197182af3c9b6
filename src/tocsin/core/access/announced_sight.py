"""Whom an announcement reached: what the office is handed of it, by name and by act, and never by the minute.

Theory of operation
-------------------
Only what is told to all supervisors is shown here, and of whoever it is about only what is done in their name: the same
acts whose lines those readers have anyway.  Of a tie, which is told to the coordinators who keep it, nothing is shown.

But whoever was told of a tie a minute ago is told of the next act minutes later, with what else has come by then.  So
of no act it is said whom it reached until whatever came before it cannot matter any more (`known_ms`), and then only
what became of it, without when and by which way: a page that is read the whole day long says the same with the tie and
without.  (While no vendor takes anything, what is tried again is tried by each person's own ten minutes.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile

from msgspec import Struct

from tocsin.core.access.announcement import Announcement, Topic
from tocsin.core.access.announcing import ANNOUNCES, line_of, ways
from tocsin.core.access.people_sight import ActView, act_view
from tocsin.core.access.record import Act
from tocsin.core.access.words import Told
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.limits import ANNOUNCED_EVERY_MS, ANNOUNCED_TEXT_EVERY_MS, ANNOUNCED_VALID_MS
from tocsin.core.roster import may_close
from tocsin.core.shown_parts import who
from tocsin.core.views import Who
from tocsin.core.words import Channel, DeliveryState, Reason

MessagesOf = Callable[[str], Sequence[Delivery]]
BEST_FIRST = (
    DeliveryState.ANSWERED,
    DeliveryState.DELIVERED,
    DeliveryState.HANDED_OVER,
    DeliveryState.QUEUED,
    DeliveryState.FAILED,
    DeliveryState.UNDELIVERABLE,
    DeliveryState.SUPERSEDED,
)


class HeardView(Struct, frozen=True):
    """What became of it for one of those who were told: of the message that came the furthest.

    Whatever a vendor took and never spoke of again is with the carrier, and nobody knows if it arrived: of a mail that
    is all that is ever known.
    """

    member: Who
    state: DeliveryState
    reason: Reason | None = None

    @property
    def went(self) -> bool:
        """Did a carrier take it, and not give it back?"""
        return self.state in BEST_FIRST[:3]


class AnnouncedView(Struct, frozen=True):
    """One act.  Until `known_ms` nothing is said of whom it reached, and `heard` is empty."""

    act: ActView
    known_ms: int
    settled: bool
    heard: tuple[HeardView, ...] = ()


def shows(act: Act) -> bool:
    """Is this a line that all supervisors were told of?"""
    line = line_of(act)
    return line is not None and act.told is Told.SUPERVISORS


def known_ms(directory: Directory, act: Act) -> int:
    """By then everybody was told of it and their message is over, even whoever had just been told of something else."""
    turns = sum(may_close(member) for member in directory.members.values())
    return act.at_ms + ANNOUNCED_EVERY_MS + ANNOUNCED_VALID_MS + 2 * turns * ANNOUNCED_TEXT_EVERY_MS


def announced_views(
    directory: Directory,
    acts: Iterable[Act],
    announcements: Iterable[Announcement],
    messages_of: MessagesOf,
    now_ms: int,
) -> list[AnnouncedView]:
    """`announcements`: of everybody since the first of these acts, the oldest first."""
    told: dict[str, list[Announcement]] = {}
    for one in announcements:
        if one.member in directory.members:
            told.setdefault(one.member, []).append(one)
    return [_view(directory, act, told, messages_of, now_ms) for act in acts]


def _view(
    directory: Directory, act: Act, told: Mapping[str, Sequence[Announcement]], messages_of: MessagesOf, now_ms: int
) -> AnnouncedView:
    """Whoever was missed stands before all others, and each of both in order of name."""
    by_then_ms, seen = known_ms(directory, act), act_view(directory, act)
    if now_ms < by_then_ms:
        return AnnouncedView(seen, by_then_ms, False)
    covering = ((member, _covering(act, theirs, by_then_ms)) for member, theirs in told.items())
    heard = [_heard(directory, member, those, messages_of) for member, those in covering if those]
    heard.sort(key=lambda one: (one.went, one.member.name.casefold(), one.member.id))
    return AnnouncedView(seen, by_then_ms, True, tuple(heard))


def unheard(directory: Directory, channels: Iterable[Channel]) -> list[Who]:
    """Whoever watches over others and can be told nothing: no mail address that works, and no number for texts."""
    known = frozenset(channels)
    return [
        who(directory, member.id)
        for member in directory.members.values()
        if may_close(member) and not member.suspended and not ways(member, known, every=False)
    ]


def _covering(act: Act, theirs: Sequence[Announcement], by_then_ms: int) -> list[Announcement]:
    """The first that told them of it, and its tries.  What came too late for that is about something else."""
    since = [one for one in theirs if one.made_ms >= act.at_ms]
    in_time = [one for one in since if one.made_ms + ANNOUNCED_VALID_MS <= by_then_ms]
    first = next((n for n, one in enumerate(in_time) if _tells_of(one, act)), len(since))
    again = takewhile(lambda one: one.tries > 0, since[first + 1 :])
    return [*since[first : first + 1], *again]


def _tells_of(announcement: Announcement, act: Act) -> bool:
    """Whoever did something is not told of it, save of what is done in their own name."""
    own = announcement.member == act.by.member
    return any(_is_of(topic, act, own) for topic in announcement.topics)


def _is_of(topic: Topic, act: Act, own: bool) -> bool:
    if topic.told is Told.SUPERVISORS:
        return not own
    line = ANNOUNCES[act.what]
    return line.warns and topic.warns and topic.about == act.about


def _heard(
    directory: Directory, member: str, announcements: Sequence[Announcement], messages_of: MessagesOf
) -> HeardView:
    messages = [message for one in announcements for message in messages_of(one.id)]
    state, reason = min(map(_became, messages), key=lambda became: BEST_FIRST.index(became[0]))
    return HeardView(who(directory, member), state, reason)


def _became(message: Delivery) -> tuple[DeliveryState, Reason | None]:
    if message.reason is Reason.EXPIRED and message.provider_ref is not None:
        return DeliveryState.HANDED_OVER, Reason.NOBODY_KNOWS
    return message.state, message.reason
