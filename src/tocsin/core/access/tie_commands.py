"""What may be asked of ties: who is not to be told about whom."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By


class SetTie(Struct, frozen=True, kw_only=True):
    """From now on `member` is not to be told about `about`."""

    org: str
    by: By
    member: str
    about: str
    why: str = ""


class LiftTie(Struct, frozen=True, kw_only=True):
    """`member` may be told about `about` again; or the wish for a tie that waits is taken back."""

    org: str
    by: By
    member: str
    about: str
    why: str = ""


TieCommand = SetTie | LiftTie
