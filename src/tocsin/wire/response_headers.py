"""What a browser is told about every answer of ours, whatever its route: what it may run, keep, frame, and pass on.

Theory of operation
-------------------
There is one table, by the kind of the answer, and one place that applies it (`Lane`), outermost, so that no
route can forget it: pages, problem documents, the live stream, hooks, files, and what nobody serves.  A route may only
say that something may be kept (its files, under names that hash them); whatever says nothing is kept by nobody.

A page runs our own scripts alone, from our own host: none inline, none from a text, no worker from a blob.  Trusted
Types are required, and the one policy that a page may make is the default one, which refuses any text as HTML or as a
script and lets through nothing but the address of a script of ours (`ui/src/trusted.ts`).

Two things can be opened, by whoever runs Tocsin and by nobody else: the origin of map tiles, for the pages with a plan
(`MAPPED`), to be fetched from and for nothing more; and the other addresses of this very server, for the pages that can
press (`PRESSED`) and the worker that sends for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types default",
    )
)
SCRIPT_POLICY = "default-src 'none'; connect-src 'self'; script-src 'self'"  # A worker has that of its own file.
CLOSED_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PICTURE_POLICY = f"{CLOSED_POLICY}; sandbox"  # Opened by itself it is nobody's page.
POLICIES: Mapping[bytes, str] = {
    b"text/html": PAGE_POLICY,
    b"text/javascript": SCRIPT_POLICY,
    b"image/png": PICTURE_POLICY,
}
ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
MAPPED = ("/console", "/history/")  # The paths of pages that may show a plan, or how they begin.
PRESSED = ("/phone", "/notes", "/z/", "/service-worker.js")  # The paths of what sends presses, or how they begin.
HSTS = "max-age=63072000"  # Two years.  Other hosts of the domain are not ours to bind.
Pairs = list[tuple[bytes, bytes]]


def locked(given: Pairs, *, https: bool, beside: bytes = b"") -> Pairs:
    """These headers of one answer with ours.  `https`: is the public address reached by it alone?

    `beside`: the origins that this page or script may ask besides our own, if any.  Names come in lower case, as ASGI
    has them.  What a route said of ours does not count, but that it may be kept.
    """
    kind = next((value for name, value in given if name == b"content-type"), b"").partition(b";")[0].strip()
    policy = _POLICIES.get(kind, _CLOSED)
    if beside and kind in _OPENED:
        policy = policy.replace(_OWN, _OWN + b" " + beside)
    ours = [*_ALWAYS, (b"content-security-policy", policy), *(_HSTS if https else ())]
    names = {name for name, _ in ours}
    kept = any(name == b"cache-control" for name, _ in given)
    return [pair for pair in given if pair[0] not in names] + ours + ([] if kept else [(b"cache-control", b"no-store")])


_ALWAYS = tuple((name.lower().encode(), value.encode()) for name, value in ALWAYS.items())
_POLICIES = {kind: policy.encode() for kind, policy in POLICIES.items()}
_OPENED = (b"text/html", b"text/javascript")
_OWN = b"connect-src 'self'"
_CLOSED = CLOSED_POLICY.encode()
_HSTS = ((b"strict-transport-security", HSTS.encode()),)
