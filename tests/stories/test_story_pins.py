"""The worker's PIN: it closes, it only says safe, it takes effect late, and three wrong ones are told."""

from __future__ import annotations

from msgspec.structs import replace
from people import ORG, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.words import Outcome

DONE = c.Done()


def declined(problem: c.Problem) -> c.Declined:
    return c.Declined(problem=problem)


def rung(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")


def test_the_worker_s_pin_closes_an_open_alert(town: Town) -> None:
    rung(town)
    assert town.pin(c.PinMatch.REAL) == DONE
    assert town.alert().closed_by == ("noor",) and town.alert().outcome is Outcome.SAFE
    assert town.pin(c.PinMatch.REAL) == declined(c.Problem.ALERT_CLOSED)
    assert town.pin(c.PinMatch.WRONG) == declined(c.Problem.ALERT_CLOSED)
    town.expect("all_clear teo bo ines")


def test_nobody_else_s_pin_closes_it(town: Town) -> None:
    rung(town)
    assert town.pin(c.PinMatch.REAL, name="bo") == declined(c.Problem.NOT_YOURS)
    assert town.alert().open


def test_three_wrong_pins_are_told_to_the_responders(town: Town) -> None:
    rung(town)
    for _ in range(2):
        assert town.pin(c.PinMatch.WRONG) == declined(c.Problem.WRONG_PIN)
    town.expect()
    assert town.pin(c.PinMatch.WRONG) == declined(c.Problem.WRONG_PIN)
    town.expect("ring teo bo ines")
    assert [note.by for note in town.alert().notes] == ["tocsin"]
    town.pin(c.PinMatch.WRONG)
    town.expect()
    assert town.alert().pin_misses == 4


def set_pins(town: Town, pin: str = "new", duress: str = "new duress") -> c.Reply:
    return town.do(c.SetPins(org=ORG, by=OPERATOR, member="noor", pin_hash=pin, duress_pin_hash=duress))


def test_a_pin_changed_while_an_alert_is_open_takes_effect_at_its_close(town: Town) -> None:
    set_pins(town, "old", "old duress")
    rung(town)
    assert set_pins(town) == DONE, "it looks accepted"
    assert town.member("noor").pin_hash == "old"
    town.pin(c.PinMatch.REAL)
    assert (town.member("noor").pin_hash, town.member("noor").duress_pin_hash) == ("new", "new duress")
    assert town.member("noor").next_pin_hashes is None
    town.expect("all_clear teo bo ines")


def test_a_drill_that_ends_does_not_let_a_new_pin_in_while_a_real_alert_is_open(town: Town) -> None:
    set_pins(town, "old", "old duress")
    town.press("noor", drill=True)
    town.expect("ring teo bo ines")
    set_pins(town)
    town.press("noor")
    assert town.member("noor").pin_hash == "old"
    town.expect("ring teo bo ines")
    town.pin(c.PinMatch.REAL)
    assert town.member("noor").pin_hash == "new"
    town.expect("all_clear teo bo ines")


def test_a_pin_for_nobody_is_declined(town: Town) -> None:
    command = c.SetPins(org=ORG, by=OPERATOR, member="nobody", pin_hash="x", duress_pin_hash="y")
    assert town.do(command) == declined(c.Problem.NO_SUCH_MEMBER)


# Says safe -------------------------------------------------------------------------------------------------------


def silent(town: Town) -> None:
    town.press(silent=True)
    town.expect("ring teo bo ines")


def says_safe(town: Town) -> None:
    silent(town)
    assert town.pin(c.PinMatch.REAL) == DONE
    assert town.alert().said_safe and town.alert().open and town.alert().looks_closed
    town.expect("closing teo bo ines")


def test_on_a_silent_alert_the_pin_says_safe_and_somebody_confirms_face_to_face(town: Town) -> None:
    says_safe(town)
    town.at(10)
    assert town.confirm("bo") == DONE, "any untied rung person"
    town.at(69)
    assert town.alert().open
    town.at(70)
    assert town.alert().closed_by == ("noor", "bo")
    town.unheard.clear()


def test_in_a_watch_window_the_pin_only_says_safe(town: Town) -> None:
    people = directory()
    watched = replace(people.members["noor"], watch_window=True)
    town.founded(replace(people, members={**people.members, "noor": watched}))
    town.press()
    town.pin(c.PinMatch.REAL)
    assert town.alert().open and town.alert().said_safe
    town.expect("closing teo bo ines", "ring teo bo ines")


def test_the_worker_s_word_alone_never_closes_a_silent_alert(town: Town) -> None:
    says_safe(town)
    town.at(400)
    assert town.alert().open and town.alert().said_safe
    town.expect_only("ring")


def test_an_objection_takes_back_the_confirmation_and_not_the_worker_s_word(town: Town) -> None:
    says_safe(town)
    town.confirm("bo")
    town.objects("teo")
    proposal = town.alert().proposal
    assert proposal is not None and proposal.by_worker and proposal.confirmed_by is None
    town.at(61)
    assert town.alert().open
    assert town.confirm("ines") == DONE
    town.at(121)
    assert not town.alert().open
    town.unheard.clear()


def test_two_people_may_close_over_a_says_safe_and_an_objection_leaves_it_standing(town: Town) -> None:
    says_safe(town)
    assert town.propose("teo", outcome=Outcome.OTHER) == DONE
    assert town.confirm("bo") == declined(c.Problem.NEEDS_A_CLOSER)
    town.expect("closing teo bo ines")
    town.objects("bo")
    assert town.alert().said_safe
    assert town.confirm("bo") == DONE
    assert town.propose("ines") == declined(c.Problem.ALREADY_PROPOSED)


def test_a_confirmer_of_says_safe_who_is_suspended_undoes_it(town: Town) -> None:
    says_safe(town)
    town.confirm("bo")
    town.suspend("bo")
    town.at(61)
    assert town.alert().open and town.alert().said_safe
    town.expect_only("ring")


def test_a_press_takes_back_says_safe(town: Town) -> None:
    says_safe(town)
    town.confirm("bo")
    town.press(key="again", silent=True)
    assert not town.alert().said_safe and town.alert().proposal is None
    town.expect("ring teo bo ines")
