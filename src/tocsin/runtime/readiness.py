"""Is this node fit to be relied on, and if not: which part, what is wrong, what to do.  Read by /readyz and people."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable

import structlog
from msgspec import Struct

from tocsin.core.limits import BAD_SIGNATURES_RED, BAD_SIGNATURES_WINDOW_MS
from tocsin.ports import Clock

PAGE_STANDS_MS = 600_000  # A page keeps readyz red this long after it last happened.
PAGES = {
    "alert_reaches_nobody": ("An alert reaches nobody.", "Call people by other means; then see which contacts failed."),
    "vendor_down": ("A vendor went down.", "See which at /readyz; messages go by the others while there are any."),
    "unverified_sos": ("An SOS came from a number nobody has enrolled.", "Look at the console and call back."),
    "alert_audited": ("An alert had to be made louder by the auditor.", "Run tocsin doctor and keep its output."),
    "decision_failed": ("A command could not be decided.", "Keep the log and report it: this is a fault of Tocsin."),
    "watcher_failed": ("A page could not be shown a change.", "Keep the log and report it: this is a fault of Tocsin."),
    "store_refuses": ("The disk refuses to store.", "Free space on the data directory's disk, or replace it."),
    "ballast_given_up": (
        "The disk was full; the room held back for this is in use now.",
        "Free space on the data directory's disk: when this is used up too, presses are refused.",
    ),
    "store_conflict": ("Somebody else wrote to the store.", "Make sure that one server uses this data directory."),
    "call_codes_missed": ("Wrong call codes came on a call.", "Look at the log: who guesses, and at whose?"),
    "rounds_away": ("The process that sends to many people ended.", "It is started again; look at the log for why."),
    "many_suspensions": (
        "More than three people were suspended, or cut off by one person, within ten minutes.",
        "Look at the audit trail: who did it, and was it theirs to do? Alerts still ring whoever is left.",
    ),
    "reachability_dropped": (
        "Reachability dropped: somebody went, and an alert there would find too few.",
        "Look at the roster: who is on, and who can come? Until then alerts ring the last step of the plan.",
    ),
    "answer_numbers_missed": ("Five wrong answer numbers came from one phone.", "Look at the console: who guesses?"),
}


WATCHED = frozenset({"many_suspensions", "rounds_away", "vendor_down"})  # How long these stand, a watch says.

# Every part that may stand in the way: what the node is made of, and the sections of the settings.
PARTS = frozenset(
    {"alerts", "clock", "disk", "hooks", "mass", "vendors", "server.host", "server.public_url", "server.sos_port"}
    | {"server", "store", "sms", "sms.twilio", "sms.vonage", "voice.twilio", "email", "other", "webhook", "heartbeat"}
    | {"access", "feeds", "map", "push", "reach", "sign_in.oidc"}
    | {"server.addresses", "server.tls", "server.behind_proxy"}
)


class NotReady(Struct, frozen=True):
    """One reason.  `part`: one of PARTS, or a section of the settings that nobody knows."""

    part: str
    what: str
    remedy: str


Watch = Callable[[], Iterable[NotReady]]


class Readiness:
    """What stands in the way.  `disabled`: parts that a bad setting has turned off; they stay until a restart.

    `bad_signatures` and `pages` count since the start.
    """

    def __init__(self, clock: Clock, disabled: tuple[NotReady, ...] = ()) -> None:
        self._clock = clock
        self._disabled = disabled
        self._paged: dict[str, int] = {}
        self._watches: list[Watch] = []
        self.bad_signatures = 0
        self.pages: Counter[str] = Counter()
        self._bad_signatures: deque[int] = deque(maxlen=BAD_SIGNATURES_RED)
        self._log = structlog.get_logger("tocsin.operator")

    def page(self, name: str) -> None:
        """Tell the operator.  (The log line is what a pager watches.)"""
        if name not in WATCHED:
            self._paged[name] = self._clock.now_ms()
        self.pages[name] += 1
        self._log.error("operator_paged", reason=name)

    def bad_signature(self) -> None:
        """A hook came with a signature that is not its vendor's."""
        self._bad_signatures.append(self._clock.now_ms())
        self.bad_signatures += 1

    def watch(self, look: Watch) -> None:
        """Ask `look` too, each time: it is called on the loop, says at once what stands in the way, and never waits."""
        self._watches.append(look)

    def disabled(self) -> list[NotReady]:
        """What a bad setting has turned off.  Nothing of what happened is in it: it tells nobody of an alert."""
        return list(self._disabled)

    def reasons(self) -> list[NotReady]:
        return [*self._disabled, *self.standing()]

    def standing(self) -> list[NotReady]:
        """What stands in the way beside the settings."""
        now_ms = self._clock.now_ms()
        paged = [name for name, at_ms in self._paged.items() if now_ms - at_ms < PAGE_STANDS_MS]
        seen = [reason for look in self._watches for reason in look()]
        return [*(_paged(name) for name in paged), *self._signatures(now_ms), *seen]

    def _signatures(self, now_ms: int) -> list[NotReady]:
        if len(self._bad_signatures) < BAD_SIGNATURES_RED:
            return []
        if now_ms - self._bad_signatures[0] > BAD_SIGNATURES_WINDOW_MS:
            return []
        what = "Carrier callbacks come with signatures that do not match: SMS may be mute."
        return [NotReady("hooks", what, "Check server.public_url and the vendor's auth token.")]


def _paged(name: str) -> NotReady:
    what, remedy = PAGES.get(name, (name, "See the log."))
    return NotReady("alerts", what, remedy)
