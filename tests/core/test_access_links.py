"""One-time links: who may make one, that it works once and briefly, and that it never outlives who made it."""

from __future__ import annotations

import pytest
from entrance import ORG, SITE, START_MS, Entrance, centre
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.entry_commands import Found
from tocsin.core.access.links import LIVES_MS, TRANSITIONS, IllegalEnd, LinkState, ended, state_of
from tocsin.core.access.record import OPERATOR, By, Link, Session
from tocsin.core.access.words import Ended, LinkKind, SignedIn, Told, Via
from tocsin.core.words import Came, Role

WORN_OUT = c.Declined(problem=c.Problem.LINK_WORN_OUT)
DESK = f"{SITE}/console-3"


@pytest.fixture
def door() -> Entrance:
    return Entrance(centre())


def invited(door: Entrance, name: str = "t", by: By = OPERATOR) -> Link:
    return door.link(LinkKind.INVITATION, name, by, member="noor")


def test_an_invited_member_is_signed_in_by_the_link_and_it_works_once(door: Entrance) -> None:
    link = invited(door)
    assert link.open and link.ends_ms == START_MS + LIVES_MS[LinkKind.INVITATION]
    door.done(door.using("t", "her session", label="Noor's laptop"))
    (session,) = door.world.all_kept(ORG, Session).values()
    assert (session.member, session.how, session.label) == ("noor", SignedIn.LINK, "Noor's laptop")
    assert state_of(door.known("t")) is LinkState.USED
    assert door.do(door.using("t", "his session")) == WORN_OUT
    assert len(door.world.all_kept(ORG, Session)) == 1


def test_of_two_who_use_a_link_in_the_same_moment_exactly_one_is_let_in(door: Entrance) -> None:
    invited(door)
    first, second = door.at_once(door.using("t", "one"), door.using("t", "other"))
    assert (first, second) == (c.Done(), WORN_OUT)
    assert len(door.world.all_kept(ORG, Session)) == 1


def test_a_link_is_worth_nothing_from_the_very_millisecond_of_its_end(door: Entrance) -> None:
    invited(door)
    door.now_ms += LIVES_MS[LinkKind.INVITATION] - 1
    assert door.at_once(door.using("t"))[0] == c.Done()
    invited(door, "late")
    door.now_ms += LIVES_MS[LinkKind.INVITATION]
    assert door.do(door.using("late")) == WORN_OUT


def test_a_link_that_nobody_used_leaves_memory_by_itself(door: Entrance) -> None:
    link = invited(door)
    assert door.wakes("link") == {link.id}
    door.done(LookAt(org=ORG, kind="link", id=link.id))
    assert door.wakes("link") == {link.id}, "it was looked at too early, and is looked at again"
    door.later(LIVES_MS[LinkKind.INVITATION])
    assert not door.world.all_kept(ORG, Link) and not door.wakes("link")
    assert state_of(door.known("t")) is LinkState.LAPSED and door.whats()[-1] == "link_lapsed"
    door.done(LookAt(org=ORG, kind="link", id=link.id))


def test_a_restart_keeps_a_link_and_its_end(door: Entrance) -> None:
    invited(door)
    door.restart()
    assert door.known("t").open
    door.done(door.using("t"))
    assert not door.wakes("link")


def test_a_link_that_was_never_made_and_one_that_is_worn_out_are_answered_alike(door: Entrance) -> None:
    assert door.do(door.using("no such")) == WORN_OUT


def test_a_new_link_for_the_same_purpose_ends_the_one_before(door: Entrance) -> None:
    invited(door, "first")
    door.link(LinkKind.INVITATION, "another's", member="bo")
    enrolment = door.link(LinkKind.ENROLMENT, "a phone", member="noor")
    invited(door, "second")
    assert state_of(door.known("first")) is LinkState.ENDED and door.do(door.using("first")) == WORN_OUT
    assert door.known("another's").open and enrolment.open and door.known("second").open


def test_screens_at_two_places_may_be_set_up_at_once_and_at_one_only_by_the_newest_link(door: Entrance) -> None:
    door.link(LinkKind.DESK, "console", subject=DESK)
    door.link(LinkKind.DESK, "lot", subject=f"{SITE}/lot-b")
    door.link(LinkKind.DESK, "console again", subject=DESK)
    door.link(LinkKind.DESK, "its neighbour", subject=DESK, label="Console 3 left")
    still = {name for name in ("console", "lot", "console again", "its neighbour") if door.known(name).open}
    assert still == {"lot", "console again", "its neighbour"}


@pytest.mark.parametrize("who", ["noor", "ada"], ids=["whom it lets in", "who made it"])
def test_a_link_is_worth_nothing_while_either_it_hangs_on_is_suspended(door: Entrance, who: str) -> None:
    invited(door, by=door.signed_in("ada"))
    door.suspended(who)
    assert door.do(door.using("t")) == WORN_OUT


@pytest.mark.parametrize(("who", "about"), [("teo", "noor"), ("noor", "teo")])
def test_a_link_made_by_the_tied_opens_nothing_and_does_not_say_why(who: str, about: str) -> None:
    door = Entrance(centre())
    one = door.directory.members[who]
    door.changed(members={**door.directory.members, who: replace(one, not_told_about=(about,))})
    door.link(LinkKind.ENROLMENT, "by the tied", door.signed_in("teo"), member="noor")
    assert door.do(door.using("by the tied", "his own phone")) == WORN_OUT and not door.directory.devices
    door.link(LinkKind.ENROLMENT, "by another", door.signed_in("hana"), member="noor")
    door.done(door.using("by another"))
    door.link(LinkKind.ENROLMENT, "her own", door.signed_in("noor"), member="noor")
    door.done(door.using("her own", "another phone"))


def test_a_tie_that_is_set_between_the_making_and_the_use_counts(door: Entrance) -> None:
    door.link(LinkKind.ENROLMENT, "t", door.signed_in("teo"), member="noor")
    teo = replace(door.directory.members["teo"], not_told_about=("noor",))
    door.changed(members={**door.directory.members, "teo": teo})
    assert door.do(door.using("t")) == WORN_OUT


def test_a_link_is_worth_nothing_once_its_member_is_gone(door: Entrance) -> None:
    invited(door)
    door.changed(members={name: one for name, one in door.directory.members.items() if name != "noor"})
    assert door.do(door.using("t")) == WORN_OUT


def test_a_screens_link_is_worth_nothing_once_its_place_or_site_is_gone(door: Entrance) -> None:
    door.link(LinkKind.DESK, "desk", subject=DESK)
    door.link(LinkKind.WALLBOARD, "board", subject=SITE)
    door.changed(places=(), sites={})
    assert door.do(door.using("desk")) == WORN_OUT == door.do(door.using("board"))
    assert door.known("desk").open, "nothing was consumed"


# Who may make one -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        *((LinkKind.INVITATION, who) for who in ("teo", "wale", "noor", "lena")),
        *((LinkKind.ENROLMENT, who) for who in ("wale", "noor", "lena")),
        *((LinkKind.DESK, who) for who in ("teo", "wale", "noor", "lena")),
        *((LinkKind.WALLBOARD, who) for who in ("teo", "wale", "noor", "lena")),
        *((LinkKind.FIRST_ADMINISTRATOR, who) for who in ("ada", "teo")),
        *((LinkKind.RECOVERY, who) for who in ("noor", "lena")),
    ],
)
def test_whoever_may_not_make_a_link_makes_none(door: Entrance, kind: LinkKind, who: str) -> None:
    subject = DESK if kind is LinkKind.DESK else SITE
    more = {"member": "bo"} if kind in (LinkKind.INVITATION, LinkKind.ENROLMENT) else {"subject": subject}
    assert door.declined(door.making(kind, "t", door.signed_in(who), **more)) is c.Problem.NOT_ALLOWED


def test_whoever_has_not_proved_anew_who_they_are_is_asked_to(door: Entrance) -> None:
    ada = door.signed_in("ada")
    door.now_ms += 3_600_000
    assert door.declined(door.making(LinkKind.INVITATION, "t", ada, member="noor")) is c.Problem.NOT_FRESH


def test_everybody_enrols_their_own_phone_and_is_told_when_others_do(door: Entrance) -> None:
    noor = door.signed_in("noor")
    door.link(LinkKind.ENROLMENT, "own", noor, member="noor")
    assert door.trail()[-1].told is Told.NOBODY
    door.link(LinkKind.ENROLMENT, "for her", door.signed_in("teo"), member="noor")
    assert [(act.told, act.about) for act in door.trail()[-2:]] == [
        (Told.THEMSELF, "noor"),
        (Told.SUPERVISORS, "noor"),
    ]


def test_a_phone_makes_no_links(door: Entrance) -> None:
    door.done(c.Enrol(org=ORG, by=OPERATOR, member="noor", device="phone", token_hash="h"))
    by = By("noor", Via.DEVICE, "phone")
    assert door.declined(door.making(LinkKind.ENROLMENT, "t", by, member="noor")) is c.Problem.NOT_ALLOWED


def test_whoever_has_a_passkey_is_not_invited_again_by_one_person(door: Entrance) -> None:
    door.with_passkey("bo")
    invited(door)
    door.with_passkey("noor")
    command = door.making(LinkKind.INVITATION, "t2", door.signed_in("ada"), member="noor")
    reply = door.do(command)
    assert isinstance(reply, c.Declined) and "recovered by two people" in reply.detail
    assert door.declined(replace(command, by=OPERATOR)) is c.Problem.NOT_ALLOWED


def test_links_lead_only_to_what_there_is(door: Entrance) -> None:
    no = door.declined
    assert no(door.making(LinkKind.INVITATION, "t", member="nobody")) is c.Problem.NO_SUCH_MEMBER
    assert no(door.making(LinkKind.WALLBOARD, "t", subject="elsewhere")) is c.Problem.NO_SUCH_RECORD
    assert no(door.making(LinkKind.DESK, "t", subject=f"{SITE}/nowhere")) is c.Problem.NO_SUCH_RECORD
    assert no(door.making(LinkKind.DESK, "t", subject=SITE)) is c.Problem.NO_SUCH_RECORD
    door.suspended("noor")
    assert no(door.making(LinkKind.INVITATION, "t", member="noor")) is c.Problem.NOT_ALLOWED


# The first one ----------------------------------------------------------------------------------------------------


def founding(member: str = "ada", by: By = OPERATOR) -> Found:
    return Found(
        org=ORG, by=by, name="Alder", site=SITE, site_name="Centre", time_zone="UTC", member=member, member_name="Ada"
    )


def test_an_organisation_is_founded_from_nothing_and_its_first_administrator_let_in() -> None:
    door = Entrance()
    door.done(founding())
    first = door.directory.members["ada"]
    assert Role.ADMINISTRATOR in first.roles and list(door.directory.sites) == [SITE]
    door.link(LinkKind.FIRST_ADMINISTRATOR, "t", member="ada")
    door.done(door.using("t"))
    assert [session.member for session in door.world.all_kept(ORG, Session).values()] == ["ada"]
    assert door.whats()[:2] == ["founded", "link_made"]


def test_an_sos_rings_in_an_organisation_that_has_no_plan_yet() -> None:
    door = Entrance()
    door.done(founding())
    press = c.Press(org=ORG, credential="d", key="k", member="ada", device="d", came=Came.DEVICE)
    assert isinstance(door.do(press), c.PressTaken)


def test_an_organisation_is_founded_once_and_by_the_operator_alone() -> None:
    door = Entrance()
    assert door.declined(founding(by=By("ada", Via.SESSION, "s"))) is c.Problem.NOT_ALLOWED
    door.done(founding())
    assert door.declined(founding()) is c.Problem.CONFLICT
    assert Entrance(centre()).declined(founding()) is c.Problem.CONFLICT


def test_there_is_no_first_administrator_once_one_can_sign_in(door: Entrance) -> None:
    door.with_passkey("noor")
    door.link(LinkKind.FIRST_ADMINISTRATOR, "t", member="ada")
    door.with_passkey("ada")
    assert door.declined(door.making(LinkKind.FIRST_ADMINISTRATOR, "t2", member="ada")) is c.Problem.NOT_ALLOWED
    door.suspended("ada")
    members = {**door.directory.members, "bo": replace(door.directory.members["bo"], roles=(Role.ADMINISTRATOR,))}
    door.changed(members=members)
    door.link(LinkKind.FIRST_ADMINISTRATOR, "t3", member="bo")


def test_the_first_administrator_is_an_administrator(door: Entrance) -> None:
    assert door.declined(door.making(LinkKind.FIRST_ADMINISTRATOR, "t", member="bo")) is c.Problem.NOT_ALLOWED
    assert door.declined(door.making(LinkKind.FIRST_ADMINISTRATOR, "t", member="x")) is c.Problem.NO_SUCH_MEMBER


# The machine ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", list(TRANSITIONS[LinkState.MADE]))
@pytest.mark.parametrize("second", [None, *Ended])
def test_a_link_ends_once_and_an_illegal_end_changes_nothing(first: Ended, second: Ended | None) -> None:
    link = Link(id="l", token_hash="h", kind=LinkKind.INVITATION, made_ms=0, ends_ms=1, by=OPERATOR)
    over = ended(link, first)
    assert not over.open and state_of(over) is not LinkState.MADE
    with pytest.raises(IllegalEnd):
        ended(over, second or first)
    assert over.ended is first
    with pytest.raises(IllegalEnd):
        ended(link, Ended.IDLE)


class AnyDoor(RuleBasedStateMachine):
    """Links are made, used, left to lapse, and their people suspended, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.door, self.made, self.opened = Entrance(centre()), 0, 0

    @rule(name=st.sampled_from(["noor", "bo"]), kind=st.sampled_from([LinkKind.INVITATION, LinkKind.ENROLMENT]))
    def made_for(self, name: str, kind: LinkKind) -> None:
        self.door.do(self.door.making(kind, f"link {self.made}", member=name))
        self.made += 1

    @rule(which=st.integers(0, 9), again=st.booleans())
    def used(self, which: int, again: bool) -> None:
        uses: list[c.Command] = [self.door.using(f"link {which}", f"new {self.opened} {n}") for n in range(1 + again)]
        before = self._within()
        replies = self.door.at_once(*uses)
        won = sum(isinstance(reply, c.Done) for reply in replies)
        assert won <= 1 and self._within() == before + won
        self.opened += 1

    @rule(ms=st.integers(1, 2_000_000))
    def time_passes(self, ms: int) -> None:
        self.door.later(ms)

    @rule(name=st.sampled_from(["noor", "bo"]))
    def suspended(self, name: str) -> None:
        self.door.suspended(name)

    @rule()
    def restarted(self) -> None:
        suspended = [name for name, one in self.door.directory.members.items() if one.suspended]
        self.door.restart()
        for name in suspended:
            self.door.suspended(name)

    def _within(self) -> int:
        return len(self.door.directory.devices) + self.door.whats().count("signed_in")

    @invariant()
    def what_is_open_lapses_and_is_one_of_a_kind(self) -> None:
        still = self.door.world.all_kept(ORG, Link)
        assert self.door.wakes("link") == set(still)
        assert len({(link.kind, link.member) for link in still.values()}) == len(still)
        assert all(link.ends_ms > self.door.now_ms for link in still.values())


TestAnyDoor = AnyDoor.TestCase
