"""How long a site waits for whoever is on a walk: longer waits for a second person, whichever way it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from second_person import acts, agree, applied, by, file, now, peopled, problem
from ward import ORG, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.changes import ChangePhase
from tocsin.core.access.edit_words import words_of
from tocsin.core.access.edits import GraceEdit, ReminderEdit, SiteEdit
from tocsin.core.access.plan_commands import SetWalkTimes
from tocsin.core.access.splitting import difference
from tocsin.core.access.weakens import Weakens
from tocsin.core.access.words import Told
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Directory, Site
from tocsin.core.limits import WALK_GRACE_S, WALK_REMIND_S

SEEN = (WALK_GRACE_S, WALK_REMIND_S)


@pytest.fixture
def ward() -> Ward:
    return peopled()


def site(ward: Ward) -> Site:
    return ward.world.directory(ORG).sites[SITE]


def times(ward: Ward) -> tuple[int, int]:
    return site(ward).walk_grace_s, site(ward).walk_remind_s


def asked(ward: Ward, name: str, grace_s: int, remind_s: int, before: tuple[int, int] = SEEN) -> c.Reply:
    command = SetWalkTimes(
        org=ORG, by=by(ward, name), site=SITE, before=before, grace_s=grace_s, remind_s=remind_s, why="a dark lot"
    )
    return ward.do(command)


def waiting(reply: c.Reply) -> tuple[str, ...]:
    assert isinstance(reply, Done) and reply.split is not None, reply
    return reply.split.waiting


def with_times(ward: Ward, grace_s: int, remind_s: int, **more: str) -> Directory:
    return file(ward, sites={SITE: replace(site(ward), walk_grace_s=grace_s, walk_remind_s=remind_s, **more)})


# From the page ----------------------------------------------------------------------------------------------------


def test_a_shorter_wait_and_an_earlier_reminder_act_at_once_and_every_supervisor_is_told(ward: Ward) -> None:
    assert not waiting(asked(ward, "teo", 30, 300))
    assert times(ward) == (30, 300)
    told = [(act.detail, act.told, act.why) for act in acts(ward) if act.what == "changed_at_once"]
    assert told == [(word, Told.SUPERVISORS, "a dark lot") for word in ("grace_changed", "reminder_changed")]


def test_a_longer_wait_waits_for_a_second_person_and_the_delay(ward: Ward) -> None:
    (change,) = waiting(asked(ward, "ada", 120, WALK_REMIND_S))
    assert times(ward) == SEEN and now(ward, change).weakens == (Weakens.LENGTHENS_GRACE,)
    agree(ward, "teo", change)
    assert times(ward) == SEEN and now(ward, change).phase is ChangePhase.AGREED
    ward.wait(now(ward, change).due_ms - ward.now_ms)
    assert times(ward) == (120, WALK_REMIND_S)


def test_less_time_after_the_reminder_waits_and_three_make_it_so_at_once(ward: Ward) -> None:
    (change,) = waiting(asked(ward, "ada", WALK_GRACE_S, 60))
    assert now(ward, change).weakens == (Weakens.REMINDS_LATER,)
    for name in ("teo", "ines", "wale"):
        agree(ward, name, change)
    assert times(ward) == (WALK_GRACE_S, 60)


def test_of_two_times_the_stronger_acts_now_though_the_other_waits(ward: Ward) -> None:
    (change,) = waiting(asked(ward, "teo", 30, 60))
    assert times(ward) == (30, WALK_REMIND_S)
    assert now(ward, change).edits == (ReminderEdit(SITE, WALK_REMIND_S, 60),)


def test_who_shortens_meanwhile_overtakes_the_longer_wait_that_waited(ward: Ward) -> None:
    (change,) = waiting(asked(ward, "ada", 120, WALK_REMIND_S))
    agree(ward, "teo", change)
    asked(ward, "ines", 45, WALK_REMIND_S)
    ward.wait(now(ward, change).due_ms - ward.now_ms)
    assert times(ward) == (45, WALK_REMIND_S) and now(ward, change).phase is ChangePhase.OVERTAKEN


def test_two_who_set_the_times_at_once_do_not_both_win(ward: Ward) -> None:
    asked(ward, "teo", 30, WALK_REMIND_S)
    assert problem(asked(ward, "ines", 45, WALK_REMIND_S)) is Problem.STALE
    assert times(ward) == (30, WALK_REMIND_S)


def test_the_same_times_change_nothing(ward: Ward) -> None:
    assert asked(ward, "teo", *SEEN) == Done(known=True)


def test_whoever_may_not_change_plans_sets_no_times_and_of_no_site_there_are_none(ward: Ward) -> None:
    for name in ("wale", "bo", "noor"):
        assert problem(asked(ward, name, 30, 300)) is Problem.NOT_ALLOWED
    nowhere = SetWalkTimes(org=ORG, by=by(ward, "teo"), site="nowhere", before=SEEN, grace_s=30, remind_s=300)
    assert problem(ward.do(nowhere)) is Problem.NO_SUCH_RECORD
    assert times(ward) == SEEN


@pytest.mark.parametrize(("grace_s", "remind_s", "key"), [(14, 180, "walk_grace_s"), (60, 901, "walk_remind_s")])
def test_a_time_out_of_its_bounds_is_refused_and_says_which(ward: Ward, grace_s: int, remind_s: int, key: str) -> None:
    reply = asked(ward, "teo", grace_s, remind_s)
    assert isinstance(reply, Declined) and reply.problem is Problem.BAD_DIRECTORY
    assert key in str(reply.findings[0]) and times(ward) == SEEN


# From a file ------------------------------------------------------------------------------------------------------


def test_a_file_that_waits_longer_waits_itself_and_what_else_it_says_of_the_site_does_not(ward: Ward) -> None:
    split = applied(ward, with_times(ward, 300, 60, name="Renamed")).split
    assert split is not None and len(split.waiting) == 2 and not split.refused
    assert site(ward) == replace(site(ward), name="Renamed", walk_grace_s=WALK_GRACE_S, walk_remind_s=WALK_REMIND_S)
    again = applied(ward, with_times(ward, 300, 60)).split
    assert again is not None and again.waiting == split.waiting


def test_a_file_that_waits_less_acts_at_once(ward: Ward) -> None:
    split = applied(ward, with_times(ward, 15, 900)).split
    assert split is not None and not split.waiting and times(ward) == (15, 900)


def test_a_file_that_takes_the_longer_wait_back_withdraws_it(ward: Ward) -> None:
    split = applied(ward, with_times(ward, 300, WALK_REMIND_S)).split
    assert split is not None
    applied(ward, with_times(ward, *SEEN))
    assert [now(ward, change).phase for change in split.waiting] == [ChangePhase.WITHDRAWN]


def test_before_anybody_who_may_agree_has_signed_in_a_file_acts_whole() -> None:
    ward = Ward()
    assert applied(ward, with_times(ward, 300, 30)).split is None and times(ward) == (300, 30)


def test_a_new_site_comes_with_its_times_and_keeps_nobody_waiting(ward: Ward) -> None:
    here = ward.world.directory(ORG)
    annex = Site("annex", "Annex", "UTC", None, 300, 30)
    assert difference(here, replace(here, sites={**here.sites, "annex": annex})) == [SiteEdit("annex", None, annex)]


# In words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            lambda at: GraceEdit(at, 60, 120),
            "Centre: help is called 60 s -> 120 s after the end of a walk",
        ),
        (
            lambda at: ReminderEdit(at, 180, 30),
            "Centre: whoever is on a walk is reminded 180 s -> 30 s before its end",
        ),
    ],
)
def test_what_changes_is_said_in_seconds(ward: Ward, edit: Callable[[str], GraceEdit], said: str) -> None:
    here = ward.world.directory(ORG)
    named = replace(here, sites={SITE: replace(site(ward), name="Centre")})
    assert str(words_of(named, edit(SITE))) == said
