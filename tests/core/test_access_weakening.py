"""What weakens protection and what does not: by example, and against a count of one's own over any organisation."""

from __future__ import annotations

import pytest
from any_organisation import IDS, directories
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from weaker import HOUR, NIGHT, ORG, PLAN, REACHED, RUNGS, W, of, planned, reasons, rostered, rungs, somebody

from tocsin.core.access.edits import (
    ContactEdit,
    DeskEdit,
    Edit,
    MemberEdit,
    NameEdit,
    RolesEdit,
    ShiftEdit,
    SuspensionEdit,
    TieEdit,
    WatchEdit,
)
from tocsin.core.access.sheet import Sheet, Standing
from tocsin.core.access.splitting import difference
from tocsin.core.access.weakening import weakenings
from tocsin.core.access.weakens import SENTENCES, Weakens
from tocsin.core.directory import Contact, Directory, Member, Plan, Shift, Site
from tocsin.core.words import Channel, Role

YEAR = 365 * 24 * HOUR

# The roster ------------------------------------------------------------------------------------------------------


def test_two_who_swap_their_shifts_take_nothing_from_anybody() -> None:
    day = replace(NIGHT, members=("cy", "eve", "wes"), starts_ms=0, ends_ms=10 * HOUR)
    before = rostered(day, NIGHT)
    swapped = rostered(replace(day, members=("cy", "dee", "wes")), replace(NIGHT, members=("ann", "bo", "eve")))
    assert reasons(swapped, before=before) == set()


def test_a_shift_that_falls_below_what_is_needed_weakens_and_only_by_what_takes_away() -> None:
    fewer = rostered(replace(NIGHT, members=("ann", "bo", "wes")), Shift("north", ("eve",), 30 * HOUR, 40 * HOUR))
    assert reasons(fewer) == set()
    two = rostered(replace(NIGHT, members=("ann", "wes")))
    edits = difference(ORG, two)
    found = dict(zip(edits, weakenings(ORG, edits, 0), strict=True))
    assert [bool(why) for why in found.values()] == [False, True], "Wes joins at once, Bo and Dee stay"
    assert {why for whys in found.values() for why in whys} == {W.EMPTIES_ROSTER, W.EMPTIES_RUNG}


def test_whoever_is_in_danger_is_none_of_those_who_help() -> None:
    """Three at work and two needed: of two, whoever pressed would have one."""
    assert reasons(rostered(replace(NIGHT, members=("ann", "bo")))) >= {W.EMPTIES_ROSTER}


def test_a_shift_with_enough_for_everybody_may_lose_one() -> None:
    four = rostered(replace(NIGHT, members=("ann", "bo", "cy", "dee")))
    assert reasons(rostered(replace(NIGHT, members=("ann", "cy", "dee"))), before=four) == set()


def test_who_cannot_be_reached_is_suspended_or_kept_from_somebody_there_counts_for_nothing() -> None:
    for change in ({"contacts": ()}, {"suspended": True}, {"not_told_about": ("ann",)}):
        dee = replace(ORG.members["dee"], **change)
        before = rostered(replace(NIGHT, members=("ann", "bo", "cy", "dee")), dee=dee)
        after = replace(before, shifts=(replace(NIGHT, members=("ann", "bo", "dee")),))
        assert W.EMPTIES_ROSTER in reasons(after, before=before), change


def test_a_rung_of_those_on_shift_may_not_lose_its_last_either() -> None:
    """As many people as before, and none of them a supervisor."""
    before = rostered(replace(NIGHT, members=("ann", "bo", "dee", "eve")))
    after = rostered(replace(NIGHT, members=("wes", "bo", "dee", "eve")))
    assert reasons(after, before=before) == {W.EMPTIES_RUNG}


def test_a_rung_of_another_sites_shift_counts_that_shift() -> None:
    south = Shift("south", ("cy", "eve"), 0, 30 * HOUR)
    sites = {**ORG.sites, "south": Site("south", "South", "UTC")}
    plan = replace(PLAN, rungs=(RUNGS[0], replace(RUNGS[1], audience=("site:south",)), RUNGS[2]))
    before = replace(ORG, sites=sites, plans=(plan,), shifts=(NIGHT, south))
    edits = difference(before, replace(before, shifts=(NIGHT, replace(south, members=("cy",)))))
    assert [set(found) for found in weakenings(before, edits, 0)] == [{W.EMPTIES_ROSTER, W.EMPTIES_RUNG}]


def test_what_is_over_can_be_taken_out_and_what_runs_now_cannot() -> None:
    assert reasons(rostered(), now_ms=20 * HOUR) == set()
    assert W.EMPTIES_ROSTER in reasons(rostered(), now_ms=20 * HOUR - 1)


def test_a_gap_of_minutes_between_two_shifts_is_found() -> None:
    later = replace(NIGHT, starts_ms=NIGHT.starts_ms + 300_000)
    edits = difference(ORG, rostered(later))
    assert [bool(why) for why in weakenings(ORG, edits, 0)] == [False, True], "the later one comes at once"
    assert reasons(rostered(replace(NIGHT, ends_ms=30 * HOUR))) == set()


def test_a_roster_that_was_too_thin_and_gets_no_thinner_does_not_wait() -> None:
    thin = rostered(replace(NIGHT, members=("ann",)))
    assert reasons(rostered(replace(NIGHT, members=("cy",))), before=thin) == set()


def test_whoever_leaves_leaves_their_shifts_too() -> None:
    edit = MemberEdit("dee", ORG.members["dee"], None)
    assert of(edit) == {W.REMOVES_MEMBER, W.REMOVES_RESPONDER, W.EMPTIES_ROSTER, W.EMPTIES_RUNG}


# By what they are reached ----------------------------------------------------------------------------------------

TESTED = (replace(REACHED[0], asked_ms=1, answered_ms=2),)
THEIRS = Contact("his own", Channel.SMS, "+12025550166", verified=True)


def instead_of_dee(before: Directory, **members: Member) -> set[Weakens]:
    """Zed has Dee's place in the night, and these members are as they are said here, all in one act."""
    people = {**before.members, **members}
    return reasons(replace(before, members=people, shifts=(replace(NIGHT, members=("ann", "bo", "zed")),)), 0, before)


def test_whoever_is_hired_in_the_same_act_makes_up_for_nobody() -> None:
    """He calls any number verified: his own, or one that nobody hears."""
    assert instead_of_dee(ORG, zed=somebody("zed", contacts=(THEIRS,))) == {W.EMPTIES_ROSTER, W.EMPTIES_RUNG}
    known = rostered(NIGHT, zed=somebody("zed"))
    assert instead_of_dee(known) == set(), "they were here before, and are as good as she"
    four = rostered(replace(NIGHT, members=("ann", "bo", "cy", "dee")))
    later = rostered(replace(NIGHT, members=("ann", "bo", "cy", "zed")), zed=somebody("zed", contacts=(THEIRS,)))
    assert reasons(later, before=four) == set(), "enough are left without"


@pytest.mark.parametrize("had", [(), (replace(THEIRS, verified=False),), (replace(THEIRS, opted_out=True),)])
def test_a_number_that_is_new_or_only_now_called_verified_makes_up_for_none(had: tuple[Contact, ...]) -> None:
    before = rostered(NIGHT, zed=somebody("zed", contacts=had))
    assert instead_of_dee(before, zed=somebody("zed", contacts=(THEIRS,))) >= {W.EMPTIES_ROSTER}


def test_where_tests_are_made_a_way_that_no_test_has_proven_makes_up_for_none_that_one_has() -> None:
    """However long ago it was added: he adds his own number today, and changes the roster tomorrow."""
    tested = {id: replace(ORG.members[id], contacts=TESTED) for id in ("ann", "bo", "dee")}
    before = rostered(NIGHT, **tested, zed=somebody("zed", contacts=(THEIRS,)))
    assert instead_of_dee(before) == {W.EMPTIES_ROSTER, W.EMPTIES_RUNG}
    proven = replace(THEIRS, asked_ms=1, answered_ms=2)
    assert (
        instead_of_dee(replace(before, members={**before.members, "zed": somebody("zed", contacts=(proven,))})) == set()
    )


def test_a_proof_that_is_old_is_none_and_so_nothing_to_make_up_for() -> None:
    tested = {id: replace(ORG.members[id], contacts=TESTED) for id in ("ann", "bo", "dee")}
    before = rostered(replace(NIGHT, ends_ms=2 * YEAR), **tested, zed=somebody("zed", contacts=(THEIRS,)))
    after = replace(before, shifts=(replace(before.shifts[0], members=("ann", "bo", "zed")),))
    assert reasons(after, 0, before) == {W.EMPTIES_ROSTER, W.EMPTIES_RUNG}
    assert reasons(after, YEAR, before) == set()


def test_a_proven_number_under_another_id_is_the_same_number() -> None:
    tested = {id: replace(ORG.members[id], contacts=TESTED) for id in ("ann", "bo", "dee", "eve")}
    before = rostered(replace(NIGHT, members=("ann", "bo", "dee", "eve")), **tested)
    renamed = replace(before.members["ann"], contacts=(replace(REACHED[0], id="new"),))
    after = rostered(replace(NIGHT, members=("ann", "bo", "dee")), **{**tested, "ann": renamed})
    assert reasons(after, 0, before) == set()


# People ----------------------------------------------------------------------------------------------------------


def test_taking_somebody_out_always_waits_so_that_nobody_reads_a_tie_in_it() -> None:
    assert of(MemberEdit("wes", ORG.members["wes"], None)) == {W.REMOVES_MEMBER}
    tied = rostered(NIGHT, wes=somebody("wes", Role.WORKER, not_told_about=("ann",), suspended=True))
    assert of(MemberEdit("wes", tied.members["wes"], None), tied) == {W.REMOVES_MEMBER}
    assert of(MemberEdit("ann", ORG.members["ann"], None)) >= {W.REMOVES_RESPONDER, W.EMPTIES_RUNG}


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.SUPERVISOR, Role.COORDINATOR])
def test_a_helpers_role_is_not_taken_by_one(role: Role) -> None:
    member = somebody("zoe", role, Role.WORKER)
    before = rostered(NIGHT, zoe=member)
    assert of(RolesEdit("zoe", member.roles, (Role.WORKER,)), before) == {W.REMOVES_RESPONDER}
    assert of(RolesEdit("zoe", (Role.WORKER,), member.roles), before) == set()


def test_another_role_may_go_unless_a_rung_calls_it() -> None:
    edit = RolesEdit("wes", (Role.WORKER, Role.AUDITOR), (Role.WORKER,))
    assert of(edit) == set()
    assert of(edit, planned(*rungs(1, audience=("role:auditor",)))) == {W.EMPTIES_RUNG}


VOICE = Contact("v", Channel.VOICE, "+12025550101", verified=True)
PUSH = Contact("p", Channel.PUSH, "endpoint", verified=True)
OTHER_SMS = Contact("o", Channel.SMS, "+12025550102", verified=True)
MAIL = Contact("m", Channel.EMAIL, "wes@example.org", verified=True)
SMS = REACHED[0]


@pytest.mark.parametrize(
    ("has", "keeps", "waits"),
    [
        ((SMS,), (), True),
        ((SMS, VOICE), (SMS,), True),
        ((SMS, OTHER_SMS), (SMS,), True),
        ((SMS, VOICE, PUSH), (SMS, VOICE), True),
        ((SMS, OTHER_SMS, VOICE), (SMS, OTHER_SMS), True),
        ((SMS, OTHER_SMS, VOICE), (SMS, VOICE), True),
        ((SMS,), (OTHER_SMS,), True),
        ((SMS, VOICE, PUSH), (replace(SMS, to="+12025550109"), VOICE, PUSH), True),
        ((SMS, VOICE), (replace(SMS, id="renamed"), VOICE), False),
        ((SMS, VOICE), (replace(SMS, verified=False), VOICE), True),
        ((replace(SMS, verified=False), VOICE), (SMS, VOICE), False),
        ((replace(SMS, opted_out=True), VOICE), (VOICE,), False),
        ((SMS, MAIL), (SMS,), False),
    ],
)
def test_no_way_to_reach_somebody_is_taken_by_one_however_many_seem_left(
    has: tuple[Contact, ...], keeps: tuple[Contact, ...], waits: bool
) -> None:
    before = rostered(NIGHT, wes=somebody("wes", contacts=has))
    after = rostered(NIGHT, wes=somebody("wes", contacts=keeps))
    assert reasons(after, before=before) == ({W.MUTES_CHANNEL} if waits else set())


def test_a_contact_that_nobody_has_takes_nothing_away() -> None:
    assert of(ContactEdit("wes", "x", None, None)) == set()


LET_GO: dict[Weakens, tuple[Edit, Edit]] = {
    W.LIFTS_TIE: (TieEdit("wes", "ann", before=True, after=False), TieEdit("wes", "ann", before=False, after=True)),
    W.REINSTATES: (SuspensionEdit("wes", before=True, after=False), SuspensionEdit("wes", before=False, after=True)),
    W.ENDS_WATCH: (WatchEdit("wes", before=True, after=False), WatchEdit("wes", before=False, after=True)),
    W.DEVICE_OFF: (DeskEdit("d", "Front", "north"), NameEdit("wes", "Wes", "Wesley")),
}


@pytest.mark.parametrize("why", LET_GO)
def test_what_holds_somebody_off_or_lets_somebody_call_is_not_let_go_by_one(why: Weakens) -> None:
    loosening, tightening = LET_GO[why]
    assert of(loosening) == {why} and of(tightening) == set()


def test_each_reason_has_its_sentence() -> None:
    assert SENTENCES.keys() == set(Weakens)


# Any organisation ------------------------------------------------------------------------------------------------


def helpers(directory: Directory, site: str, at_ms: int) -> int:
    """An independent count: who of the shift can be reached."""
    on = {id for s in directory.shifts if s.site == site and s.starts_ms <= at_ms < s.ends_ms for id in s.members}
    people = [directory.members[id] for id in on if id in directory.members and not directory.members[id].suspended]
    kinds = {Channel.SMS, Channel.VOICE, Channel.PUSH}
    return sum(any(c.verified and c.kind in kinds for c in person.contacts) for person in people)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Shift, ...]:
    spans = [(0, 3), (1, 4), (2, 6), (4, 7)]
    people = st.lists(st.sampled_from(IDS), unique=True)
    return tuple(
        Shift("north", tuple(draw(people)), first * HOUR, last * HOUR) for first, last in spans if draw(st.booleans())
    )


CROWD = replace(ORG, members={id: somebody(id) for id in IDS}, plans=(replace(PLAN, rungs=RUNGS[:1]),))


@settings(max_examples=150, deadline=None)
@given(rosters(), rosters(), st.integers(0, 5))
@pytest.mark.slow
def test_no_hour_to_come_gets_thinner_below_what_is_needed_by_one_and_nothing_else_waits(
    was: tuple[Shift, ...], wanted: tuple[Shift, ...], hour: int
) -> None:
    before, after = replace(CROWD, shifts=was), replace(CROWD, shifts=wanted)
    edits = difference(before, after)
    found = weakenings(before, edits, hour * HOUR)
    at_once = _at_once(before, edits, found)
    hours = range(hour, 8)

    def thinner(one: Directory, other: Directory, at: int) -> bool:
        left = helpers(other, "north", at * HOUR)
        return left < helpers(one, "north", at * HOUR) and left - 1 < PLAN.needed

    assert not any(thinner(before, at_once, at) for at in hours)
    if not any(thinner(before, after, at) for at in hours):
        assert not any(found) and at_once.shifts == after.shifts
    for edit, why in zip(edits, found, strict=True):
        assert not why or (isinstance(edit, ShiftEdit) and not set(edit.before or ()) <= set(edit.after or ()))


@settings(max_examples=150, deadline=None)
@given(directories(), directories())
@pytest.mark.slow
def test_whatever_acts_at_once_nobody_is_less_protected_than_before(before: Directory, after: Directory) -> None:
    edits = difference(before, after)
    now = _at_once(before, edits, weakenings(before, edits, 0))
    for id, member in before.members.items():
        later = now.members[id]
        assert set(member.not_told_about) <= set(later.not_told_about)
        assert later.suspended >= member.suspended and later.watch_window >= member.watch_window
        assert set(member.roles) & {Role.RESPONDER, Role.SUPERVISOR, Role.COORDINATOR} <= set(later.roles)
        had, has = ({(c.kind, c.to) for c in one.contacts if c.reaches} for one in (member, later))
        assert had <= has or (len(had & has) >= 2 and len({kind for kind, _ in had & has}) >= 2)
    served = {(plan.site, plan.kind): plan for plan in now.plans}
    for plan in before.plans:
        later_plan = served[plan.site, plan.kind]
        assert later_plan.needed >= plan.needed
        for rung in plan.rungs:
            for word in rung.audience:
                assert _first_s(later_plan, word) <= rung.after_s, word


def _first_s(plan: Plan, word: str) -> int:
    wide = {word, "on_shift", f"site:{plan.site}"} if word in ("on_shift", f"site:{plan.site}") else {word}
    wide |= {"on_shift", f"site:{plan.site}"} if word.startswith("role:") else set()
    return min(rung.after_s for rung in plan.rungs if wide & set(rung.audience))


def _at_once(before: Directory, edits: list[Edit], found: list[tuple[Weakens, ...]]) -> Directory:
    sheet = Sheet(before)
    for edit, why in zip(edits, found, strict=True):
        if not why and sheet.standing(edit) is Standing.HOLDS:
            sheet.apply(edit)
    return sheet.directory()
