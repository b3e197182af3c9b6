"""What ten thousand people and a year's roster made slow is the same, found sooner: against the plainest way to say it.

A decision holds up every press that comes behind it.
"""

from __future__ import annotations

from any_organisation import directories
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tocsin.core.access.ties import leaves_short
from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.escalation import audience, barred
from tocsin.core.planning import problems
from tocsin.core.words import Channel

HOUR = 3_600_000


def plainly_short(directory: Directory, member: str, about: str, now_ms: int) -> bool:
    """At every edge of every shift, every rung, counted one by one."""
    edges = {edge for shift in directory.shifts for edge in (shift.starts_ms, shift.ends_ms) if edge > now_ms}
    for at_ms in {now_ms, *edges}:
        for plan in directory.plans:
            for rung in plan.rungs:
                called = audience(directory, plan.site, rung, at_ms)
                able = [id for id in called if id != member and not barred(directory, about, id)]
                heard = [id for id in able if any(one.reaches for one in directory.members[id].contacts)]
                if member in called and len(heard) < plan.needed:
                    return True
    return False


@given(directories(), st.integers(-1, 7), st.data())
def test_whether_a_tie_leaves_a_rung_short(directory: Directory, hour: int, data: st.DataObject) -> None:
    ids = st.sampled_from([*directory.members, "nobody"])
    member, about = data.draw(ids), data.draw(ids)
    assert leaves_short(directory, member, about, hour * HOUR) == plainly_short(directory, member, about, hour * HOUR)


def plainly_together(directory: Directory) -> set[str]:
    """The sites at which all whom the backstop names are on at one instant, or on every shift."""
    found = set()
    for plan in directory.plans:
        words = (word for word in plan.rungs[-1].audience if word.startswith("member:"))
        ids = {id for word in words if (id := word.partition(":")[2]) in directory.members}
        shifts = [shift for shift in directory.shifts if shift.site == plan.site]
        for shift in shifts if ids else ():
            on = {id for one in shifts if one.starts_ms <= shift.starts_ms < one.ends_ms for id in one.members}
            found |= {f"plan {plan.site} {plan.kind} backstop"} if ids <= on else set()
    return found


@given(directories())
def test_whether_all_of_a_backstop_are_ever_on_at_once(directory: Directory) -> None:
    said = {one.where for one in problems(directory) if "in the backstop is on" in one.what}
    assert said >= plainly_together(directory) and not {
        one.where for one in problems(directory) if "at some hour everybody in the backstop" in one.what
    } - plainly_together(directory)


@given(directories(), st.data())
def test_who_was_looked_at_before_is_not_looked_at_again_and_nothing_is_missed(
    directory: Directory, data: st.DataObject
) -> None:
    """One member is another now, perhaps with somebody else's number; of the others nothing new is said."""
    if not directory.members:
        return
    id = data.draw(st.sampled_from(list(directory.members)))
    to = data.draw(st.sampled_from(["+12025550100", "+12025550110", "911"]))
    contact = Contact("c", Channel.SMS, to, verified=True)
    edited: Member = replace(directory.members[id], contacts=(contact,), roles=())
    after = replace(directory, members={**directory.members, id: edited})
    known = {str(one) for one in problems(directory) if one.fatal}
    whole = {str(one) for one in problems(after) if one.fatal} - known
    soon = {str(one) for one in problems(after, unchanged=directory.members) if one.fatal} - known
    assert bool(soon) == bool(whole) and {one.split()[0] for one in soon} == {one.split()[0] for one in whole}
    assert not {one for one in whole if one.startswith(f"member {id}: ")} - soon
