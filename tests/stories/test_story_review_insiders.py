"""What a suspended insider, a friend on shift and a borrowed phone try, and what it gets them: nothing."""

from __future__ import annotations

from carrier import Mood, news
from msgspec.structs import replace
from people import ORG, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.record import SYSTEM
from tocsin.core.directory import Contact
from tocsin.core.words import Answer, Channel, Reason


def test_a_suspended_member_s_texts_never_tell_whether_their_own_alert_is_open(town: Town) -> None:
    town.suspend("noor")
    before = town.text("noor", "are you there")
    town.press()
    during = town.text("noor", "are you there")
    assert during == before, "the reply says that the alert is open"
    assert [note.text for note in town.alert().notes] == ["are you there"], "the responders have it all the same"
    town.expect_only("ring")


def test_a_forged_word_makes_nobody_reachable_again(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.FILTERED
    town.press()
    town.expect("ring bo ines")
    assert town.alert().people["teo"].unreachable is Reason.FILTERED
    town.text("teo", "1")
    assert town.alert().people["teo"].unreachable is Reason.FILTERED, "whoever forges a 1 holds the climb"
    town.expect_only("ring")


def test_a_callback_that_is_played_again_kills_no_number_twice(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.at(1)
    sent = town.messages("teo")[0]
    dead = replace(news(sent, ORG, c.Moved.UNDELIVERED), reason=Reason.NUMBER_DEAD, seq=100)
    town.do(dead)
    assert town.member("teo").contacts[0].dead
    alive = Contact("teo/sms", Channel.SMS, town.member("teo").contacts[0].to, verified=True)
    town.do(c.SetContact(org=ORG, by=SYSTEM, member="teo", contact=alive))
    town.do(dead)
    assert town.member("teo").contacts[0].usable, "an old callback, replayed, silences a phone"
    town.expect_only("ring")


def test_a_close_needs_somebody_who_may_close_when_it_commits_too(town: Town) -> None:
    town.press()
    town.propose("ines")
    town.confirm("teo")
    people = directory()
    demoted = {**people.members, "ines": replace(people.members["ines"], roles=people.members["teo"].roles)}
    town.founded(replace(people, members=demoted))
    town.at(61)
    assert town.alert().open
    assert "all_clear" not in {purpose for purpose, _ in town.unheard}
    town.unheard.clear()


def test_when_all_who_remain_say_cannot_somebody_else_is_asked_or_told(town: Town) -> None:
    town.press()
    for name in ("teo", "bo", "ines"):
        town.say(name, Answer.CANNOT)
    assert {"wale", "hana"} <= set(town.alert().people), "three said no, and nobody else was asked"
    for name in ("wale", "hana"):
        town.say(name, Answer.CANNOT)
    assert "alert_reaches_nobody" in town.pages, "an alert that nobody answers is silent"
    town.expect_only("ring")
