"""Mail by SMTP: one message in, one mail handed to the server of the settings, one outcome back.

Theory of operation
-------------------
*Accepted* says that our server took the mail and no more: it may bounce, wait or lie unread, so mail never counts as
reach.  What matters after a failure is how far we came (`Stage`): until the message itself was on its way the server
has not taken it; after that nobody knows, until its reply.  The id of the mail comes from the reference, so a reader
who gets it twice gets one mail twice, and all mails of one alert lie in one thread.

The password goes only through TLS, or to this machine itself; a server that should offer STARTTLS and does not is
refused.  Subject and sender name nobody; every header is made by the email package, which lets no line end through.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate
from enum import IntEnum

import aiosmtplib

from tocsin.core.limits import SECOND_MS, SEND_DEADLINE_MS
from tocsin.core.mailing import CALLS, parted
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Clock, Message, Refused, Unknown
from tocsin.wire.smtp import MailServer, Tls, Verdict, is_address, verdict

CONNECTIONS_MAX = 16  # At once: servers refuse a crowd, and the next mail begins when one ends.
GOODBYE_MAX_S = 1
REASONS = {
    Verdict.LATER: Reason.DEFERRED,
    Verdict.NOBODY_THERE: Reason.ADDRESS_DEAD,
    Verdict.NO: Reason.VENDOR_REFUSED,
}


class Stage(IntEnum):
    """How far one send has come."""

    WAITING = 0
    CONNECTING = 1
    SHIELDING = 2
    SIGNING_IN = 3
    SENDER = 4
    RECIPIENT = 5
    LETTER = 6
    TAKEN = 7


class SmtpMail:
    """A Channel.  `sender`: what From says; replies and bounces go there.  `tls`: by what certificates are checked."""

    def __init__(self, server: MailServer, sender: Address, clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._server, self._sender, self._clock = server, sender, clock
        self._tls = tls or ssl.create_default_context()
        self._free = asyncio.Semaphore(CONNECTIONS_MAX)

    async def send(self, message: Message) -> Accepted | Refused | Unknown:
        """Send once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        if not is_address(message.to):
            return Refused(Reason.NO_CONTACT, "no mail address")
        errand = _Errand(self._server, self._tls, self._sender.addr_spec, message.to)
        try:
            async with asyncio.timeout(SEND_DEADLINE_MS / SECOND_MS), self._free:
                await errand.run(self._mail(message).as_bytes(policy=WIRE))
        except Exception as error:  # Whatever it was, how far the errand came says what the mail became.
            if errand.stage is not Stage.TAKEN:
                return _failed(errand.stage, error)
        finally:
            errand.drop()
        return Accepted(message_id(message.reference, self._sender.domain))

    async def close(self) -> None:
        """Nothing is kept open between mails."""

    def _mail(self, message: Message) -> EmailMessage:
        heading, letter = parted(message.text)
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = Address(addr_spec=message.to)
        mail["Subject"] = " ".join(heading.split())
        mail["Date"] = formatdate(self._clock.now_ms() / SECOND_MS)
        mail["Message-ID"] = message_id(message.reference, self._sender.domain)
        mail["References"] = message_id(message.reference.partition("/")[0], self._sender.domain)
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        if message.purpose in CALLS and not message.drill:
            mail["Importance"] = "high"
            mail["X-Priority"] = "1"
        mail.set_content(letter, charset="utf-8", cte="quoted-printable")
        return mail


def message_id(reference: str, domain: str) -> str:
    """The same for each physical send of one message."""
    return f"<{reference.replace('/', '.')}@{domain}>"


class _Errand:
    """One connection that carries one mail; `stage` is where it stands or stood."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext, sender: str, to: str) -> None:
        self.stage, self._server, self._tls, self._sender, self._to = Stage.WAITING, server, tls, sender, to
        self._smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=SEND_DEADLINE_MS / SECOND_MS,
            use_tls=server.tls is Tls.FROM_THE_START,
            start_tls=False,
            tls_context=tls,
            local_hostname=sender.rpartition("@")[2],
        )

    async def run(self, mail: bytes) -> None:
        """Raises what aiosmtplib raises; then `stage` says what it means."""
        self.stage = Stage.CONNECTING
        await self._smtp.connect()
        self.stage = Stage.SHIELDING
        await self._shield()
        self.stage = Stage.SIGNING_IN
        if self._server.password:
            await self._smtp.login(self._server.user, self._server.password)
        self.stage = Stage.SENDER
        await self._smtp.mail(self._sender)
        self.stage = Stage.RECIPIENT
        await self._smtp.rcpt(self._to)
        self.stage = Stage.LETTER
        await self._smtp.data(mail)
        self.stage = Stage.TAKEN
        with contextlib.suppress(Exception):  # It has the mail; how it says goodbye is nobody's concern.
            await self._smtp.quit(timeout=GOODBYE_MAX_S)

    async def _shield(self) -> None:
        if self._server.tls is Tls.FROM_THE_START:
            return
        await self._smtp.ehlo()
        if self._server.tls is Tls.STARTTLS:
            await self._smtp.starttls(tls_context=self._tls)
        elif self._smtp.supports_extension("starttls"):
            await self._smtp.starttls(tls_context=_trusting())

    def drop(self) -> None:
        self._smtp.close()


def _trusting() -> ssl.SSLContext:
    """To this machine, or where the settings ask for no TLS: better than nothing, whoever signed the certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _failed(stage: Stage, error: Exception) -> Refused | Unknown:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(stage, error.code, error.message)
    if stage is Stage.LETTER:  # The mail was on its way, and no reply came.
        return Unknown(f"{stage.name.lower()}: {type(error).__name__}")
    if _distrusted(error):
        return Refused(Reason.VENDOR_REFUSED, "the server's certificate is not to be trusted; nothing was sent")
    if isinstance(error, aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPConnectError | OSError | TimeoutError):
        return Refused(Reason.VENDOR_DOWN, f"{stage.name.lower()}: {type(error).__name__}")
    if stage is Stage.SHIELDING:
        return Refused(Reason.VENDOR_REFUSED, "the server offers no STARTTLS; nothing was sent, nor the password")
    return Refused(Reason.VENDOR_REFUSED, f"{stage.name.lower()}: {type(error).__name__}")


def _answered(stage: Stage, code: int, said: str) -> Refused | Unknown:
    """The server's words are looked at and not kept: they may quote the address."""
    detail = f"{stage.name.lower()}: {code}"
    if stage is Stage.SIGNING_IN and code >= 500:
        return Refused(Reason.SENDER_SUSPENDED, detail)
    if stage is Stage.CONNECTING:
        return Refused(Reason.VENDOR_DOWN, detail)
    if stage is Stage.LETTER and not 400 <= code < 600:
        return Unknown(detail)
    return Refused(REASONS[verdict(code, said, of_recipient=stage is Stage.RECIPIENT)], detail)


def _distrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
