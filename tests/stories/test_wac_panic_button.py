"""The list of WAC 296-831-300 for panic buttons, item by item, as far as the bell answers for it.

docs/panic-button.md has the whole list, with what a web app cannot do.  The words of the rule are not repeated here.
"""

from __future__ import annotations

from people import ORG, SITE
from town import START_MS, Town

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.round_commands import BeginRound
from tocsin.core.sight import Reader, alert_view
from tocsin.core.views import AlertView
from tocsin.core.words import Came, Outcome, Phase, PlaceKind, Purpose


def zone(label: str) -> c.PlaceReport:
    return c.PlaceReport(PlaceKind.ZONE, START_MS, label=label)


def seen_by(town: Town, name: str, alert: str) -> AlertView | None:
    """The alert as this person's phone gets it."""
    known = town.alert(alert)
    sent = town.world.deliveries(ORG, alert)
    return alert_view(known, alert, town.directory, sent, {}, Reader(name, f"{name}-phone"), town.now_ms)


def test_one_action_calls_for_help(town: Town) -> None:
    town.press(came=Came.DESK, places=(zone("Desk 4"),))
    town.expect("ring teo bo ines")


def test_it_latches_whatever_becomes_of_the_button(town: Town) -> None:
    """The button is let go, broken off, cut off: the alert stays, and rings, until people end it."""
    town.press(places=(zone("Desk 4"),))
    town.do(c.Revoke(org=ORG, by=OPERATOR, device="noor-phone"))
    town.at(600)
    assert town.alert().open and town.phase is Phase.CLIMBING
    assert "ines" in town.expect_only("ring")


def test_it_is_not_reset_from_the_button(town: Town) -> None:
    """Pressing again, however often, never ends it; nor does the PIN at another's button."""
    town.press(places=(zone("Desk 4"),))
    for _ in range(5):
        town.press()
    refused = town.pin(c.PinMatch.REAL, name="teo")
    assert isinstance(refused, c.Declined) and town.alert().open and town.alert().presses == 6
    town.expect_only("ring")


def test_people_reset_it_two_of_them(town: Town) -> None:
    town.press(places=(zone("Desk 4"),))
    town.settle()
    town.propose("ines", outcome=Outcome.SAFE)
    town.confirm("teo")
    town.at(town.seconds + 61)
    assert not town.alert().open and town.alert().closed_by == ("ines", "teo")
    heard = {purpose for purpose, _ in town.unheard}
    town.unheard.clear()
    assert heard == {Purpose.RING, Purpose.CLOSING, Purpose.ALL_CLEAR}


def test_the_place_of_every_pressed_button_is_shown_at_the_same_time(town: Town) -> None:
    one, other = (town.press(name, places=(zone(place),)) for name, place in (("noor", "Desk 4"), ("teo", "Room 12")))
    told = [seen_by(town, "ines", taken.alert) for taken in (one, other)]
    assert [view.places[0].label for view in told if view is not None and view.places] == ["Desk 4", "Room 12"]
    town.expect_only("ring")


def test_where_it_is_pressed_all_stays_quiet_if_it_shall(town: Town) -> None:
    """A silent one sends nothing to the phone of whoever pressed."""
    town.press(silent=True, places=(zone("Desk 4"),))
    town.at(300)
    assert town.messages("noor") == [] and "noor" not in town.texts
    town.expect_only("ring")


def test_a_test_of_it_is_in_the_record_with_its_day_and_who_made_it(town: Town) -> None:
    began = BeginRound(org=ORG, round="round-1", kind="drill", site=SITE, by="ines", why="yearly test", recipients=3)
    assert town.do(began) == c.Done()
    (fact,) = [fact for fact in town.store.facts(ORG, 0, 1_000) if fact.stream == "round/round-1"]
    assert fact.at_ms == START_MS and fact.body is not None and b"ines" in fact.body and b"yearly test" in fact.body
