"""Other services: what they are told, what becomes of it, and that their URLs are seen nowhere."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from aiohttp import web
from receiver import answering

from tocsin.channels import other_apprise
from tocsin.channels.other_apprise import WORKERS_MAX, AppriseOther, apprise_post
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown

# A library that one of Apprise's many plug-ins imports; none that we use.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
SOS = Message("alert-1/delivery-1", "ward", "SOS\n\nSOS: Noor Haddad.\nLot B <b>planned</b> & more.\n#bcd", 240)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def told(scheme: str, answer: Answer, message: Message = SOS) -> object:
    async def run() -> object:
        async with answering(answer) as port:
            other = AppriseOther({"ward": f"{scheme}://user:hush-hush@127.0.0.1:{port}/top-secret"})
            for loud in ("apprise", "urllib3"):  # As a library would that wants to be heard.
                logging.getLogger(loud).setLevel(logging.DEBUG)
            outcome = await other.send(message)
            await other.close()
            return outcome

    return asyncio.run(run())


@pytest.mark.slow  # The package is imported with the first post.
def test_a_service_is_told_heading_and_letter_as_they_are() -> None:
    seen: list[dict[str, object]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(await request.json())
        return web.Response()

    assert told("json", answer) == Accepted("alert-1/delivery-1")
    (said,) = seen
    assert (said["title"], said["message"]) == ("SOS", SOS.text.partition("\n\n")[2])
    assert said["attachments"] == []


@pytest.mark.slow
@pytest.mark.parametrize("status", [302, 404, 500])
@pytest.mark.parametrize("scheme", ["json", "form"])
def test_a_service_that_does_not_take_it_is_not_believed_to_have(scheme: str, status: int) -> None:
    visits: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        visits.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    outcome = told(scheme, answer)
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_REFUSED
    assert visits == ["/top-secret"]


@pytest.mark.parametrize("url", ["nosuchservice://host", "json://", "slack://x", "file:///etc/passwd", "::"])
def test_a_service_that_nobody_knows_did_not_take_it(url: str) -> None:
    outcome = asyncio.run(AppriseOther({"ward": url}).send(SOS))
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_REFUSED


def test_a_name_that_the_settings_do_not_have_is_no_contact() -> None:
    for name in ("", "Ward", "json://attacker.example.org", "ward\n"):
        message = Message("a/d", name, "x", 1)
        outcome = asyncio.run(AppriseOther({"ward": "json://localhost"}, post=_never).send(message))
        assert isinstance(outcome, Refused) and outcome.reason is Reason.NO_CONTACT


def _never(url: str, title: str, body: str) -> bool:
    raise AssertionError("nothing may be posted")


def test_a_service_that_breaks_leaves_it_unknown() -> None:
    def breaks(url: str, title: str, body: str) -> bool:
        raise ValueError(url)

    assert asyncio.run(AppriseOther({"ward": "json://hush"}, post=breaks).send(SOS)) == Unknown("ValueError")


@pytest.mark.slow
def test_stuck_services_hold_their_workers_and_nobody_waits_longer_than_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(other_apprise, "SEND_DEADLINE_MS", 1_000)
    gate = Event()

    def sticks(url: str, title: str, body: str) -> bool:
        return url != "stuck" or gate.wait(60)

    async def run() -> None:
        other = AppriseOther({"ward": "stuck", "desk": "well"}, post=sticks)
        desk = Message("alert-1/delivery-2", "desk", SOS.text, 240)
        crowd = [asyncio.ensure_future(other.send(SOS)) for _ in range(WORKERS_MAX - 1)]
        assert await other.send(desk) == Accepted("alert-1/delivery-2")
        assert all(isinstance(outcome, Unknown) for outcome in await asyncio.gather(*crowd))
        assert isinstance(await other.send(SOS), Unknown)
        outcome = await other.send(desk)
        assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_DOWN
        gate.set()
        while isinstance(await other.send(desk), Refused):
            pass

    asyncio.run(run())


class Heard(logging.Handler):
    """Whatever reaches the log of this process."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.said += f" {record.getMessage()} {record.exc_info}"


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard, root = Heard(), logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(heard)
    yield heard
    root.removeHandler(heard)
    root.setLevel(level)


@pytest.mark.slow
def test_no_url_reaches_a_log_record_whatever_happens(heard: Heard) -> None:
    async def refuses(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500, text="top-secret")

    async def takes(request: web.Request) -> web.StreamResponse:
        return web.Response()

    for answer in (takes, refuses):
        told("json", answer)
    for url in ("json://user:hush-hush@127.0.0.1:9/top-secret", "bad://hush-hush/top-secret", "slack://hush-hush"):
        asyncio.run(AppriseOther({"ward": url}).send(SOS))
    assert "selector" in heard.said
    assert not any(word in heard.said for word in ("hush-hush", "top-secret", "Noor", "127.0.0.1"))


@pytest.mark.slow
def test_the_package_is_imported_with_the_first_post_and_not_before() -> None:
    code = "import sys, tocsin.app, tocsin.channels.other_apprise; print('apprise' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.slow
def test_nothing_is_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert not apprise_post("json://127.0.0.1:9", "SOS", "letter")
    assert list(tmp_path.rglob("*")) == []
