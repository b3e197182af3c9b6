"""What is wrong with the settings of roster feeds."""

from __future__ import annotations

from tocsin.settings.networks import is_network
from tocsin.settings.parts import Feeds


def feeds_fault(feeds: Feeds) -> tuple[str, str] | None:
    """What is wrong, and what to do; None: nothing.  What was written there is not repeated."""
    if all(is_network(network) for network in feeds.private_networks):
        return None
    what = "private_networks names one that is no network; no feed is fetched from any of them"
    return what, "write each as 10.0.5.0/24, with the bits of the host at 0"
