"""Who may do what: by the table, by who they are now, and by what they hold."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tocsin.core.access.permissions import May, Reach
from tocsin.core.access.permit import NOT_ALLOWED, NOT_FRESH, OF_SCOPE, over, reach_now, refused
from tocsin.core.access.record import OPERATOR, SYSTEM, By, Desk, Kept, Key, Session, Wallboard
from tocsin.core.access.rung_record import RungLink
from tocsin.core.access.words import Ended, KeyScope, SignedIn, Via
from tocsin.core.dice import Dice
from tocsin.core.directory import Device, Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.limits import FRESH_MS
from tocsin.core.rung_link import LinkFor
from tocsin.core.words import Role
from tocsin.runtime.world import World

NOW = 1_795_000_000_000
HOUR = 3_600_000
BY = By("abe", Via.SESSION, "s1")


def session(**changes: object) -> Session:
    made = Session(
        id="s1",
        token_hash="",
        member="abe",
        how=SignedIn.PASSKEY,
        began_ms=NOW - HOUR,
        ends_ms=NOW + HOUR,
        idle_ms=HOUR,
        seen_ms=NOW,
        fresh_ms=NOW,
    )
    return replace(made, **changes)


def key(*scopes: KeyScope, **changes: object) -> Key:
    made = Key(id="k", token_hash="", scopes=scopes, label="", by="abe", made_ms=0, ends_ms=NOW + 1)
    return replace(made, **changes)


def docket(*records: Kept, role: Role = Role.ADMINISTRATOR, suspended: bool = False) -> Docket:
    """One member, Abe, with his phone; Bo is gone."""
    world = World()
    world.directories["alder"] = Directory(
        "alder",
        "Alder",
        members={"abe": Member("abe", "Abe", (role,), suspended=suspended)},
        devices={"phone": Device("phone", "abe", ""), "lost": Device("lost", "abe", "", revoked=True)},
    )
    made = Docket(world, "alder", NOW, Dice(bytes(32)))
    for record in records:
        made.keep(record)
    return made


def test_a_signed_in_administrator_may_set_roles_and_a_supervisor_may_not() -> None:
    assert refused(docket(session()), BY, May.SET_ROLES) is None
    assert refused(docket(session(), role=Role.SUPERVISOR), BY, May.SET_ROLES) == NOT_ALLOWED


def test_who_proved_who_they_are_too_long_ago_is_asked_again_where_it_matters() -> None:
    old = session(fresh_ms=NOW - FRESH_MS - 1)
    assert refused(docket(old), BY, May.SET_ROLES) == NOT_FRESH
    assert refused(docket(old), BY, May.READ_MEMBERS) is None
    assert refused(docket(session(fresh_ms=NOW - FRESH_MS)), BY, May.SET_ROLES) is None


@pytest.mark.parametrize(
    "changes",
    [{"ended": Ended.REVOKED}, {"ends_ms": NOW}, {"seen_ms": NOW - HOUR}, {"member": "bo"}],
    ids=["ended", "over", "idle", "not theirs"],
)
def test_a_session_that_is_over_or_not_theirs_is_worth_nothing(changes: dict[str, object]) -> None:
    assert refused(docket(session(**changes)), BY, May.READ_MEMBERS) == NOT_ALLOWED


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (session(), None),
        (session(ends_ms=NOW), Ended.EXPIRED),
        (session(seen_ms=NOW - HOUR), Ended.IDLE),
        (session(ended=Ended.SUSPENDED, ends_ms=NOW), Ended.SUSPENDED),
        (Device("phone", "abe", ""), None),
        (Device("phone", "abe", "", revoked=True, ended=Ended.LOST), Ended.LOST),
        (Device("phone", "abe", "", revoked=True), Ended.REVOKED),
        (key(), None),
        (key(ends_ms=NOW), Ended.EXPIRED),
        (key(ended=Ended.REVOKED, ends_ms=NOW), Ended.REVOKED),
    ],
)
def test_what_is_over_says_why_and_what_was_ended_first_says_that(
    known: Session | Device | Key, why: Ended | None
) -> None:
    assert over(known, NOW) is why


def test_a_session_that_nobody_ever_had_is_worth_nothing() -> None:
    assert refused(docket(), BY, May.READ_MEMBERS) == NOT_ALLOWED


def test_a_suspended_or_removed_member_may_do_nothing() -> None:
    assert refused(docket(session(), suspended=True), BY, May.READ_MEMBERS) == NOT_ALLOWED
    gone = By("bo", Via.SESSION, "s1")
    assert refused(docket(session(member="bo")), gone, May.READ_MEMBERS) == NOT_ALLOWED


def test_a_phone_reads_alerts_and_keeps_no_account() -> None:
    made, phone = docket(role=Role.SUPERVISOR), By("abe", Via.DEVICE, "phone")
    assert reach_now(made, phone, May.READ_ALERTS) is Reach.ALL
    assert refused(made, phone, May.KEEP_OWN_ACCOUNT) == NOT_ALLOWED


@pytest.mark.parametrize(
    "by", [By("abe", Via.DEVICE, "lost"), By("bo", Via.DEVICE, "phone"), By("abe", Via.DEVICE, "x")]
)
def test_a_lost_phone_another_persons_and_one_that_never_was_read_nothing(by: By) -> None:
    assert reach_now(docket(), by, May.READ_ALERTS) is Reach.NONE


def test_the_operator_runs_what_runs_and_keeps_no_ties() -> None:
    assert refused(docket(), OPERATOR, May.SET_ROLES) is None
    assert refused(docket(), OPERATOR, May.KEEP_TIES) == NOT_ALLOWED


def test_what_the_system_does_by_itself_is_never_refused() -> None:
    assert all(refused(docket(), SYSTEM, may) is None for may in May)


@pytest.mark.parametrize("scope", list(KeyScope))
def test_a_key_may_do_what_its_scope_says_and_nothing_else(scope: KeyScope) -> None:
    made, by = docket(key(scope)), By(via=Via.KEY, credential="k")
    assert {may for may in May if refused(made, by, may) is None} == set(OF_SCOPE[scope])
    assert reach_now(made, by, May.READ_ALERTS) is OF_SCOPE[scope].get(May.READ_ALERTS, Reach.NONE)


@pytest.mark.parametrize(
    "worn", [key(), key(KeyScope.METRICS, ended=Ended.REVOKED), key(KeyScope.METRICS, ends_ms=NOW)]
)
def test_a_key_without_scopes_or_past_its_time_may_do_nothing(worn: Key) -> None:
    assert not [may for may in May if refused(docket(worn), By(via=Via.KEY, credential="k"), may) is None]


def test_a_wallboard_reads_alerts_and_may_do_nothing_else() -> None:
    board = Wallboard(id="w", token_hash="", site="centre", label="", made_ms=0)
    by = By(via=Via.WALLBOARD, credential="w")
    assert [may for may in May if refused(docket(board), by, may) is None] == [May.READ_ALERTS]
    assert refused(docket(replace(board, ended=Ended.REVOKED)), by, May.READ_ALERTS) == NOT_ALLOWED


def test_a_desk_raises_for_whoever_sits_there_and_another_seat_does_not() -> None:
    desk = Desk(id="d", token_hash="", site="centre", place="desk", label="", seat="abe", made_ms=0)
    made = docket(desk, role=Role.WORKER)
    assert refused(made, By("abe", Via.DESK, "d"), May.RAISE) is None
    assert refused(made, By("bo", Via.DESK, "d"), May.RAISE) == NOT_ALLOWED
    assert refused(docket(replace(desk, ended=Ended.LOST)), By("abe", Via.DESK, "d"), May.RAISE) == NOT_ALLOWED


def test_a_link_raises_reads_and_answers_for_whom_it_was_made_and_closes_nothing() -> None:
    link = RungLink(id="l", token_hash="", member="abe", alert="a", purpose=LinkFor.RUNG, made_ms=0)
    made, by = docket(link, role=Role.SUPERVISOR), By("abe", Via.LINK, "l")
    assert {may for may in May if refused(made, by, may) is None} == {
        *(May.RAISE, May.READ_ALERTS, May.ANSWER, May.READ_PLACES)
    }
    assert {reach_now(made, by, may) for may in May} == {Reach.NONE, Reach.OWN, Reach.RUNG}, "nothing beyond one alert"
    assert refused(made, By("bo", Via.LINK, "l"), May.ANSWER) == NOT_ALLOWED
    assert refused(docket(replace(link, ended=Ended.REPLACED)), by, May.READ_ALERTS) == NOT_ALLOWED
