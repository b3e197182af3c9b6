"""Whom a roll call does not reach: what its own messages came to, not what is believed of anybody's number."""

from __future__ import annotations

import pytest
from people import ORG, directory
from roll_called import REMIND_S, Roll
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.roll_record import RollUnreached
from tocsin.core.access.roll_sight import RollState
from tocsin.core.round_commands import HearRoll, RollHeard
from tocsin.core.words import Reason


@pytest.fixture
def roll(roll: Roll) -> Roll:
    """One whose first messages are out."""
    roll.wave()
    return roll


def of(roll: Roll, name: str) -> tuple[RollState, Reason | None]:
    (line,) = [line for line in roll.view().people if line.member.id == name]
    return line.state, line.why


NO_ANSWER = (RollState.NO_ANSWER, None)
PHONE_OFF = (RollState.NOT_REACHED, Reason.PHONE_OFF)


def test_somebody_whose_message_failed_on_every_way_is_not_reached_and_it_says_why(roll: Roll) -> None:
    roll.heard("teo", None)
    assert of(roll, "teo") == NO_ANSWER, "a carrier has it"
    roll.heard("teo", Reason.PHONE_OFF)
    assert of(roll, "teo") == PHONE_OFF
    roll.heard("teo", Reason.FILTERED)
    assert of(roll, "teo") == (RollState.NOT_REACHED, Reason.FILTERED)
    assert roll.view().counts.not_reached == 1 and of(roll, "noor") == NO_ANSWER


def test_a_late_receipt_takes_it_back_and_a_later_failure_says_it_again(roll: Roll) -> None:
    roll.heard("teo", Reason.PHONE_OFF)
    roll.heard("teo", None)
    roll.heard("teo", None)
    assert of(roll, "teo") == NO_ANSWER
    roll.heard("teo", Reason.PHONE_OFF)
    assert of(roll, "teo") == PHONE_OFF


def test_the_same_news_again_changes_nothing(town: Town, roll: Roll) -> None:
    roll.heard("teo", Reason.PHONE_OFF)
    before = town.world.all_kept(ORG, RollUnreached)
    roll.heard("teo", Reason.PHONE_OFF)
    assert town.world.all_kept(ORG, RollUnreached) == before


def test_the_newest_message_counts_and_what_comes_late_of_an_older_one_is_no_news(roll: Roll) -> None:
    first = roll.round
    roll.heard("teo", Reason.PHONE_OFF)
    roll.at(REMIND_S + 1)
    roll.wave()
    assert of(roll, "teo") == PHONE_OFF, "until the next message has said anything"
    roll.heard("teo", None)
    roll.heard("teo", Reason.EXPIRED, first)
    assert of(roll, "teo") == NO_ANSWER
    roll.heard("noor", None, first)
    roll.heard("noor", Reason.PHONE_OFF)
    assert of(roll, "noor") == PHONE_OFF, "reached then and not now: whoever watches has to know"


def test_whoever_is_safe_was_reached_in_some_other_way(roll: Roll) -> None:
    roll.heard("noor", Reason.PHONE_OFF)
    roll.safe("noor")
    assert of(roll, "noor") == (RollState.SAFE, None)


def test_a_number_that_turned_bad_since_counts_at_once(town: Town, roll: Roll) -> None:
    roll.heard("teo", None)
    town.text("teo", "STOP", opt_out="STOP")
    assert of(roll, "teo") == (RollState.NOT_REACHED, Reason.OPTED_OUT)


def test_the_report_keeps_what_was_so_when_it_closed(town: Town, roll: Roll) -> None:
    roll.heard("teo", Reason.PHONE_OFF)
    roll.close()
    roll.look()
    roll.heard("teo", None)
    town.founded(directory(on=()))
    assert of(roll, "teo") == PHONE_OFF and of(roll, "bo") == NO_ANSWER
    assert not town.world.all_kept(ORG, RollUnreached), "the report holds it, and the lines are gone"


def test_news_of_a_roll_call_that_nobody_knows_is_no_news(town: Town, roll: Roll) -> None:
    for round in ("round-w.gone", "round-1", f"round-else.{roll.id}"):
        said = HearRoll(org=ORG, round=round, heard=(RollHeard("teo", Reason.PHONE_OFF),))
        assert town.do(said) == c.Done()
    assert of(roll, "teo") == NO_ANSWER
