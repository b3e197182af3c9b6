"""Twilio's list of messages, and what it says of each: what came in, and what went out to somebody opted out.

Pure translation.  The list comes in pages, newest first; dates are asked for by the day and told to the second, as
RFC 2822.  https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from tocsin.wire.twilio import messages_path

PAGE_MESSAGES = 200  # Some two hundred kilobytes; the carrier gives a thousand at most.
OPTED_OUT = 21610
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Listed(Struct, frozen=True):
    """One message of the list.  `at_ms`: when it was sent, None where that cannot be read.  `error`: its code."""

    message: str
    sender: str
    to: str
    text: str
    inbound: bool
    at_ms: int | None
    error: int | None = None


class Page(Struct, frozen=True):
    """Some messages, newest first; `next` is the path of the page after it, None at the end."""

    messages: tuple[Listed, ...]
    next: str | None = None


class NoPage(Struct, frozen=True):
    """The carrier gave no list: the HTTP status, whatever it says beside."""

    status: int


def inbound_path(account_sid: str, to: str, since_ms: int) -> str:
    """What came in to this number of ours, from the day of `since_ms` on."""
    return _path(account_sid, "To", to, since_ms)


def outbound_path(account_sid: str, sender: str, since_ms: int) -> str:
    """What went out from this number of ours, from the day of `since_ms` on."""
    return _path(account_sid, "From", sender, since_ms)


def _path(account_sid: str, field: str, number: str, since_ms: int) -> str:
    day = (_EPOCH + timedelta(milliseconds=max(since_ms, 0))).date().isoformat()
    asked = {field: number, "DateSent>": day, "PageSize": str(PAGE_MESSAGES)}
    return f"{messages_path(account_sid)}?{urlencode(asked)}"


def read_page(account_sid: str, status: int, body: bytes) -> Page | NoPage:
    """One page.  A message that says not even its id, or no sender, is left out: nothing can be done with it."""
    if status != 200:
        return NoPage(status)
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return NoPage(status)
    rows = said.get("messages") if isinstance(said, dict) else None
    if not isinstance(rows, list):
        return NoPage(status)
    listed = (_listed(row) for row in rows if isinstance(row, dict))
    return Page(tuple(one for one in listed if one is not None), _next(account_sid, said.get("next_page_uri")))


def _next(account_sid: str, uri: object) -> str | None:
    """Only ever a page of the same list: with our token we go nowhere else."""
    here = messages_path(account_sid) + "?"
    return uri if isinstance(uri, str) and uri.startswith(here) and uri.isascii() and uri.isprintable() else None


def _listed(row: dict[str, Any]) -> Listed | None:
    message, sender = _text(row, "sid"), _text(row, "from")
    if not message or not sender:
        return None
    error = row.get("error_code")
    return Listed(
        message=message,
        sender=sender,
        to=_text(row, "to"),
        text=_text(row, "body"),
        inbound=_text(row, "direction") == "inbound",
        at_ms=_moment(_text(row, "date_sent") or _text(row, "date_created")),
        error=error if isinstance(error, int) and not isinstance(error, bool) else None,
    )


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _moment(said: str) -> int | None:
    try:
        at = parsedate_to_datetime(said)
        return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
