"""The job of reading a roster, made from what the organisation knows of its people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from tocsin.core.directory import Directory, Member, Site
from tocsin.core.planning import DIALLED
from tocsin.core.words import Channel
from tocsin.runtime.rosters.shapes import Job, Person, Read, Unreadable

ReadRoster = Callable[[Job], Awaitable[Read | Unreadable]]


def job_of(
    directory: Directory,
    site: Site,
    content: bytes,
    now_ms: int,
    ahead_ms: int,
    *,
    day_first: bool | None = None,
    feed: bool = False,
) -> Job:
    """`feed`: it may go on for ever; what lies beyond `ahead_ms` is no slip."""
    return Job(
        content=content,
        site=site.id,
        site_name=site.name,
        time_zone=site.time_zone,
        people=tuple(_people(directory)),
        from_ms=now_ms,
        until_ms=now_ms + ahead_ms,
        day_first=day_first,
        until_is_a_fault=not feed,
    )


def _people(directory: Directory) -> Iterator[Person]:
    """Everybody who may be on a roster: a desk's seat is nobody."""
    return (_person(member) for member in directory.members.values() if not member.seat)


def _person(member: Member) -> Person:
    mails = tuple(contact.to.casefold() for contact in member.contacts if contact.kind is Channel.EMAIL)
    numbers = tuple(contact.to for contact in member.contacts if contact.kind in DIALLED)
    return Person(member.id, member.name, mails, numbers)
