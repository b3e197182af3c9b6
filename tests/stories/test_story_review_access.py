"""Side doors into an alert: who reads on a borrowed phone that it lives on, and who closes it in two others' names."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR, Say
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket
from tocsin.core.limits import DAY_MS
from tocsin.core.sight import Reader, alert_view
from tocsin.core.words import Answer, PlaceKind, Role
from tocsin.runtime import ledger
from tocsin.runtime.world import World

DONE = c.Done()


def quiet(town: Town) -> None:
    """What is rung is other stories' matter."""
    town.settle()
    town.unheard.clear()


def in_lot_b(town: Town) -> tuple[c.PlaceReport, ...]:
    return (c.PlaceReport(PlaceKind.ZONE, town.now_ms, label="Lot B"),)


def names_on(town: Town, name: str, alert: str) -> tuple[str, ...]:
    """The alerts that this one names to whoever holds this member's phone."""
    others = [town.alert(id) for id in town.alert(alert).linked]
    reader = Reader(name, f"{name}-phone")
    view = alert_view(town.alert(alert), alert, town.directory, {}, {}, reader, town.now_ms, others)
    assert view is not None and isinstance(view.linked, tuple)
    return view.linked


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.SUPERVISOR])
def test_a_colleague_s_alert_does_not_tell_her_phone_that_hers_is_open_after_duress(town: Town, role: Role) -> None:
    """He holds her phone and saw it close.  Somebody presses in the same place; a closed alert would not be named."""
    people = town.directory
    noor = replace(people.members["noor"], roles=(Role.WORKER, role))
    town.founded(replace(people, members={**people.members, "noor": noor}, devices={}))
    hers = town.press(places=in_lot_b(town)).alert
    town.pin(c.PinMatch.DURESS)
    theirs = town.press("bo", places=in_lot_b(town)).alert
    assert names_on(town, "noor", theirs) == ()
    assert names_on(town, "teo", theirs) == (hers,), "to those who may help they name each other"
    quiet(town)


def newly_enrolled(town: Town, *names: str) -> None:
    for name in names:
        done = c.Enrol(org=ORG, by=OPERATOR, member=name, device=f"{name}-new", token_hash=f"hash-of-{name}-new")
        assert town.do(done) == DONE


def declined(reply: c.Reply) -> c.Problem | None:
    return reply.problem if isinstance(reply, c.Declined) else None


def test_nobody_closes_with_two_phones_that_they_enrolled_for_others_in_mid_alert(town: Town) -> None:
    town.press()
    town.at(5)
    newly_enrolled(town, "ines", "teo")
    assert declined(town.propose("ines", device="ines-new")) is c.Problem.TOO_NEW
    assert town.propose("ines") == DONE, "her own phone is as good as it was"
    assert declined(town.confirm("teo", device="teo-new")) is c.Problem.TOO_NEW
    town.at(70)
    assert town.alert().open
    quiet(town)


def test_a_phone_enrolled_in_mid_alert_answers_and_objects(town: Town) -> None:
    town.press()
    town.at(5)
    newly_enrolled(town, "bo")
    assert town.say("bo", Answer.COMING) == DONE
    town.propose("ines")
    assert town.objects("bo") == DONE and town.alert().proposal is None
    quiet(town)


def begins_to_count(town: Town, name: str) -> None:
    """They were let in by a link, or given a role, now."""
    layer = World(town.world)
    docket = Docket(layer, ORG, town.now_ms, Dice(name.encode().ljust(32)))
    docket.keep(Say(id=name, since_ms=town.now_ms))
    change = ledger.change(docket, layer)
    assert change is not None
    layer.absorb(docket)
    town.store.append([change])
    layer.merge_down()


def test_nobody_closes_in_the_names_of_two_whom_they_let_in_in_mid_alert(town: Town) -> None:
    town.press()
    town.at(5)
    begins_to_count(town, "ines")
    assert declined(town.propose("ines")) is c.Problem.TOO_NEW
    assert town.propose("teo") == DONE
    assert declined(town.confirm("ines")) is c.Problem.TOO_NEW
    town.now_ms += DAY_MS - 1
    assert declined(town.propose("ines")) is c.Problem.TOO_NEW
    town.now_ms += 1
    assert town.confirm("ines") == DONE, "an alert that lasts for a day can still be closed"
    quiet(town)
