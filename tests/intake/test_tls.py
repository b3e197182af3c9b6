"""A certificate is renewed under the running server, and a bad one never takes the place of a good one."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tocsin.intake.lanes import Receive, Scope, Send, answer
from tocsin.intake.serving import Listener, bind
from tocsin.intake.tls import DAY_S, BadCertificate, Certificate

HOST = "tocsin.example.org"
REQUEST = b"GET / HTTP/1.1\r\nHost: tocsin.example.org\r\nConnection: close\r\n\r\n"
AUTHORITY = trustme.CA()


class Files:
    """A pair of files, as a renewal leaves them."""

    def __init__(self, folder: Path) -> None:
        self.certificate, self.key, self._renewals = folder / "chain.pem", folder / "key.pem", 0

    def renew(self) -> int:
        """The serial number of the new one."""
        made = AUTHORITY.issue_cert(HOST)
        self.write(made.cert_chain_pems[0].bytes(), made.private_key_pem.bytes())
        return x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes()).serial_number

    def write(self, certificate: bytes, key: bytes) -> None:
        self._renewals += 1
        for path, content in ((self.certificate, certificate), (self.key, key)):
            path.write_bytes(content)
            os.utime(path, (self._renewals, self._renewals))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    await answer(send, 200, str(scope["scheme"]).encode(), "text/plain")


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


async def seen(port: int, trust: ssl.SSLContext) -> tuple[int, bytes]:
    """The serial number that a phone is shown, and what it is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=HOST)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.write(REQUEST)
    said = await reader.read()
    writer.close()
    return x509.load_der_x509_certificate(shown).serial_number, said


def test_a_renewed_pair_is_shown_to_the_next_who_comes_without_a_restart(files: Files) -> None:
    first = files.renew()
    certificate = Certificate(files.certificate, files.key)

    async def story() -> None:
        bound = bind("127.0.0.1", 0)
        port, listener = bound.getsockname()[1], Listener(fine, bound, tls=certificate.context)
        await listener.listen()
        serial, said = await seen(port, trusting())
        assert serial == first and said.startswith(b"HTTP/1.1 200") and said.endswith(b"https")
        assert not certificate.renew()
        second = files.renew()
        assert certificate.renew() and (await seen(port, trusting()))[0] == second != first
        files.write(b"half of a", b"pair")
        assert not certificate.renew() and (await seen(port, trusting()))[0] == second
        assert ["is not used" in reason.what for reason in certificate.not_ready(0)] == [True]
        files.renew()
        assert certificate.renew() and not list(certificate.not_ready(0))
        await listener.stop()

    asyncio.run(story())


def test_an_old_protocol_and_a_caller_in_the_clear_are_refused(files: Files) -> None:
    files.renew()
    certificate = Certificate(files.certificate, files.key)
    assert certificate.context.minimum_version == ssl.TLSVersion.TLSv1_2

    async def story() -> None:
        bound = bind("127.0.0.1", 0)
        port, listener = bound.getsockname()[1], Listener(fine, bound, tls=certificate.context)
        await listener.listen()
        newest_only = trusting()
        newest_only.minimum_version = ssl.TLSVersion.TLSv1_3
        assert (await seen(port, newest_only))[1].startswith(b"HTTP/1.1 200")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        assert b"200" not in await reader.read()
        writer.close()
        await listener.stop()

    asyncio.run(story())


def test_its_end_is_told_a_week_ahead_and_when_it_has_come(files: Files) -> None:
    files.renew()
    certificate = Certificate(files.certificate, files.key)
    ends_s = certificate.expires_s
    told = {days: [reason.what for reason in certificate.not_ready(ends_s - days * DAY_S)] for days in (8, 3, 0, -1)}
    assert told[8] == [] and "expires in 3 days" in told[3][0] and "expires in 0 days" in told[0][0]
    assert "has expired" in told[-1][0] and len(told[-1]) == 1


def test_files_that_go_away_leave_the_good_one_in_place(files: Files) -> None:
    files.renew()
    certificate = Certificate(files.certificate, files.key)
    files.key.unlink()
    assert not certificate.renew()
    assert ["is not used" in reason.what for reason in certificate.not_ready(0)] == [True]


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(files: Files) -> None:
    made = AUTHORITY.issue_cert(HOST)
    key = serialization.load_pem_private_key(made.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"an invented password"),
    )
    files.write(made.cert_chain_pems[0].bytes(), locked)
    with pytest.raises(BadCertificate, match="without a password"):
        Certificate(files.certificate, files.key)
