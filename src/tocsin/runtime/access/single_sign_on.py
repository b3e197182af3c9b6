"""Signing in through the organisation's own provider (OpenID Connect): an option beside passkeys, never above Tocsin.

Theory of operation
-------------------
`begin` says where the browser goes and gives it a secret of its own (a cookie); `finish` takes what the provider sent
back with it.  State, nonce and proof key are kept here, in memory, for one use within AWAY_MS, and are bound to that
browser: a link that somebody else began lets nobody in.

Whoever has a session may be sent away to show again that it is they.  What they come back with is believed on that very
session alone, for the same member, and if the provider asked them since they left (`auth_time`).  Why somebody went,
and what they had typed before, waits here with their state (`Errand`): a page of another host is no place for it.

The provider says who it is; whether they may come in Tocsin decides.  It never makes a member, and a member who is
suspended here is refused whatever it says.  While it is down everybody signs in by passkey as ever.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from msgspec import Struct

from tocsin.core.access import sign_in_commands as s
from tocsin.core.access.record import Session, id_of
from tocsin.core.access.words import SignedIn, Via
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.words import Channel
from tocsin.identity import provider
from tocsin.identity.provider import Discovery, NotVouched, UnknownKey
from tocsin.identity.token import new_token, same_secret, token_hash
from tocsin.ports import Entropy
from tocsin.runtime.access.signing_in import Entered
from tocsin.runtime.node import Node
from tocsin.runtime.passes import Pass

BACK = "/sign-in/back"  # Where the provider sends the browser; to be registered there under server.public_url.
AWAY_MS = 600_000  # A password, a second factor, and a telephone that rings in between.
AWAY_MAX = 5_000  # Some 4 MB; the oldest makes room.
DOCUMENT_KEPT_MS = 3_600_000  # Providers change their addresses seldom, and their keys with days of notice.
KEYS_AGAIN_MS = 60_000  # A token with a key that we do not know makes us ask again, and a flood of them not more often.
PROVING_MAX = 500  # 32 MB at the worst.  Apart from those who sign in, so that no flood of strangers pushes them out.
TYPED_MAX_CHARS = 4_096
WAITING_MAX_CHARS = 65_536  # No form is longer.

OFF = Declined(problem=Problem.PROVIDER_OFF)
DOWN = Declined(problem=Problem.PROVIDER_DOWN)
REFUSED = Declined(problem=Problem.PROVIDER_REFUSED)
UNKNOWN = Declined(problem=Problem.PROVIDER_UNKNOWN_MEMBER)
WORN_OUT = Declined(problem=Problem.CHALLENGE_WORN_OUT)


class Fetch(Protocol):
    """How documents are fetched: to allowed addresses only, without redirects, within limits of size and time."""

    async def fetch(
        self, url: str, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of a GET, or of a POST of this form.  Raises OSError if there is no whole answer."""
        ...


class Provider(Struct, frozen=True):
    """As the settings have it.  `claim`: what names the member; `email` is looked up among their contacts."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str = "email"

    def __repr__(self) -> str:
        return f"Provider({self.issuer})"


class Away(Struct, frozen=True):
    """Send the browser to `url`, and let it keep `browser` in a cookie until it is back."""

    url: str
    browser: str


class Errand(Struct, frozen=True):
    """Why somebody went away: where they were going, and what they had typed there (never a secret).

    `again`: what they typed is to be sent there when they are back; otherwise that page is only opened.
    """

    to: str = ""
    again: bool = False
    typed: tuple[tuple[str, str], ...] = ()

    @property
    def chars(self) -> int:
        return len(self.to) + sum(len(name) + len(value) for name, value in self.typed)


NO_ERRAND = Errand()


class _Gone(Struct, frozen=True):
    """A browser that went away.  `credential`: of the session that is to be proven again; empty: to sign in."""

    nonce: str
    verifier: str
    browser_hash: str
    credential: str
    began_ms: int
    errand: Errand = NO_ERRAND


class SingleSignOn:
    """One for the node; `settings` None: it is not set up."""

    def __init__(self, node: Node, entropy: Entropy, settings: Provider | None, public_url: str, web: Fetch) -> None:
        self._node, self._entropy, self._settings, self._web = node, entropy, settings, web
        self._back = f"{public_url.rstrip('/')}{BACK}"
        self._gone: OrderedDict[str, _Gone] = OrderedDict()
        self._proving: OrderedDict[str, _Gone] = OrderedDict()
        self._found: Discovery | None = None
        self._keys = b""
        self._found_ms = self._keys_ms = 0

    @property
    def on(self) -> bool:
        return self._settings is not None

    # Away -------------------------------------------------------------------------------------------------------

    async def begin(self, given: Pass | None = None, errand: Errand = NO_ERRAND) -> Away | Declined:
        """To sign in; with a session: to show again who has it.  `errand`: at most WAITING_MAX_CHARS."""
        assert errand.chars <= WAITING_MAX_CHARS, "more than a form of ours holds"
        if self._settings is None:
            return OFF
        try:
            found = await self._document(self._settings)
        except OSError:
            return DOWN
        except NotVouched:
            return REFUSED
        state, nonce, verifier = (provider.drawn(self._entropy.seed(), what) for what in ("state", "nonce", "proof"))
        browser, hashed = new_token(self._entropy.seed(), "browser that is away")
        credential = given.credential if given is not None and given.via is Via.SESSION else ""
        self._keep(state, _Gone(nonce, verifier, hashed, credential, self._node.clock.now_ms(), errand))
        url = provider.away(
            found,
            client=self._settings.client_id,
            back=self._back,
            state=state,
            nonce=nonce,
            verifier=verifier,
            again=bool(credential),
        )
        return Away(url, browser)

    def _keep(self, state: str, gone: _Gone) -> None:
        """The oldest makes room.  Whoever is to prove who they are is so once: their next going away ends this one."""
        waiting, most = (self._proving, PROVING_MAX) if gone.credential else (self._gone, AWAY_MAX)
        for other in [known for known, one in self._proving.items() if one.credential == gone.credential]:
            del self._proving[other]
        while waiting and (len(waiting) >= most or next(iter(waiting.values())).began_ms <= gone.began_ms - AWAY_MS):
            waiting.popitem(last=False)
        waiting[state] = gone

    def proves(self, state: str) -> bool:
        """Did whoever comes back with this go away to prove who they are, and not to sign in?"""
        return state in self._proving

    def errand(self, state: str, given: Pass | None) -> Errand:
        """Why they went; of somebody's session nothing to anybody else."""
        gone = self._proving.get(state) or self._gone.get(state)
        ours = gone is not None and gone.credential in ("", given.credential if given else "")
        return gone.errand if gone is not None and ours else NO_ERRAND

    async def _document(self, settings: Provider) -> Discovery:
        now_ms = self._node.clock.now_ms()
        if self._found is None or now_ms - self._found_ms >= DOCUMENT_KEPT_MS:
            body = await self._got(provider.discovery_address(settings.issuer))
            self._found, self._found_ms, self._keys = provider.discovered(body, settings.issuer), now_ms, b""
        return self._found

    async def _got(self, url: str) -> bytes:
        status, body = await self._web.fetch(url)
        if status != 200:
            raise ConnectionError(f"status {status}")
        return body

    # And back ---------------------------------------------------------------------------------------------------

    async def finish(
        self, browser: str, state: str, code: str, label: str = "", given: Pass | None = None
    ) -> Entered | Done | Declined:
        """`browser`: from its cookie; `state` and `code` as the provider sent them.  Done: it was to prove again."""
        settings = self._settings
        if settings is None:
            return OFF
        gone = self._gone.pop(state, None) or self._proving.pop(state, None)
        if gone is None or self._node.clock.now_ms() - gone.began_ms >= AWAY_MS:
            return WORN_OUT
        if not same_secret(gone.browser_hash, token_hash(browser[:TYPED_MAX_CHARS])):
            return WORN_OUT
        if not code or len(code) > TYPED_MAX_CHARS:
            return REFUSED
        try:
            claims = await self._vouched(settings, gone, code)
        except OSError:
            return DOWN
        except NotVouched:
            return REFUSED
        who = self._member(provider.named_in(claims, settings.claim), settings.claim)
        if who is None:
            return UNKNOWN
        if gone.credential:
            return await self._proved(gone, claims, who, given)
        return await self._entered(*who, label)

    async def _vouched(self, settings: Provider, gone: _Gone, code: str) -> Mapping[str, Any]:
        found = await self._document(settings)
        form = provider.trade(code, back=self._back, verifier=gone.verifier)
        basic = (quote(settings.client_id, safe=""), quote(settings.client_secret, safe=""))
        if not found.takes_basic:
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        status, body = await self._web.fetch(found.token_endpoint, form, basic if found.takes_basic else None)
        if status >= 500:
            raise ConnectionError(f"status {status}")
        if status != 200:
            raise NotVouched(f"status {status}")
        token, access_token = provider.token_in(body)
        try:
            return self._claims(settings, found, gone, token, access_token, await self._public_keys(found))
        except UnknownKey:
            keys = await self._public_keys(found, again=True)
            return self._claims(settings, found, gone, token, access_token, keys)

    def _claims(
        self, settings: Provider, found: Discovery, gone: _Gone, token: str, access_token: str, keys: bytes
    ) -> Mapping[str, Any]:
        return provider.claims_of(
            token,
            keys,
            issuer=found.issuer,
            client=settings.client_id,
            nonce=gone.nonce,
            now_ms=self._node.clock.now_ms(),
            access_token=access_token,
        )

    async def _public_keys(self, found: Discovery, *, again: bool = False) -> bytes:
        now_ms = self._node.clock.now_ms()
        if not self._keys or (again and now_ms - self._keys_ms >= KEYS_AGAIN_MS):
            self._keys, self._keys_ms = await self._got(found.jwks_uri), now_ms
        return self._keys

    # Who that is ------------------------------------------------------------------------------------------------

    def _member(self, named: str, claim: str) -> tuple[str, str] | None:
        """Organisation and member, where exactly one is meant."""
        found = [
            (org, member.id)
            for org, directory in self._node.world.directories.items()
            for member in directory.members.values()
            if (named.casefold() in _mail_of(member.contacts) if claim == "email" else named == member.id)
        ]
        return found[0] if named and len(found) == 1 else None

    async def _proved(
        self, gone: _Gone, claims: Mapping[str, Any], who: tuple[str, str], given: Pass | None
    ) -> Done | Declined:
        """The same person, on the same session, and lately."""
        if given is None or given.credential != gone.credential or (given.org, given.reader.member) != who:
            return REFUSED
        if not provider.proved_since(claims, gone.began_ms):
            return REFUSED
        reply = await self._node.submit(s.ProveAgain(org=given.org, by=given.by))
        assert isinstance(reply, Done | Declined)
        return reply

    async def _entered(self, org: str, member: str, label: str) -> Entered | Declined:
        token, hashed = new_token(self._entropy.seed(), "session")
        reply = await self._node.submit(s.SignInByProvider(org=org, member=member, token_hash=hashed, label=label))
        if isinstance(reply, Declined):
            return reply
        session = self._node.world.kept(org, Session, id_of(hashed))
        assert session is not None, "a session that was just stored is known"
        return Entered(
            token=token,
            session=session.id,
            org=org,
            member=member,
            how=SignedIn.SINGLE_SIGN_ON,
            ends_ms=session.ends_ms,
            idle_ms=session.idle_ms,
        )


def _mail_of(contacts: Any) -> set[str]:
    return {contact.to.casefold() for contact in contacts if contact.kind is Channel.EMAIL}
