"""What an office page is handed: by the table, by ties, and by nothing that an alert does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from tocsin.core.access.people_sight import announced_to
from tocsin.core.access.record import OPERATOR, Act, By, Desk, Kept, Key, Link, Passkey, Session, Wallboard
from tocsin.core.access.words import LinkKind, SignedIn, Told, Via
from tocsin.core.dice import Dice
from tocsin.core.directory import Contact, Device, Directory, Member, Plan, Rung, Shift
from tocsin.core.docket import Docket
from tocsin.core.limits import LISTED_MAX
from tocsin.core.sight import Reader
from tocsin.core.words import Channel, Kind, Reason, Role
from tocsin.ports import Stored
from tocsin.runtime import ledger
from tocsin.runtime.access import reading
from tocsin.runtime.access.reading import Asked, NotAllowed, Records
from tocsin.runtime.passes import Pass
from tocsin.runtime.recall import world_of
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore

ORG = "alder"
NOW = 1_795_000_000_000
ROLES = {
    "noor": Role.WORKER,
    "rafi": Role.RESPONDER,
    "teo": Role.SUPERVISOR,
    "ines": Role.COORDINATOR,
    "wale": Role.COORDINATOR,
    "abe": Role.ADMINISTRATOR,
    "uma": Role.AUDITOR,
}
TIES = {"wale": ("noor",), "rafi": ("noor",)}


class HandClock:
    def now_ms(self) -> int:
        return NOW


class Office:
    """One organisation in a store, everybody signed in, and a pen for its records."""

    def __init__(self) -> None:
        self.store, self.clock = MemoryStore(), HandClock()
        self.world = world_of(self.store, {})
        self.world.directories[ORG] = Directory(
            ORG,
            "Alder",
            members={name: self.person(name) for name in ROLES},
            devices={"phone": Device("phone", "noor", "")},
            shifts=(Shift("centre", ("noor",), 200, 300), Shift("centre", ("teo",), 100, 200)),
            plans=(Plan("centre", Kind.SOS, 2, (Rung(0, ("on_shift",)),)),),
        )
        self.seeds = 0
        self.keep(*map(self.session, ROLES))
        self.records = Records(self)

    @staticmethod
    def person(name: str) -> Member:
        number = f"+120255501{30 + list(ROLES).index(name)}"
        contacts = (
            Contact("sms", Channel.SMS, number, verified=True, answered_ms=5),
            Contact("voice", Channel.VOICE, number, verified=True, dead="number_dead"),
            Contact("email", Channel.EMAIL, f"{name}@example.org", verified=True, opted_out=True),
        )
        return Member(name, name.title(), (ROLES[name],), contacts=contacts, not_told_about=TIES.get(name, ()))

    @staticmethod
    def session(name: str) -> Session:
        return Session(
            id=f"s-{name}",
            token_hash="",
            member=name,
            how=SignedIn.PASSKEY,
            began_ms=NOW,
            ends_ms=NOW + 1,
            idle_ms=1,
            seen_ms=NOW,
            fresh_ms=0,
        )

    def write(self, fill: Callable[[Docket], None]) -> None:
        self.seeds += 1
        layer = World(self.world)
        docket = Docket(layer, ORG, NOW + self.seeds, Dice(self.seeds.to_bytes(32, "big")))
        fill(docket)
        change = ledger.change(docket, layer)
        layer.absorb(docket)
        assert change is not None and all(isinstance(verdict, Stored) for verdict in self.store.append([change]))
        layer.merge_down()

    def keep(self, *records: Kept) -> None:
        def fill(docket: Docket) -> None:
            for record in records:
                docket.keep(record)

        self.write(fill)

    def act(self, what: str, *, by: str = "abe", about: str = "", subject: str = "", told: Told = Told.NOBODY) -> None:
        person = By(by, Via.SESSION, f"s-{by}")
        self.write(lambda docket: docket.act(person, what, about=about, subject=subject, told=told))

    def trail(self, who: str, asked: Asked = reading.EVERYTHING) -> list[str]:
        return [act.what for act in self.records.trail(signed_in(who), asked).acts]

    def told(self, who: str) -> list[str]:
        return [act.what for act in self.records.announcements(signed_in(who)).acts]


def signed_in(name: str) -> Pass:
    return Pass(ORG, Via.SESSION, f"s-{name}", Reader(name, f"s-{name}"))


def test_the_office_reads_who_works_here_in_order_of_name_and_a_worker_does_not() -> None:
    office = Office()
    for who in ("teo", "ines", "abe", "uma"):
        assert [view.id for view in office.records.members(signed_in(who))] == sorted(ROLES)
    for who in ("noor", "rafi"):
        with pytest.raises(NotAllowed):
            office.records.members(signed_in(who))
        with pytest.raises(NotAllowed):
            office.records.member(signed_in(who), "nobody")


def test_numbers_are_for_those_who_need_them_and_an_auditor_sees_only_how_many_ways_there_are() -> None:
    office = Office()
    seen, counted = (office.records.member(signed_in(who), "noor") for who in ("abe", "uma"))
    assert seen is not None and counted is not None
    assert counted.contacts is UNSET and counted.ways == 1
    assert isinstance(seen.contacts, tuple)
    assert [contact.why for contact in seen.contacts] == [None, Reason.NUMBER_DEAD, Reason.OPTED_OUT]
    assert [contact.wakes for contact in seen.contacts] == [True, False, False]
    assert office.records.member(signed_in("abe"), "nobody") is None


def test_a_tie_is_known_to_coordinators_who_are_free_of_both_its_ends() -> None:
    office = Office()
    ties = {(tie.member.id, tie.about.id) for tie in office.records.ties(signed_in("ines"))}
    assert ties == {("wale", "noor"), ("rafi", "noor")}
    assert office.records.ties(signed_in("wale")) == [], "he is kept from Noor himself"
    for who in ("abe", "teo", "uma", "rafi"):
        with pytest.raises(NotAllowed):
            office.records.ties(signed_in(who))
    bound = {who: office.records.member(signed_in(who), "rafi") for who in ("ines", "wale", "abe")}
    kept = {who: view and view.kept_from for who, view in bound.items()}
    assert (
        kept["abe"] is UNSET and kept["wale"] == () and isinstance(kept["ines"], tuple) and kept["ines"][0].id == "noor"
    )


def test_a_line_about_a_tie_is_read_by_whoever_keeps_it_and_not_by_the_trails_other_readers() -> None:
    office = Office()
    office.act("roles_set", about="rafi", told=Told.SUPERVISORS)
    office.act("tie_set", by="ines", about="rafi", subject="noor", told=Told.COORDINATORS)
    assert office.trail("ines") == ["tie_set", "roles_set"]
    assert office.trail("wale") == office.trail("abe") == office.trail("uma") == ["roles_set"]
    for who in ("noor", "rafi", "teo"):
        with pytest.raises(NotAllowed):
            office.trail(who)


def test_what_is_announced_reaches_those_it_is_announced_to() -> None:
    office = Office()
    office.act("sessions_ended", about="noor", told=Told.THEMSELF)
    office.act("roles_set", about="rafi", told=Told.SUPERVISORS)
    office.act("tie_set", by="ines", about="rafi", subject="noor", told=Told.COORDINATORS)
    office.act("signed_in", by="noor")
    told = {who: office.told(who) for who in ROLES}
    assert told == {
        "abe": [],
        "rafi": [],
        "uma": [],
        "wale": [],
        "noor": ["sessions_ended"],
        "teo": ["roles_set"],
        "ines": ["tie_set"],
    }


def test_the_trail_is_asked_for_a_member_a_word_and_a_time() -> None:
    office = Office()
    office.act("signed_in", by="noor")
    office.act("roles_set", by="abe", about="noor")
    office.act("signed_in", by="teo")
    assert office.trail("uma", Asked(member="noor")) == ["roles_set", "signed_in"]
    assert office.trail("uma", Asked(what="signed_in")) == ["signed_in", "signed_in"]
    assert office.trail("uma", Asked(from_ms=NOW + 3, to_ms=NOW + 4)) == ["roles_set"]


def test_the_trail_comes_in_pages_and_says_where_to_go_on() -> None:
    office = Office()
    for _ in range(LISTED_MAX + 1):
        office.act("signed_in", by="noor")
    first = office.records.trail(signed_in("uma"))
    assert len(first.acts) == LISTED_MAX and first.next == first.acts[-1].id
    second = office.records.trail(signed_in("uma"), before=first.next)
    assert len(second.acts) == 1 and second.next is None


def test_a_search_that_finds_nothing_near_says_where_to_go_on_and_never_names_a_hidden_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "LIST_SCANNED_MAX", LISTED_MAX)
    office = Office()
    office.act("roles_set", by="abe")
    for _ in range(LISTED_MAX - 1):
        office.act("signed_in", by="noor")
    office.act("tie_set", by="ines", about="rafi", subject="noor", told=Told.COORDINATORS)
    first = office.records.trail(signed_in("uma"), Asked(what="roles_set"))
    assert first.acts == [] and first.next is not None
    assert [act.what for act in office.records.trail(signed_in("uma"), before=first.next).acts] == ["roles_set"]


def test_ones_own_sessions_phones_and_passkeys_are_ones_own_and_the_offices() -> None:
    office = Office()
    office.keep(Passkey(id="k", member="noor", public_key=b"", sign_count=0, label="key", made_ms=NOW))
    for who in ("noor", "teo", "abe"):
        asked = signed_in(who)
        assert [session.id for session in office.records.sessions(asked, "noor")] == ["s-noor"]
        assert [device.id for device in office.records.devices(asked, "noor")] == ["phone"]
        assert [key.id for key in office.records.passkeys(asked, "noor")] == ["k"]
    for ask in (office.records.sessions, office.records.devices, office.records.passkeys):
        with pytest.raises(NotAllowed):
            ask(signed_in("rafi"), "noor")


def test_plans_and_rosters_are_the_offices() -> None:
    office = Office()
    assert office.records.plans(signed_in("uma"))[0].needed == 2
    assert [shift.members for shift in office.records.roster(signed_in("teo"), 150, 250)] == [("teo",), ("noor",)]
    assert office.records.roster(signed_in("teo"), 300, 400) == []
    with pytest.raises(NotAllowed):
        office.records.plans(signed_in("noor"))
    with pytest.raises(NotAllowed):
        office.records.roster(signed_in("noor"), 0, 1)


def test_screens_keys_and_links_are_the_administrators() -> None:
    office = Office()
    by = By("abe", Via.SESSION, "s-abe")
    office.keep(
        Wallboard(id="w", token_hash="", site="centre", label="", made_ms=NOW),
        Desk(id="d", token_hash="", site="centre", place="", label="", seat="noor", made_ms=NOW),
        Key(id="k", token_hash="", scopes=(), label="", by="abe", made_ms=NOW, ends_ms=NOW + 1),
        Link(id="l", token_hash="", kind=LinkKind.INVITATION, made_ms=NOW, ends_ms=NOW + 1, by=by),
    )
    asks = (office.records.wallboards, office.records.desks, office.records.keys, office.records.links)
    assert [[one.id for one in ask(signed_in("abe"))] for ask in asks] == [["w"], ["d"], ["k"], ["l"]]
    for ask in asks:
        with pytest.raises(NotAllowed):
            ask(signed_in("teo"))


def test_a_phone_opens_no_office() -> None:
    office = Office()
    with pytest.raises(NotAllowed):
        office.records.members(Pass(ORG, Via.DEVICE, "phone", Reader("noor", "phone")))


def test_nothing_is_announced_to_somebody_suspended_or_gone() -> None:
    office = Office()
    act = Act(id="a", at_ms=NOW, by=OPERATOR, what="roles_set", told=Told.SUPERVISORS)
    members = office.world.directory(ORG).members
    directory = replace(office.world.directory(ORG), members={"teo": replace(members["teo"], suspended=True)})
    assert announced_to(office.world.directory(ORG), "teo", act)
    assert not announced_to(directory, "teo", act) and not announced_to(directory, "ines", act)
