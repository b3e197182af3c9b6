"""Any evening with walks in it, lived in two towns: with the real PIN, and with the duress PIN in its place.

Whatever is done in whichever order, nothing that the worker's phone or the wall shows tells the towns apart (I11), and
in both every promise of `promises.py` holds after each step.  PINs are changed and guessed meanwhile.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from msgspec.structs import replace
from people import ORG
from test_story_pins_twins import NEW, OLD, own, set_pins
from town import START_MS
from two_towns import Both, Step

from tocsin.core import commands as c
from tocsin.core.alert_parts import Proposal
from tocsin.core.particulars import PinMatch, PlaceReport
from tocsin.core.shadow import life_of, lives_of
from tocsin.core.words import Answer, Outcome, PlaceKind

# The first of a pair in the one town, the second in the other.
PAIRS = st.sampled_from([OLD, NEW, ("a guess", "a guess")])
Pair = tuple[str, str]

RUNG = st.sampled_from(["teo", "bo", "ines"])


class AnyEvening(RuleBasedStateMachine):
    @initialize(watched=st.booleans(), buddy=st.sampled_from([None, "hana", "teo"]))
    def somebody_leaves(self, watched: bool, buddy: str | None) -> None:
        self.both = Both(restarts=False, watched=watched)
        self.buddy, self.second, self.presses = buddy, 0.0, 0
        set_pins(self.both, OLD)
        self.start()

    def do(self, step: Step) -> None:
        """A second after whatever was done before: nobody's fingers are faster."""
        self.second += 1
        self.both.later(self.second)
        self.both.do(step)

    def at(self) -> int:
        return START_MS + round(self.second * 1000)

    @precondition(lambda self: not self.both.real.noor.walk.open)
    @rule()
    def start_again(self) -> None:
        self.start()

    def start(self) -> None:
        more: dict[str, Any] = {"buddy": self.buddy, "bay": "lot-b", "minutes": 5}
        self.do(lambda side: side.noor.start(**more))

    @rule(seconds=st.sampled_from([1.0, 30.0, 61.0, 150.0, 240.0]))
    def time_passes(self, seconds: float) -> None:
        self.second += seconds
        self.both.later(self.second)

    @rule(what=st.sampled_from(["home", "cancel"]), typed=st.none() | PAIRS)
    def she_says(self, what: str, typed: Pair | None) -> None:
        self.do(lambda side: getattr(side.noor, what)(typed and own(side, typed)))

    @rule(minutes=st.sampled_from([1, 20, 70]), typed=st.none() | PAIRS)
    def it_takes_longer(self, minutes: int, typed: Pair | None) -> None:
        self.do(lambda side: side.noor.extend(minutes, typed and own(side, typed)))

    @rule(pair=st.sampled_from([OLD, NEW]))
    def she_sets_pins(self, pair: Pair) -> None:
        self.second += 1
        self.both.later(self.second)
        set_pins(self.both, pair)

    @rule(times=st.sampled_from([4, 9, 12]))
    def somebody_guesses_at_a_walk(self, times: int) -> None:
        for _ in range(times):
            self.do(lambda side: side.noor.home(PinMatch.WRONG))

    @precondition(lambda self: self.seen() is not None)
    @rule(times=st.sampled_from([4, 9, 12]))
    def somebody_guesses_at_an_alert(self, times: int) -> None:
        for _ in range(times):
            self.do(lambda side: self.close(side, PinMatch.WRONG))

    @rule(kind=st.sampled_from([PlaceKind.FIX, PlaceKind.ZONE]))
    def her_phone_says_where(self, kind: PlaceKind) -> None:
        report = PlaceReport(kind, self.at(), f"at {self.second}", 41.0 + self.second / 10_000, -87.0, 9.0)
        self.do(lambda side: side.noor.check_in(report))

    @rule()
    def she_presses(self) -> None:
        self.presses += 1
        key = f"press {self.presses}"
        self.do(lambda side: replace(side.town.press(key=key), receipt=""))

    @rule(text=st.sampled_from(["hello", "SOS", "thank you", "HOME"]))
    def she_texts(self, text: str) -> None:
        self.do(lambda side: side.town.text("noor", text))

    @precondition(lambda self: self.seen() is not None)
    @rule(pair=st.sampled_from([OLD, NEW]), alike=st.booleans())
    def she_closes_what_she_sees(self, pair: Pair, alike: bool) -> None:
        """The real PIN in the one town and either in the other."""
        typed = (pair[0], pair[0]) if alike else pair
        self.do(lambda side: self.close(side, own(side, typed)))

    @precondition(lambda self: self.first_id(self.both.real) is not None)
    @rule(pair=PAIRS)
    def she_types_where_all_looks_over(self, pair: Pair) -> None:
        """Into the first that her phone was ever shown, whatever became of it."""
        self.do(lambda side: side.town.pin(own(side, pair), alert=self.first_id(side)))

    @precondition(lambda self: self.seen() is not None)
    @rule(name=RUNG, answer=st.sampled_from([Answer.COMING, Answer.CANNOT, Answer.WITH_THEM]))
    def somebody_rung_answers(self, name: str, answer: Answer) -> None:
        self.do(lambda side: side.town.say(name, answer, alert=self.open_id(side)))

    @precondition(lambda self: self.seen() is not None and self.proposals()[0] is None)
    @rule(name=RUNG)
    def somebody_proposes_to_close_it(self, name: str) -> None:
        """Where none stands that both of them saw: a duress PIN undid it for those who help."""
        more = {"outcome": Outcome.MEDICAL}
        self.do(lambda side: self.about(side, c.ProposeClose, member=name, device=f"{name}-phone", **more))

    @precondition(lambda self: self.seen() is not None and None not in self.proposals())
    @rule(name=RUNG, agrees=st.booleans())
    def somebody_has_a_word_in_it(self, name: str, agrees: bool) -> None:
        if agrees:
            self.do(lambda side: self.about(side, c.ConfirmClose, member=name, device=f"{name}-phone"))
        else:
            self.do(lambda side: self.about(side, c.ObjectClose, member=name))

    def about(self, side: Any, command: Any, **more: Any) -> c.Reply:
        reply: c.Reply = side.town.do(command(org=ORG, alert=self.open_id(side), **more))
        return reply

    def proposals(self) -> list[Proposal | None]:
        """In the town where all is as it seems, and in the other."""
        sides = (self.both.real, self.both.forced)
        return [side.town.alert(self.open_id(side)).proposal for side in sides]

    def seen(self) -> str | None:
        """The alert that is open before her eyes, in the town where all is as it seems."""
        return self.open_id(self.both.real)

    def open_id(self, side: Any) -> str | None:
        for alert in side.town.world.open_alerts(ORG):
            for id in lives_of(alert):
                life = life_of(alert, id)
                if life is not None and life.closed_ms is None:
                    return id
        return None

    def first_id(self, side: Any) -> str | None:
        return min((id for alert in side.noor.alerts() for id in lives_of(alert)), default=None)

    def close(self, side: Any, match: PinMatch) -> c.Reply:
        reply: c.Reply = side.town.pin(match, alert=self.open_id(side))
        return reply


TestAnyEvening = pytest.mark.slow(AnyEvening.TestCase)
TestAnyEvening.settings = settings(max_examples=25, stateful_step_count=14, deadline=None)
