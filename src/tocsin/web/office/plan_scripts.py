"""What a plan tells each duty to do, in each language, and how much of it a text message has room for."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.commands import PlaceReport
from tocsin.core.directory import Plan
from tocsin.core.gsm7 import latin, septets
from tocsin.core.limits import SCRIPT_MAX_CHARS
from tocsin.core.ring import Saying, ring_text
from tocsin.core.scripts import instruction, override
from tocsin.core.words import Duty, PlaceKind
from tocsin.web.office.plan_draft import Known, script_fields
from tocsin.web.office.rooms import Office
from tocsin.web.office.saying import DUTIES
from tocsin.web.speaking import NAMES_OF_LANGUAGES

SAMPLE_NAME, SAMPLE_PLACE = "Maya Lindqvist", "Lot B, bay 12"
NUMBERS = ("1234", "2345", "3456")


class Script(Struct, frozen=True):
    """`name`: of the field.  `otherwise`: what is said where it is empty.  `cut`: a text message has no room for it."""

    name: str
    duty: str
    language: str
    text: str
    otherwise: str
    length: str
    cut: bool
    most: int = SCRIPT_MAX_CHARS


def script_rows(office: Office, known: Known, plan: Plan) -> list[Script]:
    return [_row(office, plan, name, duty, language) for name, duty, language in script_fields(known)]


def _row(office: Office, plan: Plan, name: str, duty: Duty, language: str) -> Script:
    say = office.visit._
    text = latin(instruction((duty,), language, plan.scripts))
    cut = text not in _sample(plan, duty, language)
    told = {"num": septets(text)}
    return Script(
        name=name,
        duty=say(DUTIES[duty]),
        language=NAMES_OF_LANGUAGES.get(language, language),
        text=override((duty,), language, plan.scripts) or "",
        otherwise=instruction((duty,), language, ()),
        length=say("%(num)s characters: too long for one text message beside a name and a place; it is cut.", **told)
        if cut
        else say("%(num)s characters: fits into one text message beside a name and a place.", **told),
        cut=cut,
    )


def _sample(plan: Plan, duty: Duty, language: str) -> str:
    """A ring by this plan, with a name and a place of ordinary length."""
    place = PlaceReport(PlaceKind.ZONE, 0, label=SAMPLE_PLACE)
    saying = Saying(
        who=SAMPLE_NAME,
        numbers=NUMBERS,
        reference="sample",
        kind=plan.kind,
        places=(place,),
        language=language,
        duties=(duty,),
        scripts=plan.scripts,
    )
    return ring_text(saying, 0)
