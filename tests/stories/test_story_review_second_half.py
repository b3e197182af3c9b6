"""What a hostile reader of the second half of the bell looked for: practice and danger side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from people import ORG
from town import Town

from tocsin.core import commands as c
from tocsin.core.limits import NUMBER_MISSES_TOLD
from tocsin.core.round_commands import ContactHeard, HearContacts
from tocsin.core.words import Answer, Reason


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


def test_what_a_round_learned_of_a_former_number_is_not_believed_of_the_new_one(town: Town) -> None:
    """A reach test goes to a number that the person gives up while it is under way."""
    old = town.member("teo").contacts[0]
    members = {
        **town.directory.members,
        "teo": replace(town.member("teo"), contacts=(replace(old, to="+12025550188"),)),
    }
    town.do(c.ReplaceDirectory(org=ORG, directory=replace(town.directory, members=members, devices={}), by="file"))
    for heard in (
        ContactHeard("teo", old.id, reason=Reason.NUMBER_DEAD, to=old.to),
        ContactHeard("teo", old.id, asked_ms=5, answered_ms=9, to=old.to),
    ):
        town.do(HearContacts(org=ORG, heard=(heard,)))
    contact = town.member("teo").contacts[0]
    assert contact.usable and contact.answered_ms is None
    town.do(HearContacts(org=ORG, heard=(ContactHeard("teo", old.id, reason=Reason.NUMBER_DEAD, to=contact.to),)))
    assert not town.member("teo").contacts[0].usable
