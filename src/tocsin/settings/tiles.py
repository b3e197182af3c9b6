"""What is wrong with the address of map tiles, and which origin a page must be allowed to ask for them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tocsin.settings.facing import is_loopback
from tocsin.settings.parts import Map, PartProblem

HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-f:]+\](:[0-9]{1,5})?")
PATH = re.compile(r"/[A-Za-z0-9._~/{}@=&?%-]*")  # Nothing that could end one directive of a policy and begin another.
MARKS = ("{z}", "{x}", "{y}")
REMEDY = "write it as https://HOST/PATH with {z}, {x} and {y} in its path"


def usable_map(given: Map, problems: list[PartProblem]) -> Map:
    """The same if it can be used, else none; what is wrong with it joins `problems`."""
    fault = map_fault(given)
    if fault is None:
        return given
    problems.append(PartProblem("map", *fault))
    return Map()


def map_fault(given: Map) -> tuple[str, str] | None:
    """What is wrong, and what to do; None: nothing, or nothing was set."""
    if not given.tiles_url:
        return None
    if not origin_of(given.tiles_url):
        return "tiles_url is no address that a page may ask for tiles; none are shown", REMEDY
    if not all(mark in given.tiles_url for mark in MARKS):
        return "tiles_url names no tile; none are shown", REMEDY
    return None


def origin_of(tiles_url: str) -> str:
    """As a Content-Security-Policy writes it; empty for what is no address, or what anybody on the way could change."""
    try:
        scheme, place, *rest = urlsplit(tiles_url)
        host = urlsplit(tiles_url).hostname or ""
        safe = scheme == "https" or (scheme == "http" and is_loopback(host))
    except ValueError:
        return ""
    beyond = tiles_url[len(scheme) + 3 + len(place) :]
    if not safe or not HOST.fullmatch(place) or not PATH.fullmatch(beyond) or rest[-1]:
        return ""
    return f"{scheme}://{place}"
