"""The pages about people: found by name, shown to whom the table says, and nothing of a tie to whom it binds."""

from __future__ import annotations

from html import unescape

import pytest

from staff import Staffed, masked, ways
from tocsin.core.directory import Contact, Member
from tocsin.core.words import Channel, Role

HOSTILE = "<script>alert(1)</script>"
RIGHT_TO_LEFT = "\u0645\u062d\u0645\u062f"
PILED_UP = "Z" + "\u0335\u0321\u0310" * 30


PAGES = ["/office", "/office/members", "/office/members/noor", "/office/roles", "/office/changes", "/office/trail"]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_reads_the_office_without_signing_in(path: str) -> None:
    answer = Staffed().reader("").get(path)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("path", PAGES)
def test_who_only_works_or_helps_here_has_no_office(path: str) -> None:
    assert Staffed().reader("noor").get(path).status_code == 403


def test_the_first_words_say_how_many_can_not_be_reached() -> None:
    both = ways(Channel.SMS, Channel.VOICE)
    known = Staffed(
        ada={"contacts": both}, teo={"contacts": both}, wale={"contacts": both[:1]}, lena={"contacts": both}
    )
    page = known.reader().get("/office/members").text
    assert "<h1>5 people, 1 can not be reached</h1>" in page
    assert page.count("Half reachable") == 2, "once in the list, once to filter by"


def test_a_suspended_person_is_not_counted_as_lost() -> None:
    known = Staffed(
        noor={"suspended": True},
        **{id: {"contacts": ways(Channel.SMS, Channel.VOICE)} for id in ("ada", "teo", "wale", "lena")},
    )
    assert "everybody can be reached" in known.reader().get("/office/members").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=TEO", "teo"),
        ("name=invented+te", "teo"),
        ("role=coordinator", "wale"),
        ("name=muno", "munoz"),
        ("reach=suspended", "sam"),
    ],
)
def test_people_are_found_by_name_role_and_reach(query: str, found: str) -> None:
    known = Staffed(Member("munoz", "Inés Muñoz"), Member("sam", "Sam Gone", suspended=True))
    page = known.reader().get(f"/office/members?{query}").text
    assert f'href="/office/members/{found}"' in page and page.count('class="roles"') == 1


def test_ten_thousand_people_come_fifty_at_a_time() -> None:
    crowd = [Member(f"m{n:05}", f"Person {n:05}") for n in range(2_000)]
    browser = Staffed(*crowd).reader()
    page = browser.get("/office/members?name=person&page=2").text
    assert "51 to 100 of 2000" in page or "51 to 100 of 2,000" in page
    assert page.count('class="roles"') == 50 and "name=person&amp;page=3" in page
    assert browser.get("/office/members?page=999999").status_code == 200


@pytest.mark.parametrize(
    "asked", ["page=-1", "page=x", "role=king", "reach=moon", "name=%00%ff", "name=" + "a" * 5_000]
)
def test_an_odd_question_is_answered_all_the_same(asked: str) -> None:
    assert Staffed().reader().get(f"/office/members?{asked}").status_code == 200


@pytest.mark.parametrize("name", [HOSTILE, RIGHT_TO_LEFT, PILED_UP, "  ", "\U0001f9d1\u200d\U0001f692"])
def test_a_name_is_text_and_nothing_else(name: str) -> None:
    known = Staffed(Member("odd", name, (Role.SUPERVISOR,)))
    for path in ("/office/members", "/office/members/odd", "/office/roles"):
        page = known.reader().get(path).text
        assert HOSTILE not in page and name in unescape(page)


def test_numbers_and_addresses_are_for_those_who_may_have_them() -> None:
    known = Staffed(noor={"contacts": ways(Channel.SMS)})
    assert "+12025550100" in known.reader("teo").get("/office/members/noor").text
    page = known.reader("lena").get("/office/members/noor").text
    assert "+12025550100" not in page and "does not include numbers" in page


def test_a_phone_that_takes_pushes_is_called_by_its_name_and_not_by_what_the_record_calls_it() -> None:
    pushes = Contact("push-noor-phone", Channel.PUSH, "0192f0aa-subscription", verified=True)
    page = Staffed(noor={"contacts": (pushes,)}).reader().get("/office/members/noor").text
    assert "subscription" not in page and "App" in page


def test_a_tie_is_shown_to_an_untied_coordinator_and_to_nobody_else() -> None:
    known = Staffed(teo={"not_told_about": ("noor",)})
    assert "Not told about" in known.reader("wale").get("/office/members/teo").text
    for reader in ("ada", "teo", "lena"):
        for path in (*PAGES, "/office/members/teo"):
            page = known.reader(reader).get(path).text
            assert "Not told about" not in page


def test_what_the_tied_read_is_the_same_with_the_tie_and_without() -> None:
    tied, free = Staffed(teo={"not_told_about": ("noor",)}).reader("teo"), Staffed().reader("teo")
    for path in PAGES:
        assert masked(tied, path) == masked(free, path)


@pytest.mark.parametrize("id", ["nobody", "seat:1", "..%2Fkeys", "%00"])
def test_a_page_of_nobody_says_so(id: str) -> None:
    known = Staffed(Member("seat:1", "Console 3", (), seat="centre/floor"))
    assert known.reader().get(f"/office/members/{id}").status_code == 404


def test_a_desk_is_no_person() -> None:
    known = Staffed(Member("seat:1", "Console 3", (), seat="centre/floor"))
    for path in ("/office", "/office/members", "/office/roles"):
        assert "Console 3" not in known.reader().get(path).text


def test_one_administrator_is_said_to_be_too_few() -> None:
    assert "Fewer than two administrators" in Staffed().reader().get("/office/roles").text
    assert "Fewer than two administrators" not in Staffed(teo={"roles": tuple(Role)}).reader().get("/office/roles").text


# Acts ------------------------------------------------------------------------------------------------------------


def test_a_suspension_says_why_and_is_announced() -> None:
    known = Staffed()
    browser = known.reader("teo")
    answer = browser.post("/office/members/noor/suspend", {"suspend-why": "Lost her badge"})
    assert answer.status_code == 303 and known.directory.members["noor"].suspended
    page = browser.get("/office/members/noor").text
    assert "Noor Invented is suspended." in page and "Suspend them" not in page
    assert "Lost her badge" in known.reader("ada").get("/office/trail").text


def test_a_suspension_without_a_reason_changes_nothing_and_keeps_the_page() -> None:
    known = Staffed()
    answer = known.reader("teo").post("/office/members/noor/suspend", {"suspend-why": "  "})
    assert answer.status_code == 422 and "Write something here." in answer.text
    assert not known.directory.members["noor"].suspended


def test_a_protected_person_is_suspended_by_two_and_nobody_is_told_so_before() -> None:
    known = Staffed(noor={"watch_window": True})
    plain = Staffed()
    assert masked(known.reader("ada"), "/office/members/noor") == masked(plain.reader("ada"), "/office/members/noor")
    known.reader("ada").post("/office/members/noor/suspend", {"suspend-why": "x"})
    assert not known.directory.members["noor"].suspended
    known.reader("teo").post("/office/members/noor/suspend", {"suspend-why": "x"})
    assert known.directory.members["noor"].suspended


@pytest.mark.parametrize("act", ["suspend", "end", "recover", "phones/d1"])
def test_who_may_only_read_does_nothing_to_anybody(act: str) -> None:
    known = Staffed()
    known.enrol("noor", "d1")
    before = known.directory
    answer = known.reader("lena").post(f"/office/members/noor/{act}", {f"{act}-why": "x", "why": "lost"})
    assert answer.status_code == 403
    assert known.directory == before


def test_a_lost_phone_is_ended_and_may_still_call_for_help() -> None:
    known = Staffed()
    known.enrol("noor", "d1")
    browser = known.reader("teo")
    assert browser.post("/office/members/noor/phones/d1", {"why": "lost"}).status_code == 303
    device = known.directory.devices["d1"]
    assert device.revoked and "Lost. It may still call for help." in browser.get("/office/members/noor").text


def test_a_phone_of_somebody_else_is_not_ended_from_this_page() -> None:
    known = Staffed()
    known.enrol("noor", "d1")
    assert known.reader("teo").post("/office/members/wale/phones/d1", {"why": "lost"}).status_code == 404
    assert not known.directory.devices["d1"].revoked


def test_all_that_somebody_holds_ends_in_one_act() -> None:
    known = Staffed()
    theirs, browser = known.reader("noor"), known.reader("teo")
    assert browser.post("/office/members/noor/end").status_code == 303
    assert theirs.get("/office").status_code == 303, "to the sign-in"


def test_two_vouch_before_anybody_is_let_back_in() -> None:
    known = Staffed()
    assert known.reader("teo").post("/office/members/noor/recover", {"recover-why": "Met her"}).status_code == 303
    again = known.reader("teo").post("/office/members/noor/recover", {"recover-why": "Met her"})
    assert again.status_code == 409, "twice by the same person is once"
    assert known.reader("ada").post("/office/members/noor/vouch").status_code == 303
    assert known.reader("ada").post("/office/members/noor/vouch").status_code == 404, "it has been vouched for"


def test_a_form_sent_twice_does_it_once() -> None:
    known = Staffed()
    browser = known.reader("teo")
    for _ in range(2):
        assert browser.post("/office/members/noor/suspend", {"suspend-why": "x"}).status_code == 303
    assert known.reader("ada").get("/office/trail?act=suspended").text.count("Suspended a member.</strong>") == 1
