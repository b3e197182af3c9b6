"""Links to one alert: bound by one tap, worth as much as whoever holds them may know, and gone with the alert."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG, directory
from town import ADDRESS, Town

from tocsin.core import commands as c
from tocsin.core.access.commands import EndAccess, LookAt
from tocsin.core.access.entry_commands import BindLink
from tocsin.core.access.record import OPERATOR, id_of
from tocsin.core.access.rung_links import holds
from tocsin.core.access.rung_record import LinkTaken, RungLink
from tocsin.core.access.words import Ended, What
from tocsin.core.directory import Contact
from tocsin.core.limits import RUNG_LINK_LINGERS_MS, RUNG_LINKS_MAX
from tocsin.core.rung_link import LinkFor
from tocsin.core.words import Answer, Channel, Purpose

WORN_OUT = c.Declined(problem=c.Problem.LINK_WORN_OUT)
ELSEWHERE = c.Declined(problem=c.Problem.OPENED_ELSEWHERE)
DONE = c.Done()


def wanted(alert: str, member: str, purpose: LinkFor, nth: int = 0) -> dict[str, Any]:
    return {"alert": alert, "member": member, "purpose": purpose, "nth": nth}


def code(text: str | None) -> str:
    """The code of the link in this text."""
    assert text is not None and f"{ADDRESS}/r/" in text, text
    return text.partition(f"{ADDRESS}/r/")[2]


def tap(town: Town, link: str, device: str = "phone") -> c.Reply:
    """Somebody taps on it, on this device."""
    found = town.links.find(link)
    if found is None:
        return WORN_OUT
    hashed = hashlib.sha256(f"{link}{device}".encode()).hexdigest()
    fields = wanted(found.alert, found.member, found.purpose, found.nth)
    return town.do(BindLink(org=ORG, token_hash=hashed, **fields))


def bound(town: Town, link: str, device: str = "phone") -> RungLink:
    hashed = hashlib.sha256(f"{link}{device}".encode()).hexdigest()
    known = town.world.kept(ORG, RungLink, id_of(hashed))
    assert known is not None
    return known


def answered(town: Town, name: str) -> str:
    """They answer by number; the code in what comes back.  As the edge does it."""
    done = town.do(
        c.TextIn(
            org=ORG,
            vendor="twilio",
            message=f"SMlink{town.seconds}{name}",
            sender=NUMBERS[name],
            text=town.number(name, Answer.COMING),
        )
    )
    assert isinstance(done, c.Done) and done.reply is not None
    return code(town.links.behind(ORG, done.reply, done.link))


def called(town: Town) -> str:
    """Noor pressed; the code of Teo's link."""
    town.press()
    town.expect("ring teo bo ines")
    return code(town.links.of(ORG, town.id(), "teo"))


def texted(town: Town, message: str = "SMsos") -> tuple[str, str]:
    """Noor texts for help: what comes back, and the id that her phone would have."""
    done = town.do(c.TextIn(org=ORG, vendor="twilio", message=message, sender=NUMBERS["noor"], text="SOS lot b"))
    assert isinstance(done, c.Done) and done.reply is not None and done.link is not None
    return town.links.behind(ORG, done.reply, done.link), done.link.alert


# Whoever was called ------------------------------------------------------------------------------------------------


def test_the_first_device_that_taps_is_bound_and_the_second_is_told_that_it_was_opened_elsewhere(town: Town) -> None:
    link = called(town)
    assert tap(town, link) == DONE and bound(town, link).open
    assert (bound(town, link).member, bound(town, link).purpose) == ("teo", LinkFor.RUNG)
    assert tap(town, link, "forwarded") == ELSEWHERE


def test_an_answer_brings_a_link_of_ones_own_that_takes_the_place_of_the_one_before(town: Town) -> None:
    link = called(town)
    tap(town, link, "of somebody else")
    own = answered(town, "teo")
    assert own != link and tap(town, own) == DONE
    assert bound(town, link, "of somebody else").ended is Ended.REPLACED and bound(town, own).open
    assert tap(town, link) == ELSEWHERE


def test_a_link_that_was_not_opened_stays_the_same_however_often_it_is_sent(town: Town) -> None:
    link = called(town)
    assert answered(town, "teo") == link


def test_links_are_made_for_so_many_devices_and_no_more(town: Town) -> None:
    called(town)
    for device in range(RUNG_LINKS_MAX):
        assert tap(town, code(town.links.of(ORG, town.id(), "teo")), str(device)) == DONE
    assert town.links.of(ORG, town.id(), "teo") == ""
    fields = wanted(town.id(), "teo", LinkFor.RUNG, RUNG_LINKS_MAX)
    assert town.do(BindLink(org=ORG, token_hash="f" * 64, **fields)) == WORN_OUT


def test_a_tap_answers_nothing(town: Town) -> None:
    tap(town, called(town))
    assert town.alert().people["teo"].answer is None


@pytest.mark.parametrize("name", ["noor", "wale", "nobody"])
def test_nobody_has_a_link_whom_it_did_not_ring(town: Town, name: str) -> None:
    called(town)
    assert town.links.of(ORG, town.id(), name) == ""
    fields = wanted(town.id(), name, LinkFor.RUNG, 0)
    assert town.do(BindLink(org=ORG, token_hash="f" * 64, **fields)) == WORN_OUT


def test_a_link_ends_with_a_tie_and_says_no_more_than_one_that_never_was(town: Town) -> None:
    link = called(town)
    town.tie("teo")
    assert tap(town, link) == WORN_OUT == tap(town, "0" * 16)
    town.at(1)
    town.unheard.clear()


def test_whoever_was_taken_out_of_an_alert_has_no_link_to_it_until_it_rings_them_again(town: Town) -> None:
    link = called(town)
    town.tie("teo")
    town.founded(directory())
    assert (tap(town, link) == DONE) == (not town.alert().people["teo"].withdrawn)
    withdrawn = replace(town.alert().people["teo"], withdrawn=True)
    alert = replace(town.alert(), people={**town.alert().people, "teo": withdrawn})
    assert not holds(alert, town.directory, alert.id, "teo", LinkFor.RUNG)
    town.at(1)
    town.unheard.clear()


def test_a_link_ends_with_a_suspension_and_so_does_the_device_that_it_was_opened_on(town: Town) -> None:
    link = called(town)
    tap(town, link)
    town.suspend("teo")
    assert bound(town, link).ended is Ended.SUSPENDED and tap(town, link, "another") == WORN_OUT
    town.at(1)
    town.unheard.clear()


def test_it_is_ended_by_whoever_may_end_phones(town: Town) -> None:
    link = called(town)
    tap(town, link)
    assert town.do(EndAccess(org=ORG, by=OPERATOR, what=What.LINK, id=bound(town, link).id)) == DONE
    assert bound(town, link).ended is Ended.REVOKED


def test_after_the_close_nothing_is_opened_and_what_is_open_lingers_and_ends(town: Town) -> None:
    link, other = called(town), code(town.links.of(ORG, town.id(), "bo"))
    tap(town, link)
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    assert tap(town, other) == WORN_OUT
    town.at(RUNG_LINK_LINGERS_MS / 1000 - 1)
    assert bound(town, link).open
    town.at(RUNG_LINK_LINGERS_MS / 1000)
    assert bound(town, link).ended is Ended.EXPIRED and not town.world.all_kept(ORG, LinkTaken)


def test_the_close_of_another_alert_ends_no_link_of_this_one(town: Town) -> None:
    link = called(town)
    tap(town, link)
    first = town.id()
    town.press("bo")
    town.pin(c.PinMatch.REAL, name="bo")
    town.at(300)
    town.unheard.clear()
    assert town.alert(first).open and bound(town, link).open


def test_one_that_was_ended_before_ends_no_second_time(town: Town) -> None:
    link = called(town)
    tap(town, link)
    town.do(EndAccess(org=ORG, by=OPERATOR, what=What.LINK, id=bound(town, link).id))
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    town.at(RUNG_LINK_LINGERS_MS / 1000)
    assert bound(town, link).ended is Ended.REVOKED
    assert town.do(LookAt(org=ORG, kind="linktaken", id="long gone")) == DONE


def test_no_alert_no_link(town: Town) -> None:
    assert town.links.of(ORG, "nothing", "teo") == ""
    fields = wanted("nothing", "teo", LinkFor.RUNG, 0)
    assert town.do(BindLink(org=ORG, token_hash="f" * 64, **fields)) == WORN_OUT


def test_a_link_of_the_future_is_none(town: Town) -> None:
    called(town)
    fields = wanted(town.id(), "teo", LinkFor.RUNG, 1)
    assert town.do(BindLink(org=ORG, token_hash="f" * 64, **fields)) == WORN_OUT


# Where it goes -----------------------------------------------------------------------------------------------------


def test_the_call_for_help_carries_it_where_there_is_room(town: Town) -> None:
    called(town)
    link = town.links.of(ORG, town.id(), "teo")
    assert ADDRESS not in town.texts["teo"]  # Who, where, do and three numbers fill the segment.
    short = town.links.behind(ORG, "Noted.", c.LinkWanted(town.id(), "teo", LinkFor.RUNG, "en"))
    assert short == f"Noted. Your page: {link}"


def test_a_reply_without_a_link_is_the_reply(town: Town) -> None:
    called(town)
    assert town.links.behind(ORG, "Noted.", None) == "Noted."
    assert town.links.behind(ORG, "Noted.", c.LinkWanted(town.id(), "wale", LinkFor.RUNG, "en")) == "Noted."


def both(town: Town) -> None:
    """Teo has a phone for texts and another for calls."""
    people = directory()
    teo = people.members["teo"]
    phone = Contact("teo/voice", Channel.VOICE, "+12025550140", verified=True)
    members = {**people.members, "teo": replace(teo, contacts=(*teo.contacts, phone))}
    rungs = tuple(
        replace(rung, channels=((Channel.SMS, Channel.VOICE),)) for plan in people.plans for rung in plan.rungs
    )
    town.founded(replace(people, members=members, plans=(replace(people.plans[0], rungs=rungs),)))


@pytest.mark.parametrize(("pressed", "sent"), [("1", True), ("2", True), ("3", False), ("7", False)])
def test_whoever_answers_on_a_call_that_they_come_is_sent_the_link(pressed: str, sent: bool) -> None:
    town = Town(routes={Channel.SMS: ("twilio",), Channel.VOICE: ("twilio",)})
    both(town)
    town.press()
    town.expect("ring teo teo bo ines")
    call = next(d for d in town.messages("teo") if d.channel is Channel.VOICE)
    for _ in range(2):  # The callback comes twice.
        town.do(
            c.CallKey(org=ORG, alert=call.alert, delivery=call.id, vendor="twilio", call=f"SM{call.id}", key=pressed)
        )
    town.expect(*(["follow_up teo"] if sent else []))
    assert len(town.messages("teo", Purpose.FOLLOW_UP)) == sent
    if sent:
        assert tap(town, code(town.texts["teo"])) == DONE


# Whoever called for help ---------------------------------------------------------------------------------------------


def test_a_text_for_help_is_answered_with_a_link_to_say_where(town: Town) -> None:
    reply, _ = texted(town)
    assert reply.startswith("Received. Show where you are: ")
    assert tap(town, code(reply)) == DONE and bound(town, code(reply)).purpose is LinkFor.OWN
    town.expect("ring teo bo ines")


def test_somebody_in_a_watch_window_gets_the_neutral_reply_and_nothing_else(town: Town) -> None:
    people = directory()
    noor = replace(people.members["noor"], watch_window=True)
    town.founded(replace(people, members={**people.members, "noor": noor}))
    reply, alert = texted(town)
    assert reply == "Received."
    fields = wanted(alert, "noor", LinkFor.OWN, 0)
    assert town.do(BindLink(org=ORG, token_hash="f" * 64, **fields)) == WORN_OUT
    town.at(1)
    town.unheard.clear()


def test_on_ones_own_silent_alert_too(town: Town) -> None:
    town.press(silent=True)
    assert texted(town)[0] == "Received."
    town.at(1)
    town.unheard.clear()


def test_a_suspended_person_in_danger_gets_the_neutral_reply(town: Town) -> None:
    town.suspend("noor")
    assert texted(town)[0] == "Received."
    town.at(1)
    town.unheard.clear()


def test_after_duress_the_link_ends_as_it_would_have_and_the_next_text_gets_a_fresh_one(town: Town) -> None:
    """In the worker's hand a text after the duress PIN is answered as one after a close."""
    told = []
    for match in (c.PinMatch.REAL, c.PinMatch.DURESS):
        reply, alert = texted(town, f"SM1{match}")
        link = code(reply)
        assert tap(town, link) == DONE
        town._alert = alert
        town.pin(match, alert=alert)
        later = town.seconds + RUNG_LINK_LINGERS_MS / 1000
        assert tap(town, link, "another") == WORN_OUT
        town.at(later)
        ended = bound(town, link).ended
        again, shown = texted(town, f"SM2{match}")
        assert shown != alert
        fresh = tap(town, code(again))
        told.append((reply[:30], len(reply), ended, again[:30], len(again), fresh))
        town.pin(c.PinMatch.REAL, alert=shown)
        town.at(town.seconds + 1)
    town.unheard.clear()
    assert told[0] == told[1] and told[0][2] is Ended.EXPIRED
