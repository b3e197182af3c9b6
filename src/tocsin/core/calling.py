"""Keys on telephones: an answer on a call that we made, and a call for help on a call that came in.

Theory of operation
-------------------
A key on our own call counts, because the carrier rang that person's number for that alert.  It is bound to the
delivery and to the call by which it went; of a message sent twice either call may have been heard.  Each key of a call
is taken once (`step` counts the questions asked on it), so a callback that comes again renews no loan.

A call that came in may be forged, so it can only raise, which is never refused; what is open is read out after the
caller's own code, and of that nothing about the caller's own alert, for somebody else may hold the phone.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core.alert import Alert
from tocsin.core.answering import say
from tocsin.core.busy_line import told_on_the_call
from tocsin.core.commands import CallIn, CallKey, CodesMissed, Declined, Done, Press, Problem, Reply, Say
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket, Draft, Stranger
from tocsin.core.escalation import barred
from tocsin.core.limits import CALL_LASTS_MAX_MS, SMS_VALID_MS
from tocsin.core.raising import press
from tocsin.core.ringing import messages
from tocsin.core.sight import Reader, Standing, standing
from tocsin.core.spoken_words import aloud
from tocsin.core.texting import language_of_strangers, member_of
from tocsin.core.words import HELPS, Answer, Came, Channel, Purpose

ANSWERS = {"1": Answer.COMING, "2": Answer.WITH_THEM, "3": Answer.CANNOT}
TOOK = {Answer.COMING: "took_coming", Answer.WITH_THEM: "took_with_them", Answer.CANNOT: "took_cannot"}
NOT_THIS_CALL = Declined(problem=Problem.NO_SUCH_DELIVERY)


def call_key(draft: Draft, command: CallKey) -> Reply:
    """Take the answer that this key says.  The reply is spoken; None where the key says nothing."""
    delivery = draft.delivery(command.delivery)
    if delivery is None or not of_this_call(delivery, command.call, command.send, draft.now_ms):
        return NOT_THIS_CALL
    language = _language(draft.directory, delivery.member)
    answer = ANSWERS.get(command.key)
    if not may_still_hear(draft.alert, draft.directory, delivery.member):
        told_on_the_call(draft, delivery)
        return Done(reply=over_words(draft.alert, language))
    if answer is None:
        return Done()
    return Done(reply=aloud(language, TOOK[answer]), known=not _say_once(draft, command, delivery.member, answer))


def _say_once(draft: Draft, command: CallKey, member: str, answer: Answer) -> bool:
    """Was it new?"""
    docket, credential, key = draft.docket, f"key:{command.vendor}", f"{command.call}/{command.step}"
    if docket.world.known_press(command.org, credential, key) is not None:
        return False
    said = say(draft, Say(org=command.org, alert=draft.alert.id, member=member, answer=answer))
    assert isinstance(said, Done), "whoever may still hear may answer"
    docket.presses.append((credential, key, docket.id(), draft.alert.id))
    if answer in HELPS:
        _follow_up(draft, member)
    return True


def _follow_up(draft: Draft, member: str) -> None:
    """A link cannot be said on a call: it follows by text, where they have one."""
    theirs = draft.directory.members[member].contacts
    texted = [
        one for one in theirs if one.kind is Channel.SMS and one.usable and one.kind in draft.docket.world.channels
    ]
    for delivery in messages(draft, member, texted[:1], Purpose.FOLLOW_UP, SMS_VALID_MS):
        draft.put(delivery)


def of_this_call(delivery: Delivery, call: str, send: int | None, now_ms: int) -> bool:
    """Is this a call that asked for an answer, by the newest send of it or a former one that may have been heard?"""
    if delivery.channel is not Channel.VOICE or delivery.purpose is not Purpose.RING:
        return False
    if now_ms > delivery.valid_until_ms + CALL_LASTS_MAX_MS:
        return False
    if send is not None and send != delivery.attempts:
        return 0 < send < delivery.attempts
    return (send is None and delivery.attempts > 1) or delivery.provider_ref in (None, call)


def over_words(alert: Alert, language: str) -> str:
    """What somebody hears who listened to an alert that is not, or no longer, theirs to know about."""
    return aloud(language, "drill_over" if alert.drill else "alert_over")


def may_still_hear(alert: Alert, directory: Directory, member: str) -> bool:
    """Is the alert open, and this person still one of those who are told about it?"""
    person = alert.people.get(member)
    return alert.open and person is not None and not person.withdrawn and not barred(directory, alert.member, member)


# Calls that come in ----------------------------------------------------------------------------------------------


def call_in(docket: Docket, command: CallIn) -> Done:
    """Somebody called and pressed the key for help.  The same call again is the same press."""
    credential = f"call:{command.vendor}"
    member = member_of(docket, command.caller)
    reply = aloud(member.language if member else language_of_strangers(docket), "received")
    if docket.world.known_press(command.org, credential, command.call) is not None:
        return Done(reply=reply, known=True)
    if member is None:
        _unverified(docket, command, credential)
    else:
        press(
            docket,
            Press(
                org=command.org, credential=credential, key=command.call, member=member.id, device=None, came=Came.CALL
            ),
        )
    return Done(reply=reply)


def _unverified(docket: Docket, command: CallIn, credential: str) -> None:
    text = aloud(language_of_strangers(docket), "called_in")
    docket.strangers.append(Stranger(docket.id(), command.caller, text, docket.now_ms))
    docket.pages.append("unverified_sos")
    docket.presses.append((credential, command.call, docket.id(), ""))


def codes_missed(docket: Docket, command: CodesMissed) -> Done:
    """Somebody guesses at a call code: the operator hears of it, once for each call."""
    credential = f"code:{command.vendor}"
    if docket.world.known_press(command.org, credential, command.call) is not None:
        return Done(known=True)
    docket.presses.append((credential, command.call, docket.id(), ""))
    docket.pages.append("call_codes_missed")
    return Done()


def read_out(alerts: Iterable[Alert], directory: Directory, member: str) -> list[Alert]:
    """Those that may be read to this caller, the newest first; never their own."""
    told = (Standing.RUNG, Standing.OVERSEER)
    reader = Reader(member, device="")
    return [alert for alert in alerts if alert.open and standing(alert, directory, reader) in told][::-1]


def _language(directory: Directory, member: str) -> str:
    return directory.members[member].language if member in directory.members else "en"
