"""Signing in through the organisation's own provider: over real HTTP, with real signatures, and never above Tocsin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from ipaddress import ip_network
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from plain_node import PlainNode
from rig import ORG, directory

from fake_provider import CLIENT, SECRET, FakeProvider
from tocsin.channels.documents import BODY_MAX_BYTES, Documents, is_loopback
from tocsin.core.access.words import SignedIn
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Contact, Directory
from tocsin.core.words import Channel
from tocsin.identity import provider as oidc
from tocsin.identity.provider import NotVouched
from tocsin.runtime.access import single_sign_on
from tocsin.runtime.access.signing_in import Entered
from tocsin.runtime.access.single_sign_on import (
    AWAY_MS,
    DOCUMENT_KEPT_MS,
    KEYS_AGAIN_MS,
    Away,
    Provider,
    SingleSignOn,
)
from tocsin.runtime.passes import Pass, Passes

NOW_S = 1_795_000_000
PUBLIC = "https://tocsin.example.org"
LOOPBACK = ip_network("127.0.0.0/8")


def no(problem: Problem) -> Declined:
    return Declined(problem=problem)


REFUSED, DOWN = no(Problem.PROVIDER_REFUSED), no(Problem.PROVIDER_DOWN)


def with_mail(**mails: str) -> Directory:
    people = dict(directory().members)
    for name, to in mails.items():
        mail = Contact(f"{name}/mail", Channel.EMAIL, to, verified=True)
        people[name] = replace(people[name], contacts=(*people[name].contacts, mail))
    return replace(directory(), members=people)


class Town:
    """A node, its provider, and a browser that goes to and fro."""

    def __init__(self, people: Directory | None = None, claim: str = "email") -> None:
        self.node = PlainNode(people or with_mail(noor="noor@example.org", bo="bo@example.org"), NOW_S * 1_000)
        self.provider, self._claim = FakeProvider(NOW_S), claim

    async def __aenter__(self) -> Town:
        await self.provider.open()
        self.web = Documents([LOOPBACK])
        settings = Provider(self.provider.issuer, CLIENT, SECRET, self._claim)
        self.service = SingleSignOn(self.node, self.node, settings, PUBLIC, self.web)
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.web.close()
        await self.provider.close()

    async def away(self, given: Pass | None = None) -> Away:
        away = await self.service.begin(given)
        assert isinstance(away, Away), away
        return away

    async def enter(self, given: Pass | None = None) -> Entered | Done | Declined:
        away = await self.away(given)
        state, code = self.provider.visit(away.url)
        return await self.service.finish(away.browser, state, code, "Firefox", given)

    async def entered(self) -> tuple[Entered, Pass]:
        got = await self.enter()
        assert isinstance(got, Entered), got
        found = Passes(self.node).of(got.token)
        assert found is not None
        return got, found


def told(story: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A story with real sockets, on a loop of its own."""

    def test() -> None:
        asyncio.run(story())

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


# In --------------------------------------------------------------------------------------------------------------


@told
async def test_whom_the_provider_names_by_a_verified_address_is_let_in() -> None:
    async with Town() as town:
        got, given = await town.entered()
        assert (got.member, got.how, given.reader.member) == ("noor", SignedIn.SINGLE_SIGN_ON, "noor")
        await town.entered()
        assert town.provider.asked.count("/keys") == 1, "documents and keys are kept"
        town.node.time_ms += DOCUMENT_KEPT_MS
        assert await town.enter() == REFUSED, "its token is an hour old by our clock"
        assert town.provider.asked.count("/.well-known/openid-configuration") == 2


@told
async def test_another_claim_may_name_the_member_by_their_id() -> None:
    async with Town(claim="staff_id") as town:
        town.provider.claims = {"staff_id": "teo", "email_verified": False}
        got, _ = await town.entered()
        assert got.member == "teo"
        for named in ("Teo", "nobody", "", 7, None, ["teo"]):
            town.provider.claims = {"staff_id": named}
            assert await town.enter() == no(Problem.PROVIDER_UNKNOWN_MEMBER)


@told
async def test_an_address_that_is_not_verified_unknown_or_of_two_people_lets_nobody_in() -> None:
    async with Town(with_mail(noor="noor@example.org", bo="both@example.org", teo="Both@example.org")) as town:
        facts = town.node.facts
        for claims in (
            {"email_verified": False},
            {"email_verified": None},
            {"email": "stranger@example.org"},
            {"email": "both@example.org"},
            {"email": "+12025550120"},
            {"email": None},
        ):
            town.provider.claims = claims
            assert await town.enter() == no(Problem.PROVIDER_UNKNOWN_MEMBER)
        assert town.node.facts == facts and set(town.node.world.directory(ORG).members) == set(directory().members)


@told
async def test_a_member_suspended_here_is_refused_whatever_the_provider_says() -> None:
    people = with_mail(noor="noor@example.org")
    members = {**people.members, "noor": replace(people.members["noor"], suspended=True)}
    async with Town(replace(people, members=members)) as town:
        assert await town.enter() == no(Problem.RAISE_ONLY)
        assert town.node.facts == 0


# What is not believed --------------------------------------------------------------------------------------------


@told
async def test_a_token_for_others_by_others_of_old_or_for_another_nonce_is_not_believed() -> None:
    async with Town() as town:
        facts = town.node.facts
        for claims in (
            {"aud": "another client"},
            {"aud": [CLIENT, "another"], "azp": "another"},
            {"aud": [CLIENT, "another"]},
            {"iss": "https://login.example.net"},
            {"iss": None},
            {"exp": NOW_S - 61},
            {"exp": None},
            {"iat": NOW_S + 600},
            {"nbf": NOW_S + 600},
            {"nonce": "another"},
            {"nonce": None},
            {"sub": None},
            {"exp": "soon"},
        ):
            town.provider.claims = claims
            assert await town.enter() == REFUSED, claims
        assert town.node.facts == facts


@told
async def test_a_token_that_is_unsigned_or_signed_with_what_anybody_knows_is_not_believed() -> None:
    async with Town() as town:
        for algorithm in ("none", "HS256"):
            town.provider.algorithm = algorithm
            assert await town.enter() == REFUSED
        town.provider.algorithm = "ES256"
        await town.entered()
        town.provider.key, kept = ec.derive_private_key(8, ec.SECP256R1()), town.provider.key
        assert await town.enter() == REFUSED, "another key under the same name"
        town.provider.key = kept
        await town.entered()


@told
async def test_a_provider_that_changed_its_key_is_asked_again_and_not_without_end() -> None:
    async with Town() as town:
        await town.entered()
        town.provider.key, town.provider.kid = ec.derive_private_key(9, ec.SECP256R1()), "two"
        assert await town.enter() == REFUSED
        town.node.time_ms += KEYS_AGAIN_MS
        town.provider.now_s += KEYS_AGAIN_MS // 1_000
        await town.entered()
        assert town.provider.asked.count("/keys") == 2


@told
async def test_only_the_browser_that_went_away_comes_back_once_and_in_time() -> None:
    async with Town() as town:
        worn = no(Problem.CHALLENGE_WORN_OUT)
        one, other = await town.away(), await town.away()
        state, code = town.provider.visit(one.url)
        assert await town.service.finish(other.browser, state, code) == worn, "somebody else's link"
        assert await town.service.finish(one.browser, state, code) == worn, "and it is used up by that"
        assert await town.service.finish(one.browser, "made up", code) == worn
        state, code = town.provider.visit(other.url)
        town.node.time_ms += AWAY_MS
        assert await town.service.finish(other.browser, state, code) == worn
        late = await town.away()
        assert len(town.service._gone) == 1
        state, _ = town.provider.visit(late.url)
        assert await town.service.finish(late.browser, state, "") == REFUSED
        again = await town.away()
        state, _ = town.provider.visit(again.url)
        assert await town.service.finish(again.browser, state, "never given") == REFUSED


# Weather ---------------------------------------------------------------------------------------------------------


@told
async def test_a_provider_that_is_down_says_so_and_changes_nothing() -> None:
    async with Town() as town:
        for path in ("/.well-known/openid-configuration", "/token", "/keys"):
            for weather in ((503, b""), (500, b"oops")):
                town.provider.weather = {path: weather}
                town.service._found = None
                got = await town.service.begin()
                if isinstance(got, Away):
                    state, code = town.provider.visit(got.url)
                    assert await town.service.finish(got.browser, state, code) == DOWN
                else:
                    assert got == DOWN
        town.provider.weather = {}
        await town.entered()
        await town.provider.close()
        town.service._found = None
        assert await town.service.begin() == DOWN
        await town.provider.open()


@told
async def test_documents_that_make_no_sense_are_not_believed() -> None:
    async with Town() as town:
        document = "/.well-known/openid-configuration"
        for body in (b"", b"[]", b"{", b"\xff", b'{"issuer": 7}'):
            town.provider.weather = {document: (200, body)}
            assert await town.service.begin() == REFUSED
        town.provider.weather = {}
        for wrong in (
            {"issuer": "https://login.example.net"},
            {"token_endpoint": "http://192.0.2.7/token"},
            {"jwks_uri": "file:///etc/passwd"},
            {"authorization_endpoint": "http://[bad"},
            {"authorization_endpoint": "https://me:pw@login.example.org/"},
        ):
            town.provider.document = wrong
            assert await town.service.begin() == REFUSED, wrong
        town.provider.document = {}
        for path, body in (("/token", b"{}"), ("/token", b"<html>"), ("/keys", b"{}"), ("/keys", b"\xff")):
            town.service._keys = b""
            town.provider.weather = {path: (200, body)}
            assert await town.enter() == REFUSED


@told
async def test_no_redirect_is_followed_and_no_endless_document_read() -> None:
    async with Town() as town:
        document = "/.well-known/openid-configuration"
        town.provider.weather = {document: (302, b"")}
        assert await town.service.begin() == DOWN
        assert "/elsewhere" not in town.provider.asked
        town.provider.weather = {document: (200, b" " * (BODY_MAX_BYTES + 1))}
        assert await town.service.begin() == DOWN


@told
async def test_an_address_of_our_own_network_is_not_fetched_unless_it_is_named() -> None:
    async with Town() as town:
        shut = Documents([])
        service = SingleSignOn(town.node, town.node, Provider(town.provider.issuer, CLIENT, SECRET), PUBLIC, shut)
        assert await service.begin() == DOWN
        assert town.provider.asked == []
        await shut.close()


@told
async def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there() -> None:
    async with Town() as town:
        town.provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        await town.entered()


@told
async def test_where_it_is_not_set_up_it_is_said() -> None:
    async with Town() as town:
        off = SingleSignOn(town.node, town.node, None, PUBLIC, town.web)
        assert (off.on, town.service.on) == (False, True)
        assert await off.begin() == no(Problem.PROVIDER_OFF) == await off.finish("", "", "")
    assert SECRET not in repr(Provider("https://login.example.org", CLIENT, SECRET))
    assert is_loopback("http://localhost:1") and not is_loopback("https://login.example.org") and not is_loopback("x")


# Bounds and anything at all --------------------------------------------------------------------------------------


@told
async def test_a_flood_of_those_who_go_away_is_bounded() -> None:
    async with Town() as town:
        for number in range(single_sign_on.AWAY_MAX + 5):
            gone = single_sign_on._Gone("", "", "", "", town.node.time_ms)
            town.service._keep(str(number), gone)
        assert len(town.service._gone) == single_sign_on.AWAY_MAX
        for number in range(single_sign_on.PROVING_MAX + 5):
            gone = single_sign_on._Gone("", "", "", f"session {number}", town.node.time_ms)
            town.service._keep(f"known {number}", gone)
        assert len(town.service._proving) == single_sign_on.PROVING_MAX
        assert len(town.service._gone) == single_sign_on.AWAY_MAX, "neither pushes the other out"


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")), st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_anything_at_all_is_no_token_no_document_and_no_key(text: str, raw: bytes) -> None:
    for look in (
        lambda: oidc.claims_of(text, raw, issuer="i", client="c", nonce="n", now_ms=0),
        lambda: oidc.discovered(raw, "https://login.example.org"),
        lambda: oidc.token_in(raw),
    ):
        with pytest.raises(NotVouched):
            look()
