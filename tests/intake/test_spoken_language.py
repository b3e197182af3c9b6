"""A page that knows its reader learns which language they read; a screen that anybody passes learns nobody's."""

from __future__ import annotations

import asyncio

from everybody import Everybody
from msgspec.structs import replace

from outside import ORG


def language_of(reader: str, speaks: str) -> object:
    centre = Everybody()
    directory = centre.ring.world.directories[ORG]
    people = {id: replace(member, language=speaks) for id, member in directory.members.items()}
    centre.ring.world.directories[ORG] = replace(directory, members=people)
    me = asyncio.run(centre.ask("GET /api/v1/me", reader))
    return me.json["member"]["language"]


def test_a_phone_and_a_session_learn_the_language_of_their_member() -> None:
    for reader in ("device-worker-plain", "session-supervisor-plain"):
        assert [language_of(reader, speaks) for speaks in ("en", "es")] == ["en", "es"]


def test_a_wallboard_is_told_nobodys_language() -> None:
    assert language_of("wallboard", "es") is None
