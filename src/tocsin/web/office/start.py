"""The first page of the office: what is turned off, what waits for its reader, what was told, who is not reached."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.core.limits import ANNOUNCED_SHOWN_MAX
from tocsin.web.office.changes import for_reader, shown
from tocsin.web.office.lines import lines
from tocsin.web.office.part_words import meaning
from tocsin.web.office.people import Person, counted, not_reached, person, staff
from tocsin.web.office.person_waits import waiting_for
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.speaking import words

UNREACHED_SHOWN = 10
NO_WAY = words("No way that wakes them works.")


class Link(Struct, frozen=True):
    url: str
    words: str


CAN = (
    (May.EDIT_MEMBERS, "/office/members/new", words("Hire somebody")),
    (May.SUSPEND, "/office/members", words("Suspend somebody")),
    (May.ENROL_FOR_OTHERS, "/office/members", words("Enrol a phone for somebody")),
    (May.KEEP_TIES, "/office/ties", words("Keep somebody from being told")),
    (May.EDIT_PLACES, "/office/places", words("Draw and name the places of a site")),
    (May.KEEP_SCREENS, "/office/screens", words("Set up a wallboard or a desk")),
    (May.KEEP_KEYS, "/office/keys", words("Make a key for a program")),
    (May.READ_TRAIL, "/office/trail", words("Look up who did what")),
)


async def start_page(office: Office) -> Answer:
    office.must(May.READ_MEMBERS)
    say = office.visit._
    people = [one for one in waiting_for(office) if one.theirs]
    changes = [change for change in shown(office) if change.can]
    everybody = staff(office)
    lost = not_reached(everybody)
    return office.show(
        "start",
        heading=_heading(office, len(people), sum(1 for change in changes if "agree" in change.can)),
        disabled=office.services.disabled(),
        meaning=meaning,
        people_words=counted(office, everybody) + ".",
        people=people,
        waiting=changes,
        announced=lines(office, office.records.announcements(office.visit.signed_in).acts[:ANNOUNCED_SHOWN_MAX]),
        unreached=[_because(office, person(member, say)) for member in lost[:UNREACHED_SHOWN]],
        unreached_more=_more(office, len(lost)),
        can=[Link(path, say(word)) for may, path, word in CAN if office.may(may)],
    )


def _heading(office: Office, people: int, changes: int) -> str:
    """How much waits for this reader's word."""
    if not people:
        return for_reader(office, changes)
    return office.ngettext("%(num)s thing waits for you", "%(num)s things wait for you", people + changes)


def _because(office: Office, member: Person) -> Person:
    return replace(member, because=office.visit._(NO_WAY))


def _more(office: Office, count: int) -> Link | None:
    if count <= UNREACHED_SHOWN:
        return None
    return Link("/office/members?reach=none", office.ngettext("All %(num)s", "All %(num)s", count))
