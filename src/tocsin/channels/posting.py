"""One request to a vendor and what became of it: what every channel that speaks HTTP has in common.

What matters after a failure is whether the vendor may have taken the message.  No connection: it has not, *refused*.
A readable reply: it says so.  Anything after the request may have left (time-out, lost connection, a reply nobody can
read): *unknown*, and whoever decides may ask another vendor, or this one once more.  Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

import aiohttp
from yarl import URL

from tocsin.core.words import Reason
from tocsin.ports import Accepted, Refused, Unknown

REPLY_MAX_BYTES = 65_536  # A vendor's answer has about one thousand; the rest would be somebody else's page.
REFUSED_US = frozenset({401, 402, 403})  # Our key, our credit or our account: no send will do better.
NOT_THERE = frozenset({404, 405, 410})
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
Result = Accepted | Refused | Unknown


class Reply(NamedTuple):
    """What came back: the HTTP status, the body up to about REPLY_MAX_BYTES, the Retry-After header as it stands."""

    status: int
    body: bytes
    retry_after: str | None


async def post(
    session: aiohttp.ClientSession,
    url: URL,
    body: bytes,
    headers: Mapping[str, str],
    read: Callable[[Reply], Result],
) -> Result:
    """Send once, and let `read` say what the reply means.  Ends by the session's deadline; raises only cancellation."""
    try:
        return read(await _asked(session, "POST", url, headers, body))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        return Refused(Reason.VENDOR_DOWN, type(error).__name__)
    except Exception as error:  # Whatever it was, the request may have left.
        return Unknown(type(error).__name__)


async def probe(session: aiohttp.ClientSession, url: URL, headers: Mapping[str, str]) -> Accepted | Refused:
    """Ask something harmless that needs our credentials: does this vendor answer, and does it know us?

    Accepted (its `provider_ref` says nothing) also where it finds nothing there: an address that moved is no outage.
    Raises nothing but cancellation.
    """
    try:
        reply = await _asked(session, "GET", url, headers, None)
    except Exception as error:  # Whatever it was: a vendor that cannot even be asked takes no message either.
        return Refused(Reason.VENDOR_DOWN, type(error).__name__)
    if 200 <= reply.status < 300 or reply.status in NOT_THERE:
        return Accepted("")
    reason = Reason.SENDER_SUSPENDED if reply.status in REFUSED_US else Reason.VENDOR_DOWN
    return Refused(reason, str(reply.status))


def own_account(name: str, secret: str, content_type: str = "") -> dict[str, str]:
    """The headers of whoever asks a vendor about an account of theirs.  `content_type`: of what is sent along."""
    sent = {"Content-Type": content_type} if content_type else {}
    return {"Authorization": aiohttp.encode_basic_auth(name, secret), "Accept": JSON, **sent}


def below(base_url: str, path: str) -> URL:
    """An address of a vendor; the path is as its dialect writes it."""
    return URL(base_url.rstrip("/") + path, encoded=True)


async def read_up_to(most_bytes: int, reply: aiohttp.ClientResponse) -> bytes:
    """The body, or a little more of it than this: then the rest is not waited for."""
    read = bytearray()
    async for part in reply.content.iter_any():
        read += part
        if len(read) > most_bytes:
            reply.close()
            break
    return bytes(read)


def same_sender(senders: Sequence[str], number: str) -> str:
    """The same sender for a recipient while the list stays, so that what comes from us lies in one thread."""
    return senders[crc32(number.encode("utf-8", "replace")) % len(senders)]


async def _asked(
    session: aiohttp.ClientSession, method: str, url: URL, headers: Mapping[str, str], body: bytes | None
) -> Reply:
    async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as reply:
        return Reply(reply.status, await read_up_to(REPLY_MAX_BYTES, reply), reply.headers.get("Retry-After"))
