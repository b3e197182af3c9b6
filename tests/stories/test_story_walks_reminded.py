"""Walks: whoever is out is reminded before the end by whatever ways they have, in words that give nothing away."""

from __future__ import annotations

import pytest
from carrier import Mood, news
from msgspec.structs import replace
from people import ORG, SITE, directory
from town import Town
from walker import DUE_S, REMINDED_S, Walker

from tocsin.core.commands import Moved
from tocsin.core.directory import Contact
from tocsin.core.particulars import PinMatch
from tocsin.core.words import Channel, Purpose

WAYS = {
    Channel.SMS: "+12025550197",
    Channel.VOICE: "+12025550198",
    Channel.PUSH: "subscription-noor",
    Channel.EMAIL: "noor@example.org",
}


WALKING = ("noor", "teo")  # The second of them as a buddy.


@pytest.fixture
def noor(town: Town) -> Walker:
    return Walker(town)


def only_by(town: Town, *kinds: Channel, **of_noor: object) -> None:
    """Whoever walks has these ways alone, and each has its vendor."""
    people = directory()
    ways = tuple(Contact(f"noor/{kind}", kind, WAYS[kind], True) for kind in kinds)
    town.routes = {**town.routes, **{kind: (f"{kind}-vendor",) for kind in kinds}}
    town.restart()
    members = {**people.members, "noor": replace(people.members["noor"], contacts=ways, **of_noor)}
    town.founded(replace(people, members=members))


def told_by(town: Town) -> list[Channel]:
    """By which ways the one who walks was told, in the order of the messages."""
    return [d.channel for d in town.deliveries() if d.purpose is Purpose.WALK and d.member == "noor"]


@pytest.mark.parametrize("kind", [Channel.PUSH, Channel.SMS, Channel.VOICE])
def test_whoever_has_one_way_is_reminded_by_that_one(town: Town, noor: Walker, kind: Channel) -> None:
    only_by(town, kind)
    noor.start()
    town.at(REMINDED_S)
    town.expect("walk noor")
    town.at(DUE_S)
    town.expect("walk noor")
    assert told_by(town) == [kind, kind]
    noor.home()


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize(
    ("language", "left", "up"),
    [
        ("en", "This is a reminder for you. 3 minutes are left. Look at your page.", "The time is up."),
        ("es", "Esto es un recordatorio para usted. Quedan 3 minutos. Mire su página.", "Se acabó el tiempo."),
    ],
)
def test_a_call_that_reminds_says_nothing_to_a_bystander(
    town: Town, noor: Walker, language: str, left: str, up: str, watched: bool
) -> None:
    only_by(town, Channel.VOICE, language=language, watch_window=watched)
    noor.start(bay="lot-b", buddy="teo")
    town.at(REMINDED_S)
    assert town.texts["noor"] == left
    town.at(DUE_S)
    assert up in town.texts["noor"]
    for word in ("Teo", "Lot B", "SOS", "HOME", "Noor", "walk"):
        assert word not in town.texts["noor"]
    town.expect("walk teo noor noor")
    noor.home(PinMatch.REAL)
    town.expect("walk teo")


def test_a_walk_of_two_minutes_reminds_by_call_that_one_is_left(town: Town, noor: Walker) -> None:
    only_by(town, Channel.VOICE)
    noor.start(minutes=2)
    town.at(60)
    town.expect("walk noor")
    assert "One minute is left." in town.texts["noor"]
    noor.home()


def test_whoever_has_said_home_is_not_called(town: Town, noor: Walker) -> None:
    only_by(town, Channel.VOICE)
    noor.start()
    town.at(REMINDED_S - 1)
    noor.home()
    town.at(3_600)
    town.expect()


def test_whoever_reads_texts_is_not_called_and_whose_number_for_them_is_not_proven_is(town: Town, noor: Walker) -> None:
    only_by(town, Channel.SMS, Channel.VOICE)
    noor.start()
    town.at(REMINDED_S)
    town.expect("walk noor")
    noor.home()
    assert told_by(town) == [Channel.SMS]
    texts, calls = town.directory.members["noor"].contacts
    noor_now = replace(town.directory.members["noor"], contacts=(replace(texts, verified=False), calls))
    town.founded(replace(town.directory, members={**town.directory.members, "noor": noor_now}))
    noor.start(minutes=2)
    town.at(REMINDED_S + 60)
    town.expect("walk noor")
    noor.home()
    assert told_by(town) == [Channel.SMS, Channel.VOICE]


def test_whoever_has_only_a_telephone_and_mail_is_called_and_mailed(town: Town, noor: Walker) -> None:
    only_by(town, Channel.VOICE, Channel.EMAIL)
    noor.start()
    town.at(REMINDED_S)
    town.expect("walk noor noor")
    assert told_by(town) == [Channel.VOICE, Channel.EMAIL]
    noor.home()


def test_a_buddy_is_not_called_before_there_is_an_alert(town: Town, noor: Walker) -> None:
    people = directory()
    teo = replace(people.members["teo"], contacts=(Contact("teo/voice", Channel.VOICE, WAYS[Channel.VOICE], True),))
    town.routes = {**town.routes, Channel.VOICE: ("voice",)}
    town.restart()
    town.founded(replace(people, members={**people.members, "teo": teo}))
    noor.start(buddy="teo")
    town.expect()
    noor.home()


# A text that does not come through ---------------------------------------------------------------------------------


def loses(town: Town, *, until_s: float, mood: Mood = Mood.PHONE_OFF) -> None:
    """What is on its way to whoever walks does not arrive; what is sent after that does."""
    town.carrier.moods["noor"] = mood
    town.at(until_s)
    town.carrier.moods["noor"] = Mood.WELL
    town.settle()
    town.unheard.clear()


def test_a_reminder_that_is_known_not_to_have_come_is_followed_by_one_call(town: Town, noor: Walker) -> None:
    only_by(town, Channel.SMS, Channel.VOICE)
    noor.start()
    loses(town, until_s=REMINDED_S)
    town.at(REMINDED_S + 1)
    town.expect("walk noor")
    assert told_by(town) == [Channel.SMS, Channel.VOICE] and "3 minutes are left" in town.texts["noor"]
    text, _ = (d for d in town.deliveries() if d.purpose is Purpose.WALK)
    town.do(news(text, ORG, Moved.UNDELIVERED))
    town.at(DUE_S)
    town.expect("walk noor")
    assert told_by(town) == [Channel.SMS, Channel.VOICE, Channel.SMS]
    noor.home()


def test_where_one_of_the_ways_may_have_reached_them_nobody_calls(town: Town, noor: Walker) -> None:
    only_by(town, Channel.SMS, Channel.PUSH, Channel.VOICE)
    noor.start()
    town.carrier.moods["noor"] = Mood.MUTE
    town.at(REMINDED_S)
    text = next(d for d in town.deliveries() if d.channel is Channel.SMS and d.purpose is Purpose.WALK)
    town.do(news(text, ORG, Moved.UNDELIVERED))
    town.at(REMINDED_S + 60)
    assert set(told_by(town)) == {Channel.SMS, Channel.PUSH}
    noor.home()
    town.unheard.clear()


def with_grace(town: Town) -> None:
    """Five minutes: longer than what a reminder says is true."""
    site = replace(town.directory.sites[SITE], walk_grace_s=300)
    town.founded(replace(town.directory, sites={SITE: site}, devices={}))


def test_nobody_is_called_who_has_no_telephone_or_is_home_or_whose_reminder_is_old(town: Town, noor: Walker) -> None:
    only_by(town, Channel.SMS)
    noor.start()
    loses(town, until_s=REMINDED_S)
    town.at(REMINDED_S + 1)
    noor.home()
    only_by(town, Channel.SMS, Channel.VOICE)
    with_grace(town)
    noor.start(minutes=2)
    loses(town, until_s=REMINDED_S + 61)
    noor.home()
    town.at(REMINDED_S + 63)
    noor.start(minutes=2)
    loses(town, until_s=REMINDED_S + 400, mood=Mood.MUTE)
    noor.home()
    town.settle()
    town.unheard.clear()
    assert set(told_by(town)) == {Channel.SMS}


def test_a_call_that_fails_is_followed_by_none(town: Town, noor: Walker) -> None:
    only_by(town, Channel.SMS, Channel.VOICE)
    noor.start()
    town.carrier.moods["noor"] = Mood.PHONE_OFF
    town.at(REMINDED_S + 30)
    assert sorted(told_by(town)) == [Channel.SMS, Channel.VOICE]
    noor.home()


def test_a_text_to_the_buddy_that_did_not_come_calls_nobody(town: Town, noor: Walker) -> None:
    people = directory()
    ways = {name: Contact(f"{name}/voice", Channel.VOICE, f"+1202555019{n}", True) for n, name in enumerate(WALKING)}
    both = {name: replace(people.members[name], contacts=(*people.members[name].contacts, ways[name])) for name in ways}
    town.routes = {**town.routes, Channel.VOICE: ("voice",)}
    town.restart()
    town.founded(replace(people, members={**people.members, **both}))
    town.carrier.moods["teo"] = Mood.PHONE_OFF
    noor.start(buddy="teo")
    town.at(30)
    assert {(d.member, d.channel) for d in town.deliveries()} == {("teo", Channel.SMS)}
    noor.home()
    town.settle()
    town.unheard.clear()
