"""A restored backup brings nobody back who was cut off since it was made (T22)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from ward import ORG, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.clock_commands import ClockIn
from tocsin.core.access.commands import Restore
from tocsin.core.access.feed_record import Feed
from tocsin.core.access.record import OPERATOR, By, Kept, Restored
from tocsin.core.access.roster_commands import AddFeed
from tocsin.core.access.words import LinkKind
from tocsin.core.attendance import Attendance, AttendancePhase


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_every_session_link_and_key_of_a_backup_ends_and_phones_go_on(ward: Ward) -> None:
    teo = ward.session("teo")
    ended: list[Kept] = [ward.link(LinkKind.ENROLMENT, By("ada"), "bo"), ward.key("ada")]
    kept: list[Kept] = [ward.passkey("teo"), ward.wallboard(), ward.desk()]
    assert ward.do(Restore(org=ORG, by=OPERATOR)) == c.Done()
    assert not any(ward.kept(one).open for one in ended) and all(ward.kept(one).open for one in kept)
    own = c.SetPins(org=ORG, by=teo, member="teo", pin_hash="a", duress_pin_hash="b")
    assert isinstance(ward.do(own), c.Declined)
    assert not any(device.revoked for device in ward.directory.devices.values())
    restored = ward.world.kept(ORG, Restored, "restored")
    assert restored is not None and not restored.replayed
    assert "restored" in ward.trail() and set(ward.trail()) <= set(SENTENCES)


def test_what_the_replaced_directory_tells_of_later_cuts_is_done_again(ward: Ward) -> None:
    fob, board, desk = ward.passkey("bo"), ward.wallboard(), ward.desk()
    alert = ward.press("noor")
    told = Restore(
        org=ORG,
        by=OPERATOR,
        suspended=("teo", "left long ago"),
        watched=("noor",),
        ties=(("bo", "noor"),),
        devices=("ines-phone", "unknown"),
        passkeys=(fob.id,),
        screens=(board.id, desk.id),
        replayed=True,
    )
    for _ in range(2):
        assert ward.do(told) == c.Done()
    assert ward.member("teo").suspended and ward.directory.devices["teo-phone"].revoked
    assert ward.member("noor").watch_window and ward.member("bo").not_told_about == ("noor",)
    assert ward.directory.devices["ines-phone"].revoked and not ward.directory.devices["bo-phone"].revoked
    assert not any(ward.kept(one).open for one in (fob, board, desk))
    assert ward.alert(alert).people["bo"].withdrawn and ward.alert(alert).people["teo"].withdrawn
    assert ward.pages == [], "they are no rush of many: each was suspended at its own time"


def test_a_feed_that_was_ended_since_is_read_no_more(ward: Ward) -> None:
    for site in ("one", "two"):
        added = AddFeed(
            org=ORG, by=ward.session("ines"), site=SITE, url=f"https://roster.example.org/{site}", label=site
        )
        assert isinstance(ward.do(added), c.Done)
    first, second = ward.world.all_kept(ORG, Feed).values()
    ward.do(Restore(org=ORG, by=OPERATOR, feeds=(first.id, "unknown"), replayed=True))
    ended, kept = ward.kept(first), ward.kept(second)
    assert isinstance(ended, Feed) and not ended.open and ended.url == ""
    assert isinstance(kept, Feed) and kept.open and kept.url


def test_whoever_went_home_since_is_gone_and_whoever_came_is_here_by_the_roster_alone(ward: Ward) -> None:
    for name in ("ada", "wale"):
        assert ward.do(ClockIn(org=ORG, by=ward.session(name), member=name, site=SITE)) == c.Done()
    here = ward.directory.attendance["wale"]
    gone = Attendance(id="bo", site=SITE, since_ms=ward.now_ms, until_ms=here.until_ms, phase=AttendancePhase.GONE)
    left = replace(gone, id="left long ago")
    ward.do(Restore(org=ORG, by=OPERATOR, attendance=(here, gone, left), replayed=True))
    assert ward.directory.attendance == {"wale": here, "bo": gone}
    ward.do(Restore(org=ORG, by=OPERATOR))
    assert "wale" in ward.directory.attendance, "of what is not known nothing is done again"


def test_only_whoever_holds_the_machine_says_that_it_was_restored(ward: Ward) -> None:
    refused = ward.do(Restore(org=ORG, by=ward.session("ada"), suspended=("teo",)))
    assert refused == c.Declined(problem=c.Problem.NOT_ALLOWED) and not ward.member("teo").suspended
