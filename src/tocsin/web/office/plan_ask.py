"""What a preview is asked: where, when and by whom it would be pressed, and what fails."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.directory import Member, Plan
from tocsin.core.limits import ASKED_OF_MAX_MS
from tocsin.core.preview import Imagined
from tocsin.core.words import Channel, Role
from tocsin.runtime.access.planning import Planning
from tocsin.web.forms import Form
from tocsin.web.office.local_time import FIRST, SECOND, Zone
from tocsin.web.office.plan_draft import Fields, Known, somebody
from tocsin.web.office.plan_preview import Shown, nothing_shown, shown
from tocsin.web.office.plan_words import BY
from tocsin.web.office.rooms import Office
from tocsin.web.speaking import words

TOO_FAR = words("Choose a time within a year of now.")
FAILING = (Channel.PUSH, Channel.SMS, Channel.VOICE)
ALL_TOLD = words("Who is not to be told about whom is shown as far as you keep it.")
UNTOLD = words("Who is not to be told about whom is not in it: coordinators see that.")


class Ask(Struct, frozen=True):
    """The fields of the preview, and what it says.  `which`: of an hour that comes twice.  `ties`: what is left out."""

    places: list[tuple[str, str]]
    failing: list[tuple[str, str]]
    zone: str
    which: list[tuple[str, str]]
    ties: str
    shown: Shown


def ask_fields(office: Office, site: str) -> Fields:
    """As it is first asked: now, by somebody, who says no place."""
    zone, now_ms = _zone(office, site), office.visit.now_ms
    return {"p-when": [zone.typed(now_ms)], "p-when-which": [zone.which(now_ms)]}


def _zone(office: Office, site: str) -> Zone:
    return Zone(office.visit.directory.sites[site].time_zone, office.visit.language)


async def previewed(office: Office, known: Known, draft: Plan | None, *, readable: bool = True) -> Ask:
    """What was asked of this draft, or of what is in force; what cannot be read stands in the form, and is left out."""
    form, directory = office.visit.form, known.directory
    site = directory.sites[known.site]
    zone = _zone(office, known.site)
    at_ms = _when(form, zone, office.visit.now_ms)
    places = {place.id: place.name for place in directory.places if place.site == known.site}
    imagined = Imagined(
        site=known.site,
        member=_who(form, known),
        at_ms=at_ms,
        kind=known.kind,
        place=places.get(form.raw("p-place"), ""),
        silent=form.ticked("p-silent"),
        failing=frozenset(channel for channel in FAILING if channel in form.all_kept("p-fail")),
    )
    return Ask(
        places=[("", office.visit._("not known")), *places.items()],
        failing=[(channel.value, office.visit._(BY[channel])) for channel in FAILING],
        zone=site.time_zone,
        which=_which(office) if zone.asks_which(form, "p-when") else [],
        ties=office.visit._(ALL_TOLD if Role.COORDINATOR in office.visit.member.roles else UNTOLD),
        shown=await _foreseen(office, imagined, draft) if readable else nothing_shown(office),
    )


def _which(office: Office) -> list[tuple[str, str]]:
    say = office.visit._
    return [("", say("Choose")), (FIRST, say("The first of the two")), (SECOND, say("The second of the two"))]


async def _foreseen(office: Office, imagined: Imagined, draft: Plan | None) -> Shown:
    planning = Planning(office.visit.house, office.records)
    return shown(office, await planning.preview(office.visit.signed_in, imagined, draft))


def _when(form: Form, zone: Zone, now_ms: int) -> int:
    """The instant; now, where none was typed, or none that can be meant."""
    if not form.raw("p-when").strip():
        return now_ms
    try:
        at_ms = zone.read(form, "p-when")
    except ValueError:  # A year that no calendar has.
        at_ms = ASKED_OF_MAX_MS
    if at_ms is not None and abs(at_ms - now_ms) >= ASKED_OF_MAX_MS:
        form.fault("p-when", TOO_FAR)
        return now_ms
    return now_ms if at_ms is None else at_ms


def _who(form: Form, known: Known) -> str:
    """The member, or nobody in particular."""
    typed = form.text("p-who", needed=False)
    member: Member | None = somebody(form, "p-who", known.directory, typed) if typed else None
    return member.id if member else ""
