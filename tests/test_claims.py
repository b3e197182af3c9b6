"""What docs/threats.md and docs/asvs.csv claim is shown by tests that are there; and these checks can fail."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"tests/[\w/]+\.py(?:::test_\w+)?")
THREATS = ("T1", "T3", "T4", "T5", "T7", "T8", "T13", "T14", "T15", "T16", "T18", "T19")
COLUMNS = ["id", "level", "applies", "our words", "where", "test"]
ROWS = 345  # Of ASVS 5.0.0.
PANIC_BUTTON = 7  # Items of WAC 296-831-300.


@cache
def names_in(path: str) -> frozenset[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def absent(names: Iterable[str]) -> list[str]:
    """Of these tests, those that are not there."""
    parted = ((name, *name.split("::")) for name in names)
    return [name for name, path, *test in parted if not test or test[0] not in names_in(path)]


def faults(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """What is wrong with what these rows claim."""
    for row in rows:
        tests = row["test"].split()
        if row["applies"] not in ("yes", "no", "later") or row["level"] not in ("1", "2", "3") or not row["our words"]:
            yield f"{row['id']}: says nothing that can be read"
        if row["applies"] == "yes" and not (tests and row["where"]):
            yield f"{row['id']}: is claimed without a test, or without a place"
        if row["applies"] != "yes" and tests:
            yield f"{row['id']}: is not claimed, and names a test"
        if row["applies"] == "later" and not row["where"]:
            yield f"{row['id']}: comes later, and with nothing"
        yield from (f"{row['id']}: {test} is not there" for test in absent(tests))


def table() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_claim_to_asvs_has_a_test_that_is_there() -> None:
    found = list(faults(table()))
    assert not found, "\n".join(found)


def test_asvs_is_listed_whole_and_each_row_once() -> None:
    rows = table()
    ids = [row["id"] for row in rows]
    assert list(rows[0]) == COLUMNS and len(ids) == len(set(ids)) == ROWS
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", id) for id in ids)


def test_every_test_that_the_threats_name_is_there() -> None:
    text = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    named = [name for name in NAMED.findall(text) if name != "tests/test_claims.py"]
    assert len(named) > 50 and absent(named) == []


def test_every_item_asked_of_a_panic_button_names_tests_that_are_there() -> None:
    text = (ROOT / "docs" / "panic-button.md").read_text(encoding="utf-8")
    items = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| What")]
    assert len(items) == PANIC_BUTTON and all(NAMED.search(item) for item in items)
    assert absent(NAMED.findall(text.replace("tests/test_claims.py", ""))) == []


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_is_shown_by_tests_or_has_a_reason(threat: str) -> None:
    text = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    part = text.partition(f"\n## {threat}: ")[2].partition("\n## ")[0]
    assert len(NAMED.findall(part)) >= 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"test": ""},
        {"where": ""},
        {"test": "tests/test_claims.py::test_that_nobody_wrote"},
        {"test": "tests/nowhere.py::test_x"},
        {"test": "tests/test_claims.py"},
        {"applies": "no"},
        {"applies": "perhaps"},
        {"applies": "later", "test": "", "where": ""},
        {"our words": ""},
        {"level": "4"},
    ],
)
def test_a_wrong_claim_is_found(wrong: dict[str, str]) -> None:
    here = "tests/test_claims.py::test_a_wrong_claim_is_found"
    good = {"id": "V1.1.1", "level": "1", "applies": "yes", "our words": "so", "where": "core", "test": here}
    assert list(faults([good])) == [] and list(faults([{**good, **wrong}]))
