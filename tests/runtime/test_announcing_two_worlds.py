"""T2, T12: nobody reads from their mail box that somebody calls for help in silence, or that they were tied to them.

Four worlds get the same script of acts.  In one nothing else happens, in one Noor presses silently, in one she is made
to type her duress PIN, and in one Ines is tied to her.  Ines's whole mail box, words and seconds, must be the same.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rig import NUMBERS, ORG, Rig, begin, directory

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.access.commands import ResetPins, Suspend
from tocsin.core.access.entry_commands import AskRecovery
from tocsin.core.access.record import OPERATOR, By, Guard, Session
from tocsin.core.access.tie_commands import SetTie
from tocsin.core.access.words import SignedIn, Via
from tocsin.core.words import Came, Role
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.sim.disk import weather

WORLDS = ("quiet", "silent", "duress", "tied")
ACTS = st.one_of(
    st.tuples(st.just("enrol"), st.sampled_from(("noor", "ines", "teo", "bo"))),
    st.tuples(st.just("suspend"), st.sampled_from(("teo", "bo"))),
    st.tuples(st.just("recover"), st.sampled_from(("noor", "bo"))),
    st.tuples(st.just("reset"), st.sampled_from(("teo", "bo"))),
    st.tuples(st.just("wait"), st.sampled_from((1, 5, 120, 599, 601))),
)
Script = list[tuple[str, str | int]]


def office(ines: Role) -> Rig:
    rig = Rig(VirtualTimeLoop(weather(1)))
    here = directory()
    members = {**here.members, "ines": replace(here.members["ines"], roles=(ines,))}
    members |= {"uma": replace(here.members["wale"], id="uma", contacts=())}
    members |= {"hana": replace(here.members["teo"], id="hana", roles=(Role.SUPERVISOR,), contacts=())}
    rig.loop.run_until_complete(rig.found(replace(here, members=members)))
    begin(rig, Guard(id="guard", since_ms=0), session(rig, "wale"), session(rig, "hana"))
    return rig


def session(rig: Rig, name: str) -> Session:
    now_ms, long_ms = rig.clock.now_ms(), 10**9
    return Session(
        id=f"session-{name}",
        token_hash=name,
        member=name,
        how=SignedIn.PASSKEY,
        began_ms=now_ms,
        ends_ms=now_ms + long_ms,
        idle_ms=long_ms,
        seen_ms=now_ms,
        fresh_ms=now_ms + long_ms,
    )


def signed_in(name: str) -> By:
    return By(name, Via.SESSION, f"session-{name}")


async def act(rig: Rig, what: str, of: str | int, number: int) -> None:
    match what:
        case "wait":
            await rig.settle(float(of))
        case "enrol":
            id = f"phone-{number}"
            await rig.bell.submit(c.Enrol(org=ORG, by=OPERATOR, member=str(of), device=id, token_hash=id))
        case "suspend":
            await rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member=str(of)))
        case "recover":
            await rig.bell.submit(AskRecovery(org=ORG, by=signed_in("hana"), member=str(of)))
        case _:
            await rig.bell.submit(ResetPins(org=ORG, by=signed_in("hana"), member=str(of)))


async def befalls(rig: Rig, world: str) -> None:
    if world == "tied":
        await rig.bell.submit(SetTie(org=ORG, by=signed_in("wale"), member="ines", about="noor"))
    elif world != "quiet":
        press = c.Press(
            org=ORG, credential="p", key="1", member="noor", device="p", came=Came.DEVICE, silent=world == "silent"
        )
        taken = await rig.bell.submit(press)
        assert isinstance(taken, c.PressTaken)
        if world == "duress":
            await rig.bell.submit(
                c.Safe(org=ORG, alert=taken.alert, member="noor", device="p", match=c.PinMatch.DURESS)
            )


class Noted:
    """A vendor that keeps what it takes to Ines, without the reference, and the second."""

    def __init__(self, rig: Rig, box: list[tuple[int, str]]) -> None:
        self.rig, self.box, self.began_ms = rig, box, rig.clock.now_ms()

    async def send(self, message: ports.Message) -> ports.Accepted | ports.Refused | ports.Unknown:
        if message.to == NUMBERS["ines"]:
            self.box.append(((self.rig.clock.now_ms() - self.began_ms) // 1_000, message.text.partition(" #")[0]))
        return await self.rig.carrier.send(message)

    async def close(self) -> None:
        """Nothing is open."""


async def lived(rig: Rig, script: Script, world: str) -> list[tuple[int, str]]:
    """What Ines gets, and in which second.  Where she would be rung by rights, she is tied in every world."""
    box: list[tuple[int, str]] = []
    rig.routes_to(Noted(rig, box))
    await befalls(rig, world)
    for number, step in enumerate(script):
        await act(rig, *step, number)
    await rig.settle(1_300)
    return box


def box_of(script: Script, world: str, role: Role) -> list[tuple[int, str]]:
    rig = office(role)
    if world in ("silent", "duress", "quiet"):
        here = rig.world.directory(ORG)
        tied = replace(here.members["ines"], not_told_about=("noor",))
        rig.world.directories[ORG] = replace(here, members={**here.members, "ines": tied})
    found = rig.loop.run_until_complete(lived(rig, script, world))
    rig.loop.close()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
@settings(max_examples=8, deadline=None)
@given(script=st.lists(ACTS, max_size=6))
def test_a_tied_person_s_mail_box_is_the_same_whatever_befell_the_other(role: Role, script: Script) -> None:
    quiet, *others = (box_of(script, world, role) for world in WORLDS)
    assert all(other == quiet for other in others)


def test_what_is_done_to_the_other_is_announced_in_every_world_alike() -> None:
    """That there is something to compare."""
    script: Script = [("recover", "noor"), ("wait", 5), ("enrol", "noor")]
    boxes = [box_of(script, world, Role.SUPERVISOR) for world in WORLDS]
    assert boxes[0] and boxes.count(boxes[0]) == len(WORLDS)
