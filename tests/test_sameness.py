"""Secrets are compared in one way, which takes any text."""

from __future__ import annotations

import pytest

from tocsin.identity import token
from tocsin.sameness import same_secret


@pytest.mark.parametrize(
    ("one", "other"), [("a", "b"), ("a", ""), ("a", "aa"), ("é", "e\u0301"), ("\ud800", "\udfff"), ("a\x00", "a")]
)
def test_what_differs_is_not_the_same_and_whatever_is_asked_raises_nothing(one: str, other: str) -> None:
    assert not same_secret(one, other) and not same_secret(other, one)
    assert same_secret(one, one) and same_secret(other, other)


def test_everybody_has_the_same_function() -> None:
    assert token.same_secret is same_secret
