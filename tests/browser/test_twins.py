"""What two tales are compared by: nothing is masked but what is random, and nothing that differs is missed."""

from __future__ import annotations

from twins import Mask, Step, differences

ID, OTHER = "01a1ee58-0f98-7000-8001-aead956e8ae9", "01a1ee58-0f98-7000-8002-aead956e8ae9"
SENT = "Wed, 18 Nov 2026 11:06:40 GMT"


def test_what_is_random_is_named_by_its_turn_and_keeps_its_length() -> None:
    first, second, mask = Mask(), Mask(), Mask()
    assert first([ID, OTHER, ID]) == second([OTHER, ID, OTHER])
    assert mask([ID, OTHER]) != mask([ID, ID]), "who is who still counts"
    assert len(mask(ID)) == len(ID)
    assert mask("f" * 32) == mask("f" * 32) != mask("0" * 32)
    assert mask(f"date {SENT} at localhost:34567") == f"date {'-' * len(SENT)} at localhost:-----"


def test_times_counts_names_and_blanks_are_not_random() -> None:
    mask = Mask()
    for told in ("2026-11-18T11:06:40.000Z", "1795000000000", "people_rung: 3", "Dana", "  ", "f" * 31, "f" * 33):
        assert mask(told) == told
    assert mask({"a": "ü"}) == '{"a":"ü"}'


def test_one_byte_that_differs_is_found_and_shown_where_it_stands() -> None:
    one = [Step("before", {"page": "same", "title": "same"}), Step("after", {"page": "all is well"})]
    other = [Step("before", {"page": "same", "title": "same"}), Step("after", {"page": "all is  well"})]
    assert differences(one, one) == []
    assert differences(one, other) == ["after, page: 'all is well' is not 'all is  well'"]


def test_what_only_one_of_them_has_is_a_difference() -> None:
    one, other = [Step("now", {"shown": "a notification"})], [Step("now", {})]
    assert [told.partition(":")[0] for told in differences(one, other)] == ["now, shown"]
