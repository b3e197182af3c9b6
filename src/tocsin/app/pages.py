"""The pages of a node: one frame, and everything that stands in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.ports import Entropy
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.runtime.access.single_sign_on import SingleSignOn
from tocsin.runtime.readiness import NotReady
from tocsin.web.account import MyAccount
from tocsin.web.frame import Frame, Pressed
from tocsin.web.history.pages import history_handlers
from tocsin.web.my_shifts import MyShifts
from tocsin.web.office.handlers import office_handlers
from tocsin.web.office.reach_tests import Tests
from tocsin.web.office.rooms import Node, services_of
from tocsin.web.opening import Opening
from tocsin.web.pages import NO_TILES, Tiles, page_handlers
from tocsin.web.provider import AWAY, ByProvider
from tocsin.web.signing import SignIn
from tocsin.web.stray import Strays


class Pages(NamedTuple):
    """`strays`: what a browser is shown that asked for what is not there, or too often.

    `pressed`: what answers the buttons that call for help, by path; to be put into the lane of the SOS.
    """

    handlers: list[Any]
    strays: Strays | None = None
    pressed: Mapping[str, Pressed] = {}


def pages_of(
    house: Node,
    entropy: Entropy,
    public_url: str,
    single_sign_on: SingleSignOn | None = None,
    disabled: Callable[[], Sequence[NotReady]] = tuple,
    tests: Tests | None = None,
    tiles: Tiles = NO_TILES,
    addresses: Sequence[str] = (),
) -> Pages:
    """Every page, to be mounted beside the API.  Where they were never built, only what says so."""
    frame = Frame(house, public_url)
    shells = page_handlers(frame.assets, tiles, addresses)
    if not frame.assets.built:
        return Pages([*shells])
    signing_in, links = SigningIn(house, entropy, public_url), Links(house, entropy, public_url)
    account = MyAccount(frame, signing_in, links, entropy)
    handlers = [
        *shells,
        *SignIn(frame, signing_in, AWAY if single_sign_on else "").handlers(),
        *(ByProvider(frame, single_sign_on).handlers() if single_sign_on else ()),
        *Opening(frame, links).handlers(),
        *account.handlers(),
        *MyShifts(frame, house).handlers(),
        *history_handlers(frame, house, tiles),
        *office_handlers(frame, services_of(house, entropy, public_url, disabled, tests)),
    ]
    return Pages(handlers, Strays(frame), account.pressed())
