"""API keys: which programs may come in, and what each may do."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.commands import EndAccess
from tocsin.core.access.permissions import May
from tocsin.core.access.record import Key
from tocsin.core.access.words import KeyScope, What
from tocsin.core.commands import Declined
from tocsin.core.limits import DAY_MS, LABEL_TYPED_MAX_CHARS
from tocsin.web.forms import filled
from tocsin.web.office.people import Named, page_of
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.saying import SCOPES
from tocsin.web.refusals import refusal_of
from tocsin.web.speaking import when, words

SOON_MS = 14 * DAY_MS
DAYS = {"30": words("30 days"), "90": words("90 days"), "365": words("A year")}
NOTHING_TICKED = words("Tick at least one.")


class Shown(Struct, frozen=True):
    label: str
    words: str
    by: Named
    at_ms: int
    ends: str
    soon: bool
    action: str


async def keys_page(office: Office) -> Answer:
    office.must(May.KEEP_KEYS)
    visit = office.visit
    if visit.asked.method == "GET":
        visit.form = filled({"label": "", "scopes": [], "days": "90"}, visit._)
    keys = sorted(office.records.keys(visit.signed_in), key=lambda key: (key.label.casefold(), key.id))
    return office.show(
        "keys",
        heading=office.ngettext("%(num)s key works", "%(num)s keys work", len(keys)),
        keys=[_shown(office, key) for key in keys],
        scope_options=[(scope.value, visit._(word)) for scope, word in SCOPES.items()],
        days_options=[(days, visit._(word)) for days, word in DAYS.items()],
    )


def _shown(office: Office, key: Key) -> Shown:
    say, known = office.visit._, office.visit.directory.members.get(key.by)
    by = Named(say("the operator")) if known is None else Named(known.name, page_of(known.id))
    ends = say("Ends %(at)s", at=when(key.ends_ms, office.visit.language, office.visit.time_zone))
    may = ", ".join(say(word) for scope, word in SCOPES.items() if scope in key.scopes)
    soon = key.ends_ms - office.visit.now_ms < SOON_MS
    return Shown(key.label, may, by, key.made_ms, ends, soon, f"/office/keys/{key.id}/end")


async def make_key(office: Office) -> Answer:
    """The key is in this answer and in no other."""
    office.must(May.KEEP_KEYS)
    visit, form = office.visit, office.visit.form
    label, days = form.text("label", most=LABEL_TYPED_MAX_CHARS), form.choice("days", DAYS)
    scopes = [KeyScope(word) for word in form.several("scopes", [scope.value for scope in KeyScope])]
    if not scopes:
        form.fault("scopes", NOTHING_TICKED)
    if not form.ok:
        return await keys_page(office)
    made = await office.services.keys.make(visit.org, visit.by, label, scopes, int(days))
    if isinstance(made, Declined):
        raise refusal_of(made)
    until = when(made.ends_ms, visit.language, visit.time_zone)
    return office.show(
        "link",
        heading=visit._("The key of %(program)s", program=label),
        lead=visit._("It works until %(until)s. Put it where the program reads it, and nowhere else.", until=until),
        picture="",
        label=visit._("The key"),
        secret=made.token,
        back_url="/office/keys",
    )


async def end_key(office: Office) -> Answer:
    visit = office.visit
    await visit.do(EndAccess(org=visit.org, by=visit.by, what=What.KEY, id=visit.asked.under["key"]))
    return visit.go("/office/keys", visit._("Ended. With that key a program can only call for help."))
