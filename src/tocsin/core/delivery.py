"""One message to one contact, from the decision to ring until it can come no further.

Theory of operation
-------------------
A delivery is recorded with its first physical send already counted, so a crash cannot hide one.  *Handed over* means
that the vendor took it; *delivered* that the phone did.  A vendor's callbacks come in any order, twice, or never: each
is ranked by how far along it is (`FAR`), and only news from further along is believed, so every order ends in the same
state.  *Undelivered* is further along than *delivered*: of two contradicting receipts we believe the
one that keeps us ringing.

A refusal that may pass, and a send of which nobody knows the end, are tried again, SENDS_MAX physical sends in all
and over all vendors.  What one vendor blocks, leaves in doubt or cannot do goes to another at once, if one is set up
that this message has not tried; also when the first said so only after it had taken the message.

News says of which send it speaks.  The newest send moves the message through the table.  A former one, given up because
nobody knew its end, may have arrived all the same: while one has (`arrived`) and none of its own news takes that back
(`lost`), the message counts as delivered, whatever becomes of the newest (`beneath`).  So the order of news between the
sends changes nothing either.  News that does not say of which send it speaks (`send` None) is told apart by the
vendor's reference (`lost_refs`).

A call is *delivered* when it was heard to its end; one that *ended* before that was cut off and is made again.  One
that was taken may wait in the carrier's queue for as long as it is valid; once it was dialled, it is soon over.

A call that is no longer wanted is taken back from its vendor (`recalled` says why), which ends a phone that rings and
no talk.  It stays *handed over* until the vendor says how it ended: heard after all, or else *superseded*.  Such a call
is never made again, and that it was not heard says nothing of the person.

Of what only tells besides (mail, services, webhooks) nobody ever says more than that it was taken: it stays *handed
over* for good, and may wait longer for its next try, since no climb waits for it.

*Failed* ends one delivery; *undeliverable* says that it was the last one this person had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.commands import Moved, Report
from tocsin.core.limits import CALL_HEARD_MS, RETRY_AFTER_MAX_MS, RETRY_AFTER_MS, RETRY_BESIDES_MAX_MS, SENDS_MAX
from tocsin.core.words import REACHING, Channel, DeliveryState, Purpose, Reason

OURS = frozenset({Moved.ANSWERED, Moved.WITHDRAWN, Moved.LAST, Moved.DUE})  # What no vendor says.
COVERED = frozenset(
    {DeliveryState.QUEUED, DeliveryState.HANDED_OVER, DeliveryState.FAILED, DeliveryState.UNDELIVERABLE}
)
TERMINAL = frozenset(
    {DeliveryState.ANSWERED, DeliveryState.SUPERSEDED, DeliveryState.FAILED, DeliveryState.UNDELIVERABLE}
)
# Worth another try of the very same message.
PASSING = frozenset({Reason.RATE_LIMITED, Reason.VENDOR_DOWN, Reason.DEFERRED, Reason.CUT_OFF})
# True of the contact itself.
FOR_EVER = frozenset({Reason.OPTED_OUT, Reason.NUMBER_DEAD, Reason.ADDRESS_DEAD, Reason.EMERGENCY_NUMBER})
# About this number another vendor may know a way.
BLOCKED = frozenset({Reason.FILTERED, Reason.DESTINATION_BLOCKED, Reason.SENDER_UNREGISTERED, Reason.VENDOR_REFUSED})
# Another vendor may do what this one could not.
ELSEWHERE = BLOCKED | {Reason.SENDER_SUSPENDED, Reason.RATE_LIMITED, Reason.VENDOR_DOWN, Reason.NOBODY_KNOWS}
SET_ASIDE = frozenset({DeliveryState.ANSWERED, DeliveryState.SUPERSEDED})  # No vendor's news changes these.
RECALLED = frozenset({Channel.VOICE})  # A text that has left is gone; a phone that rings may still be silenced.
UNHEARD = frozenset({Moved.UNDELIVERED, Moved.ENDED, Moved.DUE})
FAR = MappingProxyType({Moved.DELIVERED: 90, Moved.UNDELIVERED: 100})  # How far along a receipt is, whoever sent it.


class Delivery(Struct, frozen=True, gc=False, kw_only=True):
    """One logical message.  Made in the same transaction as the decision to ring, before anything is sent.

    `due_at_ms`: when the next physical send may start (queued) or the validity ends (handed over); None when over.
    `attempts`: physical sends begun or about to.  `text`: set at creation for replies only; a ring is composed when
    it is sent, from what is known then.  `route`: the vendor that has it.  `tried`: vendors that could not bring it.
    `arrived`, `lost`: former sends, by number.  `beneath`: state and due time of the newest, under one that arrived.
    `recalled`: why the vendor is asked to take it back; None while it is wanted.
    """

    id: str
    alert: str
    member: str
    channel: Channel
    contact: str
    to: str
    purpose: Purpose
    ringing: int
    drill: bool
    created_at_ms: int
    valid_until_ms: int
    due_at_ms: int | None
    state: DeliveryState = DeliveryState.QUEUED
    reason: Reason | None = None
    attempts: int = 1
    provider_ref: str | None = None
    provider_seq: int = 0
    changed_at_ms: int = 0
    text: str | None = None
    route: str | None = None
    tried: tuple[str, ...] = ()
    lost_refs: tuple[str, ...] = ()
    arrived: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    beneath: tuple[DeliveryState, int | None] | None = None
    recalled: Reason | None = None
    version: int = 0

    @property
    def live(self) -> bool:
        """May this still reach the person, or has it?"""
        return self.state in (DeliveryState.QUEUED, DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)

    @property
    def shown_to(self) -> str:
        """Where it went, as readers see it; of a push that is a phone, and no address that anybody could use."""
        return "" if self.channel is Channel.PUSH else self.to


_S = DeliveryState
_NEWS = {
    Moved.DELIVERED: frozenset({_S.DELIVERED}),
    Moved.UNDELIVERED: frozenset({_S.QUEUED, _S.FAILED}),
    Moved.ENDED: frozenset({_S.QUEUED, _S.FAILED}),
    Moved.ANSWERED: frozenset({_S.ANSWERED}),
    Moved.WITHDRAWN: frozenset({_S.SUPERSEDED}),
}
_LOST = frozenset({_S.QUEUED, _S.FAILED, _S.SUPERSEDED})
TRANSITIONS: Mapping[DeliveryState, Mapping[Moved, frozenset[DeliveryState]]] = MappingProxyType(
    {
        _S.QUEUED: MappingProxyType(
            {
                **_NEWS,
                Moved.ACCEPTED: frozenset({_S.HANDED_OVER}),
                Moved.REFUSED: frozenset({_S.QUEUED, _S.FAILED}),
                Moved.UNKNOWN: frozenset({_S.QUEUED, _S.FAILED}),
                Moved.DUE: frozenset({_S.QUEUED, _S.FAILED}),
                Moved.ANSWERED: frozenset({_S.SUPERSEDED}),
            }
        ),
        _S.HANDED_OVER: MappingProxyType(
            {
                **_NEWS,
                Moved.ACCEPTED: frozenset({_S.HANDED_OVER}),
                Moved.UNDELIVERED: _LOST,
                Moved.DUE: frozenset({_S.HANDED_OVER, _S.FAILED, _S.SUPERSEDED}),
                Moved.ENDED: frozenset({_S.HANDED_OVER, _S.QUEUED, _S.FAILED}),
                Moved.WITHDRAWN: frozenset({_S.HANDED_OVER}),
            }
        ),
        _S.DELIVERED: MappingProxyType(
            {
                Moved.DELIVERED: frozenset({_S.DELIVERED}),
                Moved.UNDELIVERED: _LOST,
                Moved.ACCEPTED: frozenset({_S.DELIVERED}),
                Moved.ANSWERED: frozenset({_S.ANSWERED}),
                Moved.WITHDRAWN: frozenset({_S.DELIVERED}),
            }
        ),
        _S.ANSWERED: MappingProxyType({}),
        _S.SUPERSEDED: MappingProxyType({}),
        _S.FAILED: MappingProxyType({Moved.LAST: frozenset({_S.UNDELIVERABLE})}),
        _S.UNDELIVERABLE: MappingProxyType({}),
    }
)


def step(
    delivery: Delivery, report: Report, now_ms: int, routes: Sequence[str] = (), *, final: bool = False
) -> Delivery:
    """The delivery after this news.  News a state has no use for changes nothing: callbacks come in any order.

    `routes`: every vendor that could be asked instead; none where this message is not worth another.  `final`: no
    further send may begin, whatever is heard.
    """
    if of_a_former_send(delivery, report):
        after = _former(delivery, report, now_ms, final)
    elif report.moved in OURS:
        after = _newest(delivery, report, now_ms, routes, final)
    else:
        after = _covered(_newest(_uncovered(delivery), report, now_ms, routes, final))
    return delivery if after == delivery else replace(after, changed_at_ms=now_ms, version=delivery.version + 1)


def of_a_former_send(delivery: Delivery, report: Report) -> bool:
    """Does a vendor speak of a send that we have given up?"""
    return report.moved not in OURS and report.send is not None and report.send < delivery.attempts


def _newest(delivery: Delivery, report: Report, now_ms: int, routes: Sequence[str], final: bool) -> Delivery:
    """News of the newest send, through the table."""
    allowed = TRANSITIONS[delivery.state].get(report.moved)
    if allowed is None or _told_before(delivery, report):
        return delivery
    after = _moved(delivery, report, now_ms, routes, final)
    assert after.state in allowed or after == delivery, f"{report.moved} led from {delivery.state} to {after.state}"
    return after


def _told_before(delivery: Delivery, report: Report) -> bool:
    """Does it repeat the end of a send that is lost?  An end that names no send at all is believed once."""
    if report.send is not None:
        return False
    nameless = report.provider_ref is None and report.moved is Moved.ENDED and bool(delivery.lost)
    return nameless or report.provider_ref in delivery.lost_refs


def _moved(delivery: Delivery, report: Report, now_ms: int, routes: Sequence[str], final: bool) -> Delivery:
    if delivery.recalled is not None and report.moved in UNHEARD:
        return _taken_back(delivery, report, now_ms)
    match report.moved:
        case Moved.ACCEPTED:
            return _accepted(delivery, report, now_ms)
        case Moved.DELIVERED | Moved.UNDELIVERED:
            return _receipt(delivery, report, now_ms, routes, final)
        case Moved.REFUSED | Moved.UNKNOWN | Moved.ENDED:
            return _elsewhere(delivery, report, now_ms, routes, final) or _try_again(delivery, report, now_ms, final)
        case Moved.DUE:
            return _due(delivery, now_ms)
        case Moved.ANSWERED | Moved.WITHDRAWN:
            return _set_aside(delivery, report)
    return replace(delivery, state=DeliveryState.UNDELIVERABLE)


def _former(delivery: Delivery, report: Report, now_ms: int, final: bool) -> Delivery:
    """A send that was given up arrived after all, or takes back that it did."""
    send = report.send
    if delivery.state in SET_ASIDE or send is None or send in delivery.lost:
        return delivery
    others = tuple(number for number in delivery.arrived if number != send)
    if report.moved is Moved.DELIVERED and now_ms < delivery.valid_until_ms:
        return _covered(replace(delivery, arrived=(*others, send)))
    if report.moved not in (Moved.UNDELIVERED, Moved.ENDED):
        return delivery
    delivery = replace(delivery, lost=(*delivery.lost, send), arrived=others)
    bare = delivery if others else _uncovered(delivery)
    if final and bare.state is DeliveryState.QUEUED:
        return _failed(bare, _reason(report))
    return bare


def _covered(delivery: Delivery) -> Delivery:
    if not delivery.arrived or delivery.state not in COVERED:
        return delivery
    beneath = (delivery.state, delivery.due_at_ms)
    return replace(delivery, state=DeliveryState.DELIVERED, due_at_ms=None, beneath=beneath)


def _uncovered(delivery: Delivery) -> Delivery:
    if delivery.beneath is None:
        return delivery
    state, due_at_ms = delivery.beneath
    return replace(delivery, state=state, due_at_ms=due_at_ms, beneath=None)


def _accepted(delivery: Delivery, report: Report, now_ms: int) -> Delivery:
    """A vendor has it.  Whoever hears more of a call that was taken knows that it has left the vendor's queue."""
    ref = report.provider_ref or delivery.provider_ref
    delivery = replace(delivery, provider_ref=ref, route=report.route or delivery.route)
    if delivery.state is DeliveryState.QUEUED:
        return replace(delivery, state=DeliveryState.HANDED_OVER, due_at_ms=delivery.valid_until_ms)
    if delivery.state is DeliveryState.HANDED_OVER and delivery.channel is Channel.VOICE:
        assert delivery.due_at_ms is not None
        return replace(delivery, due_at_ms=min(delivery.due_at_ms, now_ms + CALL_HEARD_MS))
    return delivery


def _receipt(delivery: Delivery, report: Report, now_ms: int, routes: Sequence[str], final: bool) -> Delivery:
    seq = FAR[report.moved]
    if seq <= delivery.provider_seq:
        return delivery
    if report.moved is Moved.UNDELIVERED:
        instead = _elsewhere(delivery, report, now_ms, routes, final)
        if instead is not None:
            return instead
    ref, route = report.provider_ref or delivery.provider_ref, report.route or delivery.route
    delivery = replace(delivery, provider_ref=ref, provider_seq=seq, route=route, due_at_ms=None)
    if report.moved is Moved.DELIVERED:
        return replace(delivery, state=DeliveryState.DELIVERED)
    return _failed(delivery, _reason(report))


def _elsewhere(delivery: Delivery, report: Report, now_ms: int, routes: Sequence[str], final: bool) -> Delivery | None:
    """The same message to a vendor that it has not tried, now; None where that is of no use or too late."""
    reason, failed = _reason(report), report.route or delivery.route
    if failed is None or reason not in ELSEWHERE or final:
        return None
    tried = _with(delivery.tried, failed)
    if set(routes) <= set(tried) or delivery.attempts >= SENDS_MAX or now_ms >= delivery.valid_until_ms:
        return None
    return replace(_begun_anew(delivery, report, now_ms), tried=tried, reason=reason)


def _with(tried: tuple[str, ...], failed: str | None) -> tuple[str, ...]:
    return tried if failed is None or failed in tried else (*tried, failed)


def _reason(report: Report) -> Reason:
    return report.reason or (Reason.VENDOR_REFUSED if report.moved is Moved.UNDELIVERED else Reason.NOBODY_KNOWS)


def _begun_anew(delivery: Delivery, report: Report, due_at_ms: int) -> Delivery:
    """The next physical send of the same message; the one before it is given up."""
    ref = report.provider_ref or delivery.provider_ref
    gone = report.moved in (Moved.UNDELIVERED, Moved.ENDED)
    return replace(
        delivery,
        state=DeliveryState.QUEUED,
        attempts=delivery.attempts + 1,
        due_at_ms=due_at_ms,
        lost=(*delivery.lost, delivery.attempts) if gone else delivery.lost,
        lost_refs=delivery.lost_refs if ref is None else (*delivery.lost_refs, ref),
        provider_ref=None,
        provider_seq=0,
        route=None,
    )


def _try_again(delivery: Delivery, report: Report, now_ms: int, final: bool) -> Delivery:
    reason = _reason(report)
    if final or (report.moved is not Moved.UNKNOWN and reason not in PASSING):
        return _failed(delivery, reason)
    longest_ms = RETRY_AFTER_MAX_MS if delivery.channel in REACHING else RETRY_BESIDES_MAX_MS
    wait_ms = min(report.retry_after_ms or _usual_ms(delivery, reason), longest_ms)
    if delivery.attempts >= SENDS_MAX or now_ms + wait_ms >= delivery.valid_until_ms:
        return _failed(delivery, reason)
    tried = _with(delivery.tried, report.route or delivery.route)
    return replace(_begun_anew(delivery, report, now_ms + wait_ms), tried=tried, reason=reason)


def _usual_ms(delivery: Delivery, reason: Reason) -> int:
    """How long we wait where nobody named a time.  Whoever puts a mail off wants to see it again, and not at once."""
    if reason is Reason.DEFERRED:
        return RETRY_BESIDES_MAX_MS
    return RETRY_AFTER_MS[min(delivery.attempts, len(RETRY_AFTER_MS)) - 1]


def _due(delivery: Delivery, now_ms: int) -> Delivery:
    if now_ms < _over_ms(delivery):
        return delivery
    if delivery.state is DeliveryState.HANDED_OVER and delivery.channel not in REACHING:
        return replace(delivery, due_at_ms=None)
    return _failed(_recalled(delivery, Reason.EXPIRED), Reason.EXPIRED)


def _over_ms(delivery: Delivery) -> int:
    """When nothing more is to be expected of it."""
    if delivery.state is DeliveryState.QUEUED or delivery.due_at_ms is None:
        return delivery.valid_until_ms
    return delivery.due_at_ms


def _set_aside(delivery: Delivery, report: Report) -> Delivery:
    if delivery.state is DeliveryState.QUEUED:
        reason = report.reason or Reason.ANSWERED_MEANWHILE
        return replace(delivery, state=DeliveryState.SUPERSEDED, reason=reason, due_at_ms=None)
    if report.moved is Moved.WITHDRAWN:
        return _recalled(delivery, report.reason or Reason.NEWER_MESSAGE)
    delivery = _recalled(delivery, Reason.ANSWERED_MEANWHILE)
    return replace(delivery, state=DeliveryState.ANSWERED, due_at_ms=None, beneath=None)


def _recalled(delivery: Delivery, why: Reason) -> Delivery:
    """Ask it back, if a vendor has it whose word on it is still to come, and that can be asked."""
    newest = delivery.state if delivery.beneath is None else delivery.beneath[0]
    if newest is not DeliveryState.HANDED_OVER or delivery.channel not in RECALLED or delivery.recalled is not None:
        return delivery
    return replace(delivery, recalled=why)


def _taken_back(delivery: Delivery, report: Report, now_ms: int) -> Delivery:
    """Unheard, as was wished.  Of one that *ended*, its other callbacks may still say that it was heard first."""
    if report.moved is Moved.ENDED or (report.moved is Moved.DUE and now_ms < _over_ms(delivery)):
        return delivery
    return replace(delivery, state=DeliveryState.SUPERSEDED, reason=delivery.recalled, due_at_ms=None)


def _failed(delivery: Delivery, reason: Reason) -> Delivery:
    return replace(delivery, state=DeliveryState.FAILED, reason=reason, due_at_ms=None)
