"""What a browser says with a request, and what is made of anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.wire.browser import browser_name, cookie_in, cookie_name, from_our_page, language_of, origin_of

TEXT = st.none() | st.text(max_size=200)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("tocsin=a", "a"),
        ("x=1; tocsin=a ; y=2", "a"),
        ("tocsin=a; tocsin=a", "a"),
        ("tocsin=a; tocsin=b", ""),
        ("atocsin=a", ""),
        ("tocsin", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_cookie_is_read_by_its_name_and_two_of_one_name_are_nobodys(header: str | None, value: str) -> None:
    assert cookie_in(header, "tocsin") == value


def test_only_over_tls_a_cookie_is_bound_to_this_host_by_its_name() -> None:
    assert cookie_name("https://tocsin.example.org") == "__Host-tocsin"
    assert cookie_name("http://localhost:8000") == "tocsin"


@pytest.mark.parametrize(
    ("fetch_site", "origin", "host", "ours"),
    [
        ("same-origin", None, None, True),
        ("cross-site", "https://tocsin.example.org", "tocsin.example.org", False),
        ("none", None, None, False),
        (None, "https://tocsin.example.org:443", "x", True),
        (None, "http://127.0.0.1:8000", "127.0.0.1:8000", True),
        (None, "http://[::1]:8000", "[::1]:8000", True),
        (None, "http://10.0.0.9:8000", "10.0.0.9:8000", False),
        (None, "http://localhost:8000", "[half", False),
        (None, "null", "localhost", False),
        (None, None, "localhost", False),
    ],
)
def test_an_act_by_cookie_comes_from_our_own_page_or_not_at_all(
    fetch_site: str | None, origin: str | None, host: str | None, ours: bool
) -> None:
    assert from_our_page(fetch_site, origin, host, "https://tocsin.example.org") is ours


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es", "es"),
        ("de, es-MX;q=0.8, en;q=0.7", "es"),
        ("en;q=0.7, es;q=0.8", "es"),
        ("es;q=0, en;q=0.1", "en"),
        ("es;q=x", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_page_speaks_what_the_reader_likes_best(header: str | None, language: str) -> None:
    assert language_of(header, ("en", "es")) == language


def test_a_session_is_called_after_its_browser() -> None:
    chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
    assert browser_name(chrome) == "Chrome, Android"
    assert browser_name("Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0") == "Firefox, Windows"
    assert browser_name(None) == "" == browser_name("curl/8")


@given(TEXT, TEXT, TEXT, st.text(max_size=80))
def test_anything_at_all_is_read_without_a_mistake(
    one: str | None, two: str | None, three: str | None, url: str
) -> None:
    assert from_our_page(None, one, two, url) in (True, False)
    assert language_of(three, ("en", "es")) in ("en", "es")
    assert isinstance(cookie_in(one, "tocsin") + browser_name(two) + origin_of(url), str)
