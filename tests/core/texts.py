"""Any words at all, and what holds of every message."""

from __future__ import annotations

from hypothesis import strategies as st

from tocsin.core.gsm7 import septets, writable

anything = st.text(max_size=80)
languages = st.sampled_from(["en", "es", "fr"])


def one_segment(text: str) -> bool:
    """May this go out as it is?"""
    return writable(text) and septets(text) <= 160 and "\n" not in text
