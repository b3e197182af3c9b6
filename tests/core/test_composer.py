"""What the messages of the bell say: one segment each, who and where and what to do, whatever people are called."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from texts import anything, languages, one_segment

from tocsin.core.commands import PlaceReport
from tocsin.core.composer import (
    Saying,
    real_alert_text,
    reference,
    ring_text,
)
from tocsin.core.directory import Script
from tocsin.core.gsm7 import latin
from tocsin.core.scripts import INSTRUCTIONS, LANGUAGES, instruction, phrase, spoken
from tocsin.core.whereabouts import age
from tocsin.core.words import Came, Duty, Kind, PlaceKind, Why

NOW = 1_800_000_000_000
NUMBERS = ("4711", "8822", "3093")
FORBIDDEN = {"STOP", "CANCEL", "END", "QUIT", "YES", "START", "UNSUBSCRIBE"}


def saying(**fields: Any) -> Saying:
    return Saying(**{"who": "Maya Lindqvist", "numbers": NUMBERS, "reference": "delivery", **fields})


def ring(**fields: Any) -> str:
    return ring_text(saying(**fields), NOW)


def zone(label: str = "Lot B", ago_s: int = 120) -> PlaceReport:
    return PlaceReport(kind=PlaceKind.ZONE, at_ms=NOW - ago_s * 1000, label=label)


def spoken_place(label: str, ago_s: int = 60) -> PlaceReport:
    return PlaceReport(kind=PlaceKind.SPOKEN, at_ms=NOW - ago_s * 1000, label=label)


def planned(label: str = "North door to bay 14", ago_s: int = 600) -> PlaceReport:
    return PlaceReport(kind=PlaceKind.PLANNED, at_ms=NOW - ago_s * 1000, label=label)


def fix(ago_s: int = 8, radius_m: float | None = 17.2, lat: float = 30.123456, lon: float = -97.5) -> PlaceReport:
    return PlaceReport(kind=PlaceKind.FIX, at_ms=NOW - ago_s * 1000, lat=lat, lon=lon, radius_m=radius_m)


# What a ring says ------------------------------------------------------------------------------------------------


def test_a_ring_says_who_where_what_to_do_and_how_to_answer() -> None:
    assert ring(places=(zone(),), duties=(Duty.DISPATCHER,)) == (
        "SOS: Maya Lindqvist. Lot B (zone, 2 min ago). Send police. Say if armed, plate. "
        f"Answer 4711=coming 8822=with them 3093=cannot #{reference('delivery')}"
    )


def test_a_ring_in_spanish() -> None:
    assert ring(places=(zone(),), duties=(Duty.DOOR,), language="es-MX") == (
        "SOS: Maya Lindqvist. Lot B (zona, hace 2 min). Cierre puertas. Solo entra la policia. "
        f"Conteste 4711=voy 8822=a su lado 3093=no puedo #{reference('delivery')}"
    )


def test_somebody_without_a_duty_is_told_not_to_go_out_and_not_to_call() -> None:
    text = ring(places=(zone(),))
    assert "Do not go out. Move inside. Do not call their phone." in text


def test_an_unknown_place_is_said_as_unknown() -> None:
    assert "place not known, find out." in ring()
    assert "lugar desconocido, averigüe." in ring(language="es")


def test_a_position_says_its_radius_its_age_and_where_it_is() -> None:
    text = ring(places=(fix(),), duties=(Duty.DISPATCHER,))
    assert "GPS within 18 m 30.12346,-97.50000 (8 s ago)." in text


def test_a_position_stands_behind_the_words_of_a_place_while_there_is_room() -> None:
    text = ring(who="Bo", places=(fix(), zone()), duties=(Duty.CAMERA,))
    assert "Lot B (zone, 2 min ago); GPS within 18 m (8 s ago)." in text


def test_a_stale_zone_stands_behind_a_newer_position() -> None:
    stale = zone(ago_s=700)
    assert ring(places=(stale, fix())).startswith("SOS: Maya Lindqvist. GPS within 18 m")
    assert ring(places=(stale,)).startswith("SOS: Maya Lindqvist. Lot B (zone, 11 min ago)")
    assert "Lot B" in ring(places=(stale, fix(ago_s=800)))


def test_the_planned_way_comes_last() -> None:
    assert "SOS: Maya Lindqvist. Lot B" in ring(places=(planned(), zone()))
    assert "North door to bay 14 (planned, 10 min ago)" in ring(places=(planned(),))


@pytest.mark.parametrize("radius", [None, float("nan"), float("inf"), -1.0, 1e9])
def test_a_radius_that_says_nothing_is_said_as_unknown(radius: float | None) -> None:
    assert "GPS, accuracy unknown 30.12346,-97.50000 (8 s ago)" in ring(places=(fix(radius_m=radius),))


def test_a_large_radius_is_in_kilometres() -> None:
    assert "GPS within 3 km" in ring(places=(fix(radius_m=2_100),))


@pytest.mark.parametrize(("lat", "lon"), [(float("nan"), 0.0), (0.0, float("inf")), (91.0, 0.0), (0.0, -181.0)])
def test_a_position_off_the_globe_is_no_place(lat: float, lon: float) -> None:
    assert "place not known" in ring(places=(fix(lat=lat, lon=lon),))


def test_a_report_without_words_is_no_place() -> None:
    empty = PlaceReport(kind=PlaceKind.ZONE, at_ms=NOW)
    half = PlaceReport(kind=PlaceKind.FIX, at_ms=NOW, lat=1.0)
    assert "place not known" in ring(places=(empty, half, zone(" \u200b\x00")))


def test_names_that_cannot_be_written_are_said_to_be_so() -> None:
    text = ring(who="王小明", places=(zone("停车场"),))
    assert text.startswith("SOS: name not in Latin. place not in Latin (zone, 2 min ago)")


# How it came, and what could kill --------------------------------------------------------------------------------


def test_a_second_press_says_so() -> None:
    assert ring(why=Why.PRESSED_AGAIN).startswith("SOS PRESSED AGAIN: Maya Lindqvist.")


def test_a_helper_who_fell_silent_may_be_hurt() -> None:
    text = ring(why=Why.HELPER_SILENT, silent_helper="Teo Marsh", places=(zone(),))
    assert text.startswith("SOS: Teo Marsh silent, may be hurt. For Maya Lindqvist. Lot B")
    assert ring(why=Why.HELPER_SILENT).startswith("SOS: A helper silent, may be hurt. For Maya")


def test_under_duress_nobody_calls_and_says_safe_is_not_repeated() -> None:
    text = ring(under_duress=True, says_safe=True)
    assert "UNDER DURESS" in text and "safe" not in text


def test_says_safe_is_to_be_seen_face_to_face() -> None:
    assert "says safe: see them face to face." in ring(says_safe=True)


def test_a_suspended_persons_sos_says_do_not_approach() -> None:
    assert "DO NOT APPROACH." in ring(suspended=True, places=(zone(),))


def test_a_press_says_how_it_came() -> None:
    assert "came by a revoked login." in ring(came=Came.REVOKED, who="Bo", duties=(Duty.CLINICAL,))
    assert "by SMS." in ring(came=Came.SMS, who="Bo", duties=(Duty.CLINICAL,), places=(zone(),))


def test_a_late_press_is_labelled_with_its_age() -> None:
    assert "pressed 5 min ago." in ring(occurred_at_ms=NOW - 300_000, places=(zone(),))
    assert "pressed" not in ring(occurred_at_ms=NOW - 60_000)
    assert "pressed time unclear." in ring(occurred_at_ms=NOW + 300_000)


def test_a_ring_after_a_failure_of_the_service_says_so() -> None:
    assert "service was down." in ring(was_down=True, duties=(Duty.CLINICAL,), places=(zone(),))


def test_a_physical_resend_is_recognised() -> None:
    first, second = ring(places=(zone(),), duties=(Duty.DOOR,)), ring(places=(zone(),), duties=(Duty.DOOR,), again=True)
    assert second == f"{first} AGAIN".replace("Answer ", "") or second == f"{first} AGAIN"
    assert second.endswith(f"#{reference('delivery')} AGAIN")


def test_a_reference_is_stable_short_and_no_number() -> None:
    assert reference("a") == reference("a") != reference("b")
    assert re.fullmatch("[b-z]{3}", reference("018f2f6e-0000-7000-8000-000000000000"))
    assert re.fullmatch("[b-z]{3}", reference("\ud800"))


# Drills ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", list(Why))
def test_a_drill_begins_with_drill_and_tells_nobody_to_do_anything(language: str, why: Why) -> None:
    text = ring(drill=True, language=language, why=why, duties=(Duty.DISPATCHER,), places=(zone(),))
    assert text.startswith("DRILL")
    assert "SOS" not in text and "olic" not in text and "REAL" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_real_alert_after_a_drill_says_real_alert(language: str) -> None:
    text = real_alert_text(saying(drill=True, language=language, places=(zone(),)), NOW)
    assert text.startswith("REAL ALERT") and "SOS: Maya" in text and "DRILL" not in text
    assert "Lot B" in text and all(number in text for number in NUMBERS)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_real_ring_can_be_taken_for_a_drill(kind: Kind, language: str) -> None:
    text = ring(kind=kind, language=language, who="DRILL DRILL")
    assert re.match("SOS|SIGHTING|ASSET ALERT|AVISTAMIENTO|ALERTA", text)


# What is cut, and what never is ----------------------------------------------------------------------------------

PLAN = (Script(Duty.DOOR, "en", "Lock the north door. Let nobody in but police."),)


def test_the_plan_edits_the_text_of_a_duty() -> None:
    assert "Lock the north door. Let nobody in but police." in ring(duties=(Duty.DOOR,), scripts=PLAN, places=(zone(),))
    assert "Cierre puertas" in ring(duties=(Duty.DOOR,), scripts=PLAN, language="es")
    assert "Find them on camera" in ring(duties=(Duty.CAMERA,), scripts=PLAN)


def test_a_long_instruction_loses_whole_sentences_and_never_half_of_one() -> None:
    long = (Script(Duty.DOOR, "en", "Lock the north door. " + "Go out only with two officers beside you. " * 3),)
    text = ring(duties=(Duty.DOOR,), scripts=long, places=(zone(),))
    assert "Lock the north door. Go out only with two officers beside you. Answer 4711" in text
    wordy = (Script(Duty.DOOR, "en", "Go out only " + "very " * 40 + "carefully."),)
    assert "Lock doors." in ring(duties=(Duty.DOOR,), scripts=wordy, places=(zone(),))


def test_instructions_fall_back_to_the_language_then_to_english() -> None:
    french = Script(Duty.EVERYONE, "fr", "Restez dedans.")
    assert instruction((), "fr", (french,)) == "Restez dedans."
    assert instruction((), "fr", ()) == INSTRUCTIONS["en"][Duty.EVERYONE][0]
    assert instruction((), "ES_mx", (Script(Duty.EVERYONE, "es", "Quieto."),)) == "Quieto."
    assert instruction((Duty.DOOR, Duty.CAMERA), "en", ()) == INSTRUCTIONS["en"][Duty.DOOR][0]
    assert spoken("") == "en"


def test_the_name_gives_way_before_the_place() -> None:
    place = "behind the blue container by the second gate"
    text = ring(who="Maximiliane Wolfeschlegelsteinhausenbergerdorff", places=(spoken_place(place),))
    assert place in text and "SOS: Maximiliane W." in text


def test_a_story_is_cut_so_that_the_instruction_stays() -> None:
    text = ring(places=(spoken_place("lot b near the blue container, " + "he is shouting " * 20),))
    assert "lot b near the blue container" in text and ".. (said, 1 min ago)" in text and "Stay in." in text


times = st.one_of(st.integers(NOW - 10**9, NOW + 10**6), st.integers(-(2**60), 2**60))
reports = st.builds(
    PlaceReport,
    kind=st.sampled_from(PlaceKind),
    at_ms=times,
    label=st.none() | anything,
    lat=st.none() | st.floats(),
    lon=st.none() | st.floats(),
    radius_m=st.none() | st.floats(),
)
sayings = st.builds(
    Saying,
    who=anything,
    numbers=st.just(NUMBERS),
    reference=anything,
    kind=st.sampled_from(Kind),
    places=st.lists(reports, max_size=4).map(tuple),
    language=languages,
    duties=st.lists(st.sampled_from(Duty), max_size=2).map(tuple),
    scripts=st.lists(st.builds(Script, st.sampled_from(Duty), languages, st.text(max_size=200)), max_size=3).map(tuple),
    why=st.sampled_from(Why),
    came=st.sampled_from(Came),
    again=st.booleans(),
    drill=st.booleans(),
    after_drill=st.booleans(),
    silent_helper=st.none() | anything,
    says_safe=st.booleans(),
    under_duress=st.booleans(),
    suspended=st.booleans(),
    was_down=st.booleans(),
    occurred_at_ms=st.none() | times,
    link=st.sampled_from(
        ["", "https://sos.example.org/r/0123456789ABCDEF", "https://ü.example.org/r/0123456789ABCDEF"]
    ),
)


@pytest.mark.slow
@settings(max_examples=200)
@given(sayings)
def test_any_ring_is_one_segment_with_all_three_numbers(said: Saying) -> None:
    text = ring_text(said, NOW)
    assert one_segment(text)
    for number, key in zip(NUMBERS, ("coming", "with_them", "cannot"), strict=True):
        assert f"{number}={latin(phrase(said.language, key))}" in text
    assert f"#{reference(said.reference)}" in text
    assert ("REPETIDO" in text or "AGAIN" in text) or not said.again
    assert ("BAJO COACCION" in text or "UNDER DURESS" in text) or not said.under_duress
    assert ("NO SE ACERQUE" in text or "DO NOT APPROACH" in text) or not said.suspended


@pytest.mark.slow
@settings(max_examples=200)
@given(sayings)
def test_a_link_takes_nothing_from_a_ring_and_is_whole_or_not_there(said: Saying) -> None:
    text, bare = ring_text(said, NOW), ring_text(replace(said, link=""), NOW)
    assert text in (bare, f"{bare} {said.link}")


def test_a_ring_with_room_to_spare_carries_the_link() -> None:
    said = Saying(
        who="Ada", numbers=NUMBERS, reference="d", duties=(Duty.DISPATCHER,), link="https://x.example.org/r/A"
    )
    assert ring_text(said, NOW).endswith(" https://x.example.org/r/A")


short_labels = st.text("abcdefghij klmnop", min_size=1, max_size=40).map(latin).filter(bool)


@pytest.mark.slow
@settings(max_examples=200)
@given(sayings, short_labels, st.integers(0, 10**9))
def test_the_words_of_a_place_survive_whatever_else_must_be_said(said: Saying, label: str, ago_ms: int) -> None:
    calm = {"under_duress": False, "suspended": False, "says_safe": False, "silent_helper": said.silent_helper}
    fields = {name: getattr(said, name) for name in said.__struct_fields__} | calm
    fields["places"] = (PlaceReport(kind=PlaceKind.ZONE, at_ms=NOW - ago_ms, label=label),)
    assert f"{label} (" in ring_text(Saying(**fields), NOW)


LOUDEST = {
    "who": "Maximiliane W",
    "why": Why.HELPER_SILENT,
    "silent_helper": "Maximiliane W",
    "under_duress": True,
    "suspended": True,
    "again": True,
    "was_down": True,
    "came": Came.REVOKED,
    "occurred_at_ms": NOW - 59 * 60_000,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("after_drill", [False, True])
@pytest.mark.parametrize("kind", [Kind.SOS, Kind.OVERDUE])
def test_the_worst_case_still_names_the_place(language: str, after_drill: bool, kind: Kind) -> None:
    places = (planned("Lot B, bay 14", 59 * 60),)
    text = ring(**LOUDEST, language=language, after_drill=after_drill, kind=kind, places=places)
    assert one_segment(text)
    assert "Lot B" in text


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", [Why.RAISED, Why.PRESSED_AGAIN, Why.HELPER_SILENT])
def test_in_every_combination_of_everything_the_beginning_of_the_place_is_there(language: str, why: Why) -> None:
    ahead = (PlaceReport(kind=PlaceKind.PLANNED, at_ms=NOW + 10**9, label="Parking lot B behind the gate"),)
    loud = LOUDEST | {"language": language, "why": why, "places": ahead}
    flags = [(False, True)] * 5
    for kind, (drill, after, suspended, duress, safe) in product(Kind, product(*flags)):
        care = {"suspended": suspended, "under_duress": duress, "says_safe": safe}
        text = ring(**loud | care, kind=kind, drill=drill, after_drill=after)
        assert one_segment(text)
        assert "Parking" in text and "(p" in text


@pytest.mark.slow
@given(sayings)
def test_a_position_alone_is_always_said(said: Saying) -> None:
    fields = {name: getattr(said, name) for name in said.__struct_fields__} | {"places": (fix(),)}
    fields |= {"under_duress": False, "suspended": False}
    assert re.search(r"GPS (within|a menos de) 18 m", ring_text(Saying(**fields), NOW))


# Ages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago_ms", "words"),
    [
        (-60_001, "time unclear"),
        (-60_000, "now"),
        (4_999, "now"),
        (5_000, "5 s ago"),
        (59_999, "59 s ago"),
        (60_000, "1 min ago"),
        (3_600_000, "1 h ago"),
        (47 * 3_600_000, "47 h ago"),
        (48 * 3_600_000, "2 d ago"),
        (10**15, "999 d ago"),
    ],
)
def test_an_age_is_in_words(ago_ms: int, words: str) -> None:
    assert age(NOW - ago_ms, NOW, "en") == words


def test_somebody_called_like_a_blank_number_is_no_number() -> None:
    text = ring(who="ΔΔΦΦ", places=(zone("ΓΓΛΛ"),))
    assert text.startswith("SOS: DDFF. GGLL") and all(text.count(number) == 1 for number in NUMBERS)
