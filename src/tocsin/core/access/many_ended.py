"""One person who ends the access of many is noticed, whether it is called a suspension or not.

Theory of operation
-------------------
To end somebody's phones and sessions one by one takes from them what a suspension takes, for as long as it lasts, and
it asks no second person either.  It acts at once, because a telephone may be in the wrong hands.  But each line of the
trail by which somebody ends what lets another in is counted, and where one person did so to more than SUSPENSIONS_MANY
others within SUSPENSIONS_MANY_MS the operator is paged as if they had been suspended.  What was ended stays ended:
people sign in and enrol anew, and every phone still calls for help.

What one ends of one's own counts for nothing, and neither does what time ends.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core.access.record import Act, Ender
from tocsin.core.access.words import Via
from tocsin.core.docket import Docket
from tocsin.core.limits import SUSPENSIONS_MANY, SUSPENSIONS_MANY_MS, SUSPENSIONS_SHOWN_MS

PAGE = "many_suspensions"
ENDS = frozenset({"session_ended", "sessions_ended", "device_ended", "passkey_ended", "person_ended", "suspended"})


def follow(docket: Docket) -> None:
    """After whatever was decided: who has ended the access of whom, and of how many by now?"""
    for act in [record for record in docket.records.values() if isinstance(record, Act)]:
        if act.what in ENDS and act.by.via is not Via.SYSTEM and act.about not in ("", act.by.member):
            _count(docket, act.by.member or act.by.via, act.about)


def many_ended_within_the_hour(enders: Iterable[Ender], now_ms: int) -> bool:
    """Has anybody ended the access of many within the last SUSPENSIONS_SHOWN_MS?"""
    return any(0 < now_ms - SUSPENSIONS_SHOWN_MS < ender.many_ms for ender in enders)


def _count(docket: Docket, who: str, about: str) -> None:
    known = docket.kept(Ender, who) or Ender(id=who)
    of_late = {id: at_ms for id, at_ms in known.lately if id != about and at_ms > docket.now_ms - SUSPENSIONS_MANY_MS}
    lately = (*of_late.items(), (about, docket.now_ms))[-SUSPENSIONS_MANY - 1 :]
    many = len(lately) > SUSPENSIONS_MANY
    docket.keep(Ender(id=who, lately=lately, many_ms=docket.now_ms if many else known.many_ms))
    if many and PAGE not in docket.pages:
        docket.pages.append(PAGE)
