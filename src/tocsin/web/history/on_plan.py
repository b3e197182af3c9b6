"""What a record's page hands to the script that draws its places on the plan of the site: what its reader may have."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from tocsin.core.views import PlaceView
from tocsin.runtime.history import Record
from tocsin.web.history.told import Tongue, given


class OnPlan(Struct, frozen=True):
    """`places`: JSON, each report with the time of its coming as it is said; `ended`: when to judge their age by."""

    site: str
    name: str
    places: str
    ended: str


def on_plan(record: Record, tongue: Tongue) -> OnPlan | None:
    """None: this reader may not know where it was, so no plan is asked for."""
    view, site = record.view.alert, given(record.view.site)
    places = given(view.places)
    if not site or places is None:
        return None
    told = msgspec.json.encode([_place(place, tongue) for place in places]).decode()
    return OnPlan(site, view.member.name, told, view.closed_at or view.server_now)


def _place(place: PlaceView, tongue: Tongue) -> dict[str, object]:
    came_ms = round(datetime.fromisoformat(place.at).timestamp() * 1_000)
    return {**msgspec.structs.asdict(place), "time": tongue.clock(came_ms)}
