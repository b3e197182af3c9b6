"""The alerts that one reader may see, assembled from what the node knows; the rules are in `core/sight.py`."""

from __future__ import annotations

from tocsin.core.access.permissions import LINES, May
from tocsin.core.alert import Alert
from tocsin.core.directory import Directory
from tocsin.core.limits import UNVERIFIED_SHOWN_MS
from tocsin.core.listing import Sought
from tocsin.core.roster import may_close
from tocsin.core.sight import alert_view, shown_ids
from tocsin.core.views import AlertView, StrangerView, moment
from tocsin.core.words import Phase
from tocsin.intake.credentials import Pass
from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.history import Found, History

OPEN = frozenset({Phase.CLIMBING, Phase.PAUSED})


class Lookout:
    """Reads, and changes nothing."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._history = History(ring, self._whole)

    def _whole(self, who: Pass, alert: Alert, shown_id: str) -> AlertView | None:
        """With its messages, which a closed one has in the store."""
        return self.view(who, self._ring.world.alert(who.org, alert.id) or alert, shown_id)

    def directory(self, who: Pass) -> Directory:
        return self._ring.world.directory(who.org)

    def find(self, who: Pass, shown_id: str) -> tuple[Alert, AlertView]:
        """The alert that this reader knows by this id.  Raises Trouble: to them there is none."""
        alert = self._ring.world.alert(who.org, shown_id)
        view = None if alert is None else self.view(who, alert, shown_id)
        if alert is None or view is None:
            raise Trouble("no_such_alert")
        return alert, view

    def view(self, who: Pass, alert: Alert, shown_id: str) -> AlertView | None:
        """The alert as this reader gets it under this id, or None."""
        return alert_view(
            alert,
            shown_id,
            self.directory(who),
            self._ring.world.deliveries(who.org, alert.id),
            self._fixes_of(alert),
            who.reader,
            self._ring.clock.now_ms(),
            self._linked(alert),
        )

    def views(self, who: Pass, alert: Alert) -> list[AlertView]:
        """All that this reader has of an alert: nothing, one view, or one for each life that its worker knows."""
        found = (self.view(who, alert, shown) for shown in shown_ids(alert, self.directory(who), who.reader))
        return [view for view in found if view is not None]

    def page(self, who: Pass, sought: Sought, after: str | None) -> Found:
        """The newest that were looked for, open ones too, from the one below `after`."""
        return self._history.page(who, sought, after)

    def strangers(self, who: Pass) -> list[StrangerView]:
        """SOS words from numbers nobody knows, for those who may act on them."""
        member = self.directory(who).members.get(who.reader.member)
        if member is None or who.raise_only or who.via not in LINES[May.SEE_STRANGERS].by or not may_close(member):
            return []
        since_ms = self._ring.clock.now_ms() - UNVERIFIED_SHOWN_MS
        strangers = self._ring.world.strangers_of(who.org, since_ms)
        return [StrangerView(one.id, one.sender, one.text, moment(one.at_ms)) for one in strangers]

    def _linked(self, alert: Alert) -> list[Alert]:
        others = (self._ring.world.alert(alert.org, id) for id in alert.linked)
        return [other for other in others if other is not None]

    def _fixes_of(self, alert: Alert) -> dict[str, tuple[float, float]]:
        return {fix.id: (fix.lat, fix.lon) for fix in self._ring.world.fixes_of(alert.id).values()}
