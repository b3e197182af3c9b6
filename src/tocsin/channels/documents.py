"""Documents fetched from the web: to addresses that may be connected to, no redirect, and so much of it and no more.

For what is set up by the operator (an organisation's sign-in): the open Internet, this machine where the settings name
it, and the networks of one's own that they name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from tocsin.channels.address_guard import Lookup, Network, is_open, lookup, within
from tocsin.channels.session import guarded_session

BODY_MAX_BYTES = 262_144  # A discovery document or a set of keys is a tenth of it.
ANSWERED_MAX_S = 8  # Somebody sits before a screen and waits.
CONNECT_MAX_S = 4
KEEP_ALIVE_S = 15  # A sign-in asks a second time, soon or never.
CONNECTIONS_MAX = 8


class Documents:
    """`networks`: of one's own, to which it may go all the same.  To be made inside the running loop."""

    def __init__(self, networks: Sequence[Network], lookup: Lookup = lookup) -> None:
        self._session = guarded_session(
            lambda address: is_open(address) or within(address, networks),
            lookup,
            connections=CONNECTIONS_MAX,
            connect_s=CONNECT_MAX_S,
            total_s=ANSWERED_MAX_S,
            keep_alive_s=KEEP_ALIVE_S,
            unpacks=True,
            headers={"Accept": "application/json"},
        )

    async def fetch(
        self, url: str, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body.  Raises OSError, in every case in which there is no whole answer."""
        headers = {"Authorization": aiohttp.encode_basic_auth(*basic)} if basic is not None else {}
        method = "GET" if form is None else "POST"
        try:
            async with self._session.request(
                method, URL(url), data=form, headers=headers, allow_redirects=False
            ) as reply:
                return reply.status, await _whole(reply)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ConnectionError(type(error).__name__) from None

    async def close(self) -> None:
        await self._session.close()


async def _whole(reply: aiohttp.ClientResponse) -> bytes:
    """All of it, unless that is too much."""
    read = bytearray()
    async for chunk in reply.content.iter_any():
        read += chunk
        if len(read) > BODY_MAX_BYTES:
            raise ConnectionError("the document is too large")
    return bytes(read)


def is_loopback(url: str) -> bool:
    """Does this address name this machine?"""
    return (urlsplit(url).hostname or "") in ("localhost", "127.0.0.1", "::1")
