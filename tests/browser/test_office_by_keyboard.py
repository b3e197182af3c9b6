"""What people do in the office and in their account, by keyboard alone: each story ends in the record itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from keyboard import Hands
from office_site import OfficeSite
from playwright.sync_api import Browser, expect

from bureau import ORG
from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.access.edits import TieEdit
from tocsin.core.access.record import Desk, Key, Link, Passkey, Recovery, RecoveryCodes, Session, Wallboard
from tocsin.core.access.words import KeyScope, LinkKind
from tocsin.core.directory import Member
from tocsin.core.words import Channel, Role
from tocsin.identity.pin import code_matches

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ME = "long"  # Has every role, and has just signed in.
At = Callable[[str], Hands]


@pytest.fixture
def at(browser: Browser, office: OfficeSite) -> Iterator[At]:
    """Opens a page of the office."""
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", viewport={"width": 1280, "height": 800})
    context.add_cookies([office.cookie(ME)])

    def opened(path: str) -> Hands:
        page = context.new_page()
        page.goto(f"{office.url}{path}")
        return Hands(page)

    yield opened
    context.close()


def member(office: OfficeSite, id: str) -> Member:
    return office.house.directory.members[id]


def kept(office: OfficeSite, kind: Any) -> list[Any]:
    return list(office.house.world.all_kept(ORG, kind).values())


def change(office: OfficeSite, id: str) -> Change:
    found = office.house.world.kept(ORG, Change, id)
    assert found is not None
    return found


# People -----------------------------------------------------------------------------------------------------------


def test_somebody_is_hired_after_what_was_wrong_is_mended_where_the_focus_is(at: At, office: OfficeSite) -> None:
    hands = at("/office/members")
    hands.follow("Hire somebody")
    hands.write("Known as", "ana-nueva")
    hands.write("Name", "Ana Nueva")
    hands.press("Responder", "Space")
    hands.choose("By", "Text")
    hands.write("Number or address", "12")
    hands.follow()  # Enter in a field sends the form.
    here = hands.page.locator("#field-way-1-to")
    expect(here).to_be_focused()
    expect(here).to_have_attribute("aria-describedby", "fault-way-1-to")
    expect(hands.page.get_by_label("Name", exact=True)).to_have_value("Ana Nueva")
    assert "ana-nueva" not in office.house.directory.members
    hands.page.keyboard.press("Control+A")
    hands.page.keyboard.type("+1 202 555 0177")
    hands.follow("Hire them")
    hired = member(office, "ana-nueva")
    assert (hired.name, hired.roles) == ("Ana Nueva", (Role.WORKER, Role.RESPONDER))
    assert [(way.kind, way.to) for way in hired.contacts] == [(Channel.SMS, "+12025550177")]


def test_somebody_gets_a_role_and_another_way_to_be_reached(at: At, office: OfficeSite) -> None:
    hands = at("/office/members/noor")
    hands.follow("Change this member")
    hands.press("Supervisor", "Space")
    hands.choose("By", "Mail")
    hands.write("Number or address", "noor@example.org")
    hands.follow("Save")
    assert Role.SUPERVISOR in member(office, "noor").roles
    assert [(way.kind, way.to) for way in member(office, "noor").contacts] == [(Channel.EMAIL, "noor@example.org")]


def test_somebody_is_invited(at: At, office: OfficeSite) -> None:
    hands = at("/office/members/noor")
    hands.press("Invite them to sign in")
    hands.follow("Make the link")
    [link] = kept(office, Link)
    assert (link.kind, link.member) == (LinkKind.INVITATION, "noor")
    hands.to("The link")
    assert "/link#" in hands.page.evaluate("document.activeElement.value")
    hands.follow("I have handed it over")
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("Noor Invented")


def test_somebody_is_found_and_suspended(at: At, office: OfficeSite) -> None:
    hands = at("/office/members")
    hands.write("Name", "noor")
    hands.follow()
    hands.follow("Noor Invented")
    hands.press("Suspend")
    hands.write("Why", "Her badge was found")
    hands.follow("Suspend them")
    expect(hands.page.get_by_role("status").first).to_contain_text("Noor Invented is suspended.")
    assert member(office, "noor").suspended


def test_no_reason_suspends_nobody_and_the_focus_is_where_it_is_missing(at: At, office: OfficeSite) -> None:
    hands = at("/office/members/noor")
    hands.press("Suspend")
    hands.follow("Suspend them")
    expect(hands.page.locator("#field-suspend-why")).to_be_focused()
    assert not member(office, "noor").suspended
    hands.page.keyboard.type("Her badge was found")
    hands.follow("Suspend them")
    assert member(office, "noor").suspended


def test_somebody_who_has_lost_everything_is_vouched_for(at: At, office: OfficeSite) -> None:
    hands = at("/office/members/teo")
    hands.press("They have lost every way to sign in")
    hands.write("Why", "He stands beside me")
    hands.follow("I vouch for them")
    [asked] = [one for one in kept(office, Recovery) if one.member == "teo"]
    assert (asked.asked_by, asked.why) == (ME, "He stands beside me")


def test_forgotten_pins_are_vouched_for(at: At, office: OfficeSite) -> None:
    office.house.change("noor", pin_hash="a", duress_pin_hash="b")
    hands = at("/office")
    hands.press("Look at it: The PINs of Noor")
    hands.page.wait_for_url("**/office/members/noor#waits")
    hands.press("Vouch for them, as the second person")
    hands.write("Why", "I know her voice")
    hands.follow("I vouch for them too")
    assert member(office, "noor").pin_hash is None


# What waits -------------------------------------------------------------------------------------------------------


def test_a_change_is_agreed_to(at: At, office: OfficeSite) -> None:
    hands = at("/office")
    hands.press("Look at it: Teo Invented would have")
    hands.page.wait_for_url("**/office/changes#c1")
    hands.follow("Agree: Teo")
    expect(hands.page.get_by_role("status")).to_contain_text("Agreed.")
    assert change(office, "c1").agreed == (ME,)


@pytest.mark.parametrize("with_enter", [True, False])
def test_a_reason_to_refuse_never_agrees(at: At, office: OfficeSite, with_enter: bool) -> None:
    """Enter in the line for the reason is the word that stands under it."""
    hands = at("/office/changes#c1")
    hands.write("Why, if you refuse", "He is needed at night")
    hands.follow("" if with_enter else "Refuse: Teo")
    assert (change(office, "c1").phase, change(office, "c1").agreed) == (ChangePhase.REFUSED, ())


def test_a_tie_is_set_and_asked_to_be_lifted(at: At, office: OfficeSite) -> None:
    hands = at("/office/ties")
    hands.write("Who is not to be told", "noor")
    hands.write("About whom", "teo")
    hands.write("Why", "His cousin")
    hands.follow("Tie them")
    assert member(office, "noor").not_told_about == ("teo",)
    hands.follow("Ask to lift it: Noor Invented")
    lifted = TieEdit("noor", "teo", before=True, after=False)
    assert [one.phase for one in kept(office, Change) if one.edit == lifted] == [ChangePhase.WAITING]
    assert member(office, "noor").not_told_about == ("teo",), "until a second person agrees"


def test_who_of_several_is_meant_is_chosen_with_the_arrows(at: At, office: OfficeSite) -> None:
    hands = at("/office/ties")
    hands.write("Who is not to be told", "rtl")
    hands.write("About whom", "invented")
    hands.follow("Tie them")
    hands.press("Ada Invented", "Space")
    asked = hands.page.locator("[name=about-id]:checked")
    offered = hands.page.locator("[name=about-id]").evaluate_all("all => all.map(one => one.value)")
    for wanted in [*offered[1:], offered[0]]:
        hands.page.keyboard.press("ArrowDown")
        expect(asked).to_have_value(wanted)
    hands.follow("Tie them")
    assert member(office, "rtl").not_told_about == ("long", "ada")


def test_the_trail_is_narrowed_to_a_person_and_a_day(at: At, office: OfficeSite) -> None:
    hands = at("/office/trail")
    hands.write("Person", "gone")
    hands.press("Search by more")
    hands.to("From")
    hands.page.keyboard.type("11112026")  # Day and month: a browser asks for them in its own order.
    hands.follow("Search")
    expect(hands.page.locator("section[aria-labelledby=acts] li")).to_have_count(2)  # That she was suspended, twice.
    expect(hands.page.locator("section[aria-labelledby=acts]")).to_contain_text("Badge found")
    hands.follow("Show everything")
    expect(hands.page.locator("section[aria-labelledby=acts] li")).to_have_count(4)


# Screens and keys -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("add", "kind", "record", "old"),
    [
        ("Set up a wallboard", LinkKind.WALLBOARD, Wallboard, "Lobby screen"),
        ("Set up a desk", LinkKind.DESK, Desk, "Console 3"),
    ],
)
def test_a_screen_is_set_up_and_another_one_ended(
    at: At, office: OfficeSite, add: str, kind: LinkKind, record: Any, old: str
) -> None:
    hands = at("/office/screens")
    hands.press(add)
    hands.write("Name", "North door")
    hands.follow("Make a link for it")
    [link] = kept(office, Link)
    assert (link.kind, link.label) == (kind, "North door")
    hands.follow("I have handed it over")
    hands.follow(f"End it: {old}")
    changes = [one for one in kept(office, Change) if one.asker == ME]
    assert kept(office, record) == [] or changes, "it is ended, or that it be ended waits for a second person"


def test_a_key_is_made_and_another_one_ended(at: At, office: OfficeSite) -> None:
    hands = at("/office/keys")
    hands.write("For which program", "Parking gate")
    hands.press("Raise an SOS", "Space")
    hands.choose("It works for", "A year")
    hands.follow("Make a key")
    [made] = [key for key in kept(office, Key) if key.label == "Parking gate"]
    assert made.scopes == (KeyScope.RAISE,)
    hands.follow("I have handed it over")
    hands.follow("End it: Gate reader")
    assert [key.label for key in kept(office, Key)] == ["Parking gate"]


# One's own account ------------------------------------------------------------------------------------------------


def test_both_pins_are_set_and_changed(at: At, office: OfficeSite) -> None:
    hands = at("/account")
    hands.follow("Set both")
    for pin, duress in (("4071", "8265"), ("5380", "1629")):
        hands.write("PIN", pin)
        hands.write("Duress PIN", duress)
        hands.follow("Save both")
        stored = member(office, ME)
        assert stored.pin_hash and stored.duress_pin_hash
        assert code_matches(pin, stored.pin_hash) and code_matches(duress, stored.duress_pin_hash)
        hands = at("/account/pins")


def test_a_session_that_is_open_elsewhere_is_ended(at: At, office: OfficeSite) -> None:
    office.house.session(ME, label="Firefox, Windows")
    hands = at("/account")
    hands.follow("End it: Firefox, Windows")
    assert [one.label for one in kept(office, Session) if one.member == ME] == [""], "one's own alone is left"


def test_recovery_codes_are_made(at: At, office: OfficeSite) -> None:
    before = office.house.world.all_kept(ORG, RecoveryCodes)[ME].hashes
    hands = at("/account")
    hands.follow("Make a new set")
    after = office.house.world.all_kept(ORG, RecoveryCodes)[ME].hashes
    expect(hands.page.locator(".codes li")).to_have_count(10)
    assert len(after) == 10 and not set(before) & set(after)
    hands.follow("I have them")
    hands.page.wait_for_url("**/account")


def test_a_passkey_gets_another_name_and_one_is_removed(at: At, office: OfficeSite) -> None:
    hands = at("/account")
    hands.press("Another name: Blue key fob")
    hands.write("Name", "Green key fob")
    hands.follow()
    hands.follow("Remove: Green key fob")
    assert [one.label for one in kept(office, Passkey) if one.member == ME] == [""]


# What unfolds -----------------------------------------------------------------------------------------------------


def test_what_is_folded_opens_and_closes_and_keeps_what_was_typed(at: At) -> None:
    hands = at("/office/members/noor")
    folded = hands.page.locator("#suspend")
    hands.press("Suspend", "Space")
    expect(folded).to_have_attribute("open", "")
    hands.write("Why", "Her badge")
    hands.page.keyboard.press("Escape")
    expect(folded).to_have_attribute("open", "")
    hands.page.keyboard.press("Shift+Tab")
    hands.page.keyboard.press("Enter")
    expect(folded).not_to_have_attribute("open", "")
    hands.page.keyboard.press("Enter")
    expect(folded.locator("textarea")).to_have_value("Her badge")
