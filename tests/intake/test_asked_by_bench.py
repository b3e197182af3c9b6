"""Every page and every reading is in the benchmark of pages, or it is said why not: none is slow because it is new."""

from __future__ import annotations

from everybody import Everybody

from tocsin.bench.visits import ASKED, NOT_ASKED, PAPERS, PREVIEWS, SAVED


def test_every_page_stands_in_the_bench_and_no_other_does() -> None:
    served = {route.removeprefix("GET ") for route in Everybody().routes() if route.startswith("GET ")}
    known = {*ASKED, *PAPERS, *SAVED, *NOT_ASKED}
    assert sorted(served - known) == [], "say in tocsin.bench.visits how these are asked for, or why not"
    assert sorted(known - served) == [], "there is no such page any more"
    assert len(ASKED) + len(PAPERS) + len(SAVED) + len(NOT_ASKED) == len(known), "each stands in one place"


def test_each_address_belongs_to_the_page_under_which_it_stands() -> None:
    for route, paths in {**ASKED, **PAPERS, **SAVED}.items():
        fixed = route.partition("{")[0]
        assert paths and all(path.startswith(fixed) for path in paths)
    posted = {route.removeprefix("POST ") for route in Everybody().routes() if route.startswith("POST ")}
    assert set(PREVIEWS) <= posted
