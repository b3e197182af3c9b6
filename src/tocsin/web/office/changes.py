"""Changes that wait for a second person: what each would do, who agreed, when it acts, and what its reader may say."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.access.agreeing import eligible
from tocsin.core.access.change_commands import AgreeChange, RefuseChange, WithdrawChange
from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.access.edit_words import Words, words_of, words_of_all
from tocsin.core.access.edits import Edit
from tocsin.core.access.permissions import May
from tocsin.core.access.weakens import SENTENCES
from tocsin.core.access.words import Via
from tocsin.core.directory import Directory
from tocsin.core.limits import WHY_MAX_CHARS
from tocsin.web.office.change_values import values
from tocsin.web.office.change_words import HEADINGS, NOUNS
from tocsin.web.office.people import Named, page_of
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.speaking import when

FEW = 5  # So many values of one change are shown, of a roster that may have thousands.


class Turn(Struct, frozen=True):
    """One value, before and after."""

    what: str
    before: str
    after: str


class Shown(Struct, frozen=True):
    """A change as a page shows it.  `can`: agree, refuse, withdraw.  `more`: how many values beside `rows`, if any."""

    id: str
    sentence: str
    acts: str
    asked: str
    by: Named
    at_ms: int
    why: str
    weakens: list[str]
    rows: list[Turn]
    more: str
    agreed: list[Named]
    needs: str
    then: str
    can: tuple[str, ...]
    cannot: str
    action: str
    url: str


async def changes_page(office: Office) -> Answer:
    office.must(May.SEE_CHANGES)
    waiting = shown(office)
    return office.show("changes", heading=_heading(office, waiting), waiting=waiting)


async def decide_change(office: Office) -> Answer:
    """Agree, refuse, or take back.  Which of them somebody may, the core decides."""
    visit, id = office.visit, office.visit.asked.under["change"]
    word = visit.form.choice("word", ("agree", "refuse", "withdraw"))
    if word == "refuse":
        why = visit.form.text(f"why-{id}", most=WHY_MAX_CHARS)
    if not visit.form.ok:
        return await changes_page(office)
    if word == "agree":
        await visit.do(AgreeChange(org=visit.org, by=visit.by, change=id))
    elif word == "refuse":
        await visit.do(RefuseChange(org=visit.org, by=visit.by, change=id, why=why))
    else:
        await visit.do(WithdrawChange(org=visit.org, by=visit.by, change=id))
    return visit.go("/office/changes", _done(office, word, id))


def _done(office: Office, word: str, id: str) -> str:
    say = office.visit._
    change = office.visit.house.world.kept(office.visit.org, Change, id)
    if word != "agree" or change is None:
        return say("Refused. It will not be done.") if word == "refuse" else say("Taken back. Nothing changes.")
    if change.phase is ChangePhase.APPLIED:
        return say("Agreed, and done.")
    if change.phase is ChangePhase.OVERTAKEN:
        return say("Not done: something else changed first.")
    due = when(change.due_ms, office.visit.language, office.visit.time_zone)
    return say("Agreed. It acts %(due)s, if nobody refuses.", due=due)


def _heading(office: Office, waiting: list[Shown]) -> str:
    theirs = sum(1 for change in waiting if "agree" in change.can)
    if theirs or not waiting:
        return for_reader(office, theirs)
    return office.ngettext("%(num)s change waits for others", "%(num)s changes wait for others", len(waiting))


def for_reader(office: Office, count: int) -> str:
    """What waits for this reader's word: the answer that the first page opens with."""
    if not count:
        return office.visit._("Nothing waits for you")
    return office.ngettext("%(num)s change waits for you", "%(num)s changes wait for you", count)


def shown(office: Office) -> list[Shown]:
    """Those that this reader may see, the oldest first."""
    if not office.may(May.SEE_CHANGES):
        return []
    return [_shown(office, change) for change in office.records.changes(office.visit.signed_in)]


def _shown(office: Office, change: Change) -> Shown:
    say, directory = office.visit._, office.visit.directory
    told = words_of_all(directory, change.edits)
    due = when(change.due_ms, office.visit.language, office.visit.time_zone)
    asker = _named(directory, change.asker, _nobody(office, change))
    agreed = [_named(directory, id, id) for id in change.agreed]
    can = tuple(_can(office, change))
    return Shown(
        id=change.id,
        sentence=sentence(office, told),
        acts=_acts(office, change, due),
        asked=say("Asked by %(who)s.", who=asker.name),
        by=asker,
        at_ms=change.asked_ms,
        why=change.why,
        weakens=[say(SENTENCES[reason]) for reason in change.weakens],
        rows=[row for edit in change.edits[:FEW] for row in _rows(office, edit, words_of(directory, edit))],
        more=_more(office, len(change.edits) - FEW),
        agreed=agreed,
        needs=_needs(office, change),
        then=say("Acts %(due)s; at once when two supervisors and a coordinator agree", due=due),
        can=can,
        cannot="" if can else say("Another supervisor or coordinator decides this."),
        action=f"/office/changes/{change.id}",
        url=f"/office/changes#{change.id}",
    )


def _nobody(office: Office, change: Change) -> str:
    """What asked for it, where it was no member."""
    return office.visit._("a roster feed") if change.via is Via.SYSTEM else office.visit._("the operator")


def _more(office: Office, count: int) -> str:
    return office.ngettext("and %(num)s shift more", "and %(num)s shifts more", count) if count > 0 else ""


def _acts(office: Office, change: Change, due: str) -> str:
    if change.phase is ChangePhase.AGREED:
        return office.visit._("Acts %(due)s", due=due)
    return office.visit._("Waiting for a second person")


def _needs(office: Office, change: Change) -> str:
    if change.agreed:
        return office.visit._("More may agree, so that it acts sooner")
    return office.visit._("Somebody else, a supervisor or coordinator, agrees")


def _can(office: Office, change: Change) -> Iterator[str]:
    reader = office.visit.by.member
    if change.asker == reader:
        yield "withdraw"
    elif office.may(May.AGREE_TO_CHANGES) and eligible(office.visit.directory, change.edit, reader):
        if reader not in change.agreed:
            yield "agree"
        yield "refuse"


def sentence(office: Office, told: Words) -> str:
    """What it would do, in the reader's language."""
    return office.visit._(HEADINGS[told.word], **told.args) if told.word in HEADINGS else str(told)


def _rows(office: Office, edit: Edit, told: Words) -> list[Turn]:
    before, after = values(office, edit, told)
    if not before and not after:
        return []
    noun = NOUNS.get(told.word.partition("_")[0], "")
    return [Turn(_what(office, told, noun), before, after)]


def _what(office: Office, told: Words, noun: str) -> str:
    """The name of the value; of a shift, when it is."""
    name = office.visit._(noun) if noun else ""
    if "starts_ms" not in told.args:
        return name
    language, zone = office.visit.language, office.visit.time_zone
    begins, ends = (when(int(told.args[key]), language, zone) for key in ("starts_ms", "ends_ms"))
    return office.visit._("%(what)s, %(begins)s to %(ends)s", what=name, begins=begins, ends=ends)


def _named(directory: Directory, id: str, otherwise: str) -> Named:
    member = directory.members.get(id)
    return Named(otherwise) if member is None else Named(member.name, page_of(id))
