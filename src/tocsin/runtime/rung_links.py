"""Links to one alert for one person: their addresses, and whose a code is.

Theory of operation
-------------------
Nothing is stored until a device is bound: an address is computed when a message is composed, and a code is found by
computing it again, for the alerts that are open.  Their first signs are remembered, so that a code which somebody
guessed costs one look into a table; only the people of the alert that it begins like are computed for.

What a code is compared with is computed in full for each of them, and compared in one time.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.access.rung_links import holds
from tocsin.core.access.rung_record import LinkTaken, taken_id
from tocsin.core.alert import Alert
from tocsin.core.commands import LinkWanted
from tocsin.core.composer import linked_reply_text
from tocsin.core.limits import RUNG_LINKS_MAX
from tocsin.core.rung_link import LinkFor, alert_signs, code_of, read_code
from tocsin.core.shadow import lives_of
from tocsin.runtime.world import World
from tocsin.sameness import same_secret

PATH = "/r/"


class Found(Struct, frozen=True):
    """Whose a code is.  `alert`: by the id under which they know it; `nth`: how many devices were bound before it."""

    org: str
    alert: str
    member: str
    purpose: LinkFor
    nth: int


class RungLinks:
    """`key`: `core.rung_link.KEY_BYTES` that nobody else has.  `address`: of this Tocsin, for people."""

    def __init__(self, world: World, key: bytes, address: str) -> None:
        self._world, self._key, self._address = world, key, address.rstrip("/")
        self._signs: dict[str, dict[str, str]] = {}  # By organisation, then by the ids of its open alerts.

    def of(self, org: str, alert: str, member: str) -> str:
        """Where somebody rung looks at this alert; nothing if they may not, or if they have had too many links."""
        return self._to(org, alert, member, LinkFor.RUNG)

    def behind(self, org: str, reply: str, wanted: LinkWanted | None) -> str:
        """The reply with the link that it may carry, as far as there is room."""
        link = "" if wanted is None else self._to(org, wanted.alert, wanted.member, wanted.purpose)
        if wanted is None or not link:
            return reply
        return linked_reply_text(reply, wanted.language, link, own=wanted.purpose is LinkFor.OWN)

    def find(self, text: str) -> Found | None:
        """Whose this is; None for what opens nothing now, whatever the reason."""
        code = read_code(text)
        return None if code is None else next(self._found(code), None)

    def _to(self, org: str, shown_id: str, member: str, purpose: LinkFor) -> str:
        alert = self._world.alert(org, shown_id)
        if alert is None or not holds(alert, self._world.directory(org), shown_id, member, purpose):
            return ""
        times = self._times(org, shown_id, member, purpose)
        if times >= RUNG_LINKS_MAX:
            return ""
        return f"{self._address}{PATH}{code_of(self._key, org, shown_id, member, purpose, times)}"

    def _times(self, org: str, shown_id: str, member: str, purpose: LinkFor) -> int:
        taken = self._world.all_kept(org, LinkTaken).get(taken_id(shown_id, member, purpose))
        return 0 if taken is None else taken.times

    def _found(self, code: str) -> Iterator[Found]:
        for org in self._world.directories:
            for alert, shown_id in self._begins_like(org, code):
                for member, purpose in _holders(alert, shown_id):
                    if holds(alert, self._world.directory(org), shown_id, member, purpose):
                        yield from self._same(code, org, shown_id, member, purpose)

    def _begins_like(self, org: str, code: str) -> list[tuple[Alert, str]]:
        known = {id: alert for alert in self._world.open_alerts(org) for id in {alert.id, *lives_of(alert)}}
        before = self._signs.get(org, {})
        now = {id: before.get(id) or alert_signs(self._key, org, id) for id in known}
        self._signs[org] = now
        return [(known[id], id) for id, signs in now.items() if code.startswith(signs)]

    def _same(self, code: str, org: str, shown_id: str, member: str, purpose: LinkFor) -> Iterator[Found]:
        for nth in range(min(self._times(org, shown_id, member, purpose), RUNG_LINKS_MAX - 1) + 1):
            if same_secret(code, code_of(self._key, org, shown_id, member, purpose, nth)):
                yield Found(org, shown_id, member, purpose, nth)


def _holders(alert: Alert, shown_id: str) -> list[tuple[str, LinkFor]]:
    """Who may have a link by this id: the person in danger, and of the alert itself whoever it rang."""
    rung = alert.people if shown_id == alert.id else ()
    return [(alert.member, LinkFor.OWN), *((member, LinkFor.RUNG) for member in rung)]
