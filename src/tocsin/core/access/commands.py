"""What may be asked about access.  Each says who asks (`by`); the deciders are listed in `deciding.py`."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.change_commands import ChangeCommand
from tocsin.core.access.clock_commands import ClockCommand
from tocsin.core.access.entry_commands import EntryCommand
from tocsin.core.access.place_commands import PlaceCommand
from tocsin.core.access.plan_commands import PlanCommand
from tocsin.core.access.push_commands import PushCommand
from tocsin.core.access.record import By, ClosedNumber
from tocsin.core.access.roll_commands import RollCommand
from tocsin.core.access.roster_commands import RosterCommand
from tocsin.core.access.sign_in_commands import SignInCommand
from tocsin.core.access.swap_commands import SwapCommand
from tocsin.core.access.tie_commands import TieCommand
from tocsin.core.access.words import What
from tocsin.core.attendance import Attendance


class LookAt(Struct, frozen=True, kw_only=True):
    """A wake-up is due: what has time done to this record of access?  `kind` is a name of the register."""

    org: str
    kind: str
    id: str


class EndAccess(Struct, frozen=True, kw_only=True):
    """From now on this is worth a call for help and nothing else.  `id`: of the record, the device or the member."""

    org: str
    by: By
    what: What
    id: str
    why: str = ""


class Suspend(Struct, frozen=True, kw_only=True):
    """One act ends a person's part in everything, but never their own way to call for help."""

    org: str
    by: By
    member: str
    why: str = ""


class Reinstate(Struct, frozen=True, kw_only=True):
    """Lift a suspension, or take back the asking for one."""

    org: str
    by: By
    member: str
    why: str = ""


class ResetPins(Struct, frozen=True, kw_only=True):
    """Vouch for a member who forgot their PINs; asked by a second person it takes the PINs away."""

    org: str
    by: By
    member: str
    why: str = ""


class RefusePinReset(Struct, frozen=True, kw_only=True):
    """No: that is not they, or they have remembered."""

    org: str
    by: By
    member: str
    why: str = ""


class Restore(Struct, frozen=True, kw_only=True):
    """A backup was put in place.  The rest is what the replaced data still told, by ids: all that cuts somebody off.

    `ties`: who is not to be told about whom.  `closed`: the numbers that said STOP, or are dead.  `feeds`, `codes`:
    those that ended.  `attendance`: what people said of being here or gone.  `replayed`: was there anything to read?
    """

    org: str
    by: By
    suspended: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()
    devices: tuple[str, ...] = ()
    passkeys: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()
    closed: tuple[ClosedNumber, ...] = ()
    feeds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    replayed: bool = False


AccessCommand = (
    LookAt
    | ChangeCommand
    | EntryCommand
    | SignInCommand
    | EndAccess
    | Suspend
    | Reinstate
    | ResetPins
    | Restore
    | RefusePinReset
    | TieCommand
    | PlanCommand
    | PlaceCommand
    | ClockCommand
    | SwapCommand
    | RosterCommand
    | PushCommand
    | RollCommand
)
