"""A real server that is asked to face a network: with a certificate it does, without one it stays at home, loudly."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from pathlib import Path

import pytest
import trustme
from line import SITE, serving, told

pytestmark = pytest.mark.slow
EVERYWHERE = {"TOCSIN_SERVER__HOST": "0.0.0.0", "TOCSIN_SERVER__PUBLIC_URL": "https://tocsin.example.org"}  # noqa: S104


def beside() -> str:
    """Another address of this machine than 127.0.0.1, which a server on 0.0.0.0 has and one at home has not."""
    return "127.0.0.2"


def reaches(host: str, port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((host, port)) == 0


def test_without_encryption_it_starts_on_this_machine_only_and_turns_red(tmp_path: Path) -> None:
    with serving(tmp_path, **EVERYWHERE) as server:
        assert reaches("127.0.0.1", server.port) and not reaches(beside(), server.port)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/readyz")
        reply = connection.getresponse()
        reasons = {reason["part"]: reason["what"] for reason in json.loads(reply.read())["reasons"]}
        assert reply.status == 503 and reasons["server.host"].startswith("not served to the network because")
        connection.close()
        server.stop()
    assert "server.host is off: not served to the network because nothing would encrypt" in server.noise


def test_with_a_certificate_both_sockets_serve_everybody_and_nothing_in_the_clear(tmp_path: Path) -> None:
    authority = trustme.CA()
    made = authority.issue_cert("tocsin.example.org")
    made.private_key_and_cert_chain_pem.write_to_path(tmp_path / "pair.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    (tmp_path / "site.toml").write_text(SITE)
    data, pair = tmp_path / "data", str(tmp_path / "pair.pem")
    tls = {"TOCSIN_SERVER__TLS__CERTIFICATE": pair, "TOCSIN_SERVER__TLS__PRIVATE_KEY": pair}
    with serving(data, **EVERYWHERE, **tls) as server:
        told("apply", str(tmp_path / "site.toml"), data=data)
        token = told("token", "w0", data=data)["token"]
        for port in (server.port, server.port + 1):
            status, headers = press(port, token, trust)
            assert status == 201 and headers["strict-transport-security"].startswith("max-age=")
            plain = http.client.HTTPConnection(beside(), port, timeout=60)
            with pytest.raises((ConnectionError, http.client.HTTPException)):
                plain.request("GET", "/healthz")
                plain.getresponse()
            plain.close()
        assert b"tocsin_certificate_expires_timestamp_seconds" in read(server.port, "/metrics", trust)


def secured(port: int, trust: ssl.SSLContext) -> ssl.SSLSocket:
    return trust.wrap_socket(socket.create_connection((beside(), port), 10), server_hostname="tocsin.example.org")


def press(port: int, token: str, trust: ssl.SSLContext) -> tuple[int, dict[str, str]]:
    with secured(port, trust) as line:
        body = b'{"kind":"sos"}'
        head = (
            f"POST /api/v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}"
        )
        line.sendall(head.encode() + b"\r\nConnection: close\r\n\r\n" + body)
        reply = http.client.HTTPResponse(line)
        reply.begin()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}


def read(port: int, path: str, trust: ssl.SSLContext) -> bytes:
    with secured(port, trust) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        reply = http.client.HTTPResponse(line)
        reply.begin()
        return reply.read()
