"""Whether our own call still holds a person's line, when they are to be told on it that the alert is over.

Theory of operation
-------------------
At the close a ring may be at somebody's ear.  A second call would find the line busy, or beep into the first; so an
all-clear by telephone waits until that call is over.  The carrier says when that is; where it never does, the longest
that such a call can take has to do.  A call that itself said that it is over has told them, and no other is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery
from tocsin.core.docket import Draft
from tocsin.core.limits import CALL_HEARD_MS, LINE_FREES_MS
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason

SAYS_OVER = frozenset({Purpose.ALL_CLEAR, Purpose.DRILL_OVER})
BEFORE_THE_END = frozenset({DeliveryState.HANDED_OVER, DeliveryState.ANSWERED, DeliveryState.SUPERSEDED})
OVER = frozenset({Moved.UNDELIVERED, Moved.ENDED})


def after_our_call(draft: Draft, delivery: Delivery) -> Delivery:
    """The same message, due when no other call of ours can be on that line any more."""
    if delivery.channel is not Channel.VOICE:
        return delivery
    calls = (d for d in draft.messages_to(delivery.member) if _on_the_line(d, delivery))
    return replace(delivery, due_at_ms=max([draft.now_ms, *(_free_ms(call, draft.now_ms) for call in calls)]))


def _on_the_line(call: Delivery, delivery: Delivery) -> bool:
    return call.channel is Channel.VOICE and call.to == delivery.to


def _free_ms(call: Delivery, now_ms: int) -> int:
    """When this call is over at the latest.  One that was set aside may just have been answered, or on its way out."""
    if call.state is DeliveryState.HANDED_OVER:
        return now_ms + CALL_HEARD_MS
    set_aside = call.state in (DeliveryState.ANSWERED, DeliveryState.SUPERSEDED)
    return call.changed_at_ms + LINE_FREES_MS if set_aside else now_ms


def mind_the_line(draft: Draft, before: Delivery, after: Delivery, news: Report) -> None:
    """After the close, news of a call: it is over, or it was heard to its end and said so itself."""
    if draft.alert.open or before.channel is not Channel.VOICE or before.state not in BEFORE_THE_END:
        return
    if after.state is DeliveryState.DELIVERED and after.purpose is Purpose.RING:
        told_on_the_call(draft, after)
    elif news.moved in OVER or after.state is DeliveryState.DELIVERED:
        for waiting in _waiting(draft, before):
            draft.put(replace(waiting, due_at_ms=draft.now_ms, changed_at_ms=draft.now_ms, version=waiting.version + 1))


def told_on_the_call(draft: Draft, call: Delivery) -> None:
    """Whoever is on this call has just heard that it is over."""
    for waiting in _waiting(draft, call):
        draft.move(waiting, Moved.WITHDRAWN, Reason.HEARD_ON_CALL)


def _waiting(draft: Draft, call: Delivery) -> Iterator[Delivery]:
    """What waits for this line to be free."""
    for delivery in draft.messages_to(call.member):
        waits = delivery.state is DeliveryState.QUEUED and (delivery.due_at_ms or 0) > draft.now_ms
        if waits and delivery.purpose in SAYS_OVER and _on_the_line(delivery, call):
            yield delivery
