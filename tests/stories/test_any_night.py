"""Any night at all: presses, answers, texts, closes, ties, suspensions, lying carriers and the power, in any order.

The town checks the promises after every command; here are those that need a before and an after.
"""

from __future__ import annotations

import pytest
from carrier import Mood, news
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from people import NUMBERS, ORG
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.alert import Alert
from tocsin.core.limits import UNDELIVERABLE_SHOWN_MS
from tocsin.core.raising import loud
from tocsin.core.words import Answer, Came, DeliveryState, Outcome, PlaceKind, Purpose, Reason

pytestmark = pytest.mark.slow
NAMES = st.sampled_from(sorted(NUMBERS))
WORKERS = st.sampled_from(["noor", "noor", "noor", "bo"])
TEXTS = st.sampled_from(
    ["SOS", "sos lot b", "STOP", "1", "2", "3", "9999", "what", "WALK 20 CAR", "911!", "", "\x00\u202e", "HOME", "stop"]
)
LABELS = st.none() | st.sampled_from(["Lot B", "lot b ", "Door 2"])


class AnyNight(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.answered: dict[str, DeliveryState] = {}
        self.closed: dict[str, Alert] = {}
        self.count = 0

    def open_ids(self) -> list[str]:
        return [alert.id for alert in self.town.world.open_alerts(ORG)]

    def an_alert(self, index: int) -> str | None:
        known = [snapshot.stream.partition("/")[2] for snapshot in self.town.store.snapshots(ORG, "alert")]
        return known[index % len(known)] if known else None

    # People -----------------------------------------------------------------------------------------------------

    @rule(who=WORKERS, came=st.sampled_from([Came.DEVICE, Came.REVOKED]), silent=st.booleans(), label=LABELS)
    def somebody_presses(self, who: str, came: Came, silent: bool, label: str | None) -> None:
        self.count += 1
        places = () if label is None else (c.PlaceReport(PlaceKind.ZONE, self.town.now_ms, label=label),)
        taken = self.town.press(who, came=came, silent=silent, places=places, key=f"key {self.count}")
        again = self.town.press(who, came=came, key=f"key {self.count}")
        assert (again.alert, again.receipt, again.known) == (taken.alert, taken.receipt, True), "I2"
        assert not taken.known and self.town.alert(taken.alert).open, "I15"

    @rule(who=st.sampled_from(["hana", "noor"]))
    def somebody_drills(self, who: str) -> None:
        self.count += 1
        drill = c.Press(
            org=ORG,
            credential="office",
            key=f"drill {self.count}",
            member=who,
            device=None,
            came=Came.DRILL,
            drill=True,
        )
        waits = any(loud(alert) for alert in self.town.world.open_alerts(ORG))
        assert isinstance(self.town.do(drill), c.Declined if waits else c.PressTaken), "I24"

    @rule(index=st.integers(0, 5), who=NAMES, answer=st.sampled_from(Answer), eta_s=st.none() | st.integers(-5, 500))
    def somebody_answers(self, index: int, who: str, answer: Answer, eta_s: int | None) -> None:
        if (alert := self.an_alert(index)) is not None:
            before = self.town.alert(alert)
            self.town.say(who, answer, eta_s=eta_s, alert=alert)
            after = self.town.alert(alert)
            others = {name for name in before.people if name != who}
            assert all(before.people[n].answer == after.people[n].answer for n in others), "nobody silences another"

    @rule(who=NAMES, text=TEXTS, opt_out=st.sampled_from([None, None, None, "STOP", "START"]))
    def somebody_texts(self, who: str, text: str, opt_out: str | None) -> None:
        self.town.text(who, text, opt_out=opt_out)

    @rule(who=NAMES, which=st.integers(0, 2))
    def somebody_texts_their_number(self, who: str, which: int) -> None:
        for alert in self.town.world.open_alerts(ORG):
            if who in alert.people:
                self.town.text(who, alert.people[who].numbers[which])

    @rule(index=st.integers(0, 5), who=NAMES, confirms=NAMES)
    def two_close(self, index: int, who: str, confirms: str) -> None:
        if (alert := self.an_alert(index)) is not None:
            self.town._alert = alert
            self.town.propose(who, outcome=Outcome.OTHER)
            self.town.confirm(confirms)

    @rule(index=st.integers(0, 5), who=NAMES)
    def somebody_objects(self, index: int, who: str) -> None:
        if (alert := self.an_alert(index)) is not None:
            self.town._alert = alert
            self.town.objects(who)

    @rule(index=st.integers(0, 5), match=st.sampled_from(c.PinMatch))
    def a_pin_is_typed(self, index: int, match: c.PinMatch) -> None:
        if (alert := self.an_alert(index)) is not None:
            before = self.town.alert(alert)
            self.town.pin(match, name=before.member, alert=alert)
            after = self.town.alert(alert)
            if match is not c.PinMatch.REAL or before.under_duress or before.silent:
                assert after.open == before.open, "I11"

    @rule(index=st.integers(0, 5), who=NAMES)
    def somebody_climbs_by_hand(self, index: int, who: str) -> None:
        if (alert := self.an_alert(index)) is not None:
            self.town.do(c.Climb(org=ORG, alert=alert, member=who))

    @rule(index=st.integers(0, 5), who=NAMES, label=LABELS)
    def somebody_says_where(self, index: int, who: str, label: str | None) -> None:
        if (alert := self.an_alert(index)) is not None:
            place = c.PlaceReport(PlaceKind.SPOKEN, self.town.now_ms, label=label)
            self.town.do(c.AddPlace(org=ORG, alert=alert, member=who, place=place))

    @rule(who=NAMES, lifted=st.booleans())
    def somebody_is_suspended(self, who: str, lifted: bool) -> None:
        self.town.suspend(who, lifted=lifted)

    @rule(who=NAMES)
    def somebody_is_tied(self, who: str) -> None:
        self.town.tie(who)

    @rule()
    def new_pins(self) -> None:
        self.town.do(c.SetPins(org=ORG, by=OPERATOR, member="noor", pin_hash="p", duress_pin_hash="d"))

    # The world --------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(["*", *sorted(NUMBERS)]), mood=st.sampled_from(Mood))
    def the_carrier_changes_its_mood(self, who: str, mood: Mood) -> None:
        self.town.carrier.moods[who] = mood
        for name in sorted(NUMBERS):
            self.town.release(name)

    @rule(index=st.integers(0, 50), moved=st.sampled_from(c.Moved), reason=st.none() | st.sampled_from(Reason))
    def the_carrier_lies(self, index: int, moved: c.Moved, reason: Reason | None) -> None:
        deliveries = self.town.deliveries()
        if deliveries and moved not in (c.Moved.LAST, c.Moved.ANSWERED, c.Moved.WITHDRAWN):
            self.town.do(news(deliveries[index % len(deliveries)], ORG, moved, reason))

    @rule(seconds=st.sampled_from([0.0, 0.5, 1.0, 7.0, 30.0, 61.0, 130.0]))
    def time_passes(self, seconds: float) -> None:
        self.town.at(self.town.seconds + seconds)

    @rule()
    def the_power_fails(self) -> None:
        self.town.restart()

    # What needs a before and an after ---------------------------------------------------------------------------

    @invariant()
    def an_answered_message_stays_answered(self) -> None:
        for delivery in self.town.deliveries():
            if delivery.state is DeliveryState.ANSWERED:
                self.answered[delivery.id] = delivery.state
        now = {delivery.id: delivery.state for delivery in self.town.deliveries()}
        assert all(now[id] is DeliveryState.ANSWERED for id in self.answered), "I10"

    @invariant()
    def a_closed_alert_stays_as_it_is_but_for_notes(self) -> None:
        for snapshot in self.town.store.snapshots(ORG, "alert"):
            alert = self.town.alert(snapshot.stream.partition("/")[2])
            if not alert.open:
                first = self.closed.setdefault(alert.id, alert)
                assert (alert.closed_ms, alert.outcome, alert.people) == (first.closed_ms, first.outcome, first.people)

    @invariant()
    def nobody_alone_closes_a_silent_alert_or_one_under_duress(self) -> None:
        for alert in self.closed.values():
            if (alert.silent or alert.under_duress) and not alert.drill:
                assert len(set(alert.closed_by)) == 2, "I23"

    @invariant()
    def everybody_rung_is_on_the_way_to_a_named_state(self) -> None:
        for delivery in self.town.deliveries():
            late_ms = self.town.now_ms - delivery.valid_until_ms
            under_way = delivery.id in self.town.carrier.under_way
            if delivery.purpose is Purpose.RING and late_ms > UNDELIVERABLE_SHOWN_MS and not under_way:
                assert delivery.due_at_ms is None, "I3"


TestAnyNight = AnyNight.TestCase
TestAnyNight.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
