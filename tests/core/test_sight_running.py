"""Need to know, for those who run an alert: who has it, whom they may ask, and what each duty does."""

from __future__ import annotations

from msgspec.structs import replace
from one_alert import NOW, Story, person

from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.views import HandoverView, ScriptView, Who, moment
from tocsin.core.words import Duty, Role, StillOpen


def test_who_runs_it_and_what_is_not_done_yet_is_shown_to_all_it_rang() -> None:
    story = Story()
    assert {"handover", "handover/take"} <= set(story.sees("teo").you.may)
    assert not {"handover", "handover/take"} & set(story.sees("rafi").you.may), "a responder may not close it"
    story.do(c.TakeOver(org="alder", alert=story.id, member="teo"))
    assert "handover/take" not in story.sees("teo").you.may
    story.do(c.HandOver(org="alder", alert=story.id, member="teo", to="ines", text="two cars"))
    seen = story.sees("rafi")
    assert seen.run_by == Who("teo", "Teo")
    assert isinstance(seen.still_open, tuple) and StillOpen.PLACE_NOT_KNOWN in seen.still_open
    handover = seen.handover
    assert isinstance(handover, HandoverView) and handover.still_open == seen.still_open
    assert (handover.by, handover.to, handover.at) == (Who("teo", "Teo"), Who("ines", "Ines"), moment(NOW))
    assert handover.text == "two cars"
    assert "handover/take" in story.sees("ines").you.may, "she was rung for it"
    assert story.sees("ines").can_take == (Who("teo", "Teo"),)
    story.do(c.TakeOver(org="alder", alert=story.id, member="ines"))
    assert (story.sees("teo").run_by, story.sees("teo").handover) == (Who("ines", "Ines"), None)


def test_whom_one_may_ask_does_not_tell_who_is_tied_but_leaves_out_the_suspended() -> None:
    story = Story()
    members = {**story.directory.members, "omar": person("omar", Role.SUPERVISOR, tied_to=("noor",))}
    story.world.directories["alder"] = replace(story.directory, members=members)
    assert story.sees("teo").can_take == (Who("ines", "Ines"), Who("omar", "Omar"))
    story.do(Suspend(org="alder", member="ines", by=OPERATOR))
    assert story.sees("teo").can_take == (Who("omar", "Omar"),)


def test_what_each_duty_does_is_said_in_the_readers_language_and_as_the_plan_says_it() -> None:
    story = Story()
    said = story.sees("rafi").scripts
    assert isinstance(said, tuple) and said[0].duty is Duty.EVERYONE and len(said) == len(Duty)
    assert said[0].text == "Do not go out. Move inside. Do not call their phone."
    members = {**story.directory.members, "rafi": replace(story.directory.members["rafi"], language="es")}
    story.world.directories["alder"] = replace(story.directory, members=members)
    spanish = story.sees("rafi").scripts
    assert isinstance(spanish, tuple) and spanish[0].text.startswith("No salga.")
    drill = Story(drill=True).sees("rafi").scripts
    assert drill == (ScriptView(Duty.EVERYONE, "Only answer. Call nobody."),)
