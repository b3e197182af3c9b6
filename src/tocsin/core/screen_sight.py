"""What is shown of an alert to those who need not know of whom: public screens, and whoever runs the system.

Theory of operation
-------------------
A wallboard hangs where anybody reads it, the attacker too; an administrator's screen stands where others pass, and the
administrator may be his friend.  So neither is told anything of an alert that hides: of a silent one nothing, ever, not
even that there was one; of one under duress what its worker's own phone is shown, in the same lives (`shadow.py`): it
closes at the very instant at which it closes there.  Nobody is named, and no word that somebody wrote or spoke is
passed on.

*Public* is one site's: what, in which place, how far it is, how many are coming.  Somebody in a watch window is looked
for by a particular person, who would read the place from the wall: of theirs nothing is public either.

*Running* is what running the system needs: that messages flow, by which channels, and why they do not.  It ends with a
life that a PIN closed: a true all-clear would follow there, and after duress none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Person, Shadow
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.fresh_ladder import climbed, plan_of
from tocsin.core.limits import DELIVERIES_SHOWN_MAX
from tocsin.core.shadow import SOMEBODY, heard_in, life_of, lives_of, summoned
from tocsin.core.views import AlertView, DeliveryView, PlaceView, Who, You, moment, moment_or_none
from tocsin.core.words import Phase, PlaceKind

WRITTEN_DOWN = (PlaceKind.PLANNED, PlaceKind.ZONE)  # The site's own names of places; the rest is a person's words.
NOBODY = ""


def shown_lives(alert: Alert) -> Iterator[Shadow]:
    """The lives of this alert that hide from nobody, the oldest first."""
    lives = (life_of(alert, id) for id in lives_of(alert))
    return (life for life in lives if life is not None and not life.silent)


def public_lives(alert: Alert, directory: Directory, site: str) -> Iterator[Shadow]:
    """Those that a screen on the wall of this site may show."""
    member = directory.members.get(alert.member)
    watched = member is not None and member.watch_window
    return (life for life in shown_lives(alert) if life.site == site and not (watched or life.watch_window))


def public_view(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> AlertView:
    """This life as anybody in the room may read it."""
    plain = _plain(alert, life, directory, now_ms)
    if life.closed_ms is not None:
        return plain
    spots = [s for kind in WRITTEN_DOWN if (s := alert.places.get(kind)) and s.by == alert.member]
    places = [PlaceView(s.kind, s.label, None, None, None, moment(s.at_ms)) for s in spots if heard_in(alert, life, s)]
    return replace(plain, places=tuple(places), coming=len(_helping(alert, life, directory, now_ms)))


def running_view(
    alert: Alert, life: Shadow, directory: Directory, deliveries: Mapping[str, Delivery], now_ms: int
) -> AlertView:
    """This life as whoever runs the system gets it."""
    plain = _plain(alert, life, directory, now_ms)
    if life.closed_ms is not None and _by_pin(alert, life):
        return plain
    people = summoned(alert, life, directory, now_ms)
    rung = climbed(alert, life, directory, now_ms).rung if alert.shadows and alert.open else alert.rung
    messages = _messages(alert, life, directory, deliveries)
    return replace(
        plain, rung=rung, people_rung=_reached(people), deliveries=messages, reaches_nobody=alert.reaches_nobody
    )


def _plain(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> AlertView:
    return AlertView(
        id=life.id,
        kind=life.kind,
        state=_phase(alert, life, directory, now_ms),
        drill=alert.drill,
        silent=False,
        member=Who(NOBODY, SOMEBODY.get(next(iter(directory.languages), "en"), SOMEBODY["en"])),
        raised_at=moment(life.raised_ms),
        closed_at=moment_or_none(life.closed_ms),
        outcome=None,
        you=You(NOBODY, ()),
        server_now=moment(now_ms),
    )


def _phase(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> Phase:
    if life.closed_ms is not None:
        return Phase.CLOSED
    enough = len(_helping(alert, life, directory, now_ms)) >= plan_of(alert, life).needed
    return Phase.PAUSED if enough else Phase.CLIMBING


def _helping(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> list[Person]:
    return [person for person in summoned(alert, life, directory, now_ms) if person.helping]


def _reached(people: list[Person]) -> int:
    return sum(person.reachable for person in people)


def _by_pin(alert: Alert, life: Shadow) -> bool:
    """Did its worker close it, or does it look so?"""
    return life.closed_ms != alert.closed_ms or alert.closed_by == (alert.member,)


def _messages(
    alert: Alert, life: Shadow, directory: Directory, deliveries: Mapping[str, Delivery]
) -> tuple[DeliveryView, ...]:
    """The newest of this life, oldest of them first: by what, and what became of each; not to whom."""
    theirs = [
        d for _, d in sorted(deliveries.items()) if d.member != alert.member and d.created_at_ms >= life.raised_ms
    ]
    nobody = Who(NOBODY, NOBODY)
    return tuple(
        DeliveryView(d.id, nobody, d.channel, "", d.purpose, d.state, d.reason, d.attempts, moment(d.changed_at_ms))
        for d in theirs[-DELIVERIES_SHOWN_MAX:]
    )
