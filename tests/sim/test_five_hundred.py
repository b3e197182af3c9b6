"""Load: five hundred people in danger within a second, each of whose phones says so fifty times."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.directory import Member
from tocsin.core.words import Came, Role
from tocsin.ports import StoredFact
from tocsin.sim.centre import ORG
from tocsin.sim.history import History
from tocsin.sim.options import Options

PEOPLE, REPEATS, SECOND_S = 500, 50, 1.0
CALM = Options(only={}, people=())


def crowd() -> dict[str, Member]:
    names = [f"worker-{number:03d}" for number in range(PEOPLE)]
    return {name: Member(name, name.title(), (Role.WORKER,), "en", ()) for name in names}


async def live(history: History) -> tuple[list[c.Reply], list[StoredFact]]:
    """Everybody presses within a second; every phone repeats itself fifty times."""
    history.climate.calm = True
    node, directory = history.node, history.directory
    node.start()
    founded = replace(directory, members={**directory.members, **crowd()})
    await node.ask(c.ReplaceDirectory(org=ORG, directory=founded, by="wale"))
    asks = []
    for name in crowd():
        key = f"press of {name}"
        press = c.Press(org=ORG, credential=name, key=key, member=name, device=name, came=Came.DEVICE)
        asks += [asyncio.ensure_future(node.bell.submit(press)) for _ in range(REPEATS)]
        await history.loop.pause(SECOND_S / PEOPLE)
    replies = await asyncio.gather(*asks)
    await history.loop.pause(1)
    return list(replies), node.store.facts(ORG, 0, 1_000_000)


@pytest.mark.slow
def test_five_hundred_people_in_one_second_are_all_heard_once_however_often_they_press() -> None:
    history = History(20, None, CALM)
    try:
        replies, facts = history.loop.run_until_complete(live(history))
        assert len(replies) == PEOPLE * REPEATS and all(isinstance(reply, c.PressTaken) for reply in replies)
        told = Counter(reply.receipt for reply in replies if isinstance(reply, c.PressTaken))
        assert len(told) == PEOPLE and set(told.values()) == {REPEATS}
        assert sum(fact.type == "Raised" for fact in facts) == PEOPLE
        assert not history.journal.refusals and not history.journal.broken
        first = {sent.alert: sent.begun_ms for sent in reversed(history.journal.sends)}
        raised = {fact.stream.partition("/")[2]: fact.at_ms for fact in facts if fact.type == "Raised"}
        assert set(first) == set(raised) and max(first[id] - at_ms for id, at_ms in raised.items()) < 3_000
    finally:
        history.node.close()
        history.loop.close()
