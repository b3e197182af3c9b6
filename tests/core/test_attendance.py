"""Here though the roster does not say so, gone though it does: the machine, and what is decided of it."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from ward import HOUR, MINUTE, ORG, SITE, Ward, founded

from tocsin.core import attendance as m
from tocsin.core import commands as c
from tocsin.core.access.clock_commands import ClockIn, ClockOut
from tocsin.core.access.commands import LookAt, Suspend
from tocsin.core.access.edits import ShiftEdit
from tocsin.core.access.record import OPERATOR, Act, By
from tocsin.core.access.sheet import numbered
from tocsin.core.access.swap_commands import EditRoster
from tocsin.core.access.words import Told, Via
from tocsin.core.attendance import Attendance, AttendancePhase
from tocsin.core.commands import Done, Problem
from tocsin.core.directory import Directory, Member, Shift, Site
from tocsin.core.limits import CLOCK_IN_EARLY_MS, CLOCK_IN_LASTS_MS, CLOCK_IN_MAX_MS, CLOCK_OUT_MAX_MS
from tocsin.core.roster import duty_supervisors, on_shift, rostered_until_ms, site_of
from tocsin.core.words import Role

HERE, GONE, OVER = AttendancePhase.HERE, AttendancePhase.GONE, AttendancePhase.OVER
EVENTS: tuple[m.AttendanceEvent, ...] = (
    m.ClockedIn("centre", 100),
    m.ClockedOut("centre", 100),
    m.ClockedOut("centre", None),
    m.Lapsed(),
    m.CutOff(),
)


@pytest.mark.parametrize("phase", AttendancePhase)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_what_the_table_does_not_name_raises_and_what_it_names_leads_where_it_says(
    phase: AttendancePhase, event: m.AttendanceEvent
) -> None:
    word = Attendance(id="noor", site="centre", since_ms=1, until_ms=50, phase=phase)
    try:
        after = m.evolve(word, event, 10)
    except m.IllegalAttendanceEvent:
        allowed = m.TRANSITIONS[phase].get(type(event))
        assert allowed is None or event == m.ClockedOut("centre", None), "the end of nothing leads nowhere"
    else:
        assert after.phase in m.TRANSITIONS[phase][type(event)] and after.open == (after.phase is not OVER)
    assert word.phase is phase and word.until_ms == 50


def test_a_word_holds_from_its_first_instant_to_before_its_last_and_not_when_it_is_over() -> None:
    word = Attendance(id="noor", site="centre", since_ms=10, until_ms=20, phase=HERE)
    assert [word.holds(at) for at in (9, 10, 19, 20)] == [False, True, True, False]
    assert not m.evolve(word, m.Lapsed(), 15).holds(12)


# By the roster and besides it ------------------------------------------------------------------------------------


def roster(*words: Attendance, shifts: tuple[Shift, ...] = ()) -> Directory:
    people = {name: Member(name, name, (Role.SUPERVISOR,) if name == "ines" else ()) for name in ("noor", "bo", "ines")}
    sites = {id: Site(id, id, "UTC") for id in ("centre", "depot")}
    known = {word.id: word for word in words}
    return Directory("alder", "Alder", members=people, sites=sites, shifts=shifts, attendance=known)


def word(id: str, phase: AttendancePhase = HERE, site: str = "centre", since: int = 0, until: int = 50) -> Attendance:
    return Attendance(id=id, site=site, since_ms=since, until_ms=until, phase=phase)


def test_who_came_in_is_on_besides_the_roster_and_who_left_is_not_on_until_their_hours_are_over() -> None:
    directory = roster(word("bo"), word("noor", GONE), shifts=(Shift("centre", ("noor", "ines"), 0, 100),))
    assert on_shift(directory, "centre", 10) == ["ines", "bo"]
    assert on_shift(directory, "centre", 50) == ["noor", "ines"], "both words have lapsed, with no wake-up rung"


def test_one_body_is_at_one_site() -> None:
    directory = roster(word("noor", site="depot"), shifts=(Shift("centre", ("noor", "ines"), 0, 100),))
    assert (on_shift(directory, "centre", 10), on_shift(directory, "depot", 10)) == (["ines"], ["noor"])
    assert (site_of(directory, "noor", 10), site_of(directory, "noor", 60)) == ("depot", "centre")


def test_somebody_who_is_rostered_and_says_so_is_on_once() -> None:
    directory = roster(word("noor"), shifts=(Shift("centre", ("noor", "ines"), 0, 100),))
    assert on_shift(directory, "centre", 10) == ["noor", "ines"]


def test_whoever_came_in_besides_counts_for_somebody_watched_over_from_the_next_shift_on() -> None:
    shifts = (Shift("centre", ("noor",), 0, 20), Shift("centre", ("ines",), 20, 60), Shift("depot", ("ines",), 12, 60))
    directory = roster(word("bo", since=10), shifts=shifts)
    assert on_shift(directory, "centre", 15) == ["noor", "bo"]
    assert on_shift(directory, "centre", 15, watched=True) == ["noor"]
    assert on_shift(directory, "centre", 20, watched=True) == ["ines", "bo"]


def test_the_duty_supervisor_is_whoever_is_here_though_another_is_rostered() -> None:
    directory = roster(word("ines", site="depot"), shifts=(Shift("centre", ("ines",), 0, 100),))
    assert duty_supervisors(directory, "depot", 10) == ["ines"]
    assert duty_supervisors(directory, "centre", 10) == ["ines"], "the nearest on the roster, though she left"


def test_rostered_hours_run_on_from_shift_to_shift() -> None:
    shifts = (Shift("centre", ("noor",), 0, 20), Shift("depot", ("noor",), 20, 60), Shift("centre", ("noor",), 61, 90))
    directory = roster(shifts=shifts)
    assert rostered_until_ms(directory, "noor", 5) == 60
    assert rostered_until_ms(directory, "noor", 5, "centre") == 20
    assert rostered_until_ms(directory, "noor", 60) is None and rostered_until_ms(directory, "bo", 5) is None


# Decided ---------------------------------------------------------------------------------------------------------


class Night(Ward):
    """Noor, Bo, Teo and Ines are on until an hour from now, then Ines and Teo; Wale and Ada are at home."""

    def __init__(self) -> None:
        super().__init__()
        self.began_ms = self.now_ms
        first = Shift(SITE, ("noor", "bo", "teo", "ines"), 0, self.now_ms + HOUR)
        self.shifts(first, Shift(SITE, ("ines", "teo"), self.now_ms + HOUR, self.now_ms + 9 * HOUR))

    def shifts(self, *shifts: Shift) -> None:
        self._write(lambda docket: docket.set_rules(replace(docket.directory, shifts=shifts)))

    def came(self, name: str, by: By | None = None, **more: object) -> c.Reply:
        command = ClockIn(org=ORG, by=by or self.session(name), member=name)
        return self.do(replace(command, **more))

    def went(self, name: str, by: By | None = None) -> c.Reply:
        return self.do(ClockOut(org=ORG, by=by or self.session(name), member=name))

    def on(self) -> set[str]:
        return set(on_shift(self.directory, SITE, self.now_ms))

    def acts(self, what: str) -> list[Act]:
        """In the order in which they were written."""
        facts = (fact for fact in self.store.facts(ORG, 0, 100_000) if fact.stream.startswith("act/"))
        found = (msgspec.msgpack.decode(fact.body, type=Act) for fact in facts if fact.body is not None)
        return [act for act in found if act.what == what]


def refused(reply: c.Reply) -> Problem:
    assert isinstance(reply, c.Declined), reply
    return reply.problem


def test_somebody_comes_in_on_their_night_off_and_every_supervisor_is_told() -> None:
    night = Night()
    assert night.came("wale") == Done()
    assert night.on() == {"noor", "bo", "teo", "ines", "wale"}
    (act,) = night.acts("clocked_in")
    assert (act.about, act.subject, act.told) == ("wale", SITE, Told.SUPERVISORS)
    assert night.directory.attendance["wale"].until_ms == night.now_ms + CLOCK_IN_LASTS_MS


def test_to_come_in_for_ones_own_shift_changes_nobody_and_is_told_to_nobody() -> None:
    night = Night()
    assert night.came("noor") == Done()
    assert night.directory.attendance["noor"].until_ms == night.began_ms + HOUR
    assert [act.told for act in night.acts("clocked_in")] == [Told.NOBODY]


def test_whoever_comes_early_is_here_until_the_end_of_their_shift() -> None:
    night = Night()
    soon_ms = night.now_ms + CLOCK_IN_EARLY_MS
    night.shifts(Shift(SITE, ("wale",), soon_ms, soon_ms + HOUR), Shift(SITE, ("ada",), soon_ms + 1, soon_ms + HOUR))
    night.came("wale")
    night.came("ada")
    assert night.directory.attendance["wale"].until_ms == soon_ms + HOUR
    assert night.directory.attendance["ada"].until_ms == night.now_ms + CLOCK_IN_LASTS_MS, "too early to be for that"


def test_nobody_is_counted_on_whom_they_forgot_to_clock_out_and_a_late_wake_up_changes_nothing() -> None:
    night = Night()
    night.came("wale", until_ms=night.now_ms + MINUTE)
    night.now_ms += MINUTE
    assert "wale" not in night.on() and night.directory.attendance["wale"].open, "the wake-up is late"
    night.wait(0)
    assert "wale" not in night.directory.attendance
    assert night.do(LookAt(org=ORG, kind="attendance", id="wale")) == Done(), "and rings in vain once more"


@pytest.mark.parametrize("days", [1, 10_000])
def test_whoever_goes_from_hours_that_never_end_is_on_again_in_three_days_at_the_latest(days: int) -> None:
    """On call day after day, or a shift without an end: one evening off must not take somebody off for good."""
    night = Night()
    day_ms = days * 24 * HOUR
    first = night.now_ms // day_ms
    night.shifts(*(Shift(SITE, ("noor", "ines"), n * day_ms, (n + 1) * day_ms) for n in range(first, first + 9)))
    night.went("noor")
    assert night.directory.attendance["noor"].until_ms == night.now_ms + CLOCK_OUT_MAX_MS
    night.wait(CLOCK_OUT_MAX_MS - 1)
    assert night.on() == {"ines"}
    night.wait(1)
    assert night.on() == {"noor", "ines"}


def test_a_wake_up_that_rings_too_early_is_set_again() -> None:
    night = Night()
    night.came("wale", until_ms=night.now_ms + MINUTE)
    night.do(LookAt(org=ORG, kind="attendance", id="wale"))
    assert "wale" in night.on()
    night.wait(MINUTE)
    assert "wale" not in night.directory.attendance


def test_who_stays_longer_says_until_when_and_within_bounds() -> None:
    night = Night()
    until_ms = night.now_ms + CLOCK_IN_MAX_MS
    assert refused(night.came("wale", until_ms=until_ms + 1)) is Problem.CONFLICT
    assert refused(night.came("wale", until_ms=night.now_ms)) is Problem.CONFLICT
    assert night.came("wale", until_ms=until_ms) == Done()
    assert night.came("wale", until_ms=until_ms) == Done(known=True), "an answer was lost, and it was said again"
    assert night.came("wale") == Done(known=True)
    night.now_ms += MINUTE
    assert night.came("wale", until_ms=until_ms - HOUR) == Done()
    known = night.directory.attendance["wale"]
    assert (known.since_ms, known.until_ms) == (night.began_ms, until_ms - HOUR), "here since the first word"


def test_to_go_early_never_waits_and_lasts_until_the_next_shift() -> None:
    night = Night()
    night.guarded()
    assert night.went("bo") == Done()
    assert night.on() == {"noor", "teo", "ines"}
    assert night.went("bo") == Done(known=True)
    assert [act.told for act in night.acts("clocked_out")] == [Told.SUPERVISORS]
    night.went("teo")
    night.wait(2 * HOUR)
    assert night.on() == {"ines"}, "Teo's hours run on to the morning"
    night.wait(8 * HOUR)
    assert not night.directory.attendance


def test_who_came_in_besides_and_goes_is_as_if_never_here() -> None:
    night = Night()
    night.came("wale")
    assert night.went("wale") == Done()
    assert not night.directory.attendance and "wale" not in night.on()
    assert night.went("ada") == Done(known=True), "she was not on"


def test_somebody_who_went_comes_back_and_a_word_that_lapsed_stands_in_nobodys_way() -> None:
    night = Night()
    night.went("bo")
    assert night.came("bo") == Done() and "bo" in night.on()
    night.now_ms += 2 * HOUR
    assert night.came("bo") == Done() and "bo" in night.on(), "the wake-up of the first word is late"


def test_a_supervisor_clocks_another_out_who_is_told_and_the_operator_is_paged_if_it_leaves_too_few() -> None:
    night = Night()
    assert night.went("bo", night.session("ines")) == Done()
    assert {act.told for act in night.acts("clocked_out")} == {Told.SUPERVISORS, Told.THEMSELF}
    assert night.pages == []
    night.went("noor", night.session("ines"))
    (dropped,) = night.acts("reachability_dropped")
    assert (dropped.subject, dropped.detail, dropped.told) == (SITE, "too_few", Told.SUPERVISORS)
    assert night.pages == ["reachability_dropped"]


def test_the_last_to_go_is_let_go_and_the_operator_is_paged() -> None:
    night = Night()
    for name in ("bo", "noor", "ines"):
        night.went(name)
    assert night.pages == [], "each went of their own will, and supervisors were told"
    night.went("teo")
    assert night.on() == set() and night.pages == ["reachability_dropped"]
    assert [act.detail for act in night.acts("reachability_dropped")] == ["too_few", "nobody"]


def test_that_somebody_who_came_in_to_help_is_on_no_more_is_said_and_the_end_of_a_shift_is_not() -> None:
    night = Night()
    night.went("bo")
    night.came("wale", until_ms=night.now_ms + MINUTE)
    night.went("noor")
    assert night.acts("reachability_dropped") == []
    night.wait(MINUTE)
    assert [act.detail for act in night.acts("reachability_dropped")] == ["too_few"]
    night.came("teo")
    night.wait(10 * HOUR)
    assert len(night.acts("reachability_dropped")) == 1, "what the roster itself leaves open is a gap, and no drop"


def test_a_suspended_person_is_on_nowhere_and_what_an_alert_then_lacks_is_said() -> None:
    night = Night()
    night.went("bo")
    wale = night.session("wale")
    night.came("wale", wale)
    night.do(Suspend(org=ORG, by=night.session("ines"), member="wale"))
    assert "wale" not in night.directory.attendance
    night.do(Suspend(org=ORG, by=night.session("ines"), member="teo"))
    assert [act.detail for act in night.acts("reachability_dropped")] == ["too_few"]
    assert refused(night.came("wale", wale)) is Problem.NOT_ALLOWED
    assert refused(night.came("wale", night.session("ines"))) is Problem.NOT_ALLOWED


def test_whoever_is_taken_out_is_on_nowhere() -> None:
    night = Night()
    night.came("ada")
    left = {id: member for id, member in night.directory.members.items() if id != "ada"}
    file = replace(night.directory, members=left)
    assert night.do(c.ReplaceDirectory(org=ORG, directory=file, by="ops")) == Done()
    assert not night.directory.attendance


def test_a_file_and_a_restart_forget_nobody_who_came_in() -> None:
    night = Night()
    night.came("ada")
    night.came("noor")
    file = replace(founded(), name="Alder, renamed", shifts=night.directory.shifts)
    assert night.do(c.ReplaceDirectory(org=ORG, directory=file, by="ops")) == Done()
    assert night.directory.name == "Alder, renamed" and "ada" in night.on()
    night.restart()
    assert "ada" in night.on()
    assert night.went("ada") == Done()


def test_nobody_clocks_another_in_but_a_supervisor_and_nobody_who_is_not_here() -> None:
    night = Night()
    assert refused(night.came("wale", night.session("noor"))) is Problem.NOT_ALLOWED
    assert refused(night.went("wale", OPERATOR)) is Problem.NOT_ALLOWED
    assert refused(night.came("nobody", night.session("ines"))) is Problem.NO_SUCH_MEMBER
    assert refused(night.came("wale", site="moon")) is Problem.CONFLICT
    assert night.came("wale", By("wale", Via.DEVICE, "wale-phone")) == Done()
    assert night.directory.attendance["wale"].site == SITE


def test_who_was_rung_stays_rung_when_they_go_and_who_comes_is_rung_by_the_next_alert() -> None:
    night = Night()
    alert = night.press("noor")
    assert set(night.alert(alert).people) == {"bo", "teo", "ines"}
    night.went("bo")
    night.came("ada")
    assert set(night.alert(alert).people) == {"bo", "teo", "ines"} and not night.alert(alert).people["bo"].withdrawn
    assert set(night.alert(night.press("teo")).people) == {"noor", "ines", "ada"}


def test_who_came_in_besides_is_not_rung_for_somebody_watched_over_before_the_next_shift() -> None:
    night = Night()
    night.change("noor", watch_window=True)
    night.came("ada")
    assert set(night.alert(night.press("noor")).people) == {"bo", "teo", "ines"}
    assert "ada" in night.alert(night.press("bo")).people
    night.wait(HOUR)
    assert "ada" in night.alert(night.press("noor")).people or "ada" in night.on()


def test_a_change_of_a_member_leaves_what_is_known_of_their_being_here() -> None:
    night = Night()
    night.came("wale")
    night.change("wale", language="es")
    assert "wale" in night.on()


# Weighed by the roster alone -------------------------------------------------------------------------------------


def taken_off(night: Night, *left: str) -> c.Reply:
    (key, shift), *_ = numbered(night.directory.shifts).items()
    return night.do(EditRoster(org=ORG, by=night.session("ines"), edits=(ShiftEdit(key, shift.members, left),)))


def test_whoever_came_in_besides_makes_up_for_nobody_who_is_taken_off_the_roster() -> None:
    night = Night()
    for name in ("wale", "ada"):
        night.came(name)
    reply = taken_off(night, "noor", "bo")
    assert isinstance(reply, Done) and reply.split is not None and reply.split.waiting, "they may go when they like"


def test_a_shift_that_has_gone_home_is_not_emptied_by_one_person_alone() -> None:
    night = Night()
    for name in ("noor", "bo", "teo", "ines"):
        night.went(name)
    reply = taken_off(night, "noor", "bo")
    assert isinstance(reply, Done) and reply.split is not None and reply.split.waiting
