"""What one administrator does by giving roles: it acts at once, it is told, and it is no say in what was before."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from second_person import DAY, acts, agree, asked, edit, peopled, problem
from ward import ORG, PLAN, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.change_commands import form_of
from tocsin.core.access.words import Told
from tocsin.core.commands import Done, Problem
from tocsin.core.directory import Shift
from tocsin.core.words import Outcome, Role


@pytest.fixture
def ward() -> Ward:
    """Set up the day before; Bo, Teo and Ines are on."""
    ward = peopled()
    ward.guarded()
    ward.wait(DAY)
    night = Shift(SITE, ("noor", "bo", "teo", "ines"), 0, 10**15)
    ward._write(lambda docket: docket.set_rules(replace(docket.directory, shifts=(night,), plans=(PLAN,))))
    return ward


def promoted(ward: Ward, *roles: Role, name: str = "bo") -> c.Reply:
    before = form_of(ward.member(name))
    return edit(ward, "ada", name, before, replace(before, roles=(*before.roles, *roles)))


def closes(ward: Ward, alert: str, name: str) -> c.Reply:
    said = c.ProposeClose(org=ORG, alert=alert, member=name, device=f"{name}-phone", outcome=Outcome.SAFE)
    return ward.do(said)


def test_a_role_that_one_administrator_gives_acts_at_once_and_all_supervisors_are_told(
    ward: Ward,
) -> None:
    reply = promoted(ward, Role.SUPERVISOR, Role.COORDINATOR)
    assert isinstance(reply, Done) and reply.split is not None and not reply.split.waiting
    assert {Role.SUPERVISOR, Role.COORDINATOR} <= set(ward.member("bo").roles)
    assert Told.SUPERVISORS in {act.told for act in acts(ward) if act.by.member == "ada" and act.about == "bo"}


def test_it_is_no_say_in_what_was_asked_for_before(ward: Ward) -> None:
    change = asked(ward)
    ward.wait(1)
    promoted(ward, Role.SUPERVISOR, name="noor")
    assert problem(agree(ward, "noor", change)) is Problem.NOT_ALLOWED


def test_whoever_is_made_a_supervisor_in_mid_alert_closes_nothing_that_was_open(ward: Ward) -> None:
    alert = ward.press()
    assert "bo" in ward.alert(alert).people
    ward.wait(1)
    promoted(ward, Role.SUPERVISOR)
    assert problem(closes(ward, alert, "bo")) is Problem.TOO_NEW
    assert closes(ward, alert, "teo") == Done() and ward.alert(alert).open
