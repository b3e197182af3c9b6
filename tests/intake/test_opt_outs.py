"""An opt-out, however the carrier lets us know of it, is known everywhere at once; and so is its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from outside import NUMBERS, ORG, Centre
from tocsin.core.words import Channel
from tocsin.runtime.doctor import people_findings

OURS, OUR_SECOND = "+12025550190", "+12025550191"


def told(story: Callable[[Centre], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story(Centre()))


async def wrote(centre: Centre, who: str, text: str, *, to: str = OURS, opt_out: str = "") -> None:
    """A text as the carrier's webhook brings it; `opt_out` where the carrier says that it acted on it."""
    form = {"From": NUMBERS[who], "To": to, "Body": text, "MessageSid": f"SM{len(centre.ring.commands)}"}
    answer = await centre.hook("/hooks/twilio/sms", {**form, "OptOutType": opt_out} if opt_out else form)
    assert answer.status == 200


def reachable(centre: Centre, who: str) -> bool:
    """Does this person count as reach, and does doctor agree?"""
    directory = centre.ring.world.directory(ORG)
    found = people_findings(directory, frozenset({Channel.SMS}), centre.ring.clock.ms)
    out = any(finding.code == "member_opted_out" and f"member {who} " in finding.what for finding in found)
    reaches = directory.members[who].contacts[0].reaches
    assert reaches is not out
    return reaches


async def row_of(centre: Centre, who: str, alert: str) -> Any:
    """The newest message to this person, as a supervisor's console has it."""
    shown = (await centre.look("teo", alert)).json["deliveries"]
    return [row for row in shown if row["member"]["id"] == who][-1]


async def unreached(centre: Centre, alert: str) -> dict[str, str]:
    """Whom nothing wakes, as a supervisor's console has it, and why."""
    shown = (await centre.look("teo", alert)).json["unreached"]
    return {one["member"]["id"]: one["reason"] for one in shown}


async def became(centre: Centre, delivery: str, alert: str, status: str, **more: str) -> None:
    """The carrier's news of a message."""
    form = {"MessageSid": "SM9", "MessageStatus": status, **more}
    answer = await centre.hook(f"/hooks/twilio/status?delivery={delivery}&alert={alert}", form)
    assert answer.status == 200


@pytest.mark.parametrize("text", ["STOP", "stop", "  Stop \r\n", "unsubscribe", "Cancel", "END", "quit", "OPTOUT"])
def test_every_word_that_carriers_act_on_is_an_opt_out_at_once_in_the_next_alert_s_view(text: str) -> None:
    async def story(centre: Centre) -> None:
        await wrote(centre, "rafi", text)
        assert not reachable(centre, "rafi")
        alert = (await centre.press("noor")).json["id"]
        row = await row_of(centre, "rafi", alert)
        assert (row["state"], row["reason"]) == ("undeliverable", "opted_out")
        assert (await row_of(centre, "teo", alert))["state"] == "queued"
        assert await unreached(centre, alert) == {"rafi": "opted_out"}
        for who in ("noor", "rafi"):
            assert "unreached" not in (await centre.look(who, alert)).json, "as little theirs as the deliveries"

    told(story)


def test_a_stop_in_the_middle_is_counted_and_shown_at_once() -> None:
    async def story(centre: Centre) -> None:
        alert = (await centre.press("noor")).json["id"]
        await became(centre, (await row_of(centre, "rafi", alert))["id"], alert, "delivered")
        await wrote(centre, "rafi", "STOP")
        assert not reachable(centre, "rafi")
        assert await unreached(centre, alert) == {"rafi": "opted_out"}
        centre.wait(60)
        assert await unreached(centre, alert) == {"rafi": "opted_out"}
        await wrote(centre, "rafi", "START")
        centre.wait(120)
        assert await unreached(centre, alert) == {}

    told(story)


@pytest.mark.parametrize("word", ["ALTO", "PARAR", "arret"])
def test_a_word_of_another_language_counts_where_the_carrier_says_that_it_acted(word: str) -> None:
    async def story(centre: Centre) -> None:
        await wrote(centre, "rafi", word)
        assert reachable(centre, "rafi"), "the carrier goes on sending, so it does reach them"
        await wrote(centre, "rafi", word, opt_out="STOP")
        assert not reachable(centre, "rafi")
        await wrote(centre, "rafi", "SEGUIR", opt_out="start")
        assert reachable(centre, "rafi")

    told(story)


def test_a_stop_to_one_of_our_numbers_is_a_stop_to_all_and_a_start_ends_it() -> None:
    async def story(centre: Centre) -> None:
        await wrote(centre, "rafi", "STOP", to=OUR_SECOND)
        assert not reachable(centre, "rafi")
        for word in ("START please", "help me start", "1"):
            await wrote(centre, "rafi", word)
            assert not reachable(centre, "rafi")
        await wrote(centre, "rafi", " unstop ", to=OUR_SECOND)
        assert reachable(centre, "rafi")

    told(story)


def test_a_message_that_comes_back_as_opted_out_is_an_opt_out_everywhere() -> None:
    async def story(centre: Centre) -> None:
        alert = (await centre.press("noor")).json["id"]
        row = await row_of(centre, "rafi", alert)
        await became(centre, row["id"], alert, "failed", ErrorCode="21610")
        assert not reachable(centre, "rafi")
        shown = await row_of(centre, "rafi", alert)
        assert (shown["state"], shown["reason"]) == ("undeliverable", "opted_out")

    told(story)
