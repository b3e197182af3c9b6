"""Every page that the server draws, taken from the routes themselves: what is added later is visited, or named.

A path without parts that differ is visited as it stands, by somebody with every role.  Whatever needs more than that
(which member, or that nobody is signed in) is said here; a route of which nothing is said fails by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.core.limits import FRESH_MS
from tocsin.web.pages import SHELLS

EVERYTHING, NOBODY = "long", ""  # Who looks: somebody with every role, or nobody who is signed in.
SCRIPTS_DRAW_IT = {shell.path for shell in SHELLS}  # Looked at by test_access.py, on a site that is scripted.
NO_PAGE = {
    "/static/{name:str}": "files",
    "/service-worker.js": "a script",
    "/manifest.webmanifest": "a table for whoever installs the phone's page",
    "/office/trail.csv": "a table to be saved",
    "/office/roster/import/roster.csv": "a table to be saved",
    "/history/{alert:str}/report.pdf": "a paper to be printed",
    "/office/places/codes/codes.pdf": "a paper to be printed",
    "/office/places/drafts/{draft:str}": "a picture, shown by the page of what was read",
    "/": "leads on to the account, or to signing in",
}


class Look(NamedTuple):
    """Where, and as whom.  `{alert}`: the one that is open.  `stale`: they proved long ago who they are."""

    path: str
    who: str = EVERYTHING
    stale: bool = False

    @property
    def session(self) -> dict[str, int]:
        return {"fresh_ms": -FRESH_MS} if self.stale else {}


AS_SAID: Mapping[str, tuple[Look, ...]] = {
    "/sign-in": (Look("/sign-in", NOBODY), Look("/sign-in?signed-out", NOBODY), Look("/sign-in?next=/office", NOBODY)),
    "/sign-in/back": (Look("/sign-in/back?state=s&code=c", NOBODY), Look("/sign-in/back?error=denied", NOBODY)),
    "/link": (Look("/link", NOBODY), Look("/link")),
    "/account": (Look("/account"), Look("/account", "teo"), Look("/account", "wale")),
    "/account/pins": (Look("/account/pins"), Look("/account/pins", stale=True)),
    "/office": (Look("/office"), Look("/office", "wale"), Look("/office", "lena")),
    "/office/announced": (Look("/office/announced"), Look("/office/announced", "lena")),
    "/office/members": (Look("/office/members"), Look("/office/members?name=nobody")),
    "/office/members/{member:str}": tuple(
        Look(f"/office/members/{member}") for member in ("noor", "teo", "long", "gone", "rtl")
    ),
    "/office/members/{member:str}/edit": (Look("/office/members/long/edit"), Look("/office/members/gone/edit")),
    "/office/plans/{site:str}/{of:str}": (Look("/office/plans/centre/sos"), Look("/office/plans/centre/sos", "lena")),
    "/office/walks": (Look("/office/walks"), Look("/office/walks", "lena")),
    "/office/places": (Look("/office/places"), Look("/office/places", "noor")),
    "/office/places/place": (
        Look("/office/places/place"),
        *(Look(f"/office/places/place?site=centre&place={place}") for place in ("lot-b", "floor")),
        Look("/office/places/place?site=centre&place=lot-b", "noor"),
    ),
    "/office/places/sheet": (
        Look("/office/places/sheet"),
        Look("/office/places/sheet", "noor"),
        Look("/office/places/sheet?site=centre&new=yes"),
        Look("/office/places/sheet?site=centre&place=lot-b"),
    ),
    "/office/places/known": (Look("/office/places/known"),),
    "/office/places/upload": (Look("/office/places/upload"),),
    "/history/{alert:str}": (Look("/history/{alert}"), Look("/history/{alert}", "lena"), Look("/history/nothing-here")),
    "/history": (Look("/history"), Look("/history?person=nobody"), Look("/history", "teo")),
    "/office/roll-calls/{roll:str}": (Look("/office/roll-calls/r1"), Look("/office/roll-calls/r2", "wale")),
    "/office/keys": (Look("/office/keys"), Look("/office/keys", "noor")),
    "/office/trail": (Look("/office/trail"), Look("/office/trail?person=nobody")),
    "/office/{rest:path}": (Look("/office/nothing-here"),),
}


def paths_of(handlers: Sequence[Any]) -> list[str]:
    """Of every page that the server draws."""
    paths = {path for handler in handlers if "GET" in handler.http_methods for path in handler.paths}
    return sorted(paths - SCRIPTS_DRAW_IT - set(NO_PAGE))


def every_page(handlers: Sequence[Any]) -> list[Look]:
    """What to look at.  Fails with the names of those of which nobody has said how to get there."""
    paths = paths_of(handlers)
    unsaid = [path for path in paths if "{" in path and path not in AS_SAID]
    assert unsaid == [], f"say in {__name__}.AS_SAID how to get to {unsaid}"
    gone = sorted({*AS_SAID, *NO_PAGE} - {path for handler in handlers for path in handler.paths})
    assert gone == [], f"there is no such page any more: {gone}"
    return list(_looks(paths))


def _looks(paths: Sequence[str]) -> Iterator[Look]:
    for path in paths:
        yield from AS_SAID.get(path, (Look(path),))
