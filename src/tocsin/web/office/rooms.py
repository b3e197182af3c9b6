"""What every page of the office shares: the line of rooms above it, and how it asks for what its reader may have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Protocol

from babel.numbers import format_decimal
from litestar import Response
from msgspec import Struct, field
from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.ports import Entropy
from tocsin.runtime.access.keys import Keys
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.reading import Records
from tocsin.runtime.access.recovering import Recovering
from tocsin.runtime.access.rolls import Rolls
from tocsin.runtime.drawings.apart import Drawings
from tocsin.runtime.drawings.shapes import Read as DrawingRead
from tocsin.runtime.node import HasStore, Takes
from tocsin.runtime.readiness import NotReady
from tocsin.runtime.rosters.apart import Apart
from tocsin.runtime.rosters.jobs import ReadRoster
from tocsin.web.office.gap_watch import Watch
from tocsin.web.office.place_codes import CodeSheets
from tocsin.web.office.place_drafts import Drafts
from tocsin.web.office.reach_tests import Tests
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import translations, words
from tocsin.web.visit import Visit

Answer = Response[str]
ReadDrawing = Callable[[bytes], Awaitable[DrawingRead]]


class Room(Struct, frozen=True):
    """One page in the line.  `besides`: a page that it leads to, elsewhere; `count`: what waits in it."""

    path: str
    name: str
    may: May
    besides: str = ""
    here: bool = False
    count: int = 0


class Node(HasStore, Takes, Protocol):
    """The running node: what is read of it, and how something is asked of it."""


ROOMS = (
    Room("/office", words("What waits"), May.READ_MEMBERS, "/office/announced"),
    Room("/office/members", words("Members"), May.READ_MEMBERS),
    Room("/office/roles", words("Roles"), May.READ_MEMBERS),
    Room("/office/roster", words("Roster"), May.READ_PLANS),
    Room("/office/places", words("Places"), May.READ_PLACES),
    Room("/office/reach", words("Reach"), May.READ_MEMBERS),
    Room("/office/roll-calls", words("Roll calls"), May.CALL_ROLL),
    Room("/office/plans", words("Plans"), May.READ_PLANS, "/office/walks"),
    Room("/office/changes", words("Changes"), May.SEE_CHANGES),
    Room("/office/ties", words("Ties"), May.KEEP_TIES),
    Room("/office/trail", words("Trail"), May.READ_TRAIL),
    Room("/office/screens", words("Screens"), May.KEEP_SCREENS),
    Room("/office/keys", words("Keys"), May.KEEP_KEYS),
)


class Services(Struct, frozen=True):
    """What the office asks of the running node."""

    records: Records
    rolls: Rolls
    links: Links
    keys: Keys
    recovering: Recovering
    disabled: Callable[[], Sequence[NotReady]] = tuple  # Parts that a bad setting has turned off.
    watch: Watch = field(default_factory=Watch)
    read_roster: ReadRoster = field(default_factory=Apart)
    read_drawing: ReadDrawing = field(default_factory=Drawings)
    drafts: Drafts = field(default_factory=Drafts)
    code_sheets: CodeSheets = field(default_factory=CodeSheets)
    tests: Tests | None = None  # Of reach; None: this node makes none.


def services_of(
    node: Node,
    entropy: Entropy,
    public_url: str,
    disabled: Callable[[], Sequence[NotReady]] = tuple,
    tests: Tests | None = None,
) -> Services:
    """The services on this node.  Links are made for `public_url`."""
    links = Links(node, entropy, public_url)
    keys, recovering = Keys(node, entropy), Recovering(node, links)
    return Services(Records(node), Rolls(node), links, keys, recovering, disabled, tests=tests)


class Office:
    """One visit to the office."""

    def __init__(self, visit: Visit, services: Services) -> None:
        self.visit, self.services, self.records = visit, services, services.records

    def may(self, may: May) -> bool:
        return self.records.may(self.visit.signed_in, may)

    def must(self, may: May) -> None:
        """Raises PageRefusal."""
        if not self.may(may):
            raise PageRefusal("not_allowed")

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        """The sentence for so many, in the reader's language; `num` is written as they write numbers."""
        language = self.visit.language
        told = str(translations(language).ungettext(one, many, num))
        return told % {"num": format_decimal(num, locale=language), **values}

    def show(self, template: str, **values: Any) -> Answer:
        """The page with its line of rooms.  After a form that was not right: with the status that says so."""
        form = self.visit.form
        status = 200 if form.ok else 409 if form.meanwhile else 422
        shown = {"form": form, **values}
        return self.visit.show(f"office/{template}.html", status=status, rooms=list(self._rooms()), **shown)

    def _rooms(self) -> Iterator[Room]:
        path = self.visit.asked.path
        for room in ROOMS:
            if self.may(room.may):
                inside = room.path != "/office" and path.startswith(f"{room.path}/")
                yield replace(room, here=inside or path in (room.path, room.besides))
