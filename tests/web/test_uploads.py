"""Forms that carry a file, and what somebody sends who wants to keep everybody else waiting."""

from __future__ import annotations

import pytest

from tocsin.core.limits import BODY_MAX_BYTES, ROSTER_FORM_MAX_BYTES
from tocsin.web.speaking import say_in
from tocsin.web.uploads import Upload, read_posted

LINE = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


def test_a_form_of_one_line_is_read_as_far_as_any_of_ours_goes() -> None:
    body = b"why=" + b"%41" * ((BODY_MAX_BYTES - 4) // 3)
    form, files = read_posted(LINE, body, say_in("en"))
    assert form.raw("why") == "A" * ((BODY_MAX_BYTES - 4) // 3) and files == {}


def test_a_long_form_comes_in_parts_since_millions_of_escapes_would_hold_up_a_press_for_seconds() -> None:
    with pytest.raises(ValueError, match="no form"):
        read_posted(LINE, b"reading=" + b"%41" * (BODY_MAX_BYTES // 3), say_in("en"))


def test_what_is_long_and_in_parts_is_read_as_it_is() -> None:
    content = b"%41" * (ROSTER_FORM_MAX_BYTES // 30)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="roster.csv"\r\n\r\n'
    _, files = read_posted(PARTS, head + content + b"\r\n--x--\r\n", say_in("en"))
    assert files == {"file": Upload("roster.csv", content)}
