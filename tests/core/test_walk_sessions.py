"""A walk and the sessions of its worker: one that was ended ends no walk, unless its owner was suspended."""

from __future__ import annotations

import pytest

from bureau import House
from tocsin.core import commands as c
from tocsin.core.access.record import By, id_of
from tocsin.core.access.words import Ended, Via
from tocsin.core.limits import DAY_MS
from tocsin.core.particulars import PinMatch
from tocsin.core.walk_commands import CancelWalk, CheckIn, ExtendWalk, HomeWalk, StartWalk, WalkTaken
from tocsin.core.words import Destination, WalkState
from tocsin.identity.token import token_hash

ORG = "alder"
NOT_ALLOWED = c.Declined(problem=c.Problem.NOT_ALLOWED)


class Walking:
    """Noor on a walk that she began in a session of hers."""

    def __init__(self) -> None:
        self.house = House()
        self.first = self.signed_in()
        by = By("noor", Via.SESSION, self.first)
        start = StartWalk(
            org=ORG, by=by, credential="c", key="k", member="noor", destination=Destination.CAR, minutes=60
        )
        taken = self.house.decide(start)
        assert isinstance(taken, WalkTaken)
        self.id = taken.walk

    def signed_in(self, ended: Ended | None = None, lasts_ms: int = DAY_MS) -> str:
        token = self.house.session("noor", ended=ended, idle_ms=lasts_ms)
        return id_of(token_hash(token))

    def home(self, session: str, match: PinMatch | None = None) -> c.Reply:
        return self.house.decide(HomeWalk(org=ORG, walk=self.id, member="noor", device=session, match=match))

    @property
    def state(self) -> WalkState:
        walk = self.house.world.walk(ORG, self.id)
        assert walk is not None
        return walk.state


@pytest.mark.parametrize("why", [Ended.SIGNED_OUT, Ended.REVOKED, Ended.LOST, Ended.IDLE])
def test_a_session_that_was_ended_says_nothing_of_a_walk_any_more(why: Ended) -> None:
    noor = Walking()
    stolen = noor.signed_in(ended=why)
    for command in (
        HomeWalk(org=ORG, walk=noor.id, member="noor", device=stolen),
        CancelWalk(org=ORG, walk=noor.id, member="noor", device=stolen),
        CheckIn(org=ORG, walk=noor.id, member="noor", device=stolen),
        ExtendWalk(org=ORG, walk=noor.id, member="noor", device=stolen, minutes=5),
    ):
        assert noor.house.decide(command) == NOT_ALLOWED
    assert noor.state is WalkState.OUT


def test_nor_does_one_that_has_run_out_before_its_wake_up_came() -> None:
    noor = Walking()
    left_open = noor.signed_in(lasts_ms=1_000)
    noor.house.clock.ms += 1_000
    assert noor.home(left_open) == NOT_ALLOWED and noor.state is WalkState.OUT
    assert noor.home(noor.first) == WalkTaken(walk=noor.id, state=WalkState.HOME)


def test_one_that_ended_with_its_owner_s_suspension_still_says_home() -> None:
    noor = Walking()
    assert noor.home(noor.signed_in(ended=Ended.SUSPENDED)) == WalkTaken(walk=noor.id, state=WalkState.HOME)


def test_the_duress_pin_calls_for_help_by_whichever_session() -> None:
    noor = Walking()
    assert noor.home(noor.signed_in(ended=Ended.SIGNED_OUT), PinMatch.DURESS) == NOT_ALLOWED
    (alert,) = noor.house.world.open_alerts(ORG)
    assert alert.under_duress and noor.state is WalkState.OUT
