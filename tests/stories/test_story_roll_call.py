"""The roll call: who is asked, what counts as an answer, and who needs help."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG, SITE, directory
from roll_called import Roll, by
from town import START_MS, Town
from walker import Walker

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.permit import NOT_ALLOWED
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.roll_calls import words_of
from tocsin.core.access.roll_commands import CallRoll, CloseRoll, SaySafe
from tocsin.core.access.roll_record import RollCall, RollSaid, SaidBy, round_of
from tocsin.core.access.roll_sight import RollState, RollView, own_roll
from tocsin.core.because import Because
from tocsin.core.composer import roll_call_text
from tocsin.core.particulars import PinMatch
from tocsin.core.words import Phase
from tocsin.runtime.practising import Asked

# Who is asked --------------------------------------------------------------------------------------------------------


def test_everybody_on_shift_is_asked_and_nobody_else(roll: Roll) -> None:
    assert roll.kept.asked == ("noor", "teo", "bo", "ines")
    assert roll.wave() == ["noor", "teo", "bo", "ines"]
    assert set(roll.states().values()) == {RollState.NO_ANSWER}


def test_only_a_supervisor_or_coordinator_calls_and_closes_one(town: Town, roll: Roll) -> None:
    assert town.do(CallRoll(org=ORG, by=by("noor"), site=SITE)) == NOT_ALLOWED
    assert roll.close("teo") == NOT_ALLOWED and roll.kept.running
    assert town.do(CallRoll(org=ORG, by=OPERATOR, site=SITE)) == NOT_ALLOWED
    assert roll.close("wale") == c.Done() and not roll.kept.running
    assert roll.close() == c.Done(known=True) and roll.kept.closed_by == "wale"


def test_one_that_runs_at_the_site_is_not_called_again(town: Town, roll: Roll) -> None:
    assert town.do(CallRoll(org=ORG, by=by("hana"), site=SITE)) == c.Done(known=True)
    assert list(town.world.all_kept(ORG, RollCall)) == [roll.id]


def test_where_nobody_is_there_is_nothing_to_call(town: Town) -> None:
    nowhere = c.Declined(problem=c.Problem.CONFLICT, because=Because.NO_SUCH_SITE)
    assert town.do(CallRoll(org=ORG, by=by("ines"), site="elsewhere")) == nowhere
    town.founded(directory(on=()))
    nobody = c.Declined(problem=c.Problem.CONFLICT, because=Because.NOBODY_ON_SHIFT)
    assert town.do(CallRoll(org=ORG, by=by("ines"), site=SITE)) == nobody


def test_no_such_roll_call(town: Town, roll: Roll) -> None:
    no = c.Declined(problem=c.Problem.NO_SUCH_RECORD)
    assert town.do(CloseRoll(org=ORG, by=by("ines"), roll="x")) == no
    assert town.do(SaySafe(org=ORG, by=by("noor"), roll="x")) == no
    assert roll.safe("hana") == no, "she is not on shift and was not asked"
    town.do(LookAt(org=ORG, kind="rollcall", id="x"))


# Safe ----------------------------------------------------------------------------------------------------------------


def test_a_number_that_came_back_says_safe_once_however_often(town: Town, roll: Roll) -> None:
    roll.wave()
    assert town.text("teo", roll.number("teo"), message="SM1") == "Thank you, noted."
    town.at(20)
    town.text("teo", roll.number("teo"), message="SM1")
    town.text("teo", f" {roll.number('teo')}. ", message="SM2")
    (line,) = [line for line in roll.view().people if line.member.id == "teo"]
    assert (line.state, line.by) == (RollState.SAFE, SaidBy.TEXT)
    assert line.at is not None and line.at.endswith(":21.000Z"), "the first time counts"
    assert roll.to_ask() == ["noor", "bo", "ines"]


def test_the_number_of_another_s_phone_says_nothing(town: Town, roll: Roll) -> None:
    roll.wave()
    assert town.text("bo", roll.number("teo")) != "Thank you, noted."
    assert set(roll.states().values()) == {RollState.NO_ANSWER}


def test_on_their_own_page_it_counts_the_same_and_once(roll: Roll) -> None:
    assert roll.safe("noor") == c.Done() and roll.safe("noor") == c.Done(known=True)
    assert roll.states()["noor"] is RollState.SAFE
    own = own_roll(roll.kept, words_of(roll.kept, roll.town.world.all_kept(ORG, RollSaid).values()), "noor")
    assert own is not None and own.safe_at is not None
    assert own_roll(roll.kept, (), "hana") is None
    roll.close()
    assert own_roll(roll.kept, roll.kept.said, "noor") is None


@pytest.mark.parametrize("town", [False], ids=["steady"], indirect=True)  # The numbers are gone with the process.
def test_what_comes_when_it_is_closed_stands_in_the_report_as_late(town: Town, roll: Roll) -> None:
    roll.wave()
    roll.close()
    roll.look()
    town.at(30)
    town.text("teo", roll.number("teo"), message="SM1")
    town.text("teo", roll.number("teo"), message="SM2")
    (line,) = [line for line in roll.view().people if line.member.id == "teo"]
    assert line.state is RollState.SAFE and line.late
    assert len(roll.kept.said) == 1


def test_a_text_that_was_long_on_its_way_is_of_the_time_when_it_was_written(town: Town, roll: Roll) -> None:
    roll.wave()
    town.at(300)
    text = c.TextIn(
        org=ORG,
        vendor="twilio",
        message="SM1",
        sender=NUMBERS["teo"],
        text=roll.number("teo"),
        sent_at_ms=START_MS + 61_000,
    )
    town.do(text)
    assert [line.at for line in roll.view().people if line.member.id == "teo"] == ["2023-11-14T22:14:21.000Z"]


def test_the_number_of_a_drill_says_nothing_to_a_roll_call(town: Town, roll: Roll) -> None:
    town.world.practising.asking(ORG, SITE, "round-1", [Asked("teo", NUMBERS["teo"], "9999")], drill=True)
    town.text("teo", "9999")
    assert roll.states()["teo"] is RollState.NO_ANSWER
    gone = round_of("a roll call that nobody knows", "w")
    town.world.practising.asking(ORG, SITE, gone, [Asked("bo", NUMBERS["bo"], "9998")], drill=False)
    assert town.text("bo", "9998") == "Thank you, noted."


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_question_sent_back_rings_nobody_and_is_answered_with_the_way_to_call(town: Town, language: str) -> None:
    roll = Roll(town)
    roll.wave()
    question = roll_call_text("Alder House", roll.number("teo"), language, "d", again=True)
    for text in (question, f"> {question}\nyes I am", f"{question} {roll.number('teo')}"):
        assert "SOS" in (town.text("teo", text) or "")
    assert not list(town.world.open_alerts(ORG)) and roll.states()["teo"] is RollState.NO_ANSWER
    town.text("teo", f"sos! > {question}")
    town.expect_only("ring")
    assert roll.states()["teo"] is RollState.NEED_HELP


# Need help -----------------------------------------------------------------------------------------------------------


def test_whoever_raises_an_sos_needs_help_and_it_rings(town: Town, roll: Roll) -> None:
    roll.wave()
    roll.safe("noor")
    town.press("noor")
    town.expect("ring teo bo ines")
    (line,) = roll.view().people[:1]
    assert (line.member.id, line.state, line.alert) == ("noor", RollState.NEED_HELP, town.alert().id)
    assert roll.view().counts.need_help == 1 and roll.view().counts.safe == 0
    assert roll.kept.running, "no alert ends it"


def test_a_drill_and_somebody_who_was_not_asked_say_nothing(town: Town, roll: Roll) -> None:
    town.press("noor", drill=True)
    town.press("hana")
    town.expect_only("ring")
    assert set(roll.states().values()) == {RollState.NO_ANSWER} and "hana" not in roll.states()


def test_it_is_called_while_an_alert_is_open_and_knows_of_it(town: Town) -> None:
    town.press("noor")
    town.expect("ring teo bo ines")
    roll = Roll(town)
    assert roll.states()["noor"] is RollState.NEED_HELP
    assert roll.wave() == ["teo", "bo", "ines"], "whoever calls for help is not asked whether they are safe"


def test_an_sos_that_is_over_stands_beside_what_they_say_then(town: Town, roll: Roll) -> None:
    town.press("noor")
    town.at(2)
    town.expect_only("ring")
    town.do(c.Safe(org=ORG, alert=town.alert().id, member="noor", device="noor-phone", match=PinMatch.REAL))
    assert town.alert().phase is Phase.CLOSED
    town.expect_only("all_clear")
    (line,) = [line for line in roll.view().people if line.member.id == "noor"]
    assert line.state is RollState.NO_ANSWER and line.helped_at is not None
    roll.safe("noor")
    (line,) = [line for line in roll.view().people if line.member.id == "noor"]
    assert line.state is RollState.SAFE and line.helped_at is not None and line.alert is None


@pytest.mark.parametrize("reader", ["ines", "hana", "wale"])
@pytest.mark.parametrize("danger", ["silent", "tied", "duress"])
def test_two_worlds_of_an_alert_that_hides_there_is_no_trace(danger: str, reader: str) -> None:
    """One under duress looks like one that its PIN has closed, and all others like none."""

    def told(what: str) -> RollView:
        town = Town()
        town.founded(directory(ties=(reader,) if danger == "tied" else ()))
        town.at(1)
        roll = Roll(town, "ines" if reader != "ines" else "hana")
        if what:
            town.press("noor", silent=what == "silent")
        if what in ("duress", "closed"):
            match = PinMatch.DURESS if what == "duress" else PinMatch.REAL
            town.do(c.Safe(org=ORG, alert=town.alert().id, member="noor", device="noor-phone", match=match))
            assert town.alert().open == (what == "duress")
        roll.safe("bo")
        view = roll.view(reader)
        return replace(view, roll=replace(view.roll, id=""))

    assert told(danger) == told("closed" if danger == "duress" else "")


def test_an_alert_that_is_loud_again_after_the_shadow_is_one_again(town: Town, roll: Roll) -> None:
    town.press("noor")
    town.do(c.Safe(org=ORG, alert=town.alert().id, member="noor", device="noor-phone", match=PinMatch.DURESS))
    assert roll.states()["noor"] is RollState.NO_ANSWER
    town.press("noor")
    town.expect_only("ring")
    assert roll.states()["noor"] is RollState.NEED_HELP


def test_to_its_worker_the_list_names_an_alert_as_their_phone_does(town: Town, roll: Roll) -> None:
    """A supervisor in danger may look at the list too, or whoever holds her phone: the other id would give it away."""
    town.press("ines")
    town.do(c.Safe(org=ORG, alert=town.alert().id, member="ines", device="ines-phone", match=PinMatch.DURESS))
    town.press("ines")
    town.expect_only("ring")
    alert = town.alert()
    named = {
        reader: [line.alert for line in roll.view(reader).people if line.member.id == "ines"]
        for reader in ("ines", "wale")
    }
    assert named == {"ines": [alert.shadows[-1].id], "wale": [alert.id]}


def test_somebody_hiding_is_not_written_to_and_one_under_duress_is(town: Town, roll: Roll) -> None:
    town.press("noor", silent=True)
    town.expect_only("ring")
    assert "noor" not in roll.wave()
    duress = Town()
    duress.at(1)
    other = Roll(duress)
    duress.press("noor")
    alert = duress.alert().id
    duress.do(c.Safe(org=ORG, alert=alert, member="noor", device="noor-phone", match=PinMatch.DURESS))
    assert "noor" in other.wave(), "to whoever holds the phone the alert is over, and a silence would show it is not"


def test_somebody_made_to_say_home_is_written_to_like_everybody_and_nothing_shows_through(town: Town) -> None:
    noor = Walker(town)
    noor.start()
    noor.home(PinMatch.DURESS)
    roll = Roll(town)
    town.expect_only("ring")
    assert len(noor.alerts()) == 1
    assert "noor" in roll.wave() and roll.states()["noor"] is RollState.NO_ANSWER
    assert [line.helped_at for line in roll.view().people if line.member.id == "noor"] == [None]
