"""Links that are shown once, to whoever hands them on: an invitation, a phone, a way back in."""

from __future__ import annotations

from markupsafe import Markup

from tocsin.core.access.words import LinkKind
from tocsin.core.commands import Declined
from tocsin.runtime.access.links import NewLink, picture
from tocsin.web.office.people import page_of
from tocsin.web.office.person import known
from tocsin.web.office.person_acts import under_way
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.refusals import PageRefusal, refusal_of
from tocsin.web.speaking import when, words

GIVE = words("Give this link to %(name)s")
ON_THEIR_PHONE = words("It works once, until %(until)s. Let them open it on the phone that shall call for help.")
TO_SIGN_IN = words("It works once, until %(until)s. Whoever opens it is taken for them: give it to nobody else.")


async def invite(office: Office) -> Answer:
    return await _for_member(office, LinkKind.INVITATION, TO_SIGN_IN)


async def enrol(office: Office) -> Answer:
    return await _for_member(office, LinkKind.ENROLMENT, ON_THEIR_PHONE)


async def link_back(office: Office) -> Answer:
    """The end of a recovery, for one of the two who vouched."""
    member = known(office)
    seen = under_way(office, member.id)
    if seen is None:
        raise PageRefusal("no_such_record")
    made = await office.services.recovering.link(office.visit.signed_in, seen.id)
    return shown(office, made, office.visit._(GIVE, name=member.name), TO_SIGN_IN, page_of(member.id))


async def _for_member(office: Office, kind: LinkKind, lead: str) -> Answer:
    member, visit = known(office), office.visit
    made = await office.services.links.make(visit.org, visit.by, kind, member=member.id)
    return shown(office, made, visit._(GIVE, name=member.name), lead, page_of(member.id))


def shown(office: Office, made: NewLink | Declined, heading: str, lead: str, back: str) -> Answer:
    """The page with the link, this once.  Raises PageRefusal where none was made."""
    if isinstance(made, Declined):
        raise refusal_of(made)
    until = when(made.ends_ms, office.visit.language, office.visit.time_zone)
    return office.show(
        "link",
        heading=heading,
        lead=office.visit._(lead, until=until),
        picture=Markup(picture(made.url)),  # noqa: S704 - drawn by us from a link of ours.
        label=office.visit._("The link"),
        secret=made.url,
        back_url=back,
    )
