"""A call that comes in: one key raises, whoever only listens raises nothing, and a forged one does nothing."""

from __future__ import annotations

import pytest
from called import told
from called_in import CODE, STRANGER, VOICE, Line, words

from outside import NUMBERS, ORG
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.words import Came


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
    line.ring.decide(Suspend(org=ORG, member="rafi", by=OPERATOR))

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


@pytest.mark.parametrize("sender", ["", "anonymous", "Restricted", "sip:noor@example.org", "\ufffd"])
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
        assert call.answers[:2] == [200, 200] and "Received." not in call.heard

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
