"""openapi.json: the surface in OpenAPI 3.1, made from the very structs that are read and written, with examples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from tocsin import __version__
from tocsin.core.views import AlertView
from tocsin.intake.acts import BODIES, Nothing
from tocsin.intake.acts_described import ACTS, AT
from tocsin.intake.carriers_described import carrier_paths
from tocsin.intake.places_described import SHAPES as OF_PLACES
from tocsin.intake.places_described import place_paths
from tocsin.intake.plans_described import SHAPES, plan_paths
from tocsin.intake.problems import PROBLEM_JSON, SORTS, ProblemDocument
from tocsin.intake.pushes_described import SHAPES as OF_PUSHES
from tocsin.intake.pushes_described import push_paths
from tocsin.intake.rolls_described import SHAPES as OF_ROLLS
from tocsin.intake.rolls_described import roll_paths
from tocsin.intake.rung_described import SHAPES as OF_LINKS
from tocsin.intake.rung_described import rung_paths
from tocsin.intake.seeking import PARAMETERS
from tocsin.intake.shifts import ClockingIn, ClockingOut
from tocsin.intake.shifts_described import shift_paths
from tocsin.intake.walks_described import SHAPES as OF_WALKS
from tocsin.intake.walks_described import walk_paths

Json = dict[str, Any]
ID = "019ab2c0-7d3e-7a51-9d1c-5f0b8a6e2f10"
ALERT_EXAMPLE: Json = {
    "id": ID,
    "kind": "sos",
    "state": "climbing",
    "drill": False,
    "silent": False,
    "member": {"id": "noor", "name": "Noor Haddad"},
    "raised_at": AT,
    "closed_at": None,
    "outcome": None,
    "attended": False,
    "closing": None,
    "people_rung": 2,
    "answers": [
        {
            "member": {"id": "teo", "name": "Teo Marsh"},
            "answer": "coming",
            "eta_s": 60,
            "at": AT,
            "lapses_at": "2026-11-22T03:05:35.678Z",
            "counts": True,
        }
    ],
    "you": {"member": "noor", "may": ["note", "place", "press", "safe"]},
    "server_now": AT,
}
PRESS_BODY: Json = {
    "type": "object",
    "description": "Everything is optional.  What cannot be used is dropped and named in `warnings`; the press rings.",
    "properties": {
        "kind": {"type": "string", "enum": ["sos", "overdue", "sighting", "asset"], "default": "sos"},
        "silent": {"type": "boolean", "default": False},
        "text": {"type": "string", "maxLength": 1600},
        "place": {"$ref": "#/components/schemas/Placing"},
        "occurred_at": {"type": "string", "format": "date-time"},
        "for_member": {
            "type": "string",
            "description": "Whom a program, or a supervisor, raises for.",
        },
    },
}
TAKEN: Json = {
    "type": "object",
    "required": ["receipt"],
    "properties": {
        "receipt": {"type": "string"},
        "id": {"type": "string"},
        "state": {"type": "string", "enum": ["climbing", "paused", "closed"]},
        "warnings": {"type": "array", "items": {"type": "string"}},
    },
}
TAKEN_EXAMPLE: Json = {"receipt": ID, "id": ID, "state": "climbing", "warnings": []}
FIGURES: Json = {"text/plain": {"schema": {"type": "string"}, "example": "tocsin_ready 1.0"}}
READY_EXAMPLE: Json = {"ready": True, "reasons": []}
ME_EXAMPLE: Json = {
    "member": {
        "id": "noor",
        "name": "Noor Haddad",
        "roles": ["worker"],
        "site_phone": "+12025550100",
        "language": "es",
    },
    "site": {"id": "centre", "name": "Dispatch Centre"},
    "sos_numbers": ["+12025550190"],
    "on_shift_count": 5,
    "would_ring": 4,
    "addresses": ["https://tocsin.example.org", "https://tocsin-besides.example.org"],
    "calm": True,
    "drill": False,
    "disabled": [{"part": "sms.twilio", "what": "It has no auth_token.", "remedy": "Set it, and start again."}],
}


WAYS: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "Of a device, a desk, a wallboard or a program."},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-tocsin", "description": "For pages of this site."},
}


@cache
def described() -> bytes:
    """The whole document."""
    shapes = [AlertView, ProblemDocument, *(body for body in BODIES.values() if body is not Nothing)]
    shapes += [ClockingIn, ClockingOut, *SHAPES, *OF_PLACES, *OF_WALKS, *OF_ROLLS, *OF_PUSHES, *OF_LINKS]
    _, schemas = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Tocsin",
                "version": __version__,
                "description": "A 2xx of any call that changes something means: durable.  Times are RFC 3339.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "security": [{"token": []}, {"session": []}],
            "paths": {
                **_alerts(),
                **_acts(),
                **_shifts(),
                **_plans(),
                **_places(),
                **_walks(),
                **roll_paths(_answers, _json),
                **push_paths(_answers, _json),
                **rung_paths(_answers, _json),
                **_reader(),
                **carrier_paths(_answers, _json),
                **_operator(),
            },
            "components": {
                "schemas": schemas,
                "securitySchemes": WAYS,
            },
        }
    )


def _answers(good: Mapping[int, tuple[str, Json]], *problems: str) -> Json:
    answers: Json = {
        str(status): {"description": words, "content": content} for status, (words, content) in good.items()
    }
    for code in problems:
        answers.setdefault(str(SORTS[code].status), _problem(code))["content"][PROBLEM_JSON]["examples"][code] = {
            "value": {
                "type": f"urn:tocsin:problem:{code}",
                "title": SORTS[code].title,
                "status": SORTS[code].status,
                "detail": SORTS[code].title,
                "code": code,
                "fault": SORTS[code].fault,
                "remedy": SORTS[code].remedy,
            }
        }
    return answers


def _problem(code: str) -> Json:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}, "examples": {}}}
    wait = {"headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}}
    return {"description": SORTS[code].title, "content": content, **(wait if SORTS[code].status == 429 else {})}


def _json(schema: Json, example: Json) -> Json:
    return {"application/json": {"schema": schema, "example": example}}


ALERT = _json({"$ref": "#/components/schemas/AlertView"}, ALERT_EXAMPLE)
WHICH: Json = {"name": "alert", "in": "path", "required": True, "schema": {"type": "string"}, "example": ID}
READING = ("no_credential", "raise_only", "too_many")


KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string"},
    "description": "One press, whatever the retries.  Made where it is missing.",
}
NOTED: Json = {**KEY, "description": "One note of yours on this alert, whatever the retries."}
LISTED: Json = {
    "type": "object",
    "required": ["alerts", "next"],
    "properties": {
        "alerts": {"type": "array", "items": {"$ref": "#/components/schemas/AlertView"}},
        "next": {"type": ["string", "null"]},
    },
}


def _alerts() -> Json:
    return {
        "/api/v1/alerts": {
            "post": {
                "operationId": "press",
                "summary": "Call for help.  Never refused to what was ever made to raise, ended or not.",
                "parameters": [KEY],
                "requestBody": {"content": _json(PRESS_BODY, {"kind": "sos", "silent": False})},
                "responses": _answers(
                    {
                        201: ("Durable.", _json(TAKEN, TAKEN_EXAMPLE)),
                        200: ("Taken before.", _json(TAKEN, TAKEN_EXAMPLE)),
                    },
                    "no_credential",
                    "not_allowed",
                    "not_ours",
                    "not_stored",
                ),
            },
            "get": {
                "operationId": "alerts",
                "summary": "What you may see, newest first.",
                "parameters": [*PARAMETERS],
                "responses": _answers(
                    {200: ("A page.", _json(LISTED, {"alerts": [ALERT_EXAMPLE], "next": None}))}, *READING, "bad_query"
                ),
            },
        },
        "/api/v1/alerts/{alert}": {
            "get": {
                "operationId": "alert",
                "summary": "One alert, as far as you may see it.",
                "parameters": [WHICH],
                "responses": _answers({200: ("The alert.", ALERT)}, *READING, "no_such_alert"),
            }
        },
    }


def _acts() -> Json:
    return {f"/api/v1/alerts/{{alert}}/{act}": {"post": _act(act)} for act in BODIES}


def _act(act: str) -> Json:
    summary, example, problems = ACTS[act]
    shape = BODIES[act]
    bad = () if shape is Nothing else ("not_json", "bad_field", "too_large")
    described: Json = {
        "operationId": act.replace("/", "_"),
        "summary": summary,
        "parameters": [WHICH, NOTED] if act == "notes" else [WHICH],
        "responses": _answers(
            {200: ("Durable; the alert as you see it now.", ALERT)},
            *READING,
            "not_allowed",
            "not_ours",
            "no_such_alert",
            *problems,
            *bad,
            "not_stored",
        ),
    }
    if shape is not Nothing:
        content = _json({"$ref": f"#/components/schemas/{shape.__name__}"}, example)
        described["requestBody"] = {"required": True, "content": content}
    return described


def _shifts() -> Json:
    return shift_paths(_answers, _json)


def _plans() -> Json:
    return plan_paths(_answers, _json)


def _places() -> Json:
    return place_paths(_answers, _json)


def _walks() -> Json:
    return walk_paths(_answers, _json)


def _reader() -> Json:
    last = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}}
    event = f"id: 1779000000000\nevent: alert\ndata: {msgspec.json.encode(ALERT_EXAMPLE).decode()}\n\n"
    stream = {"text/event-stream": {"schema": {"type": "string"}, "example": event}}
    return {
        "/api/v1/live": {
            "get": {
                "operationId": "live",
                "summary": "Events hello, alert, walk, gone, unverified, and a beat every second.",
                "parameters": [last],
                "responses": _answers({200: ("The stream.", stream)}, *READING, "stopping"),
            }
        },
        "/api/v1/me": {
            "get": {
                "operationId": "me",
                "summary": "Who you are here.",
                "responses": _answers({200: ("You.", _json({"type": "object"}, ME_EXAMPLE))}, *READING),
            }
        },
    }


def _operator() -> Json:
    unready = {"ready": False, "reasons": [{"part": "hooks", "what": "SMS may be mute.", "remedy": "Check the URL."}]}
    answers = {
        200: ("Fit.", _json({"type": "object"}, READY_EXAMPLE)),
        503: ("Not fit.", _json({"type": "object"}, unready)),
    }
    healthy = {200: ("It runs.", _json({"type": "object"}, {"ok": True}))}
    figures = {200: ("In the text format of Prometheus.", FIGURES)}
    this = {200: ("This.", _json({"type": "object"}, {"openapi": "3.1.0"}))}
    return {
        "/healthz": {
            "get": {"operationId": "healthz", "summary": "Does it run?", "security": [], "responses": _answers(healthy)}
        },
        "/readyz": {
            "get": {
                "operationId": "readyz",
                "summary": "May it be relied on?  The reasons are told to whoever may read /metrics.",
                "security": [],
                "responses": _answers(answers, "too_many"),
            }
        },
        "/metrics": {
            "get": {
                "operationId": "metrics",
                "summary": "What it counts of itself: no text, place, name, number or id.",
                "description": "For administrators, keys that may read metrics, and the machine's own operator.",
                "responses": _answers(figures, "no_credential", "not_allowed", "too_many"),
            }
        },
        "/openapi.json": {"get": {"operationId": "openapi", "security": [], "responses": _answers(this, "too_many")}},
    }
