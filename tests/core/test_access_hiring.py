"""Somebody new joins: by whom, known as what, and never as somebody who is here already."""

from __future__ import annotations

from ward import ORG, Ward

from tocsin.core.access.change_commands import HireMember, MemberForm
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.words import Via
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Contact
from tocsin.core.words import Channel, Role


def hire(ward: Ward, id: str, *roles: Role, by: By = OPERATOR, to: str = "+12025550177") -> Reply:
    contacts = (Contact(f"{id}-sms", Channel.SMS, to),)
    form = MemberForm(name="Ana Invented", language="es", duties=(), roles=roles or (Role.WORKER,), contacts=contacts)
    return ward.do(HireMember(org=ORG, by=by, id=id, member=form))


def problem(reply: Reply) -> Problem:
    assert isinstance(reply, Declined), reply
    return reply.problem


def test_somebody_new_is_here_at_once_and_has_no_way_in() -> None:
    ward = Ward()
    assert isinstance(hire(ward, "ana-invented", Role.SUPERVISOR), Done)
    ana = ward.world.directory(ORG).members["ana-invented"]
    assert (ana.name, ana.language, ana.pin_hash) == ("Ana Invented", "es", None)


def test_nobody_is_hired_as_somebody_who_is_here_or_as_a_desk() -> None:
    ward = Ward()
    assert isinstance(hire(ward, "ana-invented"), Done)
    assert problem(hire(ward, "ana-invented")) is Problem.CONFLICT
    assert problem(hire(ward, "seat:7")) is Problem.CONFLICT


def test_who_may_not_hires_nobody_and_least_of_all_an_administrator() -> None:
    ward = Ward()
    nobody = By("nobody", Via.SESSION)
    for roles in ((Role.WORKER,), (Role.ADMINISTRATOR,)):
        assert problem(hire(ward, "bo-invented", *roles, by=nobody)) is Problem.NOT_ALLOWED
    assert "bo-invented" not in ward.world.directory(ORG).members


def test_a_number_belongs_to_one_person() -> None:
    ward = Ward()
    assert isinstance(hire(ward, "ana-invented"), Done)
    assert problem(hire(ward, "bo-invented")) is Problem.BAD_DIRECTORY
