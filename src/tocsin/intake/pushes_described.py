"""What the API says of pushes: the paths of its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.intake.pushes import PATH, PushSeen, Received, Receiving, Subscribing

SHAPES = (PushSeen, Received, Receiving, Subscribing)
Json = dict[str, Any]
ID = "019ab2c0-7d3e-7a51-9d1c-5f0b8a6e2f10"
KEYS: Json = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
SUBSCRIBING: Json = {"endpoint": "https://push.example.org/send/4f2a", "keys": KEYS}
PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
SEEN: Json = {"state": "proven", "proven_at": "2026-11-18T11:06:30.000Z", "key": PUBLIC}
RECEIVING: Json = {"delivery": ID, "receipt": "1.q2x0y0m3V9p5a7c1d4e6fA"}
READING = ("no_credential", "raise_only", "not_allowed", "too_many")
CHANGING = ("conflict", "not_stored")


def push_paths(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    seen = json({"$ref": "#/components/schemas/PushSeen"}, SEEN)
    now = {200: ("How this phone stands now.", seen)}
    made = {200: ("It was so before.", seen), 201: ("Durable; a test is on its way.", seen)}
    bad = ("not_json", "bad_field", "push_host", "not_served", "too_large")
    return {
        f"{PATH}/subscriptions": {
            "get": {
                "operationId": "push_state",
                "summary": "How this phone stands, and the key that its browser subscribes with.",
                "description": "`ended`: its push service says that there is no such subscription any more.",
                "responses": answers(now, *READING),
            },
            "post": {
                "operationId": "push_subscribe",
                "summary": "This phone takes pushes there; it takes the place of what it said before.",
                "description": "A push is sent at once; only when its receipt has come is anybody rung by it.",
                "requestBody": _body(json, "Subscribing", SUBSCRIBING),
                "responses": answers(made, *READING, *CHANGING, *bad),
            },
            "delete": {
                "operationId": "push_unsubscribe",
                "summary": "This phone takes no pushes any more.  It never waits.",
                "responses": answers(now, *READING, *CHANGING),
            },
        },
        f"{PATH}/test": {
            "post": {
                "operationId": "push_test",
                "summary": "Send this phone a push that proves the way; one in ten seconds.",
                "responses": answers(now, *READING, *CHANGING, "no_such_record", "not_served"),
            }
        },
        f"{PATH}/receipts": {"post": _receipts(answers, json)},
    }


def _receipts(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    done = {200: ("Durable.", json({"$ref": "#/components/schemas/Received"}, {"received": True}))}
    bad = ("bad_receipt", "no_such_delivery", "no_such_record", "not_served", "not_json", "bad_field", "too_large")
    return {
        "operationId": "push_receipt",
        "summary": "This push came.  It needs no credential: what lay in the push is enough.",
        "description": "It marks the message as delivered, never as answered.  Said again, it changes nothing.",
        "security": [],
        "requestBody": _body(json, "Receiving", RECEIVING),
        "responses": answers(done, *bad, "too_many", "not_stored"),
    }


def _body(json: Callable[[Json, Json], Json], shape: str, example: Json) -> Json:
    return {"required": True, "content": json({"$ref": f"#/components/schemas/{shape}"}, example)}
