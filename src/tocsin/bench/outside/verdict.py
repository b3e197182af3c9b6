"""What a night came to: the phones' journal, the carrier's record and the server's answers against each other.

The server is asked as anybody may ask it, after a last SIGKILL, so that it knows only what the disk knows: every press
that ever got a 2xx is pressed once more under its key, and must be known, with the same alert and the same receipt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

from tocsin.bench.outside.phones import Outcome, Phones, Pressed
from tocsin.bench.outside.site import BACKSTOP_S, COLLEAGUES, LABEL, OFF_SHIFT
from tocsin.bench.town import fictional
from tocsin.core.limits import SENDS_MAX
from tocsin.sandbox.box import Sent

EARLY_S = 0.05  # I5: what a timer may be early by.
FAULTS_LOGGED = frozenset(
    {
        "act_failed",
        "append_failed",
        "auditor_found",
        "decision_failed",
        "order_failed",
        "request_failed",
        "stage_failed",
        "watcher_failed",
        "world_unreadable",
    }
)
NUMBER = re.compile(r"1\d{3}55501\d\d")  # Of anybody here; not the digits of a time.
Refs = tuple[str, str]


def reference(message: Sent) -> Refs:
    """Alert and message, as the request's own callback address names them."""
    query = parse_qs(urlsplit(message.form["StatusCallback"]).query)
    return query["alert"][0], query["delivery"][0]


class Record:
    """The carrier's record, by alert and number."""

    def __init__(self, sent: Sequence[Sent]) -> None:
        self.sends: Counter[Refs] = Counter()
        self.first_s: dict[Refs, float] = {}
        self.last_s: dict[Refs, float] = {}
        for message in sent:
            alert, delivery = reference(message)
            self.sends[alert, delivery] += 1
            self.first_s.setdefault((alert, message.to), message.at_s)
            self.last_s[alert, message.to] = message.at_s

    @property
    def sends_max(self) -> int:
        return max(self.sends.values(), default=0)

    @property
    def sent_too_often(self) -> int:
        return sum(count > SENDS_MAX for count in self.sends.values())

    def unrung(self, journal: Iterable[Pressed]) -> list[tuple[Pressed, str]]:
        """Presses that were taken, with each colleague on shift who was sent nothing since."""
        rung = [fictional(number) for number in range(COLLEAGUES)]
        taken = (pressed for pressed in journal if pressed.taken)
        return [
            (pressed, to)
            for pressed in taken
            for to in rung
            if self.last_s.get((pressed.alert, to), 0.0) < pressed.began_s
        ]

    def unwoken(self, journal: Iterable[Pressed]) -> int:
        """Alerts whose backstop never rang: a timer that was lost."""
        return sum((alert, fictional(OFF_SHIFT)) not in self.first_s for alert in _alerts(journal))

    def early(self, journal: Iterable[Pressed]) -> int:
        """Alerts whose backstop rang before its time, by the clock of the harness."""
        off = fictional(OFF_SHIFT)
        return sum(
            self.first_s.get((alert, off), began_s + BACKSTOP_S) < began_s + BACKSTOP_S - EARLY_S
            for alert, began_s in _alerts(journal).items()
        )

    def late_max_s(self, journal: Iterable[Pressed]) -> float:
        """The latest backstop, from when it was due; the time that the server was away is in it."""
        off = fictional(OFF_SHIFT)
        taken_s: dict[str, float] = {}
        for pressed in journal:
            if pressed.taken and pressed.alert:
                taken_s.setdefault(pressed.alert, pressed.tries[-1].ended_s)
        late = (self.first_s.get((alert, off), 0.0) - at_s - BACKSTOP_S for alert, at_s in taken_s.items())
        return max(late, default=0.0)


def _alerts(journal: Iterable[Pressed]) -> dict[str, float]:
    """Each alert, and when the first press of its worker began: taken or not, it may have been stored."""
    first: dict[str, float] = {}
    for pressed in journal:
        first[pressed.who] = min(first.get(pressed.who, pressed.began_s), pressed.began_s)
    return {pressed.alert: first[pressed.who] for pressed in journal if pressed.alert}


async def lost(phones: Phones) -> int:
    """Presses with a 2xx that the server no longer knows as what it said."""
    count = 0
    for pressed in phones.journal:
        if not pressed.taken:
            continue
        if pressed.sid:
            status, replies = await phones.text_again(pressed)
            count += (status, replies) != (200, ())
        else:
            status, answer = await phones.again(pressed)
            count += (status, answer.id, answer.receipt) != (200, pressed.alert, pressed.receipt)
    return count


def outcomes(journal: Iterable[Pressed]) -> Counter[Outcome]:
    return Counter(each.outcome for pressed in journal for each in pressed.tries)


def logged(log: Path, secrets: Sequence[str]) -> tuple[Counter[str], int]:
    """Which faults of ours the log names, and how many of its lines hold what none may hold (I25)."""
    named: Counter[str] = Counter()
    leaks = 0
    for line in log.read_text(errors="replace").splitlines():
        leaks += bool(LABEL in line or NUMBER.search(line) or any(secret in line for secret in secrets))
        event = _event(line)
        if event in FAULTS_LOGGED or event.startswith("Traceback"):
            named[event] += 1
    return named, leaks


def _event(line: str) -> str:
    try:
        return str(msgspec.json.decode(line)["event"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return line
