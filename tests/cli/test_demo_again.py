"""The demo, begun again on what it kept: whoever made a passkey in its office has lost neither it nor the demo."""

from __future__ import annotations

import asyncio

from bureau import BEGAN_MS, House
from tocsin.cli.demo import office_of
from tocsin.core.access.record import Passkey

URL = "http://localhost:8000"


def test_the_office_is_entered_by_a_link_until_somebody_has_made_a_passkey_there() -> None:
    house = House()
    entered, how = asyncio.run(office_of(house, URL))
    assert entered.startswith(f"{URL}/link#") and "works once" in how
    house.keep(Passkey(id="fob", member="ada", public_key=b"key", sign_count=0, label="fob", made_ms=BEGAN_MS))
    entered, how = asyncio.run(office_of(house, URL))
    assert entered == f"{URL}/sign-in" and "passkey" in how
