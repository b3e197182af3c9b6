"""SMS through Twilio's REST API: one message in, one request out, one outcome back.

Theory of operation
-------------------
What matters after a failure is whether the vendor may have taken the message.  No connection: it has not, *refused*.
A readable reply: it says so.  Anything after the request may have left (time-out, lost connection, a reply nobody can
read): *unknown*, and whoever decides may send it once more.  This file decides nothing.

A recipient always hears from the same sender, so that the messages of one alert lie in one thread on the phone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode
from zlib import crc32

import aiohttp
from yarl import URL

from tocsin.core.limits import SECOND_MS
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.wire.twilio import Created, Declined, Unreadable, message_form, messages_path, read_reply

REPLY_MAX_BYTES = 65_536  # A message resource has about one thousand; the rest would be somebody else's page.


class TwilioSms:
    """A Channel.  `status_url` gives the callback address for a delivery's reference; `session` becomes ours to close.

    `senders`: numbers of the account, at least one.
    """

    def __init__(
        self,
        base_url: str,
        account_sid: str,
        auth_token: str,
        senders: Sequence[str],
        status_url: Callable[[str], str],
        session: aiohttp.ClientSession,
    ) -> None:
        assert senders
        self._url = URL(base_url.rstrip("/") + messages_path(account_sid), encoded=True)
        self._headers = {
            "Authorization": aiohttp.encode_basic_auth(account_sid, auth_token),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        self._senders, self._status_url, self._session = tuple(senders), status_url, session

    async def send(self, message: Message) -> Accepted | Refused | Unknown:
        """Send once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        try:
            return _outcome(*await self._post(self._form(message)))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Refused(Reason.VENDOR_DOWN, type(error).__name__)
        except Exception as error:  # Whatever it was, the request may have left.
            return Unknown(type(error).__name__)

    async def close(self) -> None:
        """Close the connections.  A send under way ends as unknown."""
        await self._session.close()

    def sender_for(self, number: str) -> str:
        """The same sender for a recipient while the list of senders stays."""
        return self._senders[crc32(number.encode("utf-8", "replace")) % len(self._senders)]

    def _form(self, message: Message) -> bytes:
        callback = self._status_url(message.reference)
        form = message_form(message.to, self.sender_for(message.to), message.text, message.valid_s, callback)
        return urlencode(form, errors="replace").encode("ascii")

    async def _post(self, form: bytes) -> tuple[int, bytes, str | None]:
        async with self._session.post(self._url, data=form, headers=self._headers, allow_redirects=False) as reply:
            body = bytearray()
            async for part in reply.content.iter_any():
                body += part
                if len(body) > REPLY_MAX_BYTES:
                    reply.close()
                    break
            return reply.status, bytes(body), reply.headers.get("Retry-After")


def _outcome(status: int, body: bytes, retry_after: str | None) -> Accepted | Refused | Unknown:
    match read_reply(status, body, retry_after):
        case Created(sid):
            return Accepted(sid)
        case Declined(fault, retry_after_s):
            wait_ms = None if retry_after_s is None else retry_after_s * SECOND_MS
            return Refused(Reason(fault.reason), str(fault.code or status), wait_ms)
        case Unreadable(code):
            return Unknown(f"unreadable reply, status {code}")
