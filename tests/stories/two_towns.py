"""Two towns alike but for one PIN: whatever her phone and the walls can see is the same in both.

Each step is done in both, one with the real PIN and one with the duress PIN, and everything is compared after it; only
ids are masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from msgspec.structs import replace
from people import ORG, SITE, directory
from town import Town
from walker import Walker, ms

from tocsin.core.access.words import Via
from tocsin.core.directory import Directory
from tocsin.core.particulars import PinMatch
from tocsin.core.sight import Reader, alert_view, shown_ids
from tocsin.core.words import Answer

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
ANNEX = "annex"
READERS = (
    Reader("noor", "noor-phone"),
    Reader("noor", "a-session", via=Via.SESSION),
    Reader("", "", via=Via.WALLBOARD, site=SITE),
    Reader("", "", via=Via.WALLBOARD, site=ANNEX),
)
Step = Callable[["Side"], object]


class Side:
    """One of the two towns."""

    def __init__(self, match: PinMatch, restarts: bool, *, watched: bool = False, at: Directory | None = None) -> None:
        self.match, self.town = match, Town(restarts=restarts)
        self.noor = Walker(self.town)
        self.shown: list[str] = []
        people = at or directory()
        if at or watched:
            self.town.founded(watching(people) if watched else people)

    def look(self, reply: object) -> None:
        """Everything that somebody who holds her phone, or looks at a screen, can see now; and what it was answered."""
        self.town.settle()
        world, now_ms = self.town.world, self.town.now_ms
        seen: list[object] = [repr(reply), self.noor.seen_by("noor") if self.noor.id else None]
        for reader in READERS:
            seen.append(reader)
            for alert in sorted(world.alerts.values(), key=lambda alert: alert.id):
                fixes = {fix.id: (fix.lat, fix.lon) for fix in world.fixes_of(alert.id).values()}
                for id in shown_ids(alert, world.directory(ORG), reader):
                    seen.append(alert_view(alert, id, world.directory(ORG), {}, fixes, reader, now_ms))
        to_her = [d for d in self.town.deliveries() if d.member == "noor"]
        seen.append([(d.purpose, d.created_at_ms, d.state, d.text) for d in to_her])
        seen.append(re.sub(r"#\w+", "#", self.town.texts.get("noor", "")))
        self.shown.append(masked(msgspec.json.encode(seen)))


def watching(people: Directory, *, watched: bool = True) -> Directory:
    """Noor is in a watch window, or in none any more."""
    noor = replace(people.members["noor"], watch_window=watched)
    return replace(people, members={**people.members, "noor": noor})


def masked(shown: bytes) -> str:
    """The same with each id as the number of its first mention."""
    ids: dict[str, str] = {}
    return UUID.sub(lambda found: ids.setdefault(found[0], f"id-{len(ids)}"), shown.decode())


class Both:
    """`at`: where they are told, if not at the centre of all stories."""

    def __init__(self, restarts: bool, *, watched: bool = False, at: Directory | None = None) -> None:
        self.real = Side(PinMatch.REAL, restarts, watched=watched, at=at)
        self.forced = Side(PinMatch.DURESS, restarts, watched=watched, at=at)

    def do(self, step: Step) -> None:
        for side in (self.real, self.forced):
            side.look(step(side))
        assert self.forced.shown[-1] == self.real.shown[-1]

    def at(self, *seconds: float) -> None:
        for second in seconds:
            self.do(lambda side, second=second: side.town.at(second))  # type: ignore[misc]

    def later(self, seconds: float) -> None:
        """Jump there, as over a stop of the server: an hour of ringing would be told ring by ring."""
        for side in (self.real, self.forced):
            side.town.now_ms = ms(seconds)
        self.do(lambda side: None)

    def home(self) -> None:
        self.do(lambda side: side.noor.home(side.match))

    def press(self, key: str) -> None:
        self.do(lambda side: replace(side.town.press(key=key), receipt=""))

    def say(self, answer: Answer, *names: str) -> None:
        """These people, of her alert that is the newest."""
        for name in names:
            self.do(lambda side, name=name: side.town.say(name, answer, alert=side.noor.alerts()[-1].id))  # type: ignore[misc]

    def over(self) -> None:
        """Whatever phones heard is not what this story is about."""
        for side in (self.real, self.forced):
            side.town.unheard.clear()
