"""The reading of roster feeds, from the settings to the service."""

from __future__ import annotations

from ipaddress import ip_network

from tocsin.channels.feeds import FeedDocuments
from tocsin.core.limits import SECOND_MS
from tocsin.runtime.node import Node
from tocsin.runtime.rosters.apart import Apart
from tocsin.runtime.rosters.subscribing import Feeds
from tocsin.runtime.system import SystemEntropy
from tocsin.settings import Settings


def feed_documents_of(settings: Settings) -> FeedDocuments:
    """How feeds are fetched.  Called inside the running loop."""
    return FeedDocuments([ip_network(network) for network in settings.feeds.private_networks])


def feeds_of(settings: Settings, node: Node, documents: FeedDocuments) -> Feeds:
    return Feeds(node, SystemEntropy(), documents, Apart(), settings.feeds.every_minutes * 60 * SECOND_MS)
