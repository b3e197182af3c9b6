"""A mail server on loopback: the real protocol, and an answer for each step that a story may set."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "tocsin", "let me in"


class Mailbox:
    """A handler of aiosmtpd.  `says`: the reply to a step instead of the usual one ("MAIL", "RCPT", "DATA")."""

    def __init__(self, says: dict[str, str] | None = None) -> None:
        self.says = says or {}
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.shielded: list[bool] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.says:
            return self.says["DATA"]
        assert isinstance(envelope.content, bytes) and envelope.mail_from is not None
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        assert server.transport is not None
        self.shielded.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 2.0.0 taken"


def _admit(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=good)


@asynccontextmanager
async def serving(
    box: Mailbox, tls: ssl.SSLContext | None = None, *, from_the_start: bool = False, sign_in: bool = False
) -> AsyncIterator[int]:
    """Yields the port."""
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            box,
            hostname="mail.example.org",
            tls_context=None if from_the_start else tls,
            auth_require_tls=False,
            authenticator=_admit if sign_in else None,
            loop=loop,
        )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if from_the_start else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
