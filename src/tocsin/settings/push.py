"""Web push: is what was set one that could work?"""

from __future__ import annotations

from tocsin.intake.tomltables import shown
from tocsin.settings.networks import is_network
from tocsin.settings.parts import PartProblem, Push
from tocsin.wire.push import is_host

PART = "push"


def usable_push(push: Push | None, problems: list[PartProblem]) -> Push | None:
    """The part, or None with a problem for each host and network that is none: then nobody is told by push."""
    if push is None:
        return None
    hosts = [host for host in push.hosts if not is_host(host)]
    networks = [network for network in push.private_networks if not is_network(network)]
    for host in hosts:
        what = f"hosts has {shown(host)}, which is no host"
        problems.append(PartProblem(PART, what, "write it as push.example.org, *.example.org or push.example.org:8443"))
    for network in networks:
        what = f"private_networks has {shown(network)}, which is no network"
        problems.append(PartProblem(PART, what, "write it as 10.0.5.0/24, with the bits of the host at 0"))
    return None if hosts or networks else push
