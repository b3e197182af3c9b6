"""The nouns and the named states of the domain, spelled once; they go unchanged into store, API, log and page."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What an alert is about."""

    SOS = "sos"
    OVERDUE = "overdue"
    SIGHTING = "sighting"
    ASSET = "asset"


class Phase(StrEnum):
    """Is anybody still to be found, or is it over?"""

    CLIMBING = "climbing"
    PAUSED = "paused"
    CLOSED = "closed"


class Answer(StrEnum):
    """What a rung person says; every one but *cannot* is a loan."""

    SEEN = "seen"
    COMING = "coming"
    WITH_THEM = "with_them"
    CANNOT = "cannot"


HELPS = frozenset({Answer.COMING, Answer.WITH_THEM})


class Outcome(StrEnum):
    """How an alert ended, in the words of those who closed it."""

    SAFE = "safe"
    FALSE_ALARM = "false_alarm"
    MEDICAL = "medical"
    POLICE = "police"
    OTHER = "other"


class Role(StrEnum):
    WORKER = "worker"
    RESPONDER = "responder"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


MAY_CLOSE = frozenset({Role.SUPERVISOR, Role.COORDINATOR})


class Duty(StrEnum):
    """What a member does at the site: chooses the instruction text."""

    DISPATCHER = "dispatcher"
    DOOR = "door"
    CAMERA = "camera"
    BUDDY = "buddy"
    CLINICAL = "clinical"
    EVERYONE = "everyone"


class Channel(StrEnum):
    """A way to reach a contact."""

    PUSH = "push"
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    OTHER = "other"
    WEBHOOK = "webhook"


REACHING = frozenset({Channel.PUSH, Channel.SMS, Channel.VOICE})  # What wakes a person; the rest only tells besides.


class PlaceKind(StrEnum):
    """How a place became known; the newest of each kind is kept, never merged."""

    PLANNED = "planned"
    ZONE = "zone"
    FIX = "fix"
    SPOKEN = "spoken"


class Came(StrEnum):
    """By which way a press came in."""

    DEVICE = "device"
    DESK = "desk"
    KEY = "key"  # By a program, for the member whom it names.
    SMS = "sms"
    CALL = "call"
    WALK = "walk"  # Nobody pressed: somebody did not say in time that they are home.
    REVOKED = "revoked"
    DRILL = "drill"


class Why(StrEnum):
    """Why a ringing happened; the same word reaches the log, the metric and the console."""

    RAISED = "raised"
    RUNG_DUE = "rung_due"
    RUNG_SKIPPED = "rung_skipped"
    CLIMBED_BY_HAND = "climbed_by_hand"
    REPEAT = "repeat"
    LADDER_REPEATS = "ladder_repeats"
    TOO_FEW = "too_few"
    PRESSED_AGAIN = "pressed_again"
    LOAN_LAPSED = "loan_lapsed"
    HELPER_SILENT = "helper_silent"
    CLOSE_UNDONE = "close_undone"
    AUDITOR = "auditor"
    HANDED_OVER = "handed_over"


class StillOpen(StrEnum):
    """What is not done yet when somebody hands an open alert over; each is said to whoever takes it."""

    NOBODY_WITH_THEM = "nobody_with_them"
    TOO_FEW_COMING = "too_few_coming"
    PLACE_NOT_KNOWN = "place_not_known"
    POLICE_NOT_CALLED = "police_not_called"
    SOMEBODY_NOT_REACHED = "somebody_not_reached"
    HELPER_SILENT = "helper_silent"
    CLOSE_PROPOSED = "close_proposed"
    SAYS_SAFE = "says_safe"
    UNDER_DURESS = "under_duress"


class WalkState(StrEnum):
    """How far a walk is, as the phone of whoever walks is shown it."""

    OUT = "out"
    REMINDED = "reminded"
    DUE = "due"
    OVERDUE = "overdue"
    HOME = "home"
    RAISED = "raised"
    CANCELLED = "cancelled"


class Destination(StrEnum):
    """Where a walk leads."""

    CAR = "car"
    TRANSIT = "transit"
    HOME = "home"


class Undone(StrEnum):
    """Why a proposal to close came to nothing."""

    OBJECTION = "objection"
    PRESSED_AGAIN = "pressed_again"
    HELPER_SILENT = "helper_silent"
    SUSPENDED_OR_TIED = "suspended_or_tied"
    UNCONFIRMED = "unconfirmed"


class Purpose(StrEnum):
    """What a message is for; rings go first, drills last."""

    RING = "ring"
    ALL_CLEAR = "all_clear"
    REAL_ALERT = "real_alert"
    DRILL_OVER = "drill_over"
    CLOSING = "closing"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"  # After an answer on a call: the link, which nobody can say aloud.
    REACH_TEST = "reach_test"
    WALK = "walk"  # To whoever walks, and to their buddy.
    ANNOUNCEMENT = "announcement"


class DeliveryState(StrEnum):
    QUEUED = "queued"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    UNDELIVERABLE = "undeliverable"


class Reason(StrEnum):
    """Why a delivery failed or was not made."""

    OPTED_OUT = "opted_out"
    NUMBER_DEAD = "number_dead"
    ADDRESS_DEAD = "address_dead"
    PHONE_OFF = "phone_off"
    FILTERED = "filtered"
    SENDER_UNREGISTERED = "sender_unregistered"
    SENDER_SUSPENDED = "sender_suspended"
    DESTINATION_BLOCKED = "destination_blocked"
    RATE_LIMITED = "rate_limited"
    VENDOR_DOWN = "vendor_down"
    VENDOR_REFUSED = "vendor_refused"
    NOBODY_KNOWS = "nobody_knows"
    DEFERRED = "deferred"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    CUT_OFF = "cut_off"
    EXPIRED = "expired"
    NO_CONTACT = "no_contact"
    EMERGENCY_NUMBER = "emergency_number"
    ALERT_CLOSED = "alert_closed"
    NO_LONGER_A_RECIPIENT = "no_longer_a_recipient"
    ANSWERED_MEANWHILE = "answered_meanwhile"
    NEWER_MESSAGE = "newer_message"
    DRILL_ENDED = "drill_ended"
    HEARD_ON_CALL = "heard_on_call"
