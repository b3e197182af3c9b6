"""API keys as pages and the command line deal with them: made, and shown this once."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tocsin.core.access.entry_commands import MakeKey
from tocsin.core.access.record import By, id_of
from tocsin.core.access.words import KeyScope
from tocsin.core.commands import Declined
from tocsin.core.limits import DAY_MS
from tocsin.identity.token import new_token
from tocsin.ports import Entropy
from tocsin.runtime.node import Node

KEY_DAYS = 90  # Unless it is asked for longer: who renews it thinks of it again.


class NewKey(Struct, frozen=True, kw_only=True):
    """`token`: the key itself, to be shown to whoever asked for it, and never again."""

    id: str
    token: str
    ends_ms: int


class Keys:
    def __init__(self, node: Node, entropy: Entropy) -> None:
        self._node, self._entropy = node, entropy

    async def make(
        self, org: str, by: By, label: str, scopes: Iterable[KeyScope], days: int = KEY_DAYS
    ) -> NewKey | Declined:
        """A key that works for so many days.  Raises `loop.Unavailable`: nothing was stored."""
        token, hashed = new_token(self._entropy.seed(), "api key")
        ends_ms = self._node.clock.now_ms() + days * DAY_MS
        made = MakeKey(org=org, by=by, token_hash=hashed, label=label, scopes=tuple(scopes), ends_ms=ends_ms)
        reply = await self._node.submit(made)
        return reply if isinstance(reply, Declined) else NewKey(id=id_of(hashed), token=token, ends_ms=ends_ms)
