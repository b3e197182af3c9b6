"""Reading out on a call what is open: after a code, and nothing of it to whoever else holds the phone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from called import told
from called_in import CODE, VOICE, Line, words
from msgspec.structs import replace

from outside import NUMBERS, ORG, PUBLIC_URL
from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt, Suspend
from tocsin.core.access.record import OPERATOR, CodeTries
from tocsin.core.limits import CODE_MISSES_HOUR_MAX, CODE_MISSES_WINDOW_MS, READ_OUT_MAX
from tocsin.core.words import Came
from tocsin.intake.call_ins import CallIns
from tocsin.intake.hooks import CarrierCalls, Hooks
from tocsin.wire.twilio_voice import read_asked

# Reading out -----------------------------------------------------------------------------------------------------


def test_the_code_reads_out_what_is_open_and_no_key_answers_there() -> None:
    line = Line()
    line.has_code("teo")
    line.raised("noor")

    async def happens() -> None:
        call = await line.dial("teo", "5", f"{CODE}#")
        assert call.heard[1].startswith("Enter your call code.")
        assert call.heard[2].startswith("SOS. Noor Invented calls for help. The place is Lot B, known from the zone,")
        assert "Press 1" not in call.heard[2] and len(call.heard) == 3

    told(happens)


def test_nothing_open_is_said_so() -> None:
    line = Line()
    line.has_code("teo")
    told(lambda: _hears(line, "teo", ["There is nothing open that you take part in."]))


async def _hears(line: Line, who: str, last: Sequence[str], code: str = CODE) -> None:
    call = await line.dial(who, "5", code)
    assert call.heard[2:] == list(last), call.heard


NOTHING = ["There is nothing open that you take part in."]


@pytest.mark.slow
def test_a_worker_s_own_alert_is_never_betrayed_to_whoever_holds_the_phone() -> None:
    """The same words whether her alert is open, silent, looks closed after duress, or was never raised."""
    for happened in ("nothing", "open", "silent", "duress"):
        line = Line()
        line.has_code("noor")
        if happened != "nothing":
            alert = line.raised("noor", silent=happened == "silent")
            if happened == "duress":
                match = c.PinMatch.DURESS
                line.ring.decide(c.Safe(org=ORG, alert=alert, member="noor", device="noor-phone", match=match))
        told(lambda line=line: _hears(line, "noor", NOTHING))  # type: ignore[misc]


def test_whoever_is_tied_suspended_or_not_rung_hears_nothing_of_it() -> None:
    line = Line()
    line.has_code("omar", "rafi", "teo")
    line.raised("noor")
    told(lambda: _hears(line, "omar", NOTHING))
    line.ring.decide(Suspend(org=ORG, member="teo", by=OPERATOR))
    told(lambda: _hears(line, "teo", NOTHING))
    line.ring.decide(Suspend(org=ORG, member="rafi", by=OPERATOR))
    told(lambda: _hears(line, "rafi", NOTHING))


def test_a_supervisor_who_was_not_rung_hears_it_and_a_worker_who_was_not_does_not() -> None:
    line = Line()
    people = line.ring.world.directory(ORG)
    shifts = (replace(people.shifts[0], members=("noor", "teo")),)
    line.ring.world.directories[ORG] = replace(people, shifts=shifts)
    line.has_code("wale", "rafi")
    line.raised("noor")

    async def happens() -> None:
        call = await line.dial("wale", "5", CODE)
        assert call.heard[2].startswith("SOS. Noor Invented calls for help.")
        await _hears(line, "rafi", NOTHING)

    told(happens)


def test_a_drill_is_read_out_as_a_drill() -> None:
    line = Line()
    line.has_code("teo")
    line.raised("noor", drill=True)

    async def happens() -> None:
        call = await line.dial("teo", "5", CODE)
        assert call.heard[2].startswith("DRILL.")

    told(happens)


def test_of_many_alerts_the_newest_are_read_and_the_rest_is_counted() -> None:
    line = Line()
    line.has_code("wale")
    people = line.ring.world.directory(ORG)
    crowd = {f"m{n}": replace(people.members["rafi"], id=f"m{n}", name=f"Ann {n}") for n in range(READ_OUT_MAX + 2)}
    line.ring.world.directories[ORG] = replace(people, members={**people.members, **crowd})
    for name in crowd:
        line.ring.clock.ms += 1_000
        line.raised(name, f"Bay {name}")

    async def happens() -> None:
        call = await line.dial("wale", "5", CODE)
        assert call.heard[2].startswith("SOS. Ann 6 calls") and len(call.heard) == 2 + READ_OUT_MAX + 1
        assert call.heard[-1] == "There are 2 more. Look at your page."

    told(happens)


# The code --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["1", "1#", "11", "111111", "911", "112"])
def test_the_key_for_help_works_at_the_question_for_the_code_too(digits: str) -> None:
    line = Line()
    line.has_code("noor")

    async def happens() -> None:
        call = await line.dial("noor", "5", digits)
        assert call.heard[-1] == "Received." and line.opens() == [("noor", Came.CALL)]

    told(happens)


@pytest.mark.slow
def test_three_wrong_codes_end_the_reading_of_that_call_but_never_the_sos() -> None:
    line = Line()
    line.has_code("teo")
    line.raised("noor")

    async def happens() -> None:
        call = await line.dial("teo", "5", "222333", "333444", "444555", "5", CODE[:1], "1")
        assert sum("That is not the code." in said for said in call.heard) == 3
        assert "Noor" not in words(call) and call.heard[-1] == "Received."
        assert [command for command in line.ring.commands if isinstance(command, c.CodesMissed)]
        assert ("teo", Came.CALL) in line.opens()
        call = await line.dial("teo", "5", "222333", CODE)
        assert "Noor" in words(call)

    told(happens)


def test_the_operator_hears_of_guessed_codes_once_for_each_call() -> None:
    line = Line()
    missed = c.CodesMissed(org=ORG, vendor="twilio", call="CA1", member="teo")
    assert line.ring.decide(missed) == c.Done()
    assert line.ring.decide(missed) == c.Done(known=True)
    assert line.ring.decide(c.SetCallCode(org=ORG, by=OPERATOR, member="nobody", call_code_hash="x")) == c.Declined(
        problem=c.Problem.NO_SUCH_MEMBER
    )


@pytest.mark.slow
def test_who_guesses_on_call_after_call_finds_the_reading_shut_for_an_hour() -> None:
    line = Line()
    line.has_code("teo")
    line.raised("noor")

    async def happens() -> None:
        for _ in range(CODE_MISSES_HOUR_MAX // 3):
            await line.dial("teo", "5", "222333", "333444", "444555")
        call = await line.dial("teo", "5", CODE)
        assert "There is no reading on this call." in call.heard[1] and "Noor" not in words(call)
        deep = {"CallSid": "CA9", "From": NUMBERS["teo"], "Digits": CODE}
        assert b"There is no reading" in (await line.centre.hook(f"{VOICE}?at=code", deep)).body
        assert (await line.dial("teo", "1")).heard[-1] == "Received."
        line.ring.clock.ms += CODE_MISSES_WINDOW_MS + 1
        assert "Noor" in words(await line.dial("teo", "5", CODE))

    told(happens)


@pytest.mark.slow
def test_who_hangs_up_before_the_third_wrong_code_is_noted_all_the_same() -> None:
    line = Line()
    line.has_code("teo")

    async def happens() -> None:
        for _ in range(CODE_MISSES_HOUR_MAX // 2 + 1):
            await line.dial("teo", "5", "222333", "333444")
        assert [command for command in line.ring.commands if isinstance(command, c.CodesMissed)]

    told(happens)


def test_silence_at_the_question_for_the_code_is_asked_once_more_and_ends() -> None:
    line = Line()
    line.has_code("teo")

    async def happens() -> None:
        call = await line.dial("teo", "5")
        assert [said[:20] for said in call.heard[1:]] == ["Enter your call code"] * 2 and call.over

    told(happens)


def test_a_member_without_a_code_opens_nothing_with_any() -> None:
    line = Line()
    line.raised("noor")

    async def happens() -> None:
        assert "That is not the code." in words(await line.dial("teo", "5", CODE))

    told(happens)


@pytest.mark.slow
def test_a_restart_forgives_nobody_who_guesses() -> None:
    line = Line()
    line.has_code("teo")
    line.raised("noor")

    async def happens() -> None:
        for _ in range(CODE_MISSES_HOUR_MAX // 3):
            await line.dial("teo", "5", "222333", "333444", "444555")
        fresh = CallIns(line.ring, CarrierCalls(line.ring, Hooks(PUBLIC_URL), lambda: None))
        form = [("CallSid", "CA after"), ("From", NUMBERS["teo"]), ("Digits", CODE)]
        assert "There is no reading" in await fresh.turn(read_asked(form), {"at": "code"})
        line.ring.clock.ms += CODE_MISSES_WINDOW_MS
        line.ring.decide(LookAt(org=ORG, kind="codetries", id="teo"))
        assert line.ring.world.all_kept(ORG, CodeTries) == {}
        line.ring.decide(LookAt(org=ORG, kind="codetries", id="teo"))
        assert "Noor" in await fresh.turn(read_asked(form), {"at": "code"})

    told(happens)
