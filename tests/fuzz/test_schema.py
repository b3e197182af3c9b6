"""Every operation that `/openapi.json` promises, with whatever fits its schema and whatever does not.

No answer is a fault of ours, each is one that the document describes, and what was refused has changed nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from effort import tries
from everybody import SCREENS, Everybody
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from outside import ORG, Centre

pytestmark = pytest.mark.slow
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CENTRE = Centre()
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", CENTRE.app).exclude(path="/api/v1/live")  # It has no end.
CREDENTIALS = [None, "Bearer tocsin_noor_phone", "Bearer tocsin_teo_phone", "Bearer never-issued", "Basic x", "\x7f"]
HOUSE = Everybody()
HOUSE_SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", HOUSE.app).exclude(path="/api/v1/live")
PIN_PATH = "/alerts/{alert}/safe"
KINDS = [name for name in HOUSE.tokens if name.endswith("-plain")]  # Sessions, ended ones and phones, of every role.
HOLDERS = [*KINDS, *SCREENS, "session-supervisor-tied", "session-worker-suspended", "session-worker-foreign"]
turns = iter(range(10**9))


def alerts() -> int:
    return len(list(CENTRE.ring.world.open_alerts(ORG)))


def changes_nothing(case: schemathesis.Case[Any], status: int) -> bool:
    """A GET, and what is refused; but a PIN is heard whatever it is answered: a wrong one is told to the responders."""
    return case.method.upper() == "GET" or (status >= 400 and not case.path.endswith(PIN_PATH))


@SCHEMA.parametrize()
@settings(
    max_examples=tries(40),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_every_operation_answers_as_its_document_says(case: schemathesis.Case[Any]) -> None:
    credential = CREDENTIALS[next(turns) % len(CREDENTIALS)]
    if credential is not None:
        case.headers["Authorization"] = credential
    before, open_before = CENTRE.ring.position, alerts()
    response = case.call()
    case.validate_response(response, checks=CHECKS)
    assert response.status_code < 500 or (case.path, response.status_code) == ("/readyz", 503)
    if changes_nothing(case, response.status_code):
        assert CENTRE.ring.position == before
    assert alerts() <= open_before + 1


@HOUSE_SCHEMA.parametrize()
@settings(
    max_examples=tries(60),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_it_answers_every_kind_of_credential_as_its_document_says(case: schemathesis.Case[Any]) -> None:
    """A session's cookie, from our own page and another's; phones, desks, wallboards, programs, and ended ones."""
    turn = next(turns)
    case.headers.pop("Authorization", None)
    case.headers.pop("Cookie", None)
    case.cookies.clear()
    case.headers.update(HOUSE.shown(HOLDERS[turn % len(HOLDERS)]))
    if turn % 7 == 0:
        case.headers["sec-fetch-site"] = "cross-site"
    before = len(HOUSE.ring.store.content.facts)
    response = case.call()
    case.validate_response(response, checks=CHECKS)
    assert response.status_code < 500 or (case.path, response.status_code) == ("/readyz", 503)
    if changes_nothing(case, response.status_code):
        assert len(HOUSE.ring.store.content.facts) == before
