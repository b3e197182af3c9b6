"""The nouns of access, spelled once; they go unchanged into store, page and log."""

from __future__ import annotations

from enum import StrEnum


class Via(StrEnum):
    """By what somebody acts."""

    SESSION = "session"
    DEVICE = "device"
    DESK = "desk"
    WALLBOARD = "wallboard"
    KEY = "key"
    LINK = "link"
    OPERATOR = "operator"  # At the command line of the server's own machine.
    SYSTEM = "system"  # Time did it, or a rule.


class SignedIn(StrEnum):
    """How a session began."""

    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    SINGLE_SIGN_ON = "single_sign_on"
    LINK = "link"  # The first one of a member, by which the first passkey is made.


class LinkKind(StrEnum):
    """What a one-time link is good for."""

    FIRST_ADMINISTRATOR = "first_administrator"
    INVITATION = "invitation"
    ENROLMENT = "enrolment"  # Of a phone.
    DESK = "desk"
    WALLBOARD = "wallboard"
    RECOVERY = "recovery"


class Ended(StrEnum):
    """Why a credential is worth no more than a call for help."""

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    LOST = "lost"
    REPLACED = "replaced"
    EXPIRED = "expired"
    IDLE = "idle"
    SUSPENDED = "suspended"
    USED = "used"


class What(StrEnum):
    """What one act can end."""

    SESSION = "session"
    DEVICE = "device"
    KEY = "key"
    LINK = "link"
    DESK = "desk"
    WALLBOARD = "wallboard"
    PASSKEY = "passkey"
    PERSON = "person"  # All of the above that is theirs but passkeys; they stay who they are.


class RecoveryState(StrEnum):
    """How far the recovery of a person has come."""

    ASKED = "asked"  # By one; a second must vouch.
    WAITING = "waiting"  # Both have; the delay runs.
    READY = "ready"  # Its link may be made.
    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"
    NEEDLESS = "needless"  # The person has signed in themself.
    SUSPENDED = "suspended"


class KeyScope(StrEnum):
    """What a program may do with an API key; a key has one or more."""

    RAISE = "raise"  # An SOS for the member that the press names.
    METRICS = "metrics"  # /metrics and the reasons of /readyz.
    ALERTS = "alerts"  # Of an alert what running the system needs, as an administrator sees it.


class Told(StrEnum):
    """To whom an act is announced, besides those who may read the whole trail."""

    NOBODY = "nobody"
    THEMSELF = "themself"  # The member whom it is about.
    SUPERVISORS = "supervisors"
    COORDINATORS = "coordinators"  # Untied ones, and nobody else, the trail's readers included.
