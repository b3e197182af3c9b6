"""Networks that an operator names as their own."""

from __future__ import annotations

from ipaddress import ip_network


def is_network(text: str) -> bool:
    """Is this one that could be somebody's own?  The whole Internet is not."""
    try:
        return "/" in text and ip_network(text).prefixlen > 0
    except ValueError:
        return False
