"""The ladder on paper is the real one: of an alert that hides nothing it finds, at every second, what that came to.

So whatever is changed in how people are rung is changed for what a shadow shows too.
"""

from __future__ import annotations

import pytest
from carrier import Mood
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from people import PEOPLE, PLAN, directory, rung
from town import Town

from tocsin.core.alert import own_life
from tocsin.core.directory import Plan
from tocsin.core.fresh_ladder import climbed
from tocsin.core.words import Answer

BACKSTOP = ("member:ines", "member:wale", "member:hana")
AUDIENCES = ("on_shift", "role:supervisor", "member:teo", "member:bo", "member:wale", "member:hana")
NIGHT_S = 150  # Well into the second pass of the longest of these plans.


def follow(town: Town, *, from_s: int, until_s: int) -> None:
    """Second by second."""
    for second in range(from_s, until_s):
        town.at(second)
        town.settle()
        alert = town.alert()
        life = replace(own_life(alert), channels=tuple(sorted(town.world.channels)))
        found = climbed(alert, life, town.directory, town.now_ms)
        assert list(found.met) == list(alert.people), f"at {second} s"
        assert found.rung == alert.rung, f"at {second} s"
    town.unheard.clear()


def pressed(*on: str, plan: Plan = PLAN, **moods: Mood) -> Town:
    town = Town()
    town.founded(directory(on=("noor", *on), plan=plan))
    town.carrier.moods.update(moods)
    town.press()
    return town


def plan_of(*rungs: tuple[int, tuple[str, ...]]) -> Plan:
    return replace(PLAN, rungs=(*(rung(after_s, *audience) for after_s, audience in rungs), rung(90, *BACKSTOP)))


def test_rungs_are_climbed_and_begun_anew() -> None:
    follow(pressed("teo", "bo", "ines"), from_s=0, until_s=NIGHT_S)


def test_a_rung_of_nobody_is_climbed_past() -> None:
    follow(pressed("teo", "bo", plan=plan_of((0, ("on_shift",)), (20, ("role:supervisor",)))), from_s=0, until_s=100)


@pytest.mark.parametrize("mood", [Mood.PHONE_OFF, Mood.DOWN, Mood.VANISHES])
def test_a_rung_of_whom_nobody_is_reached_is_climbed_when_that_is_known_and_stays_so(mood: Mood) -> None:
    """Even while they are tried again, and count as reachable until that fails too."""
    plan = plan_of((0, ("member:bo",)), (30, ("member:teo",)), (60, ("on_shift",)))
    town = pressed("teo", "bo", "ines", plan=plan, bo=mood)
    follow(town, from_s=0, until_s=NIGHT_S)
    assert {"bo", "teo"} <= set(town.alert().people)


def test_enough_who_help_pause_it_and_when_they_fall_silent_it_goes_on() -> None:
    town = pressed("teo", "bo")
    follow(town, from_s=0, until_s=20)
    town.say("teo", Answer.COMING)
    town.say("bo", Answer.COMING)
    follow(town, from_s=20, until_s=NIGHT_S)
    assert "hana" in town.alert().people


def test_where_all_say_that_they_cannot_others_join() -> None:
    town = pressed("teo", "bo", plan=plan_of((0, ("member:teo",)), (40, ("member:bo",))))
    follow(town, from_s=0, until_s=10)
    town.say("teo", Answer.CANNOT)
    follow(town, from_s=10, until_s=60)


class Drawn(Struct, frozen=True):
    """A night: who is on, by which rungs they are called, whose phone does what, and who says what at which second."""

    on: frozenset[str]
    rungs: tuple[tuple[int, tuple[str, ...]], ...]
    moods: dict[str, Mood]
    said: dict[str, tuple[int, Answer]]


HELPERS = st.sampled_from(sorted(set(PEOPLE) - {"noor"}))
CALLED = st.lists(st.sampled_from(AUDIENCES), min_size=1, max_size=2).map(tuple)
NIGHTS = st.builds(
    Drawn,
    st.frozensets(HELPERS),
    st.builds(
        lambda first, more: ((0, first), *sorted(more.items())),
        CALLED,
        st.dictionaries(st.integers(1, 80), CALLED, max_size=3),
    ),
    st.dictionaries(HELPERS, st.sampled_from([Mood.PHONE_OFF, Mood.DOWN, Mood.VANISHES, Mood.MUTE])),
    st.dictionaries(HELPERS, st.tuples(st.integers(1, 70), st.sampled_from(Answer))),
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NIGHTS)
def test_whatever_the_plan_the_phones_and_the_answers_are(night: Drawn) -> None:
    lived(night)


def lived(night: Drawn) -> None:
    town = pressed(*sorted(night.on), plan=plan_of(*night.rungs), **night.moods)
    second = 0
    for name, (said_s, answer) in sorted(night.said.items(), key=lambda told: told[1][0]):
        follow(town, from_s=second, until_s=said_s)
        second = max(second, said_s)
        town.at(max(said_s - 0.5, town.seconds))
        if name in town.alert().people:
            town.say(name, answer)
    follow(town, from_s=second, until_s=NIGHT_S)
