"""Addresses that are none of ours, and floods: a person gets a page of the house, a program the problem document."""

from __future__ import annotations

import asyncio

import pytest
from everybody import Everybody

from outside import Answer, ask
from tocsin.core.limits import ATTEMPTS_BURST
from tocsin.intake.floods import Buckets, limited
from tocsin.runtime.passes import Passes

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def here() -> Everybody:
    return Everybody()


def asked(here: Everybody, path: str, headers: dict[str, str]) -> Answer:
    return asyncio.run(ask(here.app, "GET", path, headers, [b""]))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "There is no such page."), ("es-MX,es", "No existe esa página.")]
)
def test_a_browser_that_is_lost_gets_the_page_of_the_house_in_its_language(
    here: Everybody, language: str, said: str
) -> None:
    page = asked(here, "/no/such/place", {**HTML, "accept-language": language})
    assert (page.status, page.type) == (404, "text/html")
    assert f"<h1>{said}</h1>" in page.body.decode() and "/static/" in page.body.decode()
    assert "content-security-policy" in page.headers


def test_whoever_is_signed_in_has_the_way_back(here: Everybody) -> None:
    signed_in = here.shown("session-worker-plain")
    assert 'href="/account"' in asked(here, "/no/such/place", {**HTML, **signed_in}).body.decode()
    assert 'href="/account"' not in asked(here, "/no/such/place", HTML).body.decode()


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/api/v1/nothing", HTML["accept"]), ("/hooks/nobody", HTML["accept"]), ("/nowhere", "application/json")],
)
def test_a_program_that_is_lost_gets_the_problem_document(here: Everybody, path: str, accept: str) -> None:
    told = asked(here, path, {"accept": accept})
    assert (told.status, told.type, told.json["code"]) == (404, "application/problem+json", "not_found")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "A call for help is never held up."), ("es", "Una llamada de auxilio nunca espera.")]
)
def test_a_browser_that_asks_too_often_gets_one_too(here: Everybody, language: str, said: str) -> None:
    app = limited(here.app, Passes(here.ring), here.ring.clock, Buckets(), here.pages.strays)

    async def story() -> Answer:
        answer = await ask(app, "POST", "/sign-in", {}, [b""])
        for _ in range(ATTEMPTS_BURST + 1):
            headers = {**HTML, "accept-language": language, "sec-fetch-site": "same-origin"}
            answer = await ask(app, "POST", "/sign-in", headers, [b""])
        return answer

    page = asyncio.run(story())
    assert (page.status, page.type) == (429, "text/html") and int(page.headers["retry-after"]) >= 1
    assert said in page.body.decode() and "/static/" in page.body.decode()
