"""API keys: named scopes, a year at the most, and an end that comes by itself."""

from __future__ import annotations

import pytest
from entrance import ORG, Entrance, centre

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.entry_commands import MakeKey
from tocsin.core.access.record import OPERATOR, By, Key, id_of
from tocsin.core.access.words import Ended, KeyScope, Told
from tocsin.core.because import Because
from tocsin.core.limits import KEY_LIVES_MAX_MS
from tocsin.identity.token import token_hash

DAY_MS = 24 * 3_600_000


@pytest.fixture
def door() -> Entrance:
    return Entrance(centre())


def making(
    door: Entrance,
    *scopes: KeyScope,
    by: By = OPERATOR,
    label: str = "Door system",
    lasts_ms: int = DAY_MS,
) -> MakeKey:
    ends_ms = door.now_ms + lasts_ms
    return MakeKey(org=ORG, by=by, token_hash=token_hash("key"), label=label, scopes=scopes, ends_ms=ends_ms)


def known(door: Entrance) -> Key:
    found = door.world.kept(ORG, Key, id_of(token_hash("key")))
    assert found is not None
    return found


def test_a_key_has_the_scopes_it_was_given_each_once(door: Entrance) -> None:
    ada = door.signed_in("ada")
    door.done(making(door, KeyScope.RAISE, KeyScope.METRICS, KeyScope.RAISE, by=ada, label="  Door system "))
    key = known(door)
    assert (key.scopes, key.label, key.by) == ((KeyScope.RAISE, KeyScope.METRICS), "Door system", "ada")
    assert (door.trail()[-1].what, door.trail()[-1].told) == ("key_made", Told.SUPERVISORS)


def test_a_key_ends_at_its_time_by_itself_and_leaves_memory(door: Entrance) -> None:
    door.done(making(door, KeyScope.ALERTS))
    door.done(LookAt(org=ORG, kind="key", id=known(door).id))
    door.restart()
    door.later(DAY_MS - 1)
    assert known(door).open
    door.later(1)
    assert known(door).ended is Ended.EXPIRED and not door.world.all_kept(ORG, Key) and not door.wakes("key")
    door.done(LookAt(org=ORG, kind="key", id=known(door).id))
    assert door.whats()[-2:] == ["key_made", "key_ended"]


@pytest.mark.parametrize("who", ["teo", "wale", "noor", "lena"])
def test_only_administrators_and_the_operator_make_keys(door: Entrance, who: str) -> None:
    assert door.declined(making(door, KeyScope.RAISE, by=door.signed_in(who))) is c.Problem.NOT_ALLOWED


def test_a_key_is_for_something_named_and_scoped_and_for_a_year_at_most(door: Entrance) -> None:
    wrong = [
        (making(door, KeyScope.RAISE, label="  "), Because.KEY_NAME),
        (making(door), Because.KEY_SCOPE),
        (making(door, KeyScope.RAISE, lasts_ms=0), Because.KEY_TIME),
        (making(door, KeyScope.RAISE, lasts_ms=KEY_LIVES_MAX_MS + 1), Because.KEY_TIME),
    ]
    for command, because in wrong:
        assert door.do(command) == c.Declined(problem=c.Problem.NOT_ALLOWED, because=because)
    door.done(making(door, KeyScope.RAISE, lasts_ms=KEY_LIVES_MAX_MS))
