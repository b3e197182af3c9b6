"""A PIN over HTTP that comes too late, or with what its phone may not say: refused in the same bytes, and heard."""

from __future__ import annotations

import pytest
from test_walks import alerts, begun, do, refused, tell

from outside import DURESS_PIN, ORG, PIN, Centre
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.words import PlaceKind


def test_more_time_for_a_walk_that_is_over_is_refused_and_the_duress_pin_calls() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world, bay="lot-b")
        assert (await do(world, walk, "home")).json["state"] == "home"
        real = await do(world, walk, "extend", {"minutes": 5, "pin": PIN})
        refused(real, 409, "walk_over")
        assert alerts(world) == []
        duress = await do(world, walk, "extend", {"minutes": 5, "pin": DURESS_PIN})
        assert (duress.status, duress.body) == (real.status, real.body)
        (alert,) = alerts(world)
        assert alert.silent and alert.under_duress and alert.unseen and alert.places[PlaceKind.PLANNED].label == "Lot B"
        refused(await world.look("noor", alert.id), 404, "no_such_alert")

    tell(story)


@pytest.mark.parametrize("act", ["extend", "cancel"])
def test_a_duress_pin_beside_what_a_suspended_person_may_not_say_is_heard(act: str) -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        world.ring.decide(Suspend(org=ORG, member="noor", by=OPERATOR))
        answers = [await do(world, walk, act, {"minutes": 5, "pin": pin}) for pin in (PIN, "0000", DURESS_PIN)]
        assert len({(answer.status, answer.body) for answer in answers}) == 1
        refused(answers[0], 403, "raise_only")
        (alert,) = alerts(world)
        assert alert.under_duress and world.ring.world.open_walks(ORG), "and the walk goes on"

    tell(story)
