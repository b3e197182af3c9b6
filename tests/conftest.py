"""How the tests run together.

Properties never run against the stop-watch, for a machine that is busy has broken no rule.  (With CI set, Hypothesis
takes its own profile for that: the same examples each time, so that nothing flickers there.)

Whatever drives a browser runs last, and is marked so whether it says it or not: Playwright leaves its event loop
running in the thread until the session ends, and no test after it could start a loop of its own.  All of it lies in
`browser`, for the run of those tests reads no other folder.

The branches of the core that a night of the simulator takes are not counted: what must not break is shown by a story
of its own, not by the chance of a seed, and to count them takes longer than to live through the night.

While tests are collected no search for dead cycles is made, and what was collected is never searched: it lives to the
end, and going through all of it again and again took a third of the time of collecting.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)
if "CI" not in os.environ:
    settings.load_profile("house")


UNCOUNTED = Path(__file__).parent / "sim"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", []):
            item.add_marker("browser")
        if item.path.is_relative_to(UNCOUNTED):
            item.add_marker("no_cover")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
