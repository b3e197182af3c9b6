"""The words of an alert's record as people read them, in English, marked for the catalogues."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.words import (
    Answer,
    Came,
    DeliveryState,
    Outcome,
    Phase,
    PlaceKind,
    Purpose,
    Reason,
    StillOpen,
    Undone,
    Why,
)
from tocsin.web.speaking import words

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.SAFE: words("Safe"),
    Outcome.FALSE_ALARM: words("False alarm"),
    Outcome.MEDICAL: words("Medical"),
    Outcome.POLICE: words("Police took over"),
    Outcome.OTHER: words("Something else"),
}
PHASES: Mapping[Phase, str] = {
    Phase.CLIMBING: words("Open: people are being rung"),
    Phase.PAUSED: words("Open: enough people are on their way"),
    Phase.CLOSED: words("Closed"),
}
ANSWERS: Mapping[Answer, str] = {
    Answer.SEEN: words("Seen"),
    Answer.COMING: words("Coming"),
    Answer.WITH_THEM: words("With them"),
    Answer.CANNOT: words("Cannot come"),
}
SAID: Mapping[Answer, str] = {
    Answer.SEEN: words("%(who)s has seen it"),
    Answer.COMING: words("%(who)s is coming"),
    Answer.WITH_THEM: words("%(who)s is with them"),
    Answer.CANNOT: words("%(who)s cannot come"),
}
LAPSED: Mapping[Answer, str] = {
    Answer.SEEN: words("%(who)s saw it and said no more"),
    Answer.COMING: words("%(who)s said coming and was not heard of again"),
    Answer.WITH_THEM: words("%(who)s was with them and fell silent"),
}
PLACES: Mapping[PlaceKind, str] = {
    PlaceKind.PLANNED: words("Planned way"),
    PlaceKind.ZONE: words("Zone"),
    PlaceKind.FIX: words("Position"),
    PlaceKind.SPOKEN: words("In words"),
}
CAME: Mapping[Came, str] = {
    Came.DEVICE: words("from a phone"),
    Came.DESK: words("from a desk"),
    Came.KEY: words("by a program"),
    Came.SMS: words("by text message"),
    Came.CALL: words("by a call"),
    Came.WALK: words("from a walk"),
    Came.REVOKED: words("from a phone that was turned off"),
    Came.DRILL: words("as a drill"),
}
WHYS: Mapping[Why, str] = {
    Why.RAISED: words("the alert was raised"),
    Why.RUNG_DUE: words("the next step was due"),
    Why.RUNG_SKIPPED: words("the step before reached nobody"),
    Why.CLIMBED_BY_HAND: words("somebody asked for the next step"),
    Why.REPEAT: words("they had not answered"),
    Why.LADDER_REPEATS: words("the ladder began again"),
    Why.TOO_FEW: words("too few were left"),
    Why.PRESSED_AGAIN: words("they pressed again"),
    Why.LOAN_LAPSED: words("an answer ran out"),
    Why.HELPER_SILENT: words("a helper fell silent"),
    Why.CLOSE_UNDONE: words("the close was undone"),
    Why.AUDITOR: words("a check found something wrong"),
    Why.HANDED_OVER: words("somebody was asked to run it"),
}
UNDONE: Mapping[Undone, str] = {
    Undone.OBJECTION: words("somebody objected"),
    Undone.PRESSED_AGAIN: words("they pressed again"),
    Undone.HELPER_SILENT: words("a helper fell silent"),
    Undone.SUSPENDED_OR_TIED: words("one of the two may close it no longer"),
    Undone.UNCONFIRMED: words("nobody confirmed it"),
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.RING: words("Call for help"),
    Purpose.ALL_CLEAR: words("All clear"),
    Purpose.REAL_ALERT: words("Real alert"),
    Purpose.DRILL_OVER: words("Drill over"),
    Purpose.CLOSING: words("About the close"),
    Purpose.REPLY: words("Reply"),
    Purpose.FOLLOW_UP: words("Link to their page"),
    Purpose.REACH_TEST: words("Reach test"),
    Purpose.WALK: words("About a walk"),
    Purpose.ANNOUNCEMENT: words("Announcement"),
}
STATES: Mapping[DeliveryState, str] = {
    DeliveryState.QUEUED: words("Waiting"),
    DeliveryState.HANDED_OVER: words("With the carrier"),
    DeliveryState.DELIVERED: words("Delivered"),
    DeliveryState.ANSWERED: words("Answered"),
    DeliveryState.SUPERSEDED: words("Taken back"),
    DeliveryState.FAILED: words("Not reached"),
    DeliveryState.UNDELIVERABLE: words("Not reached, no way left"),
}
SHAPES: Mapping[DeliveryState, tuple[str, str]] = {
    DeliveryState.QUEUED: ("wait", "waiting"),
    DeliveryState.HANDED_OVER: ("sent", "seen"),
    DeliveryState.DELIVERED: ("sent", "proven"),
    DeliveryState.ANSWERED: ("sent", "proven"),
    DeliveryState.SUPERSEDED: ("nocross", "waiting"),
    DeliveryState.FAILED: ("failed", "failed"),
    DeliveryState.UNDELIVERABLE: ("failed", "failed"),
}
REASONS: Mapping[Reason, str] = {
    Reason.OPTED_OUT: words("they texted STOP"),
    Reason.NUMBER_DEAD: words("the number is dead"),
    Reason.ADDRESS_DEAD: words("the address is dead"),
    Reason.PHONE_OFF: words("the phone is off"),
    Reason.FILTERED: words("the carrier filtered it"),
    Reason.SENDER_UNREGISTERED: words("our number is not registered"),
    Reason.SENDER_SUSPENDED: words("our number is suspended"),
    Reason.DESTINATION_BLOCKED: words("the carrier blocks the number"),
    Reason.RATE_LIMITED: words("the carrier is slowing us down"),
    Reason.VENDOR_DOWN: words("the carrier is down"),
    Reason.VENDOR_REFUSED: words("the carrier refused it"),
    Reason.NOBODY_KNOWS: words("nobody knows if it arrived"),
    Reason.DEFERRED: words("the mail server wants it later"),
    Reason.VOICEMAIL: words("a machine took the call"),
    Reason.NO_ANSWER: words("nobody picked up"),
    Reason.CUT_OFF: words("the call was cut off"),
    Reason.EXPIRED: words("it came too late"),
    Reason.NO_CONTACT: words("no way to reach them"),
    Reason.EMERGENCY_NUMBER: words("it is an emergency number"),
    Reason.ALERT_CLOSED: words("the alert closed first"),
    Reason.NO_LONGER_A_RECIPIENT: words("no longer to be told"),
    Reason.ANSWERED_MEANWHILE: words("they answered first"),
    Reason.NEWER_MESSAGE: words("a newer one was sent"),
    Reason.DRILL_ENDED: words("the drill ended"),
    Reason.HEARD_ON_CALL: words("they heard it on a call"),
}
STILL_OPEN: Mapping[StillOpen, str] = {
    StillOpen.NOBODY_WITH_THEM: words("nobody is with them"),
    StillOpen.TOO_FEW_COMING: words("too few are coming"),
    StillOpen.PLACE_NOT_KNOWN: words("the place is not known"),
    StillOpen.POLICE_NOT_CALLED: words("the police are not called"),
    StillOpen.SOMEBODY_NOT_REACHED: words("somebody is not reached"),
    StillOpen.HELPER_SILENT: words("a helper fell silent"),
    StillOpen.CLOSE_PROPOSED: words("a close is proposed"),
    StillOpen.SAYS_SAFE: words("they say they are safe"),
    StillOpen.UNDER_DURESS: words("they are under duress"),
}
