"""The phone before the real program: it dies, it starts again, one of its addresses is silent, its certificate ends."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from visitors import until

from tocsin.bench.town import free_ports, site_file

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PROGRAM = (sys.executable, "-m", "tocsin")
NARROW: ViewportSize = {"width": 360, "height": 640}
ENDS_MAX_S, VERB_MAX_S = 20, 60
LIVE, UNSENT = "[data-screen=live]", "[data-screen=unsent]"
WORKERS = [f"w{number}" for number in range(4)]  # One for each story: nobody's press joins that of another.
CONTROLLED = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
HEARD_AND_LOST = """() => {
  self.ask = fetch;
  self.fetch = async (path, how) => {
    const told = await ask(path, how);
    if (how?.method === 'POST') throw new TypeError('the answer never came');
    return told;
  };
}"""
SILENT = """() => {
  const ask = fetch;
  const refused = (path, how) => path === '/api/v1/alerts' && how?.method === 'POST';
  self.fetch = (path, how) => refused(path, how) ? Promise.reject(new TypeError('nobody there')) : ask(path, how);
}"""
OPEN_ALERTS = """async token => {
  const told = await fetch('/api/v1/alerts', { headers: { Authorization: `Bearer ${token}` } });
  return (await told.json()).alerts.map(alert => alert.id);
}"""


class Centre:
    """The program, with a worker and six colleagues on shift.  It listens at a port, and for presses at the next."""

    def __init__(self, data: Path, worker: str, scheme: str = "http") -> None:
        self.port = free_ports()
        self.url = f"{scheme}://localhost:{self.port}"
        self.environ = {
            **os.environ,
            "TOCSIN_SERVER__DATA": str(data),
            "TOCSIN_SERVER__PORT": str(self.port),
            "TOCSIN_SERVER__PUBLIC_URL": self.url,
            "TOCSIN_SERVER__ADDRESSES": f"{scheme}://localhost:{self.port + 1}",
        }
        self._server: subprocess.Popen[str] | None = None
        self.token = str(json.loads(self.type("token", worker, "--json").splitlines()[-1])["token"])

    def type(self, *words: str) -> str:
        done = subprocess.run(
            [*PROGRAM, *words], env=self.environ, capture_output=True, text=True, timeout=VERB_MAX_S, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self, **more: str) -> None:
        self._server = subprocess.Popen(
            [*PROGRAM, "serve"],
            env={**self.environ, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline().startswith("Tocsin serves")

    def die(self) -> None:
        """As if somebody had pulled the plug."""
        if self._server is not None:
            self._server.kill()
            self._server.communicate(timeout=ENDS_MAX_S)
        self._server = None


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the program holds: a site, with a worker for each of these stories."""
    folder = tmp_path_factory.mktemp("centre")
    (folder / "site.toml").write_text(site_file(len(WORKERS), 6), "utf-8")
    told = ["apply", str(folder / "site.toml"), "--data", str(folder / "data")]
    subprocess.run([*PROGRAM, *told], capture_output=True, timeout=VERB_MAX_S, check=True)
    return folder / "data"


@pytest.fixture(scope="module")
def workers() -> Iterator[str]:
    return iter(WORKERS)


@pytest.fixture
def centre(data: Path, workers: Iterator[str]) -> Iterator[Centre]:
    centre = Centre(data, next(workers))
    centre.serve()
    yield centre
    centre.die()


@contextlib.contextmanager
def enrolled(browser: Browser, centre: Centre) -> Iterator[BrowserContext]:
    """A phone with the app of this centre."""
    context = browser.new_context(viewport=NARROW, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    page.goto(f"{centre.url}/phone")
    page.evaluate("token => localStorage.setItem('tocsin.token', token)", centre.token)
    page.wait_for_function(CONTROLLED)
    page.close()
    yield context
    context.close()


def opened(context: BrowserContext, centre: Centre) -> Page:
    page = context.new_page()
    page.goto(f"{centre.url}/phone")
    return page


def press(page: Page) -> None:
    page.locator(".sos").evaluate("button => button.click()")


def alerts(page: Page, centre: Centre) -> list[str]:
    found: list[str] = page.evaluate(OPEN_ALERTS, centre.token)
    return found


def test_pressed_while_the_server_is_down_and_the_tab_closed_it_is_taken_once_when_it_starts(
    browser: Browser, centre: Centre
) -> None:
    with enrolled(browser, centre) as phone:
        page = opened(phone, centre)
        expect(page.get_by_text("6 people would be rung.")).to_be_visible()
        centre.die()
        press(page)
        expect(page.locator(UNSENT)).to_contain_text("No connection")
        page.close()
        again = opened(phone, centre)
        expect(again.locator(UNSENT)).to_contain_text("Not sent. Trying again.")
        centre.serve()
        expect(again.locator(LIVE)).to_be_visible()
        assert len(alerts(again, centre)) == 1


def test_a_press_that_the_server_took_with_its_last_breath_is_the_same_press_afterwards(
    browser: Browser, centre: Centre
) -> None:
    with enrolled(browser, centre) as phone:
        page = opened(phone, centre)
        expect(page.get_by_role("heading", name="Ready")).to_be_visible()
        page.evaluate(HEARD_AND_LOST)
        press(page)
        expect(page.locator(UNSENT)).to_be_visible()
        until(page, lambda: len(alerts(page, centre)) == 1)
        centre.die()
        page.evaluate("() => { self.fetch = ask; }")
        centre.serve()
        expect(page.locator(LIVE)).to_be_visible()
        assert len(alerts(page, centre)) == 1


def test_where_the_first_address_is_silent_the_press_goes_by_another(browser: Browser, centre: Centre) -> None:
    with enrolled(browser, centre) as phone:
        page = opened(phone, centre)
        expect(page.get_by_text("6 people would be rung.")).to_be_visible()
        page.evaluate(SILENT)
        press(page)
        expect(page.locator(LIVE)).to_be_visible()
        assert len(alerts(page, centre)) == 1


def written(folder: Path, name: str, ends: datetime | None) -> tuple[dict[str, str], str]:
    """The settings of a certificate, and what a browser is told by which to trust its key."""
    made = trustme.CA().issue_cert("localhost", not_after=ends)
    key, chain = folder / f"{name}.key.pem", folder / f"{name}.pem"
    made.private_key_pem.write_to_path(key)
    for part in made.cert_chain_pems:
        part.write_to_path(chain, append=True)
    public = x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes()).public_key()
    spoken = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    named = {"TOCSIN_SERVER__TLS__CERTIFICATE": str(chain), "TOCSIN_SERVER__TLS__PRIVATE_KEY": str(key)}
    return named, base64.b64encode(hashlib.sha256(spoken).digest()).decode()


def test_an_expired_certificate_is_not_sent_in_amber_with_a_text_to_send_instead(
    browser: Browser, data: Path, workers: Iterator[str], tmp_path: Path
) -> None:
    good, trusted = written(tmp_path, "good", None)
    ended, _ = written(tmp_path, "ended", datetime(2024, 1, 1, tzinfo=UTC))
    centre = Centre(data, next(workers), "https")
    centre.serve(**good)
    arguments = ["--no-sandbox", "--disable-gpu", f"--ignore-certificate-errors-spki-list={trusted}"]
    with contextlib.ExitStack() as after:
        after.callback(centre.die)
        trusting = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=arguments)
        after.callback(trusting.close)
        phone = after.enter_context(enrolled(trusting, centre))
        centre.die()
        centre.serve(**ended)
        page = opened(phone, centre)
        press(page)
        expect(page.locator(UNSENT)).to_contain_text("Not sent. Trying again.")
        expect(page.locator(UNSENT)).to_contain_text("Nobody has been told yet.")
        expect(page.get_by_text("If you can, call 911.")).to_be_visible()
        centre.die()
        centre.serve(**good)
        expect(page.locator(LIVE)).to_be_visible()
        assert len(alerts(page, centre)) == 1
