"""Access in mid-alert: people are hired, promoted, tied, cut off, let back, and two decide what weakens.

Most of it is honest.  Some is not: an administrator who is a friend of his, and a friend on shift who tries everything.
Each act is the very command that a page or a shell would send.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access import change_commands as g
from tocsin.core.access.changes import Change
from tocsin.core.access.commands import EndAccess, RefusePinReset, Reinstate, ResetPins, Suspend
from tocsin.core.access.entry_commands import AskRecovery, EndDevice, RefuseRecovery, UseLink, VouchRecovery
from tocsin.core.access.record import By, Recovery, id_of
from tocsin.core.access.sign_in_commands import EndSessions, SignOut
from tocsin.core.access.tie_commands import LiftTie, SetTie
from tocsin.core.access.words import Ended, LinkKind, Via, What
from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.words import Channel, Role
from tocsin.sim.centre import FRIENDS, ORG, SITE, WORKERS, as_a_file, number
from tocsin.sim.climate import Mishap, chance_of
from tocsin.sim.readers import Reader
from tocsin.sim.staff import FIRST, Token
from tocsin.sim.storms.numbers import stranger_stops
from tocsin.sim.storms.town import Stormy, Town

MILO = "milo"  # The administrator who is a friend of his.
MAY_AGREE = ("teo", "ines", "wale", "una")
CUT = ("teo", "ada", "una", MILO, *FRIENDS, *WORKERS)  # Two who may close and one who runs it stay, or none could.
SOON_S = (1.0, 30.0)
HIS = 90  # The telephone numbers of those whom nobody knows.
HIRED = 45  # The telephone numbers of the new ones follow on this one.


def storms(town: Town) -> Stormy:
    hall = Hall(town)
    return {
        Mishap.MEMBER_HIRED: hall.hire,
        Mishap.MEMBER_PROMOTED: hall.promote,
        Mishap.ROLE_TAKEN: hall.take_role,
        Mishap.CONTACT_MUTED: hall.mute,
        Mishap.EDITED_BY_TWO: hall.edited_by_two,
        Mishap.ROSTER_THINNED: hall.thin,
        Mishap.TIE_SET: hall.tie,
        Mishap.TIE_LIFTED: hall.lift_tie,
        Mishap.CUT_OFF: hall.cut_off,
        Mishap.LET_BACK: hall.let_back,
        Mishap.SIGNED_IN_ANEW: hall.sign_in,
        Mishap.SESSION_ENDED: hall.end_session,
        Mishap.DEVICE_ENDED: hall.end_device,
        Mishap.PERSON_ENDED: hall.end_person,
        Mishap.SCREEN_ENDED: hall.end_wallboard,
        Mishap.DESK_ENDED: hall.end_desk,
        Mishap.KEY_ENDED: hall.end_key,
        Mishap.LINK_TWICE: hall.link_twice,
        Mishap.PINS_RESET: hall.reset_pins,
        Mishap.RECOVERY_ASKED: hall.recover,
        Mishap.CHANGE_AGREED: hall.agree,
        Mishap.CHANGE_REFUSED: hall.refuse,
        Mishap.CHANGE_WITHDRAWN: hall.withdraw,
        Mishap.THREE_AGREE: hall.three_agree,
        Mishap.INSIDER_AGREES: hall.insider_agrees,
        Mishap.AGREER_CUT_OFF: hall.agreer_cut_off,
        Mishap.REFUSER_CUT_OFF: hall.refuser_cut_off,
        Mishap.FRIEND_TRIES: hall.friend_tries,
    }


class Hall:
    def __init__(self, town: Town) -> None:
        self.town, self.street, self.staff = town, town.street, town.staff
        self.chance = chance_of(town.street.climate.seed, "hall")
        self._numbers = chance_of(town.street.climate.seed, "numbers put back")
        self.node, self.loop = town.street.node, town.street.loop
        self._hired = self._edited = self._given = 0

    @property
    def directory(self) -> Directory:
        return self.node.world.directory(ORG)

    def by(self, member: str) -> By:
        return self.staff.by(member)

    async def ask(self, command: c.Command) -> c.Reply | None:
        """Until somebody answers, as people do who click again."""
        return await self.street.insist(command)

    async def soon(self) -> None:
        await self.loop.pause(self.chance.uniform(*SOON_S))

    # Members -----------------------------------------------------------------------------------------------------

    async def hire(self) -> None:
        """Somebody new, reachable or not yet; sometimes put on the roster too."""
        self._hired += 1
        id, to = f"new-{self._hired}", number(HIRED - 1 + self._hired)
        contact = Contact(f"{id}/sms", Channel.SMS, to, verified=self.chance.random() < 0.5)
        if self._numbers.random() < 0.3:
            await stranger_stops(self.town, self._numbers, to)
        form = g.MemberForm(name=id, language="en", duties=(), roles=(Role.RESPONDER,), contacts=(contact,))
        await self.ask(g.HireMember(org=ORG, by=self.by(FIRST), id=id, member=form))
        if self.chance.random() < 0.5:
            await self.soon()
            await self._roster(lambda people: (*people, id))

    async def promote(self) -> None:
        who = self.chance.choice(("ada", "zoe", "kit"))
        await self._roles(FIRST, who, lambda roles: (*roles, Role.SUPERVISOR))

    async def take_role(self) -> None:
        who = self.chance.choice(("ada", "teo", "ben", "una"))
        await self._roles(self.chance.choice((FIRST, MILO)), who, lambda roles: roles[1:])

    async def _roles(self, by: str, who: str, change: object) -> None:
        member = self.directory.members.get(who)
        if member is not None and callable(change):
            form = g.form_of(member)
            wanted = tuple(dict.fromkeys(change(member.roles)))
            await self.ask(self._edit(by, member, replace(form, roles=wanted)))

    def _edit(self, by: str, member: Member, after: g.MemberForm) -> g.EditMember:
        return g.EditMember(org=ORG, by=self.by(by), member=member.id, before=g.form_of(member), after=after)

    async def mute(self) -> None:
        """A way to somebody is taken out, or called unverified again."""
        member = self.directory.members.get(self.chance.choice(("teo", "ada", "ines", "kit")))
        if member is None:
            return
        form = g.form_of(member)
        if not form.contacts:
            return
        first, *rest = form.contacts
        gone = self.chance.random() < 0.5
        contacts = tuple(rest) if gone else (replace(first, verified=False), *rest)
        await self.ask(self._edit(self.chance.choice((FIRST, MILO)), member, replace(form, contacts=contacts)))

    async def edited_by_two(self) -> None:
        """Both began with the same page."""
        member = self.directory.members["ada"]
        form = g.form_of(member)
        self._edited += 1
        names = {by: f"Ada of {by}, {self._edited}" for by in (FIRST, MILO)}
        edits = [self._edit(by, member, replace(form, name=name)) for by, name in names.items()]
        await self.staff.all(edits)

    # Rosters and plans -------------------------------------------------------------------------------------------

    async def thin(self) -> None:
        """Whoever holds the machine applies a file in which the night is empty, or nearly so, or full of his own."""
        kept = self.chance.randrange(2)
        if self._numbers.random() < 0.3:
            await self._strangers_instead()
        else:
            await self._roster(lambda people: people[:kept])

    async def _strangers_instead(self) -> None:
        """He hires whom nobody knows, calls their numbers verified, and gives them the night; then he asks again."""
        self._given += 1
        ids = [f"his-{self._given}-{count}" for count in range(3)]
        numbers = [number(HIS + 3 * (self._given % 3) + count) for count in range(3)]
        people = {
            id: Member(id, id, (Role.RESPONDER,), contacts=(Contact(f"{id}/sms", Channel.SMS, to, verified=True),))
            for id, to in zip(ids, numbers, strict=True)
        }
        shifts = tuple(
            replace(shift, members=tuple(ids)) if shift.site == SITE else shift for shift in self.directory.shifts
        )
        file = replace(self.directory, members={**self.directory.members, **people}, shifts=shifts)
        await self.ask(c.ReplaceDirectory(org=ORG, directory=as_a_file(file), by="whoever holds it"))
        await self.soon()
        await self._roster(lambda people: tuple(ids))

    async def _roster(self, change: object) -> None:
        assert callable(change)
        shifts = tuple(
            replace(shift, members=change(shift.members)) if shift.site == SITE else shift
            for shift in self.directory.shifts
        )
        known = {*self.directory.members}
        if all(known.issuperset(shift.members) for shift in shifts):
            file = as_a_file(replace(self.directory, shifts=shifts))
            await self.ask(c.ReplaceDirectory(org=ORG, directory=file, by="whoever holds it"))

    # Ties --------------------------------------------------------------------------------------------------------

    async def tie(self) -> None:
        member, about = self.chance.choice((*FRIENDS, "teo", "ada", MILO)), self.chance.choice(WORKERS)
        for by in ("wale", "una"):
            await self.ask(SetTie(org=ORG, by=self.by(by), member=member, about=about))
            if self.chance.random() < 0.5:
                return

    async def lift_tie(self) -> None:
        ties = [(member.id, about) for member in self.directory.members.values() for about in member.not_told_about]
        if not ties:
            await self.tie()
            return
        member, about = self.chance.choice(ties)
        await self.ask(LiftTie(org=ORG, by=self.by("wale"), member=member, about=about))

    # Suspension --------------------------------------------------------------------------------------------------

    async def cut_off(self, who: str | None = None, by: str = "wale") -> None:
        await self.ask(Suspend(org=ORG, by=self.by(by), member=who or self.chance.choice(CUT)))

    async def let_back(self) -> None:
        gone = [member.id for member in self.directory.members.values() if member.suspended]
        if not gone:
            await self.cut_off()
        else:
            await self.ask(Reinstate(org=ORG, by=self.by("wale"), member=self.chance.choice(gone)))

    # Ways in -----------------------------------------------------------------------------------------------------

    async def sign_in(self) -> None:
        await self.staff.sign_in(self.chance.choice(list(self.staff.sessions)))

    async def end_session(self) -> None:
        who = self.chance.choice(("teo", "ada", "ben", "noor", MILO, "olga"))
        session = self.chance.choice(self.staff.sessions[who])
        by = self.chance.choice((session.by, self.by("ines")))
        if self.chance.random() < 0.3:
            await self.ask(SignOut(org=ORG, by=session.by))
        elif self.chance.random() < 0.5:
            await self.ask(EndSessions(org=ORG, by=by, member=who, session=session.by.credential))
        else:
            await self.ask(EndAccess(org=ORG, by=by, what=What.SESSION, id=session.by.credential))
        await self._go_on(session)

    async def end_device(self) -> None:
        phone = self.chance.choice(self.chance.choice(list(self.staff.phones.values())))
        known = self.staff.device(phone)
        if known is None:
            return
        by = self.by("ines")
        if self.chance.random() < 0.5:
            await self.ask(EndDevice(org=ORG, by=by, device=known.id, why=Ended.LOST))
        else:
            await self.ask(EndAccess(org=ORG, by=by, what=What.DEVICE, id=known.id))
        await self._go_on(phone)

    async def _go_on(self, held: Token) -> None:
        """Whoever has it in their hand tries it still; and it may still call for help."""
        reader = self.town.reader(held.member)
        for _ in range(3):
            for alert in sorted(self.node.world.open):
                reader.known[alert] = None
            if reader.known:
                await reader.try_something(held)
        if held.member not in FRIENDS and self.chance.random() < 0.3:
            await reader.press(held, f"again by {held.secret}")

    async def end_person(self) -> None:
        who = self.chance.choice(("teo", "ada", "ben", MILO))
        held = self.staff.held(who)
        await self.ask(EndAccess(org=ORG, by=self.by("ines"), what=What.PERSON, id=who))
        await self._go_on(self.chance.choice(held))

    async def end_wallboard(self) -> None:
        await self._end_screen(What.WALLBOARD, Via.WALLBOARD)

    async def end_desk(self) -> None:
        """It waits for a second person: somebody calls for help there."""
        await self._end_screen(What.DESK, Via.DESK)

    async def end_key(self) -> None:
        await self._end_screen(What.KEY, Via.KEY)
        await self.staff.make_key()

    async def _end_screen(self, what: What, via: Via) -> None:
        by = self.by(self.chance.choice((FIRST, MILO)))
        await self.ask(EndAccess(org=ORG, by=by, what=what, id=self.staff.screens[via].by.credential))

    async def link_twice(self) -> None:
        """Two phones open one enrolment link at once; one of them has it, and the other nothing."""
        who = self.chance.choice(("teo", "kit"))
        link = await self.staff.make_link(self.by(FIRST), LinkKind.ENROLMENT, who)
        phones = [self.staff.token("phone", Via.DEVICE, who) for _ in range(2)]
        await self.staff.all([UseLink(org=ORG, link=id_of(link.hash), token_hash=phone.hash) for phone in phones])
        self.staff.phones[who].extend(phone for phone in phones if self.staff.device(phone) is not None)

    async def reset_pins(self) -> None:
        """Two vouch; sometimes the second is the first again."""
        who, people = self.chance.choice(WORKERS), self.chance.choice((("teo", "wale"), ("ines", "ines")))
        for by in people:
            await self.ask(ResetPins(org=ORG, by=self.by(by), member=who))
        if self.chance.random() < 0.3:
            await self.ask(RefusePinReset(org=ORG, by=self.by("ines"), member=who))

    async def recover(self) -> None:
        """Somebody lost every way to sign in, they say; two vouch, and perhaps one refuses."""
        await self.ask(AskRecovery(org=ORG, by=self.by("teo"), member="ada"))
        asked = list(self.node.world.all_kept(ORG, Recovery).values())
        if not asked:
            return
        by = self.by(self.chance.choice(("teo", "ines")))
        await self.ask(VouchRecovery(org=ORG, by=by, recovery=asked[0].id))
        await self.staff.make_link(by, LinkKind.RECOVERY, "ada", asked[0].id)  # Before the day is over.
        if self.chance.random() < 0.5:
            await self.ask(RefuseRecovery(org=ORG, by=self.by("ines"), recovery=asked[0].id))

    # Two people --------------------------------------------------------------------------------------------------

    async def _waiting(self) -> Change | None:
        """Something that waits; where nothing does, the night is emptied by a file first."""
        if not self.node.world.all_kept(ORG, Change):
            await self.thin()
        waiting = list(self.node.world.all_kept(ORG, Change).values())
        return self.chance.choice(waiting) if waiting else None

    async def _agree(self, change: Change, people: Sequence[str]) -> None:
        for who in people:
            await self.ask(g.AgreeChange(org=ORG, by=self.by(who), change=change.id))

    async def agree(self) -> None:
        change = await self._waiting()
        if change is not None:
            await self._agree(change, self.chance.sample(MAY_AGREE, self.chance.choice((1, 1, 2))))

    async def three_agree(self) -> None:
        """Two supervisors and a coordinator need not wait."""
        change = await self._waiting()
        if change is not None:
            await self._agree(change, MAY_AGREE)

    async def refuse(self) -> None:
        change = await self._waiting()
        if change is not None:
            by = self.by(self.chance.choice(MAY_AGREE))
            await self.ask(g.RefuseChange(org=ORG, by=by, change=change.id, why="not tonight"))

    async def withdraw(self) -> None:
        await self.take_role()
        for change in list(self.node.world.all_kept(ORG, Change).values()):
            if change.asker in (FIRST, MILO):
                await self.ask(g.WithdrawChange(org=ORG, by=self.by(change.asker), change=change.id))

    async def insider_agrees(self) -> None:
        """He asks, and agrees himself: by this session, by another, and made a supervisor by his own hand."""
        await self._roles(MILO, "teo", lambda roles: roles[:1])
        await self._roles(MILO, MILO, lambda roles: (*roles, Role.SUPERVISOR))
        await self.staff.sign_in(MILO)
        for change in list(self.node.world.all_kept(ORG, Change).values()):
            for session in self.staff.sessions[MILO]:
                await self.ask(g.AgreeChange(org=ORG, by=session.by, change=change.id))

    async def agreer_cut_off(self) -> None:
        """One has agreed and is suspended; then two more do.  The word of the first counts no more."""
        change = await self._waiting()
        if change is not None:
            await self._agree(change, ("teo",))
            await self.cut_off("teo", by=self.chance.choice(("wale", FIRST)))
            await self._agree(change, ("teo", "ines", "wale"))

    async def refuser_cut_off(self) -> None:
        """He has whoever would refuse suspended, and asks again."""
        await self.cut_off(self.chance.choice(("teo", "una")), by=MILO)
        await self._roles(MILO, "ada", lambda roles: roles[:0])
        await self.insider_agrees()

    # A friend ----------------------------------------------------------------------------------------------------

    async def friend_tries(self) -> None:
        """Tied, he goes on with all he holds: he reads, answers, closes, and asks for the tie to be lifted."""
        friend, about = self.chance.choice(FRIENDS), WORKERS[0]
        for by in ("wale", "una"):
            await self.ask(SetTie(org=ORG, by=self.by(by), member=friend, about=about))
        reader: Reader = self.town.reader(friend)
        for _ in range(8):
            await self.soon()
            for alert in sorted(self.node.world.open):
                reader.known[alert] = None
            if reader.known and not self.street.climate.calm:
                await reader.try_something(self.chance.choice(reader.tokens()))
