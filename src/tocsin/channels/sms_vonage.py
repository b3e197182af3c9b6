"""SMS through Vonage's Messages API: one message in, one request out, one outcome back."""

from __future__ import annotations

import aiohttp

from tocsin.channels.posting import JSON, Reply, Result, below, own_account, post, probe
from tocsin.core.limits import SECOND_MS
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.wire.vonage import MESSAGES_PATH, Created, Declined, Unreadable, account_path, message_body, read_reply


class VonageSms:
    """A Channel.  `status_url`: where status callbacks go; `session` becomes ours to close.

    A message without a reference (a reply to a text) is sent without a callback.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        api_secret: str,
        sender: str,
        status_url: str,
        session: aiohttp.ClientSession,
    ) -> None:
        self._url, self._account = below(base_url, MESSAGES_PATH), below(base_url, account_path(api_key))
        self._headers = own_account(api_key, api_secret, JSON)
        self._sender, self._status_url, self._session = sender, status_url, session

    async def send(self, message: Message) -> Result:
        """Send once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        return await post(self._session, self._url, self._body(message), self._headers, _outcome)

    async def probe(self) -> Accepted | Refused:
        """Ask for the names of our own secrets: does the vendor answer, and does it know us?"""
        return await probe(self._session, self._account, self._headers)

    async def close(self) -> None:
        """Close the connections.  A send under way ends as unknown."""
        await self._session.close()

    def _body(self, message: Message) -> bytes:
        ref = f"{message.reference}/{message.send}" if message.reference else None
        return message_body(message.to, self._sender, message.text, message.valid_s, ref, self._status_url)


def _outcome(reply: Reply) -> Result:
    match read_reply(*reply):
        case Created(message):
            return Accepted(message)
        case Declined(fault, retry_after_s):
            wait_ms = None if retry_after_s is None else retry_after_s * SECOND_MS
            return Refused(Reason(fault.reason), fault.code or str(reply.status), wait_ms)
        case Unreadable(status):
            return Unknown(f"unreadable reply, status {status}")
