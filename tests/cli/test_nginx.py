"""Debian's nginx before a real server, with the very lines of the page for operators."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import trustme
from line import SITE, Server, serving, told

from tocsin.bench.town import free_ports
from tocsin.wire.twilio import signature

pytestmark = [pytest.mark.slow, pytest.mark.nginx]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating" / "proxy-nginx.md"
SECRET = "an-invented-token"
AROUND = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    add_header X-Lane $upstream_addr always;  # For this test alone: which of our ports it was.
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{page}
}}
"""


class Front:
    """nginx, and the server behind it.  `url`: what carriers and phones see."""

    def __init__(self, folder: Path, port: int, server: Server) -> None:
        self.folder, self.server, self.url = folder, server, f"https://localhost:{port}"
        (folder / "site.toml").write_text(SITE)
        told("apply", str(folder / "site.toml"), data=server.data)
        self.token = str(told("token", "w0", data=server.data)["token"])

    def lane(self, path: str, *words: str) -> tuple[int, int]:
        """The status, and the port behind nginx that answered."""
        command = self.command(path, "-o", "/dev/null", "-w", "%{http_code} %header{x-lane}", *words)
        status, lane = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        return int(status), int(lane.rpartition(":")[2])

    def curl(self, path: str, *words: str) -> tuple[str, int, str]:
        """The version of HTTP, the status, and the body."""
        command = self.command(path, "-w", "\n%{http_version} %{http_code}", *words)
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        body, _, last = run.stdout.rpartition("\n")
        version, status = last.split()
        return version, int(status), body

    def command(self, path: str, *words: str) -> list[str]:
        authority = str(self.folder / "authority.pem")
        return ["curl", "-sS", "--http2", "--max-time", "20", "--cacert", authority, *words, self.url + path]


def configured(folder: Path, port: int, behind: int) -> Path:
    """The page's lines, with this test's ports and files."""
    found = re.search(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    page = (
        found[1].replace("127.0.0.1:8000", f"127.0.0.1:{behind}").replace("127.0.0.1:8001", f"127.0.0.1:{behind + 1}")
    )
    page = page.replace("listen 443", f"listen 127.0.0.1:{port}").replace("/etc/ssl/tocsin", str(folder))
    file = folder / "nginx.conf"
    file.write_text(AROUND.format(folder=folder, page=page), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    made = authority.issue_cert("localhost")
    made.private_key_pem.write_to_path(folder / "key.pem")
    made.cert_chain_pems[0].write_to_path(folder / "fullchain.pem")
    port = free_ports()
    environ = {
        "TOCSIN_SERVER__PUBLIC_URL": f"https://localhost:{port}",
        "TOCSIN_SMS__TWILIO__ACCOUNT_SID": "AC" + "5a" * 16,
        "TOCSIN_SMS__TWILIO__AUTH_TOKEN": SECRET,
        "TOCSIN_SMS__TWILIO__FROM": "+12025550190",
        "TOCSIN_SMS__TWILIO__BASE_URL": "http://127.0.0.1:9",  # Nobody is there: what is sent goes nowhere.
    }
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with serving(folder / "data", **environ) as server:
        command = [nginx, "-p", str(folder), "-c", str(configured(folder, port, server.port))]
        subprocess.run(command, check=True)  # It listens when this returns, and goes on in the background.
        try:
            yield Front(folder, port, server)
        finally:
            subprocess.run([*command, "-s", "quit"], check=True)


def test_a_page_comes_over_http_2_with_our_headers_once(front: Front) -> None:
    version, status, answer = front.curl("/phone", "-i")
    assert (version, status) == ("2", 200)
    for name in ("content-security-policy", "strict-transport-security", "x-content-type-options", "cache-control"):
        assert len(re.findall(rf"^{name}:", answer, re.MULTILINE | re.IGNORECASE)) == 1


def test_a_press_goes_by_its_own_lane_and_a_list_of_alerts_does_not(front: Front) -> None:
    bearer = ("-H", f"Authorization: Bearer {front.token}")
    assert front.lane("/api/v1/alerts", *bearer, "-d", '{"kind":"sos"}') == (201, front.server.port + 1)
    assert front.lane("/api/v1/alerts", *bearer) == (200, front.server.port)


def test_the_press_of_a_page_goes_by_the_same_lane_and_is_never_too_big(front: Front) -> None:
    big = front.folder / "pressed"
    big.write_bytes(b"a=b&" * 500_000)
    words = ("-H", "Sec-Fetch-Site: same-origin", "--data-binary", f"@{big}")
    assert front.lane("/account/roll-call/help", *words) == (403, front.server.port + 1), "read, and of nobody"


def test_a_press_with_a_huge_body_rings_all_the_same(front: Front) -> None:
    big = front.folder / "big"
    big.write_bytes(b'{"kind":"sos","text":"' + b"a" * 3_000_000 + b'"}')
    words = ("-H", f"Authorization: Bearer {front.token}", "--data-binary", f"@{big}")
    assert front.curl("/api/v1/alerts", *words)[1] == 201
    assert front.curl("/api/v1/alerts/x/notes", *words)[1] == 413


def test_an_event_of_the_live_stream_is_not_held_back(front: Front) -> None:
    bearer = ("-H", f"Authorization: Bearer {front.token}")
    with subprocess.Popen(front.command("/api/v1/live", "-N", *bearer), stdout=subprocess.PIPE, text=True) as stream:
        assert stream.stdout is not None
        lines = iter(stream.stdout.readline, "")
        assert any(line.startswith("event:") for line in lines)
        assert front.curl("/api/v1/alerts", *bearer, "-d", '{"kind":"sos"}')[1] == 201
        assert any(line.startswith("event: alert") for line in lines)
        stream.send_signal(signal.SIGTERM)


def test_the_signature_of_a_carrier_holds_and_a_wrong_one_does_not(front: Front) -> None:
    form = {"From": "+12025550161", "To": "+12025550190", "Body": "hello", "MessageSid": "SM1"}
    signed = signature(SECRET, front.url + "/hooks/twilio/sms", tuple(form.items()))
    for claimed, status in ((signed, 200), ("d3Jvbmc=", 403)):
        words = ("-H", f"X-Twilio-Signature: {claimed}", "-d", urlencode(form))
        assert front.lane("/hooks/twilio/sms", *words) == (status, front.server.port + 1)


def test_what_the_machine_says_of_itself_stays_on_the_machine(front: Front) -> None:
    assert [front.curl(path)[1] for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 404]
