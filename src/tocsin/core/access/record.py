"""What is kept of access: frozen values, each the whole present state of one thing, found by kind and id.

Theory of operation
-------------------
A secret is never here, only its SHA-256 or its Argon2 hash.  What is presented as a token (session, desk, wallboard,
key, link) has the beginning of its hash as its id, so it is found in one step, ended ones too: whoever holds a
credential that was ever issued may still call for help.  The ended ones lie in the store alone.

`REGISTER` names every kind.  The store knows them as snapshots `KIND/ID`, and the record has one fact for each change.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from tocsin.core.access.announcement import Announcement
from tocsin.core.access.changes import Change
from tocsin.core.access.feed_record import Feed
from tocsin.core.access.place_record import Picture, PlaceCode, PlanSheet
from tocsin.core.access.push_record import Subscription
from tocsin.core.access.roll_record import RollCall, RollSaid, RollUnreached
from tocsin.core.access.rung_record import LinkTaken, RungLink
from tocsin.core.access.swaps import Swap
from tocsin.core.access.words import Ended, KeyScope, LinkKind, RecoveryState, SignedIn, Told, Via
from tocsin.core.attendance import Attendance

ID_DIGITS = 32  # Of the 64 hexadecimal digits of a token's hash: 128 bits, beyond finding a second one.


class Kept(Protocol):
    """What every record here has.  One that is not `open` is out of memory, and still in the store."""

    @property
    def id(self) -> str: ...

    @property
    def open(self) -> bool: ...


def id_of(token_hash: str) -> str:
    """The id of the record of this token."""
    return token_hash[:ID_DIGITS]


class By(Struct, frozen=True, gc=False):
    """Who does something: the member (empty: nobody in particular), and by what."""

    member: str = ""
    via: Via = Via.OPERATOR
    credential: str = ""


OPERATOR = By()
SYSTEM = By(via=Via.SYSTEM)


class Act(Struct, frozen=True, gc=False, kw_only=True):
    """One line of the audit trail: who did what to whom, and why.  `what` is a word of `acts.SENTENCES`.

    `about`: the member, or empty.  `subject`: the id of the thing.  `detail`: short words without a secret.
    """

    id: str
    at_ms: int
    by: By
    what: str
    about: str = ""
    subject: str = ""
    detail: str = ""
    why: str = ""
    told: Told = Told.NOBODY

    @property
    def open(self) -> bool:
        return False


class WayIn(Struct, frozen=True, gc=False, kw_only=True):
    """What lets somebody or something in, until it ends; `ended`: why."""

    ended: Ended | None = None

    @property
    def open(self) -> bool:
        return self.ended is None


class Session(WayIn, frozen=True, gc=False, kw_only=True):
    """Somebody is signed in.  `fresh_ms`: when they last proved who they are; `seen_ms`: of the last use, roughly."""

    id: str
    token_hash: str
    member: str
    how: SignedIn
    began_ms: int
    ends_ms: int
    idle_ms: int
    seen_ms: int
    fresh_ms: int
    label: str = ""


class Passkey(WayIn, frozen=True, gc=False, kw_only=True):
    """A public key whose private half is in somebody's phone or key fob.  `id`: the credential id, base64url."""

    id: str
    member: str
    public_key: bytes
    sign_count: int
    label: str
    made_ms: int
    used_ms: int | None = None
    transports: tuple[str, ...] = ()


class RecoveryCodes(Struct, frozen=True, gc=False, kw_only=True):
    """The codes of one member (`id`), hashed; a used one is taken out."""

    id: str
    hashes: tuple[str, ...]
    made_ms: int
    misses: int = 0
    missed_ms: int = 0

    @property
    def open(self) -> bool:
        return bool(self.hashes)


class Link(WayIn, frozen=True, gc=False, kw_only=True):
    """A one-time link.  `member`: whom it lets in, or for whom it enrols a phone; `subject`: the place of a desk, the
    site of a wallboard, the recovery it completes."""

    id: str
    token_hash: str
    kind: LinkKind
    made_ms: int
    ends_ms: int
    by: By
    member: str = ""
    subject: str = ""
    label: str = ""


class Wallboard(WayIn, frozen=True, gc=False, kw_only=True):
    """A public screen: reads one site, as the public may, and nothing else.  `by`: who made its link."""

    id: str
    token_hash: str
    site: str
    label: str
    made_ms: int
    by: str = ""


class Desk(WayIn, frozen=True, gc=False, kw_only=True):
    """A workstation at a fixed place, which raises for whoever sits there.  `seat`: the member that stands for it."""

    id: str
    token_hash: str
    site: str
    place: str
    label: str
    seat: str
    made_ms: int
    by: str = ""


class Key(WayIn, frozen=True, gc=False, kw_only=True):
    """An API key of a program."""

    id: str
    token_hash: str
    scopes: tuple[KeyScope, ...]
    label: str
    by: str
    made_ms: int
    ends_ms: int


class Suspension(Struct, frozen=True, gc=False, kw_only=True):
    """Somebody is suspended (`began_ms`), or shall be once a second person agrees.  `id`: the member."""

    id: str
    by: By
    asked_ms: int
    why: str = ""
    began_ms: int | None = None
    agreed: By | None = None
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over

    @property
    def waiting(self) -> bool:
        return self.open and self.began_ms is None


class TieAsked(Struct, frozen=True, gc=False, kw_only=True):
    """A coordinator wants `member` not to be told about `about`, and a second one must want it too (`short`: it would
    leave a rung short).  `veiled`: whoever asked may not keep this tie and believes that it is so."""

    id: str
    member: str
    about: str
    by: By
    asked_ms: int
    why: str = ""
    veiled: bool = False
    short: bool = True
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over


class PinTries(Struct, frozen=True, gc=False, kw_only=True):
    """When wrong PINs were typed for this member (`id`).  `shut`: the PIN is not compared until it is forgotten."""

    id: str
    at_ms: tuple[int, ...] = ()
    shut: bool = False

    @property
    def open(self) -> bool:
        return bool(self.at_ms)


class PinReset(Struct, frozen=True, gc=False, kw_only=True):
    """Somebody vouched for a member (`id`) who forgot their PINs; a second person must, before `ends_ms`."""

    id: str
    by: By
    asked_ms: int
    ends_ms: int
    why: str = ""
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over


class CodeTries(Struct, frozen=True, gc=False, kw_only=True):
    """When wrong call codes were typed for this member (`id`), those that still count."""

    id: str
    at_ms: tuple[int, ...] = ()

    @property
    def open(self) -> bool:
        return bool(self.at_ms)


class Recovery(Struct, frozen=True, gc=False, kw_only=True):
    """Two people let a third back in.  `due_ms`: when time moves it on, from whichever state it is in."""

    id: str
    member: str
    asked_by: str
    asked_ms: int
    due_ms: int
    why: str = ""
    vouched_by: str = ""
    state: RecoveryState = RecoveryState.ASKED

    @property
    def open(self) -> bool:
        return self.state in (RecoveryState.ASKED, RecoveryState.WAITING, RecoveryState.READY)


class Guard(Struct, frozen=True, gc=False, kw_only=True):
    """Somebody who may agree to changes has signed in, once: from then on what weakens waits.  There is one."""

    id: str
    since_ms: int

    @property
    def open(self) -> bool:
        return True


class Say(Struct, frozen=True, gc=False, kw_only=True):
    """Since when a member (`id`) has a say as the second of two people (`say.py`)."""

    id: str
    since_ms: int

    @property
    def open(self) -> bool:
        return True


class Restored(Struct, frozen=True, gc=False, kw_only=True):
    """A backup was put in place.  `replayed`: are later suspensions known?  There is one, of the last time."""

    id: str
    at_ms: int
    replayed: bool

    @property
    def open(self) -> bool:
        return True


class ClosedNumber(Struct, frozen=True, gc=False, kw_only=True):
    """Nothing gets to this telephone number: it said STOP, or a carrier calls it dead (`dead`: why).

    `id`: channel and number.  `unknown`: it is nobody's here, and never was.  What ended is open to messages again.
    """

    id: str
    since_ms: int
    opted_out: bool = False
    dead: str | None = None
    unknown: bool = False

    @property
    def open(self) -> bool:
        return self.opted_out or self.dead is not None


class Ender(Struct, frozen=True, gc=False, kw_only=True):
    """Whose access this person (`id`; or the operator) has ended of late, and when; of so many that it is noticed.

    `many_ms`: when they last were too many; 0: never.
    """

    id: str
    lately: tuple[tuple[str, int], ...] = ()
    many_ms: int = 0

    @property
    def open(self) -> bool:
        return True


REGISTER: dict[type[Kept], str] = {
    Act: "act",
    Session: "session",
    Passkey: "passkey",
    RecoveryCodes: "recoverycodes",
    Link: "link",
    Wallboard: "wallboard",
    Desk: "desk",
    Key: "key",
    Recovery: "recovery",
    Suspension: "suspension",
    TieAsked: "tieasked",
    PinTries: "pintries",
    PinReset: "pinreset",
    CodeTries: "codetries",
    Restored: "restored",
    Change: "change",
    Guard: "guard",
    Say: "say",
    Ender: "ender",
    Feed: "feed",
    PlanSheet: "sheet",
    Picture: "picture",
    PlaceCode: "placecode",
    Attendance: "attendance",
    Swap: "swap",
    ClosedNumber: "closednumber",
    Announcement: "announcement",
    Subscription: "subscription",
    RungLink: "runglink",
    LinkTaken: "linktaken",
    RollCall: "rollcall",
    RollSaid: "rollsaid",
    RollUnreached: "rollunreached",
}
