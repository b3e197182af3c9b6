"""Anything at all typed into a plan's page: taken or refused, never a fault of ours, and saved by *save* alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_forms import fields, plan, press
from planned import PLAN, planned

FIELDS = """steps needed s1-after s2-after s1-whom s3-whom s1-add s2-again s2-apart s1-sms s2-push t-door-en p-when
p-place p-who p-fail seen why s99-whom s-1-add p-when-which"""
TYPED = st.one_of(
    st.sampled_from(["", "0", "1", "2", "21", "99999999", "-1", "on_shift", "member:bo", "member:", "site:x"]),
    st.sampled_from(["2026-11-18T05:06", "\u202e\x00", "%(n)s", "<b>", "bo", "Bo Lindqvist", "\u0663"]),
    st.text(max_size=12),
)
FORMS = st.dictionaries(st.sampled_from(FIELDS.split()), st.lists(TYPED, max_size=3), max_size=8)
DOS = st.sampled_from(
    ["check", "save", "add", "remove", "drop-1", "drop-x", "up-1", "up-99", "down--1", "person-2", "x"]
)


@pytest.mark.slow
@settings(max_examples=25)
@given(typed=FORMS, do=DOS)
def test_whatever_is_typed_into_a_plan_it_is_no_fault_of_ours(typed: dict[str, list[str]], do: str) -> None:
    known = planned()
    browser = known.reader("ada")
    sent = {name: [one.encode("utf-8", "replace").decode() for one in values] for name, values in typed.items()}
    answer = press(browser, {**fields(browser), **sent}, do)
    assert answer.status_code in (200, 303, 400, 409, 422), answer.text
    saved = plan(known)
    assert saved is not None and (do == "save" or saved == PLAN)
