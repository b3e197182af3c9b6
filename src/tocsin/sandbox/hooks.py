"""The carrier's own HTTP client: signed forms to the product's webhooks."""

from __future__ import annotations

import aiohttp

HOOK_DEADLINE_S = 15  # As long as the real carrier waits for a webhook.
CONNECTIONS_MAX = 64  # Enough for two hundred callbacks at once without opening two hundred sockets.


class HttpHooks:
    """Hooks over keep-alive connections.  The session is opened by the first post, inside the running loop."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        try:
            async with self._open().post(url, data=body, headers=self._headers(signature)) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return 0, b""

    def _headers(self, signature: str) -> dict[str, str]:
        return {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
                timeout=aiohttp.ClientTimeout(total=HOOK_DEADLINE_S),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
