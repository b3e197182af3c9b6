"""The acts on a member's page.  Each is decided by the core; a page only asks, and says what came of it."""

from __future__ import annotations

from tocsin.core.access.commands import EndAccess, RefusePinReset, Reinstate, ResetPins, Suspend
from tocsin.core.access.entry_commands import EndDevice
from tocsin.core.access.words import Ended, What
from tocsin.core.limits import WHY_MAX_CHARS
from tocsin.web.office.people import page_of
from tocsin.web.office.person import known, page_of_person
from tocsin.web.office.person_acts import under_way
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.refusals import PageRefusal
from tocsin.web.visit import accepted


async def suspend(office: Office) -> Answer:
    member, visit = known(office), office.visit
    why = _why(office, "suspend")
    if not visit.form.ok:
        return page_of_person(office, member)
    await visit.do(Suspend(org=visit.org, by=visit.by, member=member.id, why=why))
    now = visit.directory.members.get(member.id)
    if now is not None and now.suspended:
        return visit.go(page_of(member.id), visit._("%(name)s is suspended.", name=member.name))
    return visit.go(page_of(member.id), visit._("Asked. It waits until a second person asks the same."))


async def take_back_suspension(office: Office) -> Answer:
    """Of one that waits; one that is in force is lifted by two (`reinstate`)."""
    member, visit = known(office), office.visit
    if member.suspended:
        raise PageRefusal("conflict")
    why = _why(office, "take-back")
    if not visit.form.ok:
        return page_of_person(office, member)
    await visit.do(Reinstate(org=visit.org, by=visit.by, member=member.id, why=why))
    return visit.go(page_of(member.id), visit._("Taken back. Nothing changes."))


async def end_everything(office: Office) -> Answer:
    """Sessions, phones, links and keys: whoever found a lost bag does not ask which of them was in it."""
    member, visit = known(office), office.visit
    await visit.do(EndAccess(org=visit.org, by=visit.by, what=What.PERSON, id=member.id))
    said = visit._(
        "Ended: every session, phone, link and key of %(name)s. Their phones may still call for help.", name=member.name
    )
    return visit.go(page_of(member.id), said)


async def end_phone(office: Office) -> Answer:
    member, visit = known(office), office.visit
    phone = visit.asked.under["phone"]
    device = visit.directory.devices.get(phone)
    if device is None or device.member != member.id:
        raise PageRefusal("no_such_record")
    why = Ended.LOST if visit.form.raw("why") == Ended.LOST else Ended.REVOKED
    await visit.do(EndDevice(org=visit.org, by=visit.by, device=phone, why=why))
    return visit.go(page_of(member.id), visit._("Ended. That phone may still call for help, and learns nothing."))


async def reinstate(office: Office) -> Answer:
    member, visit = known(office), office.visit
    why = _why(office, "reinstate")
    if not visit.form.ok:
        return page_of_person(office, member)
    await visit.do(Reinstate(org=visit.org, by=visit.by, member=member.id, why=why))
    now = visit.directory.members.get(member.id)
    waits = now is not None and now.suspended
    said = (
        visit._("Asked. It waits until a second person has agreed.") if waits else visit._("The suspension is lifted.")
    )
    return visit.go(page_of(member.id), said)


async def recover(office: Office) -> Answer:
    """Whoever is the first to ask begins it."""
    member, visit = known(office), office.visit
    why = _why(office, "recover")
    if not visit.form.ok:
        return page_of_person(office, member)
    accepted(await office.services.recovering.ask(visit.signed_in, member.id, why))
    return visit.go(page_of(member.id), visit._("Asked. A second person must vouch for them too."))


async def vouch(office: Office) -> Answer:
    """The second."""
    member, visit = known(office), office.visit
    accepted(await office.services.recovering.vouch(visit.signed_in, _recovery(office, member.id)))
    said = visit._("You vouched. A day passes, in which anybody may object; then one of you two makes the link.")
    return visit.go(page_of(member.id), said)


async def object_to_recovery(office: Office) -> Answer:
    member, visit = known(office), office.visit
    why = _why(office, "object")
    if not visit.form.ok:
        return page_of_person(office, member)
    accepted(await office.services.recovering.refuse(visit.signed_in, _recovery(office, member.id), why))
    return visit.go(page_of(member.id), visit._("Refused. Nobody was let in."))


async def reset_pins(office: Office) -> Answer:
    """The first to vouch and the second ask the same."""
    member, visit = known(office), office.visit
    why = _why(office, "pins")
    if not visit.form.ok:
        return page_of_person(office, member)
    await visit.do(ResetPins(org=visit.org, by=visit.by, member=member.id, why=why))
    return visit.go(page_of(member.id), visit._("You vouched. When two have vouched, they set new PINs."))


async def refuse_pin_reset(office: Office) -> Answer:
    """One is enough."""
    member, visit = known(office), office.visit
    why = _why(office, "pins-object")
    if not visit.form.ok:
        return page_of_person(office, member)
    await visit.do(RefusePinReset(org=visit.org, by=visit.by, member=member.id, why=why))
    return visit.go(page_of(member.id), visit._("Refused. Their PINs stay as they are."))


def _recovery(office: Office, member: str) -> str:
    seen = under_way(office, member)
    if seen is None:
        raise PageRefusal("no_such_record")
    return seen.id


def _why(office: Office, act: str) -> str:
    return office.visit.form.text(f"{act}-why", most=WHY_MAX_CHARS)
