"""The messages of one person are found without going through those of everybody else, however many there are."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.delivery import Delivery
from tocsin.core.sent import Sent
from tocsin.core.words import Channel, Purpose


def message(id: str, member: str) -> Delivery:
    return Delivery(
        id=id,
        alert="a",
        member=member,
        channel=Channel.SMS,
        contact="c",
        to="+12025550111",
        purpose=Purpose.RING,
        ringing=1,
        drill=False,
        created_at_ms=0,
        valid_until_ms=1,
        due_at_ms=0,
    )


def test_messages_of_one_person_come_in_the_order_in_which_they_were_written() -> None:
    sent = Sent({id: message(id, "teo") for id in ("d1", "d2")})
    sent["d3"] = message("d3", "ines")
    sent["d4"] = message("d4", "teo")
    assert sent.to("teo") == ["d1", "d2", "d4"] and sent.to("ines") == ["d3"]
    assert list(sent.to("nobody")) == []


def test_no_message_is_indexed_twice_whatever_becomes_of_it() -> None:
    sent = Sent({f"d{n}": message(f"d{n}", f"m{n % 10}") for n in range(1_000)})
    assert sent.looked_at == 0, "who is never asked costs nothing"
    for n in range(1_000):
        sent[f"d{n}"] = replace(sent[f"d{n}"], version=2)
        assert len(sent.to(f"m{n % 10}")) == 100
    assert sent.looked_at == 1_000


def test_what_comes_later_is_indexed_alone() -> None:
    sent = Sent({"d1": message("d1", "teo")})
    sent.to("teo")
    sent.update({"d2": message("d2", "teo"), "d3": message("d3", "teo")})
    assert sent.to("teo") == ["d1", "d2", "d3"] and sent.looked_at == 3
