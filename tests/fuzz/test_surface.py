"""Hostile requests of every kind, at every path: a clear answer, no change of state, nothing that grows.

The two exceptions are the point of the product: a press with a credential that was ever issued rings whatever its
bytes, and so does what a carrier signs.
"""

from __future__ import annotations

import asyncio
import gc
import os
from urllib.parse import quote

import pytest
from effort import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from outside import ORG, SECRET, Answer, Centre

pytestmark = pytest.mark.slow
KNOWN = [
    "/",
    "/api/v1/alerts",
    "/api/v1/alerts/{id}",
    *(f"/api/v1/alerts/{{id}}/{act}" for act in ("answers", "places", "notes", "climb", "police", "close", "safe")),
    "/api/v1/alerts/{id}/close/confirm",
    "/api/v1/alerts/{id}/close/object",
    "/api/v1/walks",
    "/api/v1/walks/{id}",
    *(f"/api/v1/walks/{{id}}/{act}" for act in ("check-in", "extend", "home", "cancel")),
    "/api/v1/me",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/r/{id}",
    "/z/{id}",
]
HOOKS = [
    *(f"/hooks/twilio/{name}" for name in ("sms", "status", "voice", "voice/menu", "voice/status")),
    *(f"/hooks/vonage/{name}" for name in ("sms", "status")),
]
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X"])
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TEXTS = st.one_of(st.binary(max_size=300), st.sampled_from([b"{", b"[" * 9_000, b"\xff\xfe", b"null", b"{}", b'""']))
# A header is latin-1 on the wire, and no server passes a line end on.
VALUES = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
NAMES = ["authorization", "content-type", "accept", "idempotency-key", "cookie", "last-event-id", "host", "range",
         "content-length", "transfer-encoding", "origin", "x-forwarded-for", "x-twilio-signature"]  # fmt: skip
HEADERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4)
FAST = settings(max_examples=tries(300), suppress_health_check=list(HealthCheck))


class Watched:
    """A centre with one open alert, and what must not change in it."""

    def __init__(self) -> None:
        self.centre = Centre()
        self.alert = asyncio.run(self.centre.press("rafi", key="first")).json["id"]
        self.before = self.state()

    def state(self) -> tuple[int, int, int]:
        ring = self.centre.ring
        return ring.position, len(list(ring.world.open_alerts(ORG))), len(ring.store.content.deliveries)

    def asked(self, method: str, path: str, who: str | None, body: bytes, headers: dict[str, str]) -> Answer:
        path = path.replace("{id}", self.alert)
        return asyncio.run(self.centre.call(method, path, who, body, headers=headers))


WATCHED = Watched()


def must_be_clear(answer: Answer, path: str) -> None:
    assert answer.status < 500 or (path, answer.status) == ("/readyz", 503)
    assert b"Traceback" not in answer.body
    if answer.status >= 400 and answer.body and path.startswith("/api"):
        assert answer.type in ("application/problem+json", "text/html", "text/plain"), answer.headers


@FAST
@given(method=METHODS, path=st.sampled_from([*KNOWN, *HOOKS]), body=TEXTS, headers=HEADERS)
def test_a_stranger_changes_nothing_whatever_they_send(
    method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = WATCHED.asked(method, path, None, body, headers)
    must_be_clear(answer, path)
    assert WATCHED.state() == WATCHED.before


@FAST
@given(parts=st.lists(WORDS, max_size=6), query=WORDS, method=METHODS, body=TEXTS)
def test_a_path_that_nobody_knows_is_told_so(parts: list[str], query: str, method: str, body: bytes) -> None:
    path = "/" + "/".join(quote(part, safe="") for part in parts) + "?" + quote(query)
    answer = WATCHED.asked(method, path, None, body, {})
    must_be_clear(answer, path.partition("?")[0])
    assert WATCHED.state() == WATCHED.before


@FAST
@given(method=METHODS, path=st.sampled_from(KNOWN), body=st.binary(max_size=200), headers=HEADERS)
def test_a_member_with_bytes_that_mean_nothing_changes_nothing_but_by_a_press(
    method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    """The acts without a body (climb, confirm, object) do what they say; they are no bad input."""
    headers.pop("authorization", None)
    watched = WATCHED if method != "POST" else Watched()
    answer = watched.asked(method, path, "teo", b"\xff" + body, headers)
    must_be_clear(answer, path)
    if method != "POST" or answer.status >= 400:
        assert watched.state() == watched.before


@FAST
@given(path=st.sampled_from(HOOKS), body=TEXTS, claimed=VALUES, form=st.dictionaries(WORDS, WORDS, max_size=4))
def test_a_forged_callback_is_refused_and_changes_nothing(
    path: str, body: bytes, claimed: str, form: dict[str, str]
) -> None:
    for headers in ({"x-twilio-signature": claimed}, {"authorization": f"Bearer {claimed}"}, {}):
        answer = WATCHED.asked("POST", path, None, body, dict(headers))
        assert answer.status in (403, 404, 405, 413, 400, 401), answer.status
    assert WATCHED.state() == WATCHED.before


STATUS = "/hooks/twilio/status"
(REAL, *_) = WATCHED.centre.ring.store.content.deliveries.values()
SIGNED = [
    "/hooks/twilio/sms",
    STATUS,
    f"{STATUS}?delivery=d&alert=a&send=1",
    f"{STATUS}?delivery={REAL.id}&alert={WATCHED.alert}&send=1",
    f"{STATUS}?delivery={REAL.id}&alert={WATCHED.alert}&send=999999999999999999999",
]
FIELDS = ["From", "To", "Body", "MessageSid", "SmsSid", "MessageStatus", "ErrorCode", "OptOutType", "NumMedia"]
FORMS = st.dictionaries(st.one_of(st.sampled_from(FIELDS), WORDS), WORDS, max_size=8)


@FAST
@given(path=st.sampled_from(SIGNED), form=FORMS, times=st.integers(1, 3))
def test_what_a_carrier_signs_is_taken_once_and_strangers_raise_nothing(
    path: str, form: dict[str, str], times: int
) -> None:
    form["MessageSid"] = "SM-" + form.get("MessageSid", "")
    answers = [asyncio.run(WATCHED.centre.hook(path, form, SECRET)) for _ in range(times)]
    # 400 and 404: a status that names no message, or none of ours.
    assert {answer.status for answer in answers} <= ({200} if path.endswith("/sms") else {200, 400, 404})
    _, open_alerts, deliveries = WATCHED.state()
    assert (open_alerts, deliveries) == WATCHED.before[1:]
    WATCHED.before = WATCHED.state()


def test_a_thousand_hostile_requests_leave_nothing_behind() -> None:
    watched = Watched()
    presses, alert = watched.centre.app, watched.alert

    async def storm(count: int) -> None:
        for number in range(count):
            body = bytes([number % 256]) * (number % 97)
            await watched.centre.call("POST", KNOWN[number % len(KNOWN)].replace("{id}", alert), None, body)
            await watched.centre.call("POST", HOOKS[number % len(HOOKS)], None, body)
            await watched.centre.call("GET", f"/api/v1/alerts/{number}", "teo")

    asyncio.run(storm(50))
    gc.collect()
    objects, files = len(gc.get_objects()), len(os.listdir("/proc/self/fd"))
    asyncio.run(storm(tries(400)))
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= files
    assert len(gc.get_objects()) < objects + 2_000
    assert watched.state() == watched.before and presses is watched.centre.app


def test_nothing_hostile_is_quoted_in_the_log() -> None:
    with capture_logs() as logs:
        for path in (*KNOWN, *HOOKS):
            WATCHED.asked("POST", path, None, b"a-hostile-word \xff", {"authorization": "Bearer a-hostile-word"})
    assert "hostile" not in str(logs)
