"""My shifts: when I am on, clocking in and out, and asking a colleague to take a shift, or answering one who asks.

Everybody sees their own shifts and nobody else's, but for those that a colleague offers them.
"""

from __future__ import annotations

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from tocsin.core.access.clock_commands import ClockIn, ClockOut
from tocsin.core.access.clocking import where_on
from tocsin.core.access.edits import ShiftKey
from tocsin.core.access.permissions import May
from tocsin.core.access.sheet import numbered
from tocsin.core.access.swap_commands import AnswerSwap, AskSwap, WithdrawSwap
from tocsin.core.access.swaps import Stretch, Swap, SwapPhase
from tocsin.core.commands import Declined, Problem
from tocsin.core.limits import CLOCK_IN_MAX_MS, DAY_MS, WHY_MAX_CHARS
from tocsin.core.roster import rostered_until_ms, site_of
from tocsin.runtime.access.reading import Records
from tocsin.runtime.node import HasStore
from tocsin.web.frame import Door, Frame, Visit
from tocsin.web.in_return import InReturn, can_be_returned
from tocsin.web.office.local_time import FIRST, SECOND, Zone
from tocsin.web.own_shifts import key_of, own_shifts, spelled
from tocsin.web.refusals import PageRefusal, refusal_of
from tocsin.web.speaking import words

HOME = "/account/shifts"
NOT_THERE = words("Nobody here is called so. Write the whole name, or what they are known as.")
SEVERAL = words("Several people are called so. Write what they are known as.")
ENDS_FIRST = words("It ends before it begins.")
OUTSIDE = words("That is no part of the shift.")
TOO_FAR = words("Take a time within the next 16 hours.")
YOURSELF = words("Ask somebody else.")


class Offer(Struct, frozen=True):
    """A swap under way, as one of the two sees it: what waits for a second person looks like what is made.

    `returnable`: whoever is asked may take it for one of theirs.
    """

    id: str
    who: str
    gives: str
    in_return: str
    why: str
    asked: bool
    returnable: bool


class MyShifts:
    """The pages on one frame."""

    def __init__(self, frame: Frame, node: HasStore) -> None:
        self._frame, self._records = frame, Records(node)
        frame.doors.append(Door(HOME, words("My shifts"), May.SWAP_SHIFTS))

    def handlers(self) -> list[HTTPRouteHandler]:
        frame = self._frame
        return [
            frame.page(HOME, self.page, may=May.SWAP_SHIFTS),
            frame.act(f"{HOME}/clock-in", self.clock_in, may=May.CLOCK_IN),
            frame.act(f"{HOME}/clock-out", self.clock_out, may=May.CLOCK_IN),
            frame.page(f"{HOME}/ask", self.ask_page, may=May.SWAP_SHIFTS),
            frame.act(f"{HOME}/ask", self.ask, may=May.SWAP_SHIFTS),
            frame.act(f"{HOME}/answer", self.answer, may=May.SWAP_SHIFTS),
            frame.act(f"{HOME}/withdraw", self.withdraw, may=May.SWAP_SHIFTS),
            *InReturn(frame, self._records).handlers(),
        ]

    # Shown --------------------------------------------------------------------------------------------------------

    async def page(self, visit: Visit) -> Response[str]:
        return self._shown(visit)

    def _shown(self, visit: Visit) -> Response[str]:
        directory, me, now_ms = visit.directory, visit.member.id, visit.now_ms
        on, word = where_on(directory, me, now_ms), directory.attendance.get(me)
        until_ms = word.until_ms if word is not None and word.holds(now_ms) else None
        until_ms = until_ms or rostered_until_ms(directory, me, now_ms)
        zone, swaps = self._zone(visit), self._records.swaps(visit.signed_in)
        here = on or site_of(directory, me, now_ms)
        return visit.show(
            "account/shifts.html",
            status=200 if visit.form.ok else 422,
            heading=self._heading(visit, on, until_ms, zone),
            on=on is not None,
            sites=[(one.id, one.name) for one in directory.sites.values()],
            here=here,
            shifts=own_shifts(visit, zone),
            offered=[_offer(visit, zone, swap) for swap in swaps if swap.taker == me],
            asking=[_offer(visit, zone, swap) for swap in swaps if swap.giver == me],
            time_zone=visit.time_zone,
        )

    def _zone(self, visit: Visit) -> Zone:
        return Zone(visit.time_zone, visit.language)

    def _heading(self, visit: Visit, on: str | None, until_ms: int | None, zone: Zone) -> str:
        if on is None and until_ms is not None and rostered_until_ms(visit.directory, visit.member.id, until_ms):
            return visit._("You are not on shift until %(until)s", until=zone.moment(until_ms))
        if on is None:
            return visit._("You are not on shift")
        if until_ms is None or until_ms > visit.now_ms + 366 * DAY_MS:
            return visit._("You are on shift")
        return visit._("You are on shift until %(until)s", until=zone.moment(until_ms))

    # Clocking in and out ------------------------------------------------------------------------------------------

    async def clock_in(self, visit: Visit) -> Response[str]:
        site, until_ms = visit.form.raw("site"), None
        if visit.form.raw("until"):
            until_ms = self._zone(visit).read(visit.form, "until")
            if until_ms is not None and not visit.now_ms < until_ms <= visit.now_ms + CLOCK_IN_MAX_MS:
                visit.form.fault("until", TOO_FAR)
        if site and site not in visit.directory.sites:
            raise PageRefusal("bad_request")
        if not visit.form.ok:
            return self._shown(visit)
        await visit.do(ClockIn(org=visit.org, by=visit.by, member=visit.member.id, site=site, until_ms=until_ms))
        return visit.go(HOME, visit._("You are on. Clock out when you go."))

    async def clock_out(self, visit: Visit) -> Response[str]:
        await visit.do(ClockOut(org=visit.org, by=visit.by, member=visit.member.id))
        return visit.go(HOME, visit._("You are off. What rang you already still waits for your answer."))

    # Asking -------------------------------------------------------------------------------------------------------

    async def ask_page(self, visit: Visit) -> Response[str]:
        key = key_of(visit.asked.query.get("shift", ""))
        self._own(visit, key)
        return self._asks(visit, key)

    def _own(self, visit: Visit, key: ShiftKey) -> None:
        """Raises PageRefusal where this is no shift of theirs, there or not."""
        shift = numbered(visit.directory.shifts).get(key)
        if shift is None or visit.member.id not in shift.members:
            raise PageRefusal("no_such_record")

    def _asks(self, visit: Visit, key: ShiftKey) -> Response[str]:
        zone = Zone(visit.directory.sites[key[0]].time_zone, visit.language)
        begins_ms = max(key[1], visit.now_ms // 60_000 * 60_000 + 60_000)
        return visit.show(
            "account/swap.html",
            status=200 if visit.form.ok else 422,
            heading=visit._("Who takes this shift?"),
            shift=spelled(key),
            when=zone.span(key[1], key[2], visit._),
            begins=visit.form.kept("begins") or zone.typed(begins_ms),
            ends=visit.form.kept("ends") or zone.typed(key[2]),
            asks_which={name: zone.asks_which(visit.form, name) for name in ("begins", "ends")},
            which_options=[
                ("", visit._("Choose")),
                (FIRST, visit._("The first of the two")),
                (SECOND, visit._("The second of the two")),
            ],
        )

    async def ask(self, visit: Visit) -> Response[str]:
        key = key_of(visit.form.raw("shift"))
        self._own(visit, key)
        zone = Zone(visit.directory.sites[key[0]].time_zone, visit.language)
        taker, gives = self._taker(visit), self._stretch(visit, zone, key)
        why = visit.form.text("why", most=WHY_MAX_CHARS, needed=False)
        if gives is None or not visit.form.ok:
            return self._asks(visit, key)
        reply = await visit.house.submit(AskSwap(org=visit.org, by=visit.by, taker=taker, gives=gives, why=why))
        if isinstance(reply, Declined):
            if reply.problem is not Problem.CONFLICT:
                raise refusal_of(reply)
            visit.form.fault("begins", reply.detail)
            return self._asks(visit, key)
        return visit.go(HOME, visit._("Asked. It changes nothing until they say yes."))

    def _taker(self, visit: Visit) -> str:
        """By their whole name, or as they are known: nobody gets a list of who works here."""
        typed = visit.form.text("who")
        people = [member for member in visit.directory.members.values() if not member.seat]
        found = [member.id for member in people if typed and typed.casefold() in (member.id, member.name.casefold())]
        if typed and len(found) != 1:
            visit.form.fault("who", SEVERAL if found else NOT_THERE)
        elif found == [visit.member.id]:
            visit.form.fault("who", YOURSELF)
        return found[0] if len(found) == 1 else ""

    def _stretch(self, visit: Visit, zone: Zone, key: ShiftKey) -> Stretch | None:
        form = visit.form
        from_ms, until_ms = zone.read(form, "begins"), zone.read(form, "ends")
        if from_ms is None or until_ms is None:
            return None
        if until_ms <= from_ms:
            form.fault("ends", ENDS_FIRST)
        elif from_ms < key[1] or until_ms > key[2]:
            form.fault("begins", OUTSIDE)
        return Stretch(key, from_ms, until_ms)

    # Answering ----------------------------------------------------------------------------------------------------

    async def answer(self, visit: Visit) -> Response[str]:
        accepts = visit.form.raw("say") == "yes"
        command = AnswerSwap(org=visit.org, by=visit.by, swap=visit.form.raw("id"), accepts=accepts)
        reply = await visit.house.submit(command)
        if isinstance(reply, Declined):
            if reply.problem is Problem.CONFLICT and reply.because is not None:
                return visit.go(HOME, visit._(reply.detail))
            raise refusal_of(reply)
        if not accepts:
            return visit.go(HOME, visit._("Declined. They were told."))
        return visit.go(HOME, visit._("You said yes. Your shifts below show it as soon as the roster has changed."))

    async def withdraw(self, visit: Visit) -> Response[str]:
        await visit.do(WithdrawSwap(org=visit.org, by=visit.by, swap=visit.form.raw("id")))
        return visit.go(HOME, visit._("Taken back. The shift stays yours."))


def _offer(visit: Visit, zone: Zone, swap: Swap) -> Offer:
    other = swap.giver if swap.taker == visit.member.id else swap.taker
    known = visit.directory.members.get(other)
    back = swap.in_return
    return Offer(
        id=swap.id,
        who=known.name if known else other,
        gives=zone.span(swap.gives.from_ms, swap.gives.until_ms, visit._),
        in_return="" if back is None else zone.span(back.from_ms, back.until_ms, visit._),
        why=swap.why,
        asked=swap.phase is SwapPhase.ASKED,
        returnable=can_be_returned(swap),
    )
