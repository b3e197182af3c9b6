"""A plan in plain words: whom a step rings, by what, when, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from babel.lists import format_list

from tocsin.core.directory import Directory, Rung
from tocsin.core.escalation import Barred
from tocsin.core.words import Channel, Reason, Role
from tocsin.web.office.rooms import Office
from tocsin.web.speaking import Say, words

ON_SHIFT: Mapping[Role, str] = {
    Role.WORKER: words("Workers on shift"),
    Role.RESPONDER: words("Responders on shift"),
    Role.SUPERVISOR: words("Supervisors on shift"),
    Role.COORDINATOR: words("Coordinators on shift"),
    Role.ADMINISTRATOR: words("Administrators on shift"),
    Role.AUDITOR: words("Auditors on shift"),
}
BY: Mapping[Channel, str] = {
    Channel.PUSH: words("app"),
    Channel.SMS: words("text message"),
    Channel.VOICE: words("call"),
    Channel.EMAIL: words("mail"),
    Channel.OTHER: words("another service"),
    Channel.WEBHOOK: words("program"),
}
WHY_NOT: Mapping[str, str] = {
    Barred.IN_DANGER: words("They are the one in danger."),
    Barred.SUSPENDED: words("They are suspended."),
    Barred.TIED: words("They are not to be told about this person."),
    Reason.OPTED_OUT: words("They sent STOP, and have no other way here."),
    Reason.NUMBER_DEAD: words("Their number is dead, and they have no other way here."),
    Reason.NO_CONTACT: words("They have no way that this step uses."),
    Reason.VENDOR_DOWN: words("Every way to them failed."),
    Reason.EXPIRED: words("Nothing was heard of their messages in time."),
}
LOST = words("They were not reached.")


def listing(words_of: Iterable[str], office: Office) -> str:
    """`a, b and c`, as the reader's language puts it."""
    return str(format_list(list(words_of), locale=office.visit.language))


def whom(directory: Directory, word: str, say: Say) -> str:
    """One word of an audience; of a name that is gone, the id."""
    kind, _, name = word.partition(":")
    if kind == "on_shift":
        return say("Everyone on shift")
    if kind == "role":
        return say(ON_SHIFT[Role(name)]) if name in set(Role) else word
    if kind == "site":
        site = directory.sites.get(name)
        return say("Everyone on shift at %(site)s", site=site.name if site else name)
    member = directory.members.get(name)
    return member.name if member else name


def everybody(office: Office, rung: Rung) -> str:
    told = (whom(office.visit.directory, word, office.visit._) for word in rung.audience)
    return listing(told, office) if rung.audience else office.visit._("Nobody yet")


def ways(office: Office, rung: Rung) -> str:
    """By what, and what follows when."""
    say = office.visit._
    groups = [listing((say(BY[channel]) for channel in group), office) for group in rung.channels if group]
    if not groups:
        return say("by no way yet")
    first, *later = groups
    after = (say("%(apart)s s later by %(ways)s", apart=rung.stagger_s * n, ways=w) for n, w in enumerate(later, 1))
    return "; ".join((say("by %(ways)s", ways=first), *after))


def when_of(say: Say, number: int, rung: Rung) -> str:
    return say("At once") if number == 1 else say("After %(time)s", time=span(say, rung.after_s))


def span(say: Say, seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return say("%(n)s s", n=rest)
    return say("%(m)s min %(n)s s", m=minutes, n=rest) if rest else say("%(m)s min", m=minutes)


def clock(at_ms: int) -> str:
    """Minutes and seconds after the press."""
    return f"{at_ms // 60_000}:{at_ms // 1000 % 60:02d}"
