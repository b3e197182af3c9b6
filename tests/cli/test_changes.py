"""`tocsin apply` says what waits for a second person, and `tocsin changes` lists it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from line import SITE, told, typed

from tocsin.app import build
from tocsin.cli.saying import settings
from tocsin.core.access.record import Passkey
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket
from tocsin.intake.waiting import line
from tocsin.runtime import ledger
from tocsin.runtime.world import World

SLOWER = SITE.replace("after_s = 0", "after_s = 20").replace("Bench County", "Bench")
SWAPPED = SITE.replace("+12015550103", "+12015550109").replace(
    'id = "w0"\nname = "Worker 0"\nroles = ["worker"]',
    'id = "w0"\nname = "Worker 0"\nroles = ["worker"]\n'
    'contacts = [{ kind = "voice", to = "+12015550103", verified = true }]',
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in which a supervisor has made a passkey."""
    data = tmp_path / "data"
    apply(data, SITE)
    asyncio.run(signs_in(data))
    return data


def apply(data: Path, text: str) -> dict[str, list[object]]:
    file = data.parent / "site.toml"
    file.write_text(text)
    return told("apply", str(file), data=data)


async def signs_in(data: Path) -> None:
    node = build(settings(None, data), inline=True)
    layer = World(node.bell.world)
    docket = Docket(layer, "bench", 0, Dice(bytes(32)))
    docket.keep(Passkey(id="key", member="off", public_key=b"k", sign_count=0, label="fob", made_ms=0))
    written = ledger.change(docket, layer)
    assert written is not None
    node.store.append([written])
    await node.stop()


@pytest.mark.slow
def test_before_a_second_person_has_signed_in_a_file_is_applied_whole_and_that_is_said(tmp_path: Path) -> None:
    assert apply(tmp_path / "data", SITE)["warnings"] == []
    result = apply(tmp_path / "data", SLOWER)
    assert result["changed"] == ["name: changed", "plans: changed"] and not result["waiting"]
    assert "nobody who may agree" in str(result["warnings"])
    again = typed("apply", str(tmp_path / "site.toml"), data=tmp_path / "data")
    assert again.stdout == "Nothing changed.\n" and "may agree" not in again.stderr


@pytest.mark.slow
def test_what_weakens_is_listed_as_waiting_and_the_rest_is_done(data: Path) -> None:
    result = apply(data, SLOWER)
    assert result["changed"] == ["name: changed"] and result["warnings"] == result["refused"] == []
    (waiting,) = result["waiting"]
    assert isinstance(waiting, dict) and waiting["weakens"] == ["lengthens_rung"]
    assert apply(data, SLOWER)["waiting"] == [waiting], "a second time it waits once"
    assert told("changes", data=data)["changes"] == [waiting]
    said = typed("changes", data=data).stdout
    assert "after 0 s" in said and "after 20 s" in said and "waits for a second person" in said


@pytest.mark.slow
def test_a_file_with_the_former_value_leaves_nothing_waiting(data: Path) -> None:
    apply(data, SLOWER)
    apply(data, SITE)
    assert typed("changes", data=data).stdout == "Nothing waits.\n"


@pytest.mark.slow
def test_what_cannot_be_before_something_that_waits_is_said_to_be_not_done(data: Path) -> None:
    result = apply(data, SWAPPED)
    assert len(result["waiting"]) == len(result["refused"]) == 1
    said = typed("apply", str(data.parent / "site.toml"), data=data).stdout
    assert "waiting: Colleague 3" in said and "not done: Worker 0" in said and "+1201555" not in said


def test_there_are_no_changes_where_there_is_no_organisation(tmp_path: Path) -> None:
    result = typed("changes", data=tmp_path / "data")
    assert result.exit_code == 1 and "tocsin apply FILE" in result.stderr


def test_a_change_that_was_agreed_says_when_it_acts() -> None:
    row = {"state": "agreed", "acts_at": "2026-11-23T00:00:00.000Z", "what": "Bo leaves", "because": ["He goes."]}
    assert line(row) == "Bo leaves: He goes. (agreed, acts at 2026-11-23T00:00:00.000Z)"
