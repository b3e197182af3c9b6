"""What a browser says with each request: its cookies, where the request comes from, which languages its reader has.

Theory of operation
-------------------
A browser sends a session's cookie with every request to us, also with one that another site's page started.  So an act
by cookie counts only where the browser says that one of our own pages started it: by `Sec-Fetch-Site`, which no page
can forge, or, in a browser that does not know that header, by `Origin`.  One that says neither is refused.

Nothing here raises: what cannot be read says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

SESSION = "tocsin"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HEADER_MAX_CHARS = 8_192  # More is not what a browser sends.
COOKIES_MAX_CHARS = 65_536  # As long as a whole head may be: no cookie that somebody planted hides ours.
LANGUAGES_MAX = 20


def cookie_name(public_url: str, name: str = SESSION) -> str:
    """What a cookie of ours is called.  `__Host-`: set by this host alone, over TLS alone; no other can plant it."""
    return f"__Host-{name}" if encrypted(public_url) else name


def encrypted(public_url: str) -> bool:
    return public_url.lower().startswith("https://")


def cookie_in(header: str | None, name: str) -> str:
    """The value of this cookie, or nothing.  Two different ones of one name are nobody's: one of them was planted."""
    pairs = (part.strip().partition("=") for part in (header or "")[:COOKIES_MAX_CHARS].split(";"))
    values = {value.strip() for key, _, value in pairs if key == name}
    return values.pop() if len(values) == 1 else ""


def from_our_page(fetch_site: str | None, origin: str | None, host: str | None, public_url: str) -> bool:
    """Did one of our own pages start this request?"""
    if fetch_site is not None:
        return fetch_site.strip().lower() == "same-origin"
    given = origin_of(origin or "")
    return given != "" and given in (origin_of(public_url), _own_on_loopback(host or ""))


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; empty where it is none."""
    try:
        parts = urlsplit(url[:HEADER_MAX_CHARS])
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port or (443 if parts.scheme == 'https' else 80)}"


def names_us(host: str | None, public_url: str) -> bool:
    """Were we asked for by a name of ours?  Any other may be a site's that was pointed at this machine (rebinding)."""
    return host is None or _name_in(host) in {*LOOPBACK, _name_in(public_url.partition("://")[2])}


def _own_on_loopback(host: str) -> str:
    """On the server's own machine it is reached by several names, none of which another machine can have."""
    return origin_of(f"http://{host}") if _name_in(host) in LOOPBACK else ""


def _name_in(host: str) -> str:
    """Of a host with or without its port; a blank where there is none, which is nobody's name."""
    try:
        return urlsplit(f"http://{host}").hostname or " "
    except ValueError:
        return " "


def language_of(header: str | None, known: Sequence[str]) -> str:
    """The language of `known` that the reader likes best (`Accept-Language`); the first of them where none is named."""
    liked = [_weighed(part) for part in (header or "")[:HEADER_MAX_CHARS].split(",")[:LANGUAGES_MAX]]
    ranked = sorted((-weight, place, name) for place, (name, weight) in enumerate(liked) if weight > 0)
    return next((name for _, _, name in ranked if name in known), known[0])


def _weighed(part: str) -> tuple[str, float]:
    name, _, weight = part.strip().lower().partition(";q=")
    short = name.partition("-")[0].strip()
    if not weight:
        return short, 1.0
    digits = weight.strip().replace(".", "", 1)
    return short, float(weight) if digits.isascii() and digits.isdigit() and len(digits) < 8 else 0.0


_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str | None) -> str:
    """What to call this browser in a list of sessions: `Firefox, Windows`; empty where nothing is known."""
    told = (user_agent or "")[:HEADER_MAX_CHARS]
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    return ", ".join(part for part in (browser, system) if part)
