"""The page of what became of announcements: whom each went out to, whom it missed, and who can be told nothing."""

from __future__ import annotations

import pytest

from plan_forms import words
from staff import ORG, Staffed
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR, Act, By, Guard
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Done, Moved, Report
from tocsin.core.directory import Contact, Member
from tocsin.core.words import Channel, Reason, Role

PAGE = "/office/announced"
LATER_MS = 30 * 60_000


def mail(name: str) -> tuple[Contact, ...]:
    return (Contact("mail", Channel.EMAIL, f"{name}@alder.example.org", verified=True),)


class Announcing(Staffed):
    """Teo, Ines and Wale watch over others; whoever signs in is told by mail."""

    def __init__(self) -> None:
        ines = Member("ines", "Ines Invented", (Role.SUPERVISOR,), contacts=mail("ines"))
        super().__init__(ines, teo={"contacts": mail("teo")}, wale={"contacts": mail("wale")})
        self.world.routes, self.world.channels = {Channel.EMAIL: ("smtp",)}, frozenset({Channel.EMAIL})
        self.keep(Guard(id="guard", since_ms=0))

    def suspend(self, member: str = "noor") -> None:
        assert self.decide(Suspend(org=ORG, by=OPERATOR, member=member, why="Badge found.")) == Done()

    def hear(self, member: str, moved: Moved, reason: Reason | None = None) -> None:
        """Of every message to them."""
        for row in self.store.due_deliveries(ORG):
            delivery = self.world.deliveries(ORG, row.alert)[row.id]
            if delivery.member == member:
                ref = "m1" if moved is Moved.ACCEPTED else None
                news = Report(org=ORG, delivery=row.id, alert=row.alert, moved=moved, reason=reason, provider_ref=ref)
                self.decide(news)


def told() -> Announcing:
    """Noor was suspended half an hour ago: two were told, and Teo's address is dead."""
    known = Announcing()
    known.suspend()
    known.hear("ines", Moved.ACCEPTED)
    known.hear("wale", Moved.ACCEPTED)
    known.hear("teo", Moved.REFUSED, Reason.ADDRESS_DEAD)
    known.clock.ms += LATER_MS
    return known


@pytest.mark.parametrize("who", ["ines", "ada", "wale", "lena"])
def test_whoever_may_see_who_works_here_sees_whom_it_missed_by_name(who: str) -> None:
    page = words(told().reader(who).get(PAGE))
    assert "1 person is not reached by what is announced" in page and "It went out to 2 of 3." in page
    missed = page.index("Teo Invented the address is dead Not reached")
    assert missed < page.index("To whom it went out") < page.index("Ines Invented With the carrier")
    assert "@" not in page


def test_nobody_else_has_the_page() -> None:
    assert Announcing().reader("noor").get(PAGE).status_code == 403


def test_it_says_when_it_will_be_known_and_until_then_nothing() -> None:
    known = Announcing()
    known.suspend()
    known.hear("teo", Moved.REFUSED, Reason.VENDOR_REFUSED)
    page = words(known.reader("ines").get(PAGE))
    assert "Under way. What became of it stands here from then on:" in page
    assert "Teo Invented" not in page and "What was announced went out to everybody" in page


def test_it_is_said_in_the_language_of_its_reader() -> None:
    known = told()
    known.change("ines", language="es")
    page = words(known.reader("ines", "es").get(PAGE))
    assert "Salió para 2 de 3." in page and "A 1 persona no le llega lo que se anuncia" in page


def test_when_all_is_well_the_page_says_so() -> None:
    known = Announcing()
    known.suspend()
    for member in ("ines", "wale", "teo"):
        known.hear(member, Moved.ACCEPTED)
    known.clock.ms += LATER_MS
    page = words(known.reader("ines").get(PAGE))
    assert "What was announced went out to everybody" in page and "It went out to all 3." in page
    assert "Everybody who watches over others can be told" in page


def test_whoever_can_be_told_nothing_is_named_and_counted_once() -> None:
    known = told()
    known.change("teo", contacts=())
    page = words(known.reader("ines").get(PAGE))
    assert "1 person is not reached by what is announced" in page
    assert "Teo Invented No mail address and no number for texts that works." in page


def test_of_a_tie_nothing_is_shown_and_an_act_that_nobody_was_told_of_says_so() -> None:
    known = Staffed()
    by = By("wale", Via.SESSION)
    for id, what, about, told in (
        ("a1", "tie_set", "teo", Told.COORDINATORS),
        ("a2", "suspended", "noor", Told.SUPERVISORS),
    ):
        known.keep(Act(id=id, at_ms=known.clock.ms, by=by, what=what, about=about, told=told))
    known.clock.ms += LATER_MS
    page = words(known.reader("wale").get(PAGE))
    assert (
        page.count("Newest first") == 1
        and "Nobody was there to be told." in page
        and "Teo Invented" not in page.partition("Can be told nothing")[0]
    )


def test_a_page_with_nothing_on_it_says_so() -> None:
    assert "Nothing has been announced lately." in Staffed().reader().get(PAGE).text


def test_the_first_page_leads_there() -> None:
    assert f'href="{PAGE}"' in Staffed().reader().get("/office").text
    assert '<a href="/office" aria-current="page">' in Staffed().reader().get(PAGE).text
