"""The roll call as time passes: who is asked again, what is lost with a process, and what the report says."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG, SITE
from roll_called import REMIND_S, Roll
from town import START_MS, Town

from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.permit import NOT_ALLOWED
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.roll_calls import next_ms
from tocsin.core.access.roll_record import RollCall, RollSaid, SaidBy, Word, roll_of, round_of
from tocsin.core.access.roll_sight import RollState
from tocsin.core.limits import ROLL_CALL_LASTS_MS, ROLL_CALL_REMIND_MS, ROLL_CALLS_KEPT, ROLL_SAID_CLEARED
from tocsin.core.round import RoundKind
from tocsin.core.round_commands import BeginRound, EndRound
from tocsin.core.words import Reason

# Reminders, and the end ----------------------------------------------------------------------------------------------


def test_whoever_has_not_answered_is_asked_three_times_more_and_never_early(town: Town, roll: Roll) -> None:
    assert roll.kept.waves == 1 and next_ms(roll.kept) == roll.kept.began_ms + ROLL_CALL_REMIND_MS
    roll.wave()
    roll.safe("noor")
    roll.at(REMIND_S)
    assert roll.kept.waves == 1, "a second too early"
    for wave in (2, 3, 4, 4, 4):
        roll.at(
            1 + REMIND_S * (roll.kept.waves) if wave != 4 or roll.kept.waves < 4 else round(town.seconds) + REMIND_S
        )
        assert roll.kept.waves == wave
    assert next_ms(roll.kept) == roll.kept.began_ms + ROLL_CALL_LASTS_MS
    assert roll.to_ask() == ["teo", "bo", "ines"]


def test_after_a_time_without_a_server_people_are_asked_once_more_and_not_for_each_reminder_missed(roll: Roll) -> None:
    roll.wave()
    roll.at(1 + 3 * REMIND_S)
    assert (roll.kept.waves, roll.kept.sent) == (4, 1)
    roll.wave()
    assert (roll.kept.waves, roll.kept.sent) == (4, 4)


def test_after_an_hour_it_is_over_by_itself(roll: Roll) -> None:
    roll.at(1 + ROLL_CALL_LASTS_MS // 1_000)
    assert not roll.kept.running and roll.kept.closed_by == ""
    assert roll.view().roll.closed_by is None


def test_of_one_that_is_closed_nobody_is_asked_any_more(town: Town, roll: Roll) -> None:
    roll.close()
    begin = BeginRound(
        org=ORG, round=round_of(roll.id, "w"), kind=RoundKind.ROLL_CALL, site=SITE, by="", why="", recipients=1
    )
    assert town.do(begin) == c.Declined(problem=c.Problem.NO_SUCH_ROUND)
    assert town.do(replace(begin, round=round_of("x", "w"))) == c.Declined(problem=c.Problem.NO_SUCH_ROUND)


def test_a_wave_that_was_lost_with_whoever_sent_it_is_begun_anew(town: Town, roll: Roll) -> None:
    roll.wave()
    assert roll.kept.sent == 1
    town.do(EndRound(org=ORG, round=roll.round, how="lost"))
    assert roll.kept.sent == 0
    roll.wave()
    roll.close()
    town.do(EndRound(org=ORG, round=roll.round, how="lost"))
    assert roll.kept.sent == 1, "it is closed: nobody is asked again"


def test_one_that_ended_as_it_should_is_not_begun_anew(town: Town, roll: Roll) -> None:
    roll.wave()
    town.do(EndRound(org=ORG, round=roll.round, how="ended"))
    assert roll.kept.sent == 1 and roll_of(roll.round) == roll.id and roll_of("round-1") == ""


def test_a_server_that_was_killed_in_the_middle_goes_on_where_it_was(town: Town, roll: Roll) -> None:
    roll.wave()
    town.text("teo", roll.number("teo"))
    town.press("noor")
    town.expect_only("ring")
    before = roll.view()
    town.restart()
    assert roll.view() == before and roll.kept.sent == 1
    assert [wake.stream for wake in town.store.wakes(ORG)].count(f"rollcall/{roll.id}") == 1
    roll.close()
    roll.look()
    town.restart()
    assert roll.view().people == before.people and not town.world.all_kept(ORG, RollSaid)


@pytest.mark.parametrize("town", [False], ids=["steady"], indirect=True)  # So many lines are in memory alone.
def test_the_report_keeps_what_each_said_and_the_lines_go_some_at_a_time(town: Town, roll: Roll) -> None:
    roll.safe("noor")
    more = {f"r/{n}": RollSaid(id=f"r/{n}", roll=roll.id, word=replace_word(n)) for n in range(ROLL_SAID_CLEARED)}
    for record in more.values():
        town.world.know(ORG, record)
    roll.close()
    assert len(roll.kept.said) == ROLL_SAID_CLEARED + 1
    roll.look()
    assert len(town.world.all_kept(ORG, RollSaid)) == 1
    roll.look()
    assert not town.world.all_kept(ORG, RollSaid)


def replace_word(n: int) -> Word:
    return Word(f"p{n}", START_MS, SaidBy.TEXT)


def test_the_oldest_reports_leave_memory_and_stay_in_the_store(town: Town) -> None:
    first = Roll(town)
    first.close()
    for _ in range(ROLL_CALLS_KEPT):
        Roll(town).close()
    assert len(town.world.all_kept(ORG, RollCall)) == ROLL_CALLS_KEPT
    assert first.view().counts.asked == 4, "found by its id"


# Suspended, and not reached ------------------------------------------------------------------------------------------


def test_somebody_suspended_meanwhile_is_asked_no_more_and_their_number_says_nothing(town: Town, roll: Roll) -> None:
    roll.wave()
    assert town.do(Suspend(org=ORG, by=OPERATOR, member="teo")) == c.Done()
    town.text("teo", roll.number("teo"))
    assert roll.safe("teo") == NOT_ALLOWED
    (line,) = [line for line in roll.view().people if line.member.id == "teo"]
    assert (line.state, line.why) == (RollState.NOT_REACHED, Reason.NO_LONGER_A_RECIPIENT)


def test_whom_no_message_can_reach_says_why_until_they_answer_otherwise(town: Town, roll: Roll) -> None:
    town.text("teo", "STOP", opt_out="STOP")
    (line,) = [line for line in roll.view().people if line.member.id == "teo"]
    assert (line.state, line.why) == (RollState.NOT_REACHED, Reason.OPTED_OUT)
    roll.safe("teo")
    assert roll.states()["teo"] is RollState.SAFE
