"""At which hours an alert would find too few: what one instant lacks, and a week walked through."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.attendance import Attendance, AttendancePhase
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.gaps import Gap, Lack, gaps, lacking, plans_of
from tocsin.core.words import Channel, Kind, Role

HOUR = 3_600_000
EVERY = frozenset(Channel)
SMS, VOICE = Channel.SMS, Channel.VOICE
ROLES = {
    "ann": (Role.RESPONDER,),
    "bob": (Role.RESPONDER,),
    "cas": (Role.RESPONDER,),
    "ines": (Role.SUPERVISOR,),
    "wale": (Role.COORDINATOR,),
}
PLAN = Plan("centre", Kind.SOS, 2, (Rung(0, ("on_shift",), ((SMS,),)), Rung(60, ("member:wale",), ((SMS,),))))


def member(id: str, *, kind: Channel = SMS, **more: bool) -> Member:
    contact = Contact(f"{id}/1", kind, f"+1202555010{len(id)}", verified=more.pop("verified", True))
    return Member(id, id, ROLES[id], contacts=(contact,), suspended=more.pop("suspended", False))


EVERYBODY = {id: member(id) for id in ROLES}


def site(
    *shifts: Shift,
    members: dict[str, Member] | None = None,
    plans: tuple[Plan, ...] = (PLAN,),
    words: tuple[Attendance, ...] = (),
) -> Directory:
    sites = {id: Site(id, id, "America/Chicago") for id in ("centre", "depot")}
    people = EVERYBODY if members is None else {**EVERYBODY, **members}
    said = {word.id: word for word in words}
    return Directory("alder", "Alder", members=people, sites=sites, shifts=shifts, plans=plans, attendance=said)


def shift(start: int, end: int, *members: str, at: str = "centre") -> Shift:
    return Shift(at, members, start * HOUR, end * HOUR)


def found(directory: Directory, hours: int = 10) -> list[tuple[float, float, tuple[Lack, ...]]]:
    return [
        (gap.starts_ms / HOUR, gap.ends_ms / HOUR, gap.lacks)
        for gap in gaps(directory, "centre", 0, hours * HOUR, EVERY)
    ]


def test_a_week_that_lacks_nothing_has_no_gap() -> None:
    assert found(site(shift(0, 10, "ann", "bob", "ines"))) == []


def test_each_stretch_says_what_is_missing_and_the_worse_alone_of_nobody_and_too_few() -> None:
    directory = site(shift(0, 2, "ann", "bob", "ines"), shift(2, 4, "ann", "ines"), shift(6, 10, "ann", "bob", "cas"))
    assert found(directory) == [
        (2, 4, (Lack.TOO_FEW,)),
        (4, 6, (Lack.NOBODY,)),
        (6, 10, (Lack.NO_CLOSER,)),
    ]


def test_the_one_in_danger_helps_nobody_and_so_two_are_too_few_for_two() -> None:
    assert found(site(shift(0, 10, "ann", "ines"))) == [(0, 10, (Lack.TOO_FEW,))]


def test_whom_nothing_wakes_or_who_is_suspended_is_not_there() -> None:
    half = {"ann": member("ann", verified=False), "bob": member("bob", suspended=True)}
    assert found(site(shift(0, 10, "ann", "bob", "cas", "ines"), members=half)) == [(0, 10, (Lack.TOO_FEW,))]
    deaf = {"ann": member("ann", kind=VOICE)}
    assert found(site(shift(0, 10, "ann", "cas", "ines"), members=deaf)) == [(0, 10, (Lack.TOO_FEW,))], "it texts"


def test_a_channel_that_is_not_set_up_wakes_nobody_and_then_the_last_step_is_said_to_be_empty() -> None:
    directory = site(shift(0, 10, "ann", "bob", "ines"))
    (gap,) = gaps(directory, "centre", 0, HOUR, frozenset({VOICE}))
    assert gap == Gap(0, HOUR, (Lack.REACHES_NOBODY,), (Kind.SOS,))


def test_nobody_on_shift_is_no_silence_while_the_last_step_or_those_who_join_can_be_woken() -> None:
    net = {"wale": member("wale", suspended=True)}
    assert found(site(members=net)) == [(0, 10, (Lack.NOBODY,))], "Ines would join"
    alone = {**net, "ines": member("ines", verified=False)}
    assert found(site(members=alone)) == [(0, 10, (Lack.REACHES_NOBODY,))]


def test_each_plan_is_asked_and_those_that_agree_are_said_once() -> None:
    walk = Plan("centre", Kind.OVERDUE, 2, (Rung(0, ("role:supervisor",), ((SMS,),)), Rung(9, ("member:wale",))))
    both = gaps(site(plans=(PLAN, walk)), "centre", 0, HOUR, EVERY)
    assert both == [Gap(0, HOUR, (Lack.NOBODY,), (Kind.SOS, Kind.OVERDUE))]
    apart = gaps(site(shift(0, 1, "ann", "bob", "ines"), plans=(PLAN, walk)), "centre", 0, HOUR, EVERY)
    assert apart == [Gap(0, HOUR, (Lack.TOO_FEW,), (Kind.OVERDUE,))]


def test_a_gap_goes_on_over_a_change_of_shift_that_mends_nothing_whatever_else_begins_between() -> None:
    walk = Plan("centre", Kind.OVERDUE, 2, (Rung(0, ("site:depot",), ((SMS,),)), Rung(9, ("member:wale",))))
    depot = shift(3, 5, "ann", "bob", "ines", at="depot")
    directory = site(shift(0, 4, "ann"), shift(4, 8, "bob"), depot, plans=(PLAN, walk))
    sos = [gap for gap in gaps(directory, "centre", 0, 8 * HOUR, EVERY) if Kind.SOS in gap.kinds]
    assert {gap.lacks for gap in sos} == {(Lack.TOO_FEW, Lack.NO_CLOSER)}
    assert (min(gap.starts_ms for gap in sos), max(gap.ends_ms for gap in sos)) == (0, 8 * HOUR)


def test_somebody_named_by_an_early_step_is_there_on_shift_or_not() -> None:
    named = Plan("centre", Kind.SOS, 2, (Rung(0, ("on_shift", "member:ines"), ((SMS,),)), *PLAN.rungs[1:]))
    assert found(site(shift(0, 10, "ann", "bob"), plans=(named,))) == []
    gone = {"ines": member("ines", verified=False)}
    assert found(site(shift(0, 10, "ann", "bob"), plans=(named,), members=gone)) == [
        (0, 10, (Lack.TOO_FEW, Lack.NO_CLOSER))
    ]


def test_a_plan_of_one_step_and_a_site_without_a_plan_are_asked_too() -> None:
    one = Plan("centre", Kind.SOS, 2, (Rung(0, ("on_shift",), ((SMS,),)),))
    for plans in ((one,), ()):
        assert found(site(shift(0, 10, "ann", "bob", "ines"), plans=plans)) == []
        assert found(site(shift(0, 10, "ann", "ines"), plans=plans)) == [(0, 10, (Lack.TOO_FEW,))]


def test_whoever_went_early_or_came_in_besides_is_counted_so() -> None:
    gone = Attendance(id="ann", site="centre", since_ms=HOUR, until_ms=3 * HOUR, phase=AttendancePhase.GONE)
    came = Attendance(id="cas", site="centre", since_ms=2 * HOUR, until_ms=9 * HOUR, phase=AttendancePhase.HERE)
    directory = site(shift(0, 10, "ann", "bob", "ines"), words=(gone, came))
    assert found(directory) == [(1, 2, (Lack.TOO_FEW,))]


def test_the_night_on_which_the_clock_goes_back_has_25_hours_and_the_other_23() -> None:
    zone = ZoneInfo("America/Chicago")

    def at(month: int, day: int) -> int:
        return round(datetime(2026, month, day, tzinfo=zone).timestamp()) * 1000

    for month, day, hours in ((11, 1, 25), (3, 8, 23), (6, 1, 24)):
        (gap,) = gaps(site(), "centre", at(month, day), at(month, day + 1), EVERY)
        assert (gap.ends_ms - gap.starts_ms) / HOUR == hours


# A week and an instant agree -------------------------------------------------------------------------------------


WHO = st.sampled_from(sorted(ROLES))
AT = st.integers(0, 12)
WHERE = st.sampled_from(["centre", "depot"])
SHIFTS = st.builds(
    lambda a, b, who, at: Shift(at, tuple(who), min(a, b) * HOUR, (max(a, b) + 1) * HOUR), AT, AT, st.sets(WHO), WHERE
)
WORDS = st.builds(
    lambda id, at, a, b, phase: Attendance(
        id=id, site=at, since_ms=min(a, b) * HOUR, until_ms=(max(a, b) + 1) * HOUR, phase=phase
    ),
    WHO,
    WHERE,
    AT,
    AT,
    st.sampled_from([AttendancePhase.HERE, AttendancePhase.GONE]),
)
RUNGS = st.builds(
    lambda words, channels: Rung(0, tuple(words), (tuple(channels),)),
    st.lists(st.sampled_from(["on_shift", "role:supervisor", "member:cas", "site:depot", "site:centre"]), min_size=1),
    st.sampled_from([(SMS,), (VOICE,), (SMS, VOICE)]),
)
KINDS = st.sampled_from(Kind)
PLAN_OF = st.builds(
    lambda kind, rungs: Plan("centre", kind, 2, tuple(rungs)), KINDS, st.lists(RUNGS, min_size=1, max_size=3)
)
PLANS = st.lists(PLAN_OF, max_size=2, unique_by=lambda plan: plan.kind)
PEOPLE = st.fixed_dictionaries(
    {}, optional={"ann": st.just(member("ann", kind=VOICE)), "ines": st.just(member("ines", suspended=True))}
)


@given(
    st.lists(SHIFTS, max_size=5), st.lists(WORDS, max_size=3, unique_by=lambda word: word.id), PLANS, PEOPLE, AT
)  # fmt: skip
def test_at_every_instant_a_week_says_what_the_escalation_itself_would_find(
    shifts: list[Shift], words: list[Attendance], plans: list[Plan], people: dict[str, Member], hour: int
) -> None:
    directory = site(*shifts, members=people, plans=tuple(plans), words=tuple(words))
    said = gaps(directory, "centre", HOUR, 12 * HOUR, EVERY)
    for at_ms in (hour * HOUR, hour * HOUR + HOUR // 2):
        if not HOUR <= at_ms < 12 * HOUR:
            continue
        now = {kind: gap.lacks for gap in said if gap.starts_ms <= at_ms < gap.ends_ms for kind in gap.kinds}
        asked = {plan.kind: lacking(directory, "centre", plan, at_ms, EVERY) for plan in plans_of(directory, "centre")}
        assert now == {kind: lacks for kind, lacks in asked.items() if lacks}
