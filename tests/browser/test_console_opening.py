"""A console as it opens: it asks for what its reader may have, and for nothing else."""

from __future__ import annotations

import pytest
from fake_site import FakeSite
from playwright.sync_api import Response, Route, expect
from screen_states import heard
from visitors import Visitor

pytestmark = pytest.mark.browser


def opened(visitor: Visitor, site: FakeSite) -> list[str]:
    """What the console was answered, until all that it would show stands there."""
    answered: list[str] = []
    page = visitor.context.new_page()

    def told(response: Response) -> None:
        if "/api/" in response.url:
            answered.append(f"{response.status} {response.url.rpartition('/api/v1/')[2]}")

    page.on("response", told)
    page.goto(f"http://localhost:{site.port}/console#lead-token")
    heard(page, site)
    expect(page.get_by_role("heading", level=1, name="All quiet.")).to_be_visible()
    return answered


def test_a_console_whose_reader_may_not_read_rosters_does_not_ask_for_them(visitor: Visitor, site: FakeSite) -> None:
    answered = opened(visitor, site)
    assert "200 me" in answered and not [one for one in answered if one.endswith("calm")]


def test_a_console_whose_reader_may_read_rosters_asks_for_them(visitor: Visitor, site: FakeSite) -> None:
    site.be_calm()
    assert "200 calm" in opened(visitor, site)
    assert visitor.context.pages[-1].locator("[data-key=shift]").count() == 1


def test_who_is_on_is_asked_anew_when_an_alert_ends_however_often_it_failed_before(
    visitor: Visitor, site: FakeSite
) -> None:
    """What was known of the floor is as old as the alert; and one answer that never came is no no."""
    away = [True]

    def answered(route: Route) -> None:
        if away:
            route.fulfill(status=503, body='{"code": "stopping"}')
        else:
            route.fallback()

    site.be_calm()
    visitor.context.route("**/api/v1/calm", answered)
    page = visitor.open("/console", "lead-token")
    expect(page.get_by_role("heading", level=1, name="All quiet.")).to_be_visible()
    site.raise_alert()
    site.tell("alert-1")
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    away.clear()
    site.change("alert-1", state="closed", outcome="safe")
    expect(page.locator("[data-key=cover]")).to_be_visible()
