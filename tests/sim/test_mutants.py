"""The checkers must be able to fail: every mutant is noticed, by the check that the table names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from access_mutants import ACCESS_MUTANTS
from mutant import Mutant
from mutants import MUTANTS
from walk_mutants import WALK_MUTANTS

from tocsin.sim.checkers import CHECKS
from tocsin.sim.climate import ACCESS, PUSHES, WALKS, Mishap, without, without_access
from tocsin.sim.history import simulate
from tocsin.sim.options import EVER, Options

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "simulator.md").read_text("utf-8")
MORE_SEEDS = range(1, 61)  # Where histories have changed since a mutant's own seeds were found.


def options(mutant: Mutant, seed: int) -> Options:
    """Those that need nobody to sign in, to walk, or to take pushes, live in nights in which nobody does: faster."""
    if mutant.only:
        return Options(dict.fromkeys(mutant.only, EVER))
    if mutant in WALK_MUTANTS:
        return without(seed, ACCESS, PUSHES)
    return without(seed, WALKS, PUSHES) if mutant in ACCESS_MUTANTS else without_access(seed)


def noticed(mutant: Mutant) -> set[str]:
    """The checks that fail in the first seed in which the named one does; else all that ever did."""
    others: set[str] = set()
    for seed in (*mutant.seeds, *MORE_SEEDS):
        found = {broken.check for broken in simulate(seed, None, options(mutant, seed)).broken}
        if mutant.check in found:
            return found
        others |= found
    return others


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_is_killed_by_the_check_that_the_table_names(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant.bend(monkeypatch)
    assert mutant.check in noticed(mutant)


@pytest.mark.slow
def test_where_the_mutants_are_killed_the_product_itself_holds_every_promise() -> None:
    told = {(m.seeds[0], options(m, m.seeds[0]).words()): options(m, m.seeds[0]) for m in MUTANTS}
    assert [seed for (seed, _), small in told.items() if simulate(seed, None, small).broken] == []


def test_every_mutant_names_a_check_of_the_simulator() -> None:
    checks = {check.__name__ for _, _, check in CHECKS}
    assert {mutant.check for mutant in MUTANTS} <= checks
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 25


def test_the_page_names_every_mutant_and_what_notices_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|$", PAGE, re.MULTILINE)
    assert rows == [(mutant.name, mutant.check) for mutant in MUTANTS]


def test_the_page_names_every_kind_of_fault_and_none_that_is_not_there() -> None:
    faults = PAGE.partition("## Faults")[2].partition("## What is checked")[0]
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+|[a-z]+)`", faults)) - {"sim"}
    assert {mishap.value for mishap in Mishap} <= named
    assert not {name for name in named if name not in set(Mishap)}
