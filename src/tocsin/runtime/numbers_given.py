"""The answer numbers of one person as two layers of the world know them."""

from __future__ import annotations

from collections import ChainMap


class OfTwoLayers(ChainMap[str, str]):
    """Each press asks two dozen times whether one is taken, and how many are: without copying either layer."""

    def __contains__(self, number: object) -> bool:
        ours, under = self.maps
        return number in ours or number in under

    def __len__(self) -> int:
        """At the most: a number that was given out again is in both."""
        return sum(map(len, self.maps))
