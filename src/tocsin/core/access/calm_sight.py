"""What a watch shows while nothing happens: who is on and can be relied on, by which ways, and the cover of a day.

For whoever may read rosters and members.  Nothing here depends on ties or on an alert: it is the same to each of them
whether or not somebody is in danger.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tocsin.core.cover import Hour
from tocsin.core.directory import Directory, Member
from tocsin.core.gaps import Lack
from tocsin.core.limits import WATCHED_MAX
from tocsin.core.reach import Proof, Standing, proof_of, provable, standing_of
from tocsin.core.roster import on_shift
from tocsin.core.shown_parts import who
from tocsin.core.views import Who, moment, moment_or_none
from tocsin.core.words import Channel


class OnWatch(Struct, frozen=True):
    """Somebody on shift.  `ways`: by which they can be woken.  `proven_at`: their newest answer to a test."""

    member: Who
    reach: Standing
    ways: tuple[Channel, ...]
    proven_at: str | None


class WayProven(Struct, frozen=True):
    """Of so many contacts of this kind that people on shift have, so many are proven; `newest_at`: the last answer."""

    channel: Channel
    proven: int
    all: int
    newest_at: str | None


class HourShown(Struct, frozen=True):
    at: str
    people: int
    lacks: tuple[Lack, ...]


class CalmView(Struct, frozen=True):
    """`people`: those who can be relied on least first, WATCHED_MAX at most, of `on_shift` in all."""

    site: str
    at: str
    on_shift: int
    people: list[OnWatch]
    ways: list[WayProven]
    cover: list[HourShown]


def calm_view(directory: Directory, site: str, now_ms: int, cover: Iterable[Hour]) -> CalmView:
    here = [directory.members[id] for id in on_shift(directory, site, now_ms) if not directory.members[id].suspended]
    worst = sorted(here, key=lambda member: list(Standing).index(standing_of(member, now_ms)))
    return CalmView(
        site=site,
        at=moment(now_ms),
        on_shift=len(here),
        people=[_on_watch(directory, member, now_ms) for member in worst[:WATCHED_MAX]],
        ways=_ways(here, now_ms),
        cover=[HourShown(moment(hour.at_ms), hour.people, hour.lacks) for hour in cover],
    )


def _on_watch(directory: Directory, member: Member, now_ms: int) -> OnWatch:
    ways = dict.fromkeys(contact.kind for contact in member.contacts if contact.reaches)
    answered = [contact.answered_ms for contact in member.contacts if contact.reaches and contact.answered_ms]
    proven_at = moment_or_none(max(answered, default=None))
    return OnWatch(who(directory, member.id), standing_of(member, now_ms), tuple(ways), proven_at)


def _ways(here: Iterable[Member], now_ms: int) -> list[WayProven]:
    found: dict[Channel, list[tuple[bool, int]]] = {}
    for member in here:
        for contact in provable(member):
            proven = proof_of(contact, now_ms)[0] is Proof.PROVEN
            found.setdefault(contact.kind, []).append((proven, contact.answered_ms or 0))
    return [_way(channel, each) for channel, each in sorted(found.items())]


def _way(channel: Channel, each: list[tuple[bool, int]]) -> WayProven:
    newest_ms = max(at_ms for _, at_ms in each)
    return WayProven(channel, sum(proven for proven, _ in each), len(each), moment_or_none(newest_ms or None))
