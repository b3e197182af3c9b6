"""Pushes in an alert: gone in its middle, never acknowledged, and never the only thing that is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from carrier import Mood, news
from msgspec.structs import replace
from people import NUMBERS, ORG, PLAN, device_of, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.push_commands import PushProven, Subscribe
from tocsin.core.access.push_record import PushEnded, Subscription, pushes_of
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Directory
from tocsin.core.words import Channel, DeliveryState, Phase, Purpose, Reason

BOTH = {Channel.SMS: ("twilio",), Channel.PUSH: ("push",)}


def phones() -> Directory:
    """Every rung rings by text and by push; Bo has a phone with the app and no number that takes texts."""
    people = directory()
    rungs = tuple(replace(rung, channels=((Channel.PUSH, Channel.SMS),)) for rung in PLAN.rungs)
    mail = Contact("bo/mail", Channel.EMAIL, "bo@example.org", verified=True)
    members = {**people.members, "bo": replace(people.members["bo"], contacts=(mail,))}
    return replace(people, members=members, plans=(replace(PLAN, rungs=rungs),))


@pytest.fixture(params=[False, True], ids=["steady", "restarts"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    town = Town(restarts=request.param, routes=BOTH)
    town.founded(phones())
    for name in ("teo", "bo"):
        subscribe(town, name)
    yield town
    town.must_have_told_everything()


def subscribe(town: Town, name: str, endpoint: str = "https://push.example.org/") -> None:
    by = By(name, Via.DEVICE, device_of(name).id)
    assert town.do(Subscribe(org=ORG, by=by, endpoint=endpoint + name, p256dh="k", auth="a")) == c.Done()
    assert town.do(PushProven(org=ORG, subscription=push_of(town, name).to, asked_ms=town.now_ms)) == c.Done()


def push_of(town: Town, name: str) -> Contact:
    return next(pushes_of(town.directory.members[name]))


def sent(town: Town, name: str) -> list[Delivery]:
    theirs = [d for d in town.deliveries() if d.member == name and d.channel is Channel.PUSH]
    return [delivery for delivery in theirs if delivery.purpose is Purpose.RING]


def gone(town: Town, name: str) -> None:
    """The push service says 410 to the request under way."""
    town.settle()
    town.carrier.under_way.pop(sent(town, name)[-1].id)
    town.do(news(sent(town, name)[-1], ORG, c.Moved.REFUSED, Reason.ADDRESS_DEAD))


def test_a_subscription_that_is_gone_in_mid_alert_is_tried_no_more_and_the_text_goes_on(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.HOLDS
    town.press()
    gone(town, "teo")
    subscription = town.world.kept(ORG, Subscription, push_of(town, "teo").to)
    assert subscription is not None and subscription.ended is PushEnded.GONE
    assert [d.state for d in sent(town, "teo")] == [DeliveryState.FAILED]
    assert town.alert().people["teo"].reachable, "a text may still come"
    town.release("teo")
    town.carrier.moods["teo"] = Mood.WELL
    town.at(31)
    assert len(sent(town, "teo")) == 1, "the repeat rings by text alone"
    town.expect_only("ring")


def test_a_subscription_that_two_pushes_find_gone_is_gone_once(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.MUTE
    town.press()
    town.at(46)
    first, second, *_ = sent(town, "teo")
    town.do(news(first, ORG, c.Moved.UNDELIVERED, Reason.ADDRESS_DEAD))
    found = push_of(town, "teo")
    town.do(news(second, ORG, c.Moved.UNDELIVERED, Reason.ADDRESS_DEAD))
    assert found.dead == Reason.ADDRESS_DEAD.value and push_of(town, "teo") == found
    town.expect_only("ring")


def test_whoever_has_the_app_alone_is_not_reached_once_it_is_gone_until_it_is_there_again(town: Town) -> None:
    town.carrier.moods["bo"] = Mood.HOLDS
    town.press()
    gone(town, "bo")
    assert town.alert().people["bo"].unreachable is Reason.ADDRESS_DEAD
    town.carrier.moods["bo"] = Mood.WELL
    subscribe(town, "bo", "https://push.example.org/new/")
    town.at(31)
    assert push_of(town, "bo").usable
    town.expect_only("ring")


def test_a_push_that_is_never_acknowledged_is_no_failure_before_its_five_minutes_are_over(town: Town) -> None:
    town.carrier.moods["*"] = Mood.MUTE
    town.press()
    town.at(290)
    (first, *_) = sent(town, "bo")
    assert first.state is DeliveryState.HANDED_OVER
    town.at(301)
    assert sent(town, "bo")[0].state is DeliveryState.FAILED and sent(town, "bo")[0].reason is Reason.EXPIRED
    assert town.alert().phase is Phase.CLIMBING
    town.expect_only("ring")


def test_a_push_that_came_is_no_answer_and_pauses_nothing(town: Town) -> None:
    town.press()
    town.at(5)
    assert sent(town, "bo")[0].state is DeliveryState.DELIVERED
    town.at(46)
    assert town.alert().rung == 1 and town.alert().people["bo"].answer is None
    assert NUMBERS["bo"] not in {d.to for d in town.deliveries()}
    town.expect_only("ring")
