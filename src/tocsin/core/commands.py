"""What the outside may ask of the bell.  The edges parse bytes into these; they name no channel and no protocol."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tocsin.core.access.commands import AccessCommand
from tocsin.core.access.edits import Judged, Split
from tocsin.core.access.record import By
from tocsin.core.because import Declined as Declined
from tocsin.core.directory import Contact, Directory
from tocsin.core.listed import Listed
from tocsin.core.particulars import PinMatch as PinMatch
from tocsin.core.particulars import PlaceReport as PlaceReport
from tocsin.core.problems import Problem as Problem
from tocsin.core.round_commands import PracticeAnswer, RoundCommand
from tocsin.core.rung_link import LinkWanted as LinkWanted
from tocsin.core.walk_commands import LookWalk as LookWalk
from tocsin.core.walk_commands import WalkCommand, WalkTaken
from tocsin.core.words import Answer, Came, Kind, Outcome, Reason


class Press(Struct, frozen=True, gc=False, kw_only=True):
    """Somebody is in danger.  Never refused, unless it is a drill.

    `credential` and `key` name this press for ever.  `device` is None for a press by SMS.  Of a walk: `buddy` is rung
    besides the first rung; `was_down`: nobody looked when it became overdue; `unseen`: the duress PIN was typed, and
    the worker's devices are shown nothing of it; `bare`: it goes ahead of its walk, of which nothing is looked at.
    """

    org: str
    credential: str
    key: str
    member: str
    device: str | None
    came: Came
    kind: Kind = Kind.SOS
    silent: bool = False
    drill: bool = False
    text: str | None = None
    places: tuple[PlaceReport, ...] = ()
    occurred_at_ms: int | None = None
    site: str | None = None
    warnings: tuple[str, ...] = ()
    buddy: str | None = None
    was_down: bool = False
    unseen: bool = False
    bare: bool = False


class Say(Struct, frozen=True, kw_only=True):
    """A rung person answers.  `counts` is False where the sender may be forged (1, 2, 3 by SMS)."""

    org: str
    alert: str
    member: str
    answer: Answer
    eta_s: int | None = None
    counts: bool = True


class AddPlace(Struct, frozen=True, kw_only=True):
    org: str
    alert: str
    member: str
    place: PlaceReport


class AddNote(Struct, frozen=True, kw_only=True):
    """`key` names this note of this member on this alert for ever; None: it does not come again."""

    org: str
    alert: str
    member: str
    text: str
    key: str | None = None


class Climb(Struct, frozen=True, kw_only=True):
    """Ring the next rung now."""

    org: str
    alert: str
    member: str


class PoliceCalled(Struct, frozen=True, kw_only=True):
    org: str
    alert: str
    member: str
    who: str
    number: str
    at_ms: int


class HandOver(Struct, frozen=True, kw_only=True):
    """Ask `to` to run this alert: the shift ends and the alert does not."""

    org: str
    alert: str
    member: str
    to: str
    text: str | None = None


class TakeOver(Struct, frozen=True, kw_only=True):
    """I run this alert now: it was handed to me, or nobody runs it."""

    org: str
    alert: str
    member: str


class ProposeClose(Struct, frozen=True, kw_only=True):
    org: str
    alert: str
    member: str
    device: str
    outcome: Outcome
    note: str | None = None


class ConfirmClose(Struct, frozen=True, kw_only=True):
    org: str
    alert: str
    member: str
    device: str


class ObjectClose(Struct, frozen=True, kw_only=True):
    org: str
    alert: str
    member: str


class Safe(Struct, frozen=True, kw_only=True):
    """The worker's PIN.  `alert`: what their device was shown, perhaps a shadow; `raise_only`: it can close nothing."""

    org: str
    alert: str
    member: str
    device: str
    match: PinMatch
    raise_only: bool = False


class Look(Struct, frozen=True, kw_only=True):
    """A wake-up is due: what has time done to this alert?"""

    org: str
    alert: str


class EraseFixes(Struct, frozen=True, kw_only=True):
    """The coordinates of a closed alert, or of a walk that has ended, have been kept long enough."""

    org: str
    alert: str


class EndDrill(Struct, frozen=True, kw_only=True):
    """The operator's drill is over; a real alert is never ended this way."""

    org: str
    alert: str


class Audit(Struct, frozen=True, kw_only=True):
    """The auditor found this open alert without a near wake-up, or a check broken: make it louder."""

    org: str
    alert: str
    finding: str


class Moved(StrEnum):
    """What the carrier, silence or we ourselves say of a delivery.

    `ended`: a call is over and was not heard to its end.  `last`: it was the last message this person had.
    """

    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    LAST = "last"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    ENDED = "ended"
    DUE = "due"


class Report(Struct, frozen=True, gc=False, kw_only=True):
    """News of one delivery.  `seq` orders the carrier's own callbacks (queued < sent < delivered = undelivered).

    `route`: the vendor that says it, or by which we sent.  `send`: of which physical send it speaks; None: not said.
    """

    org: str
    delivery: str
    alert: str
    moved: Moved
    reason: Reason | None = None
    provider_ref: str | None = None
    retry_after_ms: int | None = None
    seq: int = 0
    route: str | None = None
    send: int | None = None


class TextIn(Struct, frozen=True, kw_only=True):
    """An SMS came in.  `message` is the vendor's id of it; `sender` in E.164 where it could be read.

    `sent_at_ms`: when it was written, of one that we had to fetch; None: it came by itself, now.  `opt_out_only`: it
    says no more than that the vendor has opted this number out, or in again.
    """

    org: str
    vendor: str
    message: str
    sender: str
    text: str
    opt_out: str | None = None
    sent_at_ms: int | None = None
    opt_out_only: bool = False


class CallKey(Struct, frozen=True, kw_only=True):
    """A key on a call that we made, by physical send number `send`; `call`: the vendor's id of it.

    `step`: which question of the call it answers.
    """

    org: str
    alert: str
    delivery: str
    vendor: str
    call: str
    key: str
    send: int | None = None
    step: int = 0


class CallIn(Struct, frozen=True, kw_only=True):
    """Somebody called the site's number and pressed the key for help.  `caller` in E.164 where it could be read."""

    org: str
    vendor: str
    call: str
    caller: str


class CodesMissed(Struct, frozen=True, kw_only=True):
    """On one call that came in, as many wrong call codes as end the reading."""

    org: str
    vendor: str
    call: str
    member: str


class CodeMissed(Struct, frozen=True, kw_only=True):
    """A wrong call code was typed for this member."""

    org: str
    member: str


class ReplaceDirectory(Struct, frozen=True, kw_only=True):
    """`tocsin apply`: the whole organisation as it shall be (people's state such as opt-outs is kept).

    `judged`: what was found beforehand of what it would change; it counts only while nothing else has changed.
    """

    org: str
    directory: Directory
    by: str
    judged: Judged | None = None


class Enrol(Struct, frozen=True, kw_only=True):
    """A new device token for a member, by the operator; only its hash comes here."""

    org: str
    by: By
    member: str
    device: str
    token_hash: str


class Revoke(Struct, frozen=True, kw_only=True):
    """Of a device, or of every device of a member, by the operator: from now on it may only raise."""

    org: str
    by: By
    device: str | None = None
    member: str | None = None


class SetPins(Struct, frozen=True, kw_only=True):
    """Both PINs, hashed: of one's own account, or by the operator."""

    org: str
    by: By
    member: str
    pin_hash: str
    duress_pin_hash: str


class SetCallCode(Struct, frozen=True, kw_only=True):
    """The code by which a member hears on a call what is open: one's own, or by the operator; only its hash is here."""

    org: str
    by: By
    member: str
    call_code_hash: str


class SetContact(Struct, frozen=True, kw_only=True):
    """A contact's state as a carrier (`SYSTEM`) or the member themself says it is (opted out, dead, verified)."""

    org: str
    by: By
    member: str
    contact: Contact


class ListClosed(Struct, frozen=True, kw_only=True):
    """Lines of alerts that closed before there were lists, and how far back the lists are whole then."""

    org: str
    lines: tuple[Listed, ...]
    since: str


OneAlertCommand = (
    Say
    | AddPlace
    | AddNote
    | Climb
    | PoliceCalled
    | HandOver
    | TakeOver
    | ProposeClose
    | ConfirmClose
    | ObjectClose
    | Look
    | EndDrill
    | CallKey
    | Audit
)
AlertCommand = Press | Safe | OneAlertCommand
DirectoryCommand = ReplaceDirectory | Enrol | Revoke | SetPins | SetCallCode | SetContact
PhoneCommand = TextIn | CallIn | CodesMissed | CodeMissed
Command = (
    AlertCommand
    | DirectoryCommand
    | Report
    | PhoneCommand
    | RoundCommand
    | AccessCommand
    | ListClosed
    | EraseFixes
    | WalkCommand
)


# Replies ---------------------------------------------------------------------------------------------------------


class PressTaken(Struct, frozen=True, gc=False, kw_only=True):
    """Durable.  `known`: this very press was taken before (200, not 201).  `received_only`: tell no more."""

    alert: str
    receipt: str
    state: str
    known: bool
    received_only: bool = False
    warnings: tuple[str, ...] = ()


class Done(Struct, frozen=True, kw_only=True):
    """Durable.  `reply`: what to send or speak back to a telephone, and `link` behind it if whoever sends it can.

    `split`: of changes, what acts and what waits.
    """

    reply: str | None = None
    link: LinkWanted | None = None
    known: bool = False
    practice: PracticeAnswer | None = None
    split: Split | None = None


Reply = PressTaken | WalkTaken | Done | Declined
