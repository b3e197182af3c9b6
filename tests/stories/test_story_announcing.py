"""Told on the whole town: who hears that there is something to look at, and what they can still do about it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG
from town import ADDRESS, Town

from tocsin.core import commands as c
from tocsin.core.access.entry_commands import AskRecovery, RefuseRecovery, VouchRecovery
from tocsin.core.access.record import OPERATOR, By, Guard, Kept, Recovery, Session
from tocsin.core.access.words import SignedIn, Via
from tocsin.core.dice import Dice
from tocsin.core.directory import Contact
from tocsin.core.docket import Docket
from tocsin.core.limits import ANNOUNCED_EVERY_MS, DAY_MS
from tocsin.core.words import Channel, DeliveryState
from tocsin.runtime import ledger
from tocsin.runtime.world import World

DONE = c.Done()
LATER = ANNOUNCED_EVERY_MS / 1000


def begins(town: Town, *records: Kept) -> None:
    """They are kept, however they came about."""
    layer = World(town.world)
    docket = Docket(layer, ORG, town.now_ms, Dice(bytes([len(records)]) * 32))
    for record in records:
        docket.keep(record)
    change = ledger.change(docket, layer)
    assert change is not None
    layer.absorb(docket)
    town.store.append([change])
    layer.merge_down()


@pytest.fixture(autouse=True)
def somebody_could_look(town: Town) -> None:
    """A supervisor has signed in once."""
    begins(town, Guard(id="guard", since_ms=0))


def signed_in(town: Town, *names: str) -> None:
    begins(
        town,
        *(
            Session(
                id=f"session-{name}",
                token_hash=name,
                member=name,
                how=SignedIn.PASSKEY,
                began_ms=town.now_ms,
                ends_ms=town.now_ms + 9 * DAY_MS,
                idle_ms=9 * DAY_MS,
                seen_ms=town.now_ms,
                fresh_ms=town.now_ms + 9 * DAY_MS,
            )
            for name in names
        ),
    )


def by(name: str) -> By:
    return By(name, Via.SESSION, f"session-{name}")


def heard(town: Town) -> list[str]:
    """Who was told to look since we last asked, by name."""
    town.settle()
    told, town.announced = sorted(name for _, name, _ in town.announced), []
    return told


def test_two_who_let_themselves_in_as_somebody_else_are_refused_by_whoever_hears_of_it(town: Town) -> None:
    """Ines and Hana have been here for long.  They vouch for a Bo who never asked, on a night on which he is awake."""
    signed_in(town, "ines", "hana")
    assert town.do(AskRecovery(org=ORG, by=by("ines"), member="bo")) == DONE
    (recovery,) = town.world.all_kept(ORG, Recovery)
    assert town.do(VouchRecovery(org=ORG, by=by("hana"), recovery=recovery)) == DONE
    town.at(60)
    assert heard(town) == ["bo", "hana", "ines", "wale"], "and each of the two of what the other did"
    assert town.texts["bo"].startswith(f"There is something to look at in Tocsin. {ADDRESS} #")
    town.at(LATER + 60)
    assert heard(town) == ["bo", "wale"], "that it is agreed is covered by one more"
    phone = By("bo", Via.DEVICE, "bo-phone")
    assert town.do(RefuseRecovery(org=ORG, by=phone, recovery=recovery)) == DONE
    town.at(2 * DAY_MS / 1000)
    assert town.world.all_kept(ORG, Recovery) == {} and town.announced == []


def test_an_announcement_in_the_middle_of_an_alert_is_no_part_of_it(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.suspend("bo")
    town.at(30)
    assert set(heard(town)) == {"hana", "ines", "wale"} and town.alert().open
    assert "hana" not in town.alert().people
    town.settle()
    town.unheard.clear()


def test_a_silent_alert_announces_nothing_to_anybody(town: Town) -> None:
    town.press(silent=True)
    town.at(3 * LATER)
    assert heard(town) == []
    town.unheard.clear()


def test_whoever_is_suspended_before_their_turn_is_not_told(town: Town) -> None:
    town.suspend("bo")
    town.suspend("wale")
    town.at(60)
    assert heard(town) == ["hana", "ines"]
    assert town.announcements("wale")[-1].state is DeliveryState.SUPERSEDED


def test_of_ones_own_phone_one_is_told_at_ones_first_contact_in_ones_language(town: Town) -> None:
    mail = Contact("bo/mail", Channel.EMAIL, "bo@example.org", verified=True)
    bo = town.member("bo")
    theirs = replace(bo, language="es", contacts=(*bo.contacts, mail))
    town.founded(replace(town.directory, members={**town.directory.members, "bo": theirs}, devices={}))
    town.at(LATER + 60)
    town.announced.clear()
    town.do(c.Enrol(org=ORG, by=OPERATOR, member="bo", device="new", token_hash="new"))
    town.settle()
    assert [(name, contact) for _, name, contact in town.announced] == [("bo", "bo/sms")], "no mail is set up here"
    assert town.texts["bo"].startswith("Hay algo que mirar en Tocsin. ")
