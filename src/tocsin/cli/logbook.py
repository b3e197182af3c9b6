"""What the server writes down while it runs: one line for each event, and never what anybody wrote (I25).

Theory of operation
-------------------
Nothing is cleaned here, because what looks harmless may be somebody's name: only what is known comes through.  An event
has a name that stands in EVENTS, with the keys that belong to it; a value has the shape that its key asks for.
Whatever else is given is left out, and the line says how much.  Of a failure its kind and the lines it came through
are written, not its message, which may quote anything.

Libraries speak through Python's own log.  Of what they say only who, how loud and from which line is written: the
line leads to the sentence in their source, and the sentence is filled with what people sent.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict

from tocsin.core.words import Channel, Reason
from tocsin.runtime.readiness import PAGES

LOGGERS = ("aiohttp", "aiosmtplib", "apprise", "asyncio", "litestar", "uvicorn", "py.warnings", "concurrent")
VERBS = (
    "apply",
    "token",
    "revoke",
    "suspend",
    "reinstate",
    "pins",
    "drill",
    "doctor",
    "backup",
    "reconcile",
    "drill_round",
    "reach",
)
_CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
_ROUTE = re.compile(r"(/[a-z0-9_.-]{0,40}|/\{[a-z]{1,20}(:[a-z]{1,10})?\}){1,8}")
_HOOKS = ("twilio/sms", "twilio/status", "twilio/voice", "vonage/sms", "vonage/status")
_LANES = ("/api/v1/alerts", *(f"/hooks/{hook}" for hook in _HOOKS))
_FRAME = re.compile(r"[\w.<>-]{1,80}:\d{1,6}")


def _class(value: object) -> bool:
    """The name of a class.  That it is one, and nobody's name, a test sees to: it reads every call in the source."""
    return isinstance(value, str) and _CLASS.fullmatch(value) is not None


def _count(value: object) -> bool:
    return type(value) is int


def _among(*known: str) -> Callable[[object], bool]:
    return lambda value: value in known


def _route(value: object) -> bool:
    """A template as the program has it: with its braces, or one that has none."""
    return isinstance(value, str) and _ROUTE.fullmatch(value) is not None


def _frames(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and _FRAME.fullmatch(one) for one in value)


KEYS: Mapping[str, Callable[[object], bool]] = {
    "alerts": _count,
    "at": _frames,
    "channel": _among(*Channel),
    "command": _class,
    "count": _count,
    "error": _class,
    "failure": _class,
    "logger": _among(*LOGGERS, "other"),
    "path": _among(*_LANES),
    "reason": _among(*PAGES, *Reason),
    "route": _route,
    "verb": _among(*VERBS),
    "vendor": _among("twilio", "vonage"),
    "why": _among("too_many", "Refused", "Unknown"),
}
FAILED = frozenset({"failure", "at"})  # Of any event that tells of a failure.
EVENTS: Mapping[str, frozenset[str]] = {
    "act_failed": frozenset({"command"}),
    "append_failed": frozenset(),
    "auditor_found": frozenset({"alerts"}),
    "catching_up_failed": frozenset(),
    "crashed": frozenset(),
    "decision_failed": frozenset({"command"}),
    "disk_failed": frozenset(),
    "feed_failed": frozenset({"error"}),
    "feed_not_stored": frozenset(),
    "heartbeat_failed": frozenset({"error"}),
    "library_spoke": frozenset({"logger"}),
    "not_stored": frozenset({"error"}),
    "operator_paged": frozenset({"reason"}),
    "order_failed": frozenset({"verb"}),
    "reconciled": frozenset({"count"}),
    "reconciliation_failed": frozenset({"error", "vendor"}),
    "proof_not_sent": frozenset({"why"}),
    "reach_test_failed": frozenset({"error"}),
    "roll_call_failed": frozenset({"error"}),
    "reply_not_sent": frozenset({"why"}),
    "request_failed": frozenset({"error", "path", "route"}),
    "page_failed": frozenset({"error", "route"}),
    "posts_stuck": frozenset({"count"}),
    "round_lost": frozenset(),
    "rounds_not_started": frozenset({"error"}),
    "send_failed": frozenset({"error"}),
    "stage_failed": frozenset(),
    "vendor_down": frozenset({"channel", "reason", "vendor"}),
    "vendor_well": frozenset({"channel", "vendor"}),
    "watcher_failed": frozenset(),
    "withdrawal_failed": frozenset(),
    "world_unreadable": frozenset(),
}
ALWAYS = frozenset({"level", "timestamp"})  # Put in by ourselves, after everything else.


def only_where(_: Any, __: str, event: EventDict) -> EventDict:
    """Of a failure: its type and the lines it came through.  Its message may quote what somebody wrote."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["failure"] = type(error).__name__
        event["at"] = frames_of(error.__traceback__)
    return event


def frames_of(trace: TracebackType | None) -> list[str]:
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace)]


def only_known(_: Any, __: str, event: EventDict) -> EventDict:
    """Leave out every event, key and value that is not in the list; `left_out` says how many."""
    name = event.pop("event", None)
    known = EVENTS.get(name) if isinstance(name, str) else None
    kept = {"event": name if known is not None else "unlisted"}
    allowed = (known or frozenset()) | FAILED
    for key, value in event.items():
        if key in allowed and KEYS[key](value):
            kept[key] = value
    left_out = len(event) + 1 - len(kept) + (known is None)
    return {**kept, "left_out": left_out} if left_out else kept


class LastWords:
    """Writes a line to standard error, and is never the reason why something else fails: its reader may be gone."""

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)

    debug = info = warning = error = critical = exception = fatal = msg


class Libraries(logging.Handler):
    """Takes what libraries say, and passes on who said it, how loud and where."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._log = structlog.get_logger("tocsin.libraries")

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a log that fails is no reason to fail."""
        with contextlib.suppress(Exception):
            top = next((name for name in LOGGERS if f"{record.name}.".startswith(f"{name}.")), "other")
            at = [f"{Path(record.pathname).name}:{record.lineno}"]
            error = record.exc_info[1] if record.exc_info else None
            told: dict[str, Any] = {"logger": top, "at": at}
            if error is not None:
                told |= {"failure": type(error).__name__, "at": at + frames_of(error.__traceback__)}
            tell = self._log.error if record.levelno >= logging.ERROR else self._log.warning
            tell("library_spoke", **told)


def log_to_stderr() -> None:
    """From now on everything is written to standard error: for a person at a terminal, else one JSON object a line."""
    structlog.configure(
        processors=[
            only_where,
            only_known,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: LastWords(),
        cache_logger_on_first_use=False,
    )
    take_over_libraries()


def take_over_libraries() -> None:
    """Python's own log, its warnings, and what nobody catches, in any thread: all of it through the same sieve."""
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers[:] = [Libraries()]
    root.setLevel(logging.WARNING)
    for name in LOGGERS:
        logging.getLogger(name).handlers.clear()
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    sys.unraisablehook = _unraisable


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    structlog.get_logger("tocsin.cli").critical("crashed", exc_info=error.with_traceback(trace))


def _thread_crashed(told: threading.ExceptHookArgs) -> None:
    structlog.get_logger("tocsin.cli").critical("crashed", exc_info=told.exc_value)


def _unraisable(told: sys.UnraisableHookArgs) -> None:
    structlog.get_logger("tocsin.cli").error("crashed", exc_info=told.exc_value)
