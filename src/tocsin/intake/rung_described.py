"""What the API says of links to an alert: the path of its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.intake.rung import Bound

SHAPES = (Bound,)
Json = dict[str, Any]
EXAMPLE = "tocsin_q2x0y0m3V9p5a7c1d4e6fAq2x0y0m3V9p5a7c1d4e6f"
BOUND: Json = {
    "token": EXAMPLE,
    "alert": "019ab2c0-7d3e-7a51-9d1c-5f0b8a6e2f10",
    "purpose": "rung",
}


def rung_paths(answers: Callable[..., Json], json: Callable[[Json, Json], Json]) -> Json:
    """`answers` and `json` as `openapi.py` has them."""
    bound = {201: ("Durable; this device has it now.", json({"$ref": "#/components/schemas/Bound"}, BOUND))}
    return {
        "/r/{code}": {
            "post": {
                "operationId": "bind_link",
                "summary": "Open the link that a message carried, on this device and on no other.",
                "description": "The code is all that is shown; no body is read.  A GET of any code is an empty page.",
                "security": [],
                "parameters": [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": answers(
                    bound, "not_ours", "link_worn_out", "opened_elsewhere", "not_found", "too_many", "not_stored"
                ),
            }
        }
    }
