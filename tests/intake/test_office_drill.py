"""A drill never takes people from a real alert (I24)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from outside import ORG, Centre, care_of
from tocsin.intake.office import Office, Refusal
from tocsin.runtime.system import SystemEntropy


def test_no_drill_begins_while_a_real_alert_is_open(tmp_path: Path) -> None:
    async def story() -> None:
        centre = Centre()
        await centre.press("noor")
        office = Office(centre.ring, SystemEntropy(), list, care_of(centre, tmp_path), resting=False)
        with pytest.raises(Refusal, match="a real alert is open"):
            await office.drill("teo")
        assert [alert.drill for alert in centre.ring.world.open_alerts(ORG)] == [False]

    asyncio.run(story())
