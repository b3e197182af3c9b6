"""What follows from a frozen value is worked out once; another value, though it is equal, is worked out anew."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.directory import Directory, Member, Shift, Site
from tocsin.core.held import HELD, Held
from tocsin.core.roster import closers, rostered_until_ms, shifts_of, site_of
from tocsin.core.words import Role


def test_the_same_value_is_worked_out_once_and_an_equal_one_anew() -> None:
    asked: list[list[int]] = []

    def work(value: list[int]) -> int:
        asked.append(value)
        return sum(value)

    held, first, second = Held(work), [1, 2], [1, 2]
    assert [held.of(value) for value in (first, second, first, second)] == [3, 3, 3, 3]
    assert len(asked) == 2
    for n in range(HELD):
        held.of([n])
    held.of(first)
    assert len(asked) == HELD + 3, "of many values those that were asked about last are held"


class Walked(tuple[str, ...]):
    """People on a shift, who know how often somebody looked for one of them."""

    walks = 0

    def __contains__(self, member: object) -> bool:
        Walked.walks += 1
        return super().__contains__(member)

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()


def test_a_roster_is_searched_once_for_each_person_however_often_they_press() -> None:
    Walked.walks = 0
    shifts = tuple(Shift("centre", Walked(("teo", "bo")), n * 10, n * 10 + 10) for n in range(100))
    sites = {"centre": Site("centre", "Centre", "UTC"), "depot": Site("depot", "Depot", "UTC")}
    here = Directory("alder", "Alder", sites=sites, shifts=shifts)
    for now_ms in range(50):
        assert site_of(here, "bo", now_ms) == "centre"
        assert rostered_until_ms(here, "bo", now_ms) == 1_000
        assert shifts_of(replace(here, name="Birch"), "bo") == shifts
    assert Walked.walks == 100
    other = replace(here, shifts=(replace(shifts[0], site="depot"),))
    assert site_of(other, "bo", 0) == "depot", "another roster is searched anew"


def test_who_may_close_is_looked_for_once_among_the_same_people() -> None:
    people = [Member("teo", "Teo", (Role.SUPERVISOR,)), Member("bo", "Bo", (Role.WORKER,))]
    here = Directory("alder", "Alder", members={one.id: one for one in people})
    assert [one.id for one in closers(here)] == ["teo"] == [one.id for one in closers(here)]
    bo = replace(people[1], roles=(Role.COORDINATOR,))
    assert [one.id for one in closers(replace(here, members={**here.members, "bo": bo}))] == ["teo", "bo"]
