"""Twilio's list of messages: what is asked for, and what is made of any answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.wire.twilio_list import Listed, NoPage, Page, inbound_path, outbound_path, read_page

SID = "AC" + "5a" * 16
HERE = f"/2010-04-01/Accounts/{SID}/Messages.json"
DAY_MS = 86_400_000


def row(**more: Any) -> dict[str, Any]:
    usual = {
        "sid": "SM1", "from": "+12025550101", "to": "+12025550190", "body": "SOS", "direction": "inbound",
        "date_sent": "Thu, 01 Jan 1970 00:00:05 +0000", "error_code": None,
    }  # fmt: skip
    return {**usual, **more}


def page(*rows: object, **more: Any) -> Page | NoPage:
    return read_page(SID, 200, json.dumps({"messages": rows, **more}).encode())


@pytest.mark.parametrize(("path", "field"), [(inbound_path, "To"), (outbound_path, "From")])
def test_a_list_is_asked_for_from_the_day_on(path: Any, field: str) -> None:
    split = urlsplit(path(SID, "+12025550190", 3 * DAY_MS - 1))
    assert split.path == HERE
    assert dict(parse_qsl(split.query)) == {field: "+12025550190", "DateSent>": "1970-01-03", "PageSize": "200"}
    assert "1970-01-01" in path(SID, "+12025550190", -5)


def test_a_message_is_read_whole() -> None:
    listed = Listed("SM1", "+12025550101", "+12025550190", "SOS", inbound=True, at_ms=5_000)
    assert page(row()) == Page((listed,))
    assert page(row(direction="outbound-api", error_code=21610)) == Page(
        (Listed("SM1", "+12025550101", "+12025550190", "SOS", inbound=False, at_ms=5_000, error=21610),)
    )


@pytest.mark.parametrize("said", [None, 7, "", "yesterday", "Thu, 99 Foo 1970", "Thu, 01 Jan 99999 00:00:00 +0000"])
def test_a_moment_that_cannot_be_read_is_none_and_the_message_is_kept(said: object) -> None:
    found = page(row(date_sent=said))
    assert isinstance(found, Page) and found.messages[0].at_ms is None


def test_a_message_not_yet_sent_has_the_moment_of_its_making() -> None:
    found = page(row(date_sent=None, date_created="Thu, 01 Jan 1970 00:00:07 -0000"))
    assert isinstance(found, Page) and found.messages[0].at_ms == 7_000


def test_what_cannot_be_used_is_left_out_and_what_is_odd_is_made_plain() -> None:
    found = page(None, 7, [], row(sid=None), row(sid=""), row(**{"from": 5}), row(body=5, to=None, error_code=True))
    assert found == Page((Listed("SM1", "+12025550101", "", "", inbound=True, at_ms=5_000),))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"messages": 5}', b"[" * 100_000, b"<html>"])
def test_no_list_is_no_page(body: bytes) -> None:
    assert read_page(SID, 200, body) == NoPage(200)


@pytest.mark.parametrize("status", [204, 301, 401, 404, 429, 500])
def test_only_a_200_is_a_list(status: int) -> None:
    assert read_page(SID, status, json.dumps({"messages": [row()]}).encode()) == NoPage(status)


@pytest.mark.parametrize(
    ("uri", "followed"),
    [
        (f"{HERE}?Page=1&PageToken=PASM", True),
        (None, False),
        (5, False),
        ("https://elsewhere.example.org/", False),
        (f"//elsewhere.example.org{HERE}?", False),
        ("/2010-04-01/Accounts/ACother/Messages.json?Page=1", False),
        (f"{HERE}?\r\nX: y", False),
        (f"{HERE}?\u00e9", False),
    ],
)
def test_only_a_page_of_the_same_list_is_followed(uri: object, followed: bool) -> None:
    found = page(row(), next_page_uri=uri)
    assert isinstance(found, Page) and found.next == (uri if followed else None)


@given(st.integers(0, 600), st.binary() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
    lambda said: json.dumps({"messages": said}).encode()))  # fmt: skip
def test_any_bytes_are_a_page_or_none(status: int, body: bytes) -> None:
    assert isinstance(read_page(SID, status, body), Page | NoPage)
