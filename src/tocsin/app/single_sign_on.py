"""The organisation's own sign-in, from the settings to the service."""

from __future__ import annotations

from ipaddress import ip_network

from tocsin.channels.documents import Documents, is_loopback
from tocsin.ports import Entropy
from tocsin.runtime.access.single_sign_on import Provider, SingleSignOn
from tocsin.runtime.node import Node
from tocsin.settings import Settings

OWN_MACHINE = ("127.0.0.0/8", "::1/128")


def documents_of(settings: Settings) -> Documents | None:
    """How its documents are fetched; None where it is not set up.  Called inside the running loop."""
    if settings.oidc is None:
        return None
    own = OWN_MACHINE if is_loopback(settings.oidc.issuer) else ()
    return Documents([ip_network(network) for network in (*settings.oidc.private_networks, *own)])


def single_sign_on_of(
    settings: Settings, node: Node, entropy: Entropy, documents: Documents | None
) -> SingleSignOn | None:
    """The service; None where it is not set up."""
    if settings.oidc is None or documents is None:
        return None
    oidc = settings.oidc
    provider = Provider(oidc.issuer, oidc.client_id, oidc.client_secret.reveal(), oidc.claim)
    return SingleSignOn(node, entropy, provider, settings.server.public_url, documents)
