"""The other addresses of a server: what can be used of them, and what is said of the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.limits import ADDRESSES_MAX
from tocsin.settings import Settings, load
from tocsin.settings.addresses import addressed, all_addresses
from tocsin.settings.parts import PartProblem, Server

MAIN = "https://tocsin.example.org"


def settings(tmp_path: Path, addresses: str) -> Settings:
    path = tmp_path / "tocsin.toml"
    path.write_text(f'[server]\ndata = "{tmp_path}"\npublic_url = "{MAIN}"\naddresses = {addresses}\n', "utf-8")
    return load(path, {})


def told(found: Settings) -> list[str]:
    return [problem.what for problem in found.problems if problem.part == "server.addresses"]


def test_with_one_address_there_is_nothing_to_try_besides(tmp_path: Path) -> None:
    found = settings(tmp_path, "[]")
    assert found.server.addresses == () and all_addresses(found.server) == () and told(found) == []


def test_all_addresses_are_told_each_once_as_browsers_write_them(tmp_path: Path) -> None:
    found = settings(
        tmp_path, '["https://Besides.example.org/", "https://besides.example.org", "http://localhost:8001"]'
    )
    assert all_addresses(found.server) == (MAIN, "https://besides.example.org", "http://localhost:8001")
    assert told(found) == []


def test_a_list_in_the_environment_is_one_too(tmp_path: Path) -> None:
    given = {
        "TOCSIN_SERVER__DATA": str(tmp_path),
        "TOCSIN_SERVER__ADDRESSES": "https://a.example.org,https://b.example.org",
    }
    assert load(None, given).server.addresses == ("https://a.example.org", "https://b.example.org")


@pytest.mark.parametrize(
    "wrong",
    [
        "http://besides.example.org",
        "besides.example.org",
        "https://besides.example.org/phone",
        "https://",
        "wss://x.example.org",
        "https://a b",
    ],
)
def test_one_that_cannot_be_used_is_said_and_the_others_stay(tmp_path: Path, wrong: str) -> None:
    found = settings(tmp_path, f'["{wrong}", "https://good.example.org"]')
    assert found.server.addresses == ("https://good.example.org",)
    assert told(found) == ["addresses has one that no phone may press at; phones do without it"]


def test_more_than_a_phone_can_try_are_said_too(tmp_path: Path) -> None:
    many = [f"https://a{n}.example.org" for n in range(ADDRESSES_MAX + 2)]
    found = settings(tmp_path, str(many).replace("'", '"'))
    assert found.server.addresses == tuple(many[:ADDRESSES_MAX]) and "more than 8" in told(found)[0]


@given(st.lists(st.one_of(st.text(max_size=40), st.from_regex(r"https?://[^/]{0,20}/?", fullmatch=True)), max_size=4))
def test_whatever_is_written_there_no_address_can_end_a_directive(written: list[str]) -> None:
    problems: list[PartProblem] = []
    for address in addressed(Server(addresses=tuple(written)), problems).addresses:
        assert re.fullmatch(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d+)?", address)
