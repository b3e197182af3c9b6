"""Walks: who starts one, what its worker, their buddy and others may say and see of it, and what is kept of the way."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG, directory
from town import Town
from walker import DECLINED, DUE_S, MINUTES, RAISED_S, REMINDED_S, Walker, device_by, ms, with_site

from tocsin.core import commands as c
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.directory import Contact
from tocsin.core.limits import FIX_KEPT_MS, WALK_EXTEND_MAX_MIN
from tocsin.core.particulars import PinMatch, PlaceReport
from tocsin.core.walk_commands import LookWalk, WalkTaken
from tocsin.core.words import Came, Channel, PlaceKind, WalkState


@pytest.fixture
def noor(town: Town) -> Walker:
    return Walker(town)


# Starting ---------------------------------------------------------------------------------------------------------


def test_the_same_start_again_is_the_same_walk_for_ever(town: Town, noor: Walker) -> None:
    first = noor.start(key="one")
    assert isinstance(first, WalkTaken) and not first.known
    assert noor.start(key="one", minutes=200) == WalkTaken(walk=first.walk, state=WalkState.OUT, known=True)
    noor.home()
    assert noor.start(key="one") == WalkTaken(walk=first.walk, state=WalkState.HOME, known=True)


def test_nobody_is_on_two_walks(town: Town, noor: Walker) -> None:
    noor.start()
    assert noor.start() == DECLINED[c.Problem.WALK_OPEN_ALREADY]
    noor.home()
    assert isinstance(noor.start(), WalkTaken)
    noor.home()


def test_a_walk_and_a_press_with_one_key_are_two_acts(town: Town, noor: Walker) -> None:
    noor.start(key="same")
    taken = town.press(key="same")
    assert not taken.known and noor.walk.alert == taken.alert
    town.expect("ring teo bo ines")


@pytest.mark.parametrize("minutes", [-5, 0, 241, 100_000])
def test_a_walk_of_no_sensible_time_is_declined(town: Town, noor: Walker, minutes: int) -> None:
    assert noor.start(minutes=minutes) == DECLINED[c.Problem.BAD_WALK_TIME]


@pytest.mark.parametrize("buddy", ["noor", "nobody", "bo", "wale"])
def test_a_buddy_who_may_not_be_told_is_declined(town: Town, noor: Walker, buddy: str) -> None:
    town.tie("bo")
    town.suspend("wale")
    assert noor.start(buddy=buddy) == DECLINED[c.Problem.BAD_BUDDY]


def test_a_bay_that_the_site_does_not_have_is_declined(town: Town, noor: Walker) -> None:
    assert noor.start(bay="lot-z") == DECLINED[c.Problem.BAD_BAY]


def test_a_supervisor_starts_a_walk_for_somebody_who_is_told_of_it(town: Town, noor: Walker) -> None:
    noor.device = None
    assert isinstance(noor.start(by=device_by("ines")), WalkTaken)
    town.expect("walk noor")
    assert "15 min left" in town.texts["noor"]
    noor.device = "noor-phone"
    assert noor.home() == WalkTaken(walk=noor.id, state=WalkState.HOME)


@pytest.mark.parametrize("starter", ["bo", "wale", "nobody", "hana"])
def test_nobody_else_starts_one_for_somebody(town: Town, noor: Walker, starter: str) -> None:
    town.tie("hana")
    assert noor.start(by=device_by(starter)) == DECLINED[c.Problem.NOT_ALLOWED]


@pytest.mark.parametrize("credential", ["teo-phone", "no-phone", "ended"])
def test_nobody_starts_one_by_a_phone_that_is_not_theirs(town: Town, noor: Walker, credential: str) -> None:
    town.do(c.Enrol(org=ORG, by=By(), member="noor", device="ended", token_hash="other"))
    town.do(c.Revoke(org=ORG, by=By(), device="ended"))
    assert noor.start(by=By("noor", Via.DEVICE, credential)) == DECLINED[c.Problem.NOT_ALLOWED]


def test_an_unknown_site_is_the_one_where_they_work(town: Town, noor: Walker) -> None:
    noor.start(site="elsewhere")
    assert noor.walk.site == "centre"
    noor.home()


def test_somebody_else_s_walk_is_none_of_theirs(town: Town, noor: Walker) -> None:
    noor.start()
    bo = Walker(town, "bo")
    bo.id = noor.id
    for reply in (bo.home(), bo.cancel(), bo.extend(5), bo.check_in()):
        assert reply == DECLINED[c.Problem.NO_SUCH_WALK]
    bo.id = "no-such-walk"
    assert bo.home() == town.do(LookWalk(org=ORG, walk="none")) == DECLINED[c.Problem.NO_SUCH_WALK]
    noor.home()


# Extending --------------------------------------------------------------------------------------------------------


def test_an_extended_walk_is_out_again_and_is_reminded_anew(town: Town, noor: Walker) -> None:
    noor.start(buddy="teo")
    town.at(DUE_S)
    town.expect("walk teo noor noor")
    assert noor.extend(10) == WalkTaken(walk=noor.id, state=WalkState.OUT)
    town.expect("walk teo")
    assert "longer" in town.texts["teo"]
    town.at(DUE_S + 7 * 60)
    town.expect("walk noor")
    town.at(DUE_S + 10 * 60)
    town.expect("walk noor")
    town.at(DUE_S + 11 * 60 - 1)
    assert not noor.alerts()
    town.at(DUE_S + 11 * 60)
    assert noor.state() is WalkState.RAISED
    town.expect("ring teo bo ines")


def test_an_extension_late_in_the_grace_counts_from_now(town: Town, noor: Walker) -> None:
    with_site(town, walk_grace_s=300)
    noor.start()
    town.at(DUE_S + 290)
    noor.extend(1)
    assert noor.walk.due_ms == ms(DUE_S + 290 + 60)
    town.expect("walk noor noor")
    noor.home()


def test_it_is_extended_by_an_hour_in_all(town: Town, noor: Walker) -> None:
    noor.start()
    assert noor.extend(0) == DECLINED[c.Problem.BAD_WALK_TIME]
    assert noor.extend(61) == DECLINED[c.Problem.EXTENDED_ENOUGH]
    assert isinstance(noor.extend(50), WalkTaken) and noor.walk.extend_left_min == WALK_EXTEND_MAX_MIN - 50
    assert noor.extend(11) == DECLINED[c.Problem.EXTENDED_ENOUGH]
    assert isinstance(noor.extend(10), WalkTaken) and noor.walk.due_ms == ms(DUE_S + 3_600)
    assert noor.extend(1) == DECLINED[c.Problem.EXTENDED_ENOUGH]
    noor.home()
    assert noor.extend(1) == DECLINED[c.Problem.WALK_OVER]


# The buddy --------------------------------------------------------------------------------------------------------


def test_the_buddy_hears_of_the_start_and_of_the_end_in_neutral_words(town: Town, noor: Walker) -> None:
    noor.start(buddy="teo", bay="lot-b")
    town.expect("walk teo")
    assert "Noor" not in town.texts["teo"] and "Lot B" not in town.texts["teo"]
    noor.home()
    town.expect("walk teo")
    assert "All is well" in town.texts["teo"] and "Noor" not in town.texts["teo"]


@pytest.mark.parametrize("how", ["tied", "suspended"])
def test_a_buddy_who_may_not_be_told_any_more_drops_out_in_silence(town: Town, noor: Walker, how: str) -> None:
    noor.start(buddy="hana")
    town.expect("walk hana")
    if how == "tied":
        town.tie("hana")
    else:
        town.suspend("hana")
    noor.extend(1)
    town.expect()
    view = noor.seen_by("noor")
    assert view is not None and view.buddy is None and noor.seen_by("hana") is None
    town.at(RAISED_S + 60)
    town.expect("walk noor noor", "ring teo bo ines")


def test_somebody_without_a_phone_number_hears_by_mail(town: Town, noor: Walker) -> None:
    people = directory()
    teo = replace(people.members["teo"], contacts=(Contact("teo/mail", Channel.EMAIL, "teo@example.org", True),))
    hana = replace(people.members["hana"], contacts=())
    town.routes = {**town.routes, Channel.EMAIL: ("smtp",)}
    town.restart()
    town.founded(replace(people, members={**people.members, "teo": teo, "hana": hana}))
    noor.start(buddy="teo")
    town.expect("walk teo")
    assert "There is something to look at" in town.texts["teo"] and "Noor" not in town.texts["teo"]
    noor.cancel()
    town.expect("walk teo")
    noor.start(buddy="hana")
    town.expect()
    noor.cancel()


def test_wrong_pins_are_told_to_whoever_is_on_duty_and_not_tied(town: Town, noor: Walker) -> None:
    noor.start()
    town.tie("ines")
    for _ in range(3):
        assert noor.home(PinMatch.WRONG) == DECLINED[c.Problem.WRONG_PIN]
    town.expect()
    noor.home(PinMatch.REAL)


def test_a_message_to_a_buddy_who_was_tied_before_it_left_is_not_sent(town: Town, noor: Walker) -> None:
    noor.start(buddy="hana")
    town.tie("hana")
    town.expect()


# Where ------------------------------------------------------------------------------------------------------------


def test_only_the_newest_position_of_a_walk_is_kept(town: Town, noor: Walker) -> None:
    noor.start()
    for second in (1, 2, 3):
        noor.check_in(PlaceReport(PlaceKind.FIX, ms(second), None, 41.0 + second, -87.0, 10.0))
        assert [fix.lat for fix in town.store.fixes(ORG, noor.id)] == [41.0 + second]
    noor.check_in(PlaceReport(PlaceKind.ZONE, ms(3), "North door"))
    noor.check_in(PlaceReport(PlaceKind.FIX, ms(2), None, 50.0, -87.0, 10.0))
    assert [fix.lat for fix in town.store.fixes(ORG, noor.id)] == [44.0], "an older one says nothing new"
    noor.home()


def test_a_sign_of_life_moves_no_time(town: Town, noor: Walker) -> None:
    noor.start()
    before = noor.walk
    assert noor.check_in() == WalkTaken(walk=noor.id, state=WalkState.OUT)
    assert noor.walk == before
    noor.home()
    assert noor.check_in() == DECLINED[c.Problem.WALK_OVER]


def test_a_position_that_comes_after_the_alert_goes_to_the_alert(town: Town, noor: Walker) -> None:
    noor.start()
    town.at(RAISED_S)
    report = PlaceReport(PlaceKind.FIX, ms(RAISED_S), None, 41.5, -87.25, 8.0)
    assert noor.check_in(report) == WalkTaken(walk=noor.id, state=WalkState.RAISED)
    assert noor.alert.places[PlaceKind.FIX].radius_m == 8.0 and not town.world.fixes_of(noor.id)
    town._alert = noor.walk.alert
    town.pin(PinMatch.REAL)
    noor.check_in(replace(report, radius_m=4.0))
    assert noor.alert.places[PlaceKind.FIX].radius_m == 8.0
    town.settle()
    town.unheard.clear()


def test_positions_are_erased_a_day_after_the_walk(town: Town, noor: Walker) -> None:
    noor.start()
    noor.check_in(PlaceReport(PlaceKind.FIX, ms(0), None, 41.5, -87.25, 12.0))
    noor.home()
    wakes = {wake.stream: wake.due_at_ms for wake in town.store.wakes(ORG)}
    assert wakes[f"fixes/{noor.id}"] == ms(0) + FIX_KEPT_MS
    town.do(c.EraseFixes(org=ORG, alert=noor.id))
    assert not town.store.fixes(ORG, noor.id) and not town.world.fixes_of(noor.id)
    assert f"fixes/{noor.id}" not in {wake.stream for wake in town.store.wakes(ORG)}
    assert noor.walk.places[PlaceKind.FIX].radius_m == 12.0, "that there was one, and how sure, stays"


# Suspended --------------------------------------------------------------------------------------------------------


def test_the_walk_of_somebody_suspended_lives_on_and_they_may_say_home(town: Town, noor: Walker) -> None:
    noor.start()
    town.suspend("noor")
    town.at(REMINDED_S)
    town.expect()
    assert noor.extend(10) == DECLINED[c.Problem.NOT_ALLOWED]
    assert isinstance(noor.check_in(), WalkTaken)
    assert noor.home() == WalkTaken(walk=noor.id, state=WalkState.HOME)
    assert noor.start() == DECLINED[c.Problem.NOT_ALLOWED]


def test_the_walk_of_somebody_suspended_raises_like_any_other(town: Town, noor: Walker) -> None:
    noor.start()
    town.suspend("noor")
    town.at(RAISED_S)
    assert noor.alert.suspended
    town.expect("ring ines wale")


def test_a_phone_that_was_ended_says_nothing_of_a_walk_any_more(town: Town, noor: Walker) -> None:
    noor.start()
    town.do(c.Revoke(org=ORG, by=By(), device="noor-phone"))
    for reply in (noor.home(), noor.cancel(), noor.extend(5), noor.check_in()):
        assert reply == DECLINED[c.Problem.NOT_ALLOWED]
    assert noor.home(PinMatch.DURESS) == DECLINED[c.Problem.NOT_ALLOWED]
    assert noor.alert.open and noor.alert.under_duress and noor.walk.open, "that PIN is a call for help, always"
    town.expect("ring teo bo ines wale")  # By what is no longer a way in: the coordinator hears of it at once.
    assert noor.alert.came is Came.REVOKED
    town.at(RAISED_S)
    assert noor.state() is WalkState.RAISED
    before = noor.alert.ringing
    assert noor.home(PinMatch.DURESS) == noor.home() == DECLINED[c.Problem.NOT_ALLOWED]
    assert noor.alert.ringing == before + 1 and noor.walk.late_home_ms is None
    town.settle()
    town.unheard.clear()


def test_another_phone_of_the_same_person_still_says_home(town: Town, noor: Walker) -> None:
    noor.start()
    town.do(c.Revoke(org=ORG, by=By(), device="noor-phone"))
    noor.device = "another-phone"
    assert noor.home() == WalkTaken(walk=noor.id, state=WalkState.HOME)


def test_a_walk_of_somebody_who_left_meanwhile_still_raises(town: Town, noor: Walker) -> None:
    noor.start()
    people = directory(people=("teo", "ines", "wale", "bo", "hana"), on=("teo", "bo", "ines"))
    town.do(c.ReplaceDirectory(org=ORG, directory=people, by="site file"))
    assert noor.extend(5) == DECLINED[c.Problem.NOT_ALLOWED]
    town.at(RAISED_S)
    assert noor.alert.open and noor.alert.member == "noor"
    town.expect("ring teo bo ines")


# What others see --------------------------------------------------------------------------------------------------


def test_a_supervisor_sees_who_and_until_when_and_no_place(town: Town, noor: Walker) -> None:
    noor.start(bay="lot-b", way="north", buddy="teo")
    noor.check_in(PlaceReport(PlaceKind.FIX, ms(0), None, 41.5, -87.25, 12.0))
    seen = noor.seen_by("ines")
    assert seen is not None and seen.member.name == "Noor" and seen.minutes == MINUTES
    told = repr(seen).lower()
    assert "lot" not in told and "north" not in told and "41.5" not in told and "teo" not in told
    noor.home()
    town.expect("walk teo teo")


def test_the_buddy_sees_where_to_and_no_position(town: Town, noor: Walker) -> None:
    noor.start(bay="lot-b", way="north", buddy="teo")
    noor.check_in(PlaceReport(PlaceKind.FIX, ms(0), None, 41.5, -87.25, 12.0))
    seen = noor.seen_by("teo")
    assert seen is not None and (seen.bay, seen.way) == ("Lot B", "north") and seen.you.may == ()
    assert "41.5" not in repr(seen)
    noor.home()
    town.expect("walk teo teo")


def test_the_worker_sees_all_of_their_own(town: Town, noor: Walker) -> None:
    noor.start(bay="lot-b", buddy="teo")
    noor.check_in(PlaceReport(PlaceKind.FIX, ms(0), None, 41.5, -87.25, 12.0))
    seen = noor.seen_by("noor")
    assert seen is not None and seen.places and seen.places[0].lat == 41.5
    assert seen.you.may == ("check-in", "extend", "home", "cancel") and seen.extend_left_min == 60
    assert seen.pin_needed is False and seen.alert is None
    noor.home()
    town.expect("walk teo teo")


def test_nobody_else_sees_anything(town: Town, noor: Walker) -> None:
    town.tie("hana", "wale")
    noor.start()
    for name in ("bo", "hana", "wale", "nobody"):
        assert noor.seen_by(name) is None
    for via in (Via.WALLBOARD, Via.KEY, Via.DESK):
        assert noor.seen_by("ines", via=via) is None
    assert noor.seen_by("noor", raise_only=True) is None
    noor.home()


def test_a_raised_walk_names_its_alert_to_those_who_are_shown_it(town: Town, noor: Walker) -> None:
    noor.start(buddy="teo")
    town.at(RAISED_S)
    for name in ("noor", "teo", "ines"):
        seen = noor.seen_by(name)
        assert seen is not None and (seen.state, seen.alert) == (WalkState.RAISED, noor.walk.alert)
    own = noor.seen_by("noor")
    assert own is not None and own.you.may == ("check-in", "home")
    town.settle()
    town.unheard.clear()
