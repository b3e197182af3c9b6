"""Lines of the audit trail as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.people_sight import ActView
from tocsin.core.access.permissions import May
from tocsin.core.access.words import Via
from tocsin.core.views import Who
from tocsin.web.office.change_words import HEADINGS
from tocsin.web.office.gap_words import LACKS
from tocsin.web.office.people import Named, named
from tocsin.web.office.rooms import Office
from tocsin.web.office.saying import DETAILS, VIAS
from tocsin.web.speaking import words

SAID: Mapping[str, str] = {**DETAILS, **{str(lack): said for lack, said in LACKS.items()}}
ITSELF, OPERATOR, NOBODY = words("Tocsin itself"), words("the operator"), words("nobody in particular")


class Line(Struct, frozen=True):
    sentence: str
    about: Named | None
    by: Named
    via: str
    detail: str
    why: str
    at_ms: int


def line(office: Office, act: ActView) -> Line:
    """One line; names lead to the people only for whoever may open their pages."""
    say, linked = office.visit._, office.may(May.READ_MEMBERS)
    return Line(
        sentence=sentence(office, act.what),
        about=None if act.about is None else named(act.about, say, linked),
        by=_by(office, act.by, act.via, linked),
        via=say(VIAS[act.via]) if act.via in VIAS and act.by is not None else "",
        detail=_detail(office, act.detail),
        why=act.why,
        at_ms=at_ms(act.at),
    )


def _detail(office: Office, detail: str) -> str:
    """A word of the core in the reader's language, what a change was about in a heading's; all else as it is.

    Of a screen or key that ended it stands behind the label that somebody typed.
    """
    if detail in HEADINGS:
        return ""
    label, colon, word = detail.rpartition(": ")
    return f"{label}{colon}{office.visit._(SAID[word])}" if word in SAID else detail


def lines(office: Office, acts: Iterable[ActView]) -> list[Line]:
    """An act that is told to two sorts of people stands in the trail twice, and on a page once."""
    return [one for one, _ in groupby(line(office, act) for act in acts)]


def sentence(office: Office, what: str) -> str:
    """A word that has no sentence is shown as it is, without the underscores."""
    return office.visit._(SENTENCES[what]) if what in SENTENCES else what.replace("_", " ")


def _by(office: Office, by: Who | None, via: str, linked: bool) -> Named:
    if by is not None:
        return named(by, office.visit._, linked)
    if via == Via.SYSTEM:
        return Named(office.visit._(ITSELF))
    return Named(office.visit._(OPERATOR if via == Via.OPERATOR else NOBODY))


def at_ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
