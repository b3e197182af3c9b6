"""Need to know: who is handed an alert, and how much of it."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from one_alert import MINUTE, NOW, NUMBERS, Story, person

from tocsin.core import commands as c
from tocsin.core.access.commands import Reinstate, Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.alert_parts import Person, Spot
from tocsin.core.shadow import life_of, next_change_ms
from tocsin.core.sight import Reader, alert_view, looks_open, shown_ids, standing
from tocsin.core.views import moment
from tocsin.core.words import Answer, Channel, Outcome, Phase, PlaceKind, Role

RESPONDERS_ONLY = {
    "under_duress", "says_safe", "police", "linked", "warnings", "number_misses", "came", "rung", "run_by",
    "handover", "still_open", "scripts", "needed",
}  # fmt: skip


def test_everyone_rung_sees_the_alert_and_only_those_who_may_close_see_its_messages() -> None:
    story = Story()
    assert RESPONDERS_ONLY | {"places", "answers", "notes"} <= story.fields("rafi")
    assert not {"deliveries", "unreached"} & story.fields("rafi")
    assert {"deliveries", "unreached", "can_take", *story.fields("rafi")} == story.fields("teo")
    assert story.fields("ines") == story.fields("teo") - {"can_take"}, "a coordinator sees it before being rung"


def test_the_worker_sees_nothing_that_is_for_responders_only() -> None:
    story = Story()
    assert not story.fields("noor") & (RESPONDERS_ONLY | {"deliveries", "unreached", "next_rung_at", "occurred_at"})


def test_whoever_sees_all_of_an_alert_is_told_at_which_site_it_is_and_nobody_else() -> None:
    story = Story()
    assert story.sees("rafi").site == story.sees("teo").site == story.alert.site
    assert "site" not in story.fields("noor"), "the worker knows where they are"


@pytest.mark.parametrize("who", ["omar", "nobody"])
def test_whoever_is_barred_or_was_not_rung_does_not_learn_that_there_is_an_alert(who: str) -> None:
    story = Story()
    assert story.see(who) is None
    assert shown_ids(story.alert, story.directory, Reader(who, "x")) == ()


def test_a_dead_credential_shows_nothing_even_to_the_worker() -> None:
    story = Story()
    assert standing(story.alert, story.directory, Reader("noor", "x", raise_only=True)) is None
    story.do(Suspend(org="alder", member="noor", by=OPERATOR))
    assert story.see("noor") is None


def test_a_tie_made_in_mid_alert_ends_the_sight_of_it() -> None:
    story = Story()
    assert story.see("teo") is not None
    members = {**story.directory.members, "teo": person("teo", Role.SUPERVISOR, tied_to=("noor",))}
    story.world.directories["alder"] = replace(story.directory, members=members)
    assert story.see("teo") is None


def test_a_responder_who_was_withdrawn_sees_no_more() -> None:
    story = Story()
    story.do(Suspend(org="alder", member="rafi", by=OPERATOR))
    assert story.see("rafi") is None
    story.do(Reinstate(org="alder", member="rafi", by=OPERATOR))
    assert story.see("rafi") is None, "until it rings them again"


def test_what_a_reader_may_do_follows_the_alert() -> None:
    story = Story()
    assert story.sees("rafi").you.may == ("answer", "place", "note", "climb", "police", "close")
    assert story.sees("ines").you.may == (), "she sees it, but it has not rung her"
    story.do(c.ProposeClose(org="alder", alert=story.id, member="teo", device="t", outcome=Outcome.SAFE))
    assert story.sees("rafi").you.may[-2:] == ("confirm", "object")
    assert story.sees("teo").you.may[-1:] == ("object",)
    story.do(c.ConfirmClose(org="alder", alert=story.id, member="rafi", device="r"))
    assert story.sees("rafi").you.may[-1:] == ("object",)
    story.wait(MINUTE)
    assert story.sees("rafi").you.may == ("note", "police")


def test_a_lapsed_answer_says_when_it_lapsed() -> None:
    story = Story()
    story.say("rafi", Answer.COMING)
    story.wait(2 * MINUTE)
    (answer,) = msgspec.to_builtins(story.sees("teo"))["answers"]
    assert answer["answer"] == "coming" and not answer["counts"]
    assert answer["lapses_at"] == moment(story.now)


def test_cannot_never_lapses() -> None:
    story = Story()
    story.say("rafi", Answer.CANNOT)
    (answer,) = msgspec.to_builtins(story.sees("teo"))["answers"]
    assert answer["lapses_at"] is None


def test_the_worker_is_told_who_is_coming() -> None:
    story = Story()
    story.say("rafi", Answer.COMING)
    (answer,) = msgspec.to_builtins(story.sees("noor"))["answers"]
    assert answer["member"] == {"id": "rafi", "name": "Rafi"}
    assert story.sees("noor").people_rung == 2


@pytest.mark.parametrize("made", [{"silent": True}, {"watch_window": True}])
def test_on_a_phone_somebody_may_be_watching_colleagues_are_counted_and_never_named(made: dict[str, bool]) -> None:
    story = Story(**made)
    story.say("rafi", Answer.COMING)
    story.do(c.ProposeClose(org="alder", alert=story.id, member="teo", device="t", outcome=Outcome.SAFE))
    told = msgspec.json.encode(story.sees("noor")).decode().lower()
    assert '"coming"' in told and story.sees("noor").people_rung == 2
    assert not [name for name in NUMBERS if name != "noor" and name in told]
    assert "closing" not in told


def test_the_worker_learns_that_two_people_want_to_close_it_but_not_who() -> None:
    story = Story()
    story.do(c.ProposeClose(org="alder", alert=story.id, member="teo", device="t", outcome=Outcome.SAFE))
    story.do(c.ConfirmClose(org="alder", alert=story.id, member="rafi", device="r"))
    closing = msgspec.to_builtins(story.sees("noor"))["closing"]
    assert closing == {"outcome": "safe", "commits_at": moment(story.now + MINUTE), "lapses_at": None}


def test_after_duress_the_responders_know_and_the_worker_sees_a_closed_alert() -> None:
    story = Story()
    story.pin(c.PinMatch.DURESS)
    assert story.sees("rafi").under_duress is True and story.sees("rafi").state is Phase.CLIMBING
    assert story.sees("noor").state is Phase.CLOSED and story.sees("noor").outcome is Outcome.SAFE
    assert not looks_open(story.alert, story.id, story.directory, Reader("noor", "x"))
    assert looks_open(story.alert, story.id, story.directory, Reader("rafi", "x"))


def test_a_closed_shadow_never_changes_whatever_becomes_of_the_alert() -> None:
    story = Story()
    story.pin(c.PinMatch.DURESS)
    shown = replace(story.sees("noor"), server_now="")
    story.say("rafi", Answer.WITH_THEM)
    story.do(c.AddNote(org="alder", alert=story.id, member="teo", text="seen at the gate"))
    story.do(c.PoliceCalled(org="alder", alert=story.id, member="teo", who="desk", number="the line", at_ms=NOW))
    assert replace(story.sees("noor"), server_now="") == shown
    story.close_by_two()
    assert not story.alert.open and story.alert.outcome is Outcome.MEDICAL
    assert replace(story.sees("noor"), server_now="") == shown


def test_a_press_from_the_shadow_begins_a_life_that_looks_fresh() -> None:
    story = Story()
    story.say("rafi", Answer.COMING)
    story.pin(c.PinMatch.DURESS)
    story.wait(MINUTE)
    taken = story.press(silent=True)
    assert taken.alert != story.id and taken.state == "climbing"
    fresh = story.sees("noor", taken.alert)
    assert (fresh.raised_at, fresh.answers, fresh.silent) == (moment(story.now), (), True)
    assert fresh.people_rung == 2, "a fresh ladder has not come to Ines yet, though the true one has"
    assert story.sees("noor").state is Phase.CLOSED
    assert story.see("rafi", taken.alert) is None, "to the responders there is one alert, under its own id"
    assert shown_ids(story.alert, story.directory, Reader("noor", "x")) == (story.id, taken.alert)
    story.wait(46_000)
    assert story.sees("noor", taken.alert).people_rung == 3


def test_time_alone_moves_only_the_ladder_that_a_shadow_pretends() -> None:
    story = Story()
    assert next_change_ms(story.alert, story.directory, story.now) is None
    story.pin(c.PinMatch.DURESS)
    assert next_change_ms(story.alert, story.directory, story.now) is None
    story.press()
    pressed = story.now
    for after_ms, climbs_ms in ((0, 45_000), (45_000, 75_000), (75_000, 120_000), (200_000, 225_000)):
        found = next_change_ms(story.alert, story.directory, pressed + after_ms)
        assert found == pressed + climbs_ms, "each rung, and then each pass"


def test_a_pretended_ladder_pauses_while_enough_people_help() -> None:
    story = Story()
    story.pin(c.PinMatch.DURESS)
    shown = story.press().alert
    story.say("rafi", Answer.COMING)
    story.say("teo", Answer.COMING)
    story.now += MINUTE
    story.say("rafi", Answer.WITH_THEM)  # A renewal does not move the pause.
    story.say("teo", Answer.WITH_THEM)
    fresh = story.sees("noor", shown)
    assert (fresh.people_rung, fresh.state, fresh.attended) == (2, Phase.PAUSED, True)


def test_a_shadow_with_nobody_to_reach_on_its_first_rung_climbs_at_once_as_a_fresh_alert_would() -> None:
    story = Story()
    story.wait(MINUTE)
    people: dict[str, Person] = {
        name: one if name == "ines" else replace(one, withdrawn=True) for name, one in story.alert.people.items()
    }
    story.pin(c.PinMatch.DURESS)
    shown = story.press().alert
    story.world.alerts[story.id] = replace(story.alert, people={**story.alert.people, **people})
    assert story.sees("noor", shown).people_rung == 1


def test_an_alert_closed_by_two_tells_the_worker_how_it_ended() -> None:
    story = Story()
    story.close_by_two()
    assert story.sees("noor").outcome is Outcome.MEDICAL
    assert "answers" not in story.fields("noor")


def test_a_fresh_life_that_two_people_close_ends_as_they_say() -> None:
    story = Story()
    story.pin(c.PinMatch.DURESS)
    shown = story.press().alert
    story.close_by_two()
    assert story.sees("noor", shown).outcome is Outcome.MEDICAL
    assert story.sees("noor").outcome is Outcome.SAFE


def test_an_id_that_is_no_life_of_the_alert_shows_nothing() -> None:
    story = Story()
    assert story.see("noor", "another") is None
    assert life_of(story.alert, "another") is None
    assert not looks_open(story.alert, "another", story.directory, Reader("noor", "x"))


def test_linked_alerts_are_named_only_to_those_who_may_see_both() -> None:
    story = Story()
    other = replace(story.alert, id="other", member="ines", people={})
    own = replace(story.alert, linked=("other",))
    for who, named in (("rafi", ()), ("teo", ("other",))):
        view = alert_view(own, own.id, story.directory, {}, {}, Reader(who, "x"), NOW, (other,))
        assert view is not None and view.linked == named


def test_coordinates_come_from_outside_the_record_and_may_be_gone() -> None:
    story = Story()
    spot = Spot(PlaceKind.FIX, NOW, "noor", None, "f1", 12.0)
    alert = replace(story.alert, places={PlaceKind.FIX: spot})
    for fixes, lat in (({"f1": (41.0, -93.0)}, 41.0), ({}, None)):
        for who in ("rafi", "noor"):
            view = alert_view(alert, alert.id, story.directory, {}, fixes, Reader(who, "x"), NOW)
            assert view is not None and isinstance(view.places, tuple) and view.places[0].lat == lat


def test_five_wrong_answer_numbers_are_shown() -> None:
    story = Story()
    people = {**story.alert.people, "rafi": replace(story.alert.people["rafi"], number_misses=5)}
    alert = replace(story.alert, people=people)
    view = alert_view(alert, alert.id, story.directory, {}, {}, Reader("teo", "x"), NOW)
    assert view is not None and msgspec.to_builtins(view)["number_misses"] == (
        {"member": {"id": "rafi", "name": "Rafi"}, "misses": 5},
    )


def test_what_tocsin_itself_noted_has_no_author() -> None:
    story = Story()
    for _ in range(3):
        story.pin(c.PinMatch.WRONG)
    (note,) = msgspec.to_builtins(story.sees("teo"))["notes"]
    assert note["member"] is None
    assert "notes" not in story.fields("noor")


def test_whoever_nothing_wakes_any_more_is_shown_to_overseers_with_the_reason() -> None:
    story = Story()
    people = story.world.directories["alder"].members

    def shown(**changes: object) -> dict[str, str]:
        contact = replace(people["rafi"].contacts[0], **changes)
        directory = story.world.directories["alder"]
        changed = replace(directory, members={**people, "rafi": replace(people["rafi"], contacts=(contact,))})
        story.world.directories["alder"] = changed
        unreached = story.sees("teo").unreached
        assert isinstance(unreached, tuple)
        return {one.member.id: one.reason.value for one in unreached}

    assert shown() == {}
    assert shown(opted_out=True) == {"rafi": "opted_out"}
    assert shown(dead="number_dead") == {"rafi": "number_dead"}
    assert shown(verified=False) == {"rafi": "no_contact"}
    assert shown(kind=Channel.EMAIL) == {"rafi": "no_contact"}
    story.pin(c.PinMatch.REAL)
    assert shown(opted_out=True) == {}, "of an alert that is over nothing is said that came later"
