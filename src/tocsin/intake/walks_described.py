"""What the API says of walks: the paths of its description, with an example of each body and answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.core.limits import LABEL_MAX_CHARS
from tocsin.core.walk_sight import WalkView
from tocsin.intake.buddies import PATH as BUDDIES
from tocsin.intake.buddies import BuddyPage
from tocsin.intake.walks import BODIES, PATH, Starting, WalkPage

SHAPES = (WalkView, WalkPage, BuddyPage, Starting, *BODIES.values())
Json = dict[str, Any]
ID = "019ab2c0-7d3e-7a51-9d1c-5f0b8a6e2f11"
AT = "2026-11-22T03:04:05.678Z"
WALK: Json = {
    "id": ID,
    "state": "out",
    "member": {"id": "noor", "name": "Noor Haddad"},
    "destination": "car",
    "way": "north door, along the fence",
    "bay": "Lot B",
    "buddy": {"id": "teo", "name": "Teo Marsh"},
    "started_at": AT,
    "due_at": "2026-11-22T03:19:05.678Z",
    "raises_at": "2026-11-22T03:20:05.678Z",
    "minutes": 15,
    "extend_left_min": 60,
    "pin_needed": False,
    "places": [],
    "service_was_down": False,
    "you": {"member": "noor", "may": ["check-in", "extend", "home", "cancel"]},
    "server_now": AT,
}
START: Json = {"minutes": 15, "destination": "car", "bay": "lot-b", "way": "along the fence", "buddy": "teo"}
KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string"},
    "description": "One start, whatever the retries.  Made where it is missing.",
}
AGAIN: Json = {**KEY, "description": "One extension of this walk, whatever the retries."}
WHICH: Json = {"name": "walk", "in": "path", "required": True, "schema": {"type": "string"}, "example": ID}
NAMED: Json = {
    "name": "name",
    "in": "query",
    "schema": {"type": "string", "maxLength": LABEL_MAX_CHARS},
    "description": "A part of the name, whatever its case and accents.",
    "example": "marsh",
}
READING = ("no_credential", "raise_only", "not_allowed", "too_many")
CHANGING = ("not_ours", "not_json", "bad_field", "too_large", "not_stored")
PIN = ("pin_needed", "wrong_pin")
ACTS: Mapping[str, tuple[str, Json, tuple[str, ...]]] = {
    "check-in": (
        "Say that you are still on the way, and where.  It moves no time.",
        {"place": {"kind": "fix", "lat": 41.0, "lon": -93.0, "radius_m": 12.0, "at": AT}},
        ("walk_over",),
    ),
    "extend": ("More time, as much as is left of it.", {"minutes": 10}, ("bad_walk_time", "extended_enough", *PIN)),
    "home": ("You are there.  It never takes back an alert that was raised.", {"pin": "7351"}, PIN),
    "cancel": ("You do not go after all.", {}, PIN),
}


def walk_paths(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    walk = json({"$ref": "#/components/schemas/WalkView"}, WALK)
    page = json({"$ref": "#/components/schemas/WalkPage"}, {"walks": [WALK]})
    start = {
        "operationId": "start_walk",
        "summary": "Leave, under watch: not there in time, the server calls for help.",
        "description": "By whoever walks, or by a supervisor for them.  One walk at a time.",
        "parameters": [KEY],
        "requestBody": {"required": True, "content": json({"$ref": "#/components/schemas/Starting"}, START)},
        "responses": answers(
            {201: ("Durable; the walk.", walk), 200: ("Taken before.", walk)},
            *READING,
            *CHANGING,
            "walk_open_already",
            "bad_walk_time",
            "bad_buddy",
            "bad_bay",
            "no_such_record",
        ),
    }
    told = answers({200: ("Those under way, the first to end first.", page)}, *READING)
    one = answers({200: ("The walk, as far as you may see it.", walk)}, *READING, "no_such_walk")
    return {
        PATH: {
            "post": start,
            "get": {"operationId": "walks", "summary": "The walks that you may see.", "responses": told},
        },
        BUDDIES: {"get": _buddies(answers, json)},
        f"{PATH}/{{walk}}": {
            "get": {"operationId": "walk", "summary": "One walk.", "parameters": [WHICH], "responses": one}
        },
        **{f"{PATH}/{{walk}}/{act}": {"post": _act(act, walk, answers, json)} for act in BODIES},
    }


def _buddies(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    page = json({"$ref": "#/components/schemas/BuddyPage"}, {"people": [WALK["buddy"]], "more": False})
    return {
        "operationId": "buddies",
        "summary": "The colleagues whom you may name as your buddy.",
        "description": "Of your own site, by name, two hundred at the most.  Who is on is not told.",
        "parameters": [NAMED],
        "responses": answers({200: ("They, in the order of their names.", page)}, *READING, "bad_query"),
    }


def _act(act: str, walk: Json, answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    summary, example, problems = ACTS[act]
    content = json({"$ref": f"#/components/schemas/{BODIES[act].__name__}"}, example)
    return {
        "operationId": f"walk_{act.replace('-', '_')}",
        "summary": summary,
        "parameters": [WHICH, AGAIN] if act == "extend" else [WHICH],
        "requestBody": {"required": act == "extend", "content": content},
        "responses": answers(
            {200: ("Durable; the walk as you see it now.", walk)}, *READING, *CHANGING, "no_such_walk", *problems
        ),
    }
