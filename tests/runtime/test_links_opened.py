"""A link's token travels in the fragment, looking consumes nothing, using works once; keys and recoveries beside it."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from rig import ORG, SITE, Chance, Rig

from tocsin.core.access.record import OPERATOR, By, Desk, Key, Link, Session, Wallboard, id_of
from tocsin.core.access.words import Ended, KeyScope, LinkKind, RecoveryState, SignedIn, Via
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Place
from tocsin.core.limits import DAY_MS, RECOVERY_DELAY_MS
from tocsin.identity.token import token_hash
from tocsin.ports import StoreFull
from tocsin.runtime.access.keys import Keys
from tocsin.runtime.access.links import Links, NewLink, Opened, for_people, picture
from tocsin.runtime.access.recovering import Recovering
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.passes import Pass, Passes

PUBLIC_URL = "https://tocsin.example.org"


@pytest.fixture
def links(rig: Rig) -> Links:
    return Links(rig.bell, Chance(), PUBLIC_URL)


async def made(links: Links, kind: LinkKind, **more: str) -> NewLink:
    link = await links.make(ORG, OPERATOR, kind, **more)
    assert isinstance(link, NewLink), link
    return link


def token_of(link: NewLink) -> str:
    return urlsplit(link.url).fragment


async def used(links: Links, link: NewLink, label: str = "") -> Opened:
    opened = await links.use(token_of(link), label)
    assert isinstance(opened, Opened), opened
    return opened


def placed(rig: Rig) -> None:
    """The site has a place where a desk can stand."""
    spot = Place(SITE, "c3", "Console 3", "room")
    rig.bell.world.directories[ORG] = replace(rig.bell.world.directory(ORG), places=(spot,))


async def signed_in(rig: Rig, links: Links, name: str) -> Pass:
    """By an invitation; fresh, as whoever has just come in is."""
    opened = await used(links, await made(links, LinkKind.INVITATION, member=name))
    found = Passes(rig.bell).of(opened.token)
    assert found is not None
    return found


async def test_the_token_of_a_link_is_in_the_fragment_and_in_the_store_only_as_a_hash(rig: Rig, links: Links) -> None:
    link = await made(links, LinkKind.INVITATION, member="noor")
    parts = urlsplit(link.url)
    assert (parts.scheme, parts.netloc, parts.path, parts.query) == ("https", "tocsin.example.org", "/link", "")
    assert len(parts.fragment) > 40 and parts.fragment not in repr(rig.store.content)
    assert link.id == id_of(token_hash(parts.fragment)) and link.id not in link.url


async def test_looking_at_a_link_says_what_it_is_for_and_consumes_nothing(rig: Rig, links: Links) -> None:
    placed(rig)
    wanted = {
        LinkKind.INVITATION: ({"member": "noor"}, "Noor"),
        LinkKind.ENROLMENT: ({"member": "teo"}, "Teo"),
        LinkKind.WALLBOARD: ({"subject": SITE}, "Alder"),
        LinkKind.DESK: ({"subject": f"{SITE}/c3"}, "Console 3"),
    }
    for kind, (more, name) in wanted.items():
        link = await made(links, kind, **more)
        for _ in range(3):
            seen = links.look(token_of(link))
            assert seen is not None and (seen.kind, seen.name, seen.organisation) == (kind, name, "Alder dispatch")
    assert len(rig.bell.world.all_kept(ORG, Link)) == 4


async def test_a_link_whose_site_is_gone_still_says_something(rig: Rig, links: Links) -> None:
    link = await made(links, LinkKind.WALLBOARD, subject=SITE)
    rig.bell.world.directories[ORG] = replace(rig.bell.world.directory(ORG), sites={})
    seen = links.look(token_of(link))
    assert seen is not None and seen.name == SITE


async def test_using_a_link_twice_in_one_moment_lets_one_in(rig: Rig, links: Links) -> None:
    token = token_of(await made(links, LinkKind.INVITATION, member="noor"))
    outcomes = await asyncio.gather(links.use(token), links.use(token), links.use(token))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Declined", "Declined", "Opened"]
    assert links.look(token) is None
    again = await links.use(token)
    assert isinstance(again, Declined) and again.problem is Problem.LINK_WORN_OUT


@pytest.mark.parametrize("token", ["", "tocsin_", "never made", "\ud800", "a" * 10_000])
async def test_what_was_never_a_link_is_a_worn_out_one(links: Links, token: str) -> None:
    assert links.look(token) is None
    outcome = await links.use(token)
    assert isinstance(outcome, Declined) and outcome.problem is Problem.LINK_WORN_OUT


async def test_each_link_opens_what_it_is_for_and_its_token_is_a_pass(rig: Rig, links: Links) -> None:
    passes = Passes(rig.bell)
    placed(rig)
    for kind, more, via in (
        (LinkKind.INVITATION, {"member": "noor"}, Via.SESSION),
        (LinkKind.ENROLMENT, {"member": "noor"}, Via.DEVICE),
        (LinkKind.WALLBOARD, {"subject": SITE}, Via.WALLBOARD),
        (LinkKind.DESK, {"subject": f"{SITE}/c3"}, Via.DESK),
    ):
        opened = await used(links, await made(links, kind, **more), "here")
        found = passes.of(opened.token)
        assert found is not None and found.via is via and not found.raise_only
    assert [device.label for device in rig.bell.world.directory(ORG).devices.values()] == ["here"]
    assert len(rig.bell.world.all_kept(ORG, Desk)) == len(rig.bell.world.all_kept(ORG, Wallboard)) == 1


async def test_a_link_lapses_by_itself_on_the_running_node(rig: Rig, links: Links) -> None:
    link = await made(links, LinkKind.ENROLMENT, member="noor")
    await rig.settle((link.ends_ms - rig.clock.now_ms()) / 1000 + 1)
    assert not rig.bell.world.all_kept(ORG, Link)
    over = rig.bell.world.kept(ORG, Link, link.id)
    assert over is not None and over.ended is Ended.EXPIRED and links.look(token_of(link)) is None


async def test_who_may_not_make_a_link_is_told_so(links: Links) -> None:
    outcome = await links.make(ORG, By("noor", Via.SESSION, "x"), LinkKind.INVITATION, member="bo")
    assert isinstance(outcome, Declined) and outcome.problem is Problem.NOT_ALLOWED


async def test_a_disk_that_refuses_consumes_no_link(rig: Rig, links: Links) -> None:
    token = token_of(await made(links, LinkKind.INVITATION, member="noor"))
    rig.store.mood = StoreFull()
    with pytest.raises(Unavailable):
        await links.use(token)
    rig.store.mood = None
    assert links.look(token) is not None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("http://[::1]:8000/", "http://localhost:8000"),
        ("http://0.0.0.0", "http://localhost"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("https://tocsin.example.org/", "https://tocsin.example.org"),
    ],
)
def test_links_for_people_on_this_machine_say_localhost(given: str, shown: str) -> None:
    assert for_people(given) == shown


def test_the_picture_of_a_link_needs_no_style_and_no_script() -> None:
    svg = picture(f"{PUBLIC_URL}/link#tocsin_{'a' * 43}")
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own words
    assert root.tag.endswith("svg") and not re.search(r"style|script|href|data:|width=|height=", svg)
    assert "#fff" in svg, "it can be scanned in a dark theme too"


async def test_a_key_is_shown_once_and_works_until_its_day(rig: Rig) -> None:
    key = await Keys(rig.bell, Chance()).make(ORG, OPERATOR, "Door system", [KeyScope.RAISE], 30)
    assert not isinstance(key, Declined)
    found = Passes(rig.bell).of(key.token)
    assert found is not None and (found.via, found.scopes) == (Via.KEY, (KeyScope.RAISE,))
    kept = rig.bell.world.kept(ORG, Key, key.id)
    assert kept is not None and kept.ends_ms == key.ends_ms == kept.made_ms + 30 * DAY_MS
    assert key.token not in repr(rig.store.content)
    none = await Keys(rig.bell, Chance()).make(ORG, OPERATOR, "Door system", [])
    assert isinstance(none, Declined)


async def test_a_recovery_is_seen_by_those_who_may_vouch_and_by_the_person(rig: Rig, links: Links) -> None:
    recovering = Recovering(rig.bell, links)
    ines, wale, bo, noor = [await signed_in(rig, links, name) for name in ("ines", "wale", "bo", "noor")]
    assert await recovering.ask(ines, "noor", "lost it all") == Done()
    (seen,) = recovering.under_way(wale)
    assert (seen.member, seen.asked_by, seen.why, seen.may) == ("noor", "ines", "lost it all", ("vouch", "refuse"))
    assert (
        [one.may for one in recovering.under_way(ines)]
        == [("refuse",)]
        == [one.may for one in recovering.under_way(noor)]
    )
    assert recovering.under_way(bo) == []
    assert await recovering.vouch(wale, seen.id) == Done()
    await rig.settle(RECOVERY_DELAY_MS / 1000 + 1)
    again = [await signed_in(rig, links, name) for name in ("ines", "wale")]
    for vouched in again:
        (seen,) = recovering.under_way(vouched)
        assert seen.state is RecoveryState.READY and seen.may == ("link", "refuse")
    link = await recovering.link(again[0], seen.id)
    assert isinstance(link, NewLink) and link.kind is LinkKind.RECOVERY
    opened = await used(links, link)
    session = rig.bell.world.kept(ORG, Session, id_of(token_hash(opened.token)))
    assert session is not None and (session.member, session.how) == ("noor", SignedIn.LINK)


async def test_a_recovery_is_refused_with_a_word(rig: Rig, links: Links) -> None:
    recovering = Recovering(rig.bell, links)
    ines, wale = [await signed_in(rig, links, name) for name in ("ines", "wale")]
    await recovering.ask(ines, "noor", "")
    (seen,) = recovering.under_way(wale)
    assert await recovering.refuse(wale, seen.id, "she is here") == Done()
    assert recovering.under_way(ines) == []


async def test_whoever_is_tied_to_the_person_sees_a_recovery_like_anybody_and_a_phone_sees_none(
    rig: Rig, links: Links
) -> None:
    recovering = Recovering(rig.bell, links)
    ines, wale = [await signed_in(rig, links, name) for name in ("ines", "wale")]
    await recovering.ask(ines, "noor", "")
    now = rig.bell.world.directory(ORG)
    tied = replace(now.members["wale"], not_told_about=("noor",))
    rig.bell.world.directories[ORG] = replace(now, members={**now.members, "wale": tied})
    assert [seen.member for seen in recovering.under_way(wale)] == ["noor"]  # It is told to every supervisor.
    assert recovering.under_way(Pass(ORG, Via.DEVICE, "no such", ines.reader)) == []
