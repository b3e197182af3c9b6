"""What of a record is told to whom: the same as of the alert, event by event."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from bureau import ORG
from past_nights import Nights
from tocsin.core import events as e
from tocsin.core.access.words import Via
from tocsin.core.directory import Directory
from tocsin.core.listed import RUNNING
from tocsin.core.listing import beginning, folded, lists_for, own_list
from tocsin.core.record_sight import RecordView, record_view
from tocsin.core.sight import Reader
from tocsin.core.words import Outcome, Reason, Role, Why

TOLD_TO_SOME: tuple[e.Event, ...] = (
    e.NotReached(member="rafi", reason=Reason.PHONE_OFF),
    e.ReachedAgain(member="rafi"),
    e.Withdrawn(member="rafi"),
    e.PinMissed(device="d", misses=2),
    e.PinMissed(device="d", misses=3),
    e.NumberMissed(member="rafi", misses=4),
    e.NumberMissed(member="rafi", misses=5),
    e.Linked(other="another"),
    e.Closed(outcome=Outcome.SAFE, by=("teo", "gone")),
)


RINGING = e.Rang(
    why=Why.RUNG_DUE,
    rung=1,
    asked=("teo", "wale"),
    answered=("lena",),
    unreachable=(("rafi", Reason.NO_CONTACT),),
)


def record(nights: Nights, alert: str, who: str, events: tuple[e.Event, ...] = TOLD_TO_SOME) -> RecordView | None:
    known = nights.world.alert(ORG, alert)
    assert known is not None
    reader = Reader(who, "session", via=Via.SESSION)
    facts = list(enumerate(events))
    return record_view(known, alert, nights.directory, facts, {}, {}, reader, nights.clock.ms)


def told(view: RecordView | None) -> list[e.Event]:
    assert view is not None and view.happened is not UNSET
    return [one.event for one in view.happened or ()]


def test_who_sees_all_is_told_who_was_not_reached_and_wrong_codes_from_the_count_that_tells() -> None:
    nights = Nights()
    alert = nights.long_night()
    found = told(record(nights, alert, "teo"))
    assert found == [TOLD_TO_SOME[index] for index in (0, 1, 4, 6, 8)]


def test_whom_it_rang_is_not_told_who_was_not_reached() -> None:
    nights = Nights()
    alert = nights.long_night()
    nights.change("teo", roles=(Role.RESPONDER,))
    view = record(nights, alert, "teo")
    assert told(view) == [TOLD_TO_SOME[index] for index in (4, 6, 8)]
    assert view is not None and view.messages is UNSET and view.people is not UNSET
    assert [person.member.id for person in view.people or ()] == ["teo"], "those who said something"


def test_of_a_ringing_whom_it_rang_learns_how_many_and_not_who() -> None:
    nights = Nights()
    alert = nights.long_night()
    whole = record(nights, alert, "teo", (RINGING,))
    nights.change("teo", roles=(Role.RESPONDER,))
    theirs = record(nights, alert, "teo", (RINGING,))
    assert told(whole) == [RINGING] and told(theirs) == [e.Rang(why=Why.RUNG_DUE, rung=1, asked=())]
    for view in (whole, theirs):
        assert view is not None and [one.count for one in view.happened or ()] == [2]
    assert whole is not None and set(whole.names) == {"teo", "wale", "rafi"}
    assert theirs is not None and theirs.names == {}


def test_a_reply_to_the_workers_own_text_is_no_message_of_the_record() -> None:
    nights = Nights()
    alert = nights.raised()
    known, sent = nights.world.alert(ORG, alert), dict(nights.world.deliveries(ORG, alert))
    assert known is not None and sent
    reply = replace(next(iter(sent.values())), id="reply", member="noor")
    reader = Reader("teo", "session", via=Via.SESSION)
    view = record_view(known, alert, nights.directory, [], {**sent, "reply": reply}, {}, reader, nights.clock.ms)
    assert view is not None and view.messages is not UNSET
    assert [message.member.id for message in view.messages or ()] == [d.member for _, d in sorted(sent.items())]


def test_that_somebody_was_taken_out_is_told_to_whoever_keeps_such_a_tie() -> None:
    nights = Nights()
    alert = nights.long_night()
    assert TOLD_TO_SOME[2] in told(record(nights, alert, "wale"))
    assert TOLD_TO_SOME[2] not in told(record(nights, alert, "lena"))


def test_whoever_was_taken_out_is_not_among_those_it_rang() -> None:
    nights = Nights()
    alert = nights.raised()
    nights.wait(5)
    known = nights.world.alert(ORG, alert)
    assert known is not None
    people = {id: replace(person, withdrawn=id == "wale") for id, person in known.people.items()}
    nights.world.keep(replace(known, people=people))
    view = record(nights, alert, "teo")
    assert view is not None and "wale" not in {person.member.id for person in view.people or ()}


def test_a_name_that_nobody_has_any_more_is_left_as_it_is_known() -> None:
    nights = Nights()
    view = record(nights, nights.long_night(), "teo")
    assert view is not None and "gone" not in view.names and view.names["teo"] == "Teo Invented"


def test_whoever_is_barred_has_no_record() -> None:
    nights = Nights()
    assert record(nights, nights.long_night(), "omar") is None


def test_the_worker_gets_the_view_and_no_event() -> None:
    nights = Nights()
    view = record(nights, nights.long_night(), "noor")
    assert view is not None and view.happened is UNSET and view.people is UNSET and view.names == {}


def test_a_desk_looks_in_its_own_list_and_in_that_of_screens() -> None:
    assert lists_for(Directory(ORG, ORG), Reader("seat", "d", via=Via.DESK)) == (own_list("seat"), RUNNING)


def test_what_is_compared_has_no_case_no_accent_and_single_blanks() -> None:
    assert folded("  Lót  B\n") == "lot b" and beginning(-1) == "00000000-0000"
    assert beginning(2**60) == "ffffffff-ffff"
