"""The services that a contact may name; what is none is said without its URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.wire.apprise_urls import LOCAL, TARGETS_MAX, BadTargets, targets


def test_targets_are_read_by_name_and_notes_are_passed_over() -> None:
    text = "# our rooms\n\nward = slack://a/b/c?x=y=z\r\ndesk=JSON://localhost\n"
    assert targets(text) == {"ward": "slack://a/b/c?x=y=z", "desk": "JSON://localhost"}


BAD = [
    "",
    "# only a note",
    "slack://secret",
    "ward slack://secret",
    "ward=",
    "ward=secret",
    "ward=://secret",
    "ward=slack://",
    "=slack://secret",
    "w ard=slack://secret",
    "ward=slack://" + "secret" * 400,
    "ward=json://secret\nward=json://secret",
    "\n".join(f"t{n}=json://secret" for n in range(TARGETS_MAX + 1)),
    *(f"ward={scheme}://secret" for scheme in sorted(LOCAL)),
    "ward=SYSLOG://secret",
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_target_is_said_without_its_secret(text: str) -> None:
    with pytest.raises(BadTargets) as bad:
        targets(text)
    assert "secret" not in str(bad.value)


@given(st.text())
def test_no_text_ends_in_another_error(text: str) -> None:
    for lines in (text, f"a={text}", f"a=json://{text}"):
        try:
            assert targets(lines)
        except BadTargets:
            continue
