"""Whoever holds a telephone hears the truth when nothing can be stored, and can try again on the same call."""

from __future__ import annotations

import pytest
from called import Story, told
from called_in import STRANGER, VOICE, Line, words
from test_review_slow_disk import StalledRing

from outside import NUMBERS, Centre
from tocsin.core.limits import CODE_MISSES_MAX, PRESS_ANSWERED_MAX_S
from tocsin.core.words import Answer as Said
from tocsin.core.words import Came
from tocsin.intake.call_ins import CallIns
from tocsin.intake.hooks import CarrierCalls, Hooks
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.sim.disk import weather
from tocsin.wire.twilio_voice import read_asked

NOT_TAKEN = "This could not be taken. Call for help in another way, or try again here. To call for help, press 1."


@pytest.mark.parametrize("caller", ["noor", STRANGER])
def test_a_call_for_help_on_a_full_disk_hears_that_it_was_not_taken_and_may_try_again(caller: str) -> None:
    line = Line()
    line.ring.full = True

    async def happens() -> None:
        call = await line.dial(caller, "1", "1")
        assert call.heard[1:3] == [NOT_TAKEN, NOT_TAKEN] and "Received." not in words(call)
        assert line.opens() == [] and set(call.answers) == {200}
        line.ring.full = False
        form = {"CallSid": call.sid, "From": NUMBERS.get(caller, caller), "Digits": "1"}
        assert b"Received." in (await line.centre.hook(f"{VOICE}?at=closed", form)).body
        assert line.opens() == ([("noor", Came.CALL)] if caller == "noor" else [])

    told(happens)


def test_wrong_codes_on_a_full_disk_leave_the_key_for_help() -> None:
    line = Line()
    line.has_code("teo")
    line.ring.full = True

    async def happens() -> None:
        call = await line.dial("teo", "5", *(["000000"] * CODE_MISSES_MAX))
        assert call.heard[-1] == "To call for help, press 1." and NOT_TAKEN in call.heard

    told(happens)


def test_an_answer_by_key_that_cannot_be_stored_is_not_called_noted_and_may_be_given_again() -> None:
    story = Story()

    async def happens() -> None:
        url = story.addresses(story.accepted()).key(0)
        story.ring.full = True
        answer = await story.post(url, {"CallSid": "CA1", "Digits": "1"})
        assert answer.status == 200 and b"That could not be noted. Press the key again." in answer.body
        assert b"step=0" in answer.body and story.answer() == (None, False)
        story.ring.full = False
        assert b"Noted: coming." in (await story.post(url, {"CallSid": "CA1", "Digits": "1"})).body
        assert story.answer() == (Said.COMING, True)

    told(happens)


def test_a_disk_that_says_nothing_is_told_before_the_carrier_hangs_up() -> None:
    """A carrier waits some seconds for what a call says next, and then says words of its own."""
    centre, loop = Centre(), VirtualTimeLoop(weather(1))
    ring = StalledRing(centre)
    carrier = CarrierCalls(ring, Hooks("https://tocsin.example.org"), lambda: None)
    calls = CallIns(ring, carrier)

    async def happens() -> None:
        began = loop.time()
        call = read_asked([("CallSid", "CA1"), ("From", NUMBERS["noor"]), ("Digits", "1")])
        assert NOT_TAKEN in await calls.turn(call, {"at": "menu"})
        assert loop.time() - began <= PRESS_ANSWERED_MAX_S
        ring.released.set()
        assert "Received." in await calls.turn(call, {"at": "closed"})

    loop.run_until_complete(happens())
    loop.close()
