"""What a web app cannot do is said on the phone and in the manual, in the same words, for each kind of phone."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ui" / "src" / "cannot.ts").read_text("utf-8")
GAP = re.compile(r'what: words\("([^"]+)"\), instead: words\("([^"]+)"\)')
KINDS = {
    "On every phone": "const everywhere",
    "On an iPhone or iPad": "  ios: [",
    "On an Android phone": "  android: [",
    "On a computer": "  desk: [",
}


def on_the_page() -> dict[str, list[tuple[str, str]]]:
    starts = [PAGE.index(start) for start in KINDS.values()] + [len(PAGE)]
    parts = (PAGE[one:next] for one, next in pairwise(starts))
    return {kind: GAP.findall(part) for kind, part in zip(KINDS, parts, strict=True)}


def in_the_manual() -> dict[str, list[tuple[str, str]]]:
    manual = (ROOT / "docs" / "phone.md").read_text("utf-8")
    sections = {kind: manual.partition(f"### {kind}\n")[2].partition("\n#")[0] for kind in KINDS}
    return {kind: re.findall(r"^\| (.+\.) \| (.+\.) \|$", text, re.MULTILINE) for kind, text in sections.items()}


def test_the_manual_says_every_gap_of_each_kind_of_phone_with_what_to_do_instead() -> None:
    assert in_the_manual() == on_the_page()
    assert sum(map(len, on_the_page().values())) == PAGE.count("what: words(")
    assert all(gaps for gaps in on_the_page().values())
