"""The night before: somebody who runs the system empties the roster, and a supervisor sees it."""

from __future__ import annotations

from msgspec.structs import replace
from people import FOR_EVER_MS, ORG, PLAN, SITE
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.change_commands import AgreeChange, RefuseChange, WithdrawChange
from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.access.commands import LookAt
from tocsin.core.access.record import OPERATOR, By, Session
from tocsin.core.access.words import SignedIn, Via
from tocsin.core.dice import Dice
from tocsin.core.directory import Shift
from tocsin.core.docket import Docket
from tocsin.core.limits import CHANGE_DELAY_MS
from tocsin.runtime import ledger
from tocsin.runtime.world import World

ALONE = (Shift(SITE, ("noor",), 1, FOR_EVER_MS),)


def signs_in(town: Town, name: str) -> By:
    """They are at their page, and have just proved who they are."""
    session = Session(
        id=f"{name}-page",
        token_hash=f"{name}-page",
        member=name,
        how=SignedIn.PASSKEY,
        began_ms=town.now_ms,
        ends_ms=FOR_EVER_MS,
        idle_ms=FOR_EVER_MS,
        seen_ms=town.now_ms,
        fresh_ms=town.now_ms,
    )
    layer = World(town.world)
    docket = Docket(layer, ORG, town.now_ms, Dice(name.encode().ljust(32)))
    docket.keep(session)
    change = ledger.change(docket, layer)
    assert change is not None
    layer.absorb(docket)
    town.store.append([change])
    layer.merge_down()
    return By(name, Via.SESSION, session.id)


def applies(town: Town, **changes: object) -> list[Change]:
    """The machine's operator applies a file; returns what of it waits."""
    wanted = replace(town.directory, devices={}, **changes)
    reply = town.do(c.ReplaceDirectory(org=ORG, directory=wanted, by="site file"))
    assert isinstance(reply, c.Done) and reply.split is not None
    return [change(town, id) for id in reply.split.waiting]


def change(town: Town, id: str) -> Change:
    found = town.world.kept(ORG, Change, id)
    assert found is not None
    return found


def test_a_roster_emptied_the_night_before_is_seen_and_refused_and_she_is_heard(town: Town) -> None:
    ines = signs_in(town, "ines")
    (emptied,) = applies(town, shifts=ALONE)
    assert town.do(RefuseChange(org=ORG, by=ines, change=emptied.id, why="Who asked for this?")) == c.Done()
    town.press()
    town.expect("ring teo bo ines")
    assert change(town, emptied.id).phase is ChangePhase.REFUSED


def test_while_it_waits_and_nobody_looks_everybody_is_still_rung(town: Town) -> None:
    signs_in(town, "ines")
    applies(town, shifts=ALONE)
    slower = tuple(replace(rung, after_s=rung.after_s + 100, repeat_s=120) for rung in PLAN.rungs)
    applies(town, shifts=ALONE, plans=(replace(PLAN, rungs=slower),))
    town.press()
    town.expect("ring teo bo ines")
    town.at(31)
    town.expect("ring teo bo ines")


def test_a_friend_who_agrees_is_not_enough_before_a_day_is_over(town: Town) -> None:
    """In that day every other supervisor is told; one of them is enough to stop it, agreed or not."""
    ines, hana = signs_in(town, "ines"), signs_in(town, "hana")
    (emptied,) = applies(town, shifts=ALONE)
    town.do(AgreeChange(org=ORG, by=ines, change=emptied.id))
    town.at(CHANGE_DELAY_MS // 1000 - 1)
    town.do(LookAt(org=ORG, kind="change", id=emptied.id))
    assert change(town, emptied.id).phase is ChangePhase.AGREED
    town.suspend("ines")  # And with her goes her word.
    town.at(CHANGE_DELAY_MS // 1000)
    town.do(LookAt(org=ORG, kind="change", id=emptied.id))
    assert change(town, emptied.id).phase is ChangePhase.WAITING
    assert isinstance(town.do(RefuseChange(org=ORG, by=hana, change=emptied.id)), c.Declined)  # Proved too long ago.
    hana = signs_in(town, "wale")
    assert town.do(RefuseChange(org=ORG, by=hana, change=emptied.id)) == c.Done()
    town.press()
    assert town.expect_only("ring") == {"teo", "bo", "wale", "hana"}


def test_three_who_agree_change_it_while_an_alert_is_open_and_it_is_tended(town: Town) -> None:
    """Bo leaves in mid-alert, by the word of two supervisors and the coordinator: at once he is out of it."""
    people = [signs_in(town, name) for name in ("ines", "hana", "wale")]
    members = {id: member for id, member in town.directory.members.items() if id != "bo"}
    shifts = tuple(replace(s, members=tuple(id for id in s.members if id != "bo")) for s in town.directory.shifts)
    town.press()
    town.expect("ring teo bo ines")
    leaving = [one for one in applies(town, members=members, shifts=shifts) if one.edit.after is None]
    assert not town.alert().people["bo"].withdrawn
    for one in people:
        town.do(AgreeChange(org=ORG, by=one, change=leaving[0].id))
    assert town.alert().people["bo"].withdrawn and "bo" not in town.directory.members
    town.at(31)
    town.expect("ring teo ines")


def test_the_operator_takes_back_what_the_operator_asked(town: Town) -> None:
    signs_in(town, "ines")
    (emptied,) = applies(town, shifts=ALONE)
    assert town.do(WithdrawChange(org=ORG, by=OPERATOR, change=emptied.id)) == c.Done()
    assert change(town, emptied.id).phase is ChangePhase.WITHDRAWN
