"""The organisation's own sign-in: is what was set one that could work?"""

from __future__ import annotations

from tocsin.intake.tomltables import shown
from tocsin.settings.networks import is_network
from tocsin.settings.parts import Oidc, PartProblem

PART = "sign_in.oidc"


def usable_provider(oidc: Oidc | None, problems: list[PartProblem]) -> Oidc | None:
    """The part, or None with a problem for each network that is none; passkeys work in either case."""
    if oidc is None:
        return None
    wrong = [network for network in oidc.private_networks if not is_network(network)]
    for network in wrong:
        what = f"private_networks has {shown(network)}, which is no network"
        problems.append(PartProblem(PART, what, "write it as 10.0.5.0/24, with the bits of the host at 0"))
    return None if wrong else oidc
