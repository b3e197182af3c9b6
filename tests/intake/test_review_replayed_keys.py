"""A key played again says no more about an alert than its reader may know now."""

from __future__ import annotations

import asyncio

from outside import Centre


def test_a_tied_supervisor_learns_nothing_from_the_key_of_a_press_for_somebody_else() -> None:
    """Omar, tied to Noor, presses for her and then plays the same key again as if it had been for himself."""
    centre = Centre()

    async def story() -> None:
        await centre.press("noor", {"silent": True})
        first = await centre.press("omar", {"for_member": "noor"}, key="K")
        assert set(first.json) == {"receipt"}
        again = await centre.press("omar", key="K")
        assert set(again.json) == {"receipt"}, "he has the id, the age and the state of an alert kept from him"

    asyncio.run(story())
