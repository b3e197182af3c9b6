"""Changes that wait, and the trail of what was done."""

from __future__ import annotations

import csv
import io
import re

import pytest
from msgspec.structs import replace

from staff import ORG, Staffed, ways
from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.access.edit_words import ENGLISH
from tocsin.core.access.edits import ContactEdit, PlanEdit, RolesEdit, ShiftEdit, TieEdit
from tocsin.core.access.record import Act, By
from tocsin.core.access.weakens import Weakens
from tocsin.core.access.words import Told, Via
from tocsin.core.directory import Plan, Rung
from tocsin.core.limits import DAY_MS
from tocsin.core.words import Channel, Kind, Role
from tocsin.runtime.thinking import pause
from tocsin.web.office import trail
from tocsin.web.office.change_words import HEADINGS
from tocsin.web.office.trail import harmless

FEWER = RolesEdit("teo", (Role.RESPONDER, Role.SUPERVISOR), (Role.RESPONDER,))


def waiting(known: Staffed, id: str = "c1", **more: object) -> Change:
    now_ms = known.clock.ms
    fields = {
        "edit": FEWER, "weakens": (Weakens.REMOVES_RESPONDER,), "asker": "ada", "via": Via.SESSION, "why": "He asked",
        "asked_ms": now_ms, "due_ms": now_ms + DAY_MS, "lapses_ms": now_ms + 7 * DAY_MS,
    }  # fmt: skip
    change = Change(id=id, **{**fields, **more})  # type: ignore[arg-type]  # fields by name
    known.keep(change)
    return change


def phase(known: Staffed, id: str = "c1") -> ChangePhase:
    change = known.world.kept(ORG, Change, id)
    assert change is not None
    return change.phase


def test_a_change_says_what_it_would_do_and_who_may_decide() -> None:
    known = Staffed()
    waiting(known)
    page = known.reader("wale").get("/office/changes").text
    assert "<h1>1 change waits for you</h1>" in page and "Teo Invented would have other roles" in page
    assert "He asked" in page and "Responder, Supervisor" in page
    asker = known.reader("ada").get("/office/changes").text
    assert "<h1>1 change waits for others</h1>" in asker and "Take it back" in asker and 'value="agree"' not in asker
    auditor = known.reader("lena").get("/office/changes").text
    assert "Another supervisor or coordinator decides this." in auditor and "<button name=" not in auditor


def test_of_a_crowd_on_a_shift_only_those_who_come_or_go_and_some_more_are_named() -> None:
    known = Staffed()
    crowd = tuple(f"m{n}" for n in range(500))
    waiting(known, edit=ShiftEdit(("nobody's", 0, DAY_MS, 0), crowd, (*crowd[:499], "teo")))
    page = known.reader("wale").get("/office/changes").text
    assert "m499, m0, m1" in page and "Teo Invented, m0, m1" in page and "and 460 more" in page
    assert "m400" not in page


def test_a_roster_of_many_shifts_is_one_change_that_shows_the_first_few() -> None:
    known = Staffed()
    first, *more = (ShiftEdit(("nobody's", day * DAY_MS, (day + 1) * DAY_MS, 0), ("teo",), ()) for day in range(40))
    waiting(known, edit=first, more=tuple(more))
    page = known.reader("wale").get("/office/changes").text
    assert "<h1>1 change waits for you</h1>" in page and "40 shifts at nobody&#39;s would change" in page
    assert page.count("On shift,") == 5 and "and 35 shifts more" in page


def test_one_who_agrees_sets_its_time() -> None:
    known = Staffed()
    waiting(known)
    browser = known.reader("wale")
    assert browser.post("/office/changes/c1", {"word": "agree"}).status_code == 303
    assert phase(known) is ChangePhase.AGREED
    page = browser.get("/office/changes").text
    assert "Agreed. It acts" in page and "Wale Invented agreed" in page and ">Agree<" not in page


def test_a_refusal_needs_a_reason_and_is_for_good() -> None:
    known = Staffed()
    waiting(known)
    browser = known.reader("wale")
    assert browser.post("/office/changes/c1", {"word": "refuse"}).status_code == 422
    assert phase(known) is ChangePhase.WAITING
    sent = {"word": "refuse", "why-c1": "We need him"}
    assert browser.post("/office/changes/c1", sent).status_code == 303
    assert phase(known) is ChangePhase.REFUSED
    assert browser.post("/office/changes/c1", sent).status_code in (404, 409), "twice is once"


def test_whoever_asked_takes_it_back_and_does_not_agree_with_themself() -> None:
    known = Staffed(ada={"roles": (Role.ADMINISTRATOR, Role.SUPERVISOR)})
    waiting(known)
    browser = known.reader("ada")
    assert browser.post("/office/changes/c1", {"word": "agree"}).status_code == 409
    assert browser.post("/office/changes/c1", {"word": "withdraw"}).status_code == 303
    assert phase(known) is ChangePhase.WITHDRAWN
    assert "Nothing waits for you" in browser.get("/office/changes").text


@pytest.mark.parametrize("word", ["", "explode"])
def test_a_word_that_is_none_changes_nothing(word: str) -> None:
    known = Staffed()
    waiting(known)
    assert known.reader("wale").post("/office/changes/c1", {"word": word}).status_code == 422
    assert phase(known) is ChangePhase.WAITING


@pytest.mark.parametrize("reader", ["ada", "teo", "lena", "noor"])
def test_a_change_of_a_tie_is_not_there_for_others_in_no_list_and_no_count(reader: str) -> None:
    known, plain = Staffed(), Staffed()
    waiting(known, edit=TieEdit("teo", "noor", before=True, after=False), asker="lena2", weakens=())
    for path in ("/office", "/office/changes"):
        one, other = known.reader(reader).get(path), plain.reader(reader).get(path)
        assert re.sub(r'"[0-9a-f]{64}"', "", one.text) == re.sub(r'"[0-9a-f]{64}"', "", other.text)
    assert known.reader(reader).post("/office/changes/c1", {"word": "agree"}).status_code in (403, 404)


def test_ways_and_plans_are_told_in_the_readers_language() -> None:
    known = Staffed(wale={"language": "es"})
    (way, _) = ways(Channel.SMS, Channel.VOICE)
    waiting(known, edit=ContactEdit("teo", way.id, way, None))
    two = ((Channel.SMS,), (Channel.VOICE,))
    rungs = Rung(0, ("on_shift",), two, 30, 5), Rung(60, ("member:teo", "role:supervisor"))
    short = Plan("centre", Kind.SOS, 2, rungs)
    long = replace(short, rungs=(rungs[0], replace(rungs[1], after_s=300)))
    waiting(known, "c2", edit=PlanEdit("centre", Kind.SOS, short, long))
    waiting(known, "c3", edit=PlanEdit("centre", Kind.SOS, short, None))
    page = known.reader("wale").get("/office/changes").text
    assert "Mensaje de texto \u202600" in page and way.to not in page
    assert "2. a los 60 s: Teo Invented, Supervisi\u00f3n" in page and "2. a los 300 s" in page
    assert "quienes est\u00e1n de turno" in page and "con 5 s entre medios" in page and "2 personas necesarias" in page


def test_every_change_has_a_heading() -> None:
    assert set(HEADINGS) == set(ENGLISH)


# The trail -------------------------------------------------------------------------------------------------------


def acted(known: Staffed, id: str, what: str = "suspended", **more: object) -> None:
    fields: dict[str, object] = {"at_ms": known.clock.ms, "by": By("teo", Via.SESSION), "about": "noor"}
    known.keep(Act(id=id, what=what, **{**fields, **more}))  # type: ignore[arg-type]  # fields by name


def test_the_trail_is_asked_by_person_act_and_day() -> None:
    known = Staffed()
    acted(known, "a1", why="First reason")
    acted(
        known, "a2", "key_made", about="", by=By("ada", Via.SESSION), at_ms=known.clock.ms - 3 * DAY_MS, why="Old key"
    )
    browser = known.reader("lena")
    assert "First reason" in browser.get("/office/trail?person=teo").text
    assert "Old key" not in browser.get("/office/trail?person=noor+inv").text
    assert "First reason" not in browser.get("/office/trail?act=key_made").text
    since = browser.get("/office/trail?since=2026-11-17").text
    assert "First reason" in since and "Old key" not in since


@pytest.mark.parametrize("asked", ["person=nobody", "person=invented", "since=yesterday", "until=2026-02-31"])
def test_a_question_that_can_not_be_read_is_shown_again_with_what_is_wrong(asked: str) -> None:
    page = Staffed().reader("lena").get(f"/office/trail?{asked}")
    assert page.status_code == 422 and 'class="fault"' in page.text and asked.partition("=")[2] in page.text


@pytest.mark.parametrize("asked", ["act=moon", "before=zzz", "before=%00", "since=0001-01-01", "until=9999-12-31"])
def test_an_odd_question_is_answered_all_the_same(asked: str) -> None:
    assert Staffed().reader("lena").get(f"/office/trail?{asked}").status_code in (200, 422)


def test_what_was_told_to_two_sorts_of_people_stands_on_a_page_once() -> None:
    known = Staffed()
    for id, told in (("a1", Told.SUPERVISORS), ("a2", Told.THEMSELF)):
        acted(known, id, "recovery_asked", why="She stands here", told=told)
    acted(known, "a3", "recovery_vouched", why="By her voice", told=Told.SUPERVISORS)
    page = known.reader("lena").get("/office/trail").text
    assert page.count("She stands here") == 1 and page.count("By her voice") == 1


def test_a_long_trail_goes_on_where_it_ended() -> None:
    known = Staffed()
    for number in range(60):
        acted(known, f"a{number:03}", why=f"Reason {number}.")
    browser = known.reader("lena")
    first = browser.get("/office/trail").text
    older = re.search(r'href="(/office/trail\?before=[^"]*)"', first)
    assert older and "Reason 59." in first and "Reason 2." not in first
    assert "Reason 2." in browser.get(older[1]).text


def test_the_table_for_auditors_computes_nothing() -> None:
    known = Staffed(noor={"name": "=HYPERLINK(1)", "contacts": ways(Channel.SMS)})
    acted(known, "a1", why='@SUM(1+1)*cmd|" /C calc"!A0')
    answer = known.reader("lena").get("/office/trail.csv")
    assert (
        answer.headers["content-type"] == "text/csv; charset=utf-8"
        and "attachment" in answer.headers["content-disposition"]
    )
    (row,) = [row for row in csv.DictReader(io.StringIO(answer.text)) if row["what"] == "suspended"]
    assert row["about_name"] == "'=HYPERLINK(1)" and row["why"].startswith("'@SUM")


def test_a_long_table_is_whole_and_lets_others_go_between_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    known, pauses = Staffed(), []

    async def counted() -> None:
        pauses.append(1)
        await pause()

    monkeypatch.setattr(trail, "pause", counted)
    for number in range(120):
        acted(known, f"a{number:03}", why=f"Reason {number}.")
    rows = csv.DictReader(io.StringIO(known.reader("lena").get("/office/trail.csv").text))
    told = [row["why"] for row in rows if row["why"].startswith("Reason")]
    assert told == [f"Reason {number}." for number in reversed(range(120))]
    assert len(pauses) >= 2


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", " =1", "|x", "%x", "\uff1d1"])
def test_what_a_spreadsheet_would_compute_begins_with_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["a;=1", "a; @x", "a;;+1", "a;\uff1d1"])
def test_nor_does_it_compute_what_stands_behind_a_semicolon(cell: str) -> None:
    """Where a comma is the decimal sign, a spreadsheet takes the semicolon for the end of a cell, quoted or not."""
    assert all(part.lstrip()[:1] in ("a", "'", "") for part in harmless(cell).split(";"))


@pytest.mark.parametrize("cell", ["", "a; b", "Lost her badge", "2026-11-23", "O'Neil", "a=b"])
def test_what_is_text_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


def test_who_may_not_read_the_trail_gets_no_table_either() -> None:
    known = Staffed()
    acted(known, "a1", told=Told.SUPERVISORS)
    for path in ("/office/trail", "/office/trail.csv"):
        assert known.reader("teo").get(path).status_code == 403


def test_what_is_announced_to_supervisors_stands_on_their_first_page() -> None:
    known = Staffed()
    acted(known, "a1", "key_made", told=Told.SUPERVISORS, by=By("ada", Via.SESSION))
    assert "Made an API key." in known.reader("teo").get("/office").text
    assert "Made an API key." not in known.reader("lena").get("/office").text
