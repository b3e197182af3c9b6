"""Ties, screens, keys and links: kept by whom the table says, shown once where they are secret."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from staff import ORG, Staffed, masked
from tocsin.core.access.record import By, Desk, Key, Link, TieAsked, Wallboard
from tocsin.core.access.words import KeyScope, Via
from tocsin.core.directory import Member, Place
from tocsin.core.words import Role


def secret(page: str) -> str:
    found = re.search(r'<textarea id="link"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, page
    return unescape(found[1]).strip()


# Ties ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["ada", "teo", "lena"])
def test_to_whoever_keeps_no_ties_there_is_no_such_page(reader: str) -> None:
    browser = Staffed(teo={"not_told_about": ("noor",)}).reader(reader)
    page, nowhere = browser.get("/office/ties"), browser.get("/office/nothing-here")
    assert page.status_code == nowhere.status_code == 404
    assert masked(browser, "/office/ties") == masked(browser, "/office/nothing-here")
    sent, lost = (
        browser.post("/office/ties", {"member": "teo"}),
        browser.post("/office/nothing-here", {"member": "teo"}),
    )
    assert (sent.status_code, sent.content) == (lost.status_code, lost.content)


def test_a_coordinator_ties_by_name() -> None:
    known = Staffed()
    browser = known.reader("wale")
    assert browser.post("/office/ties", {"member": "teo inv", "about": "noor", "why": "Brothers"}).status_code == 303
    assert known.directory.members["teo"].not_told_about == ("noor",)
    page = browser.get("/office/ties").text
    assert "1 person is not told about somebody" in page and "Ask to lift it" in page


def test_of_several_who_are_called_so_one_is_chosen() -> None:
    known = Staffed(Member("teo2", "Teo Other"))
    browser = known.reader("wale")
    answer = browser.post("/office/ties", {"member": "teo", "about": "noor", "why": "Br\u00fcder"})
    assert answer.status_code == 303, "an id names one"
    answer = browser.post("/office/ties", {"member": "te", "about": "noor", "why": "Br\u00fcder"})
    assert answer.status_code == 422 and 'name="member-id" value="teo2"' in answer.text and "Br\u00fcder" in answer.text
    sent = {"member": "te", "member-id": "teo2", "about": "noor"}
    assert browser.post("/office/ties", sent).status_code == 303
    assert known.directory.members["teo2"].not_told_about == ("noor",)


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"member": "nobody", "about": "noor"}, "member"), ({"member": "noor", "about": "noor"}, "about"), ({}, "about")],
)
def test_a_tie_that_can_not_be_is_refused_beside_the_field(sent: dict[str, str], field: str) -> None:
    answer = Staffed().reader("wale").post("/office/ties", sent)
    assert answer.status_code == 422 and f'id="fault-{field}"' in answer.text


def test_a_tie_that_would_leave_too_few_says_that_it_waits() -> None:
    known = Staffed(lena={"roles": (Role.COORDINATOR,)})
    asked = TieAsked(
        id="t1",
        member="teo",
        about="noor",
        by=By("wale", Via.SESSION),
        asked_ms=known.clock.ms,
        why="",
        veiled=False,
        short=True,
    )
    known.keep(asked)
    page = known.reader("lena").get("/office/ties").text
    assert "<h1>No tie is in force</h1>" in page and "Waits for a second coordinator" in page


def test_a_tied_coordinator_sees_no_trace_of_the_tie() -> None:
    two = {"roles": (Role.COORDINATOR,)}
    tied = Staffed(teo={**two, "not_told_about": ("noor",)}, lena={"not_told_about": ("noor",)}).reader("teo")
    free = Staffed(teo=two).reader("teo")
    for path in ("/office", "/office/ties", "/office/members/lena", "/office/members/noor", "/office/trail"):
        assert masked(tied, path) == masked(free, path)


def test_a_tie_is_in_the_trail_of_those_who_keep_it_alone() -> None:
    known = Staffed()
    known.reader("wale").post("/office/ties", {"member": "teo", "about": "noor", "why": "Brothers"})
    assert "Brothers" in known.reader("wale").get("/office/trail").text
    for reader in ("ada", "lena"):
        for path in ("/office/trail", "/office/trail.csv", "/office", "/office/changes"):
            assert "Brothers" not in known.reader(reader).get(path).text


# Screens ---------------------------------------------------------------------------------------------------------


def with_places() -> Staffed:
    known = Staffed()
    known.place(Place("centre", "floor", "Dispatch floor", "room"))
    return known


def test_a_link_for_a_desk_is_shown_once() -> None:
    known = with_places()
    browser = known.reader()
    answer = browser.post("/office/screens/desk", {"desk-label": "Console 3", "desk-where": "centre/floor"})
    assert answer.status_code == 200 and "<svg" in answer.text
    link = secret(answer.text)
    assert "/link#" in link and link not in browser.get("/office/screens").text
    (made,) = known.world.all_kept(ORG, Link).values()
    assert (made.subject, made.label) == ("centre/floor", "Console 3")


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("desk", {"desk-label": "", "desk-where": "centre/floor"}, "desk-label"),
        ("desk", {"desk-label": "x", "desk-where": "centre/moon"}, "desk-where"),
        ("wallboard", {"wallboard-label": "x", "wallboard-where": "moon"}, "wallboard-where"),
    ],
)
def test_a_screen_that_can_not_stand_there_is_refused(kind: str, sent: dict[str, str], field: str) -> None:
    known = with_places()
    answer = known.reader().post(f"/office/screens/{kind}", sent)
    assert answer.status_code == 422 and f'id="fault-{field}"' in answer.text and " open" in answer.text
    assert not known.world.all_kept(ORG, Link)


def test_screens_are_listed_and_ended() -> None:
    known = with_places()
    token: dict[str, Any] = {"token_hash": "0" * 64, "site": "centre", "made_ms": known.clock.ms}
    known.keep(
        Wallboard(id="w1", label="Lobby <b>", **token), Desk(id="d1", place="floor", seat="seat:1", label="C3", **token)
    )
    browser = known.reader()
    page = browser.get("/office/screens").text
    assert "1 wallboard, 1 desk" in page and "Lobby &lt;b&gt;" in page and "Dispatch floor" in page
    assert browser.post("/office/screens/wallboard/w1/end").status_code == 303
    assert "0 wallboards" in browser.get("/office/screens").text
    assert browser.post("/office/screens/moon/w1/end").status_code == 404


# Keys ------------------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_kept_as_a_hash() -> None:
    known = Staffed()
    browser = known.reader()
    answer = browser.post("/office/keys", {"label": "Gate <reader>", "scopes": ["raise", "metrics"], "days": "30"})
    token = secret(answer.text)
    (key,) = known.world.all_kept(ORG, Key).values()
    assert key.scopes == (KeyScope.RAISE, KeyScope.METRICS) and token not in str(key)
    page = browser.get("/office/keys").text
    assert "1 key works" in page and token not in page and "Gate &lt;reader&gt;" in page
    assert browser.post(f"/office/keys/{key.id}/end").status_code == 303
    assert "0 keys work" in browser.get("/office/keys").text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"label": " ", "scopes": ["raise"], "days": "30"}, "label"),
        ({"label": "x", "days": "30"}, "scopes"),
        ({"label": "x", "scopes": ["raise", "everything"], "days": "30"}, "scopes"),
        ({"label": "x", "scopes": ["raise"], "days": "9999"}, "days"),
    ],
)
def test_a_key_that_can_not_be_is_refused_beside_the_field(sent: dict[str, object], field: str) -> None:
    known = Staffed()
    answer = known.reader().post("/office/keys", sent)
    assert answer.status_code == 422 and f'id="fault-{field}"' in answer.text
    assert not known.world.all_kept(ORG, Key)


@pytest.mark.parametrize("path", ["/office/keys", "/office/screens"])
@pytest.mark.parametrize("reader", ["teo", "wale", "lena", "noor"])
def test_only_an_administrator_keeps_keys_and_screens(path: str, reader: str) -> None:
    assert Staffed().reader(reader).get(path).status_code == 403


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/office/keys", {"label": "Kept words", "scopes": ["raise"], "days": "30"}),
        ("/office/screens/wallboard", {"wallboard-label": "Kept words", "wallboard-where": "centre"}),
    ],
)
def test_without_a_fresh_proof_it_is_asked_for_and_what_was_typed_is_kept(path: str, sent: dict[str, object]) -> None:
    known = Staffed()
    answer = known.reader("ada", fresh_ms=known.clock.ms - 3_600_000).post(path, sent)
    assert answer.status_code == 403 and "Kept words" in answer.text
    assert not known.world.all_kept(ORG, Key) and not known.world.all_kept(ORG, Link)


# Links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "by"), [("invite", "ada"), ("enrol", "ada"), ("enrol", "teo")])
def test_a_link_for_somebody_is_shown_once_with_its_picture(act: str, by: str) -> None:
    known = Staffed()
    browser = known.reader(by)
    answer = browser.post(f"/office/members/noor/{act}")
    assert answer.status_code == 200 and "/link#" in secret(answer.text) and "<svg" in answer.text
    assert "Give this link to Noor Invented" in answer.text


@pytest.mark.parametrize(("act", "by"), [("invite", "teo"), ("enrol", "wale"), ("invite", "lena")])
def test_who_may_make_no_link_gets_none(act: str, by: str) -> None:
    known = Staffed()
    assert known.reader(by).post(f"/office/members/noor/{act}").status_code == 403
    assert not known.world.all_kept(ORG, Link)
