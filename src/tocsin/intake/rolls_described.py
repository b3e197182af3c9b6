"""What the API says of roll calls: the paths of its description, with an example of each body and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.core.access.roll_sight import RollView
from tocsin.intake.roll_calls import PATH, Calling, RollPage

SHAPES = (RollView, RollPage, Calling)
Json = dict[str, Any]
ID = "019ab2c0-7d3e-7a51-9d1c-5f0b8a6e2f11"
AT = "2026-11-22T03:04:05.678Z"
BRIEF: Json = {
    "id": ID,
    "site": "centre",
    "by": {"id": "ines", "name": "Ines Okafor"},
    "why": "smoke on the second floor",
    "began_at": AT,
    "closed_at": None,
    "closed_by": None,
    "asked": 1,
}
LINE: Json = {
    "member": {"id": "noor", "name": "Noor Haddad"},
    "state": "safe",
    "at": "2026-11-22T03:05:05.678Z",
    "by": "text",
    "late": False,
    "helped_at": None,
    "why": None,
    "alert": None,
}
VIEW: Json = {
    "roll": BRIEF,
    "counts": {"asked": 1, "need_help": 0, "no_answer": 0, "not_reached": 0, "safe": 1},
    "people": [LINE],
    "server_now": AT,
}
PAGE: Json = {"asked": [{"id": ID, "site": "centre", "began_at": AT, "safe_at": None}], "roll_calls": [BRIEF]}
WHICH: Json = {"name": "roll", "in": "path", "required": True, "schema": {"type": "string"}, "example": ID}
READING = ("no_credential", "raise_only", "not_allowed", "too_many")
CHANGING = ("not_ours", "too_large", "not_stored")


def roll_paths(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    view = json({"$ref": "#/components/schemas/RollView"}, VIEW)
    page = json({"$ref": "#/components/schemas/RollPage"}, PAGE)
    call = {
        "operationId": "call_roll",
        "summary": "Ask everybody on shift at a site whether they are safe.",
        "description": "It is no drill.  Needed help is an SOS by any way.  One that runs there already is the answer.",
        "requestBody": {
            "required": True,
            "content": json({"$ref": "#/components/schemas/Calling"}, {"site": "centre", "why": "smoke"}),
        },
        "responses": answers(
            {201: ("Durable; they are being asked.", view), 200: ("One runs there already.", view)},
            *READING,
            *CHANGING,
            "not_json",
            "bad_field",
            "conflict",
        ),
    }
    asked = answers({200: ("Those that ask you now; all of them for whoever may call one.", page)}, *READING)
    one = answers({200: ("Who has answered, those to look after first.", view)}, *READING, "no_such_record")
    safe = answers({200: ("Durable; what asks you now.", page)}, *READING, *CHANGING, "no_such_record")
    close = answers({200: ("Durable; the report.", view)}, *READING, *CHANGING, "no_such_record")
    return {
        PATH: {
            "get": {"operationId": "roll_calls", "summary": "Roll calls.", "responses": asked},
            "post": call,
        },
        PATH + "/{roll}": {
            "get": {"operationId": "roll_call", "summary": "One roll call.", "parameters": [WHICH], "responses": one}
        },
        PATH + "/{roll}/safe": {
            "post": {
                "operationId": "say_safe",
                "summary": "Say that you are safe.",
                "parameters": [WHICH],
                "responses": safe,
            }
        },
        PATH + "/{roll}/close": {
            "post": {
                "operationId": "close_roll",
                "summary": "Close it; nobody is asked any more.",
                "parameters": [WHICH],
                "responses": close,
            }
        },
    }
