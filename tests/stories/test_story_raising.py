"""Raising: never refused, never lost, every press rings again, and a drill is never taken for real."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG, SITE, directory
from town import START_MS, Town

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.limits import LINKS_MAX
from tocsin.core.numbers import is_practice
from tocsin.core.words import (
    Answer,
    Came,
    Channel,
    Kind,
    Outcome,
    Phase,
    PlaceKind,
    Purpose,
    Why,
)


def test_one_act_raises_it_and_no_place_holds_it_back(town: Town) -> None:
    taken = town.press()
    assert not taken.known and taken.state == "climbing" and town.alert().places == {}
    town.expect("ring teo bo ines")


def test_the_place_may_come_later_and_from_a_helper_too(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.at(3)
    fix = c.PlaceReport(PlaceKind.FIX, town.now_ms, lat=38.9, lon=-77.0, radius_m=12.0)
    spoken = c.PlaceReport(PlaceKind.SPOKEN, town.now_ms, label="by the ambulances")
    town.do(c.AddPlace(org=ORG, alert=town.id(), member="noor", place=fix))
    town.do(c.AddPlace(org=ORG, alert=town.id(), member="teo", place=spoken))
    refused = town.do(c.AddPlace(org=ORG, alert=town.id(), member="hana", place=spoken))
    assert refused == c.Declined(problem=c.Problem.NOT_RUNG)
    assert set(town.alert().places) == {PlaceKind.FIX, PlaceKind.SPOKEN}
    assert town.alert().places[PlaceKind.FIX].label is None
    assert [kept.lat for kept in town.store.fixes(ORG, town.id())] == [38.9]


def test_place_is_the_newest_report_of_each_kind_never_merged(town: Town) -> None:
    old = c.PlaceReport(PlaceKind.ZONE, START_MS - 5_000, label="Door 2")
    new = c.PlaceReport(PlaceKind.ZONE, START_MS - 1_000, label="Lot B")
    town.press(places=(new, old), text="near the fence")
    town.expect("ring teo bo ines")
    assert town.alert().places[PlaceKind.ZONE].label == "Lot B"
    assert town.alert().places[PlaceKind.SPOKEN].label == "near the fence"


def test_the_same_key_is_the_same_press_for_ever_whatever_its_body(town: Town) -> None:
    first = town.press(key="k")
    town.expect("ring teo bo ines")
    again = town.press(key="k", silent=True, text="another body", kind=Kind.OVERDUE)
    assert again == replace(first, known=True)
    town.expect()
    town.pin(c.PinMatch.REAL)
    town.at(90_000)
    years_later = town.press(key="k")
    assert (years_later.alert, years_later.receipt) == (first.alert, first.receipt)
    assert years_later.known and years_later.state == "closed"
    town.expect("all_clear teo bo ines")


def test_a_key_belongs_to_its_credential(town: Town) -> None:
    noors = town.press("noor", key="k")
    bos = town.press("bo", key="k")
    assert noors.alert != bos.alert and not bos.known
    town.expect("ring teo teo bo noor ines ines")


def test_every_press_rings_again_and_ends_every_pause(town: Town) -> None:
    first = town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.COMING)
    town.say("ines", Answer.WITH_THEM)
    assert town.alert().phase is Phase.PAUSED
    town.at(10)
    second = town.press(name="noor", key="another")
    assert second.alert == first.alert and second.receipt != first.receipt and not second.known
    assert town.phase is Phase.CLIMBING and not town.alert().attended
    town.expect("ring teo bo ines")


def test_a_press_never_delays_the_next_rung(town: Town) -> None:
    town.press()
    town.at(44)
    town.press(key="another")
    town.expect_only("ring")
    town.at(45)
    town.expect("ring ines wale")
    assert town.rung == 1


def test_pressing_every_forty_seconds_for_ten_minutes_never_holds_the_ladder_back(town: Town) -> None:
    town.press()
    for minute in range(1, 16):
        town.at(40 * minute)
        town.press(key=f"press {minute}")
        rung_by = [p.rung_ms for p in town.alert().people.values()]
        assert set(rung_by) == {town.now_ms}, "every press wakes everyone"
    assert {"teo", "bo", "ines", "wale", "hana"} == town.expect_only("ring")
    assert town.alert().ladder_pass >= 5 and town.alert().presses == 16


def test_a_press_while_a_message_is_unsent_joins_it(town: Town) -> None:
    town.carrier.moods["*"] = town.carrier.mood("nobody").__class__.HOLDS
    town.press()
    town.press(key="again at once")
    assert [len(town.messages(name)) for name in ("teo", "bo", "ines")] == [1, 1, 1]
    town.settle()
    for name in ("teo", "bo", "ines"):
        town.release(name)
    town.expect("ring teo bo ines")


def test_a_revoked_credential_still_raises_and_learns_only_received(town: Town) -> None:
    town.do(c.Revoke(org=ORG, by=OPERATOR, device="noor-phone"))
    taken = town.press(came=Came.REVOKED)
    assert taken.received_only and town.alert().came is Came.REVOKED
    town.expect("ring teo bo ines wale")  # The coordinator besides the plan's own rung.


def test_the_sos_of_a_suspended_member_goes_to_supervisor_and_coordinator_instead(town: Town) -> None:
    town.suspend("noor")
    town.press(came=Came.REVOKED)
    town.expect("ring ines wale")
    assert town.alert().suspended
    town.at(30)
    assert town.expect_only("ring") == {"ines", "wale", "hana"}


def test_an_open_alert_of_somebody_who_is_then_suspended_lives_on(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.suspend("noor")
    assert town.phase is Phase.CLIMBING
    again = town.press(came=Came.REVOKED, key="again")
    assert again.alert == town.id() and again.received_only
    town.expect("ring teo bo ines")


def test_any_moment_of_occurrence_rings(town: Town) -> None:
    for index, at_ms in enumerate((-1, 0, START_MS - 7_200_000, 2**60)):
        command = c.Press(
            org=ORG, credential="x", key=str(index), member="noor", device=None, came=Came.DEVICE, occurred_at_ms=at_ms
        )
        assert isinstance(town.do(command), c.PressTaken)
    town.expect("ring teo bo ines")


def test_an_unknown_member_s_press_rings_too(town: Town) -> None:
    town.do(c.Press(org=ORG, credential="old", key="k", member="gone", device=None, came=Came.REVOKED))
    town.expect("ring noor teo bo ines wale")


def test_a_site_without_a_plan_rings_whoever_there_is(town: Town) -> None:
    command = c.Press(org=ORG, credential="x", key="k", member="noor", device=None, came=Came.DEVICE, site="depot")
    taken = town.do(command)
    assert isinstance(taken, c.PressTaken) and town.alert(taken.alert).plan.version == 0
    town.expect("ring ines wale hana")


def test_an_overdue_walk_and_a_press_are_one_danger_but_a_sighting_is_its_own(town: Town) -> None:
    sos = town.press()
    assert town.press(kind=Kind.OVERDUE).alert == sos.alert
    assert town.press(kind=Kind.SIGHTING).alert != sos.alert
    assert town.press(kind=Kind.SIGHTING).alert == town.id()
    assert town.expect_only("ring") == {"teo", "bo", "ines"}


def test_two_alerts_in_one_place_name_each_other(town: Town) -> None:
    here = c.PlaceReport(PlaceKind.ZONE, START_MS, label="Lot B")
    first = town.press("noor", places=(here,)).alert
    town.at(0.001)
    second = town.press("bo", places=(replace(here, label=" lot b "),)).alert
    elsewhere = town.press("teo", places=(replace(here, label="Lot A"),)).alert
    assert town.alert(first).linked == (second,) and town.alert(second).linked == (first,)
    assert town.alert(elsewhere).linked == ()
    town.do(c.AddPlace(org=ORG, alert=elsewhere, member="teo", place=replace(here, at_ms=START_MS + 1)))
    assert town.alert(elsewhere).linked == (first, second)
    town.expect_only("ring")


def test_a_place_for_a_closed_alert_links_nothing_and_harms_nothing(town: Town) -> None:
    here = c.PlaceReport(PlaceKind.ZONE, START_MS, label="Lot B")
    closed = town.press("noor", places=(here,)).alert
    town.pin(c.PinMatch.REAL)
    town.press("bo", places=(here,))
    reply = town.do(c.AddPlace(org=ORG, alert=closed, member="noor", place=here))
    assert reply == c.Declined(problem=c.Problem.ALERT_CLOSED) and town.alert(closed).linked == ()
    town.expect("ring noor teo ines")


# Drills ----------------------------------------------------------------------------------------------------------


def drilled(town: Town) -> str:
    drill = town.press("hana", drill=True, came=Came.DRILL).alert
    town.expect("ring noor teo bo ines")
    assert all(message.drill for message in town.deliveries())
    return drill


def test_a_real_alert_ends_the_drills_of_its_site(town: Town) -> None:
    drill = drilled(town)
    taken = town.press("noor")
    assert taken.alert != drill and not town.alert(drill).open
    assert town.alert(drill).outcome is Outcome.OTHER and town.alert(drill).closed_by == ()
    assert set(town.alert().after_drill) == {"noor", "teo", "bo", "ines"}, "they are told REAL ALERT"
    town.expect("ring teo bo ines", "drill_over noor")
    assert town.texts["teo"].startswith("REAL ALERT") and "over" in town.texts["noor"].lower()


def test_unsent_drill_messages_are_withdrawn_by_a_real_alert(town: Town) -> None:
    town.press("hana", drill=True, came=Came.DRILL)
    town.press("noor")
    town.expect("ring teo bo ines")
    assert not [m for m in town.deliveries() if m.drill and m.attempts and m.state.value == "handed_over"]


def test_a_drill_can_never_be_taken_for_real_nor_a_real_alert_for_a_drill(town: Town) -> None:
    drilled(town)
    assert town.texts["teo"].startswith("DRILL") and "SOS" not in town.texts["teo"]
    town.do(c.EndDrill(org=ORG, alert=town.id()))
    town.expect("all_clear noor teo bo ines")
    assert town.texts["teo"].startswith("DRILL")
    town.press("noor")
    town.expect("ring teo bo ines")
    assert town.texts["teo"].startswith("SOS") and "DRILL" not in town.texts["teo"]


def test_only_a_drill_is_ended_as_a_drill(town: Town) -> None:
    town.press("noor", silent=True)
    town.expect("ring teo bo ines")
    assert town.do(c.EndDrill(org=ORG, alert=town.id())) == c.Declined(problem=c.Problem.NOT_YOURS)
    assert town.alert().open
    drill = town.press("hana", drill=True).alert
    for _ in range(2):
        assert town.do(c.EndDrill(org=ORG, alert=drill)) == c.Done()
    assert not town.alert(drill).open
    town.expect()


def test_of_a_crowd_in_one_place_each_names_the_newest_few(town: Town) -> None:
    here = c.PlaceReport(PlaceKind.ZONE, START_MS, label="Lot B")
    ids = []
    for index in range(LINKS_MAX + 2):
        town.at(index)
        command = c.Press(
            org=ORG,
            credential=str(index),
            key="k",
            member=f"visitor {index}",
            device=None,
            came=Came.DEVICE,
            places=(here,),
        )
        taken = town.do(command)
        assert isinstance(taken, c.PressTaken)
        ids.append(taken.alert)
    assert len(town.alert(ids[0]).linked) == LINKS_MAX and town.alert(ids[-1]).linked == tuple(ids[1:-1])
    again = c.AddPlace(
        org=ORG, alert=ids[-1], member=f"visitor {LINKS_MAX + 1}", place=replace(here, at_ms=START_MS + 1)
    )
    assert town.do(again) == c.Done() and town.alert(ids[-1]).linked == tuple(ids[1:-1])
    town.expect_only("ring")


def test_a_drill_rings_on_while_nothing_real_happens_and_two_drills_fold(town: Town) -> None:
    drill = drilled(town)
    again = town.press("hana", drill=True, came=Came.DRILL, key="second")
    assert again.alert == drill
    town.expect("ring noor teo bo ines")


def test_a_second_press_ends_a_drill_that_was_begun_meanwhile(town: Town) -> None:
    real = town.press("noor").alert
    town.pin(c.PinMatch.DURESS)
    town.expect("ring teo bo ines")
    drill = town.press("hana", drill=True, came=Came.DRILL).alert
    assert drill != real, "a press never folds into a drill, nor a drill into an alert"
    town.press("noor", key="again")
    assert not town.alert(drill).open
    town.expect("ring teo bo ines")


def drill_of_hana(town: Town, site: str | None = None) -> c.Reply:
    return town.do(
        c.Press(
            org=ORG, credential="office", key="d", member="hana", device=None, came=Came.DRILL, drill=True, site=site
        )
    )


def test_no_drill_begins_at_a_site_while_a_real_alert_is_open_there(town: Town) -> None:
    town.press("noor")
    town.expect("ring teo bo ines")
    before = len(town.deliveries())
    assert drill_of_hana(town) == c.Declined(problem=c.Problem.REAL_ALERT_OPEN)
    assert len(list(town.world.open_alerts(ORG))) == 1 and len(town.deliveries()) == before, "nothing changed"
    assert isinstance(drill_of_hana(town, site="elsewhere"), c.PressTaken)
    town.expect_only("ring")


@pytest.mark.parametrize("hidden", ["silent", "says safe under duress"])
def test_an_alert_that_hides_declines_no_drill(town: Town, hidden: str) -> None:
    town.press("noor", silent=hidden == "silent")
    if hidden != "silent":
        town.pin(c.PinMatch.DURESS)
    assert isinstance(drill_of_hana(town), c.PressTaken), "whoever asks must not learn of it"
    assert town.expect_only("ring")


def test_a_drill_taken_before_is_known_although_a_real_alert_is_open_now(town: Town) -> None:
    taken = drill_of_hana(town)
    town.press("noor")
    again = drill_of_hana(town)
    assert isinstance(taken, c.PressTaken) and isinstance(again, c.PressTaken)
    assert again.known and again.alert == taken.alert
    town.expect("ring teo bo ines")


def test_the_numbers_of_a_drill_answer_no_real_alert(town: Town) -> None:
    drilled(town)
    assert all(is_practice(number) for person in town.alert().people.values() for number in person.numbers)
    town.press("noor")
    assert not any(is_practice(number) for person in town.alert().people.values() for number in person.numbers)
    town.expect("ring teo bo ines", "drill_over noor")


def test_one_s_own_drill_and_one_s_own_alert_are_two_records(town: Town) -> None:
    drill = town.press("noor", drill=True, came=Came.DRILL).alert
    real = town.press("noor").alert
    assert drill != real and not town.alert(drill).open and town.alert(real).open
    town.expect("ring teo bo ines")


def test_a_bad_member_number_and_a_press_by_sms_have_no_device(town: Town) -> None:
    assert town.text("noor", "sos") is not None
    alert = next(iter(town.world.open_alerts(ORG)))
    assert alert.device is None and alert.came is Came.SMS and alert.why is Why.RAISED
    assert {m.channel for m in town.deliveries()} == {Channel.SMS} and NUMBERS["noor"]
    assert {m.purpose for m in town.deliveries()} == {Purpose.RING} and alert.site == SITE
    town.expect("ring teo bo ines")


def test_the_roster_of_the_moment_says_who_is_there(town: Town) -> None:
    town.founded(directory(on=("noor", "bo", "hana")))
    town.press()
    town.expect("ring bo hana")
