"""How the properties run: never against the stop-watch, for a machine that is busy has broken no rule.

With CI set, Hypothesis takes its own profile for that: the same examples each time, so that nothing flickers there.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("house", deadline=None)
if "CI" not in os.environ:
    settings.load_profile("house")
