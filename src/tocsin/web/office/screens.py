"""Screens: wallboards, which show a site to whoever passes, and desks, from which whoever sits there calls for help."""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from tocsin.core.access.commands import EndAccess
from tocsin.core.access.permissions import May
from tocsin.core.access.record import Desk, Wallboard
from tocsin.core.access.screens import place_name
from tocsin.core.access.words import LinkKind, What
from tocsin.core.limits import LABEL_TYPED_MAX_CHARS
from tocsin.web.office.handing import shown
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import when, words

S = TypeVar("S", Wallboard, Desk)
KINDS = {"wallboard": (What.WALLBOARD, LinkKind.WALLBOARD), "desk": (What.DESK, LinkKind.DESK)}
OPEN_IT_THERE = words("It works once, until %(until)s. Open it in the browser of that very screen.")


class Item(Struct, frozen=True):
    label: str
    words: str
    action: str


class Board(Struct, frozen=True):
    """One kind of screen: those there are, and the form for another."""

    key: str
    word: str
    items: list[Item]
    none: str
    add: str
    hint: str
    where: str
    options: list[tuple[str, str]]
    open: bool
    action: str


async def screens_page(office: Office) -> Answer:
    office.must(May.KEEP_SCREENS)
    who = office.visit.signed_in
    wallboards, desks = office.records.wallboards(who), office.records.desks(who)
    first = office.ngettext("%(num)s wallboard", "%(num)s wallboards", len(wallboards))
    second = office.ngettext("%(num)s desk", "%(num)s desks", len(desks))
    return office.show(
        "screens",
        heading=f"{first}, {second}",
        boards=[_wallboards(office, wallboards), _desks(office, desks)],
    )


def _wallboards(office: Office, screens: list[Wallboard]) -> Board:
    say, sites = office.visit._, office.visit.directory.sites
    names = {id: site.name for id, site in sites.items()}
    items = [_item(office, "wallboard", board, names.get(board.site, board.site)) for board in _sorted(screens)]
    return Board(
        key="wallboard",
        word=say("Wallboards"),
        items=items,
        none=say("No wallboard. Set one up, and open its link on that screen."),
        add=say("Set up a wallboard"),
        hint=say("As people call it: Lobby screen."),
        where=say("Which site"),
        options=list(names.items()),
        open=_is_wrong(office, "wallboard"),
        action="/office/screens/wallboard",
    )


def _desks(office: Office, screens: list[Desk]) -> Board:
    say, directory = office.visit._, office.visit.directory
    places = [(f"{spot.site}/{spot.id}", spot.name) for spot in directory.places]
    items = [
        _item(office, "desk", desk, place_name(directory, desk.site, desk.place) or desk.place)
        for desk in _sorted(screens)
    ]
    return Board(
        key="desk",
        word=say("Desks"),
        items=items,
        none=say("No desk. Set one up, and open its link at that workstation."),
        add=say("Set up a desk"),
        hint=say("As people call it: Console 3. An alert from there says so."),
        where=say("Where it stands"),
        options=places,
        open=_is_wrong(office, "desk"),
        action="/office/screens/desk",
    )


def _sorted(screens: list[S]) -> list[S]:
    return sorted(screens, key=lambda screen: (screen.label.casefold(), screen.id))


def _item(office: Office, kind: str, screen: Wallboard | Desk, where: str) -> Item:
    since = when(screen.made_ms, office.visit.language, office.visit.time_zone)
    told = office.visit._("%(where)s, since %(since)s", where=where, since=since)
    return Item(screen.label, told, f"/office/screens/{kind}/{screen.id}/end")


def _is_wrong(office: Office, key: str) -> bool:
    return any(name.startswith(f"{key}-") for name in office.visit.form.faults)


async def make_screen(office: Office) -> Answer:
    office.must(May.KEEP_SCREENS)
    visit, key = office.visit, office.visit.asked.under["kind"]
    if key not in KINDS:
        raise PageRefusal("not_found")
    directory = visit.directory
    where = list(directory.sites) if key == "wallboard" else [f"{spot.site}/{spot.id}" for spot in directory.places]
    label = visit.form.text(f"{key}-label", most=LABEL_TYPED_MAX_CHARS)
    subject = visit.form.choice(f"{key}-where", where)
    if not visit.form.ok:
        return await screens_page(office)
    made = await office.services.links.make(visit.org, visit.by, KINDS[key][1], subject=subject, label=label)
    heading = visit._("Open this at %(screen)s", screen=label)
    return shown(office, made, heading, OPEN_IT_THERE, "/office/screens")


async def end_screen(office: Office) -> Answer:
    visit, key = office.visit, office.visit.asked.under["kind"]
    if key not in KINDS:
        raise PageRefusal("not_found")
    reply = await visit.do(EndAccess(org=visit.org, by=visit.by, what=KINDS[key][0], id=visit.asked.under["screen"]))
    waits = reply_waits(reply)
    said = visit._("Asked. It waits until a second person has agreed.") if waits else visit._("Ended.")
    return visit.go("/office/screens", said)


def reply_waits(reply: object) -> bool:
    """Has what was asked for become a change that waits?"""
    split = getattr(reply, "split", None)
    return bool(split and split.waiting)
