"""A telephone number that said STOP, or is dead, stays so: whoever's it is, and however often it is put back.

Theory of operation
-------------------
Carriers and people speak of a number and not of an entry in our books.  So what they said is kept by channel and number
(`ClosedNumber`), for as long as it is true, and every contact that has the number says the same.  After each decision
that changed somebody, `follow` looks at their contacts.  What one of them was told is told to the number, and by it to
all that share it.  One that is new, by whatever way it came in, takes over what the number said before.  One that goes
leaves it behind.

A STOP is about texts alone.  It ends with START from that number or with what the carrier says, never by an act of
the office.  *Dead* is said of one channel; START ends it on both, since somebody has just written from there, and so
does an office that calls the same contact verified again: it was wrong to believe the carrier, or the line is mended.

Whatever was somebody's here is kept without a bound: there are as many as people ever worked here.  What strangers say
is kept for the day on which one of them is hired, STOPPED_STRANGERS_MAX of them.  Who floods us pushes out other
strangers, and nobody who ever belonged here; of a number that was pushed out the carrier refuses the first text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from tocsin.core.access.record import ClosedNumber
from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.limits import STOPPED_STRANGERS_MAX
from tocsin.core.words import Channel, Reason

PHONES = frozenset({Channel.SMS, Channel.VOICE})


class Line(NamedTuple):
    """One way into a telephone number."""

    channel: Channel
    number: str

    @property
    def id(self) -> str:
        return f"{self.channel}/{self.number}"


class Word(NamedTuple):
    """What was said of a line; `dead` names why."""

    opted_out: bool = False
    dead: str | None = None

    def also(self, other: Word) -> Word:
        return Word(self.opted_out or other.opted_out, self.dead or other.dead)


OPEN = Word()
Words = dict[Line, Word]
Owners = Mapping[Line, set[str]]


# What is heard ---------------------------------------------------------------------------------------------------


def stopped(docket: Docket, number: str) -> None:
    """STOP was written from this number, whoever's it is: from now on no text gets to it."""
    line = Line(Channel.SMS, number)
    record = docket.all_kept(ClosedNumber).get(line.id)
    unknown = not docket.world.known_by_number(docket.org, number) and (record is None or record.unknown)
    if unknown:
        _make_room(docket, line)
    _tell(docket, {line: Word(opted_out=True, dead=known_of(docket, line).dead)}, unknown=unknown)


def started(docket: Docket, number: str) -> None:
    """START was written from it: texts get there, and somebody has it in their hand."""
    texts, calls = (Line(channel, number) for channel in (Channel.SMS, Channel.VOICE))
    _tell(docket, {texts: OPEN, calls: known_of(docket, calls)._replace(dead=None)})


def refused(docket: Docket, channel: Channel, number: str, reason: Reason) -> None:
    """The carrier says that nothing will ever get there, perhaps of a contact that is gone by now."""
    line = Line(channel, number)
    new = Word(opted_out=True) if reason is Reason.OPTED_OUT else Word(dead=reason.value)
    _tell(docket, {line: new.also(known_of(docket, line))})


def known_of(docket: Docket, line: Line) -> Word:
    """What is known of this line; of one that spoke before this was kept by number, what its contacts say."""
    record = docket.all_kept(ClosedNumber).get(line.id)
    return _from_contacts(docket, line) if record is None else Word(record.opted_out, record.dead)


# What follows from a change of contacts --------------------------------------------------------------------------


def follow(docket: Docket) -> None:
    """Members were changed in this decision: every contact says what its number said, and every number keeps it."""
    heard, left, owners = _changes(docket)
    lines = sorted({*heard, *left, *owners})
    if lines:
        closed = docket.all_kept(ClosedNumber)
        words = {line: _word(docket, line, closed, heard, left) for line in lines}
        _tell(docket, {line: word for line, word in words.items() if word != OPEN or line.id in closed}, owners)


def _word(docket: Docket, line: Line, closed: Mapping[str, ClosedNumber], heard: Words, left: Words) -> Word:
    if line in heard:
        return heard[line]
    record = closed.get(line.id)
    if record is not None:
        return Word(record.opted_out, record.dead)
    return left.get(line, OPEN).also(_from_contacts(docket, line))


def _changes(docket: Docket) -> tuple[Words, Words, Owners]:
    """What was heard by a contact, what was said of those that went, and whose the new ones are."""
    heard: Words = {}
    left: Words = {}
    owners: dict[Line, set[str]] = defaultdict(set)
    before, after = docket.world.directory(docket.org).members, docket.directory.members
    for id in {**dict.fromkeys(member.id for member in docket.members), **dict.fromkeys(docket.removed_members)}:
        had, has = _telephones(before.get(id)), _telephones(after.get(id))
        for name in () if had == has else dict.fromkeys((*had, *has)):
            known, new = had.get(name), has.get(name)
            moved = known is None or new is None or _line(known) != _line(new)
            if known is not None and moved:
                _add(left, _line(known), _word_on(known))
            if new is not None and moved:
                owners[_line(new)].add(id)
            if new is not None and (word := _said(docket, None if moved else known, new)) is not None:
                _add(heard, _line(new), word)
    return heard, left, owners


def _said(docket: Docket, known: Contact | None, new: Contact) -> Word | None:
    """What was just said of this contact (`known`: what it was, with this number); None where nothing was."""
    if known is None:
        return None if _word_on(new) == OPEN else _word_on(new).also(known_of(docket, _line(new)))
    if new.dead is not None and new.verified and not known.verified:
        return Word(new.opted_out)
    return None if _word_on(new) == _word_on(known) else _word_on(new)


def _add(words: Words, line: Line, word: Word) -> None:
    words[line] = word.also(words.get(line, OPEN))


# A restore -------------------------------------------------------------------------------------------------------


def closed_in(directory: Directory, records: Iterable[ClosedNumber]) -> tuple[ClosedNumber, ...]:
    """All that an organisation knows of: by number, and of old by its contacts alone."""
    found = {record.id: record for record in records if record.open}
    for contact in (contact for member in directory.members.values() for contact in _telephones(member).values()):
        word, id = _word_on(contact), _line(contact).id
        if word != OPEN and id not in found:
            found[id] = ClosedNumber(id=id, since_ms=0, opted_out=word.opted_out, dead=word.dead)
    return tuple(found.values())


def again(docket: Docket, closed: Iterable[ClosedNumber]) -> None:
    """What a replaced directory still knew is true here too; nothing of what is closed here is opened by it."""
    for unknown in (False, True):
        words: Words = {}
        for record in (record for record in closed if record.unknown is unknown):
            channel, _, number = record.id.partition("/")
            line = Line(Channel(channel), number)
            words[line] = Word(record.opted_out, record.dead).also(known_of(docket, line))
        _tell(docket, words, unknown=unknown)


# Leaves ----------------------------------------------------------------------------------------------------------


def _tell(docket: Docket, words: Words, owners: Owners | None = None, *, unknown: bool = False) -> None:
    """So it stands with these lines, in the record and on every contact.  `owners`: whose they are only now."""
    changed: dict[str, Member] = {}
    for line, word in words.items():
        _keep(docket, line, word, unknown=unknown)
        whose = {member.id for member in docket.world.known_by_number(docket.org, line.number)}
        for id in sorted(whose | (owners or {}).get(line, set())):
            member = changed.get(id) or docket.directory.members.get(id)
            if member is not None:
                changed[id] = replace(
                    member, contacts=tuple(_saying(contact, line, word) for contact in member.contacts)
                )
    now = docket.directory.members
    really = [member for id, member in changed.items() if member != now[id]]
    if really:
        docket.set_members(really)


def _keep(docket: Docket, line: Line, word: Word, *, unknown: bool) -> None:
    known = docket.kept(ClosedNumber, line.id)
    if known is None and word == OPEN:
        return
    since_ms = known.since_ms if known is not None and known.open else docket.now_ms
    now = ClosedNumber(id=line.id, since_ms=since_ms, opted_out=word.opted_out, dead=word.dead, unknown=unknown)
    if now != known:
        docket.keep(now)


def _make_room(docket: Docket, line: Line) -> None:
    """One stranger more: the one who said it the longest ago is asked of the carrier again."""
    closed = docket.all_kept(ClosedNumber)
    strangers = [record for record in closed.values() if record.unknown and record.id != line.id]
    for oldest in sorted(strangers, key=lambda record: record.since_ms)[: len(strangers) + 1 - STOPPED_STRANGERS_MAX]:
        docket.keep(replace(oldest, opted_out=False, dead=None))


def _saying(contact: Contact, line: Line, word: Word) -> Contact:
    if _line(contact) != line:
        return contact
    return replace(contact, opted_out=word.opted_out, dead=word.dead)


def _from_contacts(docket: Docket, line: Line) -> Word:
    word = OPEN
    for member in docket.world.known_by_number(docket.org, line.number):
        for contact in _theirs(member, line):
            word = word.also(_word_on(contact))
    return word


def _theirs(member: Member, line: Line) -> Iterator[Contact]:
    return (contact for contact in member.contacts if _line(contact) == line)


def _telephones(member: Member | None) -> dict[str, Contact]:
    contacts = () if member is None else member.contacts
    return {contact.id: contact for contact in contacts if contact.kind in PHONES}


def _line(contact: Contact) -> Line:
    return Line(contact.kind, contact.to)


def _word_on(contact: Contact) -> Word:
    return Word(contact.opted_out, contact.dead)
