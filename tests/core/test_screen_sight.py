"""Walls, desks, programs and administrators: what is shown of an alert to those who need not know of whom."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from one_alert import MINUTE, NOW, Story

from tocsin.core import commands as c
from tocsin.core.access.words import Via
from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Spot
from tocsin.core.sight import Reader, Standing, alert_view, looks_open, shown_ids, standing
from tocsin.core.views import AlertView
from tocsin.core.words import Answer, Phase, PlaceKind, Role

BOARD = Reader("", "board", via=Via.WALLBOARD, site="centre")
DESK = Reader("omar", "desk", via=Via.DESK, site="centre")
KEY = Reader("", "key", via=Via.KEY, running=True)
ABE = Reader("abe", "abe-session", via=Via.SESSION)
SCREENS = {"wallboard": BOARD, "desk": DESK, "key": KEY, "administrator": ABE}


def seen(story: Story, reader: Reader) -> list[AlertView]:
    """Everything that this reader has of the story's alert."""
    alert = story.alert
    views = [
        alert_view(alert, id, story.directory, story.world.deliveries("alder", alert.id), {}, reader, story.now)
        for id in shown_ids(alert, story.directory, reader)
    ]
    found = [view for view in views if view is not None]
    assert len(found) == len(views)
    return found


def told(story: Story, reader: Reader) -> str:
    """The same as text, without times: the transcript that two worlds are compared by."""
    return repr([replace(view, server_now="") for view in seen(story, reader)])


@pytest.mark.parametrize("name", SCREENS)
def test_no_screen_names_anybody_or_passes_on_what_somebody_said(name: str) -> None:
    story = Story()
    spoken = c.PlaceReport(PlaceKind.SPOKEN, NOW, label="Omar is at the gate")
    story.do(c.AddPlace(org="alder", alert=story.id, member="noor", place=spoken))
    story.do(c.AddNote(org="alder", alert=story.id, member="teo", text="Omar has a knife"))
    story.say("rafi", Answer.COMING)
    text = msgspec.json.encode(seen(story, SCREENS[name])).decode().lower()
    assert '"climbing"' in text
    assert not [word for word in ("noor", "teo", "rafi", "omar", "ines", "+1202", "knife") if word in text]


def test_a_wall_shows_the_place_by_its_written_name_and_how_many_are_coming() -> None:
    story = Story()
    zone = Spot(PlaceKind.ZONE, NOW, "noor", "Lot B")
    theirs = Spot(PlaceKind.PLANNED, NOW, "rafi", "Gate")
    story.world.keep(replace(story.alert, places={PlaceKind.ZONE: zone, PlaceKind.PLANNED: theirs}))
    story.say("rafi", Answer.COMING)
    story.say("teo", Answer.WITH_THEM)
    (view,) = seen(story, BOARD)
    shown = msgspec.to_builtins(view)
    assert [place["label"] for place in shown["places"]] == ["Lot B"]
    assert (shown["coming"], shown["state"], shown["silent"]) == (2, "paused", False)
    assert not {"answers", "deliveries", "notes", "rung"} & set(shown)


def test_whoever_runs_the_system_sees_that_messages_flow_and_not_to_whom() -> None:
    story = Story()
    for reader in (ABE, KEY):
        (view,) = seen(story, reader)
        shown = msgspec.to_builtins(view)
        assert shown["rung"] == 0 and shown["reaches_nobody"] is False and shown["people_rung"] == 2
        assert {(d["channel"], d["contact"], d["member"]["id"]) for d in shown["deliveries"]} == {("sms", "", "")}
        assert "places" not in shown and not shown["you"]["may"]


def test_an_administrator_whom_it_rang_is_somebody_whom_it_rang() -> None:
    story = Story()
    members = {**story.directory.members}
    members["rafi"] = replace(members["rafi"], roles=(Role.ADMINISTRATOR, Role.RESPONDER))
    story.world.directories["alder"] = replace(story.directory, members=members)
    assert standing(story.alert, story.directory, Reader("rafi", "x")) is Standing.RUNG


def test_an_auditor_reads_everything_and_may_do_nothing_and_is_barred_by_a_tie_like_anybody() -> None:
    story = Story()
    members = {**story.directory.members, "abe": replace(story.directory.members["abe"], roles=(Role.AUDITOR,))}
    story.world.directories["alder"] = replace(story.directory, members=members)
    (view,) = seen(story, ABE)
    assert isinstance(view.deliveries, tuple) and view.member.id == "noor" and view.you.may == ()
    members["abe"] = replace(members["abe"], not_told_about=("noor",))
    story.world.directories["alder"] = replace(story.directory, members=members)
    assert seen(story, ABE) == []


@pytest.mark.parametrize("name", SCREENS)
def test_a_silent_alert_is_on_no_screen_open_or_closed(name: str) -> None:
    story = Story(silent=True)
    assert seen(story, SCREENS[name]) == [] and standing(story.alert, story.directory, SCREENS[name]) is None
    story.close_by_two()
    assert not story.alert.open and seen(story, SCREENS[name]) == []


@pytest.mark.parametrize("name", SCREENS)
def test_a_duress_alert_is_closed_on_every_screen_as_a_true_one_then_and_later(name: str) -> None:
    """The two worlds: the worker's own PIN, and the duress PIN, after which the alert lives on."""
    true, forced = Story(), Story()
    for story, match in ((true, c.PinMatch.REAL), (forced, c.PinMatch.DURESS)):
        story.say("rafi", Answer.COMING)
        story.pin(match)
    assert not true.alert.open and forced.alert.open
    assert told(true, SCREENS[name]) == told(forced, SCREENS[name])
    assert not looks_open(forced.alert, forced.id, forced.directory, SCREENS[name])
    for story in (true, forced):
        story.wait(2 * MINUTE)
    forced.say("teo", Answer.WITH_THEM)
    assert told(true, SCREENS[name]) == told(forced, SCREENS[name])
    (view,) = seen(forced, SCREENS[name])
    assert view.state is Phase.CLOSED


@pytest.mark.parametrize("name", SCREENS)
def test_a_press_from_the_shadow_is_a_fresh_alert_on_every_screen_unless_it_is_silent(name: str) -> None:
    story = Story()
    story.pin(c.PinMatch.DURESS)
    story.wait(MINUTE)
    quiet = story.press(silent=True).alert
    assert [view.state for view in seen(story, SCREENS[name])] == [Phase.CLOSED]
    story.pin(c.PinMatch.DURESS, quiet)
    fresh = story.press().alert
    views = seen(story, SCREENS[name])
    assert [(view.id, view.state) for view in views] == [(story.id, Phase.CLOSED), (fresh, Phase.CLIMBING)]
    assert msgspec.to_builtins(views[-1]).get("rung", 0) == 0 < story.alert.rung


def test_after_two_people_closed_it_whoever_runs_the_system_may_still_see_what_became_of_its_messages() -> None:
    story = Story()
    story.close_by_two()
    (view,) = seen(story, ABE)
    assert isinstance(view.deliveries, tuple) and view.outcome is None


@pytest.mark.parametrize("screen", ["wallboard", "desk"])
def test_nothing_of_somebody_in_a_watch_window_or_of_another_site_is_on_a_wall(screen: str) -> None:
    assert seen(Story(watch_window=True), SCREENS[screen]) == []
    assert seen(Story(), replace(SCREENS[screen], site="annex")) == []
    story = Story()
    members = {**story.directory.members, "noor": replace(story.directory.members["noor"], watch_window=True)}
    story.world.directories["alder"] = replace(story.directory, members=members)
    assert seen(story, SCREENS[screen]) == [], "a window that began in mid-alert"


def test_a_stranger_s_alert_is_on_the_wall_too() -> None:
    story = Story()
    alert: Alert = replace(story.alert, member="visitor")
    assert standing(alert, story.directory, BOARD) is Standing.PUBLIC


def test_a_desk_has_its_own_alert_as_a_worker_has() -> None:
    story = Story()
    assert standing(story.alert, story.directory, replace(DESK, member="noor")) is Standing.WORKER


@pytest.mark.parametrize(
    "reader", [replace(KEY, running=False), replace(KEY, raise_only=True), replace(BOARD, raise_only=True)]
)
def test_a_key_without_the_scope_and_what_has_ended_see_nothing(reader: Reader) -> None:
    assert seen(Story(), reader) == []


def test_a_drill_on_the_wall_says_that_it_is_one() -> None:
    (view,) = seen(Story(drill=True), BOARD)
    assert view.drill
