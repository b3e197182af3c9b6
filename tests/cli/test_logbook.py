"""What is written to the log, and what never is (I25)."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tocsin.cli.logbook import EVENTS, FAILED, KEYS, Libraries, log_to_stderr

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tocsin"
POISON = "belladonna"
METHODS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
LIBRARIES = ("uvicorn.error", "aiohttp.client", "apprise", "asyncio", "litestar", "somebody.else")
Lines = Callable[[], list[dict[str, Any]]]


def parents(name: str) -> list[logging.Logger]:
    """The logger of this name and those that it hands on to, but for the root."""
    words = name.split(".")
    return [logging.getLogger(".".join(words[:length])) for length in range(1, len(words) + 1)]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """The log as a server writes it; everything is as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    libraries = [(log, log.__dict__.copy()) for name in LIBRARIES for log in parents(name)]
    for log, _ in libraries:  # A channel silences its own, and other tests set up theirs: here they speak.
        log.handlers, log.filters, log.propagate, log.disabled = [], [], True, False
        log.setLevel(logging.NOTSET)
    log_to_stderr()
    said: list[str] = []

    def so_far() -> list[dict[str, Any]]:
        said.extend(capsys.readouterr().err.splitlines())
        return [json.loads(line) for line in said]

    yield so_far
    for log, before in libraries:
        log.__dict__.update(before)
        log.setLevel(before["level"])
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_an_event_of_the_list_is_one_line_with_its_keys(lines: Lines) -> None:
    structlog.get_logger("tocsin.loop").error("not_stored", error="StoreFull")
    line = lines()[0]
    assert (line.pop("event"), line.pop("error"), line.pop("level")) == ("not_stored", "StoreFull", "error")
    assert set(line) == {"timestamp"}


@pytest.mark.parametrize(
    "given",
    [
        {"event": "not_stored", "error": f"Noor {POISON}"},
        {"event": "not_stored", "text": POISON},
        {"event": "operator_paged", "reason": POISON},
        {"event": "request_failed", "path": f"/api/v1/alerts/{POISON}?x"},
        {"event": "auditor_found", "alerts": POISON},
        {"event": "auditor_found", "alerts": [POISON]},
        {"event": "order_failed", "verb": POISON},
        {"event": "decision_failed", "at": [POISON]},
        {"event": "crashed", "failure": f"{POISON}!"},
        {"event": POISON},
        {"event": f"Noor stands at {POISON}", "error": "StoreFull"},
        {"event": 7},
    ],
)
def test_what_is_not_in_the_list_is_left_out_and_counted(lines: Lines, given: dict[str, Any]) -> None:
    structlog.get_logger().error(**given)
    line = lines()[0]
    assert POISON not in json.dumps(line) and line["left_out"] >= 1
    assert line["event"] in (given["event"], "unlisted") and line["level"] == "error"


def test_of_a_failure_its_kind_and_its_lines_are_written_not_its_message(lines: Lines) -> None:
    try:
        raise ValueError(POISON)
    except ValueError:
        structlog.get_logger().exception("watcher_failed")
    line = lines()[0]
    assert line["failure"] == "ValueError" and line["at"][0].startswith("test_logbook.py:")
    assert POISON not in json.dumps(line)


@pytest.mark.parametrize("name", LIBRARIES)
def test_of_what_a_library_says_only_who_and_where_is_written(lines: Lines, name: str) -> None:
    log = logging.getLogger(name)
    log.warning("Sent to %s", POISON)
    try:
        raise RuntimeError(POISON)
    except RuntimeError:
        log.exception(f"Task of {POISON} failed", extra={"more": POISON})
    log.debug("quiet")
    said = lines()
    assert len(said) == 2 and POISON not in json.dumps(said)
    assert all(line["event"] == "library_spoke" and line["at"][0].startswith("test_logbook.py:") for line in said)
    assert {line["logger"] for line in said} == {"other" if name.startswith("somebody") else name.partition(".")[0]}
    assert said[1]["failure"] == "RuntimeError" and said[1]["level"] == "error"


def test_a_log_call_that_cannot_even_be_formatted_fails_nobody(lines: Lines) -> None:
    ours = next(handler for handler in logging.getLogger().handlers if isinstance(handler, Libraries))
    ours.handle(logging.LogRecord("uvicorn", logging.ERROR, __file__, 1, "%d %s", (POISON,), None))
    assert [line["event"] for line in lines()] == ["library_spoke"] and POISON not in json.dumps(lines())


def test_a_task_that_fails_unheard_is_told_without_its_message(lines: Lines) -> None:
    async def story() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": POISON, "exception": RuntimeError(POISON), "context": POISON}
        )

    asyncio.run(story())
    assert POISON not in json.dumps(lines()) and lines()[0]["failure"] == "RuntimeError"


def test_warnings_and_what_nobody_catches_go_through_the_same_sieve(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(POISON, stacklevel=1)

    def falls() -> None:
        raise RuntimeError(POISON)

    thread = threading.Thread(target=falls)
    thread.start()
    thread.join()
    try:
        falls()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    said = lines()
    assert POISON not in json.dumps(said)
    assert [line["event"] for line in said] == ["library_spoke", "crashed", "crashed"]
    assert all(line["failure"] == "RuntimeError" for line in said[1:])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_is_for_a_person_to_read(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    log_to_stderr()
    structlog.get_logger().error("not_stored", error="StoreFull", text=POISON)
    assert "not_stored" in screen.getvalue() and POISON not in screen.getvalue() and "{" not in screen.getvalue()


def test_a_reader_that_is_gone_fails_nobody(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = io.StringIO()
    monkeypatch.setattr(sys, "stderr", gone)
    gone.close()
    structlog.get_logger().error("not_stored", error="StoreFull")
    assert lines() == []


# The list and the source ------------------------------------------------------------------------------------------


def logged() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each call of a log in the source: where, which event, with which keys, and how their values are made."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                if ast.unparse(node.func.value) not in ("log", "self._log"):
                    continue
                where = f"{file.name}:{node.lineno}"
                assert node.args and isinstance(node.args[0], ast.Constant), f"{where}: an event is a plain word"
                given = {keyword.arg or "**": ast.unparse(keyword.value) for keyword in node.keywords}
                yield where, str(node.args[0].value), {key: made for key, made in given.items() if key != "exc_info"}


def test_every_event_in_the_source_is_in_the_list_with_its_keys() -> None:
    calls = list(logged())
    assert len(calls) > 10
    for where, event, keys in calls:
        assert event in EVENTS, f"{where}: put {event} into EVENTS of cli/logbook.py, with its keys"
        assert set(keys) <= EVENTS[event], f"{where}: {event} may not carry {set(keys) - EVENTS[event]}"
        classes = [made for key, made in keys.items() if key in ("error", "command", "failure")]
        assert all(re.fullmatch(r"type\(.+\)\.__name__", made) for made in classes), f"{where}: {classes} is no class"
    assert set().union(*EVENTS.values()) | FAILED <= set(KEYS)


def test_every_address_that_a_carrier_calls_may_stand_in_the_log(lines: Lines) -> None:
    hooks = re.findall(r'_PATH(?:, STATUS_PATH)? = "(/hooks[^"]+)"(?:, "(/hooks[^"]+)")?', "".join(_sources()))
    paths = sorted(path for pair in hooks for path in pair if path)
    assert len(paths) >= 5
    for path in paths:
        structlog.get_logger("tocsin.intake").error("request_failed", error="ValueError", path=path)
    assert sorted(line["path"] for line in lines()) == sorted(paths)


def _sources() -> Iterator[str]:
    return (file.read_text() for folder in ("intake", "wire") for file in (SOURCE / folder).glob("*.py"))
