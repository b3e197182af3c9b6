"""What a round came to, in numbers and in rows."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.commands import Moved, Report
from tocsin.core.directory import Contact
from tocsin.core.round import Round, RoundKind, StoppedByHand, Target, evolve
from tocsin.core.round_message import RoundMessage, advance, answered, message_to, over_message
from tocsin.core.tally import Tally, report, tally
from tocsin.core.words import Channel, Reason

NAMES = ("teo", "bo", "ines", "wale", "hana", "noor")
NOW = Round(
    id="round-1",
    org="alder",
    kind=RoundKind.DRILL,
    site="centre",
    by="ines",
    why="",
    targets=tuple(map(Target, NAMES)),
    began_ms=1_000,
)


def made(name: str, *, at_ms: int = 1_010) -> RoundMessage:
    contact = Contact(f"{name}/sms", Channel.SMS, "+12025550112", verified=True)
    return message_to(NOW, Target(name), contact, f"d-{name}", "9123", at_ms)


def moved(message: RoundMessage, what: Moved, at_ms: int, reason: Reason | None = None) -> RoundMessage:
    news = Report(org="alder", delivery=message.delivery.id, alert="round-1", moved=what, reason=reason)
    return advance(message, news, at_ms, ())


ALL = [
    answered(moved(made("teo"), Moved.ACCEPTED, 1_100), 1_400),
    answered(moved(moved(made("bo"), Moved.ACCEPTED, 1_200), Moved.DELIVERED, 1_250), 1_900),
    moved(made("ines"), Moved.REFUSED, 1_300, Reason.NUMBER_DEAD),
    moved(made("wale"), Moved.WITHDRAWN, 1_300, Reason.DRILL_ENDED),
]


def test_people_are_counted_not_messages() -> None:
    over = over_message(ALL[0], "e", 2_000)
    counts = tally(NOW, [*ALL, over])
    assert counts == Tally(recipients=6, handed_over=2, delivered=2, answered=2, undeliverable=1, withdrawn=1)


def test_of_a_round_that_is_over_whoever_had_no_message_was_withdrawn() -> None:
    assert tally(evolve(NOW, StoppedByHand(by="ines"), 2_000), ALL).withdrawn == 3


def test_the_report_says_who_on_what_how_fast_and_who_answered() -> None:
    told = report(NOW, ALL)
    assert (told["round"], told["state"], told["answered"]) == ("round-1", "sending", 2)
    assert (told["first_ms"], told["median_ms"], told["p95_ms"], told["last_ms"]) == (300, 700, 700, 700)
    assert told["channels"] == {
        "sms": {"handed_over": 2, "delivered": 2, "answered": 2, "undeliverable": 1, "withdrawn": 1}
    }
    rows = {row["who"]: row for row in told["report"]}
    assert rows["bo"] == {
        "who": "bo",
        "channel": "sms",
        "contact": "bo/sms",
        "state": "answered",
        "reason": None,
        "handed_over_ms": 200,
        "delivered_ms": 250,
        "answered_ms": 900,
    }
    assert (rows["ines"]["state"], rows["ines"]["reason"]) == ("undeliverable", "number_dead")
    assert told["handed_over_last_ms"] == 200


def test_a_round_of_which_nothing_is_known_yet_has_a_report_too() -> None:
    told = report(NOW, [])
    assert (told["handed_over"], told["first_ms"], told["last_ms"], told["report"]) == (0, None, None, [])


def test_an_answer_to_a_message_that_nobody_saw_go_is_timed_from_its_making() -> None:
    assert report(NOW, [answered(replace(made("teo")), 1_500)])["first_ms"] == 490
