"""Texts and opt-outs that no webhook brought: fetched, taken once, and labelled with their age."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from outside import NUMBERS, ORG, Centre
from tocsin.core.limits import FETCH_FIRST_MS, FETCH_FRESH_MS, FETCH_OVERLAP_MS, FETCH_WHOLE_EVERY_MS
from tocsin.intake.hooks import opt_out_in
from tocsin.intake.reconciling import FETCHED, WHOLE, Fetches, Reconciler, Tidings
from tocsin.runtime.marks import Marks
from tocsin.wire.twilio_list import Listed

HOUR_MS = 3_600_000


class Box:
    """What the vendor would tell; `down` while it tells nothing."""

    vendor = "twilio"

    def __init__(self, *listed: Listed) -> None:
        self.listed, self.down, self.asked = list(listed), False, list[tuple[int, bool]]()

    async def since(self, since_ms: int, *, sent_too: bool) -> list[Listed]:
        self.asked.append((since_ms, sent_too))
        if self.down:
            raise OSError("no list")
        return [one for one in self.listed if one.inbound or sent_too]

    async def close(self) -> None:
        """Nothing to let go of."""


class Office:
    """A centre, a vendor's box, and the one who compares them."""

    def __init__(self, folder: Path, *listed: Listed) -> None:
        self.centre, self.box = Centre(), Box(*listed)
        self.marks = Marks(folder / "marks.json")
        self.reconciler = Reconciler(self.centre.ring, [self.box], self.marks)

    @property
    def now_ms(self) -> int:
        return self.centre.ring.clock.ms

    def wrote(self, who: str, text: str, ago_ms: int | None, message: str = "") -> None:
        """Somebody wrote this so long ago (None: nobody can read when), and no webhook came."""
        sid = message or f"SM{len(self.box.listed)}"
        at_ms = None if ago_ms is None else self.now_ms - ago_ms
        self.box.listed.append(Listed(sid, NUMBERS.get(who, who), "+12025550190", text, True, at_ms))

    def refused(self, who: str, ago_ms: int, error: int = 21610) -> None:
        """The vendor would not bring our message to this number."""
        sid = f"SM{len(self.box.listed)}"
        self.box.listed.append(Listed(sid, "+12025550190", NUMBERS[who], "", False, self.now_ms - ago_ms, error))

    def round(self, *, whole: bool = True) -> Tidings:
        return asyncio.run(self.reconciler.round(whole=whole))

    def out(self, who: str) -> bool:
        return self.centre.ring.world.directory(ORG).members[who].contacts[0].opted_out

    def open_alerts(self) -> Sequence[str]:
        return [alert.id for alert in self.centre.ring.world.open_alerts(ORG)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_lost_sos_rings_once_with_its_age(office: Office) -> None:
    office.wrote("noor", "SOS lot b", 2 * HOUR_MS)
    told = office.round()
    assert (told.asked, told.missed, told.rang, told.failed) == (1, 1, 1, ())
    (alert,) = office.open_alerts()
    assert office.centre.alert(alert).occurred_at_ms == office.now_ms - 2 * HOUR_MS
    assert office.round() == Tidings(asked=1)
    assert office.open_alerts() == [alert]


def test_a_text_that_came_by_itself_does_nothing_again(office: Office) -> None:
    asyncio.run(office.centre.text(NUMBERS["noor"], "SOS", sid="SM77"))
    (alert,) = office.open_alerts()
    people = office.centre.alert(alert)
    office.wrote("noor", "SOS", HOUR_MS, message="SM77")
    assert office.round().missed == 0 and office.centre.alert(alert) == people


def test_a_lost_stop_and_a_lost_start_are_applied(office: Office) -> None:
    office.wrote("teo", " sToP\n", 30 * HOUR_MS)
    assert office.round().opted_out == 1 and office.out("teo")
    office.wrote("teo", "unstop", HOUR_MS)
    assert office.round().opted_in == 1 and not office.out("teo")


def test_of_stop_and_start_the_last_is_believed_whichever_was_lost(office: Office) -> None:
    asyncio.run(office.centre.text(NUMBERS["teo"], "START", sid="SMcame"))
    office.wrote("teo", "START", HOUR_MS, message="SMcame")
    office.wrote("teo", "STOP", 2 * HOUR_MS)
    office.wrote("ines", "STOP", HOUR_MS)
    office.wrote("ines", "START", 2 * HOUR_MS)
    told = office.round()
    assert not office.out("teo") and office.out("ines") and told.missed == 3


def test_a_number_that_the_vendor_will_not_send_to_is_opted_out_until_its_start(office: Office) -> None:
    office.refused("teo", 3 * HOUR_MS)
    office.refused("ines", 3 * HOUR_MS)
    office.refused("rafi", 3 * HOUR_MS, error=30005)
    office.wrote("ines", "START", 2 * HOUR_MS)
    assert office.round(whole=False).opted_out == 0, "a short round asks for what came in only"
    told = office.round()
    assert office.out("teo") and not office.out("ines") and not office.out("rafi")
    assert (told.opted_out, told.missed) == (1, 1) and not office.open_alerts()
    assert office.round().missed == 0


def test_a_text_of_seconds_ago_is_left_to_its_webhook_until_it_is_late(office: Office) -> None:
    office.wrote("noor", "SOS", FETCH_FRESH_MS - 1)
    assert office.round().rang == 0
    office.centre.ring.clock.ms += 1
    assert office.round().rang == 1


def test_a_text_whose_age_nobody_can_read_rings_all_the_same(office: Office) -> None:
    office.wrote("noor", "SOS", None)
    assert office.round().rang == 1


def test_a_stranger_s_lost_sos_is_shown_and_a_stranger_s_stop_changes_nothing(office: Office) -> None:
    office.wrote("+12025550199", "SOS", HOUR_MS)
    office.wrote("+12025550198", "STOP", HOUR_MS)
    office.wrote("not a number", "hello", HOUR_MS)
    told = office.round()
    assert (told.missed, told.rang, told.opted_out) == (3, 0, 0)
    assert len(office.centre.ring.world.strangers) == 1


def test_without_an_organisation_there_is_nobody_to_tell(office: Office) -> None:
    office.centre.ring.world.directories.clear()
    office.wrote("noor", "SOS", HOUR_MS)
    assert office.round() == Tidings(asked=1)


def test_with_two_organisations_a_text_goes_to_the_one_that_knows_the_number(office: Office) -> None:
    from msgspec.structs import replace

    directories = office.centre.ring.world.directories
    directories.clear()
    known = Centre().ring.world.directory(ORG)
    directories.update({"birch": replace(known, id="birch", members={}, devices={}), ORG: known})
    office.wrote("noor", "SOS", HOUR_MS)
    office.wrote("+12025550199", "SOS", HOUR_MS)
    office.round()
    assert len(office.open_alerts()) == 1
    assert [command.org for command in office.centre.ring.commands][-2:] == [ORG, "birch"]


# Which span is asked for ------------------------------------------------------------------------------------------


def test_each_round_goes_on_where_the_last_one_ended_and_a_failed_one_ends_nowhere(office: Office) -> None:
    office.round(whole=False)
    assert office.box.asked[-1] == (office.now_ms - FETCH_FIRST_MS - FETCH_OVERLAP_MS, False)
    first_ms = office.now_ms
    office.centre.wait(600)
    office.box.down = True
    assert office.round(whole=False).failed == ("twilio",)
    assert office.reconciler.failed == ("twilio",)
    office.centre.wait(600)
    office.box.down = False
    assert not office.round(whole=False).failed
    assert not office.reconciler.failed
    assert [since_ms for since_ms, _ in office.box.asked[1:]] == [first_ms - FETCH_OVERLAP_MS] * 2


def test_the_whole_round_is_due_once_a_day_and_a_missed_night_is_made_up(office: Office, tmp_path: Path) -> None:
    assert office.reconciler.whole_is_due()
    office.round()
    assert not office.reconciler.whole_is_due()
    again = Reconciler(office.centre.ring, [office.box], Marks(tmp_path / "marks.json"))
    assert not again.whole_is_due(), "a restart does not forget it"
    office.centre.ring.clock.ms += FETCH_WHOLE_EVERY_MS
    assert again.whole_is_due()


def test_a_clock_that_went_back_asks_no_less(office: Office) -> None:
    office.round()
    office.centre.ring.clock.ms -= 100 * HOUR_MS
    office.round()
    assert office.box.asked[-1][0] == office.now_ms - FETCH_OVERLAP_MS


def test_a_full_disk_is_a_failed_round_and_the_next_one_takes_the_text(office: Office) -> None:
    office.wrote("noor", "SOS", HOUR_MS)
    office.centre.ring.full = True
    assert office.round().failed == ("twilio",) and not office.open_alerts()
    assert office.marks.get(FETCHED) is None and office.marks.get(WHOLE) is None
    office.centre.ring.full = False
    assert office.round().rang == 1


def test_marks_that_cannot_be_read_or_written_stand_in_memory(tmp_path: Path) -> None:
    (tmp_path / "marks.json").write_bytes(b"\xff{")
    marks = Marks(tmp_path / "marks.json")
    assert marks.get(FETCHED) is None
    marks.set(FETCHED, 5)
    assert Marks(tmp_path / "marks.json").get(FETCHED) == 5
    nowhere = Marks(tmp_path / "none" / "marks.json")
    nowhere.set(FETCHED, 7)
    assert nowhere.get(FETCHED) == 7


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("STOP", "STOP"), (" stop \r\n", "STOP"), ("Unsubscribe", "STOP"), ("OptOut", "STOP"), ("start", "START"),
        ("YES", "START"), ("unstop", "START"), ("STOP please", None), ("ALTO", None), ("", None), ("help", None),
    ],
)  # fmt: skip
def test_only_a_whole_word_that_carriers_act_on_is_an_opt_out(text: str, word: str | None) -> None:
    assert opt_out_in(text) == word


# The rounds of a running node --------------------------------------------------------------------------------------


def test_a_node_asks_at_its_start_and_stops_in_the_middle_without_harm(office: Office) -> None:
    office.wrote("noor", "SOS", HOUR_MS)

    async def story() -> None:
        fetches = Fetches(office.reconciler)
        fetches.start()
        assert fetches._task is not None
        await fetches._task
        assert office.open_alerts() and office.box.asked[0][1], "the first round is a whole one"
        fetches._go(1_000_000)
        await fetches.stop()

    asyncio.run(story())


def test_a_node_without_a_vendor_asks_nobody(office: Office) -> None:
    async def story() -> None:
        fetches = Fetches(Reconciler(office.centre.ring, [], office.marks))
        fetches.start()
        await fetches.stop()
        assert fetches._task is None

    asyncio.run(story())
