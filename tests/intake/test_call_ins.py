"""A call that comes in: one key raises, a code opens the reading, and whoever holds the phone learns nothing."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from called import told
from msgspec.structs import replace

from outside import NUMBERS, ORG, PUBLIC_URL, SECRET, Centre
from tocsin.core import commands as c
from tocsin.core.dice import Dice
from tocsin.core.limits import CODE_MISSES_HOUR_MAX, CODE_MISSES_WINDOW_MS, READ_OUT_MAX
from tocsin.core.words import Came, PlaceKind
from tocsin.identity.pin import hash_pin
from tocsin.sandbox.calls import Call, Exchange, Tempo
from tocsin.sandbox.faults import Weather

STRANGER, OURS, VOICE = "+12025550177", "+12025550190", "/hooks/twilio/voice"
CODE = "407193"
_HASH: list[str] = []


def code_hash() -> str:
    if not _HASH:
        _HASH.append(hash_pin(CODE, salt=b"an invented salt"))
    return _HASH[0]


class Line:
    """The centre, and a telephone exchange that speaks to its webhook as the carrier does."""

    def __init__(self) -> None:
        self.centre = Centre()
        self.ring = self.centre.ring
        self.exchange = Exchange(
            "AC" + "5a" * 16, Dice(bytes(32)), self.ring.clock, Weather(), self._post, self._wait, self._begin
        )
        self.exchange.tempo = Tempo(0, 0, 0, 0)
        self.exchange.voice_url = PUBLIC_URL + VOICE
        self.secret = SECRET

    async def _post(self, url: str, form: dict[str, str]) -> tuple[int, bytes]:
        answer = await self.centre.hook(url.removeprefix(PUBLIC_URL), form, self.secret)
        return answer.status, answer.body

    async def _wait(self, ms: int) -> None:
        assert ms == 0

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        raise AssertionError("nothing goes on beside a call that came in")

    async def dial(self, who: str, *keys: str) -> Call:
        return await self.exchange.dial(NUMBERS.get(who, who), OURS, keys)

    def has_code(self, *names: str) -> None:
        for name in names:
            assert self.ring.decide(c.SetCallCode(org=ORG, member=name, call_code_hash=code_hash())) == c.Done()

    def raised(self, who: str, label: str = "Lot B", *, silent: bool = False, drill: bool = False) -> str:
        taken = self.ring.decide(
            c.Press(
                org=ORG,
                credential=who,
                key=f"{who} {label}",
                member=who,
                device=f"{who}-phone",
                came=Came.DEVICE,
                silent=silent,
                drill=drill,
                places=(c.PlaceReport(PlaceKind.ZONE, self.ring.clock.ms, label),),
            )
        )
        assert isinstance(taken, c.PressTaken)
        return taken.alert

    def opens(self) -> list[tuple[str, Came]]:
        return [(alert.member, alert.came) for alert in self.ring.world.open_alerts(ORG)]


def words(call: Call) -> str:
    return " ".join(call.heard)


def test_one_key_from_an_enrolled_number_calls_for_help_and_hears_no_more_than_received() -> None:
    line = Line()

    async def happens() -> None:
        call = await line.dial("noor", "1")
        assert call.heard[0].startswith("This is Tocsin. To call for help, press 1.")
        assert call.heard[1:] == ["Received."]
        assert line.opens() == [("noor", Came.CALL)]

    told(happens)


def test_the_same_call_told_again_is_the_same_press() -> None:
    line = Line()

    async def happens() -> None:
        url = f"{VOICE}?at=menu"
        form = {"CallSid": "CA1", "From": NUMBERS["noor"], "Digits": "1"}
        for _ in range(10):
            answer = await line.centre.hook(url, form)
            assert b"Received." in answer.body
        (alert,) = line.ring.world.open_alerts(ORG)
        assert alert.presses == 1
        await line.centre.hook(url, form | {"CallSid": "CA2"})
        assert line.centre.alert(alert.id).presses == 2

    told(happens)


def test_a_call_without_an_id_raises_once() -> None:
    line = Line()

    async def happens() -> None:
        for _ in range(2):
            answer = await line.centre.hook(f"{VOICE}?at=menu", {"From": NUMBERS["noor"], "Digits": "1"})
            assert b"Received." in answer.body
        (alert,) = line.ring.world.open_alerts(ORG)
        assert alert.presses == 1

    told(happens)


def test_a_suspended_member_s_call_raises_and_learns_only_received() -> None:
    line = Line()
    line.ring.decide(c.Suspend(org=ORG, member="rafi", by="ines"))

    async def happens() -> None:
        call = await line.dial("rafi", "1")
        assert call.heard[-1] == "Received."
        (alert,) = line.ring.world.open_alerts(ORG)
        assert alert.suspended and {"teo", "wale"} <= set(alert.people)

    told(happens)


def test_an_unknown_caller_s_key_is_an_unverified_sos_and_the_operator_is_paged() -> None:
    line = Line()

    async def happens() -> None:
        call = await line.dial(STRANGER, "1")
        assert "This is an automatic line." in call.heard[0] and "Tocsin" not in words(call)
        assert call.heard[-1] == "Received." and line.opens() == []
        (stranger,) = line.ring.world.strangers.values()
        assert (stranger.sender, stranger.text) == (STRANGER, "called in and pressed 1")
        again = {"CallSid": call.sid, "From": STRANGER, "Digits": "1"}
        await line.centre.hook(f"{VOICE}?at=menu", again)
        assert len(line.ring.world.strangers) == 1

    told(happens)


@pytest.mark.parametrize("sender", ["", "anonymous", "Restricted", "+266696687", "sip:noor@example.org", "\ufffd"])
def test_a_caller_who_withholds_the_number_may_call_for_help_too(sender: str) -> None:
    line = Line()

    async def happens() -> None:
        assert (await line.dial(sender, "1")).heard[-1] == "Received."
        assert len(line.ring.world.strangers) == 1

    told(happens)


@pytest.mark.parametrize("who", ["noor", STRANGER])
def test_a_caller_who_says_nothing_is_asked_once_more_and_raises_nothing(who: str) -> None:
    line = Line()

    async def happens() -> None:
        call = await line.dial(who)
        assert len(call.heard) == 2 and call.heard[0] == call.heard[1] and call.over
        assert not line.opens() and not line.ring.world.strangers and not line.ring.commands

    told(happens)


def test_other_keys_say_so_ask_again_and_end_at_last() -> None:
    line = Line()

    async def happens() -> None:
        call = await line.dial("noor", *["7"] * 30)
        assert call.heard[1].startswith("That key says nothing here. This is Tocsin.")
        assert len(call.heard) == 11 and not line.opens()
        call = await line.dial("noor", "4", "*", "0", "1")
        assert call.heard[-1] == "Received."

    told(happens)


def test_a_stranger_has_no_code_to_enter() -> None:
    line = Line()

    async def happens() -> None:
        call = await line.dial(STRANGER, "5", CODE)
        assert "call code" not in words(call)
        forged = {"CallSid": "CA1", "From": STRANGER, "Digits": CODE}
        answer = await line.centre.hook(f"{VOICE}?at=code", forged)
        assert b"automatic line" in answer.body or b"That key says nothing here." in answer.body

    told(happens)


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
    line.ring.decide(c.Suspend(org=ORG, member="teo", by="ines"))
    told(lambda: _hears(line, "teo", NOTHING))
    line.ring.decide(c.Suspend(org=ORG, member="rafi", by="ines"))
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
    assert line.ring.decide(c.SetCallCode(org=ORG, member="nobody", call_code_hash="x")) == c.Declined(
        problem=c.Problem.NO_SUCH_MEMBER
    )


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


# What a carrier may get wrong ------------------------------------------------------------------------------------


def test_a_forged_call_is_refused_and_raises_nothing() -> None:
    line = Line()
    line.secret = "another secret"

    async def happens() -> None:
        call = await line.dial("noor", "1")
        assert call.answers == [403] and not line.ring.commands

    told(happens)


def test_what_could_not_be_stored_is_not_called_received() -> None:
    line = Line()
    line.ring.full = True

    async def happens() -> None:
        call = await line.dial("noor", "1")
        assert call.answers == [200, 503] and "Received." not in call.heard

    told(happens)


def test_before_an_organisation_exists_there_is_nobody_to_call() -> None:
    line = Line()
    line.ring.world.directories.clear()

    async def happens() -> None:
        assert (await line.dial("noor", "1")).answers == [404]

    told(happens)


def test_an_address_with_odd_counts_is_read_as_none() -> None:
    line = Line()

    async def happens() -> None:
        form = {"CallSid": "CA1", "From": NUMBERS["noor"]}
        answer = await line.centre.hook(f"{VOICE}?at=sky&silent=-1&odd=x&missed=99999999", form)
        assert b"This is Tocsin." in answer.body

    told(happens)
