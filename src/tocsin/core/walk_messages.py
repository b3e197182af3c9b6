"""What is sent because of a walk: reminders to whoever walks, news to their buddy, wrong PINs to who is on duty.

Theory of operation
-------------------
A lock screen shows the first words to whoever looks: so none of these says who, where or that anybody is in danger, and
the page says the rest.  They go by text and push, to every number at once; where a person has neither, by the first
other way, and whoever walks is called besides: a mail reminds nobody in a dark lot.  Where every text and push of one
reminder is known to have failed, and its time is not over, one call follows.  A call says as little as a text, takes no
key, and goes behind every message of an alert.  What one says is composed when it is sent, from the walk as it
is then, and one whose time is over is not sent.  The call for help itself is none of these: that is an alert, with its
own messages.

The buddy is asked about each time anew: one who was tied, suspended or removed meanwhile hears nothing more, and nobody
is told that.  After the duress PIN the buddy is told nothing of a walk: they are rung.  Where they
are not, because the worker sees an alert already that must not change, they hear what the real PIN would tell them.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.announcing import moved
from tocsin.core.alert import Alert
from tocsin.core.commands import Reply, Report
from tocsin.core.composer import walk_text
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.escalation import barred
from tocsin.core.limits import MINUTE_MS, WALK_MESSAGE_VALID_MS
from tocsin.core.mailing import announcement_letter
from tocsin.core.roster import duty_supervisors
from tocsin.core.speech import reminder_speech
from tocsin.core.walk import Walk
from tocsin.core.words import Channel, DeliveryState, Purpose, WalkState

BESIDES = (Channel.EMAIL, Channel.OTHER)
CALLED = frozenset({Channel.VOICE})
AT_ONCE = frozenset({Channel.PUSH, Channel.SMS})
LOST = frozenset({DeliveryState.FAILED, DeliveryState.UNDELIVERABLE})
BEFORE_THE_END = frozenset({WalkState.OUT, WalkState.REMINDED})


def buddy_of(directory: Directory, walk: Walk) -> str | None:
    """The buddy, if they may be told of this person."""
    return None if walk.buddy is None or barred(directory, walk.member, walk.buddy) else walk.buddy


def tell_walker(docket: Docket, walk: Walk) -> None:
    """How much time is left, or that it is over."""
    _tell(docket, walk, walk.member, calls=True)


def tell_buddy(docket: Docket, walk: Walk) -> None:
    """That there is news of the walk they look after."""
    buddy = buddy_of(docket.directory, walk)
    alert = None if walk.alert is None else docket.find(walk.alert)
    if buddy is not None and not _rung(walk, None if alert is None else alert.alert, buddy):
        _tell(docket, walk, buddy)


def _rung(walk: Walk, alert: Alert | None, member: str) -> bool:
    """Do they hear of the alert instead?  One that the worker sees rings nobody anew: it would show there."""
    beside = walk.under_duress and walk.state is not WalkState.RAISED
    return alert is not None and (not beside or member in alert.people)


def tell_duty(docket: Docket, walk: Walk) -> None:
    """Wrong PINs, one after the other: perhaps a slip, perhaps somebody else's hand."""
    for id in duty_supervisors(docket.directory, walk.site, docket.now_ms):
        if not barred(docket.directory, walk.member, id):
            _tell(docket, walk, id, "walk_pins")


def _tell(docket: Docket, walk: Walk, member: str, key: str | None = None, *, calls: bool = False) -> None:
    """`key`: of the phrase that it says; None: what the walk says when it is sent.  `calls`: where they cannot read."""
    known = docket.directory.members.get(member)
    for contact in () if known is None else _ways(docket, known, calls=calls):
        id = docket.id()
        text = None if known is None or key is None else walk_text(key, known.language, id)
        docket.announced[id] = _message(docket, walk, id, member, contact, text)


def _ways(docket: Docket, member: Member, *, calls: bool) -> list[Contact]:
    usable = [contact for contact in member.contacts if contact.usable and contact.kind in docket.world.channels]
    at_once = [contact for contact in usable if contact.kind in AT_ONCE]
    called = [contact for contact in usable if calls and contact.kind in CALLED]
    return at_once or [*called, *[contact for kind in BESIDES for contact in usable if contact.kind is kind][:1]]


def _message(docket: Docket, walk: Walk, id: str, member: str, contact: Contact, text: str | None) -> Delivery:
    return Delivery(
        id=id,
        alert=walk.id,
        member=member,
        channel=contact.kind,
        contact=contact.id,
        to=contact.to,
        purpose=Purpose.WALK,
        ringing=0,
        drill=False,
        created_at_ms=docket.now_ms,
        valid_until_ms=docket.now_ms + WALK_MESSAGE_VALID_MS,
        due_at_ms=docket.now_ms,
        changed_at_ms=docket.now_ms,
        text=text,
    )


# What becomes of one ----------------------------------------------------------------------------------------------


def still_told(directory: Directory, walk: Walk, delivery: Delivery, alert: Alert | None) -> bool:
    """Asked when a message is sent: is it theirs, and true, yet?  `alert`: the one that the walk names."""
    if delivery.member == walk.member:
        member = directory.members.get(walk.member)
        return walk.open and member is not None and not member.suspended
    if barred(directory, walk.member, delivery.member):
        return False
    of_the_buddy = delivery.member == walk.buddy and not _rung(walk, alert, delivery.member)
    return of_the_buddy or delivery.text is not None


def text_of_walk(delivery: Delivery, walk: Walk, directory: Directory, address: str, now_ms: int) -> str:
    """What this message says now."""
    member, again = directory.members[delivery.member], delivery.attempts > 1
    if delivery.channel in BESIDES:
        return announcement_letter(address, member.language, delivery.id, again=again)
    minutes = max(-((now_ms - walk.due_ms) // MINUTE_MS), 1)
    if delivery.channel in CALLED:
        left = minutes if walk.state in BEFORE_THE_END else 0
        return reminder_speech(left, member.language, again=again)
    return walk_text(_phrase(walk, member), member.language, delivery.id, minutes=minutes, again=again)


def _phrase(walk: Walk, member: Member) -> str:
    if member.id != walk.member:
        over = "walk_buddy_longer" if walk.extended_min else "walk_buddy"
        return over if walk.open else "walk_buddy_over"
    match walk.state:
        case WalkState.OUT:
            return "walk_set"
        case WalkState.REMINDED:
            key = "walk_soon"
        case _:
            key = "walk_due"
    return f"{key}_page" if member.watch_window else key  # There only the page takes it, with a PIN.


def heard(docket: Docket, news: Report) -> Reply:
    """News of a message of a walk.  What a carrier says of the number itself holds, as always."""
    reply, walk = moved(docket, news), docket.world.walk(docket.org, news.alert)
    after = docket.announced.get(news.delivery)
    if after is not None and walk is not None and after.member == walk.member and after.state in LOST:
        _call_instead(docket, walk, after)
    return reply


def _call_instead(docket: Docket, walk: Walk, lost: Delivery) -> None:
    """Nothing of this reminder came through, and there is time yet: one call says the same."""
    known = {**docket.world.deliveries(docket.org, walk.id), **docket.announced}.values()
    these = [one for one in known if one.member == lost.member and one.valid_until_ms == lost.valid_until_ms]
    in_vain = all(one.channel in AT_ONCE and one.state in LOST for one in these)
    member = docket.directory.members.get(walk.member)
    if member is None or not (walk.open and in_vain and docket.now_ms < lost.valid_until_ms):
        return
    usable = (contact for contact in member.contacts if contact.usable and contact.kind in docket.world.channels)
    for contact in [contact for contact in usable if contact.kind in CALLED][:1]:
        id = docket.id()
        call = _message(docket, walk, id, member.id, contact, None)
        docket.announced[id] = replace(call, valid_until_ms=lost.valid_until_ms)  # By which it is known to be theirs.
