"""How the tests run together.

Properties never run against the stop-watch, for a machine that is busy has broken no rule.  (With CI set, Hypothesis
takes its own profile for that: the same examples each time, so that nothing flickers there.)

Whatever drives a browser runs last, and is marked so whether it says it or not: Playwright leaves its event loop
running in the thread until the session ends, and no test after it could start a loop of its own.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)
if "CI" not in os.environ:
    settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", []):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
