"""Our own certificate: checked before anything listens with it, read anew when its files change, watched as it ages.

Theory of operation
-------------------
One context serves both sockets for the life of the process.  When the files change, the new pair is tried apart; if it
is good it goes into that same context, and the next handshake has it, while connections that stand go on.  If it is
not (half written, of another key), the old one stays and `not_ready` says so until a good one comes.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509

from tocsin.runtime.readiness import NotReady

DAY_S = 24 * 3_600
RED_DAYS = 7  # Renewal is tried a month ahead; what has not come by now will not come by itself.
RENEW = "Put a renewed pair in the files of [server.tls]; it is taken within a minute, without a restart."


class BadCertificate(Exception):
    """The certificate and its key cannot be used; the words say why, and nothing of what they hold."""


class Certificate:
    """A pair that can be used.  Raises BadCertificate where there is none.  `expires_s`: seconds since 1970."""

    def __init__(self, certificate: Path, private_key: Path) -> None:
        self._certificate, self._private_key = certificate, private_key
        self._seen, self._flaw = self._stamp(), ""
        self.context, self.expires_s = self._read()

    def renew(self) -> bool:
        """Take the files' new pair, if they have changed and it is good.  True if it was taken.  Never raises."""
        seen = self._stamp()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            _, self.expires_s = self._read()
            self._load(self.context)
        except BadCertificate as bad:
            self._flaw = str(bad)
            return False
        self._flaw = ""
        return True

    def not_ready(self, now_s: int) -> Iterator[NotReady]:
        """What is wrong with it now, or soon."""
        left_days = (self.expires_s - now_s) // DAY_S
        if self._flaw:
            yield NotReady("server.tls", f"The renewed certificate is not used: {self._flaw}.", RENEW)
        if left_days < 0:
            yield NotReady("server.tls", "The certificate has expired: phones refuse to connect.", RENEW)
        elif left_days < RED_DAYS:
            yield NotReady("server.tls", f"The certificate expires in {left_days} days.", RENEW)

    def _stamp(self) -> tuple[tuple[int, int, int], ...]:
        try:
            stats = [path.stat() for path in (self._certificate, self._private_key)]
        except (OSError, ValueError):
            return ()
        return tuple((stat.st_mtime_ns, stat.st_ino, stat.st_size) for stat in stats)

    def _read(self) -> tuple[ssl.SSLContext, int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
        context.set_alpn_protocols(["http/1.1"])
        self._load(context)
        try:
            chain = x509.load_pem_x509_certificates(self._certificate.read_bytes())
        except (OSError, ValueError) as error:
            raise BadCertificate(f"the certificate cannot be read ({type(error).__name__})") from None
        return context, int(chain[0].not_valid_after_utc.timestamp())

    def _load(self, context: ssl.SSLContext) -> None:
        """A key that wants a password is refused, not asked about: nobody sits at a server."""
        try:
            context.load_cert_chain(self._certificate, self._private_key, password=lambda: b"")
        except ssl.SSLError as error:
            why = (
                "they do not belong together"
                if error.reason == "KEY_VALUES_MISMATCH"
                else "no PEM pair without a password"
            )
            raise BadCertificate(f"certificate and private_key cannot be used ({why})") from None
        except (OSError, ValueError) as error:
            raise BadCertificate(f"certificate or private_key cannot be read ({type(error).__name__})") from None
