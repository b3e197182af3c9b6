"""What a preview tells of a night that never was; that it agrees with one that is, is told in the stories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from tocsin.core import preview as p
from tocsin.core.access.plan_sight import known_to, with_plan, with_somebody
from tocsin.core.access.record import Act
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Script, Shift, Site
from tocsin.core.escalation import Barred
from tocsin.core.limits import GSM7_SEGMENT
from tocsin.core.paper import Paper
from tocsin.core.preview import Alone, Imagined, Preview, Skipped, preview
from tocsin.core.words import Channel, Duty, Kind, Reason, Role, Why

SITE, AT_MS, FOR_EVER_MS = "centre", 1_795_000_000_000, 10**15
ROUTES = {Channel.SMS: ("twilio",), Channel.VOICE: ("twilio",)}
ROLES = {
    "noor": (Role.WORKER, Role.RESPONDER),
    "teo": (Role.RESPONDER, Role.SUPERVISOR),
    "bo": (Role.RESPONDER,),
    "ines": (Role.SUPERVISOR,),
    "wale": (Role.COORDINATOR,),
    "ruth": (Role.COORDINATOR,),
}
EVERY = ((Channel.PUSH, Channel.SMS, Channel.VOICE),)
PLAN = Plan(
    SITE,
    Kind.SOS,
    2,
    (
        Rung(0, ("on_shift",), EVERY),
        Rung(45, ("role:supervisor",), EVERY),
        Rung(90, ("member:ines", "member:wale", "member:teo"), EVERY),
    ),
)


def member(name: str, *kinds: Channel, **more: object) -> Member:
    number = f"+120255501{list(ROLES).index(name)}"
    ways = tuple(Contact(f"{name}/{kind}", kind, f"{number}{n}", verified=True) for n, kind in enumerate(kinds))
    return replace(Member(name, name.title(), ROLES[name], contacts=ways), **more)


def centre(*, on: tuple[str, ...] = ("noor", "teo", "bo"), plan: Plan = PLAN, **changed: Member) -> Directory:
    return peopled(changed, on=on, plan=plan)


def peopled(
    changed: Mapping[str, Member], *, on: tuple[str, ...] = ("noor", "teo", "bo"), plan: Plan = PLAN
) -> Directory:
    people = {name: member(name, Channel.SMS, Channel.VOICE) for name in ROLES}
    return Directory(
        "alder",
        "Alder",
        members={**people, **changed},
        sites={SITE: Site(SITE, "Centre", "UTC")},
        shifts=(Shift(SITE, on, 0, FOR_EVER_MS),) if on else (),
        plans=(plan,),
    )


def pressed(known: Directory, **more: Any) -> Preview:
    asked: dict[str, Any] = {"site": SITE, "member": "noor", "at_ms": AT_MS, **more}
    return preview(known, ROUTES, Imagined(**asked))


def rung_at(told: Preview, at_ms: int) -> set[tuple[str, Channel]]:
    return {(step.member, step.channel) for step in told.steps if step.at_ms == at_ms}


def test_whoever_is_on_shift_is_rung_at_once_by_each_of_their_ways_and_the_rest_later() -> None:
    told = pressed(centre())
    both = (Channel.SMS, Channel.VOICE)
    assert rung_at(told, 0) == {(name, way) for name in ("teo", "bo") for way in both}
    assert {name for name, _ in rung_at(told, 90_000)} == {"ines", "wale", "teo", "bo"}  # The first two still ring.
    assert (told.last_new_ms, told.again_ms) == (90_000, 120_000)
    assert {step.why for step in told.steps} == {Why.RAISED, Why.REPEAT, Why.RUNG_DUE, Why.LADDER_REPEATS}
    assert not told.alone and told.paged_ms is None and not told.cut


def test_a_call_that_rings_is_not_made_a_second_time_beside_it() -> None:
    calls = [step for step in pressed(centre()).steps if step.member == "bo" and step.channel is Channel.VOICE]
    assert [call.at_ms for call in calls] == [0]


def test_nobody_is_rung_who_may_not_be_told_and_why_is_said_of_each() -> None:
    gone = {
        "bo": member("bo", Channel.SMS, suspended=True),
        "teo": member("teo", Channel.SMS, not_told_about=("noor",)),
    }
    told = pressed(peopled(gone))
    assert told.skipped[:3] == (
        Skipped(0, 0, "noor", Barred.IN_DANGER),
        Skipped(0, 0, "teo", Barred.TIED),
        Skipped(0, 0, "bo", Barred.SUSPENDED),
    )
    assert {step.member for step in told.steps} == {"ines", "wale"}


def test_when_too_few_remain_the_supervisors_and_coordinators_who_join_are_named() -> None:
    alone = centre(on=("noor", "bo"), plan=replace(PLAN, rungs=PLAN.rungs[:1] + PLAN.rungs[2:]))
    assert pressed(alone).joined == ((0, "teo"), (0, "ines"), (0, "wale"), (0, "ruth"))


def test_somebody_without_a_way_is_named_with_what_is_wrong_with_theirs() -> None:
    stopped = member("bo", Channel.SMS)
    stopped = replace(stopped, contacts=(replace(stopped.contacts[0], opted_out=True),))
    told = pressed(centre(bo=stopped))
    assert Skipped(0, 0, "bo", Reason.OPTED_OUT) in told.skipped
    assert "bo" not in {step.member for step in told.steps}


def test_where_nobody_has_a_way_that_is_said_at_once_and_the_operator_is_paged() -> None:
    nobody = peopled({name: member(name) for name in ROLES})
    told = pressed(nobody)
    assert told.alone == (Alone(0),) and told.paged_ms == 0 and not told.steps
    assert {skip.why for skip in told.skipped if skip.member != "noor"} == {Reason.NO_CONTACT}


def test_where_texts_fail_whoever_has_nothing_else_is_lost_and_the_others_are_not() -> None:
    told = pressed(centre(bo=member("bo", Channel.SMS)), failing=frozenset({Channel.SMS}))
    lost = next(skip for skip in told.skipped if skip.member == "bo")
    assert lost.why is Reason.VENDOR_DOWN and lost.at_ms == 5_000  # After three tries, a second and four apart.
    assert not told.alone


def test_another_vendor_is_tried_before_somebody_is_given_up() -> None:
    two = {**ROUTES, Channel.SMS: ("twilio", "vonage")}
    imagined = Imagined(site=SITE, member="noor", at_ms=AT_MS, failing=frozenset({Channel.SMS}))
    told = preview(centre(bo=member("bo", Channel.SMS)), two, imagined)
    tries = [step.at_ms for step in told.steps if step.member == "bo"][:3]
    assert tries[0] == tries[1] == 0 and Skipped(tries[2], 0, "bo", Reason.VENDOR_DOWN) in told.skipped


def test_whom_an_earlier_step_reached_is_rung_on_by_its_ways_where_a_later_one_has_none_to_them() -> None:
    by_text = replace(PLAN.rungs[0], audience=("member:ines",), channels=((Channel.SMS,),))
    by_call = replace(PLAN.rungs[2], channels=((Channel.VOICE,),))
    people = {name: member(name) for name in ROLES} | {"ines": member("ines", Channel.SMS)}
    told = pressed(peopled(people, plan=replace(PLAN, rungs=(by_text, by_call))))
    assert rung_at(told, 90_000) == {("ines", Channel.SMS)}
    assert not told.alone and told.paged_ms is None


def test_nobody_is_left_only_until_somebody_who_can_be_reached_comes_on_shift() -> None:
    known = peopled({name: member(name) for name in ROLES} | {"bo": member("bo", Channel.SMS)}, on=("noor", "teo"))
    later = Shift(SITE, ("bo",), AT_MS + 20_000, FOR_EVER_MS)
    told = pressed(replace(known, shifts=(*known.shifts, later)))
    assert told.alone == (Alone(0, 30_000),) and told.paged_ms == 0


def test_what_no_phone_has_confirmed_in_four_minutes_is_given_up_and_rung_anew() -> None:
    slow = replace(PLAN.rungs[0], repeat_s=120)
    told = pressed(centre(plan=replace(PLAN, rungs=(slow, replace(PLAN.rungs[2], after_s=300)))))
    calls = [step.at_ms for step in told.steps if step.member == "bo" and step.channel is Channel.VOICE]
    assert calls == [0, 330_000]  # At 240 s they are rung again a moment before it is given up.


def test_a_world_on_paper_holds_nothing_but_the_one_alert() -> None:
    paper = Paper(centre(), ROUTES)
    assert paper.alert("alder", "any") is None and not list(paper.open_alerts("alder"))
    assert not paper.known_by_number("alder", "+12025550112") and not paper.practice("alder", "+12025550112")
    assert paper.round("alder", "any") is None and paper.replied_ms("alder", "+12025550112") is None
    assert paper.kept("alder", Act, "any") is None and not paper.all_kept("alder", Act)
    assert not paper.practised("alder", SITE) and not paper.deliveries("alder", "any")
    assert paper.walk("alder", "any") is None and paper.walk_of("alder", "noor") is None
    assert not paper.has_walk("alder", "any") and not paper.fixes_of("any")


def test_a_site_without_a_plan_rings_whoever_there_is() -> None:
    told = pressed(replace(centre(), plans=()))
    assert told.plan.version == 0 and {name for name, _ in rung_at(told, 0)} == {"teo", "bo"}


def test_each_duty_reads_its_words_in_its_language_in_one_segment_with_the_place_in_it() -> None:
    script = Script(Duty.DOOR, "es", "Cierre la puerta norte.")
    spanish = member("bo", Channel.SMS, language="es", duties=(Duty.DOOR,))
    told = pressed(centre(bo=spanish, plan=replace(PLAN, scripts=(script,))), place="Lot B").told
    assert {(text.language, text.duty) for text in told} >= {("en", Duty.EVERYONE), ("es", Duty.DOOR)}
    assert all("Lot B" in text.text and text.septets <= GSM7_SEGMENT for text in told)
    assert any("Cierre la puerta norte" in text.text for text in told)


def test_beyond_what_anybody_reads_it_says_that_there_would_be_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "MESSAGES_MAX", 3)
    told = pressed(centre())
    assert told.cut and len(told.steps) == 3 and told.again_ms is None


def test_somebody_who_is_nobody_in_particular_is_on_no_shift_and_tied_to_nobody() -> None:
    known, id = with_somebody(centre(somebody=replace(member("bo"), id="somebody")), "Somebody")
    assert id == "somebody-"
    assert {name for name, _ in rung_at(pressed(known, member=id), 0)} == {"noor", "teo", "bo"}


def test_a_draft_is_previewed_in_the_place_of_what_is_in_force_and_of_nothing_else() -> None:
    draft = replace(PLAN, rungs=(Rung(0, ("member:ruth",), EVERY), PLAN.rungs[2]))
    overdue = replace(PLAN, kind=Kind.OVERDUE)
    known = with_plan(replace(centre(), plans=(PLAN, overdue)), draft)
    assert "bo" not in {step.member for step in pressed(known).steps}
    assert {name for name, _ in rung_at(pressed(known, kind=Kind.OVERDUE), 0)} == {"teo", "bo"}


def test_however_often_people_without_any_way_are_asked_for_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "ASKED_MAX", 40)
    often = tuple(replace(rung, repeat_s=1) for rung in PLAN.rungs)
    told = pressed(peopled({name: member(name) for name in ROLES}, plan=replace(PLAN, rungs=often)))
    assert told.cut and not told.steps and told.alone == (Alone(0),)


# Who is tied to whom -----------------------------------------------------------------------------------------------


def tied(*names: str) -> Directory:
    ways = (Channel.SMS, Channel.VOICE)
    return peopled({name: member(name, *ways, not_told_about=("noor", "ines")) for name in names})


@pytest.mark.parametrize("reader", ["teo", "bo", "ines", "ruth", "noor", "nobody here"])
def test_whoever_keeps_no_ties_is_shown_the_same_whether_or_not_somebody_is_tied(reader: str) -> None:
    """Ruth coordinates, and is herself not to be told about Noor."""
    worlds = (tied("teo", "ruth"), tied("bo", "ruth"), tied("ruth"))
    shown = {pressed(known_to(known, reader, "noor")) for known in worlds}
    assert len(shown) == 1


def test_a_coordinator_who_keeps_the_tie_sees_whom_it_leaves_out() -> None:
    told = pressed(known_to(tied("teo"), "wale", "noor"))
    assert Skipped(0, 0, "teo", Barred.TIED) in told.skipped


def test_ties_to_anybody_else_are_none_of_this_press_and_stay() -> None:
    known = known_to(tied("teo"), "bo", "noor")
    assert known.members["teo"].not_told_about == ("ines",)


def test_that_she_is_watched_over_is_shown_to_whoever_keeps_that() -> None:
    watched = centre(noor=member("noor", Channel.SMS, watch_window=True))
    assert known_to(watched, "wale", "noor").members["noor"].watch_window
    assert not known_to(watched, "bo", "noor").members["noor"].watch_window


def test_where_nothing_is_to_be_kept_from_them_nothing_is_copied() -> None:
    known = centre()
    assert known_to(known, "bo", "noor") is known


@pytest.mark.parametrize("failing", [(), (Channel.SMS,), (Channel.SMS, Channel.VOICE)])
def test_a_crowd_is_foreseen_without_the_square_of_it(
    failing: tuple[Channel, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = {f"r{n}": replace(member("bo", Channel.SMS, Channel.VOICE), id=f"r{n}") for n in range(60)}
    papers: list[Paper] = []

    class Watched(Paper):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            papers.append(self)

    monkeypatch.setattr(p, "Paper", Watched)
    told = pressed(peopled(crowd, on=(*crowd, "teo")), failing=frozenset(failing))
    (paper,) = papers
    assert len({step.member for step in told.steps}) >= 60
    assert paper.sent.looked_at <= len(paper.sent), "each message is indexed once in a whole night"
