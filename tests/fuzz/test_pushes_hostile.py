"""Whatever a stranger says of pushes: a clear answer, nothing changed, never a traceback."""

from __future__ import annotations

import asyncio
import json

import pytest
from effort import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pushing_phones import ENDPOINT, KEYS, RECEIPTS, SUBSCRIPTIONS, TEST, Pushing

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
LIKE = st.fixed_dictionaries(
    {},
    optional={
        "endpoint": JSON | st.sampled_from([ENDPOINT, "https://push.example.org"]),
        "keys": JSON | st.fixed_dictionaries({}, optional={"p256dh": JSON | st.just(KEYS["p256dh"]), "auth": JSON}),
        "delivery": JSON | st.sampled_from(["test-x.1", "\ud800"]),
        "receipt": JSON | st.text(max_size=40),
    },
)
BODIES = st.binary(max_size=200) | (JSON | LIKE).map(lambda value: json.dumps(value).encode())


@pytest.fixture(scope="module")
def at() -> Pushing:
    """Nothing that is sent here changes it, so one is enough."""
    return Pushing()


@pytest.mark.slow
@settings(max_examples=tries(150), suppress_health_check=list(HealthCheck), deadline=None)
@given(path=st.sampled_from([SUBSCRIPTIONS, RECEIPTS, TEST]), body=BODIES)
def test_whatever_is_sent_there_gets_a_clear_answer_and_changes_nothing(at: Pushing, path: str, body: bytes) -> None:
    before = at.facts()
    answer = asyncio.run(at.call("POST", path, None if path == RECEIPTS else "teo", body))
    assert answer.status in (400, 403, 404, 413) and answer.json["remedy"], answer.body
    assert at.facts() == before
