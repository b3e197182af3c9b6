"""A drill and an alert that hides: whoever is rung for real is left in peace, and nobody else notices anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from people import ORG
from test_story_raising import drilled
from town import Town

from tocsin.core import commands as c
from tocsin.core.sight import Reader, alert_view
from tocsin.core.words import Answer, Came, DeliveryState, Reason


def watched(town: Town, who: str, danger: Callable[[Town], object]) -> list[object]:
    """All that this member is shown of a drill, and all that reaches their phone, while something happens in it."""
    town.tie(who)
    drill = drilled(town)
    seen: list[object] = []
    town.at(10)
    danger(town)
    for second in range(15, 200, 5):
        town.at(second)
        view = alert_view(town.alert(drill), drill, town.directory, {}, {}, Reader(who, "phone"), town.now_ms)
        assert view is not None
        heard = [(purpose, town.texts[name][:5]) for purpose, name in town.unheard if name == who]
        seen.append((replace(view, id=""), heard))
        town.unheard.clear()
    return seen


def nothing(town: Town) -> None:
    """Nobody is in danger."""


def pressed_silently(town: Town) -> None:
    town.press("noor", silent=True)


@pytest.mark.parametrize("who", ["bo", "ines", "hana"])
def test_for_a_silent_real_alert_the_others_of_a_drill_notice_nothing(town: Town, who: str) -> None:
    assert watched(town, who, pressed_silently) == watched(Town(), who, nothing)


def test_a_silent_alert_takes_from_a_drill_only_those_whom_it_rings(town: Town) -> None:
    drill = drilled(town)
    town.press("noor", silent=True)
    assert town.alert(drill).open and set(town.alert().after_drill) == {"noor", "teo", "bo", "ines"}
    town.expect("ring teo bo ines")
    assert town.texts["teo"].startswith("REAL ALERT")
    for name in ("teo", "ines"):
        town.say(name, Answer.COMING, eta_s=90)
    town.at(31)
    town.expect("ring noor", "ring bo")
    assert town.texts["noor"].startswith("DRILL") and town.texts["bo"].startswith("REAL ALERT")


def test_what_a_drill_still_had_to_say_to_somebody_whom_a_silent_alert_rings_is_taken_back(town: Town) -> None:
    drill = town.press("hana", drill=True, came=Came.DRILL).alert
    town.press("noor", silent=True)
    town.expect("ring noor", "ring teo bo ines")
    drilled_for = {d.member: (d.state, d.reason) for d in town.deliveries() if d.alert == drill and d.member != "noor"}
    assert set(drilled_for.values()) == {(DeliveryState.SUPERSEDED, Reason.NEWER_MESSAGE)}


def test_a_drill_that_begins_or_ends_beside_a_silent_alert_says_nothing_to_those_it_rings(town: Town) -> None:
    town.press("noor", silent=True)
    town.expect("ring teo bo ines")
    drill = town.press("hana", drill=True, came=Came.DRILL).alert
    town.expect("ring noor")
    assert set(town.alert(drill).people) == {"noor", "teo", "bo", "ines"}, "the drill itself does not know it"
    town.do(c.EndDrill(org=ORG, alert=drill))
    town.expect("all_clear noor")


def test_a_silent_press_from_the_shadow_ends_no_drill_and_a_loud_one_does(town: Town) -> None:
    town.press("noor")
    town.pin(c.PinMatch.DURESS)
    drill = town.press("hana", drill=True, came=Came.DRILL).alert
    town.press("noor", silent=True)
    assert town.alert(drill).open
    town.pin(c.PinMatch.DURESS)
    town.press("noor")
    assert not town.alert(drill).open
    town.expect_only("ring")
