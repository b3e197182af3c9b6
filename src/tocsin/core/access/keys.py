"""API keys: how a program acts, within named scopes and for a year at the most.

Theory of operation
-------------------
A key is nobody's voice: with `raise` it calls for help for the member whom each press names, with `metrics` and
`alerts` it reads what running the system needs.  It ends at its time, when somebody ends it, or with the access of
whoever made it: whoever is cut off knows the keys that they have made.  An ended key still calls for help.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.entry_commands import MakeKey
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.record import SYSTEM, Key, id_of
from tocsin.core.access.words import Ended, Told
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.docket import Docket
from tocsin.core.limits import KEY_LIVES_MAX_MS, LABEL_MAX_CHARS

BAD_TIME = Declined(problem=Problem.NOT_ALLOWED, because=Because.KEY_TIME)
NO_SCOPE = Declined(problem=Problem.NOT_ALLOWED, because=Because.KEY_SCOPE)
NO_LABEL = Declined(problem=Problem.NOT_ALLOWED, because=Because.KEY_NAME)


def make_key(docket: Docket, command: MakeKey) -> Reply:
    no = refused(docket, command.by, May.KEEP_KEYS) or _not_right(docket, command)
    if no is not None:
        return no
    key = Key(
        id=id_of(command.token_hash),
        token_hash=command.token_hash,
        scopes=tuple(dict.fromkeys(command.scopes)),
        label=command.label.strip()[:LABEL_MAX_CHARS],
        by=command.by.member,
        made_ms=docket.now_ms,
        ends_ms=command.ends_ms,
    )
    docket.keep(key)
    docket.wakes[f"key/{key.id}"] = key.ends_ms
    detail = f"{key.label}: {', '.join(key.scopes)}"
    docket.act(command.by, "key_made", subject=key.id, detail=detail, told=Told.SUPERVISORS)
    return Done()


def _not_right(docket: Docket, command: MakeKey) -> Declined | None:
    if not command.label.strip():
        return NO_LABEL
    if not command.scopes:
        return NO_SCOPE
    return None if 0 < command.ends_ms - docket.now_ms <= KEY_LIVES_MAX_MS else BAD_TIME


def due(docket: Docket, id: str) -> None:
    key = docket.all_kept(Key).get(id)
    if key is None:
        return
    if docket.now_ms < key.ends_ms:
        docket.wakes[f"key/{id}"] = key.ends_ms
        return
    docket.keep(replace(key, ended=Ended.EXPIRED))
    docket.act(SYSTEM, "key_ended", subject=id, detail=f"{key.label}: {Ended.EXPIRED}", told=Told.SUPERVISORS)
