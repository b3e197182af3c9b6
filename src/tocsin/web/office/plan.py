"""One plan: read, previewed, drafted and saved.

Theory of operation
-------------------
The draft lives in the fields of the page.  Its buttons rearrange it, *check* previews it, and only *save* asks the core
for anything.  What is saved is compared with what was seen: where somebody else was faster nothing is changed, and both
stand beside each other.  Whoever reads plans and changes none has the same page without fields.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.access.plan_commands import SetPlan
from tocsin.core.access.plan_versions import plan_edits, plan_of, raised
from tocsin.core.access.record import Guard
from tocsin.core.access.weakening import weakenings
from tocsin.core.access.weakens import SENTENCES
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Plan, Rung
from tocsin.core.escalation import plan_for
from tocsin.core.findings import Finding
from tocsin.core.limits import NEEDED_MAX, WHY_MAX_CHARS
from tocsin.core.planning import plan_problems, rung_name
from tocsin.core.words import Channel, Kind
from tocsin.web.finding_words import finding
from tocsin.web.forms import Form, filled, version_of
from tocsin.web.kinds import KINDS
from tocsin.web.office.changes import Shown as ShownChange
from tocsin.web.office.changes import shown as changes_shown
from tocsin.web.office.plan_ask import ask_fields, previewed
from tocsin.web.office.plan_draft import (
    Known,
    audiences,
    fields_of,
    first_draft,
    misread,
    named,
    read_plan,
    rearranged,
    settled,
    steps_in,
    written_name,
)
from tocsin.web.office.plan_scripts import script_rows
from tocsin.web.office.plan_words import BY, everybody, span, ways, when_of, whom
from tocsin.web.office.plans import plan_changes, url_of
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.screens import reply_waits
from tocsin.web.refusals import PageRefusal, refusal_of

OFFERED_MAX = 300  # Names in one list to choose from; of more people nobody finds anybody in it.
SPACED = ("add", "drop", "up", "down")


class StepShown(Struct, frozen=True):
    """`n`: from 1.  `when`, `whom`, `ways`, `again`: the step in plain words.  `open`: its fields are in sight."""

    n: int
    when: str
    whom: str
    ways: str
    again: str
    last: bool
    open: bool
    options: list[tuple[str, str]]
    faults: list[str]


class Both(Struct, frozen=True):
    what: str
    theirs: str
    yours: str


# The page --------------------------------------------------------------------------------------------------------


async def plan_page(office: Office) -> Answer:
    known = _known(office)
    office.visit.form = filled({**fields_of(known.plan), **ask_fields(office, known.site)}, office.visit._)
    return await _page(office, known, known.plan, _seen(office, known))


async def plan_act(office: Office) -> Answer:
    """One of the page's buttons; whoever may only read can check, and nothing else."""
    known, visit = _known(office), office.visit
    what, seen = visit.form.raw("do"), visit.form.raw("seen") or _seen(office, known)
    if not office.may(May.EDIT_PLANS):
        if what in ("save", "remove"):
            raise PageRefusal("not_allowed")
        visit.form = filled({**fields_of(known.plan), **_asked(visit.form)}, visit._)
        return await _page(office, known, known.plan, seen)
    if what == "remove":
        return await _remove(office, known, seen)
    visit.form = settled(visit.form, visit._, known.directory)
    if what.partition("-")[0] in SPACED:
        return await _moved(office, known, what, seen)
    plan = read_plan(visit.form, known)
    if what == "save" and visit.form.ok:
        return await _save(office, known, plan, seen)
    return await _page(office, known, plan, seen, opened=what.removeprefix("person-"))


async def _moved(office: Office, known: Known, what: str, seen: str) -> Answer:
    """Of a draft that is being rearranged nothing is wrong yet."""
    visit = office.visit
    visit.form = moved = rearranged(visit.form, visit._, what)
    plan = read_plan(filled(_plain(moved), visit._), known)
    opened = str(steps_in(moved) - 1) if what == "add" else ""
    return await _page(office, known, plan, seen, opened=opened)


def _plain(form: Form) -> dict[str, list[str]]:
    return {name: list(form.all_kept(name)) for name, _ in form.carried()}


def _asked(form: Form) -> dict[str, list[str]]:
    """What was chosen for the preview."""
    return {name: values for name, values in _plain(form).items() if name.startswith("p-")}


def _known(office: Office) -> Known:
    """Raises PageRefusal: there is no such site or kind, or they may read no plans."""
    office.must(May.READ_PLANS)
    directory, under = office.visit.directory, office.visit.asked.under
    if under["site"] not in directory.sites or under["of"] not in set(Kind):
        raise PageRefusal("not_found")
    site, kind = under["site"], Kind(under["of"])
    plan = plan_for(directory, site, kind)
    return Known(directory, site, kind, plan if plan.version else first_draft(site, kind))


def _seen(office: Office, known: Known) -> str:
    return version_of(plan_of(known.directory, known.site, known.kind))


async def _page(office: Office, known: Known, plan: Plan, seen: str, *, opened: str = "", **more: Any) -> Answer:
    say, own = office.visit._, plan_of(known.directory, known.site, known.kind)
    form = office.visit.form
    in_force = own is None and plan == known.plan
    readable = not misread(form, plan)
    preview = await previewed(office, known, None if in_force else plan, readable=readable)
    site = known.directory.sites[known.site].name
    shown: dict[str, Any] = {
        "heading": say("%(kind)s, %(site)s", kind=say(KINDS[known.kind]), site=site),
        "state": _state(office, known, own),
        "action": url_of(known.site, known.kind),
        "seen": seen,
        "may_edit": office.may(May.EDIT_PLANS),
        "can_remove": own is not None and known.kind is not Kind.SOS,
        "steps": _steps(office, known, plan, opened),
        "needed": say("%(num)s people on their way, or with them, are enough to pause it.", num=plan.needed),
        "needed_most": NEEDED_MAX,
        "group_options": [("0", say("not")), ("1", say("at once")), ("2", say("later")), ("3", say("later still"))],
        "channels": [(channel.value, say(BY[channel])) for channel in Channel],
        "told": script_rows(office, known, plan),
        "waiting": _waiting(office, known),
        "would": _would(office, known, plan) if form.ok else [],
        "problems": [] if not form.ok else _problems(office, known, plan),
        "names": _names(known),
        "preview": preview,
        "stale": [],
    }
    return office.show("plan", **{**shown, **more})


def _state(office: Office, known: Known, own: Plan | None) -> str:
    say = office.visit._
    if own is not None:
        return say("Version %(n)s is in force.", n=own.version)
    if known.plan.kind is not known.kind:
        return say("There is no plan of its own: the plan for calls for help serves. Save this to give it one.")
    return say("There is no plan. Whoever is on shift is rung, then every supervisor and coordinator.")


def _steps(office: Office, known: Known, plan: Plan, opened: str) -> list[StepShown]:
    return [_step(office, known, plan, n, rung, opened) for n, rung in enumerate(plan.rungs, 1)]


def _step(office: Office, known: Known, plan: Plan, n: int, rung: Rung, opened: str) -> StepShown:
    say, form = office.visit._, office.visit.form
    wrong = misread(form, plan)
    faults = [sentence for name, sentence in form.faults.items() if name.startswith(f"s{n}-")]
    offered = dict.fromkeys((*audiences(known), *named(form, known, n)))
    return StepShown(
        n=n,
        when=say("After %(time)s", time="?") if f"s{n}-after" in wrong else when_of(say, n, rung),
        whom=everybody(office, rung),
        ways=ways(office, rung),
        again=say("again every %(time)s", time="?" if f"s{n}-again" in wrong else span(say, rung.repeat_s)),
        last=n == len(plan.rungs),
        open=bool(faults) or opened == str(n),
        options=[(word, whom(known.directory, word, say)) for word in offered],
        faults=faults,
    )


def _names(known: Known) -> list[str]:
    """To choose from, where they are few enough for a list."""
    people = [member for member in known.directory.members.values() if not member.seat]
    return sorted(map(written_name, people), key=str.casefold) if len(people) <= OFFERED_MAX else []


def _waiting(office: Office, known: Known) -> list[ShownChange]:
    """The changes of this very plan that wait, as their own page shows them."""
    ids = {change.id for change, edit in plan_changes(office) if (edit.site, edit.kind) == (known.site, known.kind)}
    return [change for change in changes_shown(office) if change.id in ids] if ids else []


def _would(office: Office, known: Known, plan: Plan) -> list[str]:
    """Why saving this draft would wait for a second person; where nobody can agree yet, nothing waits."""
    own = plan_of(known.directory, known.site, known.kind)
    wanted = raised(own, plan)
    if wanted == own or not office.visit.house.world.all_kept(office.visit.org, Guard):
        return []
    edits = list(plan_edits(own, wanted))
    found = weakenings(known.directory, edits, office.visit.now_ms)
    return [office.visit._(SENTENCES[reason]) for reason in dict.fromkeys(why for reasons in found for why in reasons)]


def _problems(office: Office, known: Known, plan: Plan) -> list[str]:
    """What the core finds wrong with the draft: fatal or weak, it is said before it is saved."""
    say = office.visit._
    return [
        say("Step %(n)s: %(what)s", n=_step_of(plan, found), what=finding(say, found))
        for found in plan_problems(known.directory, plan)
    ]


# Saved -----------------------------------------------------------------------------------------------------------


async def _save(office: Office, known: Known, plan: Plan, seen: str) -> Answer:
    fatal = [found for found in plan_problems(known.directory, plan) if found.fatal]
    if seen != _seen(office, known):
        return await _both(office, known, plan)
    if fatal:
        return await _faulty(office, known, plan, seen, fatal)
    reply = await _set(office, known, plan)
    if isinstance(reply, Declined) and reply.problem is Problem.STALE:
        return await _both(office, _known(office), plan)
    if isinstance(reply, Declined):
        raise refusal_of(reply)
    return office.visit.go(url_of(known.site, known.kind), _saved(office, known, reply))


async def _faulty(office: Office, known: Known, plan: Plan, seen: str, fatal: list[Finding]) -> Answer:
    """The law of the backstop stands beside the last step, which breaks it."""
    for found in fatal:
        office.visit.form.fault(f"s{_step_of(plan, found)}-whom", finding(office.visit._, found))
    return await _page(office, known, plan, seen)


def _step_of(plan: Plan, found: Finding) -> int:
    """Which step a finding is about; what is of none is the backstop's."""
    names = {rung_name(plan, index): index + 1 for index in range(len(plan.rungs))}
    return names.get(found.where, len(plan.rungs))


async def _set(office: Office, known: Known, after: Plan | None) -> Reply:
    visit = office.visit
    why = visit.form.text("why", most=WHY_MAX_CHARS, needed=False)
    before = plan_of(known.directory, known.site, known.kind)
    command = SetPlan(org=visit.org, by=visit.by, site=known.site, kind=known.kind, before=before, after=after, why=why)
    return await visit.house.submit(command)


async def _remove(office: Office, known: Known, seen: str) -> Answer:
    if seen != _seen(office, known):
        return await _both(office, known, known.plan)
    reply = await _set(office, known, None)
    if isinstance(reply, Declined):
        raise refusal_of(reply)
    return office.visit.go(url_of(known.site, known.kind), _saved(office, known, reply))


def _saved(office: Office, known: Known, reply: Reply) -> str:
    say = office.visit._
    if isinstance(reply, Done) and reply.split is not None and reply.split.now:
        plan = plan_of(office.visit.directory, known.site, known.kind)
        told = say("Saved as version %(n)s.", n=plan.version) if plan else say("Saved.")
        rest = say("The rest waits for a second person.")
        return f"{told} {rest}" if reply_waits(reply) else told
    if reply_waits(reply):
        return say("Asked. It waits for a second person; why and until when stands below.")
    return say("Nothing was different; nothing was changed.")


# Two at once -----------------------------------------------------------------------------------------------------


async def _both(office: Office, known: Known, mine: Plan) -> Answer:
    """Both plans side by side; the draft stays as it is, under the version that was seen now."""
    theirs, yours = _told(office, known.plan), _told(office, mine)
    rows = [
        Both(what, theirs.get(what, ""), yours.get(what, ""))
        for what in dict.fromkeys((*theirs, *yours))
        if theirs.get(what) != yours.get(what)
    ]
    office.visit.form.meanwhile = {row.what: row.theirs for row in rows} or {"seen": ""}
    return await _page(office, known, mine, _seen(office, known), stale=rows)


def _told(office: Office, plan: Plan) -> dict[str, str]:
    """Everything of a plan in words, by what it is."""
    say = office.visit._
    steps = {
        say("Step %(n)s", n=n): say(
            "%(when)s: %(whom)s %(ways)s; again every %(time)s",
            when=when_of(say, n, rung),
            whom=everybody(office, rung),
            ways=ways(office, rung),
            time=span(say, rung.repeat_s),
        )
        for n, rung in enumerate(plan.rungs, 1)
    }
    texts = {f"{script.duty} {script.language}": script.text for script in plan.scripts}
    return {say("Needed"): str(plan.needed), **steps, **texts}
