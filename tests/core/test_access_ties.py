"""Ties: kept by untied coordinators, in force at once, unknown to those they bind, lifted by two."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from ward import HOUR, MINUTE, NUMBERS, ORG, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.changes import Change
from tocsin.core.access.commands import LookAt
from tocsin.core.access.edits import TieEdit
from tocsin.core.access.people_sight import shows_act, tie_views
from tocsin.core.access.record import Act, By, TieAsked
from tocsin.core.access.tie_commands import LiftTie, SetTie
from tocsin.core.access.ties import NOT_YOUR_OWN, leaves_short
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Shift
from tocsin.core.limits import CHANGE_LAPSES_MS
from tocsin.core.refusals import NO_SUCH_MEMBER, NO_SUCH_RECORD
from tocsin.core.words import Outcome, Role

DONE = Done()


class Keepers(Ward):
    """The ward with a second and a third coordinator: Wale, Mika and Ada, who also runs it."""

    def __init__(self) -> None:
        super().__init__()
        self.guarded()
        ada = self.directory.members["ada"]
        self.change("ada", roles=(Role.ADMINISTRATOR, Role.COORDINATOR))
        self._write(
            lambda docket: docket.set_members([replace(ada, id="mika", name="Mika", roles=(Role.COORDINATOR,))])
        )
        self.by = {name: self.session(name) for name in ("wale", "mika", "ada", "ines", "bo")}

    def tie(self, who: str, member: str, about: str = "noor") -> c.Reply:
        return self.do(SetTie(org=ORG, by=self.by[who], member=member, about=about))

    def lift(self, who: str, member: str, about: str = "noor") -> c.Reply:
        return self.do(LiftTie(org=ORG, by=self.by[who], member=member, about=about))

    def tied(self, member: str) -> tuple[str, ...]:
        return self.directory.members[member].not_told_about

    def sees(self, who: str) -> set[tuple[str, str, bool]]:
        """The page of ties, as this coordinator gets it."""
        askings = self.world.all_kept(ORG, TieAsked).values()
        found = tie_views(self.directory, who, self.directory.members.values(), askings)
        return {(tie.member.id, tie.about.id, tie.waiting) for tie in found}

    def reads(self, who: str) -> list[str]:
        """The words of the trail that this reader gets."""
        facts = [fact.body for fact in self.store.facts(ORG, 0, 100_000) if fact.stream.startswith("act/")]
        acts = [msgspec.msgpack.decode(body, type=Act) for body in facts if body is not None]
        assert all(act.told is Told.COORDINATORS for act in acts)
        return [act.what for act in acts if shows_act(self.directory, who, act)]


@pytest.fixture
def ward() -> Keepers:
    return Keepers()


def test_a_new_tie_acts_at_once_and_only_those_who_keep_it_learn_of_it(ward: Keepers) -> None:
    assert ward.tie("wale", "bo") == DONE
    assert ward.tied("bo") == ("noor",)
    assert ward.sees("wale") == ward.sees("mika") == {("bo", "noor", False)}
    assert ward.sees("bo") == ward.sees("ines") == ward.sees("noor") == set()
    assert ward.reads("mika") == ["tie_set"]
    assert [ward.reads(who) for who in ("bo", "ines", "noor")] == [[], [], []]
    assert ward.tie("mika", "bo") == DONE and ward.reads("mika") == ["tie_set"], "it is so already"


def test_a_new_tie_takes_the_other_out_of_every_open_alert_and_undoes_their_part_in_a_close(ward: Keepers) -> None:
    alert = ward.press()
    ward.do(c.ProposeClose(org=ORG, alert=alert, member="bo", device="bo-phone", outcome=Outcome.SAFE))
    ward.tie("wale", "bo")
    now = ward.alert(alert)
    assert now.people["bo"].withdrawn and now.proposal is None


def test_only_coordinators_who_are_signed_in_keep_ties(ward: Keepers) -> None:
    not_allowed = Declined(problem=Problem.NOT_ALLOWED)
    for by in (ward.by["ines"], By(), By("wale", Via.DEVICE, "wale-phone")):
        assert ward.do(SetTie(org=ORG, by=by, member="bo", about="noor")) == not_allowed
        assert ward.do(LiftTie(org=ORG, by=by, member="bo", about="noor")) == not_allowed
    assert ward.tied("bo") == ()


def test_nobody_keeps_a_tie_of_their_own_nor_one_of_nobody(ward: Keepers) -> None:
    assert ward.tie("wale", "wale") == ward.tie("wale", "bo", "wale") == NOT_YOUR_OWN
    assert (
        ward.tie("wale", "nobody") == ward.tie("wale", "bo", "nobody") == ward.tie("wale", "bo", "bo") == NO_SUCH_MEMBER
    )


def test_a_tie_that_leaves_too_few_to_call_takes_two_coordinators(ward: Keepers) -> None:
    ward.tie("wale", "bo")
    assert ward.tie("wale", "teo") == DONE and ward.tie("wale", "teo") == DONE
    assert ward.tied("teo") == () and ("teo", "noor", True) in ward.sees("mika"), "asked by one, however often"
    assert ward.tie("mika", "teo") == DONE
    assert ward.tied("teo") == ("noor",) and ward.sees("mika") == {("bo", "noor", False), ("teo", "noor", False)}
    assert ward.reads("mika") == ["tie_set", "tie_asked", "tie_set"] and not ward.world.all_kept(ORG, TieAsked)


def test_an_asking_lapses_and_is_taken_back_and_counts_no_more_when_its_asker_may_not_ask(ward: Keepers) -> None:
    ward.tie("wale", "bo")
    ward.tie("wale", "teo")
    ward.wait(CHANGE_LAPSES_MS)
    assert ward.reads("mika")[-1] == "tie_lapsed" and ("teo", "noor", True) not in ward.sees("mika")
    ward.by = {name: ward.session(name, number=2) for name in ward.by}
    ward.tie("wale", "teo")
    assert ward.lift("mika", "teo") == DONE and ward.reads("mika")[-1] == "tie_taken_back"
    ward.tie("wale", "teo")
    ward.change("wale", suspended=True)
    ward.tie("mika", "teo")
    assert ward.tied("teo") == () and len(ward.world.all_kept(ORG, TieAsked)) == 2
    ward.tie("ada", "teo")
    assert ward.tied("teo") == ("noor",) and not ward.world.all_kept(ORG, TieAsked)


def test_lifting_a_tie_is_a_change_that_waits_for_two(ward: Keepers) -> None:
    ward.tie("wale", "bo")
    reply = ward.lift("wale", "bo")
    assert isinstance(reply, Done) and reply.split is not None
    (waiting,) = reply.split.waiting
    change = ward.world.kept(ORG, Change, waiting)
    assert change is not None and change.edit == TieEdit("bo", "noor", before=True, after=False)
    assert ward.tied("bo") == ("noor",)
    assert ward.lift("wale", "teo") == ward.lift("wale", "nobody") == NO_SUCH_RECORD


# Whoever is bound and keeps ties themself ---------------------------------------------------------------------------


def test_a_coordinator_who_is_bound_finds_every_answer_and_every_page_as_if_they_were_not(ward: Keepers) -> None:
    """Wale may not be told about Noor, and does not know it.  Mika is what he believes himself to be."""
    other = Keepers()
    ward.change("wale", not_told_about=("noor",))
    told = {}
    for world, who in ((ward, "wale"), (other, "wale")):
        answers = [world.tie(who, "bo"), world.tie(who, "bo"), world.tie(who, "teo"), world.lift(who, "ines")]
        told[world] = (answers, world.sees(who), world.reads(who))
    assert told[ward] == told[other]
    assert told[ward][1:] == ({("bo", "noor", False), ("teo", "noor", True)}, ["tie_set", "tie_asked"])
    assert ward.tied("bo") == ward.tied("teo") == ()


def test_what_a_bound_coordinator_asked_for_is_told_to_those_who_may_keep_it_and_can_be_set_by_them(
    ward: Keepers,
) -> None:
    ward.change("wale", not_told_about=("noor",))
    ward.tie("wale", "bo")
    assert ward.reads("mika") == ["tie_set", "tie_not_in_force"] and ward.sees("mika") == {("wale", "noor", False)}
    assert ward.tie("mika", "bo") == DONE and ward.tied("bo") == ("noor",)
    assert ward.sees("wale") == set(), "his own asking is over; what is in force he may not know"


def test_a_bound_coordinator_takes_back_what_is_not_so_and_lifts_nothing(ward: Keepers) -> None:
    ward.change("wale", not_told_about=("noor",))
    ward.change("bo", not_told_about=("noor",))
    assert ward.lift("wale", "bo") == NO_SUCH_RECORD
    ward.tie("wale", "teo")
    assert ward.lift("wale", "teo") == DONE and ward.sees("wale") == set()
    assert ward.lift("wale", "teo") == NO_SUCH_RECORD and ward.tied("bo") == ("noor",)


# What is short ------------------------------------------------------------------------------------------------------


def test_a_night_to_come_counts_as_much_as_now(ward: Keepers) -> None:
    night = Shift(SITE, ("bo", "teo"), ward.now_ms + HOUR, ward.now_ms + 2 * HOUR)
    day = Shift(SITE, ("noor", "bo", "teo", "ines"), 0, ward.now_ms + HOUR)
    assert not leaves_short(replace(ward.directory, shifts=(day,)), "bo", "noor", ward.now_ms)
    assert leaves_short(replace(ward.directory, shifts=(night, day)), "bo", "noor", ward.now_ms)
    assert not leaves_short(replace(ward.directory, shifts=(night, day)), "bo", "noor", ward.now_ms + 3 * HOUR)
    assert not leaves_short(replace(ward.directory, shifts=(night, day)), "ada", "noor", ward.now_ms), (
        "no rung calls Ada"
    )


def test_whoever_cannot_be_reached_is_not_counted_as_left(ward: Keepers) -> None:
    teo = ward.directory.members["teo"]
    ward.change("teo", contacts=tuple(replace(contact, opted_out=True) for contact in teo.contacts))
    assert NUMBERS["teo"] and leaves_short(ward.directory, "bo", "noor", ward.now_ms)


def test_time_does_nothing_to_an_asking_that_is_over(ward: Keepers) -> None:
    ward.tie("wale", "bo")
    ward.tie("wale", "teo")
    (asked,) = ward.world.all_kept(ORG, TieAsked)
    ward.lift("wale", "teo")
    ward.wait(MINUTE)
    before = len(ward.store.content.facts)
    for id in (asked, "never"):
        ward.do(LookAt(org=ORG, kind="tieasked", id=id))
    assert len(ward.store.content.facts) == before
