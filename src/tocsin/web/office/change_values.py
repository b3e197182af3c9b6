"""What a change would change, before and after, in the reader's language: roles, duties, ways to somebody, plans."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.access.edit_words import LAST_SHOWN, Words, turn_of
from tocsin.core.access.edits import (
    ContactEdit,
    DutiesEdit,
    Edit,
    GraceEdit,
    LanguageEdit,
    PlanEdit,
    ReminderEdit,
    RolesEdit,
    ShiftEdit,
)
from tocsin.core.directory import Contact, Directory, Plan, Rung
from tocsin.core.words import Role
from tocsin.web.office.plan_words import span
from tocsin.web.office.rooms import Office
from tocsin.web.office.saying import CHANNELS, DUTIES, ROLES, listed
from tocsin.web.speaking import NAMES_OF_LANGUAGES, Say


def values(office: Office, edit: Edit, told: Words) -> tuple[str, str]:
    """Both values; what is a name or a number already is as the core says it."""
    say = office.visit._
    match edit:
        case RolesEdit():
            return listed(ROLES, edit.before, say), listed(ROLES, edit.after, say)
        case DutiesEdit():
            return listed(DUTIES, edit.before, say), listed(DUTIES, edit.after, say)
        case ContactEdit():
            return _way(edit.before, say), _way(edit.after, say)
        case LanguageEdit():
            return _language(edit.before), _language(edit.after)
        case PlanEdit():
            return _both(office, edit.before, edit.after)
        case GraceEdit() | ReminderEdit():
            return span(say, edit.before), span(say, edit.after)
        case ShiftEdit():
            before, after = (_people(office, ids, more) for ids, more in turn_of(edit))
            return before or told.args.get("before", ""), after or told.args.get("after", "")
    return told.args.get("before", ""), told.args.get("after", "")


def _people(office: Office, ids: Sequence[str], more: int) -> str:
    members = office.visit.directory.members
    names = [members[id].name if id in members else id for id in ids]
    rest = [office.ngettext("and %(num)s more", "and %(num)s more", more)] if more else []
    return ", ".join((*names, *rest))


def _way(contact: Contact | None, say: Say) -> str:
    """Of the number or address no more than tells one's contacts apart."""
    if contact is None:
        return ""
    told, unproven = f"{say(CHANNELS[contact.kind])} \u2026{contact.to[-LAST_SHOWN:]}", say("not verified")
    return told if contact.verified else f"{told} ({unproven})"


def _both(office: Office, before: Plan | None, after: Plan | None) -> tuple[str, str]:
    """Two plans; of two of the same length only the steps that differ, and of what people are told what differs."""
    known = (_steps(office, before), _steps(office, after))
    if len(known[0]) == len(known[1]):
        apart = [pair for pair in zip(*known, strict=True) if pair[0] != pair[1]]
        known = ([one for one, _ in apart], [other for _, other in apart])
    texts = _texts(office, before), _texts(office, after)
    first = [text for text in texts[0] if text not in texts[1]]
    return "; ".join((*known[0], *first)), "; ".join((*known[1], *(text for text in texts[1] if text not in texts[0])))


def _texts(office: Office, plan: Plan | None) -> list[str]:
    """What a plan tells each duty to do, in its own words."""
    say = office.visit._
    return [
        say(
            "%(duty)s, %(language)s: %(told)s",
            duty=say(DUTIES[script.duty]),
            language=_language(script.language),
            told=script.text,
        )
        for script in (plan.scripts if plan else ())
    ]


def _steps(office: Office, plan: Plan | None) -> list[str]:
    if plan is None:
        return []
    needed = office.ngettext("%(num)s person needed", "%(num)s people needed", plan.needed)
    return [needed, *(_step(office, number, rung) for number, rung in enumerate(plan.rungs, 1))]


def _step(office: Office, number: int, rung: Rung) -> str:
    say, directory = office.visit._, office.visit.directory
    then = say("then")
    groups = (" + ".join(say(CHANNELS[kind]) for kind in group) for group in rung.channels)
    told = say(
        "%(number)s. after %(after)s s: %(whom)s; %(ways)s; again every %(again)s s",
        number=number,
        after=rung.after_s,
        whom=", ".join(_whom(directory, word, say) for word in rung.audience),
        ways=f", {then} ".join(groups),
        again=rung.repeat_s,
    )
    return told if len(rung.channels) < 2 else say("%(step)s, %(apart)s s apart", step=told, apart=rung.stagger_s)


def _whom(directory: Directory, word: str, say: Say) -> str:
    kind, _, name = word.partition(":")
    if kind == "on_shift":
        return say("everybody on shift")
    if kind == "role" and name in set(Role):
        return say(ROLES[Role(name)])
    known = directory.members.get(name) if kind == "member" else directory.sites.get(name)
    return known.name if known else word


def _language(code: str) -> str:
    return NAMES_OF_LANGUAGES.get(code, code)
