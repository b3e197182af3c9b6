"""A member's particulars as a form: of somebody new, or of somebody known, whom two people may be changing at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import phonenumbers
from msgspec import Struct

from tocsin.core.access.change_commands import EditMember, HireMember, MemberForm, contact_id, form_of
from tocsin.core.access.permissions import May
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Contact, Member
from tocsin.core.limits import CONTACT_MAX_CHARS, NAME_MAX_CHARS, WHY_MAX_CHARS
from tocsin.core.words import REACHING, Channel, Duty, Role
from tocsin.web.finding_words import finding
from tocsin.web.forms import Form, filled, version_of
from tocsin.web.office.people import page_of
from tocsin.web.office.person import known
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.saying import CHANNELS, DUTIES, ROLES, listed
from tocsin.web.office.screens import reply_waits
from tocsin.web.refusals import refusal_of
from tocsin.web.speaking import NAMES_OF_LANGUAGES, Say, words

ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
EMPTY_WAYS = 2
NUMBERED = frozenset({Channel.SMS, Channel.VOICE})
SPOKEN = [(code, name) for code, name in NAMES_OF_LANGUAGES.items()]
NO_ID = words("Use small letters, digits, dots and dashes; begin with a letter or digit.")
TAKEN = words("Somebody here is known so already.")
NO_ROLE = words("Tick at least one.")
NO_NUMBER = words("This is no telephone number. Write it with + and the country: +1 202 555 0101.")
NO_ADDRESS = words("This is no address. It looks like somebody@example.org.")
NO_KIND = words("Choose by what.")
LAST_ADMINISTRATOR = words("Nobody else could administer. Give somebody else that role first.")
CAN_NOT_BE = words("This can not be used: %(why)s")


class Row(Struct, frozen=True):
    """What two people wrote in the same field."""

    what: str
    theirs: str
    yours: str


# Shown -----------------------------------------------------------------------------------------------------------


async def hire_page(office: Office) -> Answer:
    office.must(May.EDIT_MEMBERS)
    office.visit.form = filled({"roles": ["worker"], "language": office.visit.directory.languages[0]}, office.visit._)
    return _hire_form(office)


def _hire_form(office: Office) -> Answer:
    say = office.visit._
    return _form_page(
        office,
        heading=say("Who joins?"),
        lead=say("They are here at once. To sign in they need an invitation, to be rung a phone or a number."),
        asks_id=True,
        action="/office/members/new",
        leave_url="/office/members",
        button=say("Hire them"),
        seen="",
    )


async def edit_page(office: Office) -> Answer:
    office.must(May.EDIT_MEMBERS)
    member = _member(office)
    office.visit.form = filled(_values(form_of(member)), office.visit._)
    return _edit_form(office, member)


def _member(office: Office) -> Member:
    return office.visit.directory.members[known(office).id]


def _edit_form(office: Office, member: Member, stale: Sequence[Row] = ()) -> Answer:
    say = office.visit._
    return _form_page(
        office,
        heading=say("Change %(name)s", name=member.name),
        lead=say("What strengthens acts at once. What weakens protection waits for a second person."),
        asks_id=False,
        action=f"{page_of(member.id)}/edit",
        leave_url=page_of(member.id),
        button=say("Save"),
        seen=version_of(form_of(member)),
        stale=stale,
    )


def _form_page(office: Office, *, stale: Sequence[Row] = (), **values: object) -> Answer:
    say, form = office.visit._, office.visit.form
    shown = max([n for n in range(1, 21) if form.kept(f"way-{n}-to")], default=0)
    return office.show(
        "edit",
        stale=stale,
        language_options=SPOKEN,
        duty_options=[(duty.value, say(word)) for duty, word in DUTIES.items()],
        role_options=[(role.value, say(word)) for role, word in ROLES.items()] if office.may(May.SET_ROLES) else [],
        channel_options=[("", say("nothing")), *((kind.value, say(word)) for kind, word in CHANNELS.items())],
        ways=list(range(1, min(shown + EMPTY_WAYS, 20) + 1)),
        **values,
    )


def _values(form: MemberForm) -> dict[str, str | Sequence[str]]:
    """The form as it stands in the record."""
    values: dict[str, str | Sequence[str]] = {
        "name": form.name,
        "language": form.language,
        "duties": [duty.value for duty in form.duties],
        "roles": [role.value for role in form.roles],
    }
    for n, contact in enumerate(form.contacts, 1):
        values |= {f"way-{n}-id": contact.id, f"way-{n}-kind": contact.kind.value, f"way-{n}-to": contact.to}
        values |= {f"way-{n}-tried": ["yes"] if contact.verified else []}
    return values


# Read ------------------------------------------------------------------------------------------------------------


def _read(office: Office, before: MemberForm | None) -> MemberForm:
    """What was typed; faults stand in the form.  Roles are read from whoever may set them, else kept."""
    form = office.visit.form
    roles = tuple(Role(word) for word in form.several("roles", [role.value for role in Role]))
    if not office.may(May.SET_ROLES) and before is not None:
        roles = before.roles
    if not roles:
        form.fault("roles", NO_ROLE)
    return MemberForm(
        name=form.text("name", most=NAME_MAX_CHARS),
        language=form.choice("language", NAMES_OF_LANGUAGES),
        duties=tuple(Duty(word) for word in form.several("duties", [duty.value for duty in Duty])),
        roles=_in_order(roles, before.roles if before else ()),
        contacts=tuple(_contacts(office, {contact.id: contact for contact in before.contacts} if before else {})),
    )


def _in_order(roles: tuple[Role, ...], before: tuple[Role, ...]) -> tuple[Role, ...]:
    """The same roles in another order are no change."""
    return before if set(roles) == set(before) else roles


def _contacts(office: Office, known_ones: Mapping[str, Contact]) -> Iterator[Contact]:
    form, member = office.visit.form, office.visit.asked.under.get("member") or office.visit.form.raw("id")
    for n in range(1, 21):
        typed = form.text(f"way-{n}-to", most=CONTACT_MAX_CHARS, needed=False)
        if not typed:
            continue
        kind = form.raw(f"way-{n}-kind")
        if kind not in set(Channel):
            form.fault(f"way-{n}-kind", NO_KIND)
            continue
        to = _to(form, n, Channel(kind), typed)
        before = known_ones.get(form.raw(f"way-{n}-id"))
        same = before is not None and (before.kind, before.to) == (kind, to)
        id = before.id if before is not None and same else contact_id(member, Channel(kind), to)
        yield Contact(id, Channel(kind), to, form.ticked(f"way-{n}-tried"))


def _to(form: Form, n: int, kind: Channel, typed: str) -> str:
    if kind in NUMBERED:
        number = _number(typed)
        if number is None:
            form.fault(f"way-{n}-to", NO_NUMBER)
        return number or typed
    if kind is Channel.EMAIL and not re.fullmatch(r"[^@\s]+@[^@\s]+", typed):
        form.fault(f"way-{n}-to", NO_ADDRESS)
    return typed


def _number(typed: str) -> str | None:
    """As E.164; None where it is no number that could be.  Possible, not assigned."""
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


# Saved -----------------------------------------------------------------------------------------------------------


async def hire(office: Office) -> Answer:
    office.must(May.EDIT_MEMBERS)
    visit = office.visit
    id = visit.form.text("id", most=40)
    if id and not ID.fullmatch(id):
        visit.form.fault("id", NO_ID)
    after = _read(office, None)
    if not visit.form.ok:
        return _hire_form(office)
    reply = await visit.house.submit(HireMember(org=visit.org, by=visit.by, id=id, member=after, why=_why(office)))
    if isinstance(reply, Declined) and reply.problem is Problem.CONFLICT:
        visit.form.fault("id", TAKEN)
    if not _is_done(office, reply):
        return _hire_form(office)
    return visit.go(page_of(id), visit._("%(name)s is here. Invite them, or enrol their phone.", name=after.name))


async def save(office: Office) -> Answer:
    office.must(May.EDIT_MEMBERS)
    visit, member = office.visit, _member(office)
    before = form_of(member)
    after = _read(office, before)
    if visit.form.seen != version_of(before):
        return _both(office, member, after)
    if not visit.form.ok:
        return _edit_form(office, member)
    if after == before:
        return visit.go(page_of(member.id), visit._("Nothing was different; nothing was changed."))
    command = EditMember(org=visit.org, by=visit.by, member=member.id, before=before, after=after, why=_why(office))
    reply = await visit.house.submit(command)
    if isinstance(reply, Declined) and reply.problem is Problem.STALE:
        return _both(office, _member(office), after)
    if not _is_done(office, reply):
        return _edit_form(office, member)
    return visit.go(page_of(member.id), _saved(office, reply))


def _why(office: Office) -> str:
    return office.visit.form.text("why", most=WHY_MAX_CHARS, needed=False)


def _is_done(office: Office, reply: Reply) -> bool:
    """False: it was declined, and what is wrong stands in the form.  Raises PageRefusal for any other *no*."""
    form = office.visit.form
    if not isinstance(reply, Declined):
        return True
    if reply.problem is Problem.NOBODY_ADMINISTERS:
        form.fault("roles", LAST_ADMINISTRATOR)
    elif reply.problem is Problem.BAD_DIRECTORY:
        first = reply.findings[0]
        way = re.search(r"contact (\d+)", first.where)
        form.fault(f"way-{way[1]}-to" if way else "name", CAN_NOT_BE, why=finding(office.visit._, first))
    if form.ok:
        raise refusal_of(reply)
    return False


def _saved(office: Office, reply: Reply) -> str:
    say = office.visit._
    if not reply_waits(reply):
        return say("Saved.")
    if isinstance(reply, Done) and reply.split is not None and reply.split.now:
        return say("Saved what strengthens. The rest waits for a second person.")
    return say("Asked. It waits for a second person.")


# Two at once -----------------------------------------------------------------------------------------------------


def _both(office: Office, member: Member, mine: MemberForm) -> Answer:
    """Both versions side by side; what was typed stays in the form, under the version that was seen now."""
    say = office.visit._
    theirs, yours = _told(form_of(member), say), _told(mine, say)
    rows = [Row(say(what), theirs[what], yours[what]) for what in theirs if theirs[what] != yours[what]]
    office.visit.form.meanwhile = {row.what: row.theirs for row in rows} or {"seen": ""}
    return _edit_form(office, member, rows)


def _told(form: MemberForm, say: Say) -> dict[str, str]:
    """Every field in words."""
    reaching = (f"{say(CHANNELS[contact.kind])} {contact.to}{_mark(contact, say)}" for contact in form.contacts)
    return {
        words("Name"): form.name,
        words("Language"): NAMES_OF_LANGUAGES.get(form.language, form.language),
        words("Duties"): listed(DUTIES, form.duties, say),
        words("Roles"): listed(ROLES, form.roles, say),
        words("How to reach them"): ", ".join(reaching),
    }


def _mark(contact: Contact, say: Say) -> str:
    if contact.verified or contact.kind not in REACHING:
        return ""
    told = say("not verified")
    return f" ({told})"
