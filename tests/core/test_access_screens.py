"""Wallboards and desks: set up by a link at the screen, and a desk's seat, which is nobody."""

from __future__ import annotations

import pytest
from entrance import ORG, SITE, Entrance, centre
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.record import Desk, Wallboard
from tocsin.core.access.words import Ended, LinkKind, Told
from tocsin.core.alert import Alert
from tocsin.core.directory import Member, Shift
from tocsin.core.escalation import barred
from tocsin.core.planning import problems
from tocsin.core.roster import closers, coordinators, on_shift
from tocsin.core.words import Came, Kind, PlaceKind

CONSOLE = f"{SITE}/console-3"


@pytest.fixture
def door() -> Entrance:
    return Entrance(centre())


def desk(door: Entrance, where: str = CONSOLE, *, label: str = "", holder: str = "") -> Desk:
    known = set(door.world.all_kept(ORG, Desk))
    token = f"desk link {door.count}"
    door.link(LinkKind.DESK, token, door.signed_in("ada"), subject=where, label=label)
    door.done(door.using(token, f"desk {door.count}", holder))
    (new,) = set(door.world.all_kept(ORG, Desk)) - known
    return door.world.all_kept(ORG, Desk)[new]


def board(door: Entrance, *, label: str = "") -> Wallboard:
    known = set(door.world.all_kept(ORG, Wallboard))
    token = f"board link {door.count}"
    door.link(LinkKind.WALLBOARD, token, subject=SITE, label=label)
    door.done(door.using(token, f"board {door.count}"))
    (new,) = set(door.world.all_kept(ORG, Wallboard)) - known
    return door.world.all_kept(ORG, Wallboard)[new]


def pressed(door: Entrance, at: Desk, *, came: Came = Came.DESK, key: str = "k") -> Alert:
    place = c.PlaceReport(PlaceKind.ZONE, door.now_ms, label="Console 3")
    taken = door.do(
        c.Press(
            org=ORG,
            credential=at.id,
            key=key,
            member=at.seat,
            device=at.id,
            came=came,
            site=at.site,
            places=(place,),
        )
    )
    assert isinstance(taken, c.PressTaken)
    alert = door.world.alert(ORG, taken.alert)
    assert alert is not None
    return alert


def test_a_desk_is_called_as_its_place_unless_it_is_named(door: Entrance) -> None:
    assert desk(door).label == "Console 3"
    assert desk(door, label="Console 3, left").label == "Console 3, left"
    assert desk(door, holder="As its browser says").label == "As its browser says"
    act = next(act for act in door.trail() if act.what == "desk_set_up")
    assert (act.by.member, act.told) == ("ada", Told.SUPERVISORS)


def test_a_press_at_a_desk_rings_for_its_seat_with_its_place(door: Entrance) -> None:
    at = desk(door)
    alert = pressed(door, at)
    seat = door.directory.members[at.seat]
    assert (seat.name, seat.seat, alert.member) == ("Console 3", CONSOLE, seat.id)
    assert alert.places[PlaceKind.ZONE].label == "Console 3"
    assert {"noor", "bo", "teo"} <= set(alert.people) and seat.id not in alert.people


def test_a_new_desk_of_the_same_name_takes_the_seat_and_the_alert_of_the_one_before(door: Entrance) -> None:
    first = desk(door)
    alert = pressed(door, first)
    second = desk(door)
    ended = door.world.kept(ORG, Desk, first.id)
    assert ended is not None and ended.ended is Ended.REPLACED
    assert second.seat == first.seat and pressed(door, second, key="k2").id == alert.id
    beside = desk(door, label="Console 3, left")
    assert beside.seat != first.seat and pressed(door, beside, key="k3").id != alert.id
    lot = desk(door, f"{SITE}/lot-b", label="Console 3")
    assert lot.seat not in (first.seat, beside.seat)


def test_an_ended_desk_still_raises_for_its_seat(door: Entrance) -> None:
    at = desk(door)
    desk(door)
    taken = pressed(door, at, came=Came.REVOKED)
    assert taken.member == at.seat and taken.open


def test_a_seat_is_nobody_on_any_list(door: Entrance) -> None:
    seat = desk(door).seat
    directory = door.directory
    assert barred(directory, "noor", seat), "it is told of nothing"
    assert seat not in on_shift(directory, SITE, door.now_ms) and seat not in coordinators(directory)
    assert seat not in {member.id for member in closers(directory)}
    assert problems(directory) == problems(centre()), "its lack of a role is no finding"
    for kind in (LinkKind.INVITATION, LinkKind.ENROLMENT):
        assert door.declined(door.making(kind, "t", member=seat)) is c.Problem.NO_SUCH_MEMBER


def test_a_seat_on_a_roster_or_in_a_plan_is_somebody_unknown(door: Entrance) -> None:
    seat = desk(door).seat
    plan = door.directory.plans[0]
    rungs = (replace(plan.rungs[0], audience=(f"member:{seat}",)), *plan.rungs[1:])
    shift = Shift(SITE, (seat, "noor", "bo"), 0, 2)
    wrong = replace(door.directory, plans=(replace(plan, rungs=rungs),), shifts=(*door.directory.shifts, shift))
    whats = [finding.what for finding in problems(wrong)]
    assert sum(f"an unknown member '{seat}'" in what for what in whats) == 2


def test_a_site_file_that_knows_nothing_of_desks_takes_no_seat_away(door: Entrance) -> None:
    at = desk(door)
    alert = pressed(door, at)
    file = replace(centre(), name="Alder County")
    door.done(c.ReplaceDirectory(org=ORG, directory=file, by="site file"))
    door.restart()
    assert door.directory.name == "Alder County" and door.directory.members[at.seat].seat == CONSOLE
    still = door.world.alert(ORG, alert.id)
    assert still is not None and still.open
    door.done(c.ReplaceDirectory(org=ORG, directory=replace(file, devices={}), by="site file"))
    assert at.seat in door.directory.members


def test_a_member_of_the_time_before_has_no_seat() -> None:
    assert Member("noor", "Noor").seat == ""


def test_a_wallboard_is_of_one_site_and_a_new_one_of_its_name_replaces_it(door: Entrance) -> None:
    first, hall = board(door), board(door, label="Hall")
    assert (first.site, first.label) == (SITE, "Alder")
    second = board(door)
    still = door.world.all_kept(ORG, Wallboard)
    assert set(still) == {second.id, hall.id}
    assert [act.detail for act in door.trail() if act.what == "wallboard_ended"] == ["Alder: replaced"]


def test_a_wallboard_does_not_grow_old(door: Entrance) -> None:
    one = board(door)
    door.later(400 * 24 * 3_600_000)
    door.restart()
    assert one.id in door.world.all_kept(ORG, Wallboard)


def test_a_silent_press_at_a_desk_is_silent(door: Entrance) -> None:
    at = desk(door)
    press = c.Press(org=ORG, credential=at.id, key="s", member=at.seat, device=at.id, came=Came.DESK, silent=True)
    taken = door.do(press)
    assert isinstance(taken, c.PressTaken)
    alert = door.world.alert(ORG, taken.alert)
    assert alert is not None and alert.silent and alert.kind is Kind.SOS
