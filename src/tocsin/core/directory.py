"""Who works here, how they are reached, who is on shift and what is planned: one organisation as frozen values.

Shapes only; the rules that read them are in `roster.py` (who is on), `escalation.py` (whom an alert rings) and
`planning.py` (what a valid plan is).  Rosters arrive here as resolved instants, phone numbers as E.164.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.core.access.words import Ended
from tocsin.core.attendance import Attendance
from tocsin.core.limits import WALK_GRACE_S, WALK_REMIND_S
from tocsin.core.words import REACHING, Channel, Duty, Kind, Role


class Contact(Struct, frozen=True, gc=False):
    """One way to reach a member.  `dead` names why the carrier says it can never work, until it is verified again.

    `route`: the vendor that reached it after another could not.  `asked_ms`, `answered_ms`: of the last reach test.
    `since_ms`: when it was called verified; 0 of one that was so before that was written down.
    """

    id: str
    kind: Channel
    to: str
    verified: bool = False
    opted_out: bool = False
    dead: str | None = None
    route: str | None = None
    asked_ms: int | None = None
    answered_ms: int | None = None
    since_ms: int = 0

    @property
    def usable(self) -> bool:
        """I14: what counts as reach."""
        return self.verified and not self.opted_out and self.dead is None

    @property
    def reaches(self) -> bool:
        """Does it count as a way to this person?  Mail and services that nobody need have read do not."""
        return self.usable and self.kind in REACHING


class Member(Struct, frozen=True, gc=False):
    """A person on staff.  `not_told_about`: members whose alerts are kept from this one (a tie).

    With `seat` (SITE/PLACE) it is no person: it stands for whoever sits at the desk of that place when it raises an
    alert, and is never rung, rostered, invited, counted or taken out by a file.
    """

    id: str
    name: str
    roles: tuple[Role, ...] = (Role.WORKER,)
    language: str = "en"
    duties: tuple[Duty, ...] = ()
    contacts: tuple[Contact, ...] = ()
    not_told_about: tuple[str, ...] = ()
    suspended: bool = False
    watch_window: bool = False
    pin_hash: str | None = None
    duress_pin_hash: str | None = None
    next_pin_hashes: tuple[str, str] | None = None  # Set while they saw an alert open; taken over when they see it end.
    pins_set_ms: int = 0  # Since when the two PINs are these.
    call_code_hash: str | None = None  # Of the code that reads open alerts out on a call; never a PIN.
    seat: str = ""


class Device(Struct, frozen=True, gc=False):
    """An enrolled phone; its token is kept as a SHA-256 only.  A revoked one may still raise.

    `ended`: why it is revoked (lost, revoked, replaced, suspended); None where that was not yet written down.
    """

    id: str
    member: str
    token_hash: str
    revoked: bool = False
    label: str = ""
    enrolled_ms: int = 0
    ended: Ended | None = None


class Site(Struct, frozen=True, gc=False):
    """`walk_grace_s`: from the end of a walk to the alert; `walk_remind_s`: from its reminder to its end."""

    id: str
    name: str
    time_zone: str
    phone: str | None = None
    walk_grace_s: int = WALK_GRACE_S
    walk_remind_s: int = WALK_REMIND_S


class Place(Struct, frozen=True, gc=False):
    """A spot that people can run to.  `inside`: the id of the place it is in; empty: directly in its site.

    `on`: the sheet it is drawn on; empty: the site's own, else that of a floor, building or lot; None: it is not drawn.
    `outline`: its corners there, (x, y) in ten-thousandths of the sheet's width, from the upper left (`place.py`).
    """

    site: str
    id: str
    name: str
    kind: str
    inside: str = ""
    on: str | None = None
    outline: tuple[tuple[int, int], ...] = ()


class Shift(Struct, frozen=True, gc=False):
    """Who is on at a site from `starts_ms` (included) to `ends_ms` (not included)."""

    site: str
    members: tuple[str, ...]
    starts_ms: int
    ends_ms: int


class Rung(Struct, frozen=True, gc=False):
    """One step of the ladder.  `audience`: on_shift, role:NAME (on shift), member:ID, site:ID.

    `channels`: groups tried at once, the next group `stagger_s` later.
    """

    after_s: int
    audience: tuple[str, ...]
    channels: tuple[tuple[Channel, ...], ...] = ((Channel.PUSH, Channel.SMS, Channel.VOICE),)
    repeat_s: int = 30
    stagger_s: int = 0


class Script(Struct, frozen=True, gc=False):
    duty: Duty
    language: str
    text: str


class Plan(Struct, frozen=True, gc=False):
    """The response plan of a site for a kind of alert; `rungs[-1]` is the backstop."""

    site: str
    kind: Kind
    needed: int
    rungs: tuple[Rung, ...]
    scripts: tuple[Script, ...] = ()
    version: int = 1


class Directory(Struct, frozen=True, gc=False):
    """One organisation at one instant.  Never changed in place: a command makes the next one.

    `attendance`: by member, who is here or gone though the roster says otherwise; records of their own in the store.
    """

    id: str
    name: str
    languages: tuple[str, ...] = ("en",)
    members: Mapping[str, Member] = {}
    devices: Mapping[str, Device] = {}
    sites: Mapping[str, Site] = {}
    places: tuple[Place, ...] = ()
    shifts: tuple[Shift, ...] = ()
    plans: tuple[Plan, ...] = ()
    attendance: Mapping[str, Attendance] = {}
