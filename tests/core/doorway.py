"""The door of the ward: people who sign in by passkey, code or provider, and what they find out by it."""

from __future__ import annotations

from ward import ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.record import Act, By, Kept, Passkey, RecoveryCodes, Session, id_of
from tocsin.core.access.words import Told, Via
from tocsin.core.limits import RECOVERY_CODES
from tocsin.runtime import ledger

DONE = c.Done()


def no(problem: c.Problem) -> c.Declined:
    return c.Declined(problem=problem)


class Doorway(Ward):
    """`counts`: how often each authenticator has signed."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens = 0

    def token(self) -> str:
        self._tokens += 1
        return f"{self._tokens:032d}and the rest of it"

    def by(self, name: str, token_hash: str) -> By:
        return By(name, Via.SESSION, id_of(token_hash))

    def enter(self, name: str, count: int = 0, label: str = "") -> By | c.Reply:
        """By the passkey that the ward gave them."""
        token = self.token()
        command = s.SignInByPasskey(org=ORG, passkey=f"passkey-{name}", sign_count=count, token_hash=token, label=label)
        reply = self.do(command)
        return self.by(name, token) if reply == DONE else reply

    def entered(self, name: str, count: int = 0) -> By:
        if self.world.kept(ORG, Passkey, f"passkey-{name}") is None:
            self.passkey(name)
        by = self.enter(name, count)
        assert isinstance(by, By), by
        return by

    def try_code(self, name: str, matched: str) -> By | c.Reply:
        token = self.token()
        reply = self.do(s.SignInByCode(org=ORG, member=name, matched=matched, token_hash=token))
        return self.by(name, token) if reply == DONE else reply

    def codes(self, by: By, batch: str = "a") -> tuple[str, ...]:
        hashes = tuple(f"{batch}{number}" for number in range(RECOVERY_CODES))
        assert self.do(s.SetCodes(org=ORG, by=by, hashes=hashes)) == DONE
        return hashes

    def codes_of(self, name: str) -> RecoveryCodes:
        found = self.world.kept(ORG, RecoveryCodes, name)
        assert found is not None
        return found

    def session_of(self, by: By) -> Session:
        found = self.world.kept(ORG, Session, by.credential)
        assert found is not None
        return found

    def passkey_of(self, name: str) -> Passkey:
        found = self.world.kept(ORG, Passkey, f"passkey-{name}")
        assert found is not None
        return found

    def in_memory(self, kind: type[Kept]) -> set[str]:
        return set(self.world.all_kept(ORG, kind))

    def facts(self) -> int:
        return len(self.store.content.facts)

    def said(self, what: str) -> list[Act]:
        """The lines of the trail with this word, the oldest first."""
        acts = [ledger.read_kept(Act, row) for row in self.store.snapshots(ORG, "act")]
        return sorted((act for act in acts if act.what == what), key=lambda act: act.id)

    def told(self, what: str) -> list[tuple[str, Told]]:
        return [(act.about, act.told) for act in self.said(what)]
