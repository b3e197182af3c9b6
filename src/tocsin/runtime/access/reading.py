"""The one module that hands out people, plans, rosters, the audit trail and what keeps access: to whoever may have it.

Theory of operation
-------------------
Pages, routes and exports ask here and nowhere else.  Each question names its line of the permission table and asks
`permit.reach` with everything as it is at that moment; whoever may not is told `NotAllowed`, whatever the thing, there
or not.  Reading changes nothing, and needs no new proof of who one is: only changing does.

The shapes of what is handed out, and what of it depends on the reader, are `core/access/people_sight.py`'s.  The
trail is read from the store, newest first, and looked through no further than LIST_SCANNED_MAX lines at a time: `next`
says where to go on, also where nothing was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access import people_sight as sight
from tocsin.core.access.agreeing import may_know
from tocsin.core.access.announced_sight import AnnouncedView, unheard
from tocsin.core.access.changes import Change
from tocsin.core.access.feed_record import Feed
from tocsin.core.access.permissions import May, Reach
from tocsin.core.access.place_record import Picture, PlaceCode, PlanSheet
from tocsin.core.access.place_sight import PICTURES, PlanView, Sought, plan_view
from tocsin.core.access.record import (
    Act,
    Desk,
    Kept,
    Key,
    Link,
    Passkey,
    PinReset,
    Session,
    Suspension,
    TieAsked,
    Wallboard,
)
from tocsin.core.access.swaps import Swap
from tocsin.core.alert import Alert
from tocsin.core.directory import Device, Directory, Plan, Shift
from tocsin.core.limits import LIST_SCANNED_MAX, LISTED_MAX
from tocsin.core.sight import runs_to
from tocsin.core.views import Who
from tocsin.ports import Snapshot
from tocsin.runtime.access.announced import newest_announced
from tocsin.runtime.access.staff import Staff
from tocsin.runtime.ledger import read_kept
from tocsin.runtime.node import HasStore
from tocsin.runtime.passes import Pass, reach_of_pass

K = TypeVar("K", bound=Kept)


class NotAllowed(Exception):
    """This is not for them to read, or to know whether it is there."""


class Asked(Struct, frozen=True):
    """Which lines of the trail.  Empty: any.  `member`: who did it, or whom it was about."""

    member: str = ""
    what: str = ""
    from_ms: int | None = None
    to_ms: int | None = None


EVERYTHING = Asked()


class Trail(Struct, frozen=True):
    """Newest first.  `next`: what to ask for as `before`; None at the end."""

    acts: list[sight.ActView]
    next: str | None


class Records:
    """What one node hands out of its organisations."""

    def __init__(self, node: HasStore) -> None:
        self._node = node
        self._staff: dict[str, Staff] = {}

    def reach(self, who: Pass, may: May) -> Reach:
        """How far this pass gets now; for what a page shows or hides.  Whoever decides asks again."""
        return reach_of_pass(self._node, who, may)

    def may(self, who: Pass, may: May) -> bool:
        return self.reach(who, may) is not Reach.NONE

    def directory(self, who: Pass) -> Directory:
        return self._node.world.directory(who.org)

    # People ------------------------------------------------------------------------------------------------------

    def staff(self, who: Pass) -> list[sight.MemberView]:
        """Every person in order of name, without contacts and ties, for long lists.  Raises NotAllowed."""
        self._must(who, May.READ_MEMBERS)
        return self._staff.setdefault(who.org, Staff()).of(self.directory(who))

    def members(self, who: Pass) -> list[sight.MemberView]:
        """Everybody, in order of name, with all that this reader may have of them.  Raises NotAllowed."""
        self._must(who, May.READ_MEMBERS)
        directory, contacts = self.directory(who), self.may(who, May.READ_CONTACTS)
        askings = self._kept(who, TieAsked)
        views = [
            sight.member_view(directory, m, who.reader.member, askings, contacts=contacts)
            for m in directory.members.values()
        ]
        return sorted(views, key=lambda view: (view.name.casefold(), view.id))

    def member(self, who: Pass, id: str) -> sight.MemberView | None:
        """One of them, or None: there is no such member.  Raises NotAllowed."""
        self._must(who, May.READ_MEMBERS)
        directory = self.directory(who)
        member = directory.members.get(id)
        if member is None:
            return None
        contacts, askings = self.may(who, May.READ_CONTACTS), self._kept(who, TieAsked)
        return sight.member_view(directory, member, who.reader.member, askings, contacts=contacts)

    def ties(self, who: Pass) -> list[sight.TieView]:
        """Those that this coordinator may know of.  Raises NotAllowed."""
        self._must(who, May.KEEP_TIES)
        directory = self.directory(who)
        askings = self._kept(who, TieAsked)
        return sight.tie_views(directory, who.reader.member, directory.members.values(), askings)

    def sessions(self, who: Pass, member: str) -> list[Session]:
        """Open ones, newest first; one's own, or of whom one may sign out.  Raises NotAllowed."""
        self._must_of(who, member)
        return _newest(self._kept(who, Session), member)

    def devices(self, who: Pass, member: str) -> list[Device]:
        """Enrolled phones, also those that only raise any more.  Raises NotAllowed."""
        self._must_of(who, member)
        return [device for device in self.directory(who).devices.values() if device.member == member]

    def passkeys(self, who: Pass, member: str) -> list[Passkey]:
        """Raises NotAllowed."""
        self._must_of(who, member)
        return [key for key in self._kept(who, Passkey) if key.member == member]

    # What is planned -----------------------------------------------------------------------------------------------

    def plans(self, who: Pass) -> tuple[Plan, ...]:
        """Raises NotAllowed."""
        self._must(who, May.READ_PLANS)
        return self.directory(who).plans

    def roster(self, who: Pass, from_ms: int, to_ms: int) -> list[Shift]:
        """The shifts that touch this span, in order of beginning.  Raises NotAllowed."""
        self._must(who, May.READ_PLANS)
        shifts = (shift for shift in self.directory(who).shifts if shift.starts_ms < to_ms and from_ms < shift.ends_ms)
        return sorted(shifts, key=lambda shift: (shift.starts_ms, shift.site, shift.ends_ms))

    def rostering(self, who: Pass) -> Directory:
        """The organisation, for what is told of its rosters: who is on, and when too few are.  Raises NotAllowed."""
        self._must(who, May.READ_PLANS)
        return self.directory(who)

    def swaps(self, who: Pass) -> list[Swap]:
        """Under way, the oldest first: one's own, and everybody's for whoever reads rosters.  Raises NotAllowed."""
        self._must(who, May.SWAP_SHIFTS)
        reads = self.may(who, May.READ_PLANS)
        known = (swap for swap in self._kept(who, Swap) if reads or who.reader.member in (swap.giver, swap.taker))
        return sorted(known, key=lambda swap: (swap.asked_ms, swap.id))

    def feeds(self, who: Pass) -> list[Feed]:
        """Roster feeds; of each address no more than the host, for it may be a password.  Raises NotAllowed."""
        self._must(who, May.READ_PLANS)
        return [replace(feed, url=urlsplit(feed.url).hostname or "") for feed in self._kept(who, Feed)]

    # Places ------------------------------------------------------------------------------------------------------

    def site_plan(self, who: Pass, site: str) -> PlanView | None:
        """Its places and what they are drawn on; None: there is no such site.  Raises NotAllowed.

        By a link: of the site of its alert, while that is open, what leads to where it is said to be.
        """
        alert, directory = self._called_to(who), self.directory(who)
        if alert is not None and alert.site != site:
            raise NotAllowed
        sought = None if alert is None else _sought(alert)
        return plan_view(directory, site, self._kept(who, PlanSheet), sought) if site in directory.sites else None

    def picture(self, who: Pass, id: str) -> Picture | None:
        """What is or was under a plan of theirs; by a link what is under the plan it opens.  Raises NotAllowed."""
        alert = self._called_to(who)
        plan = None if alert is None else self.site_plan(who, alert.site)
        shown = alert is None or (plan is not None and any(one.picture == PICTURES + id for one in plan.sheets))
        return self._node.world.kept(who.org, Picture, id) if shown else None

    def sheets(self, who: Pass, site: str) -> dict[str, PlanSheet]:
        """By whose they are; not by a link.  Raises NotAllowed."""
        if self._called_to(who) is not None:
            raise NotAllowed
        return {sheet.on: sheet for sheet in self._kept(who, PlanSheet) if sheet.site == site}

    def _called_to(self, who: Pass) -> Alert | None:
        """The one alert whose places they may see; None: they may see all places there are.  Raises NotAllowed."""
        self._must(who, May.READ_PLACES)
        if self.reach(who, May.READ_PLACES) is Reach.ALL:
            return None
        alert = self._node.world.alert(who.org, who.reader.alert)
        if alert is None or not runs_to(alert, self.directory(who), who.reader):
            raise NotAllowed
        return alert

    def place_codes(self, who: Pass, site: str) -> dict[str, PlaceCode]:
        """By place; for whoever prints and replaces them.  Raises NotAllowed."""
        self._must(who, May.EDIT_PLACES)
        return {code.place: code for code in self._kept(who, PlaceCode) if code.site == site}

    # What waits for a second person ---------------------------------------------------------------------------------

    def changes(self, who: Pass) -> list[Change]:
        """Open ones, the oldest first.  What this reader may not know of is not there.  Raises NotAllowed."""
        self._must(who, May.SEE_CHANGES)
        directory, reader = self.directory(who), who.reader.member
        known = (one for one in self._kept(who, Change) if one.asker == reader or may_know(directory, one, reader))
        return sorted(known, key=lambda change: (change.asked_ms, change.id))

    def suspensions_asked(self, who: Pass) -> list[Suspension]:
        """Of members who are watched: for whoever asked, and coordinators who are not tied.  Raises NotAllowed."""
        self._must(who, May.SUSPEND)
        directory, reader = self.directory(who), who.reader.member
        waiting = (asked for asked in self._kept(who, Suspension) if asked.waiting)
        return [one for one in waiting if one.by.member == reader or sight.keeps_tie(directory, reader, one.id, "")]

    def pin_resets(self, who: Pass) -> list[PinReset]:
        """Also for whoever is tied to the member: they are answered like anybody.  Raises NotAllowed."""
        self._must(who, May.RESET_PINS)
        return self._kept(who, PinReset)

    # What keeps access ---------------------------------------------------------------------------------------------

    def wallboards(self, who: Pass) -> list[Wallboard]:
        self._must(who, May.KEEP_SCREENS)
        return self._kept(who, Wallboard)

    def desks(self, who: Pass) -> list[Desk]:
        self._must(who, May.KEEP_SCREENS)
        return self._kept(who, Desk)

    def keys(self, who: Pass) -> list[Key]:
        self._must(who, May.KEEP_KEYS)
        return self._kept(who, Key)

    def links(self, who: Pass) -> list[Link]:
        """Links that are still good.  Raises NotAllowed."""
        self._must(who, May.INVITE)
        return self._kept(who, Link)

    # What was done -------------------------------------------------------------------------------------------------

    def trail(self, who: Pass, asked: Asked = EVERYTHING, before: str | None = None) -> Trail:
        """Lines of the audit trail below `before`.  Raises NotAllowed."""
        self._must(who, May.READ_TRAIL)
        return self._acts(who, before, lambda act: _is_asked(act, asked))

    def announcements(self, who: Pass, before: str | None = None) -> Trail:
        """What was told to this member by name or by role; everybody has those.  Raises NotAllowed: no member."""
        self._must(who, May.KEEP_OWN_ACCOUNT)
        directory, member = self.directory(who), who.reader.member
        return self._acts(who, before, lambda act: sight.announced_to(directory, member, act))

    def announced(self, who: Pass) -> list[AnnouncedView]:
        """Whom the newest acts reached that all supervisors were told of.  Raises NotAllowed."""
        self._must(who, May.READ_MEMBERS)
        return newest_announced(self._node.store, self.directory(who), self._node.clock.now_ms())

    def unheard(self, who: Pass) -> list[Who]:
        """Of those who watch over others, whom no announcement can reach.  Raises NotAllowed."""
        self._must(who, May.READ_MEMBERS)
        return unheard(self.directory(who), self._node.world.channels)

    def _acts(self, who: Pass, before: str | None, wanted: Callable[[Act], bool]) -> Trail:
        """`next` never names a line that this reader may not have: an id tells when it was written."""
        directory = self.directory(who)
        found: list[sight.ActView] = []
        last = None
        for act in self._newest_acts(who.org, before):
            if len(found) == LISTED_MAX:
                return Trail(found, found[-1].id)
            if sight.shows_act(directory, who.reader.member, act):
                last = act.id
                found += [sight.act_view(directory, act)] if wanted(act) else []
        return Trail(found, last if self._more(who.org, last) else None)

    def _newest_acts(self, org: str, before: str | None) -> Iterator[Act]:
        for _ in range(0, LIST_SCANNED_MAX, LISTED_MAX):
            rows = self._rows(org, before, LISTED_MAX)
            for row in rows:
                act = read_kept(Act, row)
                before = act.id
                yield act
            if len(rows) < LISTED_MAX:
                return

    def _rows(self, org: str, before: str | None, limit: int) -> list[Snapshot]:
        return self._node.store.recent(org, "act", None if before is None else f"act/{before}", limit)

    def _more(self, org: str, last: str | None) -> bool:
        return last is not None and bool(self._rows(org, last, 1))

    # Asking --------------------------------------------------------------------------------------------------------

    def _must(self, who: Pass, may: May) -> None:
        if not self.may(who, may):
            raise NotAllowed

    def _must_of(self, who: Pass, member: str) -> None:
        own = member == who.reader.member and self.may(who, May.KEEP_OWN_ACCOUNT)
        if not own:
            self._must(who, May.REVOKE_FOR_OTHERS)

    def _kept(self, who: Pass, kind: type[K]) -> list[K]:
        return list(self._node.world.all_kept(who.org, kind).values())


def _sought(alert: Alert) -> Sought:
    reports = alert.places.values()
    return Sought(tuple(spot.label for spot in reports if spot.label), any(spot.fix for spot in reports))


def _newest(sessions: Iterable[Session], member: str) -> list[Session]:
    theirs = (session for session in sessions if session.member == member)
    return sorted(theirs, key=lambda session: (session.began_ms, session.id), reverse=True)


def _is_asked(act: Act, asked: Asked) -> bool:
    return (
        asked.member in ("", act.about, act.by.member)
        and asked.what in ("", act.what)
        and (asked.from_ms is None or act.at_ms >= asked.from_ms)
        and (asked.to_ms is None or act.at_ms < asked.to_ms)
    )
