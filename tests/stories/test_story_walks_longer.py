"""More time for a walk, asked for again because its answer was lost: it is given once, and a PIN is heard each time."""

from __future__ import annotations

from town import Town
from two_towns import Both
from walker import DUE_S, Walker, ms

from tocsin.core.limits import WALK_EXTEND_MAX_MIN
from tocsin.core.walk_commands import WalkTaken
from tocsin.core.words import WalkState


def test_the_same_extension_again_lengthens_once_and_for_ever(town: Town) -> None:
    noor = Walker(town)
    noor.start(buddy="teo")
    town.expect("walk teo")
    for _ in range(2):
        reply = noor.extend(10, key="one")
    assert reply == WalkTaken(walk=noor.id, state=WalkState.OUT, known=True)
    assert noor.walk.due_ms == ms(DUE_S + 600) and noor.walk.extend_left_min == WALK_EXTEND_MAX_MIN - 10
    town.expect("walk teo")
    assert noor.extend(10, key="two") == noor.extend(5) == WalkTaken(walk=noor.id, state=WalkState.OUT)
    noor.device = "another phone"
    assert noor.extend(5, key="one") == WalkTaken(walk=noor.id, state=WalkState.OUT), "another phone's is another"
    assert noor.walk.due_ms == ms(DUE_S + 1_800)
    noor.device = "noor-phone"
    noor.home()
    assert noor.extend(10, key="one") == WalkTaken(walk=noor.id, state=WalkState.HOME, known=True)
    town.expect("walk teo teo teo teo")  # Each of the other three, and the end.


def test_an_extension_of_another_walk_may_have_the_same_key(town: Town) -> None:
    noor = Walker(town)
    noor.start()
    noor.extend(10, key="one")
    noor.home()
    noor.start()
    assert noor.extend(10, key="one") == WalkTaken(walk=noor.id, state=WalkState.OUT)
    assert noor.walk.due_ms == ms(DUE_S + 600)
    noor.home()


def test_it_looks_alike_whichever_pin_came_with_it_and_the_duress_pin_rings_each_time() -> None:
    both = Both(restarts=False, watched=True)
    both.do(lambda side: side.noor.start())
    for _ in range(2):
        both.do(lambda side: side.noor.extend(5, side.match, key="one"))
    assert both.forced.noor.alert.under_duress and both.forced.noor.alert.ringing == 2
    assert both.real.noor.walk.extended_min == both.forced.noor.walk.extended_min == 5
    both.home()
    both.at(30)
