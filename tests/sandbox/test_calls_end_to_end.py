"""The whole of a call over real sockets: a press rings telephones, keys reach the console, a fax does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from end_to_end import DANA, JUNE, MATEO, NOOR, OURS, PATIENCE_S, TEO, Place, Scene, by_twilio, play

from tocsin.core.words import Answer, Channel, DeliveryState, Purpose, Reason
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox import Habit, HttpHooks, Sandbox, Tempo, serve
from tocsin.sandbox.calls import Exchange


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


Story = Callable[[Scene, Sandbox], Awaitable[None]]


async def _night(data: Path, phones: Callable[[Exchange], None], story: Story) -> None:
    place = Place(data)
    box = Sandbox(SteadyClock(data), SystemEntropy(), HttpHooks(), place.hook("twilio/sms"))
    box.calls.voice_url = place.hook("twilio/voice")
    phones(box.calls)
    async with serve(box) as carrier:
        given = {**by_twilio(box, carrier.base_url), "TOCSIN_VOICE__TWILIO__FROM": OURS}
        await play(place, given, lambda scene: story(scene, box))
    assert box.calls.made_to(TEO), "whatever became of that night, Teo's telephone was called"


async def _story(scene: Scene, box: Sandbox) -> None:
    await scene.press()

    def reasons() -> dict[str, Reason | None]:
        return {d.to: d.reason for d in scene.messages(Channel.VOICE)}

    await scene.until(lambda: scene.pressed.people["teo"].answer is Answer.COMING)
    await scene.until(lambda: (reasons()[DANA], reasons()[JUNE]) == (Reason.VOICEMAIL, Reason.NO_ANSWER))
    await scene.until(lambda: any("pide ayuda" in said for call in box.calls.made_to(MATEO) for said in call.heard))

    seen = await scene.done("teo", "GET", f"/api/v1/alerts/{scene.alert}")
    answers = {answer["member"]["id"]: (answer["answer"], answer["counts"]) for answer in seen["answers"]}
    assert answers == {"teo": ("coming", True)}
    await asyncio.wait_for(box.settled(), PATIENCE_S)
    (call,) = box.calls.made_to(TEO)
    assert call.heard[0].startswith("SOS. Noor Haddad calls for help.") and call.heard[1].startswith("Noted: coming.")

    again = await box.calls.dial(NOOR, OURS, ("1",))
    assert again.heard[-1] == "Received." and scene.pressed.presses == 2


async def _silence(scene: Scene, box: Sandbox) -> None:
    """Six phones are called, two a second; the alert closes while one may ring and others still wait."""
    await scene.node.office.pins("noor", "2580", "7913")
    await scene.press()
    path = f"/api/v1/alerts/{scene.alert}"

    def calls() -> dict[str, DeliveryState]:
        return {d.to: d.state for d in scene.messages(Channel.VOICE) if d.purpose is Purpose.RING}

    await scene.until(lambda: set(calls().values()) == {DeliveryState.HANDED_OVER})
    await scene.done("teo", "POST", f"{path}/answers", {"answer": "coming"})
    await scene.done("noor", "POST", f"{path}/safe", {"pin": "2580"})
    others = set(calls()) - {TEO}
    await scene.until(lambda: {calls()[number] for number in others} == {DeliveryState.SUPERSEDED})
    assert calls()[TEO] is DeliveryState.ANSWERED
    assert {call.status for call in box.calls.made} == {"canceled"}
    assert not all(call.dialled for call in box.calls.made) and not any(call.heard for call in box.calls.made)
    assert sorted(box.calls.changed) == sorted((call.sid, "canceled") for call in box.calls.made), "each once"
    assert all(person.unreachable is None for person in scene.pressed.people.values())
