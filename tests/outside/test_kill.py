"""kill -9 between the press and the last message: nothing is lost, and nothing is said more than three times."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tocsin.bench.kills import COLLEAGUES, Pressed, compared, run_kills
from tocsin.bench.town import fictional
from tocsin.sandbox.box import Sent
from tocsin.store.sqlite import SqliteStore

KILLS = 10
BROKEN = ("lost_presses", "presses_twice", "lost_messages", "sent_too_often")


@pytest.mark.slow
def test_a_server_that_is_killed_again_and_again_loses_nothing() -> None:
    figures = run_kills(KILLS, seed=7)
    assert {name: figures[name] for name in BROKEN} == dict.fromkeys(BROKEN, 0), figures
    assert figures["presses"] == KILLS and figures["messages"] >= KILLS * COLLEAGUES
    assert figures["sent_twice_or_more"] or figures["pressed_again"], "no kill fell between press and last message"


def sent(number: int, delivery: str = "") -> Sent:
    callback = f"http://localhost/hooks/twilio/status?delivery={delivery or number}&alert=a"
    return Sent(0.0, "SM", fictional(number), "+12025550190", "SOS", {"StatusCallback": callback})


def test_the_count_sees_what_is_lost_and_what_is_too_much(tmp_path: Path) -> None:
    """The harness can fail: a press the store never had, a colleague never told, a message sent four times."""
    SqliteStore(str(tmp_path / "tocsin.db")).close()
    journal = [Pressed("w0", "a", 1)]
    everybody = [sent(number) for number in range(COLLEAGUES)]
    figures = compared(tmp_path, journal, everybody)
    assert (figures["lost_presses"], figures["lost_messages"], figures["sent_most"]) == (1, 0, 1)
    figures = compared(tmp_path, journal, [*everybody[1:], *[replace(everybody[1])] * 3])
    assert (figures["lost_messages"], figures["sent_most"], figures["sent_too_often"]) == (1, 4, 1)
