"""Map tiles of the operator's choice: off by default, one origin when set, and never one that opens more than that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from tocsin.settings import Settings, load
from tocsin.settings.parts import Map
from tocsin.settings.tiles import map_fault, origin_of
from tocsin.web.assets import Assets
from tocsin.web.pages import Tiles, page_handlers
from tocsin.wire.response_headers import PAGE_POLICY, locked

GOOD = "https://tiles.example.org/plain/{z}/{x}/{y}.png"
HTML = [(b"content-type", b"text/html")]


def settings(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "tocsin.toml"
    path.write_text(f'[server]\ndata = "{tmp_path}"\n[map]\n{text}', encoding="utf-8")
    return load(path, {})


def policy(tiles: bytes) -> str:
    return dict(locked(HTML, https=False, beside=tiles))[b"content-security-policy"].decode()


def test_no_page_may_ask_another_host_unless_the_operator_names_one(tmp_path: Path) -> None:
    assert settings(tmp_path, "").map == Map()
    assert policy(b"") == PAGE_POLICY


def test_exactly_the_origin_that_was_set_is_opened_and_for_fetching_alone(tmp_path: Path) -> None:
    found = settings(tmp_path, f'tiles_url = "{GOOD}"\ntiles_credit = "Example maps"')
    assert found.map == Map(GOOD, "Example maps") and {problem.part for problem in found.problems} == {"sms"}
    opened = policy(origin_of(GOOD).encode())
    assert opened == PAGE_POLICY.replace("connect-src 'self'", "connect-src 'self' https://tiles.example.org")


@pytest.mark.parametrize("kind", [b"application/json", b"image/png"])
def test_what_is_no_page_is_opened_for_nothing(kind: bytes) -> None:
    given = [(b"content-type", kind)]
    assert locked(given, https=False, beside=b"https://tiles.example.org") == locked(given, https=False)


@pytest.mark.parametrize(
    "wrong",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https://tiles.example.org; script-src */{z}/{x}/{y}.png",
        "https://*.example.org/{z}/{x}/{y}.png",
        "https://a@tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png#a",
        "https://[::1/{z}/{x}/{y}.png",
        "//tiles.example.org/{z}/{x}/{y}.png",
        "javascript:alert({z}{x}{y})",
        "https://tiles.example.org/{z}/{x}/{y}'.png",
    ],
)
def test_an_address_that_is_none_or_would_open_more_shows_no_tiles_and_is_told(tmp_path: Path, wrong: str) -> None:
    found = settings(tmp_path, f'tiles_url = "{wrong}"')
    assert found.map == Map()
    (problem,) = (problem for problem in found.problems if problem.part == "map")
    assert "none are shown" in problem.what and "{z}" in problem.remedy


def test_this_machine_may_be_asked_in_the_clear() -> None:
    assert map_fault(Map("http://127.0.0.1:9000/{z}/{x}/{y}.png")) is None


@given(st.one_of(st.text(max_size=60), st.from_regex(r"https://[^/]{0,20}/\{z\}\{x\}\{y\}.{0,10}", fullmatch=True)))
def test_whatever_is_written_there_no_origin_can_end_a_directive(text: str) -> None:
    assert re.fullmatch(r"|https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d+)?", origin_of(text))


def test_only_the_page_with_plans_is_told_of_them() -> None:
    assets = Assets({}, dict.fromkeys(("console.js", "phone.js", "desk.js", "wallboard.js", "colleagues.js"), "x"))
    names = {
        "live-worker.js",
        "tocsin.css",
        "silent.css",
        "bell.svg",
        "note.svg",
        "zone.js",
        "icon-180.png",
        "responder.js",
    }
    assets = Assets({}, {**assets.names, **dict.fromkeys(names, "x")})
    with TestClient(Litestar([*page_handlers(assets, Tiles(GOOD, "Example <maps>"))], openapi_config=None)) as client:
        assert f'data-tiles="{GOOD}" data-credit="Example &lt;maps&gt;"' in client.get("/console").text
        assert "data-tiles" not in client.get("/phone").text
