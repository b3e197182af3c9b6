"""The index of the law is kept: every sentence has its stories or says who brings them, and every story exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = [line for line in (ROOT / "docs" / "law.md").read_text("utf-8").splitlines() if line.startswith("- ")]
STORIES = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
}


def stories_of(sentence: str) -> list[str]:
    return re.findall(r"`(test_\w+)`", sentence)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_of_the_law_has_a_story_or_says_which_part_brings_it(sentence: str) -> None:
    assert stories_of(sentence) or "Later:" in sentence


@pytest.mark.parametrize("story", sorted({story for sentence in SENTENCES for story in stories_of(sentence)}))
def test_every_story_that_the_index_names_is_told(story: str) -> None:
    assert story in STORIES


def test_the_index_is_of_the_whole_law() -> None:
    assert len(SENTENCES) > 80
