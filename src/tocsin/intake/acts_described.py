"""Every act on an alert as `/openapi.json` describes it: a sentence, an example of the body, and what may be answered.

`acts.py` has the bodies themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AT = "2026-11-22T03:04:05.678Z"
ACTS: Mapping[str, tuple[str, Any, tuple[str, ...]]] = {
    "answers": (
        "Answer an alert that rang you.  A loan: it lapses unless it is renewed, and silences nobody else.",
        {"answer": "coming", "eta_s": 60},
        ("not_rung", "alert_closed"),
    ),
    "places": (
        "Add a place report.  Reports are never merged.",
        {"kind": "fix", "lat": 41.0, "lon": -93.0, "radius_m": 12.0, "at": AT},
        ("not_rung", "alert_closed"),
    ),
    "notes": ("Add a note, also after the close.", {"text": "The north door is locked."}, ("not_rung",)),
    "climb": ("Ring the next rung now.", {}, ("not_rung", "alert_closed")),
    "police": (
        "Record that a person has called the police.",
        {"who": "Desk 4", "number": "the county line", "at": AT},
        ("not_rung",),
    ),
    "handover": (
        "Ask another supervisor or coordinator to run this alert; they are rung.",
        {"to": "ines", "text": "Two cars at the gate, one officer inside."},
        ("not_rung", "alert_closed", "needs_a_closer", "cannot_take_it"),
    ),
    "handover/take": (
        "Run this alert: it was handed to you, or nobody runs it.",
        {},
        ("not_rung", "alert_closed", "needs_a_closer", "run_by_another"),
    ),
    "close": (
        "Say that it is over; a second person confirms.",
        {"outcome": "safe", "note": "Seen face to face."},
        ("not_rung", "alert_closed", "already_proposed", "too_new"),
    ),
    "close/confirm": (
        "Be the second person; it closes 60 s later unless somebody objects.",
        {},
        ("not_rung", "alert_closed", "no_proposal", "same_person", "same_device", "needs_a_closer", "too_new"),
    ),
    "close/object": ("Object to the close.", {}, ("not_rung", "alert_closed", "no_proposal")),
    "safe": (
        "The worker's PIN on the worker's own device.  One that may only call for help is told that, whichever it is.",
        {"pin": "7351"},
        ("wrong_pin", "alert_closed"),
    ),
}
