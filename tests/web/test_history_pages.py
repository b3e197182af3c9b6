"""What is over, as pages: alerts found again, one alert's whole record, and nothing to whom it is not told."""

from __future__ import annotations

import re
from html import unescape

import pytest

from past_nights import HOSTILE, Nights, of_every_kind
from tocsin.core import commands as c
from tocsin.core import events as e
from tocsin.core.escalation import NO_PLAN
from tocsin.core.limits import FIX_KEPT_MS, RECORD_EVENTS_MAX
from tocsin.core.record_sight import Happened
from tocsin.core.words import Answer, Came, Channel, DeliveryState, Kind, Outcome, Purpose, Reason, Role, Undone, Why
from tocsin.runtime import history
from tocsin.web.history import record_words
from tocsin.web.history.pages import counting
from tocsin.web.history.telling import Teller
from tocsin.web.kinds import KINDS
from tocsin.web.speaking import say_in

ID = re.compile(r'href="/history/([0-9a-f-]{36})"')


def words(page: str) -> str:
    """A page without its marks, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture(scope="module")
def nights() -> Nights:
    return of_every_kind()


def listed(nights: Nights, who: str, query: str = "") -> list[str]:
    answer = nights.visitor(who).get(f"/history{query}")
    assert answer.status_code == 200
    return ID.findall(answer.text)


# The list ------------------------------------------------------------------------------------------------------------


def test_nobody_reads_it_without_signing_in(nights: Nights) -> None:
    for path in ("/history", "/history/x", "/history/x/report.pdf"):
        answer = nights.visitor("").get(path)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")


def test_everybody_finds_what_they_may_see_and_nothing_else(nights: Nights) -> None:
    assert len(listed(nights, "teo")) == len(listed(nights, "wale")) == len(listed(nights, "lena")) == 5
    assert len(listed(nights, "noor")) == 3, "her own"
    assert len(listed(nights, "rafi")) == 1, "his own; nobody rang him"
    assert len(listed(nights, "omar")) == 2, "what is not Noor's"
    assert len(listed(nights, "ada")) == 4, "her own, and what hides from nobody"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?kind=overdue", 1),
        ("?drill=drill", 1),
        ("?drill=real", 4),
        ("?outcome=police", 1),
        ("?state=open", 1),
        ("?state=closed", 4),
        ("?person=noor", 3),
        ("?person=Noor+Invented&outcome=medical", 1),
        ("?place=STAIRS", 1),
        ("?site=centre", 5),
        ("?site=elsewhere", 0),
        ("?since=2026-11-18&until=2026-11-18", 5),
        ("?until=2026-11-17", 0),
        ("?kind=&drill=&outcome=&state=&person=", 5),
    ],
)
def test_alerts_are_found_by_what_is_known_of_them(nights: Nights, query: str, count: int) -> None:
    assert len(listed(nights, "teo", query)) == count


@pytest.mark.parametrize(("query", "fault"), [("person=Nobody", "Nobody here"), ("person=Invented", "Several people")])
def test_what_can_not_be_looked_for_is_said_beside_the_field(nights: Nights, query: str, fault: str) -> None:
    answer = nights.visitor("teo").get(f"/history?{query}&since=yesterday")
    assert answer.status_code == 422 and fault in answer.text and "Write a day like" in answer.text
    assert ID.findall(answer.text) == [] and 'value="yesterday"' in answer.text


@pytest.mark.parametrize("query", ["after=x", "kind=moon", "state=%00", "place=" + "a" * 5_000, "since=0001-01-01"])
def test_an_odd_question_is_answered_all_the_same(nights: Nights, query: str) -> None:
    assert nights.visitor("teo").get(f"/history?{query}").status_code in (200, 422)


@pytest.mark.parametrize(
    ("path", "unfolded"),
    [
        ("/history", False),
        ("/history?person=noor", False),
        ("/history?outcome=police", True),
        ("/history?since=yesterday", True),
        ("/office/trail?person=gone", False),
        ("/office/trail?until=2026-11-18", True),
    ],
)
def test_what_else_one_may_search_by_is_folded_until_it_is_asked_for(nights: Nights, path: str, unfolded: bool) -> None:
    [fold] = re.findall(r'<details class="further"([^>]*)>', nights.visitor("ada").get(path).text)
    assert (fold == " open") is unfolded


def test_whoever_only_runs_the_system_is_offered_no_person_and_no_place(nights: Nights) -> None:
    page = nights.visitor("ada").get("/history").text
    assert "field-person" not in page and "field-place" not in page and "field-site" not in page
    assert listed(nights, "ada", "?site=centre&kind=overdue") == []
    assert "Noor" not in words(page)


def test_a_search_leads_on_page_by_page_with_what_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = of_every_kind()
    monkeypatch.setattr(history, "LISTED_MAX", 2)
    page = nights.visitor("teo").get("/history?state=closed").text
    (on,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "state=closed" in on and "Older" in page
    assert len(ID.findall(nights.visitor("teo").get(unescape(on)).text)) == 2


def test_until_the_lists_are_whole_the_page_says_so() -> None:
    nights = Nights()
    nights.closed(nights.raised())
    assert "still being sorted" in nights.visitor("teo").get("/history").text
    nights.list_all()
    assert "still being sorted" not in nights.visitor("teo").get("/history").text


def test_a_search_that_ended_early_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = of_every_kind()
    monkeypatch.setattr(history, "LOOKED_MAX", 3)
    page = nights.visitor("teo").get("/history?place=lot+b&state=closed").text
    assert "Look further back" in page


# One record ----------------------------------------------------------------------------------------------------------


def record(nights: Nights, who: str, alert: str, language: str = "en") -> str:
    answer = nights.visitor(who, language).get(f"/history/{alert}")
    assert answer.status_code == 200
    return words(answer.text)


def test_a_supervisor_reads_everything_that_happened_and_every_message(nights: Nights) -> None:
    page = record(nights, "teo", listed(nights, "teo")[-1])
    for told in (
        "SOS: Noor Invented",
        "Closed: Police took over",
        "Noor Invented raised it, from a phone",
        "Teo Invented is coming There in 60 s",
        "Teo Invented is with them",
        "Teo Invented wrote a note The gate is open.",
        "Teo Invented called the police County desk, the county line",
        "Teo Invented proposed to close it: Police took over",
        "Wale Invented confirmed the close",
        "Text message, Call for help: +12025550100",
        "First coming +5 s",
        "Position 41.88000, -87.63000",
        "within 12 m",
        "CST",
    ):
        assert told in page, told


def test_an_auditor_reads_it_too_and_whoever_was_rung_reads_it_without_the_messages(nights: Nights) -> None:
    assert "Messages" in record(nights, "lena", listed(nights, "lena")[-1])
    night = Nights()
    night.list_all()
    alert = night.long_night()
    night.change("teo", roles=(Role.RESPONDER,))
    page = record(night, "teo", alert)
    assert "Wale Invented confirmed the close" in page and "were rung" in page
    assert "Messages" not in page and "+1202555" not in page and "reached nobody Teo" not in page


def test_the_worker_reads_of_their_own_what_their_phone_shows(nights: Nights) -> None:
    page = record(nights, "noor", listed(nights, "noor")[-1])
    assert "SOS: Noor Invented" in page and "Teo" not in page and "What happened" not in page


def test_an_administrator_reads_that_messages_flowed_and_of_nobody(nights: Nights) -> None:
    alert = listed(nights, "ada", "?kind=sos&drill=real")[-1]
    page = record(nights, "ada", alert)
    assert "Noor" not in page and "Lot B" not in page and "Teo" not in page
    source = nights.visitor("ada").get(f"/history/{alert}").text
    assert source.count('<div class="stack loose">') == 1  # What they are told stands where everybody's page begins.


@pytest.mark.parametrize("who", ["omar", "rafi"])
def test_whom_it_is_kept_from_finds_the_same_as_where_there_is_none(nights: Nights, who: str) -> None:
    alert = listed(nights, "teo")[-1]
    for path in (f"/history/{alert}", f"/history/{alert}/report.pdf"):
        there, nowhere = nights.visitor(who).get(path), nights.visitor(who).get(path.replace(alert, "x"))
        assert there.status_code == nowhere.status_code == 404
        assert words(there.text) == words(nowhere.text)


def test_a_worker_made_to_close_it_reads_a_closed_alert_in_the_same_bytes() -> None:
    told = []
    for match in (c.PinMatch.REAL, c.PinMatch.DURESS):
        nights = Nights()
        nights.list_all()
        alert = nights.raised(device="phone")
        nights.wait(3)
        nights.decide(c.Safe(org="alder", alert=alert, member="noor", device="phone", match=match))
        nights.wait(600)
        pages = [nights.visitor("noor").get(path).text for path in ("/history", f"/history/{alert}")]
        told.append([ID.sub("ID", re.sub(r'name="form_token" value="[^"]+"', "", page)) for page in pages])
    assert [re.sub(r"[0-9a-f-]{36}", "ID", page) for page in told[0]] == [
        re.sub(r"[0-9a-f-]{36}", "ID", page) for page in told[1]
    ]


def test_an_erased_position_is_said_to_be_erased() -> None:
    nights = Nights()
    alert = nights.long_night()
    assert "41.88000" in record(nights, "teo", alert)
    nights.wait(FIX_KEPT_MS / 1_000 + 1)
    nights.decide(c.EraseFixes(org="alder", alert=alert))
    page = record(nights, "teo", alert)
    assert "41.88" not in page and "The position was erased" in page and "Lot B" in page


def test_a_drill_is_told_as_one(nights: Nights) -> None:
    alert = listed(nights, "teo", "?drill=drill")[0]
    page = nights.visitor("teo").get(f"/history/{alert}").text
    assert "data-drill" in page and "This was practice" in page
    assert "data-drill" not in nights.visitor("teo").get(f"/history/{listed(nights, 'teo')[-1]}").text


def test_what_failed_first_is_said_first() -> None:
    nights = Nights()
    nights.change("rafi", roles=(*nights.directory.members["teo"].roles,))
    alert = nights.raised()
    nights.wait(5)
    nights.fail(alert, "rafi")
    page = record(nights, "teo", nights.closed(alert))
    assert "What failed first Text message to Rafi Invented at" in page and "the number is dead" in page


def test_what_somebody_typed_is_text_and_nothing_else() -> None:
    nights = Nights()
    nights.list_all()
    alert = nights.long_night(text=HOSTILE, place=HOSTILE)
    page = nights.visitor("teo").get(f"/history/{alert}").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert "&lt;script&gt;" in nights.visitor("teo").get("/history").text


def test_a_night_without_end_is_told_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights()
    monkeypatch.setattr(history, "RECORD_EVENTS_MAX", 3)
    monkeypatch.setattr(history, "RECORD_MESSAGES_MAX", 1)
    page = record(nights, "teo", nights.long_night())
    assert "this is how it began" in page and "these were the first" in page and RECORD_EVENTS_MAX > 3


# Words ---------------------------------------------------------------------------------------------------------------


def nights_walk(was_down: bool) -> e.Raised:
    """Nobody said in time that they were home."""
    return e.Raised(
        id="a", org="alder", kind=Kind.OVERDUE, member="teo", site="centre", silent=False, drill=False, came=Came.WALK,
        plan=NO_PLAN, was_down=was_down,
    )  # fmt: skip


EVENTS: tuple[e.Event, ...] = (
    e.PressedAgain(came=Came.SMS, shadow="s"),
    e.PressedAgain(came=Came.WALK),
    *(nights_walk(was_down) for was_down in (False, True)),
    e.Rang(why=Why.REPEAT, asked=(), unreachable=(("teo", Reason.OPTED_OUT),)),
    e.Rang(why=Why.RUNG_DUE, asked=tuple(f"m{number}" for number in range(20))),
    *(e.Answered(member="teo", answer=answer, eta_s=9, counts=False) for answer in Answer),
    *(e.LoanLapsed(member="teo", answer=answer) for answer in Answer if answer is not Answer.CANNOT),
    *(e.CloseUndone(why=why, by="teo") for why in Undone),
    e.SaidSafe(device="d"),
    e.DuressSignalled(device="d"),
    e.DuressSignalled(device="d", hides=False),
    e.ShadowClosed(shadow="s", device="d"),
    e.ShadowClosed(shadow="s", device="", outcome=Outcome.SAFE),
    e.PinMissed(device="d", misses=3),
    e.NumberMissed(member="teo", misses=5),
    e.NotReached(member="teo", reason=Reason.PHONE_OFF),
    e.ReachedAgain(member="teo"),
    e.ReachesNobody(),
    e.Withdrawn(member="teo"),
    e.Linked(other="o"),
    e.Audited(finding="no_near_wake_up"),
    e.HandedOver(by="teo", to="wale", still_open=tuple(record_words.STILL_OPEN), text="Look."),
    e.TakenOver(by="wale", before="teo"),
    e.Closed(outcome=Outcome.SAFE, ended_by="other"),
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_event_is_a_sentence_without_a_machines_word(language: str) -> None:
    teller = Teller({"teo": "Teo", "wale": "Wale"}, say_in(language), counting(language))
    for event in EVENTS:
        told = teller.tell(Happened(1, event, len(getattr(event, "asked", ()))))
        assert told.text and "_" not in told.text + told.more and "%" not in told.text, event


@pytest.mark.parametrize(
    ("table", "of"),
    [
        (KINDS, Kind),
        (record_words.OUTCOMES, Outcome),
        (record_words.REASONS, Reason),
        (record_words.WHYS, Why),
        (record_words.STATES, DeliveryState),
        (record_words.SHAPES, DeliveryState),
        (record_words.PURPOSES, Purpose),
        (record_words.CAME, Came),
        (record_words.ANSWERS, Answer),
    ],
)
def test_no_word_of_the_core_is_without_words(table: dict[str, object], of: type[Channel]) -> None:
    assert set(table) == set(of)


def test_spanish_is_read_by_whoever_reads_spanish() -> None:
    nights = Nights()
    nights.change("teo", language="es")
    page = record(nights, "teo", nights.long_night(), "es")
    assert "raised it" not in page and "Closed" not in page
