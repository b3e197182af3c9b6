"""A link to one alert, opened: the first device that taps is bound to it, and looks at that alert as that person.

Theory of operation
-------------------
Whoever is rung answers without signing in; whoever called for help by text can say where they are.  The link lives as
long as that person may know of that alert: not after its close, a tie or a suspension.  To whoever tries, all of these
look like a link that never was.  A link that was opened is another matter: somebody holds the alert who was perhaps
never meant to, so it says that, and the person is given another (`rung_link.py`), which takes the place of the one
before as soon as it is opened in its turn.

A bound device is no sign of life: nobody has answered by looking.

It ends RUNG_LINK_LINGERS_MS after the alert looks closed to its holder, so that a page whose line was down for a moment
still reads how it ended.  After duress the worker's own ends when the worker's devices see the alert closed, not when
it is: as a real one would.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.entry_commands import BindLink
from tocsin.core.access.record import id_of
from tocsin.core.access.rung_record import LinkTaken, RungLink, taken_id
from tocsin.core.access.words import Ended
from tocsin.core.alert import Alert
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.escalation import barred
from tocsin.core.limits import RUNG_LINK_LINGERS_MS, RUNG_LINKS_MAX
from tocsin.core.refusals import LINK_WORN_OUT
from tocsin.core.rung_link import LinkFor
from tocsin.core.shadow import life_of, looks_on

OPENED_ELSEWHERE = Declined(problem=Problem.OPENED_ELSEWHERE)


def holds(alert: Alert, directory: Directory, shown_id: str, member: str, purpose: LinkFor) -> bool:
    """Is a link of this alert, by the id under which they know it, worth anything to this member now?"""
    if purpose is LinkFor.OWN:
        return _may_place(alert, directory, shown_id, member)
    person = alert.people.get(member)
    called = alert.open and alert.id == shown_id and person is not None and not person.withdrawn
    return called and not barred(directory, alert.member, member)


def _may_place(alert: Alert, directory: Directory, shown_id: str, member: str) -> bool:
    """Never where somebody may look over their shoulder: what it shows gives them away."""
    known, life = directory.members.get(member), life_of(alert, shown_id)
    if known is None or known.suspended or alert.member != member:
        return False
    return life is not None and life.closed_ms is None and not looks_on(alert, life, directory)


def bind(docket: Docket, command: BindLink) -> Reply:
    """This device, unless another was faster.  Declined: nothing changed, and nobody is told why but that."""
    alert = docket.world.alert(docket.org, command.alert)
    if alert is None or not holds(alert, docket.directory, command.alert, command.member, command.purpose):
        return LINK_WORN_OUT
    id = taken_id(command.alert, command.member, command.purpose)
    before = docket.all_kept(LinkTaken).get(id)
    times = 0 if before is None else before.times
    if command.nth < times:
        return OPENED_ELSEWHERE
    if command.nth > times or times >= RUNG_LINKS_MAX:
        return LINK_WORN_OUT
    if before is not None:
        _end(docket, before.link, Ended.REPLACED)
    bound = RungLink(
        id=id_of(command.token_hash),
        token_hash=command.token_hash,
        member=command.member,
        alert=command.alert,
        purpose=command.purpose,
        made_ms=docket.now_ms,
    )
    docket.keep(bound)
    docket.keep(LinkTaken(id=id, alert=command.alert, purpose=command.purpose, times=times + 1, link=bound.id))
    return Done()


def _end(docket: Docket, link: str, why: Ended) -> None:
    known = docket.kept(RungLink, link)
    if known is not None and known.open:
        docket.keep(replace(known, ended=why))


def follow(docket: Docket) -> None:
    """What has just come to its end, to whoever holds a link of it, ends their link soon."""
    over = [draft.alert for draft in docket.drafts.values() if draft.events and _ended_somehow(draft.alert)]
    for taken in docket.all_kept(LinkTaken).values() if over else ():
        for alert in over:
            ended_ms = _ended_ms(alert, taken)
            if ended_ms is not None:
                docket.wakes[f"linktaken/{taken.id}"] = ended_ms + RUNG_LINK_LINGERS_MS


def _ended_somehow(alert: Alert) -> bool:
    return not alert.open or any(life.closed_ms is not None for life in alert.shadows)


def _ended_ms(alert: Alert, taken: LinkTaken) -> int | None:
    """When it ended for whoever holds these links; None: it did not, or they are of another alert."""
    if taken.purpose is LinkFor.RUNG:
        return alert.closed_ms if taken.alert == alert.id else None
    life = life_of(alert, taken.alert)
    return None if life is None else life.closed_ms


def due(docket: Docket, id: str) -> None:
    """It has lingered long enough."""
    taken = docket.all_kept(LinkTaken).get(id)
    if taken is not None:
        docket.keep(replace(taken, over=True))
        _end(docket, taken.link, Ended.EXPIRED)
