"""What the API says of the hooks that carriers call: the paths of its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Answers = Callable[..., Json]
Content = Callable[[Json, Json], Json]


def carrier_paths(answers: Answers, json: Content) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    form = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    signed = {"name": "X-Twilio-Signature", "in": "header", "required": True, "schema": {"type": "string"}}
    delivery = {"name": "delivery", "in": "query", "required": True, "schema": {"type": "string"}}
    alert = {"name": "alert", "in": "query", "schema": {"type": "string"}}
    send = {"name": "send", "in": "query", "schema": {"type": "integer", "minimum": 1}}
    twiml = {"application/xml": {"schema": {"type": "string"}, "example": "<Response/>"}}
    bad = ("bad_signature", "bad_request", "not_served", "too_large", "not_stored")
    return {
        "/hooks/twilio/sms": {
            "post": {
                "operationId": "twilio_sms",
                "summary": "A text came in.",
                "security": [],
                "parameters": [signed],
                "requestBody": {"content": form},
                "responses": answers({200: ("Durable; TwiML.", twiml)}, *bad),
            }
        },
        "/hooks/twilio/voice": {
            "post": {
                "operationId": "twilio_voice",
                "summary": "A call asks how it goes on: one of ours (with `delivery`), or one that came in.",
                "security": [],
                "parameters": [signed, {**delivery, "required": False}, alert],
                "requestBody": {"content": form},
                "responses": answers({200: ("What was pressed is durable; TwiML.", twiml)}, *bad, "no_such_delivery"),
            }
        },
        "/hooks/twilio/status": {
            "post": {
                "operationId": "twilio_status",
                "summary": "News of a text or a call that went out.",
                "security": [],
                "parameters": [signed, delivery, alert, send],
                "requestBody": {"content": form},
                "responses": answers({200: ("Durable.", json({"type": "object"}, {}))}, *bad, "no_such_delivery"),
            }
        },
        **_second_carrier(bad, answers, json),
    }


def _second_carrier(bad: tuple[str, ...], answers: Answers, json: Content) -> Json:
    """Signed by a token in the Authorization header, over the body."""
    token = {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}}
    text = {"channel": "sms", "message_uuid": "u-1", "from": "12025550111", "to": "12025550195", "text": "SOS lot b"}
    news = {"message_uuid": "u-2", "status": "delivered", "client_ref": "ALERT/DELIVERY/1"}
    bad, done = (*bad, "not_signed"), {200: ("Durable.", json({"type": "object"}, {}))}
    return {
        "/hooks/vonage/sms": {
            "post": {
                "operationId": "vonage_sms",
                "summary": "A text came in; its answer goes out as a text of its own.",
                "security": [],
                "parameters": [token],
                "requestBody": {"content": json({"type": "object"}, text)},
                "responses": answers(done, *bad),
            }
        },
        "/hooks/vonage/status": {
            "post": {
                "operationId": "vonage_status",
                "summary": "News of a text that went out, named by the reference we gave it.",
                "security": [],
                "parameters": [token],
                "requestBody": {"content": json({"type": "object"}, news)},
                "responses": answers(done, *bad, "no_such_delivery"),
            }
        },
    }
