"""The long list of everybody is kept as people change, and is the same as one made from the beginning."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.words import Channel, Role
from tocsin.runtime.access.staff import Staff


def centre(*people: Member) -> Directory:
    return Directory("alder", "Alder", members={one.id: one for one in people})


def crowd(count: int) -> list[Member]:
    return [Member(f"m{n}", f"Member {n:04}", (Role.WORKER,)) for n in range(count)]


def named(staff: Staff, directory: Directory) -> list[str]:
    return [view.name for view in staff.of(directory)]


def test_a_list_is_in_order_of_name_without_the_seats_of_desks() -> None:
    people = (Member("b", "ana"), Member("a", "Bo"), Member("d", "Ana"), Member("s", "Desk", seat="centre/door"))
    views = Staff().of(centre(*people))
    assert [view.id for view in views] == ["b", "d", "a"]


def test_only_whoever_is_another_value_is_looked_at_again() -> None:
    people, staff = crowd(500), Staff()
    staff.of(centre(*people))
    assert staff.looked_at == 500
    contact = Contact("c", Channel.SMS, "+12025550111", verified=True)
    people[7] = replace(people[7], contacts=(contact,))
    changed = centre(*people)
    for _ in range(3):
        assert staff.of(changed)[7].ways == 1
    assert staff.looked_at == 501
    assert staff.of(replace(changed, name="Birch")) == Staff().of(changed)
    assert staff.looked_at == 501, "the same people, in another value of the organisation"


def test_who_comes_goes_and_is_named_anew_stands_where_they_belong() -> None:
    people, staff = crowd(5), Staff()
    staff.of(centre(*people))
    renamed = replace(people[0], name="Zoe")
    now = centre(*people[2:], renamed, Member("new", "Abe"))
    assert named(staff, now) == ["Abe", "Member 0002", "Member 0003", "Member 0004", "Zoe"]
    seated = centre(*people[2:], renamed, Member("new", "Abe", suspended=True))
    assert [view.suspended for view in staff.of(seated)] == [True, False, False, False, False]


def test_a_list_is_the_callers_own() -> None:
    staff, here = Staff(), centre(*crowd(2))
    staff.of(here).clear()
    assert len(staff.of(here)) == 2
