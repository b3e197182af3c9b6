"""What a hostile reader of the second half of the bell looked for: practice and danger side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from town import Town

from tocsin.core.limits import NUMBER_MISSES_TOLD
from tocsin.core.words import Answer


@pytest.fixture(params=[False, True], ids=["steady", "restarts"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    yield Town(restarts=request.param)


def test_a_drill_s_number_that_nobody_knows_any_more_is_no_guess_at_a_real_alert(town: Town) -> None:
    """The process that sent the drill died, or it was yesterday: somebody rung for real sends its number back."""
    town.press()
    town.settle()
    for _ in range(NUMBER_MISSES_TOLD):
        assert town.text("teo", "9427") is not None
    person = town.alert().people["teo"]
    assert (person.answer, person.number_misses) == (None, 0) and town.pages == []
    town.text("teo", "4127")
    assert town.alert().people["teo"].number_misses == 1


def test_a_wrong_number_of_a_drill_is_a_miss_at_that_drill_alone(town: Town) -> None:
    drill = town.press("noor", drill=True).alert
    town.settle()
    town.text("teo", "9427")
    assert town.alert(drill).people["teo"].number_misses == 1


def test_one_rung_for_real_and_told_of_a_drill_answers_the_real_one_by_1_2_3(town: Town) -> None:
    town.press()
    town.settle()
    assert town.text("teo", "1") is not None
    person = town.alert().people["teo"]
    assert (person.answer, person.counts) == (Answer.COMING, False)
