"""A push that only proves the way: sent once, kept short in number, and what it finds out is told."""

from __future__ import annotations

import asyncio

import pytest

from tocsin.core.access.push_commands import PushGone
from tocsin.core.words import Channel, Purpose, Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.runtime.push_proofs import PROOFS_MAX, WAY, PushProofs
from tocsin.runtime.routes import Routes
from tocsin.sim.clock import VirtualTimeLoop

ORG, ASKED_MS = "alder", 1_795_000_000_000


class Way:
    """A push service that says `result` once the gate is open."""

    def __init__(self) -> None:
        self.result: Accepted | Refused | Unknown = Accepted("ref")
        self.gate, self.sent = asyncio.Event(), list[Message]()

    async def send(self, message: Message) -> Accepted | Refused | Unknown:
        self.sent.append(message)
        await self.gate.wait()
        return self.result

    async def close(self) -> None:
        """Nothing is open."""


def proving(way: Way | None) -> tuple[PushProofs, list[PushGone]]:
    told: list[PushGone] = []
    return PushProofs(Routes({Channel.PUSH: {WAY: way}} if way else {}), told.append), told


async def test_it_says_nothing_of_any_alert_and_names_its_own_time(loop: VirtualTimeLoop) -> None:
    way = Way()
    proofs, told = proving(way)
    proofs.send(ORG, "sub-1", ASKED_MS, "es")
    way.gate.set()
    await proofs.stop()
    (sent,) = way.sent
    assert sent.reference.endswith(f"/test-sub-1.{ASKED_MS}") and sent.to == "sub-1"
    assert sent.purpose is Purpose.REACH_TEST and not sent.answerable and sent.text.startswith("Tocsin\n\nSe puede")
    assert told == []
    await proofs.stop()


@pytest.mark.parametrize(
    ("result", "gone"),
    [
        (Refused(Reason.ADDRESS_DEAD), True),
        (Refused(Reason.SENDER_SUSPENDED), False),
        (Unknown("time-out"), False),
    ],
)
async def test_only_what_its_push_service_calls_gone_is_told(
    loop: VirtualTimeLoop, result: Refused | Unknown, gone: bool
) -> None:
    way = Way()
    proofs, told = proving(way)
    way.result = result
    way.gate.set()
    proofs.send(ORG, "sub-1", ASKED_MS, "en")
    await proofs.stop()
    assert told == ([PushGone(org=ORG, subscription="sub-1")] if gone else []) and len(way.sent) == 1


async def test_a_flood_of_them_takes_nothing_from_those_who_are_rung(loop: VirtualTimeLoop) -> None:
    way = Way()
    proofs, _ = proving(way)
    for number in range(PROOFS_MAX + 5):
        proofs.send(ORG, f"sub-{number}", ASKED_MS, "en")
    way.gate.set()
    await proofs.stop()
    assert len(way.sent) == PROOFS_MAX
    off, _ = proving(None)
    off.send(ORG, "sub-1", ASKED_MS, "en")
    await off.stop()
