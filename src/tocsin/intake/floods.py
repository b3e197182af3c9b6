"""Too much of one kind, from one credential or one place, waits; a press never does.

Theory of operation
-------------------
This stands beyond the lane of the SOS: presses and carriers' calls have been answered before anybody gets here, so
there is nothing here that could refuse or delay them (I15).  What a phone must load to be able to press (its page and
the files) is never counted either.

* Whoever shows a credential that was issued is counted by it, wherever they come from: no flood of others takes from
  them.
* Everybody else is counted by the place they come from, reads and attempts (to sign in, to use a code or a link) each
  by itself; and all attempts together, because some cost a slow hash and this machine also takes presses.

Behind a proxy every stranger comes from one place.  No header that says otherwise is believed: the proxy, which knows,
is told in the docs how to count strangers by itself.  A bucket is one number, the time at which it is full again; when
there are too many, the one that was used longest ago is forgotten, in favour of who asks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from ipaddress import ip_address
from typing import NamedTuple

from tocsin.core.limits import (
    ATTEMPTS_BURST,
    ATTEMPTS_EVERY_MS,
    ATTEMPTS_TOGETHER_BURST,
    ATTEMPTS_TOGETHER_EVERY_MS,
    BUCKETS_MAX,
    REQUESTS_BURST,
    REQUESTS_EVERY_MS,
    SECOND_MS,
)
from tocsin.identity.token import PREFIX
from tocsin.intake.credentials import bearer
from tocsin.intake.lanes import App, Headers, Receive, Scope, Send, answer, header
from tocsin.intake.problems import PROBLEM_JSON, document
from tocsin.intake.strays import Strays, is_page
from tocsin.ports import Clock
from tocsin.runtime.passes import Passes

FREE = ("/phone", "/notes", "/desk", "/healthz")  # With /static/: what a phone must load to be able to press.
RECEIPTS = "/api/v1/push/receipts"  # A whole shift's phones send one at once, and to look at one costs no slow hash.
TOKENS_LOOKED_AT_MAX = 4  # In one request's cookies: nobody makes us hash a thousand.
PAGE = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>Too many requests</title>"
    b"<h1>Too many requests</h1><p>Wait a few seconds, then load this page again. A call for help is never held up."
)


class Sort(StrEnum):
    """What is counted by itself."""

    KNOWN = "known"
    READS = "reads"
    ATTEMPTS = "attempts"
    TOGETHER = "together"


class Rate(NamedTuple):
    """One each `every_ms`, and `burst` at once."""

    every_ms: int
    burst: int


RATES = {
    Sort.KNOWN: Rate(REQUESTS_EVERY_MS, REQUESTS_BURST),
    Sort.READS: Rate(REQUESTS_EVERY_MS, REQUESTS_BURST),
    Sort.ATTEMPTS: Rate(ATTEMPTS_EVERY_MS, ATTEMPTS_BURST),
    Sort.TOGETHER: Rate(ATTEMPTS_TOGETHER_EVERY_MS, ATTEMPTS_TOGETHER_BURST),
}
Key = tuple[Sort, str]


class Buckets:
    """How much each has left.  Holds BUCKETS_MAX at the most."""

    def __init__(self, most: int = BUCKETS_MAX) -> None:
        self._most, self._full_ms = most, OrderedDict[Key, int]()

    def __len__(self) -> int:
        return len(self._full_ms)

    def wait_ms(self, keys: list[Key], now_ms: int) -> int:
        """0: all of them had room and each has one less.  Otherwise after how long they will; nothing was taken."""
        waits = [self._wait_ms(key, now_ms) for key in keys]
        if not any(waits):
            for key in keys:
                self._take(key, now_ms)
        return max(waits, default=0)

    def _wait_ms(self, key: Key, now_ms: int) -> int:
        rate = RATES[key[0]]
        return max(self._full_ms.get(key, now_ms) - now_ms - (rate.burst - 1) * rate.every_ms, 0)

    def _take(self, key: Key, now_ms: int) -> None:
        self._full_ms[key] = max(self._full_ms.get(key, now_ms), now_ms) + RATES[key[0]].every_ms
        self._full_ms.move_to_end(key)
        if len(self._full_ms) > self._most:
            self._full_ms.popitem(last=False)


def limited(
    app: App, passes: Passes, clock: Clock, buckets: Buckets | None = None, strays: Strays | None = None
) -> App:
    """`app` behind the buckets.  To be put beyond the lane, never before it."""
    kept = buckets if buckets is not None else Buckets()

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        wait_ms = 0
        if scope["type"] == "http" and not free(scope["path"]):
            wait_ms = kept.wait_ms(keys_of(scope, passes), clock.now_ms())
        if wait_ms:
            await _wait(scope, send, wait_ms, strays)
        else:
            await app(scope, receive, send)

    return counted


def limiting(passes: Passes, clock: Clock, strays: Strays | None = None) -> Callable[[App], App]:
    """What puts an application behind buckets of its own.  `strays`: what a browser is shown; without, a plain page."""
    return lambda app: limited(app, passes, clock, strays=strays)


def free(path: str) -> bool:
    return path.startswith("/static/") or path.rstrip("/") in FREE


def keys_of(scope: Scope, passes: Passes) -> list[Key]:
    """What this request is counted by."""
    known = credential(scope["headers"], passes)
    if known is not None:
        return [(Sort.KNOWN, known)]
    place = place_of(scope.get("client"))
    if scope["method"] in ("GET", "HEAD") or scope["path"] == RECEIPTS:
        return [(Sort.READS, place)]
    return [(Sort.ATTEMPTS, place), (Sort.TOGETHER, "")]


def credential(headers: Headers, passes: Passes) -> str | None:
    """The id of the credential that this request shows, if it was ever issued; what it is worth is not asked here."""
    cookies = (header(headers, b"cookie") or "").split(";")
    values = [cookie.partition("=")[2].strip() for cookie in cookies]
    ours = [value for value in values if value.startswith(PREFIX)][:TOKENS_LOOKED_AT_MAX]
    for token in (bearer(header(headers, b"authorization")), *ours):
        found = passes.of(token)
        if found is not None:
            return f"{found.org}/{found.credential}"
    return None


def place_of(client: tuple[str, int] | None) -> str:
    """The address somebody comes from; of IPv6 the half that one customer is given whole."""
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return ""
    return str(address) if address.version == 4 else address.exploded[:19]


async def _wait(scope: Scope, send: Send, wait_ms: int, strays: Strays | None) -> None:
    seconds = b"%d" % -(-wait_ms // SECOND_MS)
    page = is_page(scope["path"], header(scope["headers"], b"accept"))
    shown = strays.too_many(header(scope["headers"], b"accept-language")) if strays and page else PAGE
    status, body = (429, shown) if page else document("too_many")
    await answer(send, status, body, "text/html; charset=utf-8" if page else PROBLEM_JSON, [(b"retry-after", seconds)])
