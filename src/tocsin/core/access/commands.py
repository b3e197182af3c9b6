"""What may be asked about access.  Each says who asks (`by`); the deciders are listed in `deciding.py`."""

from __future__ import annotations

from msgspec import Struct


class LookAt(Struct, frozen=True, kw_only=True):
    """A wake-up is due: what has time done to this record of access?  `kind` is a name of the register."""

    org: str
    kind: str
    id: str


AccessCommand = LookAt
