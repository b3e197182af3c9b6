"""`tocsin drill` of a site and `tocsin reach`: the real server, the process beside it, the sandbox as carrier."""

from __future__ import annotations

import http.client
import json
import os
import signal
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pytest
from line import told, typed

from tocsin.bench.mass import mass
from tocsin.bench.town import SENDER, Presser, Town, fictional, town
from tocsin.wire.twilio import signature

pytestmark = pytest.mark.slow
COLLEAGUES = 4


def phones(here: Town) -> dict[str, list[str]]:
    """The texts on each phone."""
    connection = http.client.HTTPConnection("127.0.0.1", here.carrier, timeout=60)
    connection.request("GET", "/sandbox/phones")
    seen = json.loads(connection.getresponse().read())["phones"]
    connection.close()
    return {phone["number"]: [text["text"] for text in phone["messages"]] for phone in seen}


def text(here: Town, number: str, words: str, sid: str) -> tuple[int, str]:
    """What the carrier hears of a text that it forwards."""
    form = {"From": number, "To": SENDER, "Body": words, "MessageSid": sid}
    signed = signature(here.token, f"http://localhost:{here.port}/hooks/twilio/sms", tuple(form.items()))
    head = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=60)
    connection.request("POST", "/hooks/twilio/sms", urlencode(form), head)
    reply = connection.getresponse()
    said = reply.status, reply.read().decode()
    connection.close()
    return said


def number_in(texts: list[str]) -> str:
    return next(word.strip(".") for word in texts[-1].split() if word.strip(".").isdecimal())


def sender_of(here: Town) -> int:
    """The process beside the server."""
    children = Path(f"/proc/{here.server.pid}/task/{here.server.pid}/children").read_text().split()
    found = [int(pid) for pid in children if b"rounds" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    assert len(found) == 1
    return found[0]


def missing(here: Town) -> bool:
    """Does readyz say that the process beside the server is away?  Whoever asks too often is told how long to wait."""
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=60)
        connection.request("GET", "/readyz")
        reply = connection.getresponse()
        told = json.loads(reply.read())
        connection.close()
        if reply.status != 429:
            return any(reason["part"] == "mass" for reason in told["reasons"])
        Event().wait(float(reply.headers["Retry-After"]))


def rows(result: dict[str, Any]) -> dict[str, str]:
    return {row["who"]: row["state"] for row in result["report"]}


def test_a_drill_of_a_site_tells_everyone_and_reports_who_answered() -> None:
    with town(1, COLLEAGUES) as here:
        begun = told("drill", "--site", "centre", "--why", "yearly", "--wait", "0", data=here.data)
        round = begun["round"]
        one = told("drill", "--shift", "--wait", "1", data=here.data)
        assert one["handed_over"] == COLLEAGUES and one["state"] == "listening"
        seen = phones(here)
        assert all(said[0].startswith("DRILL, not real: Centre.") for said in seen.values())
        status, twiml = text(here, fictional(0), number_in(seen[fictional(0)][:1]), "SM1")
        assert status == 200 and "Thank you, noted." in twiml
        assert text(here, fictional(0), number_in(seen[fictional(0)][:1]), "SM1")[0] == 200
        after = told("drill", "--status", round, data=here.data)
        assert after["answered"] == 1 and rows(after)["c0"] == "answered" and after["median_ms"] is not None
        stopped = told("drill", "--stop", round, data=here.data)
        assert stopped["state"] == "stopped"
        assert typed("drill", "--resume", round, data=here.data).exit_code == 1


def test_a_real_alert_ends_the_drill_and_says_that_it_is_real() -> None:
    with town(1, COLLEAGUES) as here:
        begun = told("drill", "--site", "centre", "--wait", "0", data=here.data)
        while told("drill", "--status", begun["round"], data=here.data)["delivered"] < COLLEAGUES:
            assert here.server.poll() is None
        presser = Presser(here.port)
        presser.press(here.tokens(["w0"])[0], "real")
        presser.close()
        after = told("drill", "--status", begun["round"], data=here.data)
        while after["state"] != "stopped" or not all(len(said) > 1 for said in phones(here).values()):
            after = told("drill", "--status", begun["round"], data=here.data)
        assert after["ended_by"] and not after["ended_by"].startswith("round-")
        for drilled, real, *_ in phones(here).values():
            assert drilled.startswith("DRILL, not real") and real.startswith("REAL ALERT")
        refused = typed("drill", "--site", "centre", data=here.data)
        assert refused.exit_code == 1 and "a real alert is open" in refused.output


def test_a_drill_whose_process_is_killed_goes_on_and_nobody_is_told_more_than_thrice() -> None:
    with town(1, COLLEAGUES) as here:
        begun = told("drill", "--site", "centre", "--wait", "0", data=here.data)
        assert not missing(here)
        os.kill(sender_of(here), signal.SIGKILL)
        while not missing(here):
            assert here.server.poll() is None
        after = told("drill", "--status", begun["round"], data=here.data)
        while after["handed_over"] < COLLEAGUES:
            after = told("drill", "--status", begun["round"], data=here.data)
        assert all(1 <= len(said) <= 3 for said in phones(here).values())
        assert sender_of(here) and not missing(here), "readyz is green again as soon as another one speaks"


def test_a_reach_test_is_kept_with_the_contact_and_shown_by_doctor() -> None:
    with town(1, COLLEAGUES) as here:
        done = told("reach", "--member", "c1", "--wait", "0", data=here.data)
        while done["delivered"] < 1:
            done = told("reach", "--status", done["round"], data=here.data)
        said = phones(here)[fictional(1)]
        assert "Nothing is wrong" in said[0] and "DRILL" not in said[0]
        assert text(here, fictional(1), number_in(said), "SM1")[0] == 200
        assert told("reach", "--status", done["round"], data=here.data)["state"] == "ended"
        shown = json.loads(typed("doctor", "--json", data=here.data).stdout.splitlines()[-1])["findings"]
        untested = {finding["what"] for finding in shown if finding["what"].endswith("never tested")}
        assert "member c0, sms: never tested" in untested and "member c1, sms: never tested" not in untested


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("drill", "--site", "nowhere"), "there is no site 'nowhere'"),
        (("reach", "--member", "nobody"), "there is no member 'nobody'"),
        (("drill", "--status", "round-9"), "there is no such round"),
    ],
)
def test_what_cannot_be_done_is_refused_with_words(words: tuple[str, ...], says: str) -> None:
    with town(1, COLLEAGUES) as here:
        result = typed(*words, data=here.data)
        assert result.exit_code == 1 and says in result.output


def test_two_wishes_at_once_are_wrong_usage(tmp_path: Path) -> None:
    for words in (("drill", "--member", "a", "--site", "b"), ("reach", "--member", "a", "--stop", "b")):
        assert typed(*words, data=tmp_path).exit_code == 2


def test_a_round_needs_the_running_server(tmp_path: Path) -> None:
    result = typed("reach", data=tmp_path)
    assert result.exit_code == 1 and "needs the running server" in result.output


def test_the_bench_of_crowds_measures_both_sites() -> None:
    figures = mass(40)
    assert (figures["recipients"], figures["requests"], figures["handed_over"]) == (40, 40, 40)
    assert figures["presses"] == figures["presses_rung"] > 0
    assert {"handed_over_s", "sos_accept_p99_ms", "sos_first_ms"} <= set(figures)
