"""The live line: shared where the browser can, resumed where it broke, alone where it must."""

from __future__ import annotations

from typing import Any

import pytest
from fake_site import DANA, TOMASZ, FakeSite
from playwright.sync_api import expect
from visitors import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_browser_without_shared_workers_is_live_all_the_same(visitor: Any, site: FakeSite) -> None:
    visitor.context.add_init_script("delete self.SharedWorker")
    page = visitor.open("/console", "lead-token")
    expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
    site.raise_alert()
    site.tell("alert-1")
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    assert "SharedWorker" not in page.evaluate("Object.keys(self)")


def test_two_roles_in_one_browser_keep_their_own_lines(visitor: Any, site: FakeSite) -> None:
    console = visitor.open("/console", "lead-token")
    phone = visitor.open("/phone", "worker-token")
    expect(console.get_by_role("heading", name="All quiet.")).to_be_visible()
    expect(phone.get_by_role("heading", name="Ready")).to_be_visible()
    expect(phone.get_by_text("No live connection")).to_have_count(0)
    until(phone, lambda: site.streams == 2)


def test_the_line_ends_when_the_last_tab_of_its_reader_goes(visitor: Any, site: FakeSite) -> None:
    first, second = visitor.open("/console", "lead-token"), visitor.open("/console", "lead-token")
    for page in (first, second):
        expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
    second.close()
    site.raise_alert()
    site.tell("alert-1")
    expect(first.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    until(first, lambda: site.streams == 1)
    phone = visitor.open("/phone", "worker-token")
    until(phone, lambda: site.streams == 2)
    first.close()
    until(phone, lambda: site.streams == 1)


def test_a_snapshot_that_comes_late_does_not_undo_newer_news(visitor: Any, site: FakeSite) -> None:
    page = visitor.open("/console", "lead-token")
    expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
    site.raise_alert(answers=[site.said(DANA, "coming")])
    site.tell("alert-1")
    expect(page.get_by_text("Dana is coming.")).to_be_visible()
    site.send("alert", {**site.view("alert-1"), "answers": [], "server_now": site.stamp(-5)})
    site.raise_alert(member=TOMASZ)
    site.tell("alert-2")  # Once this one is there, the late one has been read too.
    page.get_by_role("navigation", name="Live alerts").get_by_role("button", name="Maya").click()
    expect(page.get_by_text("Dana is coming.")).to_be_visible()


def test_what_cannot_be_read_is_passed_over(visitor: Any, site: FakeSite) -> None:
    page = visitor.open("/console", "lead-token")
    expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
    site.raw(b"event: alert\ndata: {not json\n\nevent: strange\ndata: 1\n\n: comment\n\ndata\n\n")
    site.raise_alert()
    site.tell("alert-1")
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
