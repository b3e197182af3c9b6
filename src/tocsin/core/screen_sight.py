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
from tocsin.core.limits import DELIVERIES_SHOWN_MAX
from tocsin.core.shadow import SOMEBODY, life_of, lives_of, phase_shown, places_shown, summoned
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
    if life.closed_ms is not None:
        return _plain(life, alert, directory, Phase.CLOSED, now_ms)
    helping = _helping(summoned(alert, life, directory, now_ms).people)
    shown = places_shown(alert)
    spots = [spot for kind in WRITTEN_DOWN if (spot := shown.get(kind)) and spot.by == alert.member]
    places = [PlaceView(spot.kind, spot.label, None, None, None, moment(spot.at_ms)) for spot in spots]
    plain = _plain(life, alert, directory, _phase(alert, life, helping), now_ms)
    return replace(plain, places=tuple(places), coming=helping)


def running_view(
    alert: Alert, life: Shadow, directory: Directory, deliveries: Mapping[str, Delivery], now_ms: int
) -> AlertView:
    """This life as whoever runs the system gets it."""
    if life.closed_ms is not None and _by_pin(alert, life):
        return _plain(life, alert, directory, Phase.CLOSED, now_ms)
    rung, people, _ = summoned(alert, life, directory, now_ms)
    return replace(
        _plain(life, alert, directory, _phase(alert, life, _helping(people)), now_ms),
        rung=rung,
        people_rung=sum(person.reachable for person in people),
        deliveries=_messages(alert, life, directory, deliveries),
        reaches_nobody=alert.reaches_nobody,
    )


def _plain(life: Shadow, alert: Alert, directory: Directory, state: Phase, now_ms: int) -> AlertView:
    return AlertView(
        id=life.id,
        kind=life.kind,
        state=state,
        drill=alert.drill,
        silent=False,
        member=Who(NOBODY, SOMEBODY.get(next(iter(directory.languages), "en"), SOMEBODY["en"])),
        raised_at=moment(life.raised_ms),
        closed_at=moment_or_none(life.closed_ms),
        outcome=None,
        you=You(NOBODY, ()),
        server_now=moment(now_ms),
    )


def _phase(alert: Alert, life: Shadow, helping: int) -> Phase:
    return Phase.CLOSED if life.closed_ms is not None else phase_shown(alert, life, helping)


def _helping(people: list[Person]) -> int:
    return sum(person.helping for person in people)


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
