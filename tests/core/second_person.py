"""An office with two supervisors and a coordinator who have signed in, and what is asked of them in the tests."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace
from ward import ORG, Ward, founded

from tocsin.core import commands as c
from tocsin.core.access.change_commands import (
    AgreeChange,
    EditMember,
    MemberForm,
    RefuseChange,
    form_of,
)
from tocsin.core.access.changes import (
    Change,
)
from tocsin.core.access.record import Act, By
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import CHANGE_DELAY_MS, CHANGE_LAPSES_MS
from tocsin.core.words import Role

DAY, WEEK = CHANGE_DELAY_MS, CHANGE_LAPSES_MS


def peopled() -> Ward:
    """With an administrator, two supervisors and a coordinator who have all signed in."""
    ward = Ward()
    for name in ("ada", "teo", "ines", "wale"):
        ward.session(name)
    return ward


def by(ward: Ward, name: str) -> By:
    return ward.session(name)


def roles(*wanted: Role, of: str = "bo") -> tuple[MemberForm, MemberForm]:
    before = form_of(founded().members[of])
    return before, replace(before, roles=wanted)


def edit(ward: Ward, name: str, member: str, before: MemberForm, after: MemberForm) -> c.Reply:
    return ward.do(EditMember(org=ORG, by=by(ward, name), member=member, before=before, after=after, why="moved"))


def asked(ward: Ward, name: str = "ada") -> str:
    """Somebody asks that Bo helps no more; returns the id of the change."""
    reply = edit(ward, name, "bo", *roles(Role.WORKER))
    assert isinstance(reply, Done) and reply.split is not None, reply
    assert not reply.split.refused and len(reply.split.waiting) == 1
    return reply.split.waiting[0]


def agree(ward: Ward, name: str, change: str) -> c.Reply:
    return ward.do(AgreeChange(org=ORG, by=by(ward, name), change=change))


def refuse(ward: Ward, name: str, change: str) -> c.Reply:
    return ward.do(RefuseChange(org=ORG, by=by(ward, name), change=change, why="Not before the hearing."))


def now(ward: Ward, change: str) -> Change:
    found = ward.world.kept(ORG, Change, change)
    assert found is not None
    return found


def bo(ward: Ward) -> Member:
    return ward.world.directory(ORG).members["bo"]


def acts(ward: Ward) -> list[Act]:
    """In the order in which they were written."""
    facts = (fact for fact in ward.store.facts(ORG, 0, 100_000) if fact.stream.startswith("act/"))
    return [msgspec.msgpack.decode(fact.body, type=Act) for fact in facts if fact.body is not None]


def problem(reply: c.Reply) -> Problem | None:
    return reply.problem if isinstance(reply, Declined) else None


def file(ward: Ward, **changes: object) -> Directory:
    return replace(ward.world.directory(ORG), devices={}, **changes)


def applied(ward: Ward, wanted: Directory) -> Done:
    reply = ward.do(c.ReplaceDirectory(org=ORG, directory=wanted, by="file"))
    assert isinstance(reply, Done), reply
    return reply
