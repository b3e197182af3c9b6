"""A crowd costs what it is, never the square of it: while one alert is rung, others wait for the same loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from people import ORG
from town import Town

from tocsin.core import commands as c
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket, Draft
from tocsin.core.engine import decide
from tocsin.core.words import Answer
from tocsin.runtime.world import World

WALKS_MAX = 2  # How often one decision may go through all messages of an alert, however many people it rings.


class Counted(Mapping[str, Delivery]):
    """Messages that know how often somebody went through all of them."""

    def __init__(self, messages: Mapping[str, Delivery]) -> None:
        self._messages, self.walks = messages, 0

    def __getitem__(self, id: str) -> Delivery:
        return self._messages[id]

    def __iter__(self) -> Iterator[str]:
        self.walks += 1
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)


class Watched(World):
    counted: Counted

    def deliveries(self, org: str, alert: str) -> Mapping[str, Delivery]:
        self.counted = Counted(super().deliveries(org, alert))
        return self.counted


@pytest.mark.parametrize(
    "what",
    [
        lambda id: c.Look(org=ORG, alert=id),
        lambda id: c.Audit(org=ORG, alert=id, finding="for the test"),
        lambda id: c.Say(org=ORG, alert=id, member="teo", answer=Answer.COMING),
        lambda id: c.Safe(org=ORG, alert=id, member="noor", device="noor-phone", match=c.PinMatch.REAL),
    ],
    ids=["repeat", "everyone", "answer", "close"],
)
def test_no_act_goes_through_all_messages_for_each_person(town: Town, what: Callable[[str], c.Command]) -> None:
    alert = town.press().alert
    town.at(29)
    layer, now_ms = Watched(town.world), town.now_ms + 1_000
    decide(layer, what(alert), now_ms, bytes(32), lambda number: False)
    assert layer.counted.walks <= WALKS_MAX
    town.expect_only("ring")


def test_messages_of_one_person_are_found_whatever_was_written_since(town: Town) -> None:
    town.press()
    alert: Alert = town.alert()
    draft = Draft(Docket(town.world, ORG, town.now_ms, Dice(bytes(32))), alert, town.world.deliveries(ORG, alert.id))
    (first,) = draft.messages_to("teo")
    assert draft.messages_to("noor") == []
    moved = draft.move(first, c.Moved.ACCEPTED)
    assert draft.messages_to("teo") == [moved]
    town.expect("ring teo bo ines")
