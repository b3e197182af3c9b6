"""A change of the organisation in single edits: that they are the whole of it, and each can be applied or overtaken."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from any_organisation import directories
from hypothesis import given, settings
from msgspec.structs import replace

from tocsin.core.access.edit_words import ENGLISH, NAMED_MAX, word_of, words_of
from tocsin.core.access.edits import (
    ContactEdit,
    DeskEdit,
    DutiesEdit,
    Edit,
    GraceEdit,
    LanguageEdit,
    MemberEdit,
    NameEdit,
    Names,
    OrderEdit,
    OrganisationEdit,
    Part,
    PlaceEdit,
    PlanEdit,
    ReminderEdit,
    RolesEdit,
    ShiftEdit,
    SiteEdit,
    SuspensionEdit,
    TieEdit,
    WatchEdit,
)
from tocsin.core.access.sheet import Standing, applied, standing
from tocsin.core.access.splitting import difference, keeping
from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Rung, Script, Shift, Site
from tocsin.core.words import Channel, Duty, Kind, Role

# The whole ---------------------------------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(directories(), directories())
@pytest.mark.slow
def test_the_edits_of_a_difference_applied_to_the_one_give_exactly_the_other(
    before: Directory, after: Directory
) -> None:
    edits = difference(before, after)
    assert applied(before, edits) == after
    assert list(applied(before, edits).sites) == list(after.sites)
    assert difference(after, after) == []
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(edits), type=list[Edit]) == edits


@settings(max_examples=60, deadline=None)
@given(directories(), directories())
@pytest.mark.slow
def test_each_edit_holds_when_its_turn_comes_is_done_after_it_and_can_be_said(
    before: Directory, after: Directory
) -> None:
    now = before
    for edit in difference(before, after):
        assert standing(now, edit) is Standing.HOLDS
        words = words_of(now, edit)
        assert words.word == word_of(edit) in ENGLISH and str(words)
        now = applied(now, [edit])
        assert standing(now, edit) is Standing.DONE


# By themselves ----------------------------------------------------------------------------------------------------

NUMBER = "+12025550107"
SMS = Contact("bo-sms", Channel.SMS, NUMBER, verified=True)
BO = Member("bo", "Bo", (Role.RESPONDER,), contacts=(SMS,), pin_hash="p", call_code_hash="c")
ANN = Member("ann", "Ann", (Role.SUPERVISOR,), not_told_about=("bo",))
RUNGS = (Rung(0, ("on_shift",)), Rung(60, ("member:ann", "member:bo", "site:south")))
PLAN = Plan("north", Kind.SOS, 2, RUNGS)
ORG = Directory(
    "org",
    "Alder",
    members={"ann": ANN, "bo": BO},
    sites={"north": Site("north", "North", "UTC"), "south": Site("south", "South", "UTC")},
    places=(Place("north", "lot", "Lot", "lot"), Place("south", "bay", "Bay", "bay")),
    shifts=(Shift("north", ("ann", "bo"), 0, 9), Shift("north", ("ann",), 0, 9), Shift("south", ("bo",), 0, 9)),
    plans=(PLAN, replace(PLAN, site="south")),
)


def test_whoever_is_taken_out_is_out_of_every_shift_audience_and_tie() -> None:
    after = applied(ORG, [MemberEdit("bo", BO, None)])
    assert [shift.members for shift in after.shifts] == [("ann",), ("ann",), ()]
    assert all("member:bo" not in rung.audience for plan in after.plans for rung in plan.rungs)
    assert after.members == {"ann": replace(ANN, not_told_about=())}


def test_a_site_goes_with_its_places_shifts_and_plans() -> None:
    after = applied(ORG, [SiteEdit("south", ORG.sites["south"], None)])
    assert {place.site for place in after.places} == {shift.site for shift in after.shifts} == {"north"}
    assert [plan.rungs[1].audience for plan in after.plans] == [("member:ann", "member:bo")]


def test_what_carriers_told_us_of_a_contact_meanwhile_is_kept_through_an_edit_of_it() -> None:
    edit = ContactEdit("bo", "bo-sms", SMS, replace(SMS, verified=False))
    stopped = replace(ORG, members={**ORG.members, "bo": replace(BO, contacts=(replace(SMS, opted_out=True),))})
    assert standing(stopped, edit) is Standing.HOLDS
    (after,) = applied(stopped, [edit]).members["bo"].contacts
    assert after.opted_out and not after.verified
    (other,) = (
        applied(stopped, [ContactEdit("bo", "bo-sms", SMS, replace(SMS, to="+12025550108"))]).members["bo"].contacts
    )
    assert not other.opted_out


def test_a_contact_that_was_to_come_and_to_go_is_not_there() -> None:
    assert applied(ORG, [ContactEdit("bo", "x", None, None)]) == ORG


def test_a_tie_that_stays_is_no_part_of_the_difference() -> None:
    more = replace(ORG, members={**ORG.members, "ann": replace(ANN, not_told_about=("bo", "cy"))})
    assert difference(ORG, more) == [TieEdit("ann", "cy", before=False, after=True)]


def test_pins_and_codes_are_in_no_edit() -> None:
    edits = difference(replace(ORG, members={"ann": ANN}), ORG)
    edits += difference(ORG, replace(applied(ORG, [MemberEdit("bo", BO, None)])))
    kept = [edit.before or edit.after for edit in edits if isinstance(edit, MemberEdit)]
    assert len(kept) == 2 and all(member and not member.pin_hash and not member.call_code_hash for member in kept)


def test_a_file_keeps_what_only_carriers_people_and_a_suspension_could_change() -> None:
    told = replace(SMS, opted_out=True, route="two")
    known = replace(BO, contacts=(told,), suspended=True, next_pin_hashes=("a", "b"), duress_pin_hash="d")
    wanted = Member("bo", "Bodil", contacts=(SMS,))
    kept = keeping(known, wanted)
    assert kept == replace(known, name="Bodil", roles=wanted.roles) and keeping(None, wanted) is wanted


OVERTAKEN: tuple[Edit, ...] = (
    NameEdit("bo", "Bob", "Bert"),
    NameEdit("gone", "Bo", "Bert"),
    LanguageEdit("bo", "de", "es"),
    RolesEdit("bo", (Role.WORKER,), (Role.SUPERVISOR,)),
    DutiesEdit("bo", (Duty.DOOR,), (Duty.BUDDY,)),
    ContactEdit("gone", "x", None, SMS),
    ContactEdit("bo", "bo-sms", replace(SMS, to="+12025550109"), None),
    ShiftEdit(("north", 0, 9, 0), ("bo",), None),
    PlanEdit("north", Kind.SOS, replace(PLAN, needed=3), None),
    PlaceEdit("north", "lot", Place("north", "lot", "Old lot", "lot"), None),
    SiteEdit("north", Site("north", "Old", "UTC"), Site("north", "New", "UTC")),
    GraceEdit("north", 90, 120),
    ReminderEdit("gone", 180, 30),
    OrganisationEdit(Names("Birch", ("en",)), Names("Oak", ("en",))),
    TieEdit("gone", "bo", before=True, after=False),
)


@pytest.mark.parametrize("edit", OVERTAKEN, ids=lambda edit: type(edit).__name__)
def test_what_is_no_longer_as_it_was_is_overtaken(edit: Edit) -> None:
    assert standing(ORG, edit) is Standing.OVERTAKEN


DONE: tuple[Edit, ...] = (
    MemberEdit("gone", BO, None),
    MemberEdit("bo", None, BO),
    SuspensionEdit("bo", before=True, after=False),
    WatchEdit("bo", before=True, after=False),
    TieEdit("ann", "bo", before=False, after=True),
    OrderEdit(Part.SITES, "", ("south", "north"), ("north", "south")),
    ShiftEdit(("north", 5, 9, 0), ("bo",), None),
)


@pytest.mark.parametrize("edit", DONE, ids=lambda edit: type(edit).__name__)
def test_what_somebody_brought_about_meanwhile_is_done(edit: Edit) -> None:
    assert standing(ORG, edit) is Standing.DONE


def test_an_order_names_what_it_knows_and_leaves_the_rest_behind_it() -> None:
    edit = OrderEdit(Part.PLACES, "", (), ("south/bay",))
    assert standing(ORG, edit) is Standing.HOLDS
    assert [place.id for place in applied(ORG, [edit]).places] == ["bay", "lot"]


def test_a_desk_is_no_part_of_the_organisation() -> None:
    edit = DeskEdit("d", "Front", "north")
    assert standing(ORG, edit) is Standing.HOLDS and applied(ORG, [edit]) == ORG


def test_shifts_that_are_alike_are_told_apart() -> None:
    fewer = replace(ORG, shifts=(ORG.shifts[0], replace(ORG.shifts[1], members=("bo",)), ORG.shifts[2]))
    edits = difference(ORG, fewer)
    assert [edit.shift for edit in edits if isinstance(edit, ShiftEdit)] == [("north", 0, 9, 1)] * 2
    assert applied(ORG, edits) == fewer


# In words ---------------------------------------------------------------------------------------------------------

SAID: Mapping[str, Edit] = {
    "Bo leaves": MemberEdit("bo", BO, None),
    "Cy joins": MemberEdit("cy", None, Member("cy", "Cy")),
    "Bo: roles responder -> worker, auditor": RolesEdit("bo", BO.roles, (Role.WORKER, Role.AUDITOR)),
    "Bo: language en -> es": LanguageEdit("bo", "en", "es"),
    "Bo: sms …07 removed": ContactEdit("bo", "bo-sms", SMS, None),
    "Bo: sms …07 -> sms …07 (not verified)": ContactEdit("bo", "bo-sms", SMS, replace(SMS, verified=False)),
    "Ann may be told about Bo again": TieEdit("ann", "bo", before=True, after=False),
    "Ann is not to be told about gone": TieEdit("ann", "gone", before=False, after=True),
    "the suspension of Bo is lifted": SuspensionEdit("bo", before=True, after=False),
    "North: a shift of Ann, Bo -> nobody": ShiftEdit(("north", 0, 9, 0), ("ann", "bo"), ()),
    "North: the desk Front is turned off": DeskEdit("d", "Front", "north"),
    "far: the place Lot is gone": PlaceEdit("far", "lot", ORG.places[0], None),
    "the site North is gone": SiteEdit("north", ORG.sites["north"], None),
    "the organisation: Alder, en -> Birch, en, es": OrganisationEdit(
        Names("Alder", ("en",)), Names("Birch", ("en", "es"))
    ),
    "another order of shifts": OrderEdit(Part.SHIFTS, "", (), ()),
    "North: the plan for sos: 2 needed; 1. after 0 s on_shift by push+sms+voice every 30 s -> "
    "3 needed; 1. after 5 s on_shift by sms, then voice 9 s apart every 30 s": PlanEdit(
        "north",
        Kind.SOS,
        PLAN,
        replace(
            PLAN,
            needed=3,
            rungs=(Rung(5, ("on_shift",), ((Channel.SMS,), (Channel.VOICE,)), stagger_s=9), RUNGS[1]),
        ),
    ),
    "North: the plan for sos: door (en): Lock it. -> door (en): Open it.": PlanEdit(
        "north",
        Kind.SOS,
        replace(PLAN, scripts=(Script(Duty.DOOR, "en", "Lock it."), Script(Duty.CAMERA, "en", "Look."))),
        replace(PLAN, scripts=(Script(Duty.DOOR, "en", "Open it."), Script(Duty.CAMERA, "en", "Look."))),
    ),
    "North: the plan for sos is gone: 2 needed; 1. after 0 s on_shift by sms every 30 s": PlanEdit(
        "north", Kind.SOS, replace(PLAN, rungs=(Rung(0, ("on_shift",), ((Channel.SMS,),)),)), None
    ),
}


@pytest.mark.parametrize("words", SAID)
def test_an_edit_is_said_with_people_by_name_and_no_whole_number(words: str) -> None:
    said = str(words_of(ORG, SAID[words]))
    assert said == words and NUMBER not in said


def test_a_shift_says_when_it_is_to_whoever_shows_it() -> None:
    words = words_of(ORG, ShiftEdit(("north", 3, 9, 0), None, ("ann",)))
    assert (words.args["starts_ms"], words.args["ends_ms"]) == ("3", "9") and str(words) == "North: a shift of Ann"


def test_of_a_crowd_on_a_shift_those_who_come_or_go_are_named_and_the_rest_counted() -> None:
    crowd = tuple(f"m{n}" for n in range(2_000))
    told = words_of(ORG, ShiftEdit(("north", 0, 9, 0), crowd, (*crowd[:1_990], "bo")))
    before, after = str(told.args["before"]), str(told.args["after"])
    assert before.startswith("m1990, m1991, ") and before.endswith(f", {2_000 - NAMED_MAX} more")
    assert after.startswith("Bo, m0, ") and after.endswith(f", {1_991 - NAMED_MAX} more")
    assert len(before.split(", ")) == len(after.split(", ")) == NAMED_MAX + 1
    made = words_of(ORG, ShiftEdit(("north", 0, 9, 0), None, crowd[:3]))
    assert (made.args["before"], made.args["after"]) == ("", "m0, m1, m2")
