"""Changes to who works here, in the middle of an alert: they act at once, and nobody's own call for help is lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG, PLAN, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.words import Answer, Came, DeliveryState, Phase, PlaceKind, Reason


def test_a_suspension_while_ringing_silences_that_phone_at_once(town: Town) -> None:
    town.press()
    town.suspend("teo")
    message = town.messages("teo")[0]
    assert (message.state, message.reason) == (DeliveryState.SUPERSEDED, Reason.NO_LONGER_A_RECIPIENT)
    town.at(31)
    assert town.expect_only("ring") == {"bo", "ines"}


def test_a_tie_while_ringing_silences_that_phone_at_once(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("bo", Answer.COMING)
    town.tie("bo", "ines")
    assert town.alert().people["bo"].withdrawn and not town.alert().people["bo"].helping
    town.at(40)
    assert town.expect_only("ring") == {"teo", "wale", "hana"}


def test_a_tie_bars_only_from_that_person_s_alerts(town: Town) -> None:
    town.founded(directory(ties=("bo",)))
    town.press("teo")
    town.expect("ring noor bo ines")
    town.press("noor")
    town.expect("ring teo ines")


def test_a_suspended_member_answers_and_closes_nothing(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.suspend("ines")
    refused = c.Declined(problem=c.Problem.NOT_RUNG)
    assert town.say("ines", Answer.WITH_THEM) == refused
    assert town.propose("ines") == refused
    town.propose("teo")
    assert town.confirm("ines") == refused
    assert town.objects("ines") == refused
    assert {name for _, name in town.unheard} <= {"teo", "bo", "wale", "hana"}
    town.settle()
    town.unheard.clear()


def test_opt_outs_suspensions_and_pins_survive_a_new_site_file(town: Town) -> None:
    town.text("teo", "STOP", opt_out="STOP")
    town.suspend("bo")
    town.do(c.SetPins(org=ORG, by=OPERATOR, member="noor", pin_hash="p", duress_pin_hash="d"))
    town.founded(directory())
    assert town.member("teo").contacts[0].opted_out and town.member("bo").suspended
    assert town.member("noor").pin_hash == "p"


def test_a_bad_site_file_changes_nothing(town: Town) -> None:
    before = town.directory
    weak = replace(PLAN, rungs=())
    reply = town.do(c.ReplaceDirectory(org=ORG, directory=directory(plan=weak), by="site file"))
    assert isinstance(reply, c.Declined) and reply.problem is c.Problem.BAD_DIRECTORY and reply.detail
    assert town.directory == before


def test_removing_the_person_in_danger_leaves_their_alert_open(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.founded(directory(on=("teo", "bo", "ines"), people=("teo", "ines", "wale", "bo", "hana")))
    assert town.alert().open and "noor" not in town.directory.members
    town.at(31)
    town.expect("ring teo bo ines")
    town.propose("teo")
    town.confirm("ines")
    town.at(95)
    assert town.phase is Phase.CLOSED
    town.unheard.clear()


def test_a_device_is_enrolled_once_and_revoked_for_good(town: Town) -> None:
    assert not town.directory.devices["teo-phone"].revoked
    assert town.do(c.Revoke(org=ORG, by=OPERATOR, member="teo")) == c.Done()
    assert town.directory.devices["teo-phone"].revoked
    for command in (
        c.Revoke(org=ORG, by=OPERATOR, device="nobody's"),
        c.Revoke(org=ORG, by=OPERATOR),
        Suspend(org=ORG, member="x", by=OPERATOR),
    ):
        assert town.do(command) == c.Declined(problem=c.Problem.NO_SUCH_MEMBER)
    unknown = c.Enrol(org=ORG, by=OPERATOR, member="nobody", device="d", token_hash="h")
    assert town.do(unknown) == c.Declined(problem=c.Problem.NO_SUCH_MEMBER)


def test_a_new_member_is_rung_by_the_next_rung(town: Town) -> None:
    town.founded(directory(on=("noor", "teo", "ines"), people=("noor", "teo", "ines", "wale", "hana")))
    town.press()
    town.expect("ring teo ines")
    town.founded(directory(on=("noor", "teo", "ines", "bo")))
    town.at(121)
    assert "bo" in town.alert().people
    assert "bo" in town.expect_only("ring")


def test_the_coordinates_go_and_the_place_s_label_stays(town: Town) -> None:
    fix = c.PlaceReport(PlaceKind.FIX, town.now_ms, label="by phone", lat=38.9, lon=-77.0)
    town.press(places=(fix,))
    town.pin(c.PinMatch.REAL)
    assert len(town.store.fixes(ORG, town.id())) == 1
    due = {wake.stream: wake.due_at_ms for wake in town.store.wakes(ORG)}
    assert due[f"fixes/{town.id()}"] == town.now_ms + 24 * 3_600_000
    town.do(c.EraseFixes(org=ORG, alert=town.id()))
    assert town.store.fixes(ORG, town.id()) == [] and town.store.wakes(ORG) == []
    assert town.alert().places[PlaceKind.FIX].label == "by phone"


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_member_can_call_for_help_whatever_their_role(town: Town, name: str) -> None:
    town.suspend(name)
    taken = town.press(name, came=Came.REVOKED)
    assert taken.received_only and town.alert().open
    assert name not in town.expect_only("ring")
