"""A desk's seat is no person: nobody drills it, and nobody wonders that it cannot be reached."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rig import ORG, SITE, Chance, Rig

from tocsin.core.directory import Member
from tocsin.core.round import RoundKind
from tocsin.core.words import Channel
from tocsin.intake.drills import Drills, Wish
from tocsin.intake.office import Refusal
from tocsin.runtime.doctor import people_findings
from tocsin.runtime.rounds.front import Front

SEAT = Member("seat:1", "Console 3", (), seat=f"{SITE}/console-3")


def seated(rig: Rig) -> None:
    now = rig.bell.world.directory(ORG)
    rig.bell.world.directories[ORG] = replace(now, members={**now.members, SEAT.id: SEAT})


@pytest.mark.parametrize("kind", list(RoundKind))
async def test_a_seat_is_neither_drilled_nor_asked_to_answer(rig: Rig, kind: RoundKind) -> None:
    seated(rig)
    drills = Drills(Front(rig.bell), rig.bell.world, rig.clock, Chance())
    wish = Wish(kind=kind, site=SITE, shift=False, member=SEAT.id, by="operator", why="")
    with pytest.raises(Refusal, match="there is no member"):
        await drills.round(ORG, wish, 0)


async def test_a_doctor_finds_nothing_wrong_with_a_seat(rig: Rig) -> None:
    found = people_findings(rig.bell.world.directory(ORG), frozenset({Channel.SMS}), rig.clock.now_ms())
    before = list(found)
    seated(rig)
    assert list(people_findings(rig.bell.world.directory(ORG), frozenset({Channel.SMS}), rig.clock.now_ms())) == before
