"""The whole of a call over real sockets: a press rings telephones, keys reach the console, a fax does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tocsin.app import Node
from tocsin.app import serve as serve_node
from tocsin.bench.town import free_ports
from tocsin.core.words import Answer, Channel, DeliveryState, Purpose, Reason
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox import Habit, HttpHooks, Sandbox, Tempo, serve
from tocsin.sandbox.calls import Exchange
from tocsin.sandbox.demo_site import demo_directory
from tocsin.settings import load

PATIENCE_S = 60
NOOR, TEO, DANA, MATEO, JUNE = (f"+120255501{n}" for n in (11, 12, 15, 16, 17))
ORG, OURS = "alder", "+12025550190"


class Desk:
    """The running server as its users have it."""

    def __init__(self, node: Node, url: str, tokens: dict[str, str], session: aiohttp.ClientSession) -> None:
        self.node, self.url, self.tokens, self.session = node, url, tokens, session

    async def ask(self, method: str, path: str, who: str, **body: str) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        async with self.session.request(method, f"{self.url}{path}", headers=headers, json=body or None) as reply:
            assert reply.status < 300, await reply.text()
            return await reply.json()

    async def until(self, happened: Callable[[], bool]) -> None:
        """Return when this is true; it is looked at after each commit."""
        came = asyncio.Event()

        def look(*_: object) -> None:
            if happened():
                came.set()

        unsubscribe = self.node.bell.subscribe(look)
        look()
        try:
            await asyncio.wait_for(came.wait(), PATIENCE_S)
        finally:
            unsubscribe()


@pytest.mark.slow
def test_a_press_rings_phones_and_the_key_of_one_shows_coming_on_the_console(tmp_path: Path) -> None:
    def phones(calls: Exchange) -> None:
        calls.tempo = Tempo(5, 1, 20, 5)
        calls.habits = {TEO: Habit("human", ("1",)), DANA: Habit("fax"), JUNE: Habit("busy")}

    asyncio.run(_night(tmp_path, phones, _story))


@pytest.mark.slow
def test_phones_fall_silent_when_the_alert_closes_and_those_in_the_queue_never_ring(tmp_path: Path) -> None:
    def phones(calls: Exchange) -> None:
        calls.tempo, calls.per_second = Tempo(60_000), 2

    asyncio.run(_night(tmp_path, phones, _silence))


Story = Callable[["Desk", Sandbox], Awaitable[None]]


async def _night(data: Path, phones: Callable[[Exchange], None], story: Story) -> None:
    port, until = free_ports(), asyncio.Event()
    url = f"http://localhost:{port}"
    box = Sandbox(SteadyClock(data), SystemEntropy(), HttpHooks(), f"{url}/hooks/twilio/sms")
    box.calls.voice_url = f"{url}/hooks/twilio/voice"
    phones(box.calls)
    async with serve(box) as carrier, aiohttp.ClientSession() as session:
        given = {
            "TOCSIN_SERVER__PORT": str(port),
            "TOCSIN_SERVER__DATA": str(data),
            "TOCSIN_SERVER__PUBLIC_URL": url,
            "TOCSIN_SMS__TWILIO__BASE_URL": carrier.base_url,
            "TOCSIN_SMS__TWILIO__ACCOUNT_SID": box.account_sid,
            "TOCSIN_SMS__TWILIO__AUTH_TOKEN": box.auth_token,
            "TOCSIN_SMS__TWILIO__FROM": OURS,
            "TOCSIN_VOICE__TWILIO__FROM": OURS,
        }

        async def ready(node: Node) -> None:
            try:
                await node.office.apply(demo_directory(node.clock.now_ms()), "test")
                tokens = {who: (await node.office.token(who))["token"] for who in ("noor", "teo")}
                await node.office.pins("noor", "2580", "7913")
                await story(Desk(node, url, tokens, session), box)
            finally:
                until.set()

        chosen = load(None, given)
        assert not chosen.problems
        assert await serve_node(chosen, until, ready) == 0


async def _story(desk: Desk, box: Sandbox) -> None:
    pressed = await desk.ask("POST", "/api/v1/alerts", "noor")

    def alert() -> Any:
        return desk.node.bell.world.alert(ORG, pressed["id"])

    def reasons() -> dict[str, Reason | None]:
        sent = desk.node.bell.world.deliveries(ORG, pressed["id"]).values()
        return {d.to: d.reason for d in sent if d.channel == "voice"}

    await desk.until(lambda: alert().people["teo"].answer is Answer.COMING)
    await desk.until(lambda: (reasons()[DANA], reasons()[JUNE]) == (Reason.VOICEMAIL, Reason.NO_ANSWER))
    await desk.until(lambda: any("pide ayuda" in said for call in box.calls.made_to(MATEO) for said in call.heard))

    seen = await desk.ask("GET", f"/api/v1/alerts/{pressed['id']}", "teo")
    answers = {answer["member"]["id"]: (answer["answer"], answer["counts"]) for answer in seen["answers"]}
    assert answers == {"teo": ("coming", True)}
    await asyncio.wait_for(box.settled(), PATIENCE_S)
    (call,) = box.calls.made_to(TEO)
    assert call.heard[0].startswith("SOS. Noor Haddad calls for help.") and call.heard[1].startswith("Noted: coming.")

    again = await box.calls.dial(NOOR, OURS, ("1",))
    assert again.heard[-1] == "Received." and alert().presses == 2


async def _silence(desk: Desk, box: Sandbox) -> None:
    """Six phones are called, two a second; the alert closes while one may ring and others still wait."""
    pressed = await desk.ask("POST", "/api/v1/alerts", "noor")
    path = f"/api/v1/alerts/{pressed['id']}"

    def calls() -> dict[str, DeliveryState]:
        sent = desk.node.bell.world.deliveries(ORG, pressed["id"]).values()
        return {d.to: d.state for d in sent if d.channel is Channel.VOICE and d.purpose is Purpose.RING}

    await desk.until(lambda: set(calls().values()) == {DeliveryState.HANDED_OVER})
    await desk.ask("POST", f"{path}/answers", "teo", answer="coming")
    await desk.ask("POST", f"{path}/safe", "noor", pin="2580")
    others = set(calls()) - {TEO}
    await desk.until(lambda: {calls()[number] for number in others} == {DeliveryState.SUPERSEDED})
    assert calls()[TEO] is DeliveryState.ANSWERED
    assert {call.status for call in box.calls.made} == {"canceled"}
    assert not all(call.dialled for call in box.calls.made) and not any(call.heard for call in box.calls.made)
    assert sorted(box.calls.changed) == sorted((call.sid, "canceled") for call in box.calls.made), "each once"
    alert = desk.node.bell.world.alert(ORG, pressed["id"])
    assert alert is not None and all(person.unreachable is None for person in alert.people.values())
