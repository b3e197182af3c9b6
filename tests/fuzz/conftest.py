"""Where the harness of the outside lies, and what this machine has."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "intake"))

# It has wheels for Linux and for Pythons up to 3.12 alone.
collect_ignore = [] if find_spec("atheris") else ["test_bytes_guided.py"]
