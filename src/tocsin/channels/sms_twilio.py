"""SMS through Twilio's REST API: one message in, one request out, one outcome back.

A recipient always hears from the same sender, so that the messages of one alert lie in one thread on the phone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import aiohttp

from tocsin.channels.posting import FORM, Reply, Result, below, own_account, post, probe, same_sender
from tocsin.core.limits import SECOND_MS
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.wire.twilio import (
    Created,
    Declined,
    Unreadable,
    account_path,
    message_form,
    messages_path,
    read_reply,
)


class TwilioSms:
    """A Channel.  `status_url` gives the callback address of one physical send; `session` becomes ours to close.

    `senders`: numbers of the account, at least one.
    """

    def __init__(
        self,
        base_url: str,
        account_sid: str,
        auth_token: str,
        senders: Sequence[str],
        status_url: Callable[[Message], str],
        session: aiohttp.ClientSession,
    ) -> None:
        assert senders
        self._url = below(base_url, messages_path(account_sid))
        self._account = below(base_url, account_path(account_sid))
        self._headers = own_account(account_sid, auth_token, FORM)
        self._senders, self._status_url, self._session = tuple(senders), status_url, session

    async def send(self, message: Message) -> Result:
        """Send once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        return await post(self._session, self._url, self._form(message), self._headers, outcome)

    async def probe(self) -> Accepted | Refused:
        """Read our own account: does the vendor answer, and does it know us?"""
        return await probe(self._session, self._account, self._headers)

    async def close(self) -> None:
        """Close the connections.  A send under way ends as unknown."""
        await self._session.close()

    def _form(self, message: Message) -> bytes:
        callback, sender = self._status_url(message), same_sender(self._senders, message.to)
        form = message_form(message.to, sender, message.text, message.valid_s, callback)
        return urlencode(form, errors="replace").encode("ascii")


def outcome(reply: Reply) -> Result:
    """What a reply of this vendor means, to a text or to a call."""
    match read_reply(*reply):
        case Created(sid):
            return Accepted(sid)
        case Declined(fault, retry_after_s):
            wait_ms = None if retry_after_s is None else retry_after_s * SECOND_MS
            return Refused(Reason(fault.reason), str(fault.code or reply.status), wait_ms)
        case Unreadable(code):
            return Unknown(f"unreadable reply, status {code}")
