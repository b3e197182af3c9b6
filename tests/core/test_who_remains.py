"""Too few remain: found in one look that ends early, and held here to the rule in so many words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.alert import Alert, evolve
from tocsin.core.alert_parts import Person
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.escalation import joining
from tocsin.core.words import HELPS, MAY_CLOSE, Answer, Came, Channel, Kind, Phase, Reason, Role

SMS = frozenset({Channel.SMS})
SPARE = Member("spare", "Spare", (Role.SUPERVISOR,), contacts=(Contact("spare", Channel.SMS, "+12025550199", True),))
NAMES = ("ana", "bo", "cy", "dee", "eve", "flo")


@st.composite
def rung(draw: st.DrawFn, name: str) -> tuple[Member, Person]:
    """Somebody who was rung, and what became of it."""
    contact = Contact(name, Channel.SMS, "+12025550111", verified=True, opted_out=draw(st.booleans()))
    role = draw(st.sampled_from([Role.RESPONDER, Role.SUPERVISOR, Role.COORDINATOR]))
    tied = draw(st.sampled_from([(), (), ("worker",)]))
    member = Member(name, name.title(), (role,), contacts=(contact,), not_told_about=tied)
    answer = draw(st.sampled_from([None, *Answer, Answer.CANNOT, Answer.CANNOT, Answer.CANNOT]))
    owed = answer in HELPS or answer is Answer.SEEN
    person = Person(
        name, 0, ("1111", "2222", "3333"), 0, 0, draw(st.sampled_from([None, 5_000])),
        answer=answer,
        counts=answer is not None and draw(st.sampled_from([True, True, False])),
        loan_until_ms=draw(st.sampled_from([None, 9_000])) if owed else None,
        unreachable=draw(st.sampled_from([None, None, Reason.NO_CONTACT, Reason.VENDOR_DOWN])),
        withdrawn=draw(st.booleans()) and draw(st.booleans()),
    )  # fmt: skip
    return replace(member, suspended=draw(st.booleans()) and draw(st.booleans())), person


def nights() -> st.SearchStrategy[list[tuple[Member, Person]]]:
    return st.tuples(*(st.none() | rung(name) for name in NAMES)).map(lambda some: [one for one in some if one])


def told(rung: list[tuple[Member, Person]], needed: int) -> tuple[Directory, Alert]:
    plan = Plan("centre", Kind.SOS, needed, (Rung(0, ("on_shift",)), Rung(45, ("closers",))))
    everybody = {one.id: one for one in (Member("worker", "Worker", (Role.WORKER,)), SPARE, *(m for m, _ in rung))}
    sites = {"centre": Site("centre", "Centre", "UTC")}
    directory = Directory("alder", "Alder", members=everybody, sites=sites, shifts=(Shift("centre", (), 0, 1),))
    begun = e.Raised(
        id="a", org="alder", kind=Kind.SOS, member="worker", site="centre", silent=False, drill=False,
        came=Came.DEVICE, device=None, watch_window=False, suspended=False, plan=plan, occurred_at_ms=None,
    )  # fmt: skip
    alert = evolve(None, begun, 0)
    return directory, replace(alert, people={person.member: person for _, person in rung})


@given(nights(), st.integers(2, 3))
def test_others_join_unless_enough_remain_one_may_close_and_one_has_not_refused(
    rung: list[tuple[Member, Person]], needed: int
) -> None:
    directory, alert = told(rung, needed)
    remain = [
        (member, person)
        for member, person in rung
        if person.unreachable is None and not person.withdrawn
        if not member.suspended and "worker" not in member.not_told_about
        if any(not contact.opted_out for contact in member.contacts)
    ]
    enough = (
        len(remain) >= needed
        and any(MAY_CLOSE.intersection(member.roles) for member, _ in remain)
        and any(not (person.counts and person.answer is Answer.CANNOT) for _, person in remain)
    )
    assert ("spare" not in joining(directory, alert, SMS)) == enough


@given(nights(), st.integers(2, 3))
def test_the_phase_and_the_wake_up_are_what_the_people_say(rung: list[tuple[Member, Person]], needed: int) -> None:
    _, alert = told(rung, needed)
    helping = sum(person.helping for _, person in rung)
    owed = (at_ms for _, person in rung for at_ms in (person.loan_until_ms, person.next_ring_ms) if at_ms is not None)
    climbs_ms = [] if helping >= needed else [alert.next_rung_ms]
    assert alert.phase is (Phase.PAUSED if helping >= needed else Phase.CLIMBING)
    assert alert.wake_at_ms == min([alert.looked_ms + 120_000, *climbs_ms, *owed])
