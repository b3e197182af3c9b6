"""What Twilio has of our messages, asked for page by page: the other half of its webhooks, which may have been lost."""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp

from tocsin.channels.posting import below, own_account, read_up_to
from tocsin.wire.twilio_list import Listed, NoPage, inbound_path, outbound_path, read_page

PAGES_MAX = 50  # Ten thousand messages of one number; whatever is older waits for the next round.
PAGE_MAX_BYTES = 4 * 1_048_576


class TwilioTexts:
    """A source of texts.  `session` becomes ours to close; its deadline is that of one page."""

    vendor = "twilio"

    def __init__(
        self, base_url: str, account_sid: str, auth_token: str, numbers: Sequence[str], session: aiohttp.ClientSession
    ) -> None:
        self._base, self._account, self._numbers, self._session = base_url, account_sid, numbers, session
        self._headers = own_account(account_sid, auth_token)

    async def since(self, since_ms: int, *, sent_too: bool) -> list[Listed]:
        """What came in since then to our numbers, and what went out where `sent_too`; perhaps a little older, too.

        Raises OSError when the vendor gives no list, or only a part of it: nothing is known then.
        """
        found: list[Listed] = []
        for number in self._numbers:
            found += await self._pages(inbound_path(self._account, number, since_ms), since_ms)
            if sent_too:
                found += await self._pages(outbound_path(self._account, number, since_ms), since_ms)
        return found

    async def close(self) -> None:
        await self._session.close()

    async def _pages(self, path: str | None, since_ms: int) -> list[Listed]:
        found: list[Listed] = []
        for _ in range(PAGES_MAX):
            if path is None:
                break
            page = read_page(self._account, *await self._page(path))
            if isinstance(page, NoPage):
                raise OSError(f"no list, status {page.status}")
            found += page.messages
            times = [one.at_ms for one in page.messages if one.at_ms is not None]
            path = None if times and max(times) < since_ms else page.next
        return found

    async def _page(self, path: str) -> tuple[int, bytes]:
        url = below(self._base, path)
        try:
            async with self._session.get(url, headers=self._headers, allow_redirects=False) as reply:
                return reply.status, await read_up_to(PAGE_MAX_BYTES, reply)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise OSError(type(error).__name__) from error
