"""What one decision writes: no more than what it changes."""

from __future__ import annotations

import pytest
from ward import ORG, Ward

from tocsin.core.dice import Dice
from tocsin.core.docket import Docket


@pytest.mark.parametrize(("changes", "written"), [({"verified": True}, []), ({"dead": "number_dead"}, ["bo"])])
def test_what_is_known_of_a_contact_already_writes_nobody_anew(changes: dict[str, object], written: list[str]) -> None:
    ward = Ward()
    docket = Docket(ward.world, ORG, ward.now_ms, Dice(bytes(32)))
    docket.change_contact(ward.member("bo"), "bo/sms", **changes)
    assert [member.id for member in docket.members] == written
    assert (docket.directory is ward.directory) == (not written)
