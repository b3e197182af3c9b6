"""What the API says of plans of sites and of their pictures: the paths of its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.core.access.place_sight import PlanView

SHAPES = (PlanView,)
Json = dict[str, Any]
HASH = "5f0b8a6e2f10019ab2c07d3e7a519d1c5f0b8a6e2f10019ab2c07d3e7a519d1c"
KNOWN = [{"x": 0, "y": 0, "lat": 41.0001, "lon": -93.0002}, {"x": 10000, "y": 0, "lat": 41.0001, "lon": -92.9990}]
SHEET: Json = {
    "on": "floor-1",
    "name": "Floor 1",
    "picture": f"/api/v1/pictures/{HASH}",
    "width": 2400,
    "height": 1600,
    "known": KNOWN,
}
PLACE: Json = {
    "id": "north-door",
    "name": "North door",
    "label": "North door",
    "kind": "door",
    "inside": "floor-1",
    "on": "floor-1",
    "outline": [[4200, 0], [4400, 0]],
}
PLAN: Json = {"site": "centre", "name": "Dispatch Centre", "sheets": [SHEET], "places": [PLACE]}
READING = ("no_credential", "raise_only", "not_allowed", "no_such_record", "too_many")


def _which(name: str, example: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": example}


def place_paths(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    plan = json({"$ref": "#/components/schemas/PlanView"}, PLAN)
    png: Json = {"image/png": {"schema": {"type": "string", "contentMediaType": "image/png"}, "example": "(bytes)"}}
    again = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
    return {
        "/api/v1/sites/{site}/plan": {
            "get": {
                "operationId": "site_plan",
                "summary": "The places of a site and what they are drawn on.",
                "description": "Corners are in ten-thousandths of their sheet's width, from its upper left.  A report "
                "of a place has its `label`.  By the link of a message: of the site of its alert alone, while that is "
                "open, the sheets that lead to where it is said to be, and the names of all places.",
                "parameters": [_which("site", "centre"), again],
                "responses": answers(
                    {200: ("The plan, with an ETag.", plan), 304: ("You have it.", {})},
                    *READING,
                ),
            }
        },
        "/api/v1/pictures/{picture}": {
            "get": {
                "operationId": "picture",
                "summary": "A picture of a plan.  It never changes: its name hashes it.",
                "parameters": [_which("picture", HASH)],
                "responses": answers({200: ("A PNG.", png)}, *READING),
            }
        },
    }
