"""The acts on a member's page.  Each is decided by the core; a page only asks, and says what came of it."""

from __future__ import annotations

from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.entry_commands import AskRecovery, EndDevice, RefuseRecovery, VouchRecovery
from tocsin.core.access.permissions import May
from tocsin.core.access.record import Recovery
from tocsin.core.access.words import Ended, RecoveryState, What
from tocsin.web.office.people import page_of
from tocsin.web.office.person import known, page_of_person
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.refusals import PageRefusal

WHY_MAX_CHARS = 400


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


async def recover(office: Office) -> Answer:
    """The first to ask begins it; the second vouches."""
    member, visit = known(office), office.visit
    asked = recovery_of(office, member.id)
    if asked is not None and asked.state is RecoveryState.ASKED and asked.asked_by != visit.by.member:
        await visit.do(VouchRecovery(org=visit.org, by=visit.by, recovery=asked.id))
        return visit.go(
            page_of(member.id), visit._("You vouched. A day passes, in which anybody may object; then the link.")
        )
    why = _why(office, "recover")
    if not visit.form.ok:
        return page_of_person(office, member)
    await visit.do(AskRecovery(org=visit.org, by=visit.by, member=member.id, why=why))
    return visit.go(page_of(member.id), visit._("Asked. A second person must vouch for them too."))


async def refuse_recovery(office: Office) -> Answer:
    member, visit = known(office), office.visit
    asked = recovery_of(office, member.id)
    if asked is None:
        raise PageRefusal("no_such_record")
    why = visit.form.text("recover-refuse-why", most=WHY_MAX_CHARS, needed=False)
    await visit.do(RefuseRecovery(org=visit.org, by=visit.by, recovery=asked.id, why=why))
    return visit.go(page_of(member.id), visit._("Refused. Nobody was let in."))


def recovery_of(office: Office, member: str) -> Recovery | None:
    """What is under way for this member, to whoever may vouch."""
    if not office.may(May.RECOVER_OTHERS):
        return None
    open_ones = office.visit.house.world.all_kept(office.visit.org, Recovery).values()
    return next((one for one in open_ones if one.member == member), None)


def _why(office: Office, act: str) -> str:
    return office.visit.form.text(f"{act}-why", most=WHY_MAX_CHARS)
