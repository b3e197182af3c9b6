"""I15: whatever the bytes, a credential that was ever issued rings; nothing that was sent is logged."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from outside import BEGAN_MS, DURESS_PIN, ORG, PIN, Centre, ask
from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.limits import BODY_MAX_BYTES, TEXT_MAX_CHARS
from tocsin.core.words import Came, Kind, PlaceKind
from tocsin.intake.presses import read_body

AUTHORISED = {"authorization": "Bearer tocsin_noor_phone"}
PATH = "/api/v1/alerts"


def pressed(centre: Centre) -> c.Press:
    (press,) = (command for command in centre.ring.commands if isinstance(command, c.Press))
    return press


def test_a_press_is_durable_and_says_what_was_taken() -> None:
    centre = Centre()
    place = {"kind": "zone", "label": "Lot B", "at": "2026-11-18T11:00:00Z"}
    body = {"kind": "overdue", "silent": True, "text": "by the gate", "place": place,
            "occurred_at": "2026-11-18T05:06:40-06:00"}  # fmt: skip
    answer = asyncio.run(centre.press(body=body, key="one"))
    press = pressed(centre)
    assert answer.status == 201 and set(answer.json) == {"id", "receipt", "state", "warnings"}
    assert (press.kind, press.silent, press.text, press.came) == (Kind.OVERDUE, True, "by the gate", Came.DEVICE)
    assert press.occurred_at_ms == BEGAN_MS and press.places[0].kind is PlaceKind.ZONE
    assert centre.ring.store.receipt(ORG, "noor-phone", "one") is not None


def test_the_same_key_is_the_same_press_whatever_the_body() -> None:
    centre = Centre()

    async def story() -> None:
        first = await centre.press(body={"kind": "sos"}, key="one")
        again = await centre.press(body=b"\xff other", key="one")
        assert (again.status, again.json["id"], again.json["receipt"]) == (200, first.json["id"], first.json["receipt"])
        other = await centre.press(key="two")
        assert (other.status, other.json["id"]) == (201, first.json["id"])
        assert other.json["receipt"] != first.json["receipt"]

    asyncio.run(story())


def test_presses_without_a_key_are_presses_of_their_own() -> None:
    centre = Centre()

    async def story() -> set[str]:
        return {(await centre.press()).json["receipt"] for _ in range(3)}

    assert len(asyncio.run(story())) == 3


@pytest.mark.parametrize("key", ["k" * 5_000, "\x7f\xa0odd", "k" * 200])
def test_a_long_or_odd_key_is_kept_as_a_key(key: str) -> None:
    centre = Centre()

    async def story() -> list[int]:
        return [(await centre.press(key=key)).status for _ in range(2)]

    assert asyncio.run(story()) == [201, 200]
    assert len(pressed_keys(centre)) == 1


def pressed_keys(centre: Centre) -> set[str]:
    keys = {command.key for command in centre.ring.commands if isinstance(command, c.Press)}
    assert all(len(key) <= 200 for key in keys)
    return keys


BROKEN = [
    b"", b"   ", b"{", b"[1", b"\xff\xfe\x00", b"null", b"7", b'"sos"', b"[" * 60_000, b'{"kind":1e999}',
    b'{"a":"\\ud800"}', b"\x00" * 100, b'{"kind": "sos"} trailing', b"\xef\xbb\xbf{}", b'{"text":"\\u0000\\u202e"}',
]  # fmt: skip


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_body_rings(body: bytes) -> None:
    centre = Centre()
    answer = asyncio.run(centre.press(body=body))
    assert answer.status == 201 and pressed(centre).kind is Kind.SOS


def test_from_broken_json_the_words_that_matter_are_picked_out() -> None:
    wish = read_body(b'{"kind":"overdue","silent":true,"text":"he is here","place":{"label":"lot b",', BEGAN_MS)
    assert (wish.kind, wish.silent, wish.text) == (Kind.OVERDUE, True, "he is here")
    assert wish.place is not None and wish.place.label == "lot b"
    assert wish.warnings


BAD_FIELDS: list[tuple[str, Any]] = [
    ("kind", "fire"), ("kind", 7), ("silent", []), ("silent", 0), ("text", 9), ("place", "lot b"),
    ("place", {"kind": "fix"}), ("place", {"lat": 91, "lon": 0}), ("place", {"lat": True, "lon": 0}),
    ("place", {"lat": 10**400, "lon": 1}), ("occurred_at", "yesterday"), ("occurred_at", 12),
    ("for_member", "teo"), ("for_member", {}), ("text", "\x00\u202e"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS)
def test_a_field_that_cannot_be_used_is_dropped_and_named(field: str, value: Any) -> None:
    centre = Centre()
    answer = asyncio.run(centre.press(body={field: value, "unknown": 1}))
    assert answer.status == 201
    assert [warning for warning in answer.json["warnings"] if warning.startswith(field)]
    assert pressed(centre).member == "noor"


@pytest.mark.parametrize("yes", [True, 1, "true", "TRUE", " yes "])
def test_whatever_may_mean_silent_is_silent(yes: Any) -> None:
    assert read_body(msgspec.json.encode({"silent": yes}), BEGAN_MS).silent


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01", "2031-05-05T05:05:05"]
)
def test_any_time_rings(at: str) -> None:
    centre = Centre()
    answer = asyncio.run(centre.press(body={"occurred_at": at, "place": {"label": "x", "at": at}}))
    assert answer.status == 201
    seen = asyncio.run(centre.look("teo", answer.json["id"]))
    assert seen.status == 200, "and whatever it was, it can be shown"
    assert pressed(centre).places[0].at_ms <= BEGAN_MS, "a clock that runs ahead must not pin a place for ever"


def test_ten_megabytes_ring_with_the_first_64_kilobytes() -> None:
    centre = Centre()
    parts: list[bytes | None] = [b'{"silent": true, "text": "', *[b"x" * 1_000_000] * 10, b'"}']
    answer = asyncio.run(ask(centre.app, "POST", PATH, AUTHORISED, parts))
    assert answer.status == 201 and pressed(centre).silent
    assert len(pressed(centre).text or "") == TEXT_MAX_CHARS
    assert any(str(BODY_MAX_BYTES) in warning for warning in answer.json["warnings"])


def test_a_body_of_exactly_the_limit_is_whole_in_any_parts() -> None:
    body = b'{"text":"x"}'.ljust(BODY_MAX_BYTES)
    for parts in ([body], [body[:10], body[10:], b""], [b"", body[:-1], body[-1:]]):
        centre = Centre()
        answer = asyncio.run(ask(centre.app, "POST", PATH, AUTHORISED, list(parts)))
        assert answer.status == 201 and answer.json["warnings"] == []


def test_half_a_request_rings_with_what_has_come() -> None:
    centre = Centre()
    answer = asyncio.run(ask(centre.app, "POST", PATH, AUTHORISED, [b'{"silent": true, "te', None]))
    assert answer.status == 201 and pressed(centre).silent
    assert any("whole" in warning for warning in answer.json["warnings"])


def test_a_press_is_taken_whatever_the_host_and_the_media_type() -> None:
    centre = Centre()
    odd = {**AUTHORISED, "host": "@@ not a host", "content-type": "image/gif", "accept": "nothing/at-all"}
    for app in (centre.app, centre.sos):
        for path in (PATH, PATH + "/"):
            assert asyncio.run(ask(app, "POST", path, odd, [b"{}"])).status == 201


def test_a_token_without_its_scheme_rings() -> None:
    centre = Centre()
    for header in ("tocsin_noor_phone", "bearer tocsin_noor_phone", "BEARER   tocsin_noor_phone "):
        assert asyncio.run(ask(centre.app, "POST", PATH, {"authorization": header}, [b""])).status == 201


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer never-issued", "Basic tocsin_noor_phone", "\xff\xfe"])
def test_a_credential_never_issued_is_401_and_rings_nobody(header: str | None) -> None:
    centre = Centre()
    answer = asyncio.run(ask(centre.app, "POST", PATH, {} if header is None else {"authorization": header}, [b"{}"]))
    assert (answer.status, answer.type) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"] == "Bearer" and not centre.ring.commands


@pytest.mark.parametrize("end", ["revoked", "suspended", "removed"])
def test_a_dead_credential_rings_and_learns_only_that_it_was_received(end: str) -> None:
    centre = Centre()
    if end == "revoked":
        centre.ring.decide(c.Revoke(org=ORG, by=OPERATOR, member="noor"))
    elif end == "suspended":
        centre.ring.decide(Suspend(org=ORG, member="noor", by=OPERATOR))
    else:
        directory = centre.ring.world.directory(ORG)
        del directory.members["noor"]  # type: ignore[attr-defined]  # A dict, in the tests.

    async def story() -> None:
        first = await centre.press(key="one", body={"for_member": "teo"})
        assert first.status == 201 and set(first.json) == {"receipt"}
        assert (await centre.press(key="one")).json == first.json
        (alert,) = centre.ring.world.open_alerts(ORG)
        assert alert.came is Came.REVOKED and alert.member == "noor"
        assert (await centre.look("noor", alert.id)).status == 403

    asyncio.run(story())


def test_a_supervisor_may_raise_for_a_colleague() -> None:
    centre = Centre()

    async def story() -> None:
        taken = await centre.press("teo", {"for_member": "noor"}, key="one")
        assert pressed(centre).member == "noor" and taken.json["state"] == "climbing"
        assert (await centre.look("teo", taken.json["id"])).status == 200
        assert (await centre.look("noor", taken.json["id"])).status == 200

    asyncio.run(story())


def test_who_may_not_see_an_alert_may_raise_it_and_learns_nothing() -> None:
    centre = Centre()
    taken = asyncio.run(centre.press("omar", {"for_member": "noor"}))
    assert taken.status == 201 and set(taken.json) == {"receipt"}


def test_raising_for_somebody_under_duress_names_the_alert_that_the_supervisor_knows() -> None:
    centre = Centre()

    async def story() -> None:
        own = (await centre.press("noor")).json["id"]
        await centre.act("noor", own, "safe", {"pin": DURESS_PIN})
        taken = await centre.press("teo", {"for_member": "noor"})
        assert taken.json["id"] == own
        assert len((await centre.call("GET", PATH, "noor")).json["alerts"]) == 2

    asyncio.run(story())


def test_a_member_nobody_knows_cannot_be_raised_for() -> None:
    centre = Centre()
    taken = asyncio.run(centre.press("teo", {"for_member": "nobody"}))
    assert pressed(centre).member == "teo" and taken.json["warnings"]


def test_a_full_disk_is_said_at_once() -> None:
    centre = Centre()
    centre.ring.full = True
    answer = asyncio.run(centre.press())
    assert (answer.status, answer.type, answer.json["code"]) == (503, "application/problem+json", "not_stored")


def test_a_fault_of_ours_is_a_problem_and_a_log_line_without_content() -> None:
    centre = Centre()

    async def broken(command: c.Command) -> c.Reply:
        raise RuntimeError("he is at the gate")

    centre.ring.submit = broken  # type: ignore[method-assign]  # The bell itself is broken.
    with capture_logs() as logs:
        answer = asyncio.run(centre.press(body={"text": "he is at the gate"}))
        other = asyncio.run(centre.call("GET", PATH, "noor"))
    assert (answer.status, answer.json["code"]) == (500, "fault") and other.status == 200
    assert logs and "gate" not in str(logs) and "tocsin_" not in str(logs)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_random_bytes_become_a_wish(body: bytes) -> None:
    wish = read_body(body, BEGAN_MS)
    assert wish.kind in Kind


JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
FIELDS = st.sampled_from(["kind", "silent", "text", "place", "occurred_at", "for_member", "drill"])


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(FIELDS, JSONS),
    st.dictionaries(st.sampled_from(["kind", "label", "lat", "lon", "radius_m", "at"]), JSONS),
)
def test_any_json_rings_and_can_be_shown(fields: dict[str, Any], place: dict[str, Any]) -> None:
    centre = SHARED
    body = msgspec.json.encode({**fields, **({"place": place} if place else {})})

    async def story() -> None:
        taken = await centre.press(body=body)
        assert taken.status == 201, taken.body
        assert (await centre.look("noor", taken.json["id"])).status == 200
        assert (await centre.call("GET", PATH, "teo")).status == 200
        assert (await centre.act("noor", taken.json["id"], "safe", {"pin": PIN})).status in (200, 403, 404, 409)

    asyncio.run(story())


SHARED = Centre()
