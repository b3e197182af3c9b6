"""Any organisation, for tests that want to know what holds of every one."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec.structs import replace

from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Rung, Shift, Site
from tocsin.core.words import Channel, Duty, Kind, Role

IDS, SITES = ("ann", "bo", "cy", "dee"), ("north", "south")
TIMES = st.integers(0, 6).map(lambda hour: hour * 3_600_000)


@st.composite
def members(draw: st.DrawFn, id: str) -> Member:
    kinds = draw(st.lists(st.sampled_from(list(Channel)[:3]), max_size=3, unique=True))
    number = draw(st.integers(0, 1))
    contacts = tuple(
        Contact(f"{kind}-{number}", kind, f"+120255501{number}{index}", verified=draw(st.booleans()))
        for index, kind in enumerate(kinds)
    )
    return Member(
        id,
        draw(st.sampled_from(["Ann", "Bo", "Søren"])),
        tuple(draw(st.lists(st.sampled_from(list(Role)), min_size=1, max_size=3, unique=True))),
        draw(st.sampled_from(["en", "es"])),
        tuple(draw(st.lists(st.sampled_from(list(Duty)), max_size=2, unique=True))),
        contacts,
        tuple(draw(st.lists(st.sampled_from([other for other in IDS if other != id]), max_size=2, unique=True))),
        suspended=draw(st.booleans()),
        watch_window=draw(st.booleans()),
    )


@st.composite
def plans(draw: st.DrawFn, site: str, sites: list[str], ids: list[str]) -> Plan:
    named = [*(f"member:{id}" for id in ids), *(f"site:{id}" for id in sites)]
    words = st.sampled_from(["on_shift", "role:supervisor", *named])
    rungs = [
        Rung(
            0,
            tuple(draw(st.lists(words, min_size=1, max_size=3, unique=True))),
            tuple((channel,) for channel in draw(st.permutations(list(Channel)[:3]))[: draw(st.integers(1, 3))]),
            draw(st.sampled_from([10, 30])),
            draw(st.sampled_from([0, 5])),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    times = sorted(draw(st.lists(st.sampled_from([0, 15, 30, 45, 60]), min_size=3, max_size=3, unique=True)))
    rising = tuple(replace(rung, after_s=at_s) for rung, at_s in zip(rungs, times, strict=False))
    return Plan(site, draw(st.sampled_from([Kind.SOS, Kind.OVERDUE])), draw(st.integers(2, 3)), rising)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    sites = draw(st.lists(st.sampled_from(SITES), unique=True))
    people = {id: draw(members(id)) for id in ids}
    known = {
        id: replace(member, not_told_about=tuple(other for other in member.not_told_about if other in people))
        for id, member in people.items()
    }
    shifts = [
        Shift(site, tuple(draw(st.lists(st.sampled_from(ids), unique=True))) if ids else (), start, start + 3_600_000)
        for site in sites
        for start in draw(st.lists(TIMES, max_size=3))
    ]
    places = [
        Place(site, name, draw(st.sampled_from(["Lot ", "Bay "])) + name, "lot")
        for site in sites
        for name in ("a", "b")
    ]
    theirs = {(plan.site, plan.kind): plan for site in sites for plan in [draw(plans(site, sites, ids))]}
    return Directory(
        "org",
        draw(st.sampled_from(["Alder", "Birch"])),
        draw(st.sampled_from([("en",), ("en", "es")])),
        members=known,
        sites={
            site: Site(
                site,
                draw(st.sampled_from(["N", "S"])),
                "UTC",
                walk_grace_s=draw(st.sampled_from([60, 90])),
                walk_remind_s=draw(st.sampled_from([180, 30])),
            )
            for site in sites
        },
        places=tuple(draw(st.permutations(places))[: draw(st.integers(0, 4))]),
        shifts=tuple(draw(st.permutations(shifts))),
        plans=tuple(theirs.values()),
    )
