"""The links in messages, from outside: inert until a tap, one alert and no more, gone with whoever holds them."""

from __future__ import annotations

import asyncio

import pytest
from linked import NOWHERE, Linked, pressed, told
from msgspec.structs import replace

from outside import ORG, PIN, SITE, Centre, Stream, turns
from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt, Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.rung_record import RungLink
from tocsin.core.limits import ATTEMPTS_BURST
from tocsin.core.words import Came

# Looking at the link -----------------------------------------------------------------------------------------------


def test_looking_at_a_link_tells_nothing_not_even_whether_it_lives() -> None:
    """Scanners of mail, previews, prefetching browsers: all get the same page, and nothing has changed."""

    async def story(centre: Linked) -> None:
        path = centre.link(await pressed(centre), "teo")
        before = len(centre.ring.store.content.facts)
        for method in ("GET", "HEAD", "OPTIONS"):
            living, dead = [await centre.call(method, one) for one in (path, f"/r/{NOWHERE}")]
            assert (living.status, living.headers, living.body) == (dead.status, dead.headers, dead.body)
        page = await centre.call("GET", path)
        assert page.headers["referrer-policy"] == "no-referrer" and page.headers["cache-control"] == "no-store"
        told = page.body.lower()
        assert path.rpartition("/")[2].lower().encode() not in told and b"noor" not in told
        assert len(centre.ring.store.content.facts) == before
        assert (await centre.tap(path)).status == 201  # And it was not used up.

    told(story)


def test_the_second_device_is_told_that_it_was_opened_elsewhere_and_gets_nothing() -> None:
    async def story(centre: Linked) -> None:
        path = centre.link(await pressed(centre), "teo")
        assert (await centre.tap(path)).status == 201
        second = await centre.tap(path)
        assert (second.status, second.json["code"]) == (409, "opened_elsewhere") and b"token" not in second.body.lower()

    told(story)


@pytest.mark.parametrize("path", [f"/r/{NOWHERE}", "/r/x", "/r/%00", "/r/%F0%9F%86%98", f"/r/{'9' * 4000}"])
def test_a_link_that_never_was_is_worn_out(path: str) -> None:
    async def story(centre: Linked) -> None:
        await pressed(centre)
        answer = await centre.tap(path)
        assert (answer.status, answer.json["code"]) == (410, "link_worn_out")

    told(story)


def test_a_server_without_a_key_opens_none() -> None:
    async def story() -> None:
        centre = Centre()
        await pressed(centre)
        assert (await centre.call("POST", f"/r/{NOWHERE}", body={})).status == 410

    asyncio.run(story())


def test_guessing_is_held_up() -> None:
    async def story(centre: Linked) -> None:
        path = centre.link(await pressed(centre), "teo")
        tries = [await centre.tap(f"{path[:-1]}{sign}") for sign in "0123456789" * (ATTEMPTS_BURST // 10 + 1)]
        assert tries[-1].status == 429 and "retry-after" in tries[-1].headers
        assert (await centre.press()).status == 201  # A press never waits.

    told(story)


def test_a_link_typed_by_a_thumb_opens_too() -> None:
    async def story(centre: Linked) -> None:
        path = centre.link(await pressed(centre), "teo")
        assert (await centre.tap(f"/r/{path[3:].lower()}")).status == 201

    told(story)


def test_where_the_disk_is_full_nothing_is_opened_and_the_link_lives() -> None:
    async def story(centre: Linked) -> None:
        path = centre.link(await pressed(centre), "teo")
        centre.ring.full = True
        assert (await centre.tap(path)).status == 503
        centre.ring.full = False
        assert (await centre.tap(path)).status == 201

    told(story)


# What a device that opened one may ----------------------------------------------------------------------------------


def test_whoever_was_called_reads_that_alert_and_answers_it() -> None:
    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre, text="lot b"), "rafi")
        seen = (await held.look()).json
        assert seen["member"]["name"] == "Noor Invented" and seen["places"][0]["label"] == "lot b"
        assert seen["you"]["do"].startswith("Do not go out.") and "deliveries" not in seen
        assert seen["you"]["may"] == ["answer", "place", "note", "climb", "police"]
        answered = (await held.act("answers", {"answer": "coming"})).json
        assert [(one["member"]["id"], one["counts"]) for one in answered["answers"]] == [("rafi", True)]
        assert (await held.act("notes", {"text": "By the north door"})).status == 200
        assert (await held.get("/api/v1/me")).json["member"]["name"] == "Rafi Invented"

    told(story)


def test_of_a_drill_it_says_what_everybody_does_in_drills() -> None:
    async def story(centre: Linked) -> None:
        drill = c.Press(
            org=ORG, credential="x", key="x", member="noor", device=None, came=Came.DRILL, drill=True, site=SITE
        )
        taken = centre.ring.decide(drill)
        assert isinstance(taken, c.PressTaken)
        seen = (await (await centre.opened(taken.alert, "rafi")).look()).json
        assert seen["drill"] and seen["you"]["do"] == "Only answer. Call nobody."

    told(story)


def test_a_supervisor_by_a_link_sees_no_messages_no_strangers_and_closes_nothing() -> None:
    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre), "teo")
        assert "deliveries" not in (await held.look()).json
        await centre.text("+12025550199", "SOS")
        stream = Stream(centre.app, held.headers)
        await stream.heard(b"event: alert")
        assert b"unverified" not in stream.raw
        await stream.hang_up()
        for act, body in (("close", {"outcome": "safe"}), ("close/confirm", None), ("handover/take", None)):
            assert (await held.act(act, body)).json["code"] == "not_allowed"
        assert centre.alert(held.alert).proposal is None

    told(story)


def test_it_objects_to_a_close() -> None:
    async def story(centre: Linked) -> None:
        alert = await pressed(centre)
        held = await centre.opened(alert, "rafi")
        await centre.act("teo", alert, "close", {"outcome": "safe"})
        seen = (await held.look()).json
        assert "object" in seen["you"]["may"] and not {"confirm", "close"} & set(seen["you"]["may"])
        assert (await held.act("close/object")).json["closing"] is None

    told(story)


def test_it_sees_no_other_alert_not_even_one_that_rang_the_same_person() -> None:
    async def story(centre: Linked) -> None:
        alert = await pressed(centre)
        other = (await centre.press("teo")).json["id"]
        held = await centre.opened(alert, "rafi")
        assert (await centre.look("rafi", other)).status == 200
        assert (await held.look(other)).status == 404
        assert [one["id"] for one in (await held.get("/api/v1/alerts")).json["alerts"]] == [alert]

    told(story)


@pytest.mark.parametrize("path", ["/api/v1/on-shift", "/api/v1/calm", "/api/v1/plans", "/metrics", "/office"])
def test_it_opens_nothing_else(path: str) -> None:
    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre), "teo")
        assert (await held.get(path)).status in (403, 404)

    told(story)


def test_it_says_nothing_of_a_walk_while_it_lives_or_when_it_is_over() -> None:
    """Whoever was forwarded somebody's link must not stop the timer of that person's walk."""

    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre), "rafi")
        walk = (await centre.call("POST", "/api/v1/walks", "rafi", {"minutes": 15})).json["id"]
        for code in ("not_allowed", "raise_only"):
            for act in ("home", "check-in", "cancel"):
                answer = await centre.call("POST", f"/api/v1/walks/{walk}/{act}", headers=held.headers, body={})
                assert (answer.status, answer.json["code"]) == (403, code)
            await centre.opened(held.alert, "rafi")  # Another takes its place.
        assert (await centre.call("GET", f"/api/v1/walks/{walk}", "rafi")).json["state"] == "out"

    told(story)


def test_i_need_help_too() -> None:
    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre), "teo")
        mine = await held.press({"for_member": "rafi"})
        assert mine.status == 201 and centre.alert(mine.json["id"]).member == "teo"  # Nobody raises for others by it.
        seen = (await held.look(mine.json["id"])).json
        assert seen["member"]["id"] == "teo" and "safe" not in seen["you"]["may"]

    told(story)


def test_my_own_alert_from_another_device_is_rung_again_and_not_shown_by_a_link() -> None:
    async def story(centre: Linked) -> None:
        own = (await centre.press("teo")).json["id"]
        held = await centre.opened(await pressed(centre), "teo")
        assert set((await held.press()).json) == {"receipt"}
        assert (await held.look(own)).status == 404 and centre.alert(own).ringing > 1

    told(story)


# The end ----------------------------------------------------------------------------------------------------------


def test_a_suspension_ends_it_at_once_on_an_open_stream_too_and_it_still_calls_for_help() -> None:
    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre), "teo")
        stream = Stream(centre.app, held.headers)
        await stream.heard(held.alert.encode())
        stream.taken()
        centre.ring.decide(Suspend(org=ORG, by=OPERATOR, member="teo"))
        await turns()
        assert stream.ended and stream.raw == b""
        for answer in (await held.look(), await held.act("answers", {"answer": "coming"})):
            assert (answer.status, answer.json["code"]) == (403, "raise_only")
        assert set((await held.press()).json) == {"receipt"}

    told(story)


def test_a_tie_takes_it_away_and_says_no_more_than_of_an_alert_that_never_was() -> None:
    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre), "rafi")
        people = centre.ring.world.directory(ORG)
        rafi = replace(people.members["rafi"], not_told_about=("noor",))
        centre.ring.decide(
            c.ReplaceDirectory(
                org=ORG, directory=replace(people, members={**people.members, "rafi": rafi}, devices={}), by="file"
            )
        )
        assert (await held.look()).body == (await held.look("nothing")).body
        assert (await held.act("notes", {"text": "x"})).status == 404

    told(story)


def test_how_it_ended_is_read_for_a_minute_and_then_nothing() -> None:
    async def story(centre: Linked) -> None:
        held = await centre.opened(await pressed(centre), "rafi")
        await centre.act("noor", held.alert, "safe", {"pin": PIN})
        assert (await held.look()).json["state"] == "closed"
        link = next(iter(centre.ring.world.all_kept(ORG, RungLink)))
        assert link
        wake = next(wake for wake in centre.ring.store.wakes(ORG) if wake.stream.startswith("linktaken/"))
        assert wake.due_at_ms is not None
        centre.ring.clock.ms = wake.due_at_ms
        centre.ring.decide(look_at(wake.stream))
        assert (await held.look()).json["code"] == "raise_only"

    told(story)


def look_at(stream: str) -> c.Command:
    kind, _, id = stream.partition("/")
    return LookAt(org=ORG, kind=kind, id=id)
