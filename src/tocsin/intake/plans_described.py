"""What the API says of plans and their previews: the paths of its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.intake.plans import Previewing

SHAPES = (Previewing,)
Json = dict[str, Any]
RUNG: Json = {
    "after_s": 0,
    "audience": ["on_shift"],
    "channels": [["push", "sms", "voice"]],
    "repeat_s": 30,
    "stagger_s": 0,
}
PLAN: Json = {"site": "centre", "kind": "sos", "needed": 2, "rungs": [RUNG], "scripts": [], "version": 4}
TOLD: Json = {"language": "en", "duty": "everyone", "text": "SOS: A colleague. Lot B (zone, now).", "septets": 36}
PREVIEW: Json = {
    "plan": PLAN,
    "steps": [{"at_ms": 0, "rung": 0, "why": "raised", "member": "teo", "channel": "sms"}],
    "skipped": [{"at_ms": 0, "rung": 0, "member": "noor", "why": "in_danger"}],
    "joined": [[0, "ines"]],
    "alone": [],
    "paged_ms": None,
    "last_new_ms": 0,
    "again_ms": 30000,
    "told": [TOLD],
    "cut": False,
}
READING = ("no_credential", "raise_only", "not_allowed", "too_many")


def plan_paths(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    every = {200: ("Every plan in force.", json({"type": "object"}, {"plans": [PLAN]}))}
    foreseen = json({"type": "object"}, {"preview": PREVIEW, "findings": []})
    asked = json({"$ref": "#/components/schemas/Previewing"}, {"site": "centre", "at": "2026-11-22T03:05:00Z"})
    return {
        "/api/v1/plans": {
            "get": {
                "operationId": "plans",
                "summary": "Whom a call for help rings, by what and when.",
                "responses": answers(every, *READING),
            }
        },
        "/api/v1/plans/preview": {
            "post": {
                "operationId": "preview",
                "summary": "What a press would do.  Nothing is stored and nobody is rung.",
                "requestBody": {"required": True, "content": asked},
                "responses": answers(
                    {200: ("What would happen, in milliseconds after the press.", foreseen)},
                    *READING,
                    "not_ours",
                    "not_json",
                    "bad_field",
                    "too_large",
                ),
            }
        },
    }
