"""What a preview is asked: where, when and by whom it would be pressed, and what fails."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.directory import Member, Plan
from tocsin.core.preview import Imagined
from tocsin.core.words import Channel, Role
from tocsin.runtime.access.planning import Planning
from tocsin.web.forms import Form
from tocsin.web.office.plan_draft import Fields, Known, somebody
from tocsin.web.office.plan_preview import Shown, nothing_shown, shown
from tocsin.web.office.plan_time import Local, read, written
from tocsin.web.office.plan_words import BY
from tocsin.web.office.rooms import Office
from tocsin.web.speaking import words

NO_TIME = words("This is no date and time.")
FAILING = (Channel.PUSH, Channel.SMS, Channel.VOICE)
TWICE = words("Clocks go back then: this time comes twice. Shown is the first of them.")
TWICE_LATER = words("Clocks go back then: this time comes twice. Shown is the second of them.")
NEVER = words("Clocks go forward over this time: it never comes. Shown is what they show instead.")
ALL_TOLD = words("Who is not to be told about whom is shown as far as you keep it.")
UNTOLD = words("Who is not to be told about whom is not in it: coordinators see that.")


class Ask(Struct, frozen=True):
    """The fields of the preview, and what it says.  `note`: of a clock change.  `ties`: what it leaves out."""

    places: list[tuple[str, str]]
    failing: list[tuple[str, str]]
    zone: str
    note: str
    twice: bool
    ties: str
    shown: Shown


def ask_fields(office: Office, site: str) -> Fields:
    """As it is first asked: now, by somebody, who says no place."""
    return {"p-when": [written(office.visit.now_ms, office.visit.directory.sites[site].time_zone)]}


async def previewed(office: Office, known: Known, draft: Plan | None, *, readable: bool = True) -> Ask:
    """What was asked of this draft, or of what is in force; what cannot be read stands in the form, and is left out."""
    form, directory = office.visit.form, known.directory
    site = directory.sites[known.site]
    when = _when(form, site.time_zone, office.visit.now_ms)
    places = {place.id: place.name for place in directory.places if place.site == known.site}
    imagined = Imagined(
        site=known.site,
        member=_who(form, known),
        at_ms=when.ms,
        kind=known.kind,
        place=places.get(form.raw("p-place"), ""),
        silent=form.ticked("p-silent"),
        failing=frozenset(channel for channel in FAILING if channel in form.all_kept("p-fail")),
    )
    return Ask(
        places=[("", office.visit._("not known")), *places.items()],
        failing=[(channel.value, office.visit._(BY[channel])) for channel in FAILING],
        zone=site.time_zone,
        note=_note(office, when, second=form.ticked("p-second")),
        twice=when.twice,
        ties=office.visit._(ALL_TOLD if Role.COORDINATOR in office.visit.member.roles else UNTOLD),
        shown=await _foreseen(office, imagined, draft) if readable else nothing_shown(office),
    )


async def _foreseen(office: Office, imagined: Imagined, draft: Plan | None) -> Shown:
    planning = Planning(office.visit.house, office.records)
    return shown(office, await planning.preview(office.visit.signed_in, imagined, draft))


def _when(form: Form, zone: str, now_ms: int) -> Local:
    typed = form.raw("p-when")
    when = read(typed, zone, second=form.ticked("p-second")) if typed else Local(now_ms)
    if when is None:
        form.fault("p-when", NO_TIME)
        return Local(now_ms)
    return when


def _who(form: Form, known: Known) -> str:
    """The member, or nobody in particular."""
    typed = form.text("p-who", needed=False)
    member: Member | None = somebody(form, "p-who", known.directory, typed) if typed else None
    return member.id if member else ""


def _note(office: Office, when: Local, *, second: bool) -> str:
    if when.twice:
        return office.visit._(TWICE_LATER if second else TWICE)
    return office.visit._(NEVER) if when.never else ""
