"""The shift ends and the alert does not: who hands it over, who takes it, and what is not done yet."""

from __future__ import annotations

from people import ORG
from town import Town

from tocsin.core import commands as c
from tocsin.core.handover import still_open
from tocsin.core.words import Answer, Outcome, Phase, StillOpen, Why


def hands(town: Town, name: str, to: str, text: str | None = None) -> c.Reply:
    return town.do(c.HandOver(org=ORG, alert=town.id(), member=name, to=to, text=text))


def takes(town: Town, name: str) -> c.Reply:
    return town.do(c.TakeOver(org=ORG, alert=town.id(), member=name))


def refused(reply: c.Reply, problem: c.Problem) -> None:
    assert isinstance(reply, c.Declined) and reply.problem is problem


def rung(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")


def run_by_ines(town: Town) -> None:
    rung(town)
    assert takes(town, "ines") == c.Done()


def test_nobody_is_sent_to_call_the_police_for_practice(town: Town) -> None:
    """I24: what is not done yet of a drill must lead to no real call."""
    town.press(drill=True)
    town.expect("ring teo bo ines")
    assert still_open(town.alert()) and StillOpen.POLICE_NOT_CALLED not in still_open(town.alert())


def test_nobody_runs_an_alert_until_somebody_says_so(town: Town) -> None:
    rung(town)
    assert town.alert().run_by is None
    takes(town, "ines")
    assert town.alert().run_by == "ines"


def test_to_say_it_again_writes_nothing(town: Town) -> None:
    run_by_ines(town)
    before = town.alert()
    assert takes(town, "ines") == c.Done()
    assert town.alert() == before


def test_whoever_is_asked_is_rung_and_the_one_who_asked_runs_it_until_it_is_taken(town: Town) -> None:
    run_by_ines(town)
    assert hands(town, "ines", "hana", "two cars at the gate") == c.Done()
    town.expect("ring hana")
    alert = town.alert()
    assert (alert.run_by, alert.why) == ("ines", Why.HANDED_OVER)
    assert alert.handover is not None and (alert.handover.to, alert.handover.text) == ("hana", "two cars at the gate")
    takes(town, "hana")
    assert (town.alert().run_by, town.alert().handover) == ("hana", None)


def test_handed_to_and_fro_a_phone_rings_once_in_ten_seconds_and_no_handover_goes_unheard(town: Town) -> None:
    run_by_ines(town)
    for _ in range(20):
        assert hands(town, "ines", "hana") == hands(town, "ines", "wale") == c.Done()
    town.expect("ring hana wale")
    assert hands(town, "ines", "hana", "the last word") == c.Done()
    town.expect()
    handover = town.alert().handover
    assert handover is not None and (handover.to, handover.text) == ("hana", "the last word")
    town.at(9.999)
    town.expect()
    town.at(10)
    town.expect("ring hana wale")


def test_the_same_handover_asked_again_at_once_writes_nothing_and_later_rings_again(town: Town) -> None:
    run_by_ines(town)
    hands(town, "ines", "hana", "two cars")
    town.expect("ring hana")
    before = town.alert()
    assert hands(town, "ines", "hana", "two cars") == c.Done()
    assert town.alert() == before
    town.at(11)
    assert hands(town, "ines", "hana", "two cars") == c.Done()
    town.expect("ring hana")


def test_whoever_answered_a_moment_after_they_were_rung_hears_of_the_handover_all_the_same(town: Town) -> None:
    run_by_ines(town)
    town.at(45)
    town.expect("ring teo bo ines", "ring ines wale")
    town.say("wale", Answer.COMING)
    assert hands(town, "ines", "wale") == c.Done()
    town.expect("ring wale")
    town.say("wale", Answer.COMING)
    assert hands(town, "ines", "wale", "and tell the police") == c.Done()
    town.expect()
    town.at(55)
    town.expect("ring wale")


def test_what_is_not_done_yet_is_written_into_the_handover(town: Town) -> None:
    run_by_ines(town)
    hands(town, "ines", "hana")
    town.expect("ring hana")
    handover = town.alert().handover
    assert handover is not None and handover.still_open == (
        StillOpen.NOBODY_WITH_THEM,
        StillOpen.TOO_FEW_COMING,
        StillOpen.PLACE_NOT_KNOWN,
        StillOpen.POLICE_NOT_CALLED,
    )
    town.say("teo", Answer.WITH_THEM)
    town.say("bo", Answer.COMING)
    town.do(c.PoliceCalled(org=ORG, alert=town.id(), member="ines", who="desk", number="the line", at_ms=1))
    town.do(c.AddNote(org=ORG, alert=town.id(), member="ines", text="they are in the kitchen"))
    town.at(10)
    hands(town, "ines", "hana")
    town.propose("ines")
    town.expect("ring hana", "closing teo bo ines hana")
    hands(town, "ines", "hana")
    town.expect()
    last = town.alert().handover
    assert last is not None and last.still_open == (StillOpen.PLACE_NOT_KNOWN, StillOpen.CLOSE_PROPOSED)


def test_to_hand_it_over_changes_nothing_of_who_is_rung_and_when(town: Town) -> None:
    run_by_ines(town)
    before = town.alert()
    hands(town, "ines", "hana")
    town.expect("ring hana")
    after = town.alert()
    assert (after.rung, after.next_rung_ms, after.phase) == (before.rung, before.next_rung_ms, Phase.CLIMBING)
    assert all(after.people[name] == before.people[name] for name in before.people)


def test_only_one_who_may_close_is_asked_and_a_tie_is_refused_in_the_same_words(town: Town) -> None:
    run_by_ines(town)
    town.tie("wale")
    replies = [hands(town, "ines", to) for to in ("teo", "noor", "ines", "wale", "nobody")]
    for reply in replies:
        refused(reply, c.Problem.CANNOT_TAKE_IT)
    assert len(set(map(str, replies))) == 1 and town.alert().handover is None


def test_only_those_it_rang_and_who_may_close_hand_it_over_or_take_it(town: Town) -> None:
    rung(town)
    refused(hands(town, "teo", "ines"), c.Problem.NEEDS_A_CLOSER)
    refused(takes(town, "teo"), c.Problem.NEEDS_A_CLOSER)
    refused(takes(town, "hana"), c.Problem.NOT_RUNG)
    refused(hands(town, "noor", "ines"), c.Problem.NOT_RUNG)
    assert town.alert().run_by is None


def test_what_somebody_runs_is_not_taken_from_them_unasked(town: Town) -> None:
    run_by_ines(town)
    town.at(45)
    town.expect("ring teo bo ines", "ring ines wale")
    refused(takes(town, "wale"), c.Problem.RUN_BY_ANOTHER)
    hands(town, "ines", "wale")
    town.expect("ring wale")
    assert takes(town, "wale") == c.Done()


def test_whoever_is_suspended_runs_nothing(town: Town) -> None:
    run_by_ines(town)
    hands(town, "ines", "hana")
    town.expect("ring hana")
    town.suspend("ines")
    alert = town.alert()
    assert alert.run_by is None and alert.handover is None


def test_a_handover_to_somebody_who_is_suspended_is_void(town: Town) -> None:
    run_by_ines(town)
    hands(town, "ines", "hana")
    town.expect("ring hana")
    town.suspend("hana")
    alert = town.alert()
    assert alert.run_by == "ines" and alert.handover is None


def test_nothing_is_handed_over_once_it_is_closed(town: Town) -> None:
    run_by_ines(town)
    hands(town, "ines", "hana")
    town.expect("ring hana")
    town.pin(c.PinMatch.REAL)
    assert town.alert().outcome is Outcome.SAFE and town.alert().handover is None
    town.expect("all_clear teo bo ines hana")
    refused(hands(town, "ines", "hana"), c.Problem.ALERT_CLOSED)
    refused(takes(town, "hana"), c.Problem.ALERT_CLOSED)
    assert town.alert().run_by == "ines"


def test_duress_a_silent_helper_and_a_phone_that_is_off_are_handed_over_too(town: Town) -> None:
    run_by_ines(town)
    town.say("teo", Answer.WITH_THEM)
    town.pin(c.PinMatch.DURESS)
    town.at(125)
    town.expect_only("ring")
    (message, *_) = town.messages("bo")
    town.text("bo", "STOP", opt_out="STOP")
    town.do(c.Report(org=ORG, delivery=message.id, alert=town.id(), moved=c.Moved.UNDELIVERED, seq=9))
    hands(town, "ines", "hana")
    town.expect_only("ring")
    handover = town.alert().handover
    assert handover is not None
    assert {StillOpen.UNDER_DURESS, StillOpen.HELPER_SILENT, StillOpen.NOBODY_WITH_THEM} <= set(handover.still_open)


def test_a_word_that_says_safe_is_handed_over_as_such(town: Town) -> None:
    town.press(silent=True)
    town.expect("ring teo bo ines")
    takes(town, "ines")
    town.pin(c.PinMatch.REAL)
    hands(town, "ines", "hana")
    town.expect("ring hana", "closing teo bo ines")
    handover = town.alert().handover
    assert handover is not None
    assert StillOpen.SAYS_SAFE in handover.still_open and StillOpen.CLOSE_PROPOSED not in handover.still_open
