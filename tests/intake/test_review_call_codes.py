"""Somebody who calls by a borrowed number guesses at the code on many calls at once."""

from __future__ import annotations

import asyncio

import pytest
from called import told
from called_in import CODE, VOICE, Line

from outside import NUMBERS
from tocsin.core import commands as c
from tocsin.core.limits import CODE_MISSES_HOUR_MAX, CODE_MISSES_WINDOW_MS
from tocsin.intake.call_ins import CallIns
from tocsin.intake.hooks import CarrierCalls, Hooks
from tocsin.wire.twilio_voice import read_asked

NOTHING = b"There is nothing open that you take part in."


@pytest.mark.slow
def test_guesses_on_many_calls_at_once_are_as_few_as_one_after_the_other() -> None:
    """The last of thirty calls has the right code, and it is no more looked at than the tenth in a row would be."""
    line = Line()
    line.has_code("teo")

    async def guess(number: int, code: str) -> bytes:
        form = {"CallSid": f"CA{number}", "From": NUMBERS["teo"], "Digits": code}
        return (await line.centre.hook(f"{VOICE}?at=code", form)).body

    async def happens() -> None:
        codes = [f"{number:06}" for number in range(20, 49)] + [CODE]
        said = await asyncio.gather(*(guess(number, code) for number, code in enumerate(codes)))
        assert NOTHING not in b"".join(said)
        assert sum(b"That is not the code." in one for one in said) == CODE_MISSES_HOUR_MAX

    told(happens)


@pytest.mark.slow
def test_the_right_code_is_no_miss_however_often_it_is_typed() -> None:
    line = Line()
    line.has_code("teo")

    async def happens() -> None:
        for number in range(CODE_MISSES_HOUR_MAX + 1):
            form = {"From": NUMBERS["teo"], "Digits": CODE, "CallSid": f"CA{number}"}
            assert NOTHING in (await line.centre.hook(f"{VOICE}?at=code", form)).body

    told(happens)


def test_whose_code_was_guessed_at_is_forgotten_in_time() -> None:
    line = Line()
    calls = CallIns(line.ring, CarrierCalls(line.ring, Hooks("https://tocsin.example.org"), lambda: None))

    async def dials(who: str, digits: str, at: str) -> None:
        form = [("CallSid", f"CA {who} {digits}"), ("From", NUMBERS[who]), ("Digits", digits)]
        await calls.turn(read_asked(form), {"at": at})

    async def happens() -> None:
        await dials("rafi", "5", "menu")
        assert calls.guessed_at_of_late == 0
        await dials("teo", "000000", "code")
        assert calls.guessed_at_of_late == 1
        line.ring.clock.ms += CODE_MISSES_WINDOW_MS + 1
        await dials("ines", "000000", "code")
        assert calls.guessed_at_of_late == 1
        assert not any(isinstance(command, c.CodesMissed) for command in line.ring.commands)

    told(happens)
