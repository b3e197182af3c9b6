"""What the world remembers, forgets and finds again; what the doctor and the timeline read from the record."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, SITE, SMS, Rig, directory

from tocsin.core import commands as c
from tocsin.core.directory import Contact, Shift
from tocsin.core.words import Answer, Channel, PlaceKind
from tocsin.runtime import doctor, world
from tocsin.runtime.timeline import timeline
from tocsin.runtime.world import World

STRANGER = "+12025550177"
DAY_MS = 24 * 3_600_000


async def closed_alert(rig: Rig, key: str = "1") -> str:
    alert = await rig.raised(key)
    await rig.close(alert)
    await rig.settle(300)  # Its messages have ended too.
    return alert


def test_a_world_of_its_own_knows_nothing() -> None:
    alone = World(routes=SMS)
    assert alone.alert(ORG, "x") is None and alone.known_press(ORG, "a", "b") is None
    assert alone.directory(ORG).members == {} and alone.replied_ms(ORG, STRANGER) is None


async def test_a_dropped_layer_leaves_nothing(rig: Rig) -> None:
    alert = await rig.raised()
    layer = World(rig.world)
    before = rig.alert(alert)
    layer.take_alert(replace(before, closed_ms=1))
    layer.versions[ORG, f"alert/{alert}"] = 99
    layer.numbers[ORG, "teo"] = {"9999": "other"}
    assert list(layer.open_alerts(ORG)) == [] and "9999" in layer.answer_numbers(ORG, "teo")
    assert list(rig.world.open_alerts(ORG)) == [before] and rig.alert(alert) == before
    assert rig.world.version(ORG, f"alert/{alert}") != 99
    assert "9999" not in rig.world.answer_numbers(ORG, "teo")


async def test_the_long_closed_is_forgotten_and_recalled(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "CLOSED_KEPT", 1)
    first = await closed_alert(rig, "1")
    numbers = rig.alert(first).people["teo"].numbers
    for key in ("2", "3"):
        await closed_alert(rig, key)
    assert first not in rig.world.alerts and first not in rig.world.sent
    assert not set(numbers) & set(rig.world.answer_numbers(ORG, "teo"))
    recalled = rig.alert(first)
    assert not recalled.open and rig.world.deliveries(ORG, first)
    noted = await rig.bell.submit(c.AddNote(org=ORG, alert=first, member="teo", text="for the record"))
    assert noted == c.Done(), "the version came back with it"
    assert rig.world.alert("another-organisation", first) is None


async def test_what_still_has_a_message_under_way_is_not_forgotten(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "CLOSED_KEPT", 0)
    alert = await rig.raised()
    await rig.close(alert)
    await rig.settle()
    assert alert in rig.world.alerts
    await rig.settle(300)
    rig.world.forget_the_long_closed()
    assert alert not in rig.world.alerts


async def test_a_press_of_before_a_restart_is_known(rig: Rig) -> None:
    taken = await rig.press("k")
    rig.crash()
    again = await rig.press("k")
    assert isinstance(taken, c.PressTaken) and isinstance(again, c.PressTaken)
    assert (again.alert, again.receipt, again.known) == (taken.alert, taken.receipt, True)


async def test_a_shadow_leads_to_its_alert_before_and_after_a_restart(rig: Rig) -> None:
    alert = await rig.raised()
    duress = c.Safe(org=ORG, alert=alert, member="noor", device="noor-phone", match=c.PinMatch.DURESS)
    await rig.bell.submit(duress)
    again = await rig.press("2")
    assert isinstance(again, c.PressTaken) and again.alert != alert
    assert rig.world.own_id(again.alert) == alert
    rig.crash()
    assert rig.alert(again.alert).id == alert
    del rig.world.alerts[alert], rig.world.aliases[again.alert]
    assert rig.alert(again.alert).id == alert, "from the store, by the shadow's id"


async def test_an_unknown_number_may_write_again_after_a_restart(rig: Rig) -> None:
    def text(message: str) -> c.TextIn:
        return c.TextIn(org=ORG, vendor="twilio", message=message, sender=STRANGER, text="hello")

    first = await rig.bell.submit(text("m1"))
    rig.crash()
    await rig.settle()
    second = await rig.bell.submit(text("m2"))
    await rig.settle(3_601)
    third = await rig.bell.submit(text("m3"))
    assert isinstance(first, c.Done) and isinstance(second, c.Done) and isinstance(third, c.Done)
    assert first.reply and second.reply is None and third.reply and rig.pages == []


async def test_positions_are_known_after_a_restart(rig: Rig) -> None:
    alert = await rig.raised()
    here = c.PlaceReport(kind=PlaceKind.FIX, at_ms=rig.clock.now_ms(), lat=47.0, lon=-122.0)
    await rig.bell.submit(c.AddPlace(org=ORG, alert=alert, member="noor", place=here))
    rig.crash()
    assert [fix.lat for fix in rig.world.fixes_of(alert).values()] == [47.0]


# Doctor ----------------------------------------------------------------------------------------------------------


def of_people(rig: Rig) -> list[str]:
    return [found.what for found in doctor.findings([], rig.world, rig.clock.now_ms())]


async def test_a_record_that_is_whole_has_no_findings(rig: Rig) -> None:
    alert = await rig.raised()
    await rig.say(alert, "teo", Answer.COMING)
    await rig.settle(200)
    assert list(doctor.record_findings(rig.store, ORG)) == []


async def test_a_fact_that_was_edited_is_found(rig: Rig) -> None:
    alert = await rig.raised()
    facts = rig.store.content.facts
    place = next(n for n, fact in enumerate(facts) if fact.stream == f"alert/{alert}")
    facts[place] = msgspec.structs.replace(facts[place], body=b"\xc1 torn")
    whats = [found.what for found in doctor.record_findings(rig.store, ORG)]
    assert whats[0] == f"fact {place + 1} does not hash to its leaf"
    assert "the snapshot is not what its facts tell" in whats[1]


async def test_a_fact_that_was_lawfully_erased_is_no_torn_one(rig: Rig) -> None:
    facts = rig.store.content.facts
    facts[0] = msgspec.structs.replace(facts[0], body=None, salt=None)
    assert list(doctor.record_findings(rig.store, ORG)) == []


async def test_a_state_that_its_facts_do_not_tell_is_found(rig: Rig) -> None:
    alert = await rig.raised()
    key = (ORG, f"alert/{alert}")
    snapshot = rig.store.content.snapshots[key]
    for body in (msgspec.msgpack.encode(replace(rig.alert(alert), presses=7)), b"\xc1"):
        rig.store.content.snapshots[key] = replace(snapshot, body=body)
        assert [found.level for found in doctor.record_findings(rig.store, ORG)] == ["error"]


async def test_people_who_cannot_be_reached_or_only_half(rig: Rig) -> None:
    wanted = directory()
    teo, bo, ines = (wanted.members[name] for name in ("teo", "bo", "ines"))
    both = (*ines.contacts, Contact("ines/voice", Channel.VOICE, NUMBERS["ines"], True))
    members = {
        **wanted.members,
        "teo": replace(teo, contacts=()),
        "bo": replace(bo, contacts=(replace(bo.contacts[0], opted_out=True),)),
        "ines": replace(ines, contacts=both),
    }
    rig.world.directories[ORG] = replace(wanted, members=members)
    rig.world.channels = frozenset({Channel.SMS, Channel.VOICE})
    whats = of_people(rig)
    assert {"member teo cannot be reached", "member bo cannot be reached", "member bo has sent STOP"} <= set(whats)
    assert "member noor is half reachable" in whats and "member ines is half reachable" not in whats
    assert [found.level for found in doctor.findings([], rig.world, 0)][:2] == ["error", "error"]


async def test_holes_of_the_coming_week_and_a_site_without_a_plan(rig: Rig) -> None:
    now_ms = rig.clock.now_ms()
    shifts = (
        Shift(SITE, ("ines",), 0, now_ms + DAY_MS),
        Shift(SITE, ("teo",), now_ms + DAY_MS, now_ms + 2 * DAY_MS),
        Shift(SITE, ("teo",), now_ms + 9 * DAY_MS, now_ms + 10 * DAY_MS),
    )
    rig.world.directories[ORG] = replace(directory(), shifts=shifts, plans=())
    whats = of_people(rig)
    assert f"site {SITE} has no plan" in whats
    assert f"site {SITE}: nobody on shift in 24 h may close an alert" in whats
    assert f"site {SITE}: nobody is on shift in 48 h" in whats
    assert len([what for what in whats if "on shift" in what]) == 2


# Timeline --------------------------------------------------------------------------------------------------------


async def test_an_alert_is_told_in_order_from_the_first_press(rig: Rig) -> None:
    wanted = directory()
    mute = replace(wanted.members["bo"], contacts=())
    await rig.bell.submit(
        c.ReplaceDirectory(org=ORG, directory=replace(wanted, members={**wanted.members, "bo": mute}), by="file")
    )
    alert = await rig.raised()
    await rig.settle(5)
    await rig.say(alert, "teo", Answer.COMING)
    await rig.close(alert)
    await rig.settle()
    rows = list(timeline(rig.store, ORG, alert))
    assert rows[0] == {"at_ms": 0, "what": "raised", "who": "noor", "channel": "", "state": "sos"}
    assert [row["at_ms"] for row in rows] == sorted(row["at_ms"] for row in rows)
    told = {(row["what"], row["who"]) for row in rows}
    assert {("rang", "teo"), ("rang", "bo"), ("answered", "teo"), ("closed", "noor"), ("all_clear", "teo")} <= told


async def test_who_could_not_be_reached_stands_in_the_timeline(rig: Rig) -> None:
    from tocsin.core.words import Reason
    from tocsin.ports import Refused

    rig.carrier.results[NUMBERS["teo"]] = Refused(Reason.NUMBER_DEAD)
    alert = await rig.raised()
    rows = [row for row in timeline(rig.store, ORG, alert) if row["what"] == "not_reached"]
    assert [(row["who"], row["state"]) for row in rows] == [("teo", "number_dead")]
    assert list(timeline(rig.store, ORG, "never-raised")) == []
