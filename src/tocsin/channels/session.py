"""The HTTP client that channels send through: many warm connections, one deadline, no surprises.

No redirect is followed (by the caller), no cookie kept, no proxy taken from the environment: a message in distress goes
to the address that was set and to no other.
"""

from __future__ import annotations

import aiohttp

from tocsin.core.limits import SECOND_MS, SEND_DEADLINE_MS

CONNECTIONS_MAX = 512  # Two rungs of two hundred people at once, each send on a connection of its own.
KEEP_ALIVE_S = 30  # Shorter than the vendors keep theirs: a connection that closes under a send leaves doubt.
CONNECT_MAX_S = 4  # Unconnected for so long is *down*, which is known; after that only *nobody knows* is left.


def carrier_session() -> aiohttp.ClientSession:
    """A session for one channel, to be made inside the running loop; the channel closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=KEEP_ALIVE_S),
        timeout=aiohttp.ClientTimeout(total=SEND_DEADLINE_MS / SECOND_MS, sock_connect=CONNECT_MAX_S),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
