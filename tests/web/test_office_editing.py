"""A member's particulars: hired, changed by one at a time, and never so that nobody could run the system."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from bureau import Browser
from staff import Staffed, ways
from tocsin.core.access.record import Passkey
from tocsin.core.words import Channel, Role


def form_at(browser: Browser, path: str) -> dict[str, Any]:
    """The form of this page, as a browser would send it unchanged."""
    page = browser.get(path).text
    body = page[page.index('class="sheet"') :]
    filled: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        kind, name, value = (attribute(tag, word) for word in ("type", "name", "value"))
        if name == "form_token" or (kind == "checkbox" and " checked" not in tag):
            continue
        filled.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        filled[name] = unescape(chosen[1]) if chosen else unescape(re.findall(r'value="([^"]*)"', options)[0])
    return filled


def attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def save(browser: Browser, form: dict[str, Any], member: str = "noor", **changed: Any) -> Any:
    return browser.post(f"/office/members/{member}/edit", {**form, **changed})


def test_what_was_not_changed_changes_nothing() -> None:
    known = Staffed(noor={"contacts": ways(Channel.SMS, Channel.VOICE)})
    before = known.directory.members["noor"]
    browser = known.reader()
    assert save(browser, form_at(browser, "/office/members/noor/edit")).status_code == 303
    assert known.directory.members["noor"] == before


def test_a_new_name_in_any_script_is_kept() -> None:
    known = Staffed()
    browser = known.reader()
    form = form_at(browser, "/office/members/noor/edit")
    assert save(browser, form, name="\u0646\u0648\u0631 \u2067x\u2069").status_code == 303
    assert known.directory.members["noor"].name == "\u0646\u0648\u0631 x"


def test_two_who_change_the_same_person_see_both_versions() -> None:
    known = Staffed()
    first, second = known.reader("ada"), known.reader("ada")
    form = form_at(first, "/office/members/noor/edit")
    assert save(first, form, name="Noor First").status_code == 303
    answer = save(second, form, name="Noor Second")
    assert answer.status_code == 409
    assert "Noor First" in answer.text and answer.text.count("Noor Second") == 2
    assert known.directory.members["noor"].name == "Noor First"
    again = dict(form, seen=re.findall(r'name="seen" value="(\w+)"', answer.text)[0])
    assert save(second, again, name="Noor Second").status_code == 303
    assert known.directory.members["noor"].name == "Noor Second"


def test_a_form_sent_twice_is_stale_the_second_time_and_does_nothing_more() -> None:
    known = Staffed()
    browser = known.reader()
    form = form_at(browser, "/office/members/noor/edit")
    assert [save(browser, form, name="Noor Once").status_code for _ in range(2)] == [303, 409]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 500}, "name"),
        ({"language": "tlh"}, "language"),
        ({"duties": ["king"]}, "duties"),
        ({"way-1-kind": "sms", "way-1-to": "12"}, "way-1-to"),
        ({"way-1-kind": "sms", "way-1-to": "+12025550199;ext=4"}, "way-1-to"),
        ({"way-1-kind": "email", "way-1-to": "nobody"}, "way-1-to"),
        ({"way-1-kind": "", "way-1-to": "+12025550199"}, "way-1-kind"),
        ({"roles": []}, "roles"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(wrong: dict[str, Any], field: str) -> None:
    known = Staffed()
    browser = known.reader()
    before = known.directory.members["noor"]
    answer = save(browser, form_at(browser, "/office/members/noor/edit"), why="Because of \u00d1", **wrong)
    assert answer.status_code == 422 and f'id="fault-{field}"' in answer.text
    assert "Because of \u00d1" in unescape(answer.text)
    assert known.directory.members["noor"] == before


def test_a_number_is_written_as_it_is_dialled() -> None:
    known = Staffed()
    browser = known.reader()
    form = form_at(browser, "/office/members/noor/edit")
    sent = {"way-1-kind": "sms", "way-1-to": "+1 (202) 555-0177", "way-1-tried": "yes"}
    assert save(browser, form, **sent).status_code == 303
    (contact,) = known.directory.members["noor"].contacts
    assert contact.to == "+12025550177" and contact.reaches


def test_a_number_of_somebody_else_is_refused_beside_the_field() -> None:
    known = Staffed(teo={"contacts": ways(Channel.SMS)})
    browser = known.reader()
    form = form_at(browser, "/office/members/noor/edit")
    answer = save(browser, form, **{"way-1-kind": "sms", "way-1-to": "+12025550100"})
    assert answer.status_code == 422 and 'id="fault-way-1-to"' in answer.text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Two people have this number"), ("es", "Dos personas tienen este número")]
)
def test_what_an_organisation_can_not_be_is_said_in_the_readers_language(language: str, said: str) -> None:
    known = Staffed(teo={"contacts": ways(Channel.SMS)}, ada={"language": language})
    browser = known.reader()
    form = form_at(browser, "/office/members/noor/edit")
    answer = save(browser, form, **{"way-1-kind": "sms", "way-1-to": "+12025550100"})
    assert said in answer.text and "nobody could tell who answers; give" not in answer.text


def test_the_last_administrator_keeps_the_role() -> None:
    known = Staffed()
    browser = known.reader()
    answer = save(browser, form_at(browser, "/office/members/ada/edit"), "ada", roles=["worker"])
    assert answer.status_code == 422 and "Nobody else could administer" in answer.text
    assert known.directory.members["ada"].roles == (Role.ADMINISTRATOR,)


def test_what_weakens_waits_and_the_page_says_so() -> None:
    known = Staffed(noor={"contacts": ways(Channel.SMS, Channel.VOICE)})
    known.keep(Passkey(id="k1", member="teo", public_key=b"k", sign_count=0, label="", made_ms=known.clock.ms))
    browser = known.reader()
    form = form_at(browser, "/office/members/noor/edit")
    answer = save(browser, form, name="Noor New", **{"way-2-to": ""})
    assert answer.status_code == 303 and len(known.directory.members["noor"].contacts) == 2
    page = browser.get("/office/members/noor").text
    assert "Saved what strengthens. The rest waits for a second person." in page
    assert "<h1>Noor New can be reached</h1>" in page


def test_roles_need_a_fresh_proof_and_what_was_typed_comes_back() -> None:
    known = Staffed()
    browser = known.reader("ada", fresh_ms=known.clock.ms - 3_600_000)
    form = form_at(browser, "/office/members/noor/edit")
    answer = save(browser, form, roles=["worker", "auditor"], name="Noor Kept")
    assert answer.status_code == 403 and "Noor Kept" in answer.text
    assert known.directory.members["noor"].name == "Noor Invented"


@pytest.mark.parametrize("reader", ["teo", "wale", "lena"])
@pytest.mark.parametrize("path", ["/office/members/new", "/office/members/noor/edit"])
def test_who_may_not_edit_sees_no_form_and_sends_none(reader: str, path: str) -> None:
    known = Staffed()
    before = known.directory
    assert known.reader(reader).get(path).status_code == 403
    assert known.reader(reader).post(path, {"name": "x", "id": "x"}).status_code == 403
    assert known.directory == before


# Hired -----------------------------------------------------------------------------------------------------------

NEW = {"id": "ana", "name": "Ana Nueva", "language": "es", "roles": ["worker", "responder"], "duties": ["door"]}


def test_somebody_new_is_here_at_once() -> None:
    known = Staffed()
    browser = known.reader()
    answer = browser.post("/office/members/new", {**NEW, "way-1-kind": "sms", "way-1-to": "+12025550177"})
    assert answer.status_code == 303 and answer.headers["location"] == "/office/members/ana"
    assert "Ana Nueva is here" in browser.get("/office/members/ana").text
    assert browser.post("/office/members/new", NEW).status_code == 422, "twice is one too many"


@pytest.mark.parametrize("id", ["", "noor", "Ana", "ana ruiz", "seat:1", "../x", "\u0430na", "a" * 41])
def test_an_id_that_can_not_be_is_refused_beside_the_field(id: str) -> None:
    known = Staffed()
    answer = known.reader().post("/office/members/new", {**NEW, "id": id})
    assert answer.status_code == 422 and 'id="fault-id"' in answer.text and "Ana Nueva" in answer.text
    assert len(known.directory.members) == 5
