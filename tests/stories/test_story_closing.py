"""Closing: two people and a minute to object, or the worker's PIN where that may be; nobody alone can silence it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG, PLAN, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.engine import decide
from tocsin.core.words import Answer, DeliveryState, Outcome, Phase, Purpose, Undone
from tocsin.runtime.world import World

DONE = c.Done()


def declined(problem: c.Problem) -> c.Declined:
    return c.Declined(problem=problem)


def rung(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")


def proposed(town: Town) -> None:
    """Teo says it is over, Ines agrees."""
    rung(town)
    assert town.propose("teo") == DONE
    town.expect("closing teo bo ines")
    assert town.confirm("ines") == DONE


def test_two_people_close_it_after_sixty_seconds_to_object(town: Town) -> None:
    proposed(town)
    town.at(30)
    town.expect("ring teo bo ines")  # Ringing goes on meanwhile.
    town.at(59.9)
    assert town.alert().open
    town.expect_only("ring")
    town.at(60)
    alert = town.alert()
    assert alert.phase is Phase.CLOSED and alert.closed_by == ("teo", "ines") and alert.outcome is Outcome.SAFE
    town.expect("all_clear teo bo ines wale")


def test_the_proposal_is_shown_to_everyone_rung(town: Town) -> None:
    rung(town)
    town.propose("teo", outcome=Outcome.POLICE)
    town.expect("closing teo bo ines")
    proposal = town.alert().proposal
    assert proposal is not None and (proposal.by, proposal.outcome) == ("teo", Outcome.POLICE)


def test_two_friends_who_try_to_close_it_without_a_supervisor_cannot(town: Town) -> None:
    rung(town)
    town.propose("teo")
    assert town.confirm("bo") == declined(c.Problem.NEEDS_A_CLOSER)
    town.expect("closing teo bo ines")
    town.at(119)
    town.expect_only("ring")
    town.at(120)
    assert town.alert().proposal is None and town.alert().open
    town.expect_only("ring")


def test_one_person_cannot_be_both(town: Town) -> None:
    rung(town)
    town.propose("ines")
    assert town.confirm("ines", device="her-other-phone") == declined(c.Problem.SAME_PERSON)
    town.expect("closing teo bo ines")


def test_two_people_on_one_device_cannot_close_it(town: Town) -> None:
    rung(town)
    town.propose("teo", device="the-shared-desk")
    assert town.confirm("ines", device="the-shared-desk") == declined(c.Problem.SAME_DEVICE)
    town.expect("closing teo bo ines")


def test_the_person_in_danger_is_never_one_of_the_two(town: Town) -> None:
    rung(town)
    assert town.propose("noor") == declined(c.Problem.NOT_RUNG)
    town.propose("ines")
    assert town.confirm("noor") == declined(c.Problem.NOT_RUNG)
    assert town.objects("noor") == declined(c.Problem.NOT_RUNG)
    town.expect("closing teo bo ines")


def test_whom_it_never_rang_closes_nothing(town: Town) -> None:
    rung(town)
    assert town.propose("hana") == declined(c.Problem.NOT_RUNG)
    town.propose("teo")
    assert town.confirm("hana") == declined(c.Problem.NOT_RUNG)
    town.expect("closing teo bo ines")


def test_a_tied_person_closes_nothing(town: Town) -> None:
    town.founded(directory(ties=("ines",)))
    town.press()
    assert town.propose("ines") == declined(c.Problem.NOT_RUNG)
    town.propose("teo")
    assert town.confirm("ines") == declined(c.Problem.NOT_RUNG)
    town.expect("ring teo bo wale hana", "closing teo bo wale hana")


@pytest.mark.parametrize("who", ["teo", "ines"])
def test_the_suspension_of_either_undoes_it(town: Town, who: str) -> None:
    proposed(town)
    town.at(5)
    town.suspend(who)
    assert town.alert().proposal is None
    town.at(130)
    assert town.alert().open
    assert who not in town.expect_only("ring")


@pytest.mark.parametrize("who", ["teo", "ines"])
def test_the_tying_of_either_undoes_it(town: Town, who: str) -> None:
    proposed(town)
    town.at(5)
    town.tie(who)
    assert town.alert().proposal is None and town.alert().people[who].withdrawn
    town.at(61)
    assert town.alert().open
    town.expect_only("ring")


@pytest.mark.parametrize("who", ["teo", "ines"])
def test_the_removal_of_either_undoes_it(town: Town, who: str) -> None:
    proposed(town)
    people = tuple(name for name in ("noor", "teo", "ines", "wale", "bo", "hana") if name != who)
    backstop = replace(PLAN.rungs[2], audience=tuple(f"member:{name}" for name in people[1:]))
    plan = replace(PLAN, rungs=(PLAN.rungs[0], backstop))
    on = tuple(name for name in ("noor", "teo", "bo") if name != who)
    town.founded(directory(on=on, people=people, plan=plan))
    assert town.alert().proposal is None and who not in town.directory.members
    town.at(61)
    assert town.alert().open
    assert who not in town.expect_only("ring")


@pytest.mark.parametrize("who", ["teo", "bo", "ines"])
def test_an_objection_by_anyone_rung_undoes_it(town: Town, who: str) -> None:
    proposed(town)
    town.at(20)
    assert town.objects(who) == DONE
    assert town.alert().proposal is None
    town.at(61)
    assert town.alert().open
    town.expect_only("ring")


def test_a_press_undoes_it(town: Town) -> None:
    proposed(town)
    town.at(20)
    town.press(key="again")
    town.at(61)
    assert town.alert().proposal is None and town.alert().open
    town.expect_only("ring")


def test_a_lapsed_with_them_undoes_it(town: Town) -> None:
    rung(town)
    town.say("bo", Answer.WITH_THEM)
    town.at(100)
    town.propose("teo")
    town.confirm("ines")
    town.at(120)
    assert town.alert().proposal is None
    town.at(170)
    assert town.alert().open
    assert "bo" in {name for purpose, name in town.unheard if purpose is Purpose.RING}
    town.unheard.clear()


def test_unconfirmed_it_lapses_in_two_minutes(town: Town) -> None:
    rung(town)
    town.propose("teo")
    town.at(119.9)
    assert town.alert().proposal is not None
    town.at(120)
    assert town.alert().proposal is None
    assert town.confirm("ines") == declined(c.Problem.NO_PROPOSAL)
    assert town.objects("ines") == declined(c.Problem.NO_PROPOSAL)
    assert {Purpose.RING, Purpose.CLOSING} == {purpose for purpose, _ in town.unheard}
    town.unheard.clear()


def test_one_proposal_stands_at_a_time_and_is_confirmed_once(town: Town) -> None:
    proposed(town)
    assert town.propose("bo") == declined(c.Problem.ALREADY_PROPOSED)
    assert town.confirm("bo") == declined(c.Problem.ALREADY_PROPOSED)
    assert town.alert().open


def test_the_close_sends_one_all_clear_to_each_person_reached_and_nothing_else(town: Town) -> None:
    rung(town)
    town.at(30)
    town.expect_only("ring")
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    town.at(900)
    town.expect()
    assert not [m for m in town.deliveries() if m.due_at_ms is not None]


def test_a_closed_alert_takes_no_proposal(town: Town) -> None:
    rung(town)
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    for reply in (town.propose("teo"), town.confirm("ines"), town.objects("bo")):
        assert reply == declined(c.Problem.ALERT_CLOSED)


def test_an_outcome_is_kept_in_the_words_of_those_who_closed_it(town: Town) -> None:
    rung(town)
    town.propose("ines", outcome=Outcome.MEDICAL)
    town.confirm("teo")
    town.at(60)
    assert town.alert().outcome is Outcome.MEDICAL
    town.unheard.clear()


def test_a_suspension_that_came_another_way_stops_the_close_too() -> None:
    town = Town()
    proposed(town)
    people = {**town.directory.members, "ines": replace(town.member("ines"), suspended=True)}
    town.world.directories[ORG] = replace(town.directory, members=people)  # As after a restore.
    layer = World(town.world)
    decided = decide(layer, c.Look(org=ORG, alert=town.id()), town.now_ms + 60_000, bytes(32), lambda number: False)
    after = decided.docket.drafts[town.id()].alert
    assert after.open and after.proposal is None


def test_a_proposal_that_was_undone_before_it_was_sent_is_not_sent(town: Town) -> None:
    rung(town)
    town.propose("teo")
    town.objects("bo")
    town.expect()


def test_undone_names_why(town: Town) -> None:
    proposed(town)
    town.objects("bo")
    last = town.store.stream(ORG, f"alert/{town.id()}")[-1]
    assert last.type == "CloseUndone" and last.body is not None and Undone.OBJECTION.value.encode() in last.body


def test_what_was_not_sent_at_the_close_is_never_sent(town: Town) -> None:
    town.press()
    town.pin(c.PinMatch.REAL)
    town.expect()
    assert {m.state for m in town.deliveries()} == {DeliveryState.SUPERSEDED}
