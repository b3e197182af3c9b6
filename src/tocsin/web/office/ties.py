"""Ties: who is not to be told about whom.  For coordinators; to everybody else there is no such page.

What was asked is answered with the same words whatever came of it: whoever may not know must not learn it from here.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.access.people_sight import MemberView
from tocsin.core.access.permissions import May
from tocsin.core.access.tie_commands import LiftTie, SetTie
from tocsin.core.limits import WHY_MAX_CHARS
from tocsin.web.office.people import Person, is_called, person, staff
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.saying import folded
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import words

OFFERED_MAX = 12
NOBODY = words("Nobody here is called so.")
CHOOSE = words("Several people are called so. Choose one.")
TOO_MANY = words("Many people are called so. Write more of the name.")
NOT_ONESELF = words("These are the same person.")


class Tie(Struct, frozen=True):
    """`waiting`: for a second coordinator, because it would leave too few to call."""

    member: Person
    about: Person
    waiting: bool


class Wanted(Struct, frozen=True):
    """One end of the tie that is asked for.  `several`: who may be meant."""

    name: str
    label: str
    hint: str
    several: list[Person]


async def ties_page(office: Office) -> Answer:
    _must(office)
    say, everybody = office.visit._, {view.id: view for view in staff(office)}
    ties = [
        Tie(person(everybody[tie.member.id], say), person(everybody[tie.about.id], say), tie.waiting)
        for tie in office.records.ties(office.visit.signed_in)
        if tie.member.id in everybody and tie.about.id in everybody
    ]
    bound = len({tie.member.id for tie in ties if not tie.waiting})
    heading = office.ngettext(
        "%(num)s person is not told about somebody", "%(num)s people are not told about somebody", bound
    )
    return office.show("ties", heading=heading if bound else say("No tie is in force"), ties=ties, asked=_asked(office))


def _must(office: Office) -> None:
    """To whoever does not keep ties this is an address like any other that leads nowhere."""
    if not office.may(May.KEEP_TIES):
        raise PageRefusal("not_found")


def _asked(office: Office) -> list[Wanted]:
    say = office.visit._
    hint = say("The name, or the beginning of it.")
    labels = {"member": say("Who is not to be told"), "about": say("About whom")}
    return [Wanted(name, label, hint, list(_offered(office, name))) for name, label in labels.items()]


def _offered(office: Office, name: str) -> Iterator[Person]:
    """Whom to choose from, where the name that was typed fits several."""
    typed = office.visit.form.kept(name)
    if typed and office.visit.form.faults.get(name) == office.visit._(CHOOSE):
        yield from (person(member, office.visit._) for member in _called(office, typed))


def _called(office: Office, typed: str) -> list[MemberView]:
    everybody, parts = staff(office), folded(typed).split()
    exact = [member for member in everybody if member.id == typed or folded(member.name) == folded(typed)]
    return exact or [member for member in everybody if all(is_called(member, part) for part in parts)]


async def set_tie(office: Office) -> Answer:
    _must(office)
    visit = office.visit
    member, about = _end(office, "member"), _end(office, "about")
    why = visit.form.text("why", most=WHY_MAX_CHARS, needed=False)
    if member and member == about:
        visit.form.fault("about", NOT_ONESELF)
    if not visit.form.ok:
        return await ties_page(office)
    await visit.do(SetTie(org=visit.org, by=visit.by, member=member, about=about, why=why))
    return visit.go("/office/ties", visit._("Asked. It acts at once, unless the list below says that it waits."))


def _end(office: Office, name: str) -> str:
    """The id of whoever was meant; empty, with a fault, where that is not clear."""
    form = office.visit.form
    typed = form.text(name)
    found = _called(office, typed) if typed else []
    chosen = form.raw(f"{name}-id")
    if len(found) == 1 or any(member.id == chosen for member in found):
        return found[0].id if len(found) == 1 else chosen
    form.fault(name, NOBODY if not found else CHOOSE if len(found) <= OFFERED_MAX else TOO_MANY)
    return ""


async def lift_tie(office: Office) -> Answer:
    _must(office)
    visit = office.visit
    member, about = visit.form.raw("member"), visit.form.raw("about")
    await visit.do(LiftTie(org=visit.org, by=visit.by, member=member, about=about))
    return visit.go("/office/ties", visit._("Asked. To lift a tie takes two coordinators and a day."))
