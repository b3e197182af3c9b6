"""The checkers must be able to fail: each test here breaks one thing in the system on purpose, and names the promise.

The mutants exist in this file only; each bends one seam or one function of the product while a few seeds run.
"""

from __future__ import annotations

import pytest

from tocsin import ports
from tocsin.core import answering
from tocsin.core.alert import Alert
from tocsin.core.docket import Draft
from tocsin.core.words import Phase
from tocsin.runtime import auditor, stages
from tocsin.runtime.loop import Bell
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.world import World
from tocsin.sim.history import simulate
from tocsin.sim.node import Node
from tocsin.store.sqlite import SqliteStore

SEEDS = range(1, 60)
pytestmark = pytest.mark.slow


def broken_within(*promises: str) -> bool:
    """Does one of a few dozen seeds find it, under one of these names?"""
    return any(broken.promise in promises for seed in SEEDS for broken in simulate(seed).broken)


def test_a_disk_that_is_not_synced_loses_presses(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(node: Node) -> ports.Store:
        assert node.disk is not None
        return SqliteStore(node.disk.path("tocsin.db"), vfs=node.disk.name, files=node.disk.files, synchronous="NORMAL")

    real = Node._opened
    monkeypatch.setattr(Node, "_opened", lambda node: careless(node) if node.disk else real(node))
    assert broken_within("I1")


def test_a_key_that_is_forgotten_is_caught_by_the_store_and_told_to_the_operator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(World, "known_press", lambda world, org, credential, key: None)
    assert broken_within("I2", "loud")


def test_a_loan_that_never_lapses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_lapse_loans", lambda draft: None)
    assert broken_within("I5, I6", "simulator")  # The wake-up stays due: the loop runs and time stands still.


def test_one_answer_that_pauses_the_climb_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def phase(alert: Alert) -> Phase:
        if alert.closed_ms is not None:
            return Phase.CLOSED
        return Phase.PAUSED if any(person.helping for person in alert.people.values()) else Phase.CLIMBING

    monkeypatch.setattr(Alert, "phase", property(phase))
    assert broken_within("I4")


def test_a_message_that_may_have_been_sent_and_is_sent_for_ever_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Outbox, "may_have_been_sent", lambda outbox, delivery, now_ms: False)
    monkeypatch.setattr("tocsin.core.delivery.SENDS_MAX", 50)
    assert broken_within("I8")


def test_a_ring_that_goes_out_after_the_close_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def anything(stage: stages.StillWanted, parcel: stages.Parcel) -> stages.Parcel:
        return parcel

    monkeypatch.setattr(stages.StillWanted, "__call__", anything)
    monkeypatch.setattr(Draft, "withdraw", lambda draft, reason, **which: None)
    assert broken_within("I9")


def test_a_restart_that_forgets_its_wakes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Bell.resume

    def forgetful(bell: Bell) -> None:
        real(bell)
        bell.wakes.stop()

    monkeypatch.setattr(Bell, "resume", forgetful)
    monkeypatch.setattr(auditor, "findings", lambda bell: iter(()))
    assert broken_within("I5, I6", "watch")
