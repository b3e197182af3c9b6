"""The roll call as a page: called once, watched, closed, and the report that stays."""

from __future__ import annotations

from msgspec.structs import replace

from rostered import HOUR, SITE, Rostered
from tocsin.core import commands as c
from tocsin.core.access.commands import LookAt
from tocsin.core.access.roll_record import RollCall, SaidBy, Word
from tocsin.core.commands import Press
from tocsin.core.directory import Site
from tocsin.core.limits import ROLL_WHY_MAX_CHARS
from tocsin.core.words import Came

ROLLS = "/office/roll-calls"
ORG = "alder"


def called(known: Rostered, reader: str = "teo", **more: str) -> str:
    answer = known.reader(reader).post(ROLLS, {"site": SITE, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def press(known: Rostered, member: str, *, silent: bool = False) -> None:
    known.decide(
        Press(org=ORG, credential=member, key="k", member=member, device=None, came=Came.DEVICE, silent=silent)
    )


def test_everybody_on_shift_is_asked_and_the_page_shows_them() -> None:
    known = Rostered()
    assert "No roll has been called lately." in known.reader().get(ROLLS).text
    path = called(known, why="smoke")
    page = known.reader().get(path).text
    assert "<h1>Of 3 people nothing is known</h1>" in page and "smoke" in page
    assert all(name in page for name in ("Teo Invented", "Noor Invented", "Ana Ruiz")) and "Bo Larsen" not in page
    assert called(known) == path, "one that runs is shown, and nobody is asked twice"
    listed = known.reader("wale").get(ROLLS).text
    assert "<h1>1 roll call is under way</h1>" in listed and "Under way" in listed


def test_who_needs_help_stands_first_and_leads_to_their_alert() -> None:
    known = Rostered()
    path = called(known)
    press(known, "noor")
    page = known.reader().get(path).text
    assert "<h1>1 person needs help</h1>" in page and "Look at the alert" in page and "by an SOS" in page
    assert page.index("Noor Invented") < page.index("Ana Ruiz")
    press(known, "ana", silent=True)
    assert "<h1>1 person needs help</h1>" in known.reader().get(path).text, "a silent alert does not show through"


def test_it_is_closed_and_the_report_stays() -> None:
    known = Rostered()
    path = called(known)
    known.change("ana", suspended=True)
    answer = known.reader().post(f"{path}/close", {})
    assert answer.status_code == 303 and answer.headers["location"] == path
    page = known.reader().get(path).text
    assert "Close the roll call" not in page and "Teo Invented" in page and "no longer to be told" in page
    assert "<h1>No roll call is under way</h1>" in known.reader().get(ROLLS).text


def test_one_that_nobody_closed_says_that_it_closed_by_itself() -> None:
    known = Rostered()
    path = called(known)
    known.clock.ms += HOUR
    known.decide(LookAt(org=ORG, kind="rollcall", id=path.rpartition("/")[2]))
    assert "by itself, after an hour" in known.reader().get(path).text


def test_only_whoever_may_call_one_sees_any_of_it() -> None:
    known = Rostered()
    path = called(known)
    for member in ("noor", "ada", "lena"):
        reader = known.reader(member)
        assert {reader.get(where).status_code for where in (ROLLS, path)} == {403}
        assert reader.post(ROLLS, {"site": SITE}).status_code == 403
        assert reader.post(f"{path}/close", {}).status_code == 403
    assert known.reader().get(f"{ROLLS}/x").status_code == 404
    assert known.reader().post(f"{ROLLS}/x/close", {}).status_code == 404


def test_a_reason_too_long_and_a_site_with_nobody_on_ask_nobody() -> None:
    known = Rostered()
    long = known.reader().post(ROLLS, {"site": SITE, "why": "x" * (ROLL_WHY_MAX_CHARS + 1)})
    assert long.status_code == 422
    assert known.reader().post(ROLLS, {"site": "elsewhere"}).status_code == 409
    known.shifts()
    nobody = known.reader().post(ROLLS, {"site": SITE})
    assert nobody.status_code == 409 and "Nobody is on shift there" in nobody.text
    assert not known.world.all_kept(ORG, RollCall)


def test_of_several_sites_each_has_its_own_button_and_one_that_is_gone_its_id() -> None:
    known = Rostered()
    path = called(known)
    known.rules(sites={"other": Site("other", "Other house", "UTC")}, plans=(), shifts=())
    assert SITE in known.reader().get(path).text
    known.rules(sites={name: Site(name, f"House {name}", "UTC") for name in ("a", "b")})
    page = known.reader().get(ROLLS).text
    assert page.count("are you safe?") == 2 and "House b" in page


def test_somebody_who_is_safe_is_shown_with_when_and_how() -> None:
    known = Rostered()
    path = called(known)
    roll = next(iter(known.world.all_kept(ORG, RollCall).values()))
    known.keep(replace(roll, closed_ms=known.clock.ms, said=(word("noor", 0), word("ana", 1), word("teo", 0))))
    known.clock.ms += 1
    page = known.reader().get(path).text
    assert "<h1>Everybody who was asked is safe</h1>" in page
    assert page.count("on their own page") == 3
    assert isinstance(known.decide(LookAt(org=ORG, kind="rollcall", id=roll.id)), c.Done)


def word(member: str, after_ms: int) -> Word:
    return Word(member, 1_795_000_000_000 + after_ms, SaidBy.PAGE)
