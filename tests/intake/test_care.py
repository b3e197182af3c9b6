"""What doctor finds in the node itself: the backup, lost texts, what readyz says, the key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from test_reconciling import Box

from outside import NUMBERS, Centre, care_of
from tocsin.core.limits import BACKUP_OLD_MS, DAY_MS, FETCH_LATE_MS
from tocsin.intake.care import Care, Vendors
from tocsin.intake.control import Order, carry_out
from tocsin.intake.office import Office, Refusal
from tocsin.runtime.doctor import CODES
from tocsin.runtime.readiness import NotReady
from tocsin.runtime.system import SystemEntropy
from tocsin.wire.twilio_list import Listed

CALM = ["backup_old"]  # Of a node that was never saved.


def codes(care: Care, *, running: bool = True) -> list[str]:
    found = [finding.code for finding in care.findings(running=running)]
    assert set(found) <= CODES
    return found


def test_a_backup_is_missed_until_one_is_made_and_again_after_a_week(tmp_path: Path) -> None:
    centre = Centre()
    care = care_of(centre, tmp_path)
    assert codes(care) == ["backup_old"]
    care.backed_up()
    assert codes(care) == []
    centre.ring.clock.ms += BACKUP_OLD_MS
    assert codes(care) == []
    centre.ring.clock.ms += 1
    assert codes(care) == ["backup_old"]
    assert codes(care_of(centre, tmp_path)) == ["backup_old"], "a restart remembers it"


def test_lost_texts_that_nobody_looks_for_are_a_finding_of_the_running_server(tmp_path: Path) -> None:
    centre, box = Centre(), Box()
    care = care_of(centre, tmp_path, box)
    assert codes(care) == [*CALM, "texts_unfetched"] and codes(care, running=False) == CALM
    asyncio.run(care.reconcile())
    centre.ring.clock.ms += FETCH_LATE_MS
    assert codes(care) == CALM
    centre.ring.clock.ms += 1
    assert codes(care) == [*CALM, "texts_unfetched"]
    asyncio.run(care.reconciler.round(whole=False))
    assert codes(care) == CALM
    centre.ring.clock.ms += 2 * DAY_MS
    asyncio.run(care.reconciler.round(whole=False))
    assert codes(care) == [*CALM, "texts_unfetched"], "the whole round was missed twice"


def test_what_only_a_person_can_see_is_named_for_its_vendor(tmp_path: Path) -> None:
    care = care_of(Centre(), tmp_path, vendors=Vendors(("vonage",), ("twilio",)))
    assert codes(care) == [*CALM, "texts_unfetched", "help_reply"]
    levels = {finding.level for finding in care.findings(running=True) if finding.code != "backup_old"}
    assert levels == {"check"}


@pytest.mark.parametrize(
    ("part", "code"),
    [("clock", "clock_jumped"), ("disk", "disk_low"), ("vendors", "vendor_down"), ("mass", "not_ready")],
)
def test_what_turns_readyz_red_is_a_finding_too(tmp_path: Path, part: str, code: str) -> None:
    centre = Centre()
    centre.readiness.watch(lambda: [NotReady(part, "It is so.", "Do this.")])
    first = next(iter(care_of(centre, tmp_path).findings(running=True)))
    assert (first.code, first.level, first.what, first.remedy) == (code, "error", "It is so", "Do this.")


def test_a_key_that_others_may_read_is_an_error(tmp_path: Path) -> None:
    care, key = care_of(Centre(), tmp_path), tmp_path / "master.key"
    key.write_text("0" * 64)
    key.chmod(0o640)
    assert codes(care) == [*CALM, "key_exposed"]
    key.chmod(0o600)
    assert codes(care) == CALM


def test_the_operator_may_have_lost_texts_fetched_at_once(tmp_path: Path) -> None:
    centre = Centre()
    box = Box(Listed("SM1", NUMBERS["teo"], "+12025550190", "STOP", True, centre.ring.clock.ms - 60_000))
    care = care_of(centre, tmp_path, box, vendors=Vendors(("vonage",)))
    office = Office(centre.ring, SystemEntropy(), list, care, resting=False)
    told = asyncio.run(carry_out(office, Order("reconcile")))
    assert told.result == {
        "vendors": ["twilio"], "not_asked": ["vonage"], "asked": 1, "missed": 1, "rang": 0, "opted_out": 1,
        "opted_in": 0, "failed": (),
    }  # fmt: skip


def test_without_a_server_nothing_is_fetched(tmp_path: Path) -> None:
    centre = Centre()
    office = Office(centre.ring, SystemEntropy(), list, care_of(centre, tmp_path), resting=True)
    with pytest.raises(Refusal, match="needs the running server"):
        asyncio.run(office.reconcile())
