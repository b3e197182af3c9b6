"""The doctor names whoever watches over others and hears of nothing, and what nobody took."""

from __future__ import annotations

from msgspec.structs import replace
from rig import NUMBERS, ORG, Rig, begin, directory

from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR, Guard
from tocsin.core.directory import Contact
from tocsin.core.limits import ANNOUNCED_EVERY_MS
from tocsin.core.words import Channel, Reason
from tocsin.ports import Accepted, Refused
from tocsin.runtime.doctor import findings, people_findings

CHANNELS = frozenset({Channel.SMS, Channel.VOICE, Channel.EMAIL})


def named(contact: Contact, *, suspended: bool = False) -> bool:
    """Is Ines named who has this contact alone?"""
    here = directory()
    ines = replace(here.members["ines"], contacts=(contact,), suspended=suspended)
    found = people_findings(replace(here, members={**here.members, "ines": ines}), CHANNELS, 0)
    whom = [one.what.split()[1] for one in found if one.code == "member_unannounced"]
    assert set(whom) <= {"ines"}, "a worker or a responder need not be told"
    return whom == ["ines"]


def test_a_supervisor_whom_no_announcement_reaches_is_named() -> None:
    assert named(Contact("v", Channel.VOICE, NUMBERS["ines"], verified=True))
    assert named(Contact("s", Channel.SMS, NUMBERS["ines"], verified=True, opted_out=True))
    assert not named(Contact("v", Channel.VOICE, NUMBERS["ines"], verified=True), suspended=True)
    assert not named(Contact("s", Channel.SMS, NUMBERS["ines"], verified=True))
    assert not named(Contact("m", Channel.EMAIL, "ines@example.org", verified=True))


async def test_what_nobody_took_is_said_until_somebody_does(rig: Rig) -> None:
    await rig.found()
    begin(rig, Guard(id="guard", since_ms=0))
    rig.carrier.results[NUMBERS["ines"]] = Refused(Reason.VENDOR_DOWN)
    await rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member="bo"))
    await rig.settle(ANNOUNCED_EVERY_MS / 1000 + 60)

    def said() -> list[str]:
        found = findings((), rig.world, rig.clock.now_ms())
        return [one.what for one in found if one.code == "announcement_untaken"]

    (what,) = said()
    assert what.startswith("member ines was to be told of something 1")
    rig.carrier.results[NUMBERS["ines"]] = Accepted("SM")
    await rig.settle(2 * ANNOUNCED_EVERY_MS / 1000)
    assert said() == []
