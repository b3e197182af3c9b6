"""The other addresses of a server, as phones try them when the one that they came from is silent."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.limits import ADDRESSES_MAX
from tocsin.settings.parts import PartProblem, Server
from tocsin.settings.tiles import origin_of

REMEDY = "write each as https://HOST or https://HOST:PORT"


def addressed(server: Server, problems: list[PartProblem]) -> Server:
    """The same with the addresses that can be used; what is wrong with the others joins `problems`."""
    good = [origin for origin in map(_origin, server.addresses) if origin]
    if len(good) < len(server.addresses):
        what = "addresses has one that no phone may press at; phones do without it"
        problems.append(PartProblem("server.addresses", what, REMEDY))
    if len(good) > ADDRESSES_MAX:
        what = f"addresses has more than {ADDRESSES_MAX}; phones try the first of them"
        problems.append(PartProblem("server.addresses", what, "leave the nearest"))
    return replace(server, addresses=tuple(dict.fromkeys(good))[:ADDRESSES_MAX])


def all_addresses(server: Server) -> tuple[str, ...]:
    """Every origin at which this server takes presses; empty where there is but the one."""
    every = dict.fromkeys((_origin(server.public_url), *server.addresses))
    return tuple(every) if server.addresses else ()


def _origin(address: str) -> str:
    """As browsers write it; empty for what is none, or what anybody on the way could read."""
    plain = address.strip().rstrip("/").lower()
    found = origin_of(f"{plain}/")
    return found if found == plain else ""
