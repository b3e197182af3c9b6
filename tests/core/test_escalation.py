"""Whom an alert may ring, whom a rung means, and when others join."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.alert import Alert, evolve
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.escalation import (
    NO_PLAN,
    OWN_RUNG,
    audience,
    barred,
    can_be_reached,
    joining,
    plan_besides,
    plan_for,
    reach,
    recipients,
    why_unreachable,
)
from tocsin.core.words import Came, Channel, Kind, Reason, Role, Why

SMS = frozenset({Channel.SMS})
PLAN = Plan("centre", Kind.SOS, 2, (Rung(0, ("on_shift",)), Rung(45, ("closers",))), version=7)


def contact(kind: Channel = Channel.SMS, id: str = "c1", **state: object) -> Contact:
    return replace(Contact(id, kind, "+12025550111", verified=True), **state)


def member(id: str, *roles: Role, **state: object) -> Member:
    return replace(Member(id, id.title(), roles, contacts=(contact(),)), **state)


PEOPLE = (
    member("noor", Role.WORKER),
    member("teo", Role.RESPONDER),
    member("ines", Role.SUPERVISOR),
    member("hana", Role.SUPERVISOR),
    member("wale", Role.COORDINATOR),
)


def centre(*people: Member, on: tuple[str, ...] = ("noor", "teo", "ines")) -> Directory:
    members = {each.id: each for each in (*PEOPLE, *people)}
    shifts = (Shift("centre", on, 0, 100), Shift("depot", ("hana",), 0, 100))
    sites = {id: Site(id, id.title(), "UTC") for id in ("centre", "depot")}
    return Directory("alder", "Alder", members=members, sites=sites, shifts=shifts, plans=(PLAN,))


def raised(*rung: str) -> Alert:
    begun = e.Raised(
        id="a",
        org="alder",
        kind=Kind.SOS,
        member="noor",
        site="centre",
        silent=False,
        drill=False,
        came=Came.DEVICE,
        plan=PLAN,
    )
    alert = evolve(None, begun, 0)
    joined = tuple(e.Summons(name, ("1111", "2222", "3333")) for name in rung)
    return evolve(alert, e.Rang(why=Why.RAISED, asked=rung, rung=0, joined=joined), 0)


@pytest.mark.parametrize(
    ("who", "is_barred"),
    [
        (member("teo"), False),
        (member("noor"), True),
        (member("teo", suspended=True), True),
        (member("teo", not_told_about=("noor",)), True),
        (member("teo", not_told_about=("somebody else",)), False),
    ],
)
def test_nobody_in_danger_suspended_tied_or_unknown_is_told(who: Member, is_barred: bool) -> None:
    assert barred(centre(who), "noor", who.id) is is_barred
    assert barred(centre(), "noor", "nobody")


@pytest.mark.parametrize(
    ("words", "means"),
    [
        (("on_shift",), ["noor", "teo", "ines"]),
        (("role:supervisor",), ["ines"]),
        (("member:hana", "member:nobody"), ["hana"]),
        (("site:depot",), ["hana"]),
        (("duty_supervisor",), ["ines"]),
        (("coordinators",), ["wale"]),
        (("closers",), ["ines", "hana", "wale"]),
        (("role:supervisor", "on_shift"), ["ines", "noor", "teo"]),
        ((), []),
    ],
)
def test_an_audience_in_words_names_each_person_once(words: tuple[str, ...], means: list[str]) -> None:
    assert audience(centre(), "centre", Rung(0, words), 50) == means


def test_recipients_are_the_audience_without_the_barred() -> None:
    tied = member("ines", Role.SUPERVISOR, not_told_about=("noor",))
    assert recipients(centre(tied), raised(), Rung(0, ("on_shift",)), 50) == ["teo"]


def test_nobody_joins_while_enough_remain() -> None:
    assert joining(centre(), raised("teo", "ines"), SMS) == []


@pytest.mark.parametrize("rung", [(), ("teo",), ("ines",)])
def test_every_untied_supervisor_and_coordinator_joins_when_fewer_than_needed_remain(rung: tuple[str, ...]) -> None:
    tied = member("hana", Role.SUPERVISOR, not_told_about=("noor",))
    assert joining(centre(tied), raised(*rung), SMS) == [name for name in ("ines", "wale") if name not in rung]


def test_they_join_when_nobody_who_may_close_remains() -> None:
    assert joining(centre(member("bo")), raised("teo", "bo"), SMS) == ["ines", "hana", "wale"]


def test_only_people_who_can_be_reached_count_as_remaining() -> None:
    silent = member("teo", Role.RESPONDER, contacts=(contact(opted_out=True),))
    assert joining(centre(silent), raised("teo", "ines"), SMS) == ["hana", "wale"]
    lost = evolve(raised("teo", "ines"), e.NotReached(member="teo", reason=Reason.PHONE_OFF), 1)
    assert joining(centre(), lost, SMS) == ["hana", "wale"]


def test_a_channel_that_is_not_there_reaches_nobody() -> None:
    assert can_be_reached(centre(), raised(), "teo", SMS)
    assert not can_be_reached(centre(), raised(), "teo", frozenset())


def test_reach_is_the_usable_contacts_in_the_groups_of_the_rung() -> None:
    contacts = (
        contact(),
        contact(Channel.VOICE, "c2"),
        contact(id="c3", verified=False),
        contact(id="c4", dead="number_dead"),
        contact(Channel.EMAIL, "c5"),
    )
    groups = reach(member("teo", contacts=contacts), SMS | {Channel.VOICE}, ((Channel.SMS,), (Channel.VOICE,), ()))
    assert [[each.id for each in group] for group in groups] == [["c1"], ["c2"], []]


@pytest.mark.parametrize(
    ("contacts", "reason"),
    [
        ((), Reason.NO_CONTACT),
        ((contact(verified=False),), Reason.NO_CONTACT),
        ((contact(Channel.EMAIL, opted_out=True),), Reason.NO_CONTACT),
        ((contact(dead="number_dead"),), Reason.NUMBER_DEAD),
        ((contact(dead="number_dead"), contact(opted_out=True)), Reason.OPTED_OUT),
    ],
)
def test_why_nothing_can_be_tried_has_a_word(contacts: tuple[Contact, ...], reason: Reason) -> None:
    assert why_unreachable(member("teo", contacts=contacts), SMS) is reason


def test_the_plan_of_the_kind_else_the_sos_plan_else_one_that_rings_whoever_there_is() -> None:
    sighting = replace(PLAN, kind=Kind.SIGHTING)
    both = replace(centre(), plans=(sighting, PLAN))
    assert plan_for(both, "centre", Kind.SIGHTING) == sighting
    assert plan_for(both, "centre", Kind.ASSET) == PLAN
    assert plan_for(both, "depot", Kind.SOS) is NO_PLAN


def test_a_dead_credential_rings_supervisor_and_coordinator_besides_the_plan_or_instead() -> None:
    besides = plan_besides(PLAN, suspended=False)
    assert besides.rungs[0].audience == ("on_shift", *OWN_RUNG.audience)
    assert besides.rungs[1:] == PLAN.rungs[1:] and besides.version == 7
    instead = plan_besides(PLAN, suspended=True)
    assert instead.rungs[0] == OWN_RUNG and instead.rungs[1].audience == ("closers",)
    assert instead.needed == PLAN.needed


def test_who_remains_of_a_crowd_is_not_counted_to_the_last_of_them() -> None:
    crowd = [member(f"r{n}", Role.RESPONDER) for n in range(500)]
    asked: list[str] = []

    class Asked(dict[str, Member]):
        def get(self, id: str, otherwise: Any = None) -> Any:
            asked.append(id)
            return super().get(id, otherwise)

    here = centre(*crowd)
    watched = replace(here, members=Asked(here.members))
    assert joining(watched, raised("ines", *(one.id for one in crowd)), SMS) == []
    assert len(asked) < 20
    gone = replace(here, members={id: one for id, one in here.members.items() if id != "ines"})
    assert joining(gone, raised("ines", "r1", "r2"), SMS) == ["hana", "wale"], "whoever has left remains nowhere"
