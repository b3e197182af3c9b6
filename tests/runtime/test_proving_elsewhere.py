"""Showing again who one is at the organisation's own provider: for one session, once, and just now."""

from __future__ import annotations

from msgspec.structs import replace
from rig import ORG
from test_single_sign_on import NOW_S, REFUSED, Town, no, told

from tocsin.core import commands as c
from tocsin.core.commands import Declined, Problem
from tocsin.core.limits import FRESH_MS
from tocsin.runtime.access.single_sign_on import Away, Errand
from tocsin.runtime.passes import Passes


@told
async def test_whoever_is_sent_to_prove_again_comes_back_fresh_as_themself_and_just_now() -> None:
    async with Town() as town:
        _, given = await town.entered()
        town.node.time_ms += FRESH_MS + 1_000
        town.provider.now_s += FRESH_MS // 1_000 + 1
        away = await town.away(given)
        assert "prompt=login" in away.url and "max_age=0" in away.url
        assert await town.enter(given) == c.Done()
        found = Passes(town.node).again(given)
        assert found is not None and found.fresh_ms == town.node.time_ms
        for claims in ({"auth_time": NOW_S}, {"auth_time": None}, {"email": "bo@example.org"}):
            town.provider.claims = claims
            assert await town.enter(given) == REFUSED, claims
        town.provider.claims = {}
        away = await town.away(given)
        state, code = town.provider.visit(away.url)
        assert await town.service.finish(away.browser, state, code) == REFUSED, "the session is not there any more"


@told
async def test_what_proves_one_session_proves_it_once_and_no_other() -> None:
    async with Town() as town:
        _, given = await town.entered()
        _, other = await town.entered()
        worn = no(Problem.CHALLENGE_WORN_OUT)
        away = await town.away(given)
        state, code = town.provider.visit(away.url)
        assert town.service.proves(state) and not town.service.proves("made up")
        assert await town.service.finish(away.browser, state, code, given=other) == REFUSED
        assert await town.service.finish(away.browser, state, code, given=given) == worn, "it is used up by that"
        first, last = await town.away(given), await town.away(given)
        state, code = town.provider.visit(first.url)
        assert await town.service.finish(first.browser, state, code, given=given) == worn, "they went away again since"
        state, code = town.provider.visit(last.url)
        assert await town.service.finish(last.browser, state, code, given=given) == c.Done()
        assert await town.service.finish(last.browser, state, code, given=given) == worn


@told
async def test_whoever_is_suspended_while_they_are_away_proves_nothing() -> None:
    async with Town() as town:
        _, given = await town.entered()
        away = await town.away(given)
        state, code = town.provider.visit(away.url)
        member = town.node.world.directory(ORG).members["noor"]
        town.node.world.directories[ORG] = replace(
            town.node.world.directory(ORG),
            members={**town.node.world.directory(ORG).members, "noor": replace(member, suspended=True)},
        )
        facts = town.node.facts
        assert isinstance(await town.service.finish(away.browser, state, code, given=given), Declined)
        assert town.node.facts == facts


@told
async def test_what_was_typed_waits_for_the_session_that_typed_it_and_for_nobody_else() -> None:
    async with Town() as town:
        _, given = await town.entered()
        _, other = await town.entered()
        errand = Errand("/account/pins", again=True, typed=(("why", "She rang me."),))
        away = await town.service.begin(given, errand)
        assert isinstance(away, Away)
        state, _ = town.provider.visit(away.url)
        assert town.service.errand(state, given) == errand
        assert [town.service.errand(state, whoever) for whoever in (None, other)] == [Errand(), Errand()]
        stranger = await town.service.begin(None, Errand("/office"))
        assert isinstance(stranger, Away)
        state, _ = town.provider.visit(stranger.url)
        assert town.service.errand(state, None) == Errand("/office")
