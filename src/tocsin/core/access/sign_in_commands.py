"""What may be asked about signing in.  Of those who are not signed in nobody is `by`: they are who they can show to be.

No secret comes here, only its hash, and nothing that was not verified at the edge: signatures, challenges, origins.
"""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By


class SignInByPasskey(Struct, frozen=True, kw_only=True):
    """A passkey's answer to our challenge was verified; whose it is, the passkey's own record says.

    `sign_count`: as the answer had it.  `token_hash`: of the session that begins; `label`: of the browser.
    """

    org: str
    passkey: str
    sign_count: int
    token_hash: str
    label: str = ""


class SignInByCode(Struct, frozen=True, kw_only=True):
    """Somebody says to be `member` and typed a code.  `matched`: the kept hash that it led to, empty: none."""

    org: str
    member: str
    matched: str
    token_hash: str
    label: str = ""


class SignInByProvider(Struct, frozen=True, kw_only=True):
    """The organisation's own sign-in vouches for this member."""

    org: str
    member: str
    token_hash: str
    label: str = ""


class ProveAgain(Struct, frozen=True, kw_only=True):
    """Whoever has the session `by` answered a challenge with a passkey; empty: the organisation's sign-in vouches."""

    org: str
    by: By
    passkey: str = ""
    sign_count: int = 0


class SeeSession(Struct, frozen=True, kw_only=True):
    """The session `by` is in use."""

    org: str
    by: By


class SignOut(Struct, frozen=True, kw_only=True):
    org: str
    by: By


class EndSessions(Struct, frozen=True, kw_only=True):
    """Of `member` one session, or (`session` empty) every one but that of whoever asks."""

    org: str
    by: By
    member: str
    session: str = ""


class AddPasskey(Struct, frozen=True, kw_only=True):
    """A passkey was made here and verified.  `id`: the credential id, base64url; `label`: what its owner calls it."""

    org: str
    by: By
    id: str
    public_key: bytes
    sign_count: int
    label: str = ""
    transports: tuple[str, ...] = ()


class NamePasskey(Struct, frozen=True, kw_only=True):
    org: str
    by: By
    id: str
    label: str


class RemovePasskey(Struct, frozen=True, kw_only=True):
    org: str
    by: By
    id: str


class SetCodes(Struct, frozen=True, kw_only=True):
    """A new set of one's own recovery codes, hashed; the one before is worth nothing."""

    org: str
    by: By
    hashes: tuple[str, ...]


SignInCommand = (
    SignInByPasskey
    | SignInByCode
    | SignInByProvider
    | ProveAgain
    | SeeSession
    | SignOut
    | EndSessions
    | AddPasskey
    | NamePasskey
    | RemovePasskey
    | SetCodes
)
