"""A world on paper: one organisation, one imagined alert, and nothing that was ever stored.

Decisions are made against it as against the real one, and what they write is taken in at once.  It holds no alert that
is truly open, no record of access and no drill, so nothing that is decided here can tell of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import Docket, FixKept, K, KnownPress
from tocsin.core.reading import SOS_WORDS
from tocsin.core.round_commands import PracticeAnswer
from tocsin.core.round_record import RoundRecord
from tocsin.core.sent import Sent
from tocsin.core.walk import Walk
from tocsin.core.words import Channel

Routes = Mapping[Channel, tuple[str, ...]]
NO_NUMBERS: Mapping[str, str] = {}
NO_PRACTICE: Mapping[str, PracticeAnswer] = {}
NOBODY: frozenset[str] = frozenset()


class Paper:
    """`docket.World` for one alert.  `alert` is the one that was raised on it, `sent` its messages."""

    def __init__(self, directory: Directory, routes: Routes) -> None:
        self._directory, self.routes, self.channels = directory, routes, frozenset(routes)
        self.sos_words = SOS_WORDS
        self.raised: Alert | None = None
        self.sent = Sent()

    def absorb(self, docket: Docket) -> None:
        """What was decided is so."""
        self._directory = docket.directory
        for draft in docket.drafts.values():
            self.raised = draft.alert
            self.sent.update(draft.changed)

    def directory(self, org: str) -> Directory:
        return self._directory

    def alert(self, org: str, id: str) -> Alert | None:
        return self.raised

    def open_alerts(self, org: str, key: str = "") -> Iterable[Alert]:
        """Asked for drills there are none; the one alert is real."""
        return () if self.raised is None or key == "drill" else (self.raised,)

    def deliveries(self, org: str, alert: str) -> Mapping[str, Delivery]:
        return self.sent

    def addressed(self, org: str, alert: str, member: str) -> Sequence[str]:
        return self.sent.to(member)

    def known_press(self, org: str, credential: str, key: str) -> KnownPress | None:
        return None

    def answer_numbers(self, org: str, member: str) -> Mapping[str, str]:
        return NO_NUMBERS

    def known_by_number(self, org: str, number: str) -> Sequence[Member]:
        return ()

    def practice(self, org: str, number: str) -> Mapping[str, PracticeAnswer]:
        return NO_PRACTICE

    def practised(self, org: str, site: str) -> frozenset[str]:
        return NOBODY

    def round(self, org: str, id: str) -> RoundRecord | None:
        return None

    def kept(self, org: str, kind: type[K], id: str) -> K | None:
        return None

    def all_kept(self, org: str, kind: type[K]) -> Mapping[str, K]:
        return {}

    def fixes_of(self, alert: str) -> Mapping[str, FixKept]:
        return {}

    def walk(self, org: str, id: str) -> Walk | None:
        return None

    def has_walk(self, org: str, id: str) -> bool:
        return False

    def walk_of(self, org: str, member: str) -> Walk | None:
        return None

    def replied_ms(self, org: str, number: str) -> int | None:
        return None
