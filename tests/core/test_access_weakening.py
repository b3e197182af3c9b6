"""What weakens protection and what does not: by example, and against a count of one's own over any organisation."""

from __future__ import annotations

import pytest
from any_organisation import IDS, directories
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tocsin.core.access.edits import (
    ContactEdit,
    DeskEdit,
    Edit,
    MemberEdit,
    NameEdit,
    PlanEdit,
    RolesEdit,
    ShiftEdit,
    SiteEdit,
    SuspensionEdit,
    TieEdit,
    WatchEdit,
)
from tocsin.core.access.sheet import Sheet, Standing
from tocsin.core.access.splitting import difference
from tocsin.core.access.weakening import weakenings
from tocsin.core.access.weakens import SENTENCES, Weakens
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Script, Shift, Site
from tocsin.core.words import Channel, Duty, Kind, Role

HOUR = 3_600_000
REACHED = (Contact("s", Channel.SMS, "+12025550101", verified=True),)
W = Weakens


def somebody(id: str, *roles: Role, **more: object) -> Member:
    return replace(Member(id, id.title(), roles or (Role.RESPONDER,), contacts=REACHED), **more)


RUNGS = (
    Rung(0, ("on_shift",), ((Channel.SMS, Channel.VOICE),), 30),
    Rung(30, ("role:supervisor",), ((Channel.SMS,), (Channel.VOICE,)), 30, 10),
    Rung(90, ("member:ann", "member:bo", "member:cy"), ((Channel.SMS,),), 30),
)
PLAN = Plan("north", Kind.SOS, 2, RUNGS)
NIGHT = Shift("north", ("ann", "bo", "dee"), 10 * HOUR, 20 * HOUR)
ORG = Directory(
    "org",
    "Alder",
    members={
        "ann": somebody("ann", Role.SUPERVISOR),
        "bo": somebody("bo", Role.COORDINATOR),
        "cy": somebody("cy", Role.SUPERVISOR),
        "dee": somebody("dee"),
        "eve": somebody("eve"),
        "wes": somebody("wes", Role.WORKER),
    },
    sites={"north": Site("north", "North", "UTC")},
    shifts=(NIGHT,),
    plans=(PLAN,),
)


def reasons(after: Directory, now_ms: int = 0, before: Directory = ORG) -> set[Weakens]:
    """Why anything of the difference has to wait."""
    edits = difference(before, after)
    return {reason for found in weakenings(before, edits, now_ms) for reason in found}


def of(edit: Edit, before: Directory = ORG) -> set[Weakens]:
    (found,) = weakenings(before, [edit], 0)
    return set(found)


def rostered(*shifts: Shift, **members: Member) -> Directory:
    return replace(ORG, shifts=shifts, members={**ORG.members, **members})


def planned(*rungs: Rung, needed: int = 2) -> Directory:
    return replace(ORG, plans=(replace(PLAN, rungs=rungs, needed=needed),))


def rungs(index: int, **changes: object) -> tuple[Rung, ...]:
    return tuple(replace(rung, **changes) if at == index else rung for at, rung in enumerate(RUNGS))


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


# Plans -----------------------------------------------------------------------------------------------------------

WEAKER = {
    "later": (planned(*rungs(0, after_s=5)), W.LENGTHENS_RUNG),
    "less often": (planned(*rungs(0, repeat_s=60)), W.LENGTHENS_RUNG),
    "backstop less often": (planned(*rungs(2, repeat_s=31)), W.LENGTHENS_RUNG),
    "second channel later": (planned(*rungs(1, stagger_s=30)), W.LENGTHENS_RUNG),
    "one channel less": (planned(*rungs(0, channels=((Channel.SMS,),))), W.MUTES_CHANNEL),
    "an audience less": (planned(*rungs(2, audience=("member:ann", "member:bo", "member:dee"))), W.EMPTIES_RUNG),
    "a backstop of fewer": (planned(*rungs(2, audience=("member:ann", "member:bo"))), W.THINS_BACKSTOP),
    "a rung less": (planned(RUNGS[0], RUNGS[2]), W.EMPTIES_RUNG),
    "a slow rung more": (planned(RUNGS[0], RUNGS[1], Rung(60, ("on_shift",), repeat_s=90), RUNGS[2]), W.LENGTHENS_RUNG),
    "no rung of everybody": (planned(RUNGS[1], RUNGS[2]), W.EMPTIES_RUNG),
}


@pytest.mark.parametrize("how", WEAKER)
def test_a_plan_that_calls_later_less_often_or_fewer_is_weaker(how: str) -> None:
    after, why = WEAKER[how]
    assert why in reasons(after)


STAY = Script(Duty.DISPATCHER, "en", "Send police.")
FALSE = Script(Duty.DISPATCHER, "en", "A test. Send nobody.")


@pytest.mark.parametrize(("had", "has"), [((), (FALSE,)), ((STAY,), (FALSE,)), ((STAY,), ()), ((STAY,), (STAY, FALSE))])
def test_what_people_are_told_to_do_is_not_changed_by_one(had: tuple[Script, ...], has: tuple[Script, ...]) -> None:
    before, after = planned(*RUNGS), planned(*rungs(0, repeat_s=20))
    before = replace(before, plans=(replace(before.plans[0], scripts=had),))
    after = replace(after, plans=(replace(after.plans[0], scripts=has),))
    first, second = difference(before, after)
    assert weakenings(before, [first, second], 0) == [(), (W.CHANGES_WORDS,)]
    assert isinstance(first, PlanEdit) and first.after is not None and first.after.scripts == had


def test_where_nothing_was_planned_a_plan_with_words_of_its_own_takes_no_words_from_anybody() -> None:
    bare = replace(ORG, plans=())
    assert W.CHANGES_WORDS not in of(PlanEdit("north", Kind.SOS, None, replace(PLAN, scripts=(STAY,))), bare)


STRONGER = {
    "sooner": planned(*rungs(1, after_s=20)),
    "more often": planned(*rungs(0, repeat_s=20)),
    "one more channel": planned(*rungs(0, channels=((Channel.SMS, Channel.VOICE, Channel.PUSH),))),
    "a wider audience": planned(*rungs(1, audience=("on_shift",))),
    "the same by another word": planned(*rungs(0, audience=("site:north",))),
    "a rung between": planned(RUNGS[0], RUNGS[1], Rung(60, ("site:north",), repeat_s=30), RUNGS[2]),
    "more in the backstop": planned(*rungs(2, audience=("member:ann", "member:bo", "member:cy", "member:dee"))),
    "more needed": planned(*RUNGS, needed=3),
}


@pytest.mark.parametrize("how", STRONGER)
def test_a_plan_that_calls_sooner_more_often_or_more_does_not_wait(how: str) -> None:
    assert reasons(STRONGER[how]) == set()


def test_fewer_on_their_way_are_not_made_enough_by_one() -> None:
    assert reasons(ORG, before=planned(*RUNGS, needed=3)) == {W.LOWERS_NEEDED}


def test_of_a_plan_that_is_both_the_stronger_half_acts_at_once() -> None:
    after = planned(replace(RUNGS[0], repeat_s=10), replace(RUNGS[1], after_s=45), RUNGS[2])
    first, second = difference(ORG, after)
    assert weakenings(ORG, [first, second], 0) == [(), (W.LENGTHENS_RUNG,)]
    assert isinstance(first, PlanEdit) and first.after is not None
    assert [(rung.after_s, rung.repeat_s) for rung in first.after.rungs] == [(0, 10), (30, 30), (90, 30)]


def test_halves_whose_times_would_run_in_a_cycle_are_one() -> None:
    swapped = planned(RUNGS[0], replace(RUNGS[1], after_s=100), replace(RUNGS[2], after_s=110))
    before = planned(RUNGS[0], replace(RUNGS[1], after_s=105), replace(RUNGS[2], after_s=115))
    assert len(difference(before, swapped)) == 1
    after = planned(RUNGS[0], replace(RUNGS[1], after_s=10), replace(RUNGS[2], after_s=20), needed=3)
    assert [bool(why) for why in weakenings(ORG, difference(ORG, after), 0)] == [False]


def test_a_plan_of_its_own_for_a_kind_is_compared_with_the_one_that_served_until_now() -> None:
    weak = replace(PLAN, kind=Kind.OVERDUE, rungs=rungs(0, after_s=9))
    assert of(PlanEdit("north", Kind.OVERDUE, None, weak)) == {W.LENGTHENS_RUNG}
    assert of(PlanEdit("north", Kind.OVERDUE, None, replace(PLAN, kind=Kind.OVERDUE))) == set()
    assert of(PlanEdit("new", Kind.SOS, None, replace(weak, site="new"))) == set()
    assert of(PlanEdit("north", Kind.SOS, PLAN, None)) == {W.REMOVES_PLAN}


def test_a_site_is_not_closed_by_one_and_may_be_opened_and_named() -> None:
    north = ORG.sites["north"]
    assert of(SiteEdit("north", north, None)) == {W.REMOVES_PLAN}
    assert of(SiteEdit("north", north, replace(north, name="N"))) == set()


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
