"""How hard the fuzzers try: a little in the tests, for as long as one likes in `make soak`."""

from __future__ import annotations

import os

LONGER = max(int(os.environ.get("TOCSIN_FUZZ_LONGER", "1")), 1)


def tries(short: int) -> int:
    """So many in the tests, so many times more with TOCSIN_FUZZ_LONGER=N."""
    return short * LONGER
