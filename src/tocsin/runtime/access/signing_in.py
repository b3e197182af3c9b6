"""Signing in, and keeping the ways in: what pages and routes ask, whatever protocol they speak.

Theory of operation
-------------------
Each call returns what it was asked for, or a `Declined` that says why nothing changed.  What the browser brings is
verified here; what follows from it the core decides, in one command, so that nothing is half done: a passkey's count,
the session and the line of the trail become true together or not at all.

A session's token is shown once, in what signing in returns.  A recovery code that fails is answered after
CODE_ANSWER_MS, whether there is such a member or not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.permit import NOT_FRESH, runs_out_ms
from tocsin.core.access.record import Passkey, RecoveryCodes, Session, id_of
from tocsin.core.access.sessions import SESSION_OVER
from tocsin.core.access.words import SignedIn, Via
from tocsin.core.commands import Command, Declined, Done, Problem, Reply
from tocsin.core.limits import FRESH_MS, PASSKEYS_MAX
from tocsin.identity import codes, passkeys
from tocsin.identity.token import new_token
from tocsin.ports import Entropy
from tocsin.runtime.access.challenges import Challenges, Purpose
from tocsin.runtime.node import Node
from tocsin.runtime.passes import Pass

T = TypeVar("T")
CODE_ANSWER_MS = 400  # Above what a hash and a commit take on a busy machine.
HASHES_AT_ONCE = 1  # Slow hashes of strangers never take the second core from a duress PIN.
HASHES_WAITING_MAX = 50  # A second's worth; after that it is said that it is busy.
PASSKEYS_OFF = Declined(problem=Problem.PASSKEYS_OFF)
REFUSED = Declined(problem=Problem.PASSKEY_REFUSED)
UNKNOWN = Declined(problem=Problem.PASSKEY_UNKNOWN)
WORN_OUT = Declined(problem=Problem.CHALLENGE_WORN_OUT)
FULL = Declined(problem=Problem.PASSKEYS_FULL)
BUSY = Declined(problem=Problem.SIGN_IN_BUSY)


class Entered(Struct, frozen=True, kw_only=True):
    """Signed in.  `token`: the session's, to be shown to this browser and nobody else, and never again."""

    token: str
    session: str
    org: str
    member: str
    how: SignedIn
    ends_ms: int
    idle_ms: int


class SessionLine(Struct, frozen=True, kw_only=True):
    """One of one's own sessions.  `this`: the one that asks."""

    id: str
    label: str
    how: SignedIn
    began_ms: int
    seen_ms: int
    runs_out_ms: int
    this: bool


class PasskeyLine(Struct, frozen=True, kw_only=True):
    id: str
    label: str
    made_ms: int
    used_ms: int | None


class Account(Struct, frozen=True, kw_only=True):
    """One's own ways in, the newest first.  `codes_left`: 0 also where there never were any."""

    sessions: tuple[SessionLine, ...]
    passkeys: tuple[PasskeyLine, ...]
    codes_left: int
    codes_made_ms: int | None


class SigningIn:
    """One for the node.  `public_url` says to which site passkeys belong; a bad one leaves the other ways in."""

    def __init__(
        self, node: Node, entropy: Entropy, public_url: str, hashes_waiting_max: int = HASHES_WAITING_MAX
    ) -> None:
        self._node, self._entropy = node, entropy
        self.site = passkeys.site_of(public_url)
        self._challenges = Challenges(node.clock, entropy)
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)
        self._waiting, self._waiting_max = 0, hashes_waiting_max

    # In, by a passkey -------------------------------------------------------------------------------------------

    async def begin_sign_in(self) -> str | Declined:
        """JSON for `navigator.credentials.get`; nobody says who they are, the passkey does."""
        if self.site is None:
            return PASSKEYS_OFF
        return passkeys.authentication_options(self.site, challenge=self._challenges.make(Purpose.SIGN_IN))

    async def finish_sign_in(self, answer: str, label: str = "") -> Entered | Declined:
        """`answer`: the browser's credential as JSON; `label`: what to call this browser in the list of sessions."""
        verified = self._verified(answer, Purpose.SIGN_IN)
        if isinstance(verified, Declined):
            return verified
        org, passkey, count = verified
        token, hashed = new_token(self._entropy.seed(), "session")
        command = s.SignInByPasskey(org=org, passkey=passkey, sign_count=count, token_hash=hashed, label=label)
        return self._entered(org, token, hashed, await self._node.submit(command))

    def _verified(self, answer: str, purpose: Purpose, credential: str = "") -> tuple[str, str, int] | Declined:
        """The organisation, the passkey and its count."""
        if self.site is None:
            return PASSKEYS_OFF
        try:
            challenge, id = passkeys.challenge_in(answer), passkeys.credential_in(answer)
            if not self._challenges.take(challenge, purpose, credential):
                return WORN_OUT
            found = self._passkey(id)
            if found is None:
                return UNKNOWN
            org, passkey = found
            handle = passkeys.handle_of(org, passkey.member)
            key = passkey.public_key
            count = passkeys.verified_authentication(self.site, answer, challenge, public_key=key, handle=handle)
        except passkeys.NotBelieved:
            return REFUSED
        return org, id, count

    def _passkey(self, id: str) -> tuple[str, Passkey] | None:
        world = self._node.world
        found = ((org, world.all_kept(org, Passkey).get(id)) for org in world.directories)
        return next(((org, passkey) for org, passkey in found if passkey is not None), None)

    def _entered(self, org: str, token: str, hashed: str, reply: Reply) -> Entered | Declined:
        if isinstance(reply, Declined):
            return reply
        session = self._node.world.kept(org, Session, id_of(hashed))
        assert session is not None, "a session that was just stored is known"
        return Entered(
            token=token,
            session=session.id,
            org=org,
            member=session.member,
            how=session.how,
            ends_ms=session.ends_ms,
            idle_ms=session.idle_ms,
        )

    # In, by a recovery code -------------------------------------------------------------------------------------

    async def sign_in_by_code(self, member: str, code: str, label: str = "") -> Entered | Declined:
        """`member`: the id that somebody says is theirs.  Whatever is wrong, the answer and its time are the same."""
        ready_ms = self._node.clock.now_ms() + CODE_ANSWER_MS
        org = self._org_of(member)
        kept = self._node.world.all_kept(org, RecoveryCodes).get(member)
        matched = await self._hashed(lambda: codes.matching(code, kept.hashes if kept else ()))
        if matched is None:
            return BUSY
        token, hashed = new_token(self._entropy.seed(), "session")
        command = s.SignInByCode(org=org, member=member, matched=matched, token_hash=hashed, label=label)
        entered = self._entered(org, token, hashed, await self._node.submit(command))
        if isinstance(entered, Declined):
            await self._until(ready_ms)
        return entered

    def _org_of(self, member: str) -> str:
        """Where this member works; the first organisation there is, for nobody."""
        orgs = self._node.world.directories
        return next((org for org, known in orgs.items() if member in known.members), next(iter(orgs), ""))

    async def _hashed(self, work: Callable[[], T]) -> T | None:
        """What a slow hash says, from a thread; None if too many wait for one."""
        if self._waiting >= self._waiting_max:
            return None
        self._waiting += 1
        try:
            async with self._hashing:
                return await asyncio.get_running_loop().run_in_executor(None, work)
        finally:
            self._waiting -= 1

    async def _until(self, at_ms: int) -> None:
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(max(0, at_ms - self._node.clock.now_ms()) / 1000, woken.set_result, None)
        try:
            await woken
        finally:
            timer.cancel()

    async def make_codes(self, given: Pass) -> tuple[str, ...] | Declined:
        """A new set of one's own, to be shown once; the one before is worth nothing from now on."""
        shown = codes.new_codes(self._entropy.seed())
        salt = self._entropy.seed()
        hashes = await self._hashed(lambda: codes.hash_codes(shown, salt))
        if hashes is None:
            return BUSY
        reply = await self._node.submit(s.SetCodes(org=given.org, by=given.by, hashes=hashes))
        return reply if isinstance(reply, Declined) else shown

    # Passkeys of one's own --------------------------------------------------------------------------------------

    async def begin_registration(self, given: Pass) -> str | Declined:
        """JSON for `navigator.credentials.create`, for whoever has this fresh session (a link's is one)."""
        if self.site is None:
            return PASSKEYS_OFF
        directory = self._node.world.directory(given.org)
        member = directory.members.get(given.reader.member)
        if member is None or given.via is not Via.SESSION or given.raise_only:
            return SESSION_OVER
        known = [passkey.id for passkey in self._passkeys(given)]
        if len(known) >= PASSKEYS_MAX:
            return FULL
        if self._node.clock.now_ms() - given.fresh_ms > FRESH_MS:
            return NOT_FRESH  # Said before the device makes a passkey that nobody would take.
        return passkeys.registration_options(
            self.site,
            handle=passkeys.handle_of(given.org, member.id),
            name=member.name,
            organisation=directory.name,
            challenge=self._challenges.make(Purpose.REGISTER, given.credential),
            known=known,
        )

    async def finish_registration(self, given: Pass, answer: str, label: str = "") -> Done | Declined:
        """`label`: what its owner calls the passkey."""
        if self.site is None:
            return PASSKEYS_OFF
        try:
            challenge = passkeys.challenge_in(answer)
            if not self._challenges.take(challenge, Purpose.REGISTER, given.credential):
                return WORN_OUT
            made = passkeys.verified_registration(self.site, answer, challenge)
        except passkeys.NotBelieved:
            return REFUSED
        command = s.AddPasskey(
            org=given.org,
            by=given.by,
            id=made.id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            label=label,
            transports=made.transports,
        )
        return await self._done(command)

    async def name_passkey(self, given: Pass, id: str, label: str) -> Done | Declined:
        return await self._done(s.NamePasskey(org=given.org, by=given.by, id=id, label=label))

    async def remove_passkey(self, given: Pass, id: str) -> Done | Declined:
        return await self._done(s.RemovePasskey(org=given.org, by=given.by, id=id))

    def _passkeys(self, given: Pass) -> list[Passkey]:
        kept = self._node.world.all_kept(given.org, Passkey).values()
        return [passkey for passkey in kept if passkey.member == given.reader.member]

    # A session in use -------------------------------------------------------------------------------------------

    async def begin_proving(self, given: Pass) -> str | Declined:
        """JSON for `navigator.credentials.get`: whoever has this session is to show again that it is they."""
        if self.site is None:
            return PASSKEYS_OFF
        challenge = self._challenges.make(Purpose.PROVE_AGAIN, given.credential)
        own = [passkey.id for passkey in self._passkeys(given)]
        return passkeys.authentication_options(self.site, challenge=challenge, allowed=own)

    async def finish_proving(self, given: Pass, answer: str) -> Done | Declined:
        verified = self._verified(answer, Purpose.PROVE_AGAIN, given.credential)
        if isinstance(verified, Declined):
            return verified
        _, passkey, count = verified
        return await self._done(s.ProveAgain(org=given.org, by=given.by, passkey=passkey, sign_count=count))

    async def sign_out(self, given: Pass) -> Done | Declined:
        return await self._done(s.SignOut(org=given.org, by=given.by))

    async def end_session(self, given: Pass, session: str) -> Done | Declined:
        """One of one's own."""
        return await self._done(
            s.EndSessions(org=given.org, by=given.by, member=given.reader.member, session=session or "none")
        )

    async def end_other_sessions(self, given: Pass) -> Done | Declined:
        """All of one's own but the one that asks."""
        return await self._done(s.EndSessions(org=given.org, by=given.by, member=given.reader.member))

    def account(self, given: Pass) -> Account:
        """Whoever may only call for help sees nothing of it."""
        world, member = self._node.world, "" if given.raise_only else given.reader.member
        sessions = [kept for kept in world.all_kept(given.org, Session).values() if kept.member == member]
        kept = world.all_kept(given.org, RecoveryCodes).get(member)
        return Account(
            sessions=tuple(_session_line(one, given) for one in sorted(sessions, key=lambda one: -one.began_ms)),
            passkeys=tuple(
                PasskeyLine(id=one.id, label=one.label, made_ms=one.made_ms, used_ms=one.used_ms)
                for one in sorted(self._passkeys(given), key=lambda one: -one.made_ms)
                if member
            ),
            codes_left=len(kept.hashes) if kept else 0,
            codes_made_ms=kept.made_ms if kept else None,
        )

    async def _done(self, command: Command) -> Done | Declined:
        reply = await self._node.submit(command)
        assert isinstance(reply, Done | Declined)
        return reply


def _session_line(session: Session, given: Pass) -> SessionLine:
    return SessionLine(
        id=session.id,
        label=session.label,
        how=session.how,
        began_ms=session.began_ms,
        seen_ms=session.seen_ms,
        runs_out_ms=runs_out_ms(session),
        this=session.id == given.credential,
    )
