"""Calls through Twilio's REST API: one message in, one phone that rings, one outcome back.

*Accepted* means that the carrier will ring; what became of the call comes by its callbacks.  The words travel with the
request, so the first reading needs nothing of us.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp

from tocsin.channels.posting import FORM, Reply, Result, below, own_account, post, probe, same_sender
from tocsin.channels.sms_twilio import outcome
from tocsin.core.limits import CALL_LASTS_MAX_MS, SECOND_MS
from tocsin.core.scripts import spoken
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused
from tocsin.wire.twilio import account_path
from tocsin.wire.twilio_voice import CANCEL_FORM, CallAddresses, call_form, call_path, calls_path, reading


class TwilioVoice:
    """A Channel.  `public_url`: where the carrier finds our hooks; `session` becomes ours to close.

    `senders`: numbers of the account, at least one; whoever is called sees the same one each time.
    """

    def __init__(
        self,
        base_url: str,
        account_sid: str,
        auth_token: str,
        senders: Sequence[str],
        public_url: str,
        session: aiohttp.ClientSession,
    ) -> None:
        assert senders
        self._base_url, self._account_sid = base_url, account_sid
        self._url, self._account = below(base_url, calls_path(account_sid)), below(base_url, account_path(account_sid))
        self._headers = own_account(account_sid, auth_token, FORM)
        self._senders, self._public_url, self._session = tuple(senders), public_url, session

    async def send(self, message: Message) -> Result:
        """Ring once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        return await post(self._session, self._url, self._form(message), self._headers, outcome)

    async def withdraw(self, provider_ref: str) -> bool:
        """Ask the carrier not to ring, or to stop ringing.  A call that somebody listens to goes on.

        False where the carrier was down, in a hurry or not to be reached; a call that it no longer has is well.
        """
        url, form = below(self._base_url, call_path(self._account_sid, provider_ref)), urlencode(CANCEL_FORM).encode()
        return isinstance(await post(self._session, url, form, self._headers, _heard), Accepted)

    async def probe(self) -> Accepted | Refused:
        """Read our own account: does the vendor answer, and does it know us?"""
        return await probe(self._session, self._account, self._headers)

    async def close(self) -> None:
        """Close the connections.  A send under way ends as unknown; a phone that rings goes on ringing."""
        await self._session.close()

    def _form(self, message: Message) -> bytes:
        alert, _, delivery = message.reference.partition("/")
        addresses = CallAddresses(self._public_url, alert, delivery, message.send)
        twiml = reading(message.text, spoken(message.language), addresses, step=0 if message.answerable else None)
        sender = same_sender(self._senders, message.to)
        form = call_form(message.to, sender, twiml, addresses.status, CALL_LASTS_MAX_MS // SECOND_MS)
        return urlencode(form, errors="replace").encode("ascii")


def _heard(reply: Reply) -> Result:
    """Did the carrier take notice?  That it no longer has the call is an answer too."""
    busy = reply.status >= 500 or reply.status == HTTPStatus.TOO_MANY_REQUESTS
    return Refused(Reason.VENDOR_DOWN, str(reply.status)) if busy else Accepted("")
