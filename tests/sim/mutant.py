"""What a mutant is: one thing of the product broken on purpose, and the check that must notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

Patch = pytest.MonkeyPatch


class Mutant(NamedTuple):
    """`seeds`: where it was noticed fastest.  `only`: the faults of its story; as the seed says if there are none."""

    bend: Callable[[Patch], None]
    check: str
    seeds: tuple[int, ...]
    only: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.bend.__name__
