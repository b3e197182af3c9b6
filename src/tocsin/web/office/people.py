"""Everybody who works here: found by name, role and reach, fifty at a time."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from msgspec import Struct

from tocsin.core.access.people_sight import MemberView
from tocsin.core.access.permissions import May
from tocsin.core.limits import LISTED_MAX, NAME_MAX_CHARS
from tocsin.core.views import Who
from tocsin.core.words import Role
from tocsin.web.forms import filled
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.saying import ROLES, folded, initials, listed
from tocsin.web.speaking import Say, words

REACHES = {
    "": words("Everybody"),
    "reachable": words("Reachable"),
    "half": words("Half reachable"),
    "none": words("Not reached"),
    "suspended": words("Suspended"),
}


class Person(Struct, frozen=True):
    """A member in a list."""

    id: str
    name: str
    url: str
    roles: str
    reach: str
    suspended: bool
    initials: str
    because: str = ""


class Named(Struct, frozen=True):
    """Somebody in a sentence.  `url`: their page, or empty."""

    name: str
    url: str = ""


class Pages(Struct, frozen=True):
    """Where a list goes on."""

    words: str = ""
    before: str = ""
    after: str = ""
    before_words: str = ""
    after_words: str = ""


def page_of(id: str) -> str:
    return f"/office/members/{quote(id, safe='')}"


def named(who: Who | None, say: Say, linked: bool = True) -> Named:
    """Whoever did something, or whom it was about."""
    return Named(say("nobody in particular")) if who is None else Named(who.name, page_of(who.id) if linked else "")


def reach_of(member: MemberView) -> str:
    return "none" if member.ways == 0 else "half" if member.ways == 1 else "reachable"


def person(member: MemberView, say: Say) -> Person:
    roles = listed(ROLES, member.roles, say)
    return Person(
        member.id, member.name, page_of(member.id), roles, reach_of(member), member.suspended, initials(member.name)
    )


def staff(office: Office) -> list[MemberView]:
    """Every person, in order of name; the seats of desks are none.  Raises NotAllowed."""
    return office.records.staff(office.visit.signed_in)


def not_reached(members: list[MemberView]) -> list[MemberView]:
    """Whom an alert could not wake.  A suspended person is not to be reached."""
    return [member for member in members if member.ways == 0 and not member.suspended]


def counted(office: Office, members: list[MemberView]) -> str:
    """How many there are, and how many of them nothing would wake: the answer that the pages open with."""
    lost = len(not_reached(members))
    people = office.ngettext("%(num)s person", "%(num)s people", len(members))
    if not lost:
        return office.visit._("%(people)s, everybody can be reached", people=people)
    return office.ngettext(
        "%(people)s, %(num)s can not be reached", "%(people)s, %(num)s can not be reached", lost, people=people
    )


async def members_page(office: Office) -> Answer:
    office.must(May.READ_MEMBERS)
    query, say = office.visit.asked.query, office.visit._
    asked = {name: query.get(name, "")[:NAME_MAX_CHARS] for name in ("name", "role", "reach")}
    everybody = staff(office)
    found = list(_matching(everybody, asked))
    page = min(_number(query.get("page", "")), max(1, -(-len(found) // LISTED_MAX)))
    first = (page - 1) * LISTED_MAX
    return office.show(
        "members",
        heading=counted(office, everybody),
        lead="",
        new_url="/office/members/new" if office.may(May.EDIT_MEMBERS) else "",
        form=filled(asked, say),
        role_options=[("", say("Any role")), *((role.value, say(word)) for role, word in ROLES.items())],
        reach_options=[(key, say(word)) for key, word in REACHES.items()],
        narrowed=any(asked.values()),
        found_words=_found_words(office, first, len(found)),
        members=[person(member, say) for member in found[first : first + LISTED_MAX]],
        pages=_pages(asked, page, len(found), say),
    )


def _matching(members: list[MemberView], asked: dict[str, str]) -> Iterator[MemberView]:
    """Those who were asked for.  What was asked is read once: there may be ten thousand of them."""
    parts, reach = folded(asked["name"]).split(), asked["reach"] if asked["reach"] in REACHES else ""
    role = Role(asked["role"]) if asked["role"] in ROLES else None
    for member in members:
        fits = not reach or reach == ("suspended" if member.suspended else reach_of(member))
        if fits and (role is None or role in member.roles) and all(is_called(member, part) for part in parts):
            yield member


def is_called(member: MemberView, part: str) -> bool:
    """Does a word of the name begin so?  In scripts that set no blanks between words, is it anywhere in the name?"""
    name = folded(member.name)
    return part == member.id or f" {part}" in f" {name}" or (not part.isascii() and part in name)


def _found_words(office: Office, first: int, count: int) -> str:
    last = min(first + LISTED_MAX, count)
    if count <= LISTED_MAX:
        return office.ngettext("%(num)s person", "%(num)s people", count)
    return office.visit._("%(first)s to %(last)s of %(count)s", first=first + 1, last=last, count=count)


def _pages(asked: dict[str, str], page: int, count: int, say: Say) -> Pages:
    pages = max(1, -(-count // LISTED_MAX))

    def url(number: int) -> str:
        kept = {name: value for name, value in asked.items() if value} | {"page": str(number)}
        return f"/office/members?{urlencode(kept, errors='replace')}" if 1 <= number <= pages else ""

    told = say("Page %(page)s of %(pages)s", page=page, pages=pages)
    return Pages(told, url(page - 1), url(page + 1), say("Back"), say("Further"))


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
