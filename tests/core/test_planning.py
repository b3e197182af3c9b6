"""What a valid organisation is, rule by rule: each finding says where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Rung, Script, Shift, Site
from tocsin.core.findings import Wrong
from tocsin.core.findings import found as a_finding
from tocsin.core.limits import CONTACTS_MAX, MEMBERS_MAX, RUNGS_MAX
from tocsin.core.planning import no_full_number, problems
from tocsin.core.words import Channel, Duty, Kind, Role


def reached(id: str, *roles: Role, number: str) -> Member:
    sms, voice = (Contact(f"{id}-{kind}", kind, number, verified=True) for kind in (Channel.SMS, Channel.VOICE))
    return Member(id, id.title(), roles, contacts=(sms, voice))


PEOPLE = [
    reached("noor", Role.WORKER, Role.RESPONDER, number="+12025550111"),
    reached("teo", Role.RESPONDER, Role.SUPERVISOR, number="+12025550112"),
    reached("ines", Role.RESPONDER, Role.SUPERVISOR, number="+12025550113"),
    reached("wale", Role.RESPONDER, Role.COORDINATOR, number="+12025550114"),
]
LADDER = (
    Rung(0, ("on_shift",)),
    Rung(45, ("role:supervisor", "site:centre")),
    Rung(90, ("member:teo", "member:ines", "member:wale")),
)
PLAN = Plan("centre", Kind.SOS, 2, LADDER, (Script(Duty.DOOR, "en", "Lock the north door."),))
NIGHT = Shift("centre", ("noor", "teo"), 0, 1_000)
GOOD = Directory(
    "alder",
    "Alder",
    members={member.id: member for member in PEOPLE},
    sites={"centre": Site("centre", "Centre", "America/Chicago")},
    places=(Place("centre", "lot-b", "Lot B", "lot"), Place("centre", "north-door", "North door", "door")),
    shifts=(NIGHT,),
    plans=(PLAN,),
)


def found(directory: Directory) -> list[tuple[str, str, bool]]:
    findings = problems(directory)
    assert all(finding.remedy for finding in findings)
    return [(finding.where, finding.what, finding.fatal) for finding in findings]


def with_plan(**changes: object) -> Directory:
    return replace(GOOD, plans=(replace(PLAN, **changes),))


def with_rung(index: int, **changes: object) -> Directory:
    rungs = list(LADDER)
    rungs[index] = replace(rungs[index], **changes)
    return with_plan(rungs=tuple(rungs))


def with_member(id: str, **changes: object) -> Directory:
    return replace(GOOD, members={**GOOD.members, id: replace(GOOD.members[id], **changes)})


def with_shifts(*shifts: Iterable[str]) -> Directory:
    return replace(GOOD, shifts=tuple(Shift("centre", tuple(members), 0, 1_000) for members in shifts))


def test_a_valid_organisation_has_no_finding() -> None:
    assert found(GOOD) == []


def test_a_finding_reads_as_one_sentence() -> None:
    told = a_finding("plan a sos", Wrong.NEEDED_TOO_FEW, n=1, least=2)
    assert str(told) == "plan a sos: needed is 1; use at least 2: one person may be the attacker's friend"


# The ladder


@pytest.mark.parametrize("audience", [(), ("role:auditor",)])
def test_a_rung_of_nobody_is_refused(audience: tuple[str, ...]) -> None:
    assert found(with_rung(0, audience=audience)) == [("plan centre sos rung 1", "the rung is of nobody", True)]


def test_a_rung_of_those_on_shift_is_of_nobody_where_no_shift_has_people() -> None:
    findings = found(with_shifts(()))
    assert ("plan centre sos rung 1", "the rung is of nobody", True) in findings
    assert ("shift 1", "nobody is on this shift", False) in findings


@pytest.mark.parametrize("after_s", [-1, 601])
def test_a_rung_comes_within_ten_minutes(after_s: int) -> None:
    assert ("plan centre sos rung 2", f"after_s is {after_s}", True) in found(with_rung(1, after_s=after_s))


@pytest.mark.parametrize("after_s", [0, 600])
def test_the_ends_of_the_range_are_in_it(after_s: int) -> None:
    only = replace(LADDER[2], after_s=after_s)
    assert found(with_plan(rungs=(only,))) == []


@pytest.mark.parametrize("after_s", [90, 300])
def test_a_cycle_of_times_is_refused(after_s: int) -> None:
    what = f"the times run in a cycle: after_s 90 follows {after_s}"
    assert found(with_rung(1, after_s=after_s)) == [("plan centre sos backstop", what, True)]


@pytest.mark.parametrize("repeat_s", [0, 121])
def test_a_repeat_is_neither_a_flood_nor_longer_than_a_loan(repeat_s: int) -> None:
    assert found(with_rung(0, repeat_s=repeat_s)) == [("plan centre sos rung 1", f"repeat_s is {repeat_s}", True)]


def test_the_channels_of_a_rung_are_staggered_within_ten_minutes() -> None:
    assert found(with_rung(0, stagger_s=601)) == [("plan centre sos rung 1", "stagger_s is 601", True)]


@pytest.mark.parametrize("channels", [(), ((Channel.SMS,), ())])
def test_a_rung_without_a_channel_is_refused(channels: tuple[tuple[Channel, ...], ...]) -> None:
    assert found(with_rung(0, channels=channels)) == [
        ("plan centre sos rung 1", "the rung has an empty group of channels", True)
    ]


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("everyone", "'everyone' is no audience"),
        ("on_shift:centre", "'on_shift:centre' is no audience"),
        ("role:boss", "audience names an unknown role 'boss'"),
        ("member:nobody", "audience names an unknown member 'nobody'"),
        ("site:north", "audience names an unknown site 'north'"),
    ],
)
def test_an_audience_of_unknown_words_is_refused(word: str, what: str) -> None:
    assert found(with_rung(0, audience=(word,))) == [("plan centre sos rung 1", what, True)]


def test_one_helper_may_be_the_attackers_friend_so_two_are_needed() -> None:
    assert found(with_plan(needed=1)) == [("plan centre sos", "needed is 1", True)]


def test_a_plan_without_rungs_has_no_backstop() -> None:
    assert found(with_plan(rungs=())) == [("plan centre sos", "the plan has no backstop", True)]


def test_a_plan_has_a_bounded_number_of_rungs() -> None:
    rungs = tuple(Rung(index, ("on_shift",)) for index in range(RUNGS_MAX)) + LADDER[2:]
    assert found(with_plan(rungs=rungs)) == [("plan centre sos", f"the plan has more than {RUNGS_MAX} rungs", True)]


def test_two_plans_for_one_kind_are_refused_and_a_site_needs_one_for_sos() -> None:
    twice = found(replace(GOOD, plans=(PLAN, PLAN)))
    assert twice == [("plan centre sos", "the site has two plans for this kind", True)] * 2
    assert found(replace(GOOD, plans=())) == [("site centre", "the site has no plan for sos", True)]


def test_a_plan_of_an_unknown_site_is_refused() -> None:
    findings = found(replace(GOOD, plans=(PLAN, replace(PLAN, site="north", rungs=LADDER[2:]))))
    assert findings == [("plan north sos", "site names an unknown site 'north'", True)]


def test_a_script_says_something_in_a_language_of_the_house() -> None:
    scripts = (Script(Duty.DOOR, "fr", "Fermez."), Script(Duty.CAMERA, "en", " "))
    assert found(with_plan(scripts=scripts)) == [
        ("plan centre sos script door fr", "the language 'fr' is not one of the organisation's", True),
        ("plan centre sos script camera en", "the script says nothing", True),
    ]


# The backstop


BACKSTOP = "plan centre sos backstop"


def test_the_backstop_is_three_named_people_at_least() -> None:
    findings = found(with_rung(2, audience=("member:teo", "member:ines", "member:ines", "role:coordinator")))
    assert findings == [(BACKSTOP, "the backstop names 2 people", True)]


def test_two_of_the_backstop_may_close() -> None:
    directory = with_rung(2, audience=("member:teo", "member:noor", "member:ines"))
    assert found(directory) == []
    less = replace(directory.members["ines"], roles=(Role.RESPONDER,))
    findings = found(replace(directory, members={**directory.members, "ines": less}))
    assert findings == [(BACKSTOP, "the backstop names 1 who may close", True)]


def test_somebody_of_the_backstop_is_off_every_shift_or_at_least_off_one() -> None:
    three = ("teo", "ines", "wale")
    assert found(with_shifts(three)) == [(BACKSTOP, "everybody in the backstop is on every shift", True)]
    assert found(with_shifts(three, ("noor",))) == [
        (BACKSTOP, "at some hour everybody in the backstop is on shift", False)
    ]
    assert found(with_shifts(("teo", "ines"), ("wale",))) == [
        (BACKSTOP, "at some hour everybody in the backstop is on shift", False)
    ]


def test_shifts_that_follow_each_other_do_not_add_up() -> None:
    night, day = Shift("centre", ("teo", "ines"), 0, 1_000), Shift("centre", ("wale",), 1_000, 2_000)
    assert found(replace(GOOD, shifts=(night, day))) == []


def test_a_backstop_thinned_by_suspensions_is_shown_and_not_refused() -> None:
    assert found(with_member("ines", suspended=True)) == [
        (BACKSTOP, "the backstop names 2 people besides those suspended", False)
    ]


def test_a_backstop_of_nobody_known_is_told_once_per_rule() -> None:
    findings = found(with_rung(2, audience=()))
    assert [what for _, what, _ in findings] == [
        "the rung is of nobody",
        "the backstop names 0 people",
        "the backstop names 0 who may close",
    ]


# People, places, shifts


def test_two_members_with_one_number_are_refused() -> None:
    shared = (Contact("wale-sms", Channel.SMS, "+12025550111", verified=True), GOOD.members["wale"].contacts[1])
    (finding,) = found(with_member("wale", contacts=shared))
    what = "members noor and wale have one number; nobody could tell who answers"
    assert finding == ("member wale contact 1", what, True)


def test_a_shared_address_is_no_shared_number() -> None:
    office = Contact("office", Channel.EMAIL, "office@example.org", verified=True)
    members = {id: replace(member, contacts=(*member.contacts, office)) for id, member in GOOD.members.items()}
    assert found(replace(GOOD, members=members)) == []


def test_an_emergency_number_is_never_a_contact() -> None:
    contacts = (*GOOD.members["wale"].contacts, Contact("x", Channel.VOICE, "+1911", verified=True))
    (finding,) = found(with_member("wale", contacts=contacts))
    assert finding == ("member wale contact 3", "the contact is an emergency number; no machine may dial it", True)
    assert problems(with_member("wale", contacts=contacts), lambda number: False) == []
    assert no_full_number("+44999") and not no_full_number("+12025550111")


def test_a_member_has_a_role_and_bounded_contacts() -> None:
    contact = GOOD.members["noor"].contacts[0]
    many = tuple(replace(contact, id=str(index)) for index in range(CONTACTS_MAX + 1))
    assert found(with_member("noor", roles=(), contacts=many)) == [
        ("member noor", "the member has no role", True),
        ("member noor", f"the member has more than {CONTACTS_MAX} contacts", True),
    ]


def test_an_organisation_has_a_bounded_number_of_members() -> None:
    crowd = {str(index): Member(str(index), "Somebody") for index in range(MEMBERS_MAX)}
    (finding,) = found(replace(GOOD, members={**GOOD.members, **crowd}))
    assert finding == ("organisation", f"it has more than {MEMBERS_MAX} members", True)


def test_a_tie_names_another_member() -> None:
    assert found(with_member("noor", not_told_about=("noor", "ghost", "teo"))) == [
        ("member noor", "the member is not to be told about themself", True),
        ("member noor", "not_told_about names an unknown member 'ghost'", True),
    ]


def test_a_language_the_house_does_not_speak_is_shown() -> None:
    what = "the language 'es' is not one of the organisation's"
    assert found(with_member("noor", language="es")) == [("member noor", what, False)]


@pytest.mark.parametrize(("kept", "reach"), [(1, "half reachable"), (0, "not reachable")])
def test_a_responder_without_two_ways_is_shown(kept: int, reach: str) -> None:
    contacts = GOOD.members["noor"].contacts[:kept]
    assert found(with_member("noor", contacts=contacts)) == [("member noor", f"the responder is {reach}", False)]


def test_places_are_of_known_kinds_at_known_sites_with_ids_of_their_own() -> None:
    places = (*GOOD.places, Place("centre", "lot-b", "Lot", "lot"), Place("north", "x", "X", "field"))
    assert found(replace(GOOD, places=places)) == [
        ("place centre/lot-b", "the site has two places called lot-b", True),
        ("place north/x", "site names an unknown site 'north'", True),
        ("place north/x", "'field' is no kind of place", True),
    ]


def test_a_shift_is_of_known_people_at_a_known_site_and_ends_after_it_starts() -> None:
    shifts = (NIGHT, Shift("north", ("ghost",), 5, 5))
    assert found(replace(GOOD, shifts=shifts)) == [
        ("shift 2", "site names an unknown site 'north'", True),
        ("shift 2", "members names an unknown member 'ghost'", True),
        ("shift 2", "the shift ends before it starts", True),
    ]


def test_a_roster_still_to_come_leaves_the_backstop_alone() -> None:
    directory = replace(with_plan(rungs=LADDER[2:]), shifts=())
    assert found(directory) == []
