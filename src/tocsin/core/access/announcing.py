"""Announcements: whoever an act is announced to is told, by mail or text, that there is something to look at.

Theory of operation
-------------------
A page tells those who open it.  A recovery that two people ask for in somebody's name is stopped only by a person who
hears of it within a day, so what is announced goes out as well: the same neutral words for everything, naming nobody.

`ANNOUNCES` says which acts do, and `tells` to whom: to exactly those whose pages show the act.  That is asked when the
act is done, when its turn comes, and once more when the message is sent.  It never asks about an alert, so neither that
a message comes nor when it comes tells anything of one; a tie is told to the coordinators who keep it.  Of all else a
tied person is told what anybody in their place is: a message that failed to come would show them the tie.

                     something to tell          its time is over
    (nobody told)    told at once               -
    told             waits                      told of what waits, or of nothing: over
    told, untaken    waits                      told again, by every way

One announcement covers all that is there to look at, and the next goes ANNOUNCED_EVERY_MS later, in which nothing is
lost: it waits in the record, with a wake-up.  Of a recovery and of forgotten PINs the person themself hears at every
written contact and at once, whatever else they were told of late; for that there is a second time that runs by itself.

Before somebody who may agree to changes has signed in (`Guard`) nothing goes out: nobody could look.

Nobody is called by telephone: a voice that says nothing but to look at a page is taken for a swindler's, and a line
that dials one call a second belongs to alerts.  Texts keep a pace for the same reason.  Each of those who watch has a
fixed turn in it, so that nobody's text comes sooner or later because another was told of a tie; the others queue.
Whoever did something is not told of it, save of what is about themself, which may have been somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.announcement import Announcement, Topic
from tocsin.core.access.people_sight import keeps_tie
from tocsin.core.access.record import Act, Guard
from tocsin.core.access.words import LinkKind, Told
from tocsin.core.commands import Declined, Done, Moved, Problem, Reply, Report
from tocsin.core.delivery import Delivery, step
from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.limits import (
    ANNOUNCED_EVERY_MS,
    ANNOUNCED_TEXT_EVERY_MS,
    ANNOUNCED_TOPICS_MAX,
    ANNOUNCED_TRIES_MAX,
    ANNOUNCED_VALID_MS,
)
from tocsin.core.refusals import NO_SUCH_ALERT
from tocsin.core.reporting import ARRIVED, UNHEARD_OF, mind_contact, of_another_send
from tocsin.core.roster import may_close
from tocsin.core.words import Channel, Purpose

WRITTEN = (Channel.EMAIL, Channel.SMS, Channel.OTHER)  # The first of these that a member has is theirs.
NO_SUCH_DELIVERY = Declined(problem=Problem.NO_SUCH_DELIVERY)


class Line(Struct, frozen=True):
    """Which lines of the trail with this word are announced: those told to one of `told` (and with one of `details`).

    `owner`: to whom it is about as well.  `warns`: to them at every contact.
    """

    told: frozenset[Told]
    details: frozenset[str] = frozenset()
    owner: bool = False
    warns: bool = False


_WATCH, _OWNER = frozenset({Told.SUPERVISORS}), frozenset({Told.THEMSELF})
_UNTIED, _ALL = frozenset({Told.COORDINATORS}), frozenset({Told.SUPERVISORS, Told.COORDINATORS, Told.THEMSELF})
_IN_THEIR_NAME = Line(_ALL, warns=True)
_OF_THEIR_OWN = Line(_OWNER)

# Who has a say, who is watched, how they are reached; and how soon somebody on a walk is looked for.
_AT_ONCE = frozenset(
    {"roles_changed", "member_added", "watch_opened", "contact_changed", "grace_changed", "reminder_changed"}
)

ANNOUNCES: Mapping[str, Line] = {
    # Somebody is let back in by two others, or loses their PINs by them.
    "recovery_asked": _IN_THEIR_NAME,
    "recovery_vouched": _IN_THEIR_NAME,
    "recovery_ready": _IN_THEIR_NAME,
    "recovery_done": _IN_THEIR_NAME,
    "recovery_by_the_tied": Line(_UNTIED),
    "pin_reset_asked": _IN_THEIR_NAME,
    "pins_reset": _IN_THEIR_NAME,
    # A new way in, or one that was copied.
    "passkey_added": _OF_THEIR_OWN,
    "passkey_removed": _OF_THEIR_OWN,
    "passkey_cloned": Line(_WATCH),
    "codes_made": _OF_THEIR_OWN,
    "code_used": Line(_WATCH, owner=True),
    "device_enrolled": _OF_THEIR_OWN,
    "link_made": Line(_ALL, frozenset({LinkKind.INVITATION})),
    # Suspensions.
    "suspended": Line(_WATCH),
    "suspension_asked": Line(_UNTIED),
    "suspended_by_the_tied": Line(_UNTIED),
    # What waits for a second person, what became of it, and what gives somebody a say.
    "change_asked": Line(_ALL),
    "change_applied": Line(_ALL),
    "changed_at_once": Line(_ALL, _AT_ONCE),
    "file_applied": Line(_WATCH),
    "reachability_dropped": Line(_WATCH),
    "restored": Line(_WATCH),
    # Ties.
    "tie_set": Line(_UNTIED),
    "tie_asked": Line(_UNTIED),
    "tie_not_in_force": Line(_UNTIED),
    "swap_under_a_tie": Line(_UNTIED),
}


# Whom -------------------------------------------------------------------------------------------------------------


def tells(directory: Directory, reader: str, topic: Topic) -> bool:
    """May this member be told to look, as things stand?  Their pages show what it is."""
    member = directory.members.get(reader)
    if member is None or member.suspended or member.seat:
        return False
    match topic.told:
        case Told.THEMSELF:
            return topic.about == reader
        case Told.SUPERVISORS:
            return may_close(member)
        case _:
            return keeps_tie(directory, reader, topic.about, topic.subject)


def still_told(directory: Directory, announcement: Announcement) -> bool:
    """Asked when a message is sent: is any of it theirs yet?"""
    return any(tells(directory, announcement.member, topic) for topic in announcement.topics)


def ways(member: Member, channels: Iterable[Channel], *, every: bool) -> list[Contact]:
    """The contacts by which this member is told: the first, mail before text, or every written one."""
    kinds = [kind for kind in WRITTEN if kind in frozenset(channels)]
    found = [contact for kind in kinds for contact in member.contacts if contact.usable and contact.kind is kind]
    return found if every else found[:1]


def line_of(act: Act) -> Line | None:
    """Why this line of the trail is announced; None: it is not."""
    line = ANNOUNCES.get(act.what)
    if line is None or act.told not in line.told or (line.details and act.detail not in line.details):
        return None
    return line


def _topics(acts: Iterable[Act]) -> Iterator[tuple[Topic, str]]:
    """What is to be told of these acts, and who did it.  Of all that supervisors are told one word is enough."""
    for act in acts:
        line = line_of(act)
        if line is None:
            continue
        if act.told is Told.COORDINATORS:
            yield Topic(told=act.told, about=act.about, subject=act.subject), act.by.member
        elif act.told is Told.SUPERVISORS:
            yield Topic(told=act.told), act.by.member
        if act.told is Told.THEMSELF or line.owner:
            yield Topic(told=Told.THEMSELF, about=act.about, warns=line.warns), ""


# When -------------------------------------------------------------------------------------------------------------


def follow(docket: Docket) -> None:
    """This decision has done what others are told of: now, or when what they were told last is long enough ago."""
    acts = [record for record in docket.records.values() if isinstance(record, Act)]
    topics = list(dict.fromkeys(_topics(acts))) if acts else []
    if not topics or not docket.all_kept(Guard):
        return
    theirs: dict[str, dict[Topic, None]] = {}
    for topic, _ in topics:
        if topic.told is Told.THEMSELF:
            theirs.setdefault(topic.about, {})[topic] = None
    watched = [(topic, by) for topic, by in topics if topic.told is not Told.THEMSELF]
    for member in [one.id for one in docket.directory.members.values() if may_close(one)] if watched else ():
        theirs.setdefault(member, {}).update((topic, None) for topic, by in watched if by != member)
    crier = _Crier(docket)
    for member, about in theirs.items():
        crier.tell(member, about)


def due(docket: Docket, id: str) -> None:
    """Time is over: what has come since is told, and what nobody took is told again."""
    announcement = docket.all_kept(Announcement).get(id)
    if announcement is None:
        return
    if docket.now_ms < announcement.ends_ms:
        docket.wakes[f"announcement/{id}"] = announcement.ends_ms
        return
    docket.keep(replace(announcement, over=True))
    messages = docket.world.deliveries(docket.org, id).values()
    docket.announced.update((message.id, _ended(docket, message)) for message in messages if message.due_at_ms)
    again = not _taken(messages) and announcement.tries < ANNOUNCED_TRIES_MAX
    topics = (*announcement.topics, *announcement.waiting) if again else announcement.waiting
    _Crier(docket).tell(announcement.member, topics, announcement.tries + 1 if again else 0)


def _ended(docket: Docket, message: Delivery) -> Delivery:
    """Its validity is over, and it has not heard so yet: after a stop of the server, say."""
    over = Report(org=docket.org, delivery=message.id, alert=message.alert, moved=Moved.DUE)
    return step(message, over, docket.now_ms)


def _taken(messages: Iterable[Delivery]) -> bool:
    """Did a vendor take any of them?  A phone that is off gets its text from the vendor, and no second one from us."""
    return any(message.provider_ref is not None or message.lost_refs for message in messages)


class _Crier:
    """Tells people within one decision, and knows what each was told of late."""

    def __init__(self, docket: Docket) -> None:
        self._docket = docket
        self._open: dict[str, list[Announcement]] = {}
        for announcement in docket.all_kept(Announcement).values():
            self._open.setdefault(announcement.member, []).append(announcement)
        known = (one.text_ms for theirs in self._open.values() for one in theirs)
        self._text_ms = max(known, default=0)  # When the last text goes that has no turn.
        self._turns: dict[str, int] = {}

    def tell(self, member: str, topics: Iterable[Topic], tries: int = 0) -> None:
        """Of those of these topics that they may be told of."""
        told = [topic for topic in dict.fromkeys(topics) if tells(self._docket.directory, member, topic)]
        if not told:
            return
        warns = any(topic.warns for topic in told)
        before = next((one for one in self._open.get(member, ()) if one.warns or not warns), None)
        if before is None:
            self._send(self._docket.directory.members[member], told, warns, tries)
        else:
            self._let_wait(before, told)

    def _let_wait(self, before: Announcement, told: Sequence[Topic]) -> None:
        waiting = tuple(dict.fromkeys((*before.waiting, *told)))[:ANNOUNCED_TOPICS_MAX]
        if waiting != before.waiting:
            self._keep(replace(before, waiting=waiting), before)

    def _send(self, member: Member, told: Sequence[Topic], warns: bool, tries: int) -> None:
        docket, id = self._docket, self._docket.id()
        contacts = ways(member, docket.world.channels, every=warns or tries > 0)
        messages = [self._message(id, member, contact) for contact in contacts]
        if not messages:
            return  # Nothing reaches them; `doctor` says so.
        docket.announced.update((message.id, message) for message in messages)
        ends_ms = max(message.created_at_ms for message in messages) + ANNOUNCED_EVERY_MS
        self._keep(
            Announcement(
                id=id,
                member=member.id,
                made_ms=docket.now_ms,
                ends_ms=ends_ms,
                topics=tuple(told)[:ANNOUNCED_TOPICS_MAX],
                messages=tuple(message.id for message in messages),
                warns=warns,
                tries=tries,
                text_ms=0 if may_close(member) else max(message.created_at_ms for message in messages),
            )
        )
        docket.wakes[f"announcement/{id}"] = ends_ms

    def _keep(self, announcement: Announcement, before: Announcement | None = None) -> None:
        theirs = self._open.setdefault(announcement.member, [])
        theirs[:] = [*(one for one in theirs if one is not before), announcement]
        self._docket.keep(announcement)

    def _text_at_ms(self, member: Member) -> int:
        now_ms = self._docket.now_ms
        if may_close(member):
            if not self._turns:
                watch = (one.id for one in self._docket.directory.members.values() if may_close(one))
                self._turns = {id: turn for turn, id in enumerate(watch)}
            return now_ms + self._turns[member.id] * ANNOUNCED_TEXT_EVERY_MS
        self._text_ms = max(now_ms, self._text_ms + ANNOUNCED_TEXT_EVERY_MS)
        return self._text_ms

    def _message(self, id: str, member: Member, contact: Contact) -> Delivery:
        at_ms = self._text_at_ms(member) if contact.kind is Channel.SMS else self._docket.now_ms
        return Delivery(
            id=self._docket.id(),
            alert=id,
            member=member.id,
            channel=contact.kind,
            contact=contact.id,
            to=contact.to,
            purpose=Purpose.ANNOUNCEMENT,
            ringing=0,
            drill=False,
            created_at_ms=at_ms,
            valid_until_ms=at_ms + ANNOUNCED_VALID_MS,
            due_at_ms=at_ms,
            changed_at_ms=self._docket.now_ms,
        )


# What became of it ------------------------------------------------------------------------------------------------


def heard(docket: Docket, news: Report) -> Reply:
    """News of a message of an announcement.  It proves no reach; what a carrier says of the number itself holds."""
    return moved(docket, news) if news.alert in docket.all_kept(Announcement) else NO_SUCH_ALERT


def moved(docket: Docket, news: Report) -> Reply:
    """News of a message that is of no alert."""
    before = docket.world.deliveries(docket.org, news.alert).get(news.delivery)
    if before is None or of_another_send(before, news):
        return NO_SUCH_DELIVERY
    routes = () if news.moved in ARRIVED else docket.world.routes.get(before.channel, ())
    after = step(before, news, docket.now_ms, routes)
    if after != before:
        docket.announced[after.id] = after
    if after != before or before.state in UNHEARD_OF:
        mind_contact(docket, after, news)
    return Done(known=after == before)
