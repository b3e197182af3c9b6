"""Every story is told twice: as it is, and with the power lost after each step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from roll_called import Roll
from town import Town
from two_towns import Both


@pytest.fixture(params=[False, True], ids=["steady", "restarts"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """A town at peace; when its story ends, nothing may be unheard and every promise must hold."""
    town = Town(restarts=request.param)
    yield town
    town.must_have_told_everything()


@pytest.fixture
def roll(town: Town) -> Roll:
    """A second after the start Ines asks everybody on shift whether they are safe."""
    town.at(1)
    return Roll(town)


@pytest.fixture
def both() -> Iterator[Both]:
    """Two towns at peace, told apart by a PIN alone."""
    both = Both(restarts=False)
    yield both
    both.over()
