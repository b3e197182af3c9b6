"""Whoever asks from this very machine is its operator; a site's page in a browser that runs here is not."""

from __future__ import annotations

import asyncio

import pytest

from outside import Centre

OWN = ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "localhost", "tocsin.example.org"]
LED_HERE = ["evil.example.org:8000", "localhost.evil.example.org", "127.0.0.1.evil.example.org", "[", "x:abc", "@", ""]


@pytest.mark.parametrize("host", OWN)
def test_the_operator_reads_figures_by_any_name_of_the_machine_itself(host: str) -> None:
    assert asyncio.run(Centre().call("GET", "/metrics", headers={"host": host})).status == 200
    assert asyncio.run(Centre().call("GET", "/metrics")).status == 200, "a program that names nobody is no browser"


@pytest.mark.parametrize("host", LED_HERE)
def test_a_site_whose_name_was_pointed_at_this_machine_reads_no_figures(host: str) -> None:
    answer = asyncio.run(Centre().call("GET", "/metrics", headers={"host": host}))
    assert answer.status == 401
