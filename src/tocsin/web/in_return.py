"""A swap: whoever is asked for cover takes it for a shift of their own, and the one who asked says yes or no to that.

The answer names what goes the other way, because nobody but they themself may know when they are on: of a colleague's
shifts one is shown none, and is told of none whether there is such a one.
"""

from __future__ import annotations

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tocsin.core.access.permissions import May
from tocsin.core.access.swap_commands import AnswerSwap, AskSwap
from tocsin.core.access.swaps import Stretch, Swap, SwapPhase
from tocsin.core.commands import Declined, Problem
from tocsin.core.limits import WHY_MAX_CHARS
from tocsin.runtime.access.reading import Records
from tocsin.web.frame import Frame, Visit
from tocsin.web.office.local_time import Zone
from tocsin.web.own_shifts import Mine, key_of, own_shifts, spelled
from tocsin.web.refusals import PageRefusal, refusal_of
from tocsin.web.speaking import words

SHIFTS = "/account/shifts"
HERE = f"{SHIFTS}/in-return"
CHOOSE = words("Choose one of your shifts.")


class InReturn:
    """The page on one frame."""

    def __init__(self, frame: Frame, records: Records) -> None:
        self._frame, self._records = frame, records

    def handlers(self) -> list[HTTPRouteHandler]:
        may = May.SWAP_SHIFTS
        return [self._frame.page(HERE, self.page, may=may), self._frame.act(HERE, self.offer, may=may)]

    async def page(self, visit: Visit) -> Response[str]:
        return self._shown(visit, self._asked(visit, visit.asked.query.get("swap", "")))

    def _asked(self, visit: Visit, id: str) -> Swap:
        """What a colleague asks of whoever looks.  Raises PageRefusal where nothing is asked of them under this id."""
        for swap in self._records.swaps(visit.signed_in):
            if swap.id == id and swap.taker == visit.member.id and can_be_returned(swap):
                return swap
        raise PageRefusal("no_such_record")

    def _shown(self, visit: Visit, swap: Swap) -> Response[str]:
        zone = Zone(visit.time_zone, visit.language)
        giver = visit.directory.members[swap.giver]
        return visit.show(
            "account/in_return.html",
            status=200 if visit.form.ok else 422,
            heading=visit._("Which of your shifts do they take?"),
            swap=swap.id,
            who=giver.name,
            gives=zone.span(swap.gives.from_ms, swap.gives.until_ms, visit._),
            options=[("", visit._("Choose")), *((one.id, one.when) for one in to_give(visit, zone, swap))],
        )

    async def offer(self, visit: Visit) -> Response[str]:
        swap = self._asked(visit, visit.form.raw("swap"))
        mine = {one.id for one in to_give(visit, Zone(visit.time_zone, visit.language), swap)}
        if visit.form.raw("shift") not in mine:
            visit.form.fault("shift", CHOOSE)
        why = visit.form.text("why", most=WHY_MAX_CHARS, needed=False)
        if not visit.form.ok:
            return self._shown(visit, swap)
        key = key_of(visit.form.raw("shift"))
        gives = Stretch(key, key[1], key[2])
        asks = AskSwap(org=visit.org, by=visit.by, taker=swap.giver, gives=gives, in_return=swap.gives, why=why)
        reply = await visit.house.submit(asks)
        if isinstance(reply, Declined):
            if reply.problem is not Problem.CONFLICT:
                raise refusal_of(reply)
            visit.form.fault("shift", reply.detail)
            return self._shown(visit, swap)
        # The question for cover is declined by that.  Where it was taken back meanwhile, the offer stands for itself.
        await visit.house.submit(AnswerSwap(org=visit.org, by=visit.by, swap=swap.id, accepts=False))
        return visit.go(SHIFTS, visit._("Offered. It changes nothing until they say yes."))


def can_be_returned(swap: Swap) -> bool:
    """Cover that nobody has answered: an offer for an offer would never end."""
    return swap.phase is SwapPhase.ASKED and swap.in_return is None


def to_give(visit: Visit, zone: Zone, swap: Swap) -> list[Mine]:
    """What they could give for it: their own shifts that have not begun, but not the very one on which both are."""
    return [one for one in own_shifts(visit, zone) if not one.begun and one.id != spelled(swap.gives.shift)]
