"""A text message came in: find out who sent it and what it asks, and do that.

The order of "SMS in" is law and lives in `reading.py`; here is what each reading does.  A message id that was seen
before does nothing again.  Replies are neutral; a worker whose phone believes an alert closed is answered as if it
were.

A text that the vendor could not bring, and that we fetched ourselves, is the same text, only older: an SOS rings and
says its age, an answer so old that a loan may have lapsed is a note, and nobody waits for a reply any more.
"""

from __future__ import annotations

from tocsin.core.access.closed_numbers import started, stopped
from tocsin.core.access.roll_calls import hear_number
from tocsin.core.answering import add_note, say
from tocsin.core.commands import AddNote, Done, LinkWanted, Press, Say, TextIn
from tocsin.core.composer import ReplyKind, reply_text
from tocsin.core.directory import Member
from tocsin.core.docket import Docket, Draft, Stranger
from tocsin.core.events import NumberMissed
from tocsin.core.limits import (
    LATE_ANSWER_MS,
    NUMBER_MISSES_TOLD,
    TEXT_MAX_CHARS,
    TEXT_RINGS_MS,
    UNKNOWN_NUMBER_REPLY_MS,
)
from tocsin.core.numbers import is_practice
from tocsin.core.practice import recalled, remembered
from tocsin.core.raising import press
from tocsin.core.reading import (
    AnswerNumber,
    AnythingIsSos,
    Context,
    EnrolmentOrReachReply,
    NoteFromHelper,
    NoteOnOwnAlert,
    NotUnderstood,
    NumberMiss,
    PlainAnswer,
    Reading,
    SosWord,
    WalkCommand,
    read,
)
from tocsin.core.ringing import rung_person
from tocsin.core.rung_link import LinkFor
from tocsin.core.walk_texting import is_late_home, places_for, walk_by_text
from tocsin.core.whereabouts import age
from tocsin.core.words import Answer, Came

BY_PLACE = (Answer.COMING, Answer.WITH_THEM, Answer.CANNOT)
TOOK = {
    Answer.COMING: ReplyKind.TOOK_COMING,
    Answer.WITH_THEM: ReplyKind.TOOK_WITH_THEM,
    Answer.CANNOT: ReplyKind.TOOK_CANNOT,
}
UNHEARD = (NotUnderstood, NoteFromHelper, NumberMiss)  # Notes, answered as if closed: from a shadow, or suspended.
TIMELY = (AnswerNumber, PlainAnswer, NumberMiss, WalkCommand)  # True of the moment in which it was written.


def text_in(docket: Docket, command: TextIn) -> Done:
    """Take one text.  Every message id is remembered, whatever it said."""
    credential = f"sms:{command.vendor}"
    known = docket.world.known_press(command.org, credential, command.message)
    if known is not None:
        return Done(known=True, practice=recalled(known.alert))
    member = member_of(docket, command.sender)
    reply = None
    _opt(docket, command)
    if not command.opt_out_only and _age_ms(docket, command) < TEXT_RINGS_MS:
        reply = _read(docket, member, command, credential)
    if not any(known[:2] == (credential, command.message) for known in docket.presses):
        said = remembered(docket.answer) if docket.answer else ""
        docket.presses.append((credential, command.message, docket.id(), said))
    return Done(reply=reply, practice=docket.answer, link=docket.link)


def _age_ms(docket: Docket, command: TextIn) -> int:
    return 0 if command.sent_at_ms is None else max(docket.now_ms - command.sent_at_ms, 0)


def _read(docket: Docket, member: Member | None, command: TextIn, credential: str) -> str | None:
    if member is None:
        return _from_a_stranger(docket, command)
    return _from_a_member(docket, docket.directory.members[member.id], command, credential)


def member_of(docket: Docket, number: str) -> Member | None:
    """Whose phone this is."""
    return next(iter(docket.world.known_by_number(docket.org, number)), None)


def _opt(docket: Docket, command: TextIn) -> None:
    """STOP and START act at the carrier; what the carrier does, every screen must know, whoever's number it is."""
    if command.opt_out == "STOP":
        stopped(docket, command.sender)
    elif command.opt_out == "START":
        started(docket, command.sender)


def _from_a_stranger(docket: Docket, command: TextIn) -> str | None:
    reading = read(command.text, Context(words=docket.world.sos_words))
    if isinstance(reading, SosWord):
        docket.strangers.append(Stranger(docket.id(), command.sender, command.text[:TEXT_MAX_CHARS], docket.now_ms))
        docket.pages.append("unverified_sos")
        return reply_text(ReplyKind.RECEIVED, language_of_strangers(docket))
    if command.sent_at_ms is not None:
        return None  # Nobody waits for a reply to it, and none is counted as given.
    last_ms = docket.world.replied_ms(command.org, command.sender)
    if last_ms is not None and docket.now_ms - last_ms < UNKNOWN_NUMBER_REPLY_MS:
        return None
    docket.replied.append(command.sender)
    return reply_text(ReplyKind.UNKNOWN, language_of_strangers(docket))


def language_of_strangers(docket: Docket) -> str:
    return next(iter(docket.directory.languages), "en")


def _from_a_member(docket: Docket, member: Member, command: TextIn, credential: str) -> str | None:
    rung_for = _rung_for(docket, member)
    own = docket.open_drafts(lambda alert: True, f"member/{member.id}")
    numbers = docket.world.answer_numbers(command.org, member.id)
    live = {number for draft in rung_for for number in draft.alert.people[member.id].numbers}
    context = Context(
        known_member=True,
        live_numbers=frozenset(live),
        expired_numbers=frozenset(set(numbers) - live),
        rung_for=len(rung_for),
        own_alert_open=not member.suspended and any(not draft.alert.looks_closed for draft in own),
        places=places_for(docket, member.id, command.text),
        anything_rings=member.watch_window or docket.walk_of(member.id) is not None,
        awaited=frozenset(docket.world.practice(command.org, command.sender)),
        words=docket.world.sos_words,
    )
    reading = read(command.text, context)
    if isinstance(reading, TIMELY) and _age_ms(docket, command) >= LATE_ANSWER_MS:
        _late(docket, member, command, reading, rung_for)
        return None
    if isinstance(reading, UNHEARD):
        for draft in own:
            _own_note(draft, member, command.text)
    return _act(docket, member, command, credential, reading, rung_for, own)


def _late(docket: Docket, member: Member, command: TextIn, reading: Reading, rung_for: list[Draft]) -> None:
    """What was true when it was written is for people to weigh: a note that says when, on the alerts it is about."""
    assert command.sent_at_ms is not None
    said = ""
    if isinstance(reading, AnswerNumber) and not reading.expired:
        rung_for = [draft for draft in rung_for if reading.number in draft.alert.people[member.id].numbers]
        said = BY_PLACE[rung_for[0].alert.people[member.id].numbers.index(reading.number)]
    elif isinstance(reading, PlainAnswer):
        said = BY_PLACE[reading.choice - 1]
    if said:
        when = age(command.sent_at_ms, docket.now_ms, member.language)
        text = f"{said.replace('_', ' ')} ({when})"
        _helper_note(rung_for, member, text)


def _rung_for(docket: Docket, member: Member) -> list[Draft]:
    given = dict.fromkeys(docket.world.answer_numbers(docket.org, member.id).values())
    found = [draft for id in sorted(given) if (draft := docket.find(id)) is not None and draft.alert.open]
    return [draft for draft in found if rung_person(draft, member.id) is not None]


def _act(
    docket: Docket,
    member: Member,
    command: TextIn,
    credential: str,
    reading: Reading,
    rung_for: list[Draft],
    own: list[Draft],
) -> str | None:
    match reading:
        case AnswerNumber(number, expired):
            if expired:
                return reply_text(ReplyKind.ALERT_OVER, member.language)
            return _answer_number(rung_for, member, number)
        case PlainAnswer(choice):
            return _answer(rung_for[0], member, BY_PLACE[choice - 1], counts=False)
        case SosWord(rest) | AnythingIsSos(rest):
            return _sos(docket, member, command, credential, rest)
        case NoteOnOwnAlert(text):
            return _own_note(own[0], member, text)
        case EnrolmentOrReachReply(number):
            docket.answer = docket.world.practice(command.org, command.sender)[number]
            hear_number(docket, docket.answer.round, member.id, command.sent_at_ms or docket.now_ms)
            return reply_text(ReplyKind.TOOK_ROUND, member.language)
        case NumberMiss(number):
            return _miss([draft for draft in rung_for if draft.alert.drill or not is_practice(number)], member)
        case NoteFromHelper(text):
            return _helper_note(rung_for, member, text)
        case WalkCommand():
            return _walk(docket, member, command, credential, reading, own)
    return reply_text(ReplyKind.HELP, member.language)


def _answer_number(rung_for: list[Draft], member: Member, number: str) -> str | None:
    draft = next(d for d in rung_for if number in d.alert.people[member.id].numbers)
    place = draft.alert.people[member.id].numbers.index(number)
    return _answer(draft, member, BY_PLACE[place], counts=True)


def _answer(draft: Draft, member: Member, answer: Answer, *, counts: bool) -> str | None:
    org, alert = draft.alert.org, draft.alert.id
    say(draft, Say(org=org, alert=alert, member=member.id, answer=answer, counts=counts))
    draft.docket.link = LinkWanted(alert, member.id, LinkFor.RUNG, member.language)
    return reply_text(TOOK[answer] if counts else ReplyKind.PLAIN, member.language)


def _sos(docket: Docket, member: Member, command: TextIn, credential: str, rest: str) -> str:
    press(
        docket,
        Press(
            org=command.org,
            credential=credential,
            key=command.message,
            member=member.id,
            device=None,
            came=Came.SMS,
            text=rest[:TEXT_MAX_CHARS] or None,
            occurred_at_ms=command.sent_at_ms,
        ),
    )
    shown = docket.presses[-1][3]
    docket.link = LinkWanted(shown, member.id, LinkFor.OWN, member.language)
    return reply_text(ReplyKind.RECEIVED, member.language)


def _walk(
    docket: Docket, member: Member, command: TextIn, credential: str, asked: WalkCommand, own: list[Draft]
) -> str:
    """*Home* where an alert is open before their eyes and no walk is: that is for whoever helps to read."""
    seen = next((draft for draft in own if not draft.alert.looks_closed), None)
    if seen is None or not is_late_home(docket, member.id, asked):
        return walk_by_text(docket, member, command, asked, credential)
    said = _own_note(seen, member, command.text)
    return reply_text(ReplyKind.RECEIVED, member.language) if member.suspended else said


def _own_note(draft: Draft, member: Member, text: str) -> str:
    note = AddNote(org=draft.alert.org, alert=draft.alert.id, member=member.id, text=text[:TEXT_MAX_CHARS])
    add_note(draft, note)
    return reply_text(ReplyKind.NOTE_TAKEN, member.language)


def _miss(rung_for: list[Draft], member: Member) -> str | None:
    """A slip, or a guess.  What can only be the number of some drill is neither at a real alert."""
    for draft in rung_for:
        misses = draft.alert.people[member.id].number_misses + 1
        draft.record(NumberMissed(member=member.id, misses=misses))
        if misses == NUMBER_MISSES_TOLD:
            draft.docket.pages.append("answer_numbers_missed")
    return reply_text(ReplyKind.MISS, member.language)


def _helper_note(rung_for: list[Draft], member: Member, text: str) -> str:
    for draft in rung_for:
        note = AddNote(org=draft.alert.org, alert=draft.alert.id, member=member.id, text=text[:TEXT_MAX_CHARS])
        add_note(draft, note)
    return reply_text(ReplyKind.RECEIVED, member.language)
