"""Acts upon an alert: what each does, what it answers, and how a bad one is declined."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from outside import BEGAN_MS, DURESS_PIN, ORG, PIN, Answer, Centre
from tocsin.core import commands as c
from tocsin.core.limits import PIN_MISSES_HOUR_MAX
from tocsin.core.words import PlaceKind

ALERTS = "/api/v1/alerts"
ACTS: list[tuple[str, Any]] = [
    ("answers", {"answer": "seen"}), ("places", {"kind": "spoken", "label": "lot b"}), ("notes", {"text": "here"}),
    ("climb", None), ("police", {"who": "desk", "number": "the line"}), ("close", {"outcome": "safe"}),
    ("close/confirm", None), ("close/object", None), ("safe", {"pin": PIN}),
]  # fmt: skip


async def raised(centre: Centre, **body: Any) -> str:
    id = (await centre.press(body=body)).json["id"]
    assert isinstance(id, str)
    return id


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json["code"], answer.type) == (status, code, "application/problem+json")
    assert {"type", "title", "status", "detail", "fault", "remedy"} <= set(answer.json)


# Acts ----------------------------------------------------------------------------------------------------------------


def test_a_colleague_answers_and_the_worker_reads_it() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        answer = await centre.act("teo", alert, "answers", {"answer": "coming", "eta_s": 60})
        assert answer.status == 200 and answer.json["answers"][0]["lapses_at"] > answer.json["server_now"]
        (said,) = (await centre.look("noor", alert)).json["answers"]
        assert (said["member"]["name"], said["answer"], said["eta_s"]) == ("Teo Invented", "coming", 60)

    asyncio.run(story())


def test_a_supervisor_who_was_not_rung_reads_it_and_may_not_act() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        assert (await centre.look("wale", alert)).json["deliveries"]
        for act, body in ACTS[:-1]:
            refused(await centre.act("wale", alert, act, body), 403, "not_rung")
        refused(await centre.act("wale", alert, "safe", {"pin": PIN}), 404, "no_such_alert")

    asyncio.run(story())


def test_places_are_kept_with_their_coordinates_until_they_are_erased() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        fix = {"kind": "fix", "lat": 41.5, "lon": -93.25, "radius_m": 12, "at": "2026-11-18T11:06:30Z"}
        (place,) = (await centre.act("noor", alert, "places", fix)).json["places"]
        assert (place["lat"], place["lon"], place["radius_m"], place["at"][-5:]) == (41.5, -93.25, 12.0, ".000Z")
        assert centre.alert(alert).places[PlaceKind.FIX].by == "noor"
        centre.ring.decide(c.EraseFixes(org=ORG, alert=alert))
        (place,) = (await centre.look("teo", alert)).json["places"]
        assert place["lat"] is None and place["radius_m"] == 12.0

    asyncio.run(story())


def test_a_police_call_is_recorded_with_its_time_and_never_in_the_future() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        for at, kept in (
            ("2026-11-18T11:06:39Z", BEGAN_MS - 1_000),
            ("2030-01-01T00:00:00Z", BEGAN_MS),
            (None, BEGAN_MS),
        ):
            await centre.act("teo", alert, "police", {"who": "desk", "number": "the line", "at": at})
            assert centre.alert(alert).police[-1].at_ms == kept

    asyncio.run(story())


def test_two_people_on_two_devices_close_it_and_anybody_rung_may_object() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        refused(await centre.act("rafi", alert, "close/confirm"), 409, "no_proposal")
        assert (await centre.act("teo", alert, "close", {"outcome": "safe", "note": "seen"})).json["closing"][
            "note"
        ] == "seen"
        refused(await centre.act("rafi", alert, "close", {"outcome": "safe"}), 409, "already_proposed")
        refused(await centre.act("teo", alert, "close/confirm"), 409, "same_person")
        assert (await centre.act("rafi", alert, "close/object")).json["closing"] is None
        await centre.act("teo", alert, "close", {"outcome": "safe"})
        closing = (await centre.act("rafi", alert, "close/confirm")).json["closing"]
        assert closing["confirmed_by"]["id"] == "rafi" and closing["commits_at"]
        centre.wait(60)
        assert (await centre.look("teo", alert)).json["state"] == "closed"
        refused(await centre.act("teo", alert, "answers", {"answer": "seen"}), 409, "alert_closed")
        assert (await centre.act("teo", alert, "notes", {"text": "afterwards"})).status == 200

    asyncio.run(story())


def test_a_note_with_a_key_stands_once_and_without_one_each_time() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        for key in ("k" * 200, "k" * 200, "", None):
            headers = {} if key is None else {"idempotency-key": key}
            path = f"/api/v1/alerts/{alert}/notes"
            answer = await centre.call("POST", path, "teo", {"text": "at the gate"}, headers=headers)
            assert answer.status == 200
        assert [note["text"] for note in answer.json["notes"]] == ["at the gate"] * 3

    asyncio.run(story())


def test_a_note_is_made_harmless_and_cut() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        text = "a\x00b\u202ec\nd" + "x" * 5_000
        (note,) = (await centre.act("teo", alert, "notes", {"text": text})).json["notes"]
        assert note["text"].startswith("abc d") and len(note["text"]) == 1_600

    asyncio.run(story())


BAD: list[tuple[str, bytes, str]] = [
    ("answers", b"", "not_json"), ("answers", b"{", "not_json"), ("answers", b'{"answer":"\xff"}', "not_json"),
    ("answers", b'{"x":' * 9_000, "not_json"), ("answers", b"[]", "bad_field"),
    ("answers", b'{"answer":"go"}', "bad_field"),
    ("answers", b'{"answer":"coming","eta_s":-1}', "bad_field"),
    ("answers", b'{"answer":"coming","eta_s":1e3000}', "bad_field"),
    ("answers", b'{"answer":"coming","eta_s":true}', "bad_field"), ("places", b'{"kind":"fix"}', "bad_field"),
    ("places", b'{"kind":"fix","lat":999,"lon":0}', "bad_field"), ("notes", b'{"text":"\\u0000 \\u202e"}', "bad_field"),
    ("notes", b'{"text":7}', "bad_field"), ("police", b'{"who":"","number":"1"}', "bad_field"),
    ("police", b'{"who":"x","number":"1","at":"soon"}', "bad_field"), ("close", b'{"outcome":"won"}', "bad_field"),
    ("safe", b'{"pin":7351}', "bad_field"), ("safe", b"null", "bad_field"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "body", "code"), BAD)
def test_a_bad_body_is_a_problem_and_changes_nothing(act: str, body: bytes, code: str) -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        facts = len(centre.ring.store.content.facts)
        who = "noor" if act == "safe" else "teo"
        answer = await centre.act(who, alert, act, body)
        refused(answer, 400, code)
        assert b"won" not in answer.body and b"7351" not in answer.body, "what was sent does not come back"
        assert len(centre.ring.store.content.facts) == facts

    asyncio.run(story())


def test_a_body_beyond_the_limit_is_413_anywhere_but_on_a_press() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        refused(await centre.act("teo", alert, "notes", b'{"text":"' + b"x" * 70_000), 413, "too_large")

    asyncio.run(story())


def test_what_could_not_be_stored_says_so() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        centre.ring.full = True
        refused(await centre.act("teo", alert, "answers", {"answer": "seen"}), 503, "not_stored")

    asyncio.run(story())


# The PIN -------------------------------------------------------------------------------------------------------------


def test_the_pin_closes_it_and_both_pins_answer_in_the_same_words() -> None:
    told = []
    for pin in (PIN, DURESS_PIN):
        centre = Centre()

        async def story(centre: Centre = centre, pin: str = pin) -> None:
            alert = await raised(centre)
            refused(await centre.act("noor", alert, "safe", {"pin": "0000"}), 403, "wrong_pin")
            answer = await centre.act("noor", alert, "safe", {"pin": pin})
            told.append((answer.status, answer.body))
            assert centre.alert(alert).open == (pin == DURESS_PIN)
            refused(await centre.act("noor", alert, "safe", {"pin": PIN}), 409, "alert_closed")

        asyncio.run(story())
    assert told[0] == told[1]


def test_after_ten_wrong_pins_both_are_refused_in_the_same_words_and_one_is_heard() -> None:
    told = []
    for pin in (PIN, DURESS_PIN):
        centre = Centre()

        async def story(centre: Centre = centre, pin: str = pin) -> None:
            alert = await raised(centre)
            for _ in range(PIN_MISSES_HOUR_MAX):
                centre.ring.decide(c.Safe(org=ORG, alert=alert, member="noor", device="d", match=c.PinMatch.WRONG))
            answer = await centre.act("noor", alert, "safe", {"pin": pin})
            refused(answer, 403, "wrong_pin")
            looks = await centre.look("noor", alert)
            told.append((answer.body, looks.json["state"], looks.json["people_rung"]))
            assert centre.alert(alert).under_duress == (pin == DURESS_PIN)

        asyncio.run(story())
    assert told[0] == told[1]


def test_a_pin_for_somebody_elses_alert_is_a_pin_for_none() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        theirs = await centre.act("teo", alert, "safe", {"pin": PIN})
        nobodys = await centre.act("teo", "nothing", "safe", {"pin": PIN})
        assert (theirs.status, theirs.body) == (nobodys.status, nobodys.body) == (404, theirs.body)

    asyncio.run(story())


def test_a_place_sent_from_a_shadow_reaches_the_responders_and_is_answered_as_closed() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        await centre.act("noor", alert, "safe", {"pin": DURESS_PIN})
        place = {"kind": "spoken", "label": "his car"}
        refused(await centre.act("noor", alert, "places", place), 409, "alert_closed")
        assert (await centre.look("teo", alert)).json["places"][0]["label"] == "his car"
        centre.wait(1)
        fresh = await raised(centre)
        refused(await centre.act("noor", alert, "places", {"kind": "spoken", "label": "other"}), 409, "alert_closed")
        assert (await centre.look("noor", fresh)).json["places"] == []
        assert (await centre.look("teo", alert)).json["places"][0]["label"] == "his car"

    asyncio.run(story())
