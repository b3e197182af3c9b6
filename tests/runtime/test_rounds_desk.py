"""The process that sends to many: what it sends, what it survives, how it is paused and ended.  In virtual time."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, SITE
from round_rig import DRILL, Bench

from tocsin import ports
from tocsin.core.commands import Moved
from tocsin.core.limits import ROUND_LISTEN_MS, SENDS_MAX
from tocsin.core.round import Paused, Resumed, Round, RoundKind, StoppedByAlert, StoppedByHand, Target
from tocsin.core.words import Reason
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.rounds.desk import KEPT_OVER
from tocsin.sim.clock import VirtualTimeLoop


@pytest.fixture
def bench(loop: VirtualTimeLoop) -> Bench:
    made: list[Bench] = []

    async def make() -> None:
        made.append(Bench(loop))

    loop.run_until_complete(make())
    return made[0]


# Sending ---------------------------------------------------------------------------------------------------------


async def test_each_person_gets_one_message_and_the_server_knows_the_numbers_first(bench: Bench) -> None:
    known: list[bool] = []
    bench.phones.seen = lambda message: known.append(
        any(row.to == message.to and row.number in message.text for a in bench.frames(f.Asking) for row in a.rows)
    )
    await bench.begun()
    assert sorted(message.to for message in bench.phones.sent) == sorted(NUMBERS[t.member] for t in DRILL.targets)
    assert all(known) and bench.done == ["begin"]
    assert all(message.text.startswith("DRILL") for message in bench.phones.sent)
    assert (bench.status()["state"], bench.status()["handed_over"]) == ("listening", 4)


async def test_nothing_is_sent_that_is_not_written_as_intended(bench: Bench) -> None:
    written: list[bool] = []
    bench.phones.seen = lambda message: written.append(
        message.reference.partition("/")[2] in bench.paper.lines.get("round-1", {})
    )
    await bench.begun()
    assert written == [True] * 4


async def test_whoever_is_suspended_or_opted_out_meanwhile_gets_nothing(bench: Bench) -> None:
    members = {**bench.people.members}
    members["teo"] = replace(members["teo"], suspended=True)
    members["bo"] = replace(members["bo"], contacts=(replace(members["bo"].contacts[0], opted_out=True),))
    bench.people = replace(bench.people, members=members)
    await bench.begun()
    assert not bench.phones.to("teo") and not bench.phones.to("bo")
    assert (bench.rows()["teo"]["state"], bench.rows()["bo"]["reason"]) == ("superseded", "opted_out")


async def test_a_change_that_is_announced_reaches_messages_already_made(bench: Bench) -> None:
    bench.phones.results = {NUMBERS["teo"]: ports.Refused(Reason.RATE_LIMITED)}
    await bench.begun()
    assert len(bench.phones.to("teo")) == 1, "it waits to be tried again"
    members = {**bench.people.members}
    members["teo"] = replace(members["teo"], suspended=True)
    bench.people = replace(bench.people, members=members)
    bench.desk.changed()
    await bench.pass_ms(20_000)
    assert len(bench.phones.to("teo")) == 1 and bench.rows()["teo"]["reason"] == "no_longer_a_recipient"


async def test_a_carrier_that_is_busy_is_asked_again_and_no_more_than_thrice(bench: Bench) -> None:
    bench.phones.results = {NUMBERS["teo"]: ports.Unknown(), NUMBERS["bo"]: RuntimeError("a bug of ours")}
    await bench.begun()
    await bench.pass_ms(60_000)
    assert len(bench.phones.to("teo")) == len(bench.phones.to("bo")) == SENDS_MAX
    assert len({message.reference for message in bench.phones.to("teo")}) == 1, "under one reference"
    assert "AGAIN" in bench.phones.to("teo")[-1].text and bench.rows()["teo"]["state"] == "undeliverable"


async def test_a_number_that_is_dead_or_has_opted_out_is_told_to_the_record(bench: Bench) -> None:
    bench.phones.results = {NUMBERS["teo"]: ports.Refused(Reason.OPTED_OUT)}
    await bench.begun()
    heard = [row for frame in bench.frames(f.Heard) for row in frame.heard]
    assert [(row.member, row.contact, row.reason, row.asked_ms) for row in heard] == [
        ("teo", "teo/sms", Reason.OPTED_OUT, None)
    ]


async def test_news_that_comes_before_the_send_returns_sends_it_again(bench: Bench) -> None:
    bench.phones.gate = asyncio.Event()
    await bench.begun()
    first = bench.phones.to("teo")[0]
    assert bench.news(first, Moved.ENDED, Reason.CUT_OFF)
    await bench.pass_ms(5_000)
    bench.phones.gate.set()
    await bench.pass_ms(5_000)
    assert len(bench.phones.to("teo")) == 2


# Answers and news ------------------------------------------------------------------------------------------------


async def test_a_carrier_s_word_is_acknowledged_when_it_is_on_paper(bench: Bench) -> None:
    await bench.begun()
    assert bench.news(bench.phones.to("teo")[0], Moved.DELIVERED) and bench.done == ["begin"]
    await bench.pass_ms(50)
    assert bench.done == ["begin", "news"] and bench.rows()["teo"]["state"] == "delivered"
    stranger = replace(bench.phones.to("teo")[0], reference="round-1/nobody")
    assert not bench.news(stranger, Moved.DELIVERED)
    assert not bench.news(replace(stranger, reference="round-9/nobody"), Moved.DELIVERED)


async def test_when_everybody_has_answered_it_ends_and_the_record_hears_what_it_came_to(bench: Bench) -> None:
    await bench.begun()
    assert bench.answer("teo") and bench.answer("teo"), "a second time changes nothing"
    assert not bench.desk.answer("round-1", "teo", "9999", bench.did("x"))
    assert not bench.desk.answer("round-9", "teo", "9999", bench.did("x"))
    for name in ("noor", "ines", "bo"):
        assert bench.answer(name)
    await bench.pass_ms(100)
    finished = bench.frames(f.Finished)
    assert [(frame.how, frame.tally.answered) for frame in finished] == [("ended", 4)]
    assert bench.rows()["teo"]["state"] == "answered"


async def test_it_stops_listening_after_a_while_and_a_late_answer_still_counts(bench: Bench) -> None:
    await bench.begun()
    await bench.pass_ms(ROUND_LISTEN_MS + 1_000)
    assert bench.status()["state"] == "ended"
    assert bench.answer("teo")
    await bench.pass_ms(100)
    assert bench.status()["answered"] == 1


async def test_a_round_long_over_is_read_back_when_somebody_asks(bench: Bench) -> None:
    for number in range(KEPT_OVER + 3):
        await bench.begun(replace(DRILL, id=f"round-{number}", targets=(Target("teo"),)))
        bench.desk.change(f"round-{number}", StoppedByHand(by="ines"), bench.did("stop"))
        await bench.pass_ms(100)
    assert len(bench.desk._books) == KEPT_OVER
    assert bench.status("round-0")["state"] == "stopped"
    short = bench.desk.status("round-0", rows=False)
    assert short is not None and "report" not in short and bench.desk.status("round-99", rows=False) is None


# Pause, stop, real alerts ----------------------------------------------------------------------------------------


def many(count: int) -> Round:
    return replace(DRILL, targets=tuple(Target(f"p{number}") for number in range(count)))


async def test_a_pause_holds_what_is_not_under_way_and_a_resume_sends_it(bench: Bench) -> None:
    bench.phones.gate = asyncio.Event()
    await bench.begun(many(500))
    under_way = len(bench.phones.sent)
    assert bench.desk.change("round-1", Paused(by="ines"), bench.did("pause"))
    assert not bench.desk.change("round-1", Paused(by="ines"), bench.did("x"))
    bench.phones.gate.set()
    await bench.pass_ms(2_000)
    assert bench.status()["state"] == "paused" and len(bench.phones.sent) == under_way < 500
    assert bench.desk.change("round-1", Resumed(by="ines"), bench.did("resume"))
    await bench.pass_ms(5_000)
    assert len(bench.phones.sent) == 500 and bench.done == ["begin", "pause", "resume"]


async def test_a_stop_withdraws_what_is_unsent_and_says_so_of_each(bench: Bench) -> None:
    bench.phones.gate = asyncio.Event()
    await bench.begun(many(500))
    assert bench.desk.change("round-1", StoppedByHand(by="ines"), bench.did("stop"))
    bench.phones.gate.set()
    await bench.pass_ms(2_000)
    bench.desk.calm()
    await bench.pass_ms(1_000)
    sent = len(bench.phones.sent)
    told = bench.status()
    assert (told["state"], told["handed_over"], told["withdrawn"]) == ("stopped", sent, 500 - sent)
    assert not any("DRILL OVER" in message.text for message in bench.phones.sent)
    assert bench.frames(f.Finished)[0].tally.withdrawn == 500 - sent
    assert not bench.desk.change("round-9", Resumed(by="ines"), bench.did("x"))


async def test_a_real_alert_ends_the_drill_and_those_told_in_vain_hear_so_when_it_is_calm(bench: Bench) -> None:
    await bench.begun()
    bench.desk.real_alert(ORG, "elsewhere", StoppedByAlert(alert="a"))
    assert bench.status()["state"] == "listening", "another site's alert does not stop it"
    bench.desk.real_alert(ORG, SITE, StoppedByAlert(alert="a", rung=("teo", "ines")))
    bench.desk.real_alert(ORG, SITE, StoppedByAlert(alert="a", rung=()))
    await bench.pass_ms(1_000)
    assert len(bench.phones.sent) == 4, "not before the live traffic is through"
    for _ in range(2):
        bench.desk.calm()
        await bench.pass_ms(1_000)
    over = [message.to for message in bench.phones.sent[4:]]
    assert sorted(over) == sorted([NUMBERS["noor"], NUMBERS["bo"]])
    assert all(message.text.startswith("DRILL OVER") for message in bench.phones.sent[4:])


async def test_who_is_rung_for_real_later_does_not_read_that_there_is_nothing_more_to_do(bench: Bench) -> None:
    await bench.begun()
    bench.desk.real_alert(ORG, SITE, StoppedByAlert(alert="a", rung=("teo",)))
    await bench.pass_ms(500)
    bench.desk.real_alert(ORG, SITE, StoppedByAlert(alert="a", rung=("teo", "bo")))
    bench.desk.calm()
    bench.desk.real_alert(ORG, SITE, StoppedByAlert(alert="b", rung=("ines",)))
    await bench.pass_ms(1_000)
    assert [message.to for message in bench.phones.sent[4:]] == [NUMBERS["noor"]]


async def test_what_was_on_its_way_when_the_alert_came_is_called_back_too(bench: Bench) -> None:
    bench.phones.gate = asyncio.Event()
    await bench.begun()
    bench.desk.real_alert(ORG, SITE, StoppedByAlert(alert="a", rung=("teo",)))
    bench.desk.calm()
    await bench.pass_ms(500)
    bench.phones.gate.set()
    await bench.pass_ms(500)
    bench.desk.calm()
    await bench.pass_ms(500)
    assert len([m for m in bench.phones.sent if m.text.startswith("DRILL OVER")]) == 3


async def test_a_message_that_was_to_be_tried_again_is_not_when_the_drill_has_ended(bench: Bench) -> None:
    bench.phones.gate = asyncio.Event()
    bench.phones.results = {NUMBERS["teo"]: ports.Refused(Reason.VENDOR_DOWN)}
    await bench.begun()
    bench.desk.change("round-1", StoppedByHand(by="ines"), bench.did("stop"))
    bench.phones.gate.set()
    await bench.pass_ms(60_000)
    assert len(bench.phones.to("teo")) == 1 and bench.rows()["teo"]["reason"] == "drill_ended"


# Reach tests -----------------------------------------------------------------------------------------------------


async def test_a_reach_test_asks_each_contact_and_its_answer_is_kept_with_the_contact(bench: Bench) -> None:
    await bench.begun(replace(DRILL, kind=RoundKind.REACH, targets=(Target("teo", "teo/sms"),)))
    assert "Nothing is wrong" in bench.phones.to("teo")[0].text
    assert bench.answer("teo")
    await bench.pass_ms(100)
    last = bench.frames(f.Heard)[-1].heard[-1]
    assert (last.member, last.contact) == ("teo", "teo/sms") and last.asked_ms and last.answered_ms >= last.asked_ms
    assert not bench.frames(f.Asking)[0].drill
    bench.desk.real_alert(ORG, SITE, StoppedByAlert(alert="a"))


# What it survives ------------------------------------------------------------------------------------------------


async def test_a_new_process_goes_on_where_the_last_one_was_killed(bench: Bench) -> None:
    bench.phones.gate = asyncio.Event()
    await bench.begun(many(300))
    under_way = {message.reference for message in bench.phones.sent}
    bench.phones.gate = None
    bench.start()
    assert bench.frames(f.Asking) and bench.frames(f.Ready) == [f.Ready(((ORG, "round-1"),))]
    await bench.pass_ms(30_000)
    sends = [message.reference for message in bench.phones.sent]
    assert len(set(sends)) == 300 and max(sends.count(id) for id in under_way) <= SENDS_MAX
    assert bench.status()["handed_over"] == 300


async def test_a_round_that_was_listening_goes_on_listening(bench: Bench) -> None:
    await bench.begun()
    bench.start()
    await bench.pass_ms(100)
    assert bench.status()["state"] == "listening" and bench.answer("teo")
    await bench.pass_ms(ROUND_LISTEN_MS + 1_000)
    assert bench.status()["state"] == "ended" and len(bench.phones.sent) == 4
    bench.start()
    await bench.pass_ms(100)
    assert bench.frames(f.Finished)[0].how == "ended", "said again until the record has it"


async def test_a_round_over_for_long_is_told_once_more_at_a_start(bench: Bench) -> None:
    await bench.begun()
    await bench.pass_ms(3 * ROUND_LISTEN_MS)
    bench.start()
    assert [frame.round for frame in bench.frames(f.Finished)] == ["round-1"]


async def test_a_full_disk_sends_nothing_until_it_has_room(bench: Bench) -> None:
    bench.paper.mood = ports.StoreFull()
    await bench.begun()
    assert not bench.phones.sent and bench.done == []
    bench.paper.mood = None
    await bench.pass_ms(3_000)
    assert len(bench.phones.sent) == 4 and bench.done == ["begin"]


async def test_a_failed_disk_ends_the_process(bench: Bench) -> None:
    bench.paper.mood = ports.StoreBroken()
    await bench.begun()
    assert bench.broken and not bench.phones.sent


async def test_a_stop_of_the_process_waits_for_what_is_under_way_and_writes_its_end(bench: Bench) -> None:
    bench.phones.gate = asyncio.Event()
    await bench.begun()
    stopping = asyncio.ensure_future(bench.desk.stop())
    await bench.pass_ms(100)
    bench.phones.gate.set()
    await stopping
    bench.start()
    await bench.pass_ms(1_000)
    assert len(bench.phones.sent) == 4 and bench.status()["handed_over"] == 4
