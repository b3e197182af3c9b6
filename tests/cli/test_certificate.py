"""The certificate of the public address, asked for as a phone would."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from authority import EXPIRES, server_tls, trusting_tls
from tocsin.cli import certificate
from tocsin.cli.certificate import DAY_S, LAST_DAYS, WARN_DAYS, certificate_findings

EXPIRES_S = int(EXPIRES.timestamp())


@contextlib.contextmanager
def served(*, deaf: bool = False) -> Iterator[int]:
    """A port that shows the certificate to whoever asks; or that takes the call and says nothing."""
    context = server_tls()
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_show, args=(door, context))
        if not deaf:
            thread.start()
        yield door.getsockname()[1]
        if not deaf:
            thread.join()


def _show(door: socket.socket, context: ssl.SSLContext) -> None:
    caller, _ = door.accept()
    with caller, contextlib.suppress(OSError), context.wrap_socket(caller, server_side=True) as secured:
        secured.recv(1)


@pytest.mark.parametrize(
    ("days", "level"),
    [(365, None), (WARN_DAYS, None), (WARN_DAYS - 1, "warning"), (LAST_DAYS - 1, "error"), (-5, "error")],
)
def test_it_warns_three_weeks_ahead_and_three_days_before_it_is_an_error(days: int, level: str | None) -> None:
    with served() as port:
        found = list(certificate_findings(f"https://localhost:{port}", EXPIRES_S - days * DAY_S, trusting_tls()))
    assert [(finding.code, finding.level) for finding in found] == ([("certificate_expiring", level)] if level else [])
    assert not found or f"{max(days, 0)} days" in found[0].what


def test_a_certificate_that_nobody_vouches_for_is_an_error() -> None:
    with served() as port:
        (found,) = certificate_findings(f"https://localhost:{port}", 0, ssl.create_default_context())
    assert (found.code, found.level) == ("certificate_invalid", "error")


def test_a_certificate_of_another_name_is_an_error() -> None:
    with served() as port:
        (found,) = certificate_findings(f"https://127.0.0.1:{port}", 0, trusting_tls())
    assert found.code == "certificate_invalid"


def test_an_address_that_does_not_answer_is_for_a_person_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    (found,) = certificate_findings(f"https://localhost:{port}", 0)
    assert (found.code, found.level) == ("certificate_unseen", "check")
    monkeypatch.setattr(certificate, "CONNECT_MAX_S", 0.05)
    with served(deaf=True) as port:
        (found,) = certificate_findings(f"https://localhost:{port}", 0, trusting_tls())
    assert found.code == "certificate_unseen"
    (found,) = certificate_findings(f"https://{'x' * 64}.example.org", 0)
    assert found.code == "certificate_unseen"


@pytest.mark.parametrize("url", ["http://localhost:8000", "https://", "http://tocsin.example.org"])
def test_without_https_there_is_no_certificate_to_ask_for(url: str) -> None:
    assert list(certificate_findings(url, 0)) == []
