"""What the API says of clocking in and out, and of who is on: the paths of its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
CLOCKED_EXAMPLE: Json = {"member": "noor", "on": True, "site": "centre", "until": "2026-11-18T18:00:00.000Z"}
ROLL_EXAMPLE: Json = {
    "site": "centre",
    "at": "2026-11-18T11:06:30.000Z",
    "people": [
        {
            "member": {"id": "noor", "name": "Noor Haddad"},
            "rostered": True,
            "clocked_in": False,
            "since": None,
            "until": "2026-11-18T18:00:00.000Z",
        }
    ],
}
CALM_EXAMPLE: Json = {
    "site": "centre",
    "at": "2026-11-18T11:06:30.000Z",
    "on_shift": 1,
    "people": [
        {
            "member": {"id": "noor", "name": "Noor Haddad"},
            "reach": "proven",
            "ways": ["sms", "voice"],
            "proven_at": "2026-11-17T18:00:00.000Z",
        }
    ],
    "ways": [{"channel": "sms", "proven": 1, "all": 1, "newest_at": "2026-11-17T18:00:00.000Z"}],
    "cover": [{"at": "2026-11-18T11:00:00.000Z", "people": 1, "lacks": ["too_few"]}],
}
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
SITE = {"name": "site", "in": "query", "schema": {"type": "string"}}
AT = {"name": "at", "in": "query", "schema": {"type": "string", "format": "date-time"}}
READING = ("no_credential", "raise_only", "not_allowed", "too_many")
CLOCKING = ("not_ours", "not_json", "bad_field", "no_such_record", "conflict", "too_large", "not_stored")


def shift_paths(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    shown = json({"type": "object"}, CLOCKED_EXAMPLE)
    clocked = {200: ("Durable; how it is now.  Repeated, it changes nothing.", shown)}

    def clock(way: str, summary: str, shape: str, example: Json) -> Json:
        content = json({"$ref": f"#/components/schemas/{shape}"}, example)
        return {
            "post": {
                "operationId": f"clock_{way}",
                "summary": summary,
                "parameters": [KEY],
                "requestBody": {"required": False, "content": content},
                "responses": answers(clocked, *READING, *CLOCKING),
            }
        }

    calm = {200: ("What a watch shows while nothing happens.", json({"type": "object"}, CALM_EXAMPLE))}
    roll = {200: ("Who is on there then.", json({"type": "object"}, ROLL_EXAMPLE))}
    return {
        "/api/v1/shifts/clock-in": clock("in", "Say that you are here.", "ClockingIn", {"site": "centre"}),
        "/api/v1/shifts/clock-out": clock("out", "Say that you go.  It never waits.", "ClockingOut", {}),
        "/api/v1/calm": {
            "get": {
                "operationId": "calm",
                "summary": "Who is on and can be relied on, by which ways, and whom an SOS would ring hour by hour.",
                "parameters": [SITE],
                "responses": answers(calm, *READING, "bad_query"),
            }
        },
        "/api/v1/on-shift": {
            "get": {
                "operationId": "on_shift",
                "summary": "Who is on, by the roster and besides it; of times to come as far as it is known now.",
                "parameters": [AT, SITE],
                "responses": answers(roll, *READING, "bad_query"),
            }
        },
    }
