"""Any week of announcements: acts, ties, suspensions, carriers that lie and power that goes, in any order.

After every step: whoever was told may be told, nobody was told too often, memory is what the store says, and each
announcement has its wake-up.  At the end, once vendors take everything, nothing is owed and nothing is left.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from announced import all_taken, messages
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from second_person import peopled
from ward import HOUR, MINUTE, ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access import commands as a
from tocsin.core.access import entry_commands as n
from tocsin.core.access import tie_commands as t
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.announcing import tells
from tocsin.core.access.record import OPERATOR, By, Recovery
from tocsin.core.delivery import Delivery
from tocsin.core.limits import ANNOUNCED_EVERY_MS, SENDS_MAX
from tocsin.core.words import DeliveryState, Reason, Role
from tocsin.runtime.recall import load_deliveries

pytestmark = pytest.mark.slow
WHO = st.sampled_from(("noor", "bo", "teo", "ines", "wale", "ada"))
WHICH = st.integers(0, 40)


class AnyWeek(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ward: Ward = peopled()
        self.ward.guarded()
        self.ward.change("bo", roles=(Role.COORDINATOR,))
        self.ward.wait(2 * 24 * HOUR)
        for name in ("ada", "teo", "ines", "wale"):
            self.ward.session(name)
        self.seen: dict[str, Announcement] = {}
        self.count = 0

    def by(self, name: str) -> By:
        """In a session of today: one that has ended stays so."""
        self.count += 1
        return self.ward.session(name, number=1_000 + self.count)

    # What is done -----------------------------------------------------------------------------------------------

    @rule(name=WHO)
    def enrol(self, name: str) -> None:
        self.count += 1
        id = f"phone-{self.count}"
        self.ward.do(c.Enrol(org=ORG, by=OPERATOR, member=name, device=id, token_hash=id))

    @rule(name=WHO)
    def suspend(self, name: str) -> None:
        self.ward.do(a.Suspend(org=ORG, by=OPERATOR, member=name))

    @rule(name=WHO)
    def let_back(self, name: str) -> None:
        self.ward.change(name, suspended=False)

    @rule(name=WHO, about=WHO)
    def tie(self, name: str, about: str) -> None:
        self.ward.do(t.SetTie(org=ORG, by=self.by("wale"), member=name, about=about))

    @rule(name=WHO)
    def recover(self, name: str) -> None:
        self.ward.do(n.AskRecovery(org=ORG, by=self.by("teo"), member=name))
        for recovery in list(self.ward.world.all_kept(ORG, Recovery)):
            self.ward.do(n.VouchRecovery(org=ORG, by=self.by("ines"), recovery=recovery))

    @rule(name=WHO, role=st.sampled_from((Role.WORKER, Role.SUPERVISOR, Role.COORDINATOR)))
    def move(self, name: str, role: Role) -> None:
        self.ward.change(name, roles=(role,))

    @rule(silent=st.booleans())
    def press(self, silent: bool) -> None:
        before = len(self.made())
        self.ward.press(silent=silent)
        assert len(self.made()) == before, "an alert announces nothing"

    # What carriers say ------------------------------------------------------------------------------------------

    @precondition(lambda self: bool(messages(self.ward)))
    @rule(
        which=WHICH,
        moved=st.sampled_from((*c.Moved,)),
        reason=st.none() | st.sampled_from((*Reason,)),
        send=st.none() | st.integers(0, 4),
    )
    def hear(self, which: int, moved: c.Moved, reason: Reason | None, send: int | None) -> None:
        found = messages(self.ward)
        message = found[which % len(found)]
        told = None if moved in (c.Moved.ACCEPTED, c.Moved.DELIVERED) else reason or Reason.VENDOR_DOWN
        ref = f"SM{message.id}.{send}" if moved is c.Moved.ACCEPTED else None
        news = c.Report(
            org=ORG,
            delivery=message.id,
            alert=message.alert,
            moved=moved,
            reason=told,
            provider_ref=ref,
            send=send,
        )
        self.ward.do(news)

    # Time and power ---------------------------------------------------------------------------------------------

    @rule(ms=st.sampled_from((1_000, MINUTE, ANNOUNCED_EVERY_MS - 1, ANNOUNCED_EVERY_MS, HOUR)))
    def wait(self, ms: int) -> None:
        self.ward.wait(ms)

    @rule()
    def power_goes(self) -> None:
        self.ward.restart()

    # What holds -------------------------------------------------------------------------------------------------

    def made(self) -> dict[str, Announcement]:
        rows = self.ward.store.snapshots(ORG, "announcement")
        ids = [row.stream.partition("/")[2] for row in rows]
        found = {id: self.ward.world.kept(ORG, Announcement, id) for id in ids}
        return {id: one for id, one in found.items() if one is not None}

    @invariant()
    def whoever_is_told_may_be_told(self) -> None:
        for id, one in self.made().items():
            if id not in self.seen and one.made_ms == self.ward.now_ms and not one.over:
                assert one.topics and all(tells(self.ward.directory, one.member, topic) for topic in one.topics)
            self.seen[id] = one

    @invariant()
    def nobody_is_told_too_often(self) -> None:
        times: dict[tuple[str, bool], list[int]] = {}
        for one in self.made().values():
            times.setdefault((one.member, one.warns), []).append(one.made_ms)
        for made in times.values():
            made.sort()
            assert all(later - sooner >= ANNOUNCED_EVERY_MS for sooner, later in pairwise(made))

    @invariant()
    def memory_is_what_the_store_says(self) -> None:
        ward = self.ward
        for id, one in ward.world.all_kept(ORG, Announcement).items():
            assert ward._wakes[f"announcement/{id}"] == one.ends_ms >= ward.now_ms
            assert dict(ward.world.deliveries(ORG, id)) == load_deliveries(ward.store, ORG, id)
            assert set(one.messages) == set(ward.world.deliveries(ORG, id))

    @invariant()
    def what_is_over_waits_for_nothing(self) -> None:
        still = self.ward.world.all_kept(ORG, Announcement)
        for message in messages(self.ward):
            assert message.attempts <= SENDS_MAX
            assert message.alert in still or message.due_at_ms is None

    def teardown(self) -> None:
        for _ in range(16):
            all_taken(self.ward)
            self.ward.wait(ANNOUNCED_EVERY_MS // 2)
        assert not self.ward.world.all_kept(ORG, Announcement)
        assert not [message for message in messages(self.ward) if _open(message)]


def _open(message: Delivery) -> bool:
    return message.due_at_ms is not None or message.state is DeliveryState.QUEUED


TestAnyWeek = AnyWeek.TestCase
TestAnyWeek.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
