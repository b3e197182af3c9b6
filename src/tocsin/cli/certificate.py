"""Is the certificate of the public address good, and for how long?  Asked from here, as a phone would."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from tocsin.runtime.doctor import Finding

CONNECT_MAX_S = 4.0
DAY_S = 24 * 3_600
WARN_DAYS, LAST_DAYS = 21, 3  # Renewal is tried a month ahead: at three weeks it has failed for a while.
RENEW = "Renew it at the proxy, and see why it was not renewed by itself."


def certificate_findings(public_url: str, now_s: int, trust: ssl.SSLContext | None = None) -> Iterator[Finding]:
    """At most one.  An address without https has no certificate.  Ends within a few seconds.

    `trust`: whom to believe; the machine's own list unless given.
    """
    parts = urlsplit(public_url)
    if parts.scheme != "https" or parts.hostname is None:
        return
    try:
        expires_s = _expires_s(parts.hostname, parts.port or 443, trust or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        what = f"the certificate of server.public_url is refused: {error.verify_message}"
        yield Finding("certificate_invalid", "error", what, "Carriers refuse it too: put a good one at the proxy.")
    except (OSError, ValueError) as error:
        what = f"server.public_url cannot be reached from here ({type(error).__name__})"
        yield Finding("certificate_unseen", "check", what, "See from outside whether it answers, with a certificate.")
    else:
        yield from _running_out(expires_s - now_s)


def _running_out(left_s: int) -> Iterator[Finding]:
    if left_s < WARN_DAYS * DAY_S:
        level = "error" if left_s < LAST_DAYS * DAY_S else "warning"
        what = f"the certificate of server.public_url expires in {max(left_s, 0) // DAY_S} days"
        yield Finding("certificate_expiring", level, what, RENEW)


def _expires_s(host: str, port: int, trust: ssl.SSLContext) -> int:
    """Seconds since 1970.  Raises OSError, which a refused certificate is too, or ValueError: no such host can be."""
    with (
        socket.create_connection((host, port), timeout=CONNECT_MAX_S) as plain,
        trust.wrap_socket(plain, server_hostname=host) as secured,
    ):
        told = secured.getpeercert() or {}
        return int(ssl.cert_time_to_seconds(str(told["notAfter"])))
