"""Where a webhook may connect to: the open Internet, and those networks of our own that the settings name.

Theory of operation
-------------------
Whoever may write a contact could otherwise have this server knock at doors that only it can reach.  A name is resolved
once, every address it has is looked at, and the connection is made to exactly those addresses: a name that points
somewhere else a moment later gains nothing.  One refused address refuses the name, whatever others it has.  A spelling
such as 0x7f.1 or 2130706433 is resolved like a name and looked at as what it became.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from tocsin.channels.workers import Workers

Address = IPv4Address | IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Lookup = Callable[[str, int], Sequence[tuple[socket.AddressFamily, str]]]
LOOKUPS_MAX = 8  # Threads: a name server that hangs holds no more of them.
LOOKUP_MAX_S = 4
UNICAST_6 = ipaddress.ip_network("2000::/3")
# Shut, though `is_global` may call them open: what leads back into IPv4, what is for documents, tests and relays.
SHUT_4 = ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3")
SHUT_6 = ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
SHUT = tuple(map(ipaddress.ip_network, (*SHUT_4, *SHUT_6)))


class Shut(OSError):
    """The address is one that nothing of ours may connect to."""


def is_open(address: Address) -> bool:
    """Is this an address of the open Internet, and of nothing else?"""
    if not address.is_global or (isinstance(address, IPv6Address) and address not in UNICAST_6):
        return False
    return not any(address in network for network in SHUT if network.version == address.version)


def within(address: Address, networks: Sequence[Network]) -> bool:
    """Is it in one of these?  An IPv4 address in IPv6 clothes is looked at as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    bare = mapped or address
    return any(bare in network for network in networks if network.version == bare.version)


def lookup(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    """Every address of a name, by the system; blocks.  Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, str(place[0])) for family, _, _, _, place in found]


class GuardedResolver(AbstractResolver):
    """Resolves only to addresses that `admits` lets through; raises Shut where one is not."""

    def __init__(self, admits: Callable[[Address], bool], lookup: Lookup = lookup) -> None:
        self._admits, self._lookup = admits, lookup
        self._workers = Workers(LOOKUPS_MAX, "lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._found(host, port)
        if not found:
            raise OSError("the name has no address")
        for _, text in found:
            if not self.admits(text):
                raise Shut("the address is not one to connect to")
        return [_result(host, port, kind, text) for kind, text in found]

    def admits(self, text: str) -> bool:
        """May this literal address be connected to?  What is none, or has a zone, may not."""
        try:
            return "%" not in text and self._admits(ipaddress.ip_address(text))
        except ValueError:
            return False

    async def _found(self, host: str, port: int) -> Sequence[tuple[socket.AddressFamily, str]]:
        try:
            return await self._workers.run(lambda: self._lookup(host, port), LOOKUP_MAX_S)
        except (TimeoutError, UnicodeError) as error:
            raise OSError(f"the name could not be resolved ({type(error).__name__})") from None

    def socket(self, place: AddrInfoType) -> socket.socket:
        """A socket to this very place: the last gate, which also those spellings pass that nobody resolves."""
        family, kind, proto, _, where = place
        if not self.admits(str(where[0])):
            raise Shut("the address is not one to connect to")
        return socket.socket(family, kind, proto)

    async def close(self) -> None:
        return None


def _result(host: str, port: int, family: socket.AddressFamily, text: str) -> ResolveResult:
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=text, port=port, family=family, proto=0, flags=flags)
