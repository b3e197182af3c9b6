"""May the server listen beyond its own machine?  Only where what people send is encrypted on its way.

Theory of operation
-------------------
A bad setting never stops a start, so the answer to *no* is not a refusal: the server listens on this machine only, and
says so in red.  Presses from this machine's proxy, and texts and calls that it hands on, still ring.

A passkey works over https alone, and a token that goes over a network in the clear is anybody's.  So beyond this
machine there is either a certificate of our own, or a proxy with one, of which the operator says that it is there:
nothing in a request could prove it.
"""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from msgspec.structs import replace

from tocsin.intake.tls import BadCertificate, Certificate
from tocsin.settings.parts import PartProblem, Server, Tls

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def usable(tls: Tls) -> PartProblem | None:
    """What is wrong with this pair of files; None if they can be served with."""
    try:
        Certificate(Path(tls.certificate), Path(tls.private_key))
    except BadCertificate as bad:
        return PartProblem("server.tls", str(bad), "name the PEM files of a certificate and of its key, as whole chain")
    return None


def faced(server: Server, *, tls: bool) -> tuple[Server, PartProblem | None]:
    """The server as it may listen, and why not as it was asked to.  `tls`: is there a usable certificate of ours?"""
    if is_loopback(server.host):
        return server, None
    because = _because(server, tls)
    if because is None:
        return server, None
    remedy = "give [server.tls] its two files, or set behind_proxy where a proxy with a certificate stands before it"
    problem = PartProblem("server.host", f"not served to the network because {because}", remedy)
    return replace(server, host="127.0.0.1"), problem


def _because(server: Server, tls: bool) -> str | None:
    if not server.public_url.startswith("https:"):
        return "public_url is not https, and passkeys work over https alone"
    if not tls and not server.behind_proxy:
        return "nothing would encrypt what people send"
    return None


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
