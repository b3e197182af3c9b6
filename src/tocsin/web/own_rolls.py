"""The roll call on one's own page, for whoever has no phone app: "are you safe?", and a press of a button for either.

Theory of operation
-------------------
*I am safe* is an answer like any other of this account.  *I need help* is a press, and a press is never refused: the
form of a page that has stood open since yesterday rings too, and so does that of a session that has ended since, which
learns only that it was received.  That it came from a page of ours is asked of the browser, as for every press that
shows a session; the token of the form is not asked for, because an old one would refuse a call for help.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from tocsin.core.access.roll_commands import SaySafe
from tocsin.core.access.roll_sight import OwnRoll
from tocsin.core.commands import Press
from tocsin.core.dice import Dice
from tocsin.core.words import Came
from tocsin.ports import Entropy
from tocsin.runtime.access.rolls import Rolls
from tocsin.runtime.in_time import submitted
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.passes import Pass
from tocsin.web.frame import SIGN_IN, Frame, PageRefusal, Pressed, Visit

HOME = "/account"
SAFE, HELP = "/account/roll-call/safe", "/account/roll-call/help"
OUR_KEY = re.compile(r"[0-9a-f-]{36}")


class Question(Struct, frozen=True):
    """A roll call that asks the reader.  `key`: of the press that this page could make, sent twice it is one."""

    id: str
    site: str
    began_ms: int
    safe_ms: int | None
    key: str


class OwnRolls:
    """Both buttons, and what stands above them."""

    def __init__(self, frame: Frame, entropy: Entropy) -> None:
        self._frame, self._entropy, self._rolls = frame, entropy, Rolls(frame.house)

    def handlers(self) -> list[HTTPRouteHandler]:
        return [self._frame.act(SAFE, self.safe)]

    def pressed(self) -> dict[str, Pressed]:
        """What answers *I need help*, by path: the lane of the SOS takes it with all presses."""
        return {HELP: self._frame.press(self.need_help)}

    def questions(self, visit: Visit) -> list[Question]:
        """What asks the reader now, answered or not: whoever was safe may need help a minute later."""
        return list(self._questions(visit))

    def _questions(self, visit: Visit) -> Iterator[Question]:
        for roll in self._rolls.of_page(visit.signed_in):
            yield self._question(visit, roll)

    def _question(self, visit: Visit, roll: OwnRoll) -> Question:
        site = visit.directory.sites.get(roll.site)
        safe_ms = None if roll.safe_at is None else _ms(roll.safe_at)
        return Question(roll.id, site.name if site else roll.site, _ms(roll.began_at), safe_ms, self._key(visit))

    async def safe(self, visit: Visit) -> Response[str]:
        await visit.do(SaySafe(org=visit.org, by=visit.by, roll=visit.form.raw("roll")))
        return visit.go(HOME, visit._("Noted: you are safe"))

    async def need_help(self, visit: Visit) -> Response[str]:
        """Rings at once.  Raises PageRefusal, which says to call, where that is not stored in time."""
        who = self._frame.readers.ever(visit.asked.token)
        if who is None:
            raise PageRefusal("help_of_nobody")
        try:
            await submitted(visit.house, self._press(visit, who))
        except Unavailable:
            raise PageRefusal("help_not_stored") from None
        if who.raise_only:
            return visit.go(SIGN_IN, visit._("Received."))
        return visit.go(HOME, visit._("Received. Your colleagues are being rung."))

    def _press(self, visit: Visit, who: Pass) -> Press:
        key = visit.form.raw("key")
        return Press(
            org=who.org,
            credential=who.credential,
            key=key if OUR_KEY.fullmatch(key) else self._key(visit),
            member=who.reader.member,
            device=who.credential,
            came=Came.REVOKED if who.raise_only else Came.DEVICE,
        )

    def _key(self, visit: Visit) -> str:
        return Dice(self._entropy.seed()).uuid7(visit.now_ms)


def _ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1_000)
