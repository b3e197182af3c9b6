"""Roster feeds fetched from the web: from addresses that may be connected to, so much of each and no more.

Theory of operation
-------------------
Only https, but for networks of our own that the settings name.  A name is resolved once and every address it has is
looked at (`address_guard.py`); no redirect is followed, since where it leads nobody has looked at.  What comes packed
is unpacked no further than a feed may be long, whatever it would become.  A feed has one deadline for all of it, so
that a server that drips is given up.  Nothing of an address is ever logged: it may be as good as a password.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import partial

import aiohttp
from yarl import URL

from tocsin.channels.address_guard import Lookup, Network, Shut, is_open, lookup, within
from tocsin.channels.session import guarded_session
from tocsin.core.access.feed_record import FeedCame, FeedFault
from tocsin.core.limits import FEED_MAX_BYTES, FEED_MAX_S

CONNECT_MAX_S = 5
CONNECTIONS_MAX = 4
HEADERS = {"Accept": "text/calendar, text/csv, */*;q=0.1", "Accept-Encoding": "gzip"}
UNPACKED = ("", "identity")
PACKED = ("gzip", "x-gzip", "deflate")
ANY_PACKING = 47  # What zlib calls: find out which of the two it is.


class FeedDocuments:
    """`private`: networks of our own, from which it may fetch all the same.  To be made inside the running loop."""

    def __init__(self, private: Sequence[Network], lookup: Lookup = lookup, deadline_s: float = FEED_MAX_S) -> None:
        session = partial(
            guarded_session,
            lookup=lookup,
            connections=CONNECTIONS_MAX,
            connect_s=CONNECT_MAX_S,
            total_s=deadline_s,
            headers=HEADERS,
        )
        self._open = session(lambda address: is_open(address) or within(address, private))
        self._own = session(lambda address: within(address, private))

    async def __call__(self, url: str, etag: str = "", modified: str = "") -> FeedCame | FeedFault:
        """What came, if it is another than `etag` or `modified` names; or why nothing did.  Raises nothing."""
        try:
            session = self._own if URL(url).scheme == "http" else self._open
            return await _fetched(session, URL(url), _known(etag, modified))
        except aiohttp.ClientConnectorError as error:
            return _unconnected(error)
        except TimeoutError:
            return FeedFault.SLOW
        except (aiohttp.ClientError, OSError, ValueError):
            return FeedFault.AWAY

    async def close(self) -> None:
        await self._open.close()
        await self._own.close()


def _known(etag: str, modified: str) -> dict[str, str]:
    named = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in named.items() if value}


async def _fetched(session: aiohttp.ClientSession, url: URL, known: dict[str, str]) -> FeedCame | FeedFault:
    async with session.get(url, headers=known, allow_redirects=False) as reply:
        if reply.status == 304 and known:
            return FeedCame(None)
        if 300 <= reply.status < 400:
            return FeedFault.MOVED
        if reply.status != 200:
            return FeedFault.AWAY if reply.status >= 500 else FeedFault.REFUSED
        packing = reply.headers.get("Content-Encoding", "").strip().lower()
        if packing not in (*UNPACKED, *PACKED):
            return FeedFault.NO_ROSTER
        content = await _whole(reply, packed=packing in PACKED)
        if isinstance(content, FeedFault):
            return content
        return FeedCame(content, reply.headers.get("ETag", "")[:200], reply.headers.get("Last-Modified", "")[:200])


async def _whole(reply: aiohttp.ClientResponse, *, packed: bool) -> bytes | FeedFault:
    """All of it, unpacked as it comes, unless that is too much."""
    unpacking = zlib.decompressobj(ANY_PACKING) if packed else None
    read = bytearray()
    async for chunk in reply.content.iter_any():
        try:
            read += chunk if unpacking is None else unpacking.decompress(chunk, FEED_MAX_BYTES + 1 - len(read))
        except zlib.error:
            return FeedFault.NO_ROSTER
        if len(read) > FEED_MAX_BYTES:
            return FeedFault.HUGE
    return bytes(read) if unpacking is None or unpacking.eof else FeedFault.AWAY


def _unconnected(error: aiohttp.ClientConnectorError) -> FeedFault:
    if isinstance(error.os_error, Shut):
        return FeedFault.PRIVATE
    return FeedFault.NOT_SAFE if isinstance(error, aiohttp.ClientSSLError) else FeedFault.AWAY
