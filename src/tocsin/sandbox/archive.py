"""The carrier's list of messages: what was written to our numbers and what they sent, newest first, in pages.

Written from the carrier's documentation and apart from `wire/twilio_list.py`, as all of this box.
https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from tocsin.sandbox import dialect
from tocsin.sandbox.box import Sandbox, Text

PAGE_MAX = 1_000


def listing(sandbox: Sandbox, query: bytes) -> tuple[int, bytes]:
    """Answer one request for a page: status and body."""
    fault = sandbox.weather.everywhere
    if fault.down or fault.refused is not None:
        return dialect.error(20503 if fault.down else fault.refused or 0)
    asked = dict(parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True))
    rows = [_row(sandbox, text) for text in _texts(sandbox) if _wanted(text, asked)]
    size, page = min(int(asked.get("PageSize", 50)), PAGE_MAX), int(asked.get("Page", 0))
    path = f"/2010-04-01/Accounts/{sandbox.account_sid}/Messages.json"
    more = f"{path}?{urlencode({**asked, 'Page': page + 1, 'PageToken': 'PASM'})}"
    shown = rows[page * size : (page + 1) * size]
    told = {"messages": shown, "page": page, "page_size": size, "uri": path}
    return 200, msgspec.json.encode({**told, "next_page_uri": more if len(rows) > (page + 1) * size else None})


def _texts(sandbox: Sandbox) -> list[Text]:
    """Every message on any phone, newest first."""
    texts = [text for phone in sandbox.phones.values() for text in phone.messages]
    return sorted(texts, key=lambda text: text.at, reverse=True)


def _wanted(text: Text, asked: dict[str, str]) -> bool:
    numbers = all(wanted in ("", number) for wanted, number in (
        (asked.get("To", ""), text.to), (asked.get("From", ""), text.sender)))  # fmt: skip
    return numbers and text.at[:10] >= asked.get("DateSent>", "")


def _row(sandbox: Sandbox, text: Text) -> dict[str, Any]:
    inbound = text.direction == "out"  # Written on the phone, so it came in to the product.
    at = format_datetime(datetime.fromisoformat(text.at))
    return {
        "account_sid": sandbox.account_sid,
        "body": text.text,
        "date_created": at,
        "date_sent": at,
        "direction": "inbound" if inbound else "outbound-api",
        "error_code": None,
        "from": text.sender,
        "sid": text.id,
        "status": "received" if inbound else "delivered",
        "to": text.to,
    }
