"""An authority of nobody's, made anew for each run: it vouches for localhost to whoever is told to trust it."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import trustme

EXPIRES = datetime(2040, 1, 1, tzinfo=UTC)
_OURS = trustme.CA()
_LOCALHOST = _OURS.issue_cert("localhost", not_after=EXPIRES)


def server_tls() -> ssl.SSLContext:
    """What a server on localhost shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _LOCALHOST.configure_cert(context)
    return context


def trusting_tls() -> ssl.SSLContext:
    """What a caller brings who trusts this authority besides all others."""
    context = ssl.create_default_context()
    _OURS.configure_trust(context)
    return context
