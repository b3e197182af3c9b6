"""Who has which role, and what each role may do."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.people_sight import MemberView
from tocsin.core.access.permissions import TABLE, Line, May, Reach
from tocsin.core.words import Role
from tocsin.web.office.people import Person, person, staff
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.saying import MEANS, ROLES
from tocsin.web.speaking import words

NAMES_SHOWN = 12
REACHES = {
    Reach.NONE: "",
    Reach.OWN: words("own"),
    Reach.RUNG: words("where rung"),
    Reach.RUNNING: words("running"),
    Reach.ALL: words("all"),
}


class RoleShown(Struct, frozen=True):
    key: str
    word: str
    means: str
    url: str
    count_words: str
    members: list[Person]


class Row(Struct, frozen=True):
    """One line of the table.  `cells`: for each role how far it goes; empty: not at all."""

    sentence: str
    cells: list[str]


async def roles_page(office: Office) -> Answer:
    office.must(May.READ_MEMBERS)
    active = [member for member in staff(office) if not member.suspended]
    of = {role: [member for member in active if role in member.roles] for role in Role}
    return office.show(
        "roles",
        heading=_heading(office, of),
        lead=office.visit._("A role says what a person may do. Change it on the person's own page."),
        doubt=_doubt(office, of),
        roles=[_shown(office, role, of[role]) for role in ROLES],
        table=[_row(office, line) for line in TABLE],
    )


def _heading(office: Office, of: dict[Role, list[MemberView]]) -> str:
    supervisors = office.ngettext("%(num)s supervisor", "%(num)s supervisors", len(of[Role.SUPERVISOR]))
    coordinators = office.ngettext("%(num)s coordinator", "%(num)s coordinators", len(of[Role.COORDINATOR]))
    administrators = office.ngettext("%(num)s administrator", "%(num)s administrators", len(of[Role.ADMINISTRATOR]))
    return f"{supervisors}, {coordinators}, {administrators}"


def _doubt(office: Office, of: dict[Role, list[MemberView]]) -> str:
    """What should not be relied on: a role that hangs on one person or on none."""
    say = office.visit._
    if len(of[Role.ADMINISTRATOR]) < 2:
        return say("Fewer than two administrators. Whoever loses every way to sign in could not be let back in soon.")
    if len(of[Role.SUPERVISOR]) + len(of[Role.COORDINATOR]) < 2:
        return say("Fewer than two who may close an alert: no alert could be closed by two people.")
    return ""


def _shown(office: Office, role: Role, members: list[MemberView]) -> RoleShown:
    say = office.visit._
    count = office.ngettext("%(num)s person", "%(num)s people", len(members))
    few = members if len(members) <= NAMES_SHOWN else []
    names = [person(member, say) for member in few]
    return RoleShown(role.value, say(ROLES[role]), say(MEANS[role]), f"/office/members?role={role.value}", count, names)


def _row(office: Office, line: Line) -> Row:
    say = office.visit._
    cells = [REACHES[line.reach.get(role, Reach.NONE)] for role in ROLES]
    return Row(say(line.sentence), [say(cell) if cell else "" for cell in cells])
