"""A rung larger than the carrier's pace: everybody is called in turn, nobody twice at once, and nothing piles up."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import pytest
from rig import ORG, Rig

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.words import Channel, Kind, Purpose, Reason, Role
from tocsin.sandbox import Sandbox, Tempo
from tocsin.sandbox.calls import Call
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.wire.twilio import Pairs
from tocsin.wire.twilio_voice import CallAddresses, call_form, read_call_status, reading

PEOPLE = 40
DIALS_EVERY_S = 5  # As two hundred people and a call a second.
ROUND_S = PEOPLE * DIALS_EVERY_S


class Entropy:
    def seed(self) -> bytes:
        return bytes(32)


class Exchange:
    """The box as a channel, with its callbacks: the carrier without its sockets."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.box = rig, Sandbox(rig.clock, Entropy(), self)
        self.calls = self.box.calls
        self.calls.per_second, self.calls.tempo = 1 / DIALS_EVERY_S, Tempo(8_000, 300)
        self.most_at_once = 0

    async def send(self, message: ports.Message) -> ports.Accepted:
        alert, _, delivery = message.reference.partition("/")
        addresses = CallAddresses("https://tocsin.example.org", alert, delivery, message.send)
        twiml = reading(message.text, "en", addresses, step=None)
        form = call_form(message.to, "+12025550190", twiml, addresses.status, 300)
        taken = await self.calls.take(urlencode(form).encode())
        assert taken is not None
        standing = Counter(call.to for call in self.standing())
        self.most_at_once = max(self.most_at_once, *standing.values())
        return ports.Accepted(msgspec.json.decode(taken[1])["sid"])

    async def withdraw(self, provider_ref: str) -> bool:
        await self.calls.change(provider_ref, b"Status=canceled")
        return True

    def standing(self) -> list[Call]:
        """Calls that wait, ring or are heard."""
        return [call for call in self.calls.made if not call.over]

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        asked, form = dict(parse_qsl(urlsplit(url).query)), parse_qsl(body.decode())
        if "heard" in asked:
            await self.rig.bell.submit(_report(asked, form, c.Moved.DELIVERED))
        elif "status" in url:
            news = read_call_status(form)
            moved = c.Moved.UNDELIVERED if news.unheard else c.Moved.ENDED if news.ended else c.Moved.ACCEPTED
            fault = news.unheard or news.ended
            await self.rig.bell.submit(_report(asked, form, moved, None if fault is None else Reason(fault.reason)))
        return 200, b"<Response><Hangup/></Response>"

    async def close(self) -> None:
        """Nothing is open."""


def _report(asked: dict[str, str], form: Pairs, moved: c.Moved, reason: Reason | None = None) -> c.Report:
    return c.Report(
        org=ORG,
        delivery=asked["delivery"],
        alert=asked["alert"],
        moved=moved,
        reason=reason,
        provider_ref=dict(form)["CallSid"],
        route="twilio",
        send=int(asked["send"]),
    )


class Telephones(Rig):
    channel = Channel.VOICE


def crowd() -> Directory:
    """Forty people on shift who have nothing but a telephone; each is rung again after half a minute."""

    def member(name: str, number: int) -> Member:
        contact = Contact(f"{name}/voice", Channel.VOICE, f"+1202555{number:04}", verified=True)
        return Member(name, name.title(), (Role.SUPERVISOR,), contacts=(contact,))

    names = ["noor", *(f"helper-{number}" for number in range(PEOPLE + 1))]
    by_voice = ((Channel.VOICE,),)
    backstop = tuple(f"member:{name}" for name in names[-3:])
    rungs = (Rung(0, ("on_shift",), by_voice, 30), Rung(600, backstop, by_voice, 30))
    return Directory(
        ORG,
        "Alder dispatch",
        members={name: member(name, 100 + index) for index, name in enumerate(names)},
        sites={"centre": Site("centre", "Alder", "UTC")},
        shifts=(Shift("centre", tuple(names[:-1]), 0, 10**15),),
        plans=(Plan("centre", Kind.SOS, 2, rungs),),
    )


@pytest.mark.slow
async def test_a_rung_larger_than_the_carrier_s_pace_is_called_through_in_turn(loop: VirtualTimeLoop) -> None:
    rig = Telephones(loop)
    exchange = Exchange(rig)
    rig.routes_to(exchange)
    assert await rig.bell.submit(c.ReplaceDirectory(org=ORG, directory=crowd(), by="file")) == c.Done()
    alert = await rig.raised()
    await rig.settle(ROUND_S + 20)
    assert len({call.to for call in exchange.calls.made if call.heard}) == PEOPLE, "nobody waits behind a repeat"
    await rig.settle(2 * ROUND_S)
    assert exchange.most_at_once == 1 and len(exchange.standing()) <= PEOPLE
    assert not any(call.status == "busy" for call in exchange.calls.made)
    assert not any(person.unreachable for person in rig.alert(alert).people.values())

    waiting = [call for call in exchange.standing() if not call.dialled]
    assert len(waiting) > PEOPLE / 2
    await rig.close(alert)
    await rig.settle(10)
    assert all(call.status == "canceled" for call in waiting), "I9"
    await rig.settle(60)
    told = {d.provider_ref for d in rig.world.deliveries(ORG, alert).values() if d.purpose is Purpose.ALL_CLEAR}
    assert {call.sid for call in exchange.standing()} <= told
    await exchange.box.settled()
    await rig.bell.stop()
