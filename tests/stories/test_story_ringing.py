"""Ringing: rungs that add people, dead rungs that cost nobody a second, a ladder that starts over."""

from __future__ import annotations

import pytest
from carrier import Mood
from msgspec.structs import replace
from people import NUMBERS, ORG, PLAN, directory, member, rung
from town import Town

from tocsin.core import commands as c
from tocsin.core.directory import Contact, Plan, Rung, Shift
from tocsin.core.words import Answer, Channel, DeliveryState, Kind, Phase, Purpose, Reason, Role, Why


def test_each_rung_adds_people_and_earlier_ones_keep_ringing(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.at(30)
    town.expect("ring teo bo ines")
    town.at(45)
    town.expect("ring ines wale")
    town.at(60)
    town.expect("ring teo bo")
    town.at(75)
    town.expect("ring ines wale")
    town.at(90)
    town.expect("ring teo bo ines wale hana")


def test_a_rung_never_rings_early(town: Town) -> None:
    town.press()
    town.at(44.999)
    assert town.rung == 0
    town.at(45)
    assert town.rung == 1
    town.expect_only("ring")


def test_earlier_people_ring_until_they_answer_and_not_after(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.CANNOT)
    town.at(30)
    town.expect("ring bo ines")


def test_after_the_backstop_the_ladder_repeats_until_it_is_closed(town: Town) -> None:
    town.press()
    town.at(119)
    assert (town.rung, town.alert().ladder_pass) == (2, 1)
    town.at(120)  # repeat_s of the backstop after it.
    assert (town.rung, town.alert().ladder_pass, town.alert().pass_started_ms) == (0, 2, town.now_ms)
    town.at(165)
    assert town.rung == 1
    town.at(600)
    assert town.alert().ladder_pass == 6 and town.phase is Phase.CLIMBING
    assert town.expect_only("ring") == {"teo", "bo", "ines", "wale", "hana"}


def test_a_pass_begins_no_sooner_than_thirty_seconds_after_the_last_one(town: Town) -> None:
    quick = replace(PLAN, rungs=(rung(0, "on_shift"), rung(2, "member:ines", "member:wale", "member:hana", repeat_s=5)))
    town.founded(directory(plan=quick))
    town.press()
    town.at(29.999)
    assert town.alert().ladder_pass == 1
    town.at(30)
    assert town.alert().ladder_pass == 2
    town.expect_only("ring")


def test_an_empty_rung_is_climbed_within_the_same_instant(town: Town) -> None:
    plan = replace(PLAN, rungs=(rung(0, "role:coordinator"), rung(60, "role:coordinator"), *PLAN.rungs[2:]))
    town.founded(directory(plan=plan))
    town.press()
    town.expect("ring ines wale hana")
    assert town.rung == 2 and town.alert().why is Why.RUNG_SKIPPED


def test_skipping_ahead_never_moves_a_later_rung_back(town: Town) -> None:
    plan = replace(PLAN, rungs=(rung(0, "member:bo"), rung(45, "member:teo"), *PLAN.rungs[2:]))
    town.founded(directory(on=("noor",), plan=plan))
    town.carrier.moods["bo"] = Mood.DEAD
    town.press()
    assert town.rung == 0
    town.expect("ring ines wale hana", "ring teo")  # Too few would remain; and then the dead rung is climbed.
    assert town.rung == 1
    town.at(89)
    assert town.rung == 1
    town.at(90)
    assert town.rung == 2
    town.expect_only("ring")


def test_an_empty_night_roster_reaches_the_backstop_at_once(town: Town) -> None:
    town.founded(directory(on=()))
    town.press()
    town.expect("ring ines wale hana")


def test_a_night_shift_of_two_one_of_them_the_only_supervisor_and_tied(town: Town) -> None:
    town.founded(directory(on=("noor", "teo", "ines"), ties=("ines",)))
    town.press()
    town.expect("ring teo wale hana")  # Every untied supervisor and coordinator joins, on shift or not.
    assert town.say("ines", Answer.WITH_THEM) == c.Declined(problem=c.Problem.NOT_RUNG)
    assert "ines" not in town.alert().people


def test_the_person_in_danger_is_the_only_supervisor(town: Town) -> None:
    town.founded(directory(on=("ines", "teo", "bo")))
    town.press("ines")
    town.expect("ring teo bo wale hana")


def test_enough_people_who_may_close_call_nobody_in(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    assert set(town.alert().people) == {"teo", "bo", "ines"}


def test_when_an_opt_out_leaves_too_few_the_supervisors_join_at_once(town: Town) -> None:
    town.founded(directory(on=("noor", "teo", "ines")))
    town.press()
    town.expect("ring teo ines")
    town.at(5)
    town.text("ines", "STOP", opt_out="STOP")
    town.expect("ring wale hana")
    assert town.alert().why is Why.TOO_FEW


def test_when_a_suspension_leaves_too_few_the_supervisors_join_at_once(town: Town) -> None:
    town.founded(directory(on=("noor", "teo", "ines")))
    town.press()
    town.expect("ring teo ines")
    town.suspend("teo")
    town.expect("ring wale hana")


def test_everybody_opted_out_pages_the_operator_and_says_reaches_nobody(town: Town) -> None:
    for name in NUMBERS:
        town.text(name, "STOP", opt_out="STOP")
    town.press()
    assert town.alert().reaches_nobody and "alert_reaches_nobody" in town.pages
    assert town.rung == 2, "every rung was tried"
    shown = [m for m in town.deliveries() if m.state is DeliveryState.UNDELIVERABLE]
    assert {m.member for m in shown} == {"teo", "bo", "ines", "wale", "hana"}
    assert {m.reason for m in shown} == {Reason.OPTED_OUT} and not town.carrier.sent
    town.at(300)
    assert town.alert().ladder_pass > 3 and town.pages.count("alert_reaches_nobody") == 1


def by_ways(*rungs: Rung) -> Plan:
    return replace(PLAN, rungs=rungs)


def test_whom_an_earlier_step_reached_goes_on_ringing_where_the_next_one_has_no_way_to_them(town: Town) -> None:
    """They are no false alarm either: the text that they got may still be read."""
    net = Rung(45, ("member:teo", "member:wale", "member:hana"), ((Channel.VOICE,),))
    town.founded(directory(on=("noor", "teo"), plan=by_ways(rung(0, "on_shift"), net)))
    for name in ("ines", "wale", "hana"):
        town.suspend(name)
    town.press()
    town.expect("ring teo")
    for seconds, step in ((30, 0), (45, 1), (75, 0), (105, 0), (120, 1)):
        town.at(seconds)
        town.expect("ring teo")
        assert town.rung == step
    assert town.alert().people["teo"].unreachable is None
    assert not town.alert().reaches_nobody


def test_what_a_step_only_tells_besides_it_tells_all_the_same() -> None:
    town = Town(routes={Channel.SMS: ("twilio",), Channel.EMAIL: ("smtp",)})
    net = Rung(45, ("member:teo", "member:wale", "member:hana"), ((Channel.VOICE, Channel.EMAIL),))
    known = directory(on=("noor", "teo"), plan=by_ways(rung(0, "on_shift"), net))
    mail = Contact("teo/mail", Channel.EMAIL, "teo@example.org", verified=True)
    teo = replace(known.members["teo"], contacts=(*known.members["teo"].contacts, mail))
    town.founded(replace(known, members={**known.members, "teo": teo}))
    town.press()
    town.at(45)
    assert [sent.channel for sent in town.messages("teo")] == [*[Channel.SMS] * 3, Channel.EMAIL]


def test_whoever_joins_because_too_few_remain_is_rung_by_whatever_way_they_have(town: Town) -> None:
    only = Rung(0, ("on_shift",), ((Channel.VOICE,),))
    net = Rung(45, ("member:ines", "member:wale", "member:hana"), ((Channel.VOICE,),))
    town.founded(directory(on=("noor",), plan=by_ways(only, net)))
    town.press()
    town.expect("ring ines wale hana")
    town.at(45)
    town.expect("ring ines wale hana")
    assert not town.alert().reaches_nobody and town.pages == []


def test_a_supervisor_whom_no_step_has_a_way_to_is_rung_by_another_where_too_few_remain(town: Town) -> None:
    """The first step calls, and Ines has only texts: while enough remain she is shown as such, and else she is rung."""
    calls, enough = Rung(0, ("on_shift",), ((Channel.VOICE,),)), rung(1, "member:teo", "member:wale", "member:hana")
    town.founded(directory(on=("noor", "ines"), plan=by_ways(calls, enough)))
    town.press()
    town.expect("ring teo wale hana")
    assert town.alert().people["ines"].unreachable is Reason.NO_CONTACT
    town.suspend("wale")
    town.expect()
    town.suspend("hana")
    town.expect("ring ines")
    assert town.alert().people["ines"].unreachable is None


def test_a_start_brings_the_person_back(town: Town) -> None:
    for name in NUMBERS:
        town.text(name, "STOP", opt_out="STOP")
    town.press()
    town.at(10)
    town.text("teo", "START", opt_out="START")
    town.at(30)
    town.expect("ring teo")
    assert not town.alert().reaches_nobody and town.alert().people["teo"].unreachable is None


def test_a_place_with_nobody_at_all_says_so(town: Town) -> None:
    town.founded(directory(on=("noor",)))
    for name in ("ines", "wale", "hana"):
        town.suspend(name)
    town.press()
    assert town.alert().people == {} and town.alert().reaches_nobody
    assert town.pages == ["alert_reaches_nobody"]
    town.at(600)
    assert town.alert().ladder_pass == 21 and town.alert().open


def test_somebody_on_the_next_shift_is_rung_when_it_begins(town: Town) -> None:
    day = directory(on=())
    change_ms = town.now_ms + 100_000
    shifts = (Shift("centre", ("noor", "teo"), 0, change_ms), Shift("centre", ("bo",), change_ms, 10**15))
    town.founded(replace(day, shifts=shifts))
    town.press()
    town.at(99)
    assert "bo" not in town.alert().people and "teo" in town.alert().people
    town.at(150)
    assert "bo" in town.alert().people, "recipients are computed when each message is made"
    assert "bo" in town.expect_only("ring")


def test_who_was_already_rung_stays_rung_after_the_shift(town: Town) -> None:
    day = directory(on=())
    shift = Shift("centre", ("noor", "teo", "bo", "ines"), 0, town.now_ms + 20_000)
    town.founded(replace(day, shifts=(shift,)))
    town.press()
    town.expect("ring teo bo ines")
    town.at(30)
    town.expect("ring teo bo ines")


def test_a_rung_may_use_other_channels_than_the_one_before() -> None:
    town = Town(routes={Channel.SMS: ("twilio",), Channel.VOICE: ("twilio",)})
    both = member("teo", Role.RESPONDER)
    voice = Contact("teo/voice", Channel.VOICE, NUMBERS["teo"], verified=True)
    rungs = (
        Rung(0, ("member:teo",), ((Channel.SMS,),), 20),
        Rung(10, ("member:teo",), ((Channel.SMS, Channel.VOICE),), 20),
        PLAN.rungs[2],
    )
    base = directory(on=("noor", "teo"), plan=replace(PLAN, rungs=rungs))
    members = {**base.members, "teo": replace(both, contacts=(*both.contacts, voice))}
    town.founded(replace(base, members=members))
    town.press()
    assert [m.channel for m in town.messages("teo")] == [Channel.SMS]
    town.at(10)
    assert {m.channel for m in town.messages("teo") if m.created_at_ms == town.now_ms} == {Channel.SMS, Channel.VOICE}
    town.at(30)
    assert {m.channel for m in town.messages("teo") if m.created_at_ms == town.now_ms} == {Channel.SMS, Channel.VOICE}


def test_a_stagger_spreads_the_channels_and_zero_is_at_once() -> None:
    town = Town(routes={Channel.SMS: ("twilio",), Channel.VOICE: ("twilio",)})
    voice = Contact("teo/voice", Channel.VOICE, NUMBERS["teo"], verified=True)
    base = directory(on=("noor", "teo"))
    first = Rung(0, ("on_shift",), ((Channel.SMS,), (Channel.VOICE,)), 30, stagger_s=5)
    teo = replace(base.members["teo"], contacts=(*base.members["teo"].contacts, voice))
    plan = replace(PLAN, rungs=(first, *PLAN.rungs[1:]))
    town.founded(replace(base, members={**base.members, "teo": teo}, plans=(plan,)))
    town.press()
    assert [m.due_at_ms for m in town.messages("teo")] == [town.now_ms, town.now_ms + 5_000]
    town.at(3)
    town.say("teo", Answer.SEEN)
    assert [m.state for m in town.messages("teo")] == [DeliveryState.ANSWERED, DeliveryState.SUPERSEDED]


def test_a_person_whose_first_rung_has_no_channel_of_theirs_is_reached_by_the_next() -> None:
    town = Town()
    push = Rung(0, ("member:teo",), ((Channel.PUSH,),), 30)
    sms = Rung(10, ("member:teo",), ((Channel.SMS,),), 30)
    town.founded(directory(plan=replace(PLAN, rungs=(push, sms, PLAN.rungs[2]))))
    town.press()
    assert "teo" in {m.member for m in town.deliveries() if m.state is DeliveryState.QUEUED}
    assert town.alert().people["teo"].unreachable is None


def test_the_next_rung_by_hand(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    refused = town.do(c.Climb(org=ORG, alert=town.id(), member="hana"))
    assert refused == c.Declined(problem=c.Problem.NOT_RUNG)
    town.at(5)
    town.do(c.Climb(org=ORG, alert=town.id(), member="teo"))
    town.expect("ring ines wale")
    town.at(45)
    assert town.rung == 1, "the rung that was rung by hand does not ring twice"
    town.at(90)
    assert town.rung == 2
    town.expect_only("ring")


def test_nobody_can_flood_a_shift_by_climbing_by_hand(town: Town) -> None:
    town.press()
    for _ in range(20):
        town.do(c.Climb(org=ORG, alert=town.id(), member="teo"))
    assert (town.rung, town.alert().ladder_pass) == (2, 1)
    town.at(31)
    town.do(c.Climb(org=ORG, alert=town.id(), member="teo"))
    assert town.alert().ladder_pass == 2
    town.expect_only("ring")


def test_the_auditor_makes_an_alert_louder_never_silent(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.COMING)
    town.say("ines", Answer.COMING)
    town.do(c.Audit(org=ORG, alert=town.id(), finding="no near wake-up"))
    town.expect("ring teo bo ines wale")
    assert town.alert().findings == ("no near wake-up",) and "alert_audited" in town.pages and town.rung == 1


def test_the_auditor_leaves_a_closed_alert_alone(town: Town) -> None:
    town.press()
    town.pin(c.PinMatch.REAL)
    town.do(c.Audit(org=ORG, alert=town.id(), finding="too late"))
    town.do(c.Look(org=ORG, alert=town.id()))
    assert town.alert().findings == () and town.pages == []
    town.expect()


@pytest.mark.parametrize(
    ("words", "rings"),
    [
        ("on_shift", "teo bo ines"),
        ("site:centre", "teo bo ines"),
        ("role:supervisor", "ines"),
        ("member:hana", "hana"),
    ],
)
def test_an_audience_is_words_and_not_a_list(town: Town, words: str, rings: str) -> None:
    plan = replace(PLAN, needed=2, rungs=(rung(0, words, "member:teo", "member:ines"), PLAN.rungs[2]))
    town.founded(directory(plan=plan))
    town.press()
    assert set(town.alert().people) == {*rings.split(), "teo", "ines"}
    town.expect_only("ring")


def test_a_kind_without_a_plan_of_its_own_uses_the_plan_for_sos(town: Town) -> None:
    town.press(kind=Kind.ASSET)
    assert town.alert().plan == PLAN
    town.expect("ring teo bo ines")


def test_the_plan_an_alert_began_with_is_the_plan_it_keeps(town: Town) -> None:
    town.press()
    weaker = replace(PLAN, rungs=(rung(0, "on_shift"), rung(600, "member:ines", "member:wale", "member:hana")))
    town.founded(directory(plan=weaker))
    town.at(45)
    assert town.rung == 1
    town.expect_only("ring")


def test_a_rung_of_barred_people_only_is_skipped(town: Town) -> None:
    plan = replace(PLAN, rungs=(rung(0, "member:bo"), *PLAN.rungs[1:]))
    town.founded(directory(plan=plan, ties=("bo",)))
    town.press()
    assert town.rung == 1 and "bo" not in town.alert().people
    town.expect("ring ines wale")


def test_messages_are_rings_until_something_else_is_said(town: Town) -> None:
    town.press()
    town.at(45)
    assert {m.purpose for m in town.deliveries()} == {Purpose.RING}
    assert {m.ringing for m in town.messages("ines")} == {1, 2, 3}
    town.expect_only("ring")
