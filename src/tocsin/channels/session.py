"""The HTTP clients that channels send and fetch through: so many connections, one deadline, no surprises.

No redirect is followed (by the caller), no cookie kept, no proxy taken from the environment: a message in distress goes
to the address that was set and to no other.  Where the address is a stranger's, the client is a guarded one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import aiohttp

from tocsin.channels.address_guard import Address, GuardedResolver, Lookup, Shut
from tocsin.core.limits import SECOND_MS, SEND_DEADLINE_MS
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Refused, Unknown

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


def guarded_session(
    admits: Callable[[Address], bool],
    lookup: Lookup,
    *,
    connections: int,
    connect_s: float,
    total_s: float | None = None,
    keep_alive_s: float = 0,
    unpacks: bool = False,
    headers: Mapping[str, str] | None = None,
) -> aiohttp.ClientSession:
    """A session that connects to no address but those that `admits` lets through; made inside the running loop.

    `total_s`: for all of a request; None: what a send has.  `connect_s`: the look-up of the name included.
    `keep_alive_s`: for how long a connection waits for the next request (0: each is closed after its own).
    `unpacks`: what comes packed is unpacked, however long it becomes.
    """
    guard = GuardedResolver(admits, lookup)
    kept = {"keepalive_timeout": keep_alive_s} if keep_alive_s else {"force_close": True}
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=guard, socket_factory=guard.socket, use_dns_cache=False, limit=connections, **kept
        ),
        timeout=aiohttp.ClientTimeout(total=total_s or SEND_DEADLINE_MS / SECOND_MS, connect=connect_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=unpacks,
        headers={"User-Agent": "tocsin", **(headers or {})},
    )


async def attempted(sending: Awaitable[Accepted | Refused | Unknown]) -> Accepted | Refused | Unknown:
    """What became of a send to a stranger's address, whatever went wrong with it.  Raises nothing but cancellation."""
    try:
        return await sending
    except aiohttp.ClientConnectorError as error:
        return _unconnected(error)
    except aiohttp.InvalidURL:
        return Refused(Reason.NO_CONTACT, "its host is no name and no address")
    except aiohttp.ConnectionTimeoutError as error:
        return Refused(Reason.VENDOR_DOWN, type(error).__name__)
    except Exception as error:  # Whatever it was, the request may have left.
        return Unknown(type(error).__name__)


def _unconnected(error: aiohttp.ClientConnectorError) -> Refused:
    """Why it did not leave."""
    if isinstance(error.os_error, Shut):
        return Refused(Reason.DESTINATION_BLOCKED, "the address is private; private_networks may name its network")
    if isinstance(error, aiohttp.ClientSSLError):
        return Refused(Reason.VENDOR_REFUSED, "its certificate is not to be trusted, or it speaks no TLS")
    return Refused(Reason.VENDOR_DOWN, type(error).__name__)
