"""My account: the ways in that one has, the phones, the PINs; everybody keeps their own, whatever their role."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from markupsafe import Markup

from tocsin.core.access.commands import RefusePinReset
from tocsin.core.access.entry_commands import EndDevice
from tocsin.core.access.record import PinReset
from tocsin.core.access.words import Ended, LinkKind
from tocsin.core.commands import Declined, SetCallCode, SetPins
from tocsin.core.dice import Dice
from tocsin.core.directory import Member
from tocsin.core.limits import LABEL_MAX_CHARS, RECOVERY_CODES
from tocsin.core.pins import SENTENCES, PinFault, new_call_code, pair_fault, pin_fault
from tocsin.core.roster import site_of
from tocsin.identity.pin import code_matches, hash_pin
from tocsin.ports import Entropy
from tocsin.runtime.access.links import Links, picture
from tocsin.runtime.access.recovering import Recovering
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.web.frame import Door, Frame, Pressed, Visit
from tocsin.web.own_rolls import OwnRolls
from tocsin.web.own_walks import own_walks
from tocsin.web.refusals import refusal_of
from tocsin.web.signing import answer_in, options
from tocsin.web.speaking import words

HOME = "/account"
ROLE_WORDS = {
    "worker": words("worker"),
    "responder": words("responder"),
    "supervisor": words("supervisor"),
    "coordinator": words("coordinator"),
    "administrator": words("administrator"),
    "auditor": words("auditor"),
}
HOW_WORDS = {
    "passkey": words("with a passkey"),
    "recovery_code": words("with a recovery code"),
    "single_sign_on": words("with the organisation's account"),
    "link": words("with a link"),
}


class MyAccount:
    """The pages on one frame."""

    def __init__(self, frame: Frame, signing_in: SigningIn, links: Links, entropy: Entropy) -> None:
        self._frame, self._signing_in, self._links, self._entropy = frame, signing_in, links, entropy
        self._recovering, self._rolls = Recovering(frame.house, links), OwnRolls(frame, entropy)
        frame.doors.insert(0, Door(HOME, words("My account")))

    def handlers(self) -> list[HTTPRouteHandler]:
        frame = self._frame
        return [
            frame.page(HOME, self.page),
            frame.page("/account/passkeys/new", self.new_passkey),
            frame.call("/account/passkeys/begin", self.begin_passkey),
            frame.call("/account/passkeys/finish", self.finish_passkey),
            frame.act("/account/passkeys/name", self.name_passkey),
            frame.act("/account/passkeys/remove", self.remove_passkey),
            frame.page("/account/codes", self.codes),
            frame.act("/account/codes", self.make_codes),
            frame.act("/account/sessions/end", self.end_session),
            frame.act("/account/sessions/end-others", self.end_others),
            frame.act("/account/phones/enrol", self.enrol_phone),
            frame.act("/account/phones/end", self.end_phone),
            frame.page("/account/pins", self.pins),
            frame.act("/account/pins", self.set_pins),
            frame.act("/account/pins/keep", self.keep_pins),
            frame.act("/account/recovery/refuse", self.refuse_recovery),
            frame.act("/account/call-code", self.make_call_code),
            *self._rolls.handlers(),
        ]

    def pressed(self) -> dict[str, Pressed]:
        return self._rolls.pressed()

    async def page(self, visit: Visit) -> Response[str]:
        return self._shown(visit)

    def _shown(self, visit: Visit, status: int = 200) -> Response[str]:
        member = visit.member
        site = visit.directory.sites.get(site_of(visit.directory, member.id, visit.now_ms))
        return visit.show(
            "account/account.html",
            status=status,
            account=self._signing_in.account(visit.signed_in),
            roles=[visit._(ROLE_WORDS[role]) for role in member.roles],
            site=site.name if site else "",
            phones=[device for device in visit.directory.devices.values() if device.member == member.id],
            objections=list(self._objections(visit)),
            has_pins=_has_pins(member),
            has_call_code=bool(member.call_code_hash),
            how=HOW_WORDS,
            codes_in_a_set=RECOVERY_CODES,
            walks=list(own_walks(visit)),
            rolls=self._rolls.questions(visit),
        )

    # What others ask in one's name ---------------------------------------------------------------------------------

    def _objections(self, visit: Visit) -> Iterator[tuple[str, str]]:
        """What waits for a second person, and ends by one word of whom it is about: where to say it, and what it is."""
        if visit.member.id in self._frame.house.world.all_kept(visit.org, PinReset):
            yield "/account/pins/keep", words("Somebody says that you have forgotten your PINs.")
        if self._own_recoveries(visit):
            yield "/account/recovery/refuse", words("Somebody says that you have lost every way to sign in.")

    def _own_recoveries(self, visit: Visit) -> list[str]:
        return [one.id for one in self._recovering.under_way(visit.signed_in) if one.member == visit.member.id]

    async def keep_pins(self, visit: Visit) -> Response[str]:
        await visit.do(RefusePinReset(org=visit.org, by=visit.by, member=visit.member.id))
        return visit.go(HOME, visit._("Refused. Your PINs stay as they are."))

    async def refuse_recovery(self, visit: Visit) -> Response[str]:
        for recovery in self._own_recoveries(visit):
            accepted(await self._recovering.refuse(visit.signed_in, recovery, ""))
        return visit.go(HOME, visit._("Refused. Nobody was let in."))

    # Passkeys -----------------------------------------------------------------------------------------------------

    async def new_passkey(self, visit: Visit) -> Response[str]:
        visit.require_fresh()
        first = not self._signing_in.account(visit.signed_in).passkeys
        return visit.show("account/passkey.html", scripts=("passkey.js",), first=first)

    async def begin_passkey(self, visit: Visit) -> Response[bytes]:
        return options(visit, await self._signing_in.begin_registration(visit.signed_in))

    async def finish_passkey(self, visit: Visit) -> Response[bytes]:
        """The first one comes with its recovery codes: whoever loses it that day is not locked out."""
        label = str(visit.sent.get("label", ""))[:LABEL_MAX_CHARS]
        done = await self._signing_in.finish_registration(visit.signed_in, answer_in(visit), label)
        if isinstance(done, Declined):
            raise refusal_of(done)
        account = self._signing_in.account(visit.signed_in)
        return visit.tell(go=HOME if account.codes_left else "/account/codes")

    async def name_passkey(self, visit: Visit) -> Response[str]:
        label = visit.form.text("label", most=LABEL_MAX_CHARS)
        if not visit.form.ok:
            return self._shown(visit, 422)
        accepted(await self._signing_in.name_passkey(visit.signed_in, visit.form.raw("id"), label))
        return visit.go(f"{HOME}#passkeys", visit._("The passkey is called %(label)s now.", label=label))

    async def remove_passkey(self, visit: Visit) -> Response[str]:
        accepted(await self._signing_in.remove_passkey(visit.signed_in, visit.form.raw("id")))
        return visit.go(f"{HOME}#passkeys", visit._("The passkey is removed. It opens nothing any more."))

    # Recovery codes -----------------------------------------------------------------------------------------------

    async def codes(self, visit: Visit) -> Response[str]:
        return visit.show("account/codes_new.html", codes_in_a_set=RECOVERY_CODES)

    async def make_codes(self, visit: Visit) -> Response[str]:
        """Shown on the answer itself: a code that was sent on to another page would have to be kept meanwhile."""
        visit.require_fresh()
        codes = await self._signing_in.make_codes(visit.signed_in)
        if isinstance(codes, Declined):
            raise refusal_of(codes)
        return visit.show("account/codes.html", codes=codes)

    # Sessions and phones ------------------------------------------------------------------------------------------

    async def end_session(self, visit: Visit) -> Response[str]:
        accepted(await self._signing_in.end_session(visit.signed_in, visit.form.raw("id")))
        return visit.go(f"{HOME}#sessions", visit._("That session has ended."))

    async def end_others(self, visit: Visit) -> Response[str]:
        accepted(await self._signing_in.end_other_sessions(visit.signed_in))
        return visit.go(f"{HOME}#sessions", visit._("Every other session has ended."))

    async def enrol_phone(self, visit: Visit) -> Response[str]:
        """A link for one phone, shown this once: as a picture for its camera, and to be copied.

        With the id of a phone that one has, the new one takes its place when it opens the link.
        """
        made = await self._links.make(
            visit.org, visit.by, LinkKind.ENROLMENT, member=visit.member.id, subject=visit.form.raw("id")
        )
        if isinstance(made, Declined):
            raise refusal_of(made)
        minutes = -(-(made.ends_ms - visit.now_ms) // 60_000)
        return visit.show("account/phone.html", address=made.url, picture=drawn(made.url), minutes=minutes)

    async def end_phone(self, visit: Visit) -> Response[str]:
        why = Ended.LOST if visit.form.raw("why") == "lost" else Ended.REVOKED
        await visit.do(EndDevice(org=visit.org, by=visit.by, device=visit.form.raw("id"), why=why))
        return visit.go(f"{HOME}#phones", visit._("That phone may still call for help, and nothing else."))

    # PINs ---------------------------------------------------------------------------------------------------------

    async def pins(self, visit: Visit) -> Response[str]:
        """Proven before anything is typed, so that no PIN is typed in vain."""
        visit.require_fresh()
        return visit.show("account/pins.html", has_pins=_has_pins(visit.member))

    async def set_pins(self, visit: Visit) -> Response[str]:
        visit.require_fresh()
        pin, duress = visit.form.raw("pin"), visit.form.raw("duress_pin")
        field, fault = _fault_of(pin, duress)
        if fault is not None:
            visit.form.fault(field, SENTENCES[fault])
            return visit.wrong("account/pins.html", has_pins=_has_pins(visit.member))
        hashes = await asyncio.to_thread(lambda: (hash_pin(pin), hash_pin(duress)))
        await visit.do(
            SetPins(org=visit.org, by=visit.by, member=visit.member.id, pin_hash=hashes[0], duress_pin_hash=hashes[1])
        )
        return visit.go(f"{HOME}#pins", visit._("Both PINs are set."))

    async def make_call_code(self, visit: Visit) -> Response[str]:
        """Another code for the telephone, shown on the answer itself; never one of the member's PINs."""
        visit.require_fresh()
        member = visit.member
        stored = [member.pin_hash, member.duress_pin_hash, *(member.next_pin_hashes or ())]
        seed = self._entropy.seed()
        code, hashed = await asyncio.to_thread(lambda: _call_code(Dice(seed), [kept for kept in stored if kept]))
        await visit.do(SetCallCode(org=visit.org, by=visit.by, member=member.id, call_code_hash=hashed))
        return visit.show("account/call_code.html", code=code)


def _has_pins(member: Member) -> bool:
    """As far as the page may tell: a change that waits for the close of one's alert looks as if it were made."""
    return bool(member.pin_hash or member.next_pin_hashes)


def _call_code(dice: Dice, pins: list[str]) -> tuple[str, str]:
    """A code and its hash.  Slow: it is compared with the PINs."""
    code = new_call_code(dice)
    while any(code_matches(code, kept) for kept in pins):
        code = new_call_code(dice)
    return code, hash_pin(code)


def drawn(address: str) -> Markup:
    """The address as a picture that a phone's camera reads."""
    return Markup(picture(address))  # noqa: S704 - drawn here; nothing that anybody sent is in it.


def _fault_of(pin: str, duress: str) -> tuple[str, PinFault | None]:
    """Which field is wrong, and how; a fault between the two is the second one's."""
    if fault := pin_fault(pin):
        return "pin", fault
    return "duress_pin", pair_fault(pin, duress)


def accepted(reply: object) -> None:
    """Raises PageRefusal where the answer is no."""
    if isinstance(reply, Declined):
        raise refusal_of(reply)
