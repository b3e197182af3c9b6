"""Plans in the office: read by whoever may, previewed without a trace, drafted in the page, saved once and by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

import pytest
from msgspec.structs import replace

from plan_forms import NONE, SOS, Fields, fields, fields_in, plan, press, words
from planned import PLAN, planned, second_person
from staff import Staffed
from tocsin.core.access.changes import Change
from tocsin.core.directory import Member, Rung, Script, Site
from tocsin.core.docket import Docket
from tocsin.core.words import Channel, Duty, Kind, Role
from tocsin.web.office.local_time import Zone


@pytest.fixture
def known() -> Staffed:
    return planned()


def with_sites(sites: Mapping[str, Site], docket: Docket) -> None:
    docket.set_rules(replace(docket.directory, sites=sites))


# Reading ---------------------------------------------------------------------------------------------------------


def test_every_site_shows_its_plans_and_one_without_any_says_so(known: Staffed) -> None:
    told = words(known.reader("ada").get("/office/plans"))
    assert "1 site has no plan" in told and "3 steps, the last after 1 min 30 s; 2 needed" in told
    assert "No plan of its own. The plan for calls for help serves." in told


def test_a_plan_is_told_in_plain_words_and_its_preview_stands_beside_it(known: Staffed) -> None:
    told = words(known.reader("ada").get(SOS))
    assert "At once: Everyone on shift by app, text message, and call again every 30 s" in told
    assert "After 45 s: Supervisors on shift by text message; 10 s later by call" in told
    assert "Preview: 4 people are rung at once" in told and "At every second somebody is left" in told
    assert "Gus Nowhere They have no way that this step uses. step 1" in told
    assert "SOS: A colleague. place not known, find out. Lock the north door. Let nobody in but police." in told


def test_a_way_that_a_plan_names_and_that_nothing_here_can_send_is_named(known: Staffed) -> None:
    """Whoever reads *by app, text message and call* believes that somebody is called."""
    assert "Nothing goes out by" not in words(known.reader("ada").get(SOS))
    known.world.channels = frozenset({Channel.SMS})
    told = words(known.reader("ada").get(SOS))
    assert "Nothing goes out by app and call: this server has no way to send it." in told


def test_whoever_only_reads_plans_is_given_no_field_of_one_and_saves_nothing(known: Staffed) -> None:
    browser = known.reader("lena")
    page = browser.get(SOS).text
    assert 'name="s1-whom"' not in page and 'value="save"' not in page and 'name="p-place"' in page
    assert press(browser, fields(browser), "save").status_code == 403
    assert press(browser, fields(browser), "check", p__place=["lot-b"]).status_code == 200
    assert plan(known) == PLAN


def test_whoever_may_read_no_plans_is_told_of_none(known: Staffed) -> None:
    for path in ("/office/plans", SOS, "/office/plans/nowhere/sos"):
        assert known.reader("noor").get(path).status_code == 403


@pytest.mark.parametrize("path", ["/office/plans/nowhere/sos", "/office/plans/centre/party"])
def test_a_plan_of_nothing_is_no_page(known: Staffed, path: str) -> None:
    assert known.reader("ada").get(path).status_code == 404


# The preview -----------------------------------------------------------------------------------------------------


def test_looking_and_checking_leave_no_trace(known: Staffed) -> None:
    browser = known.reader("ada")
    before = len(known.store.content.facts)
    form = fields(browser)
    for do in ("check", "add", "up-2", "down-1", "drop-2", "person-1", "nonsense", ""):
        assert press(browser, form, do, s1__add=["Bo Lindqvist"]).status_code == 200
    assert len(known.store.content.facts) == before and plan(known) == PLAN


def test_the_place_is_in_what_they_read_and_whoever_presses_is_left_out(known: Staffed) -> None:
    browser = known.reader("ada")
    told = words(press(browser, fields(browser), "check", p__place=["lot-b"], p__who=["Noor Invented"]))
    assert "SOS: Noor Invented. Lot B (zone, now)." in told and "They are the one in danger." in told
    assert "Preview: 3 people are rung at once" in told


def test_where_a_way_fails_whoever_has_no_other_is_named(known: Staffed) -> None:
    browser = known.reader("ada")
    told = words(press(browser, fields(browser), "check", p__fail=["sms"]))
    assert "Kim Osei Every way to them failed." in told
    told = words(press(browser, fields(browser), "check", p__fail=["sms", "voice", "push"]))
    assert "nobody is left who could be reached" in told and "the operator is paged" in told


def test_a_time_of_another_shift_rings_other_people(known: Staffed) -> None:
    browser = known.reader("ada")
    later = Zone("America/Chicago", "en").typed(known.clock.ms + 7 * 3_600_000)
    told = words(press(browser, fields(browser), "check", p__when=[later]))
    assert "0:00 3 people are rung Inés Corder, Teo Invented, and Wale Invented" in told
    assert "They join: too few of those rung could come." in told


def test_what_cannot_be_read_of_the_question_is_said_beside_it_and_kept(known: Staffed) -> None:
    browser = known.reader("ada")
    answer = press(browser, fields(browser), "check", p__when=["yesterday"], p__who=["Nobody Known"])
    assert answer.status_code == 422
    assert "This is no day and time." in words(answer) and "Nobody here is called so." in words(answer)
    assert fields_in(answer.text)["p-who"] == ["Nobody Known"]


def test_of_an_hour_that_comes_twice_it_is_asked_which_and_one_that_never_comes_is_named(known: Staffed) -> None:
    known.clock.ms -= 30 * 86_400_000
    browser = known.reader("ada")
    form: Fields = {**fields(browser), "p-when": ["2026-11-01T01:30"]}
    asked = press(browser, form, "check")
    assert asked.status_code == 422 and "Choose which of the two." in words(asked)
    assert press(browser, {**fields_in(asked.text), "p-when-which": ["second"]}, "check").status_code == 200
    never = press(browser, form, "check", p__when=["2026-03-08T02:30"])
    assert "That time does not exist" in words(never)


@pytest.mark.parametrize("when", ["0001-01-01T00:00", "9999-12-31T23:59", "2031-01-01T00:00", "2026-11-18T05:06+99:00"])
def test_a_time_that_nobody_can_mean_is_refused_beside_its_field(known: Staffed, when: str) -> None:
    browser = known.reader("ada")
    for zone in ("America/Chicago", "Asia/Tokyo"):
        sites = {**known.directory.sites, "centre": Site("centre", "Centre", zone)}
        known._beside(partial(with_sites, sites))
        assert press(browser, fields(browser), "check", p__when=[when]).status_code == 422


def test_a_supervisor_is_shown_the_same_whether_or_not_somebody_is_tied(known: Staffed) -> None:
    """And so is a coordinator who is tied themself; one who keeps the tie sees it."""
    pages = {}
    for name, tied in (("free", ()), ("tied", ("noor",))):
        for member in ("teo", "wale"):
            known.change(member, not_told_about=tied if member == "teo" else ("noor",))
        for reader in ("teo", "ada", "wale"):
            browser = known.reader(reader)
            asked = press(browser, {**fields(browser), "p-who": ["noor"]}, "check").text
            pages[name, reader] = re.sub(r'value="[0-9a-f]{64}"', "", asked)
    for reader in ("teo", "ada", "wale"):
        assert pages["free", reader] == pages["tied", reader]
    known.change("wale", not_told_about=())
    browser = known.reader("wale")
    assert "not to be told about this person" in words(press(browser, {**fields(browser), "p-who": ["noor"]}, "check"))


# The draft -------------------------------------------------------------------------------------------------------


def test_a_step_is_added_before_the_last_and_its_times_lie_between(known: Staffed) -> None:
    browser = known.reader("ada")
    form = fields_in(press(browser, fields(browser), "add").text)
    assert form["steps"] == ["4"] and [form[f"s{n}-after"] for n in range(1, 5)] == [["0"], ["45"], ["67"], ["90"]]
    assert form["s3-whom"] == ["role:supervisor"] and "member:teo" in form["s4-whom"]


def test_steps_change_places_and_the_times_stay_where_they_are(known: Staffed) -> None:
    browser = known.reader("ada")
    form = fields_in(press(browser, fields(browser), "up-2").text)
    assert (form["s1-whom"], form["s2-whom"]) == (["role:supervisor"], ["on_shift"])
    assert (form["s1-after"], form["s2-after"], form["s1-apart"]) == (["0"], ["45"], ["10"])
    assert fields_in(press(browser, form, "down-1").text) == fields(browser)


def test_a_step_is_taken_out_and_the_only_one_stays(known: Staffed) -> None:
    browser = known.reader("ada")
    form = fields_in(press(browser, fields(browser), "drop-2").text)
    assert form["steps"] == ["2"] and form["s2-after"] == ["90"] and "member:teo" in form["s2-whom"]
    form = fields_in(press(browser, form, "drop-1").text)
    assert fields_in(press(browser, form, "drop-1").text)["steps"] == ["1"]


def test_a_plan_has_a_most_of_steps(known: Staffed) -> None:
    browser = known.reader("ada")
    form = fields(browser)
    for _ in range(17):
        form = fields_in(press(browser, form, "add").text)
    answer = press(browser, form, "add")
    assert "A plan has 20 steps at the most." in words(answer) and fields_in(answer.text)["steps"] == ["20"]


def test_people_are_added_by_name_and_of_two_alike_it_is_asked_which(known: Staffed) -> None:
    known.keep()
    known._beside(lambda docket: docket.set_members([Member("bo-2", "Bo Lindqvist", (Role.WORKER,))]))
    browser = known.reader("ada")
    answer = press(browser, fields(browser), "person-1", s1__add=["bo lindqvist"])
    assert "More than one is called so: Bo Lindqvist (bo), Bo Lindqvist (bo-2)." in words(answer)
    form = fields_in(press(browser, fields(browser), "person-1", s1__add=["Bo Lindqvist (bo-2)"]).text)
    assert form["s1-whom"] == ["on_shift", "member:bo-2"] and form["s1-add"] == [""]


# Saving ----------------------------------------------------------------------------------------------------------


def test_what_was_not_changed_changes_nothing(known: Staffed) -> None:
    browser = known.reader("ada")
    assert press(browser, fields(browser), "save").status_code == 303
    assert plan(known) == PLAN


def test_a_stronger_plan_is_saved_as_the_next_version(known: Staffed) -> None:
    browser = known.reader("ada")
    assert press(browser, fields(browser), "save", s3__after=["60"]).status_code == 303
    assert plan(known) == replace(PLAN, rungs=(*PLAN.rungs[:2], replace(PLAN.rungs[2], after_s=60)), version=2)
    assert "Saved as version 2." in words(browser.get(SOS))


def test_a_weaker_plan_says_before_and_after_that_it_waits_and_why(known: Staffed) -> None:
    second_person(known)
    browser = known.reader("teo")
    weaker: Fields = {"s3__after": ["120"], "why": ["Too many calls"]}
    before = words(press(browser, fields(browser), "check", **weaker))
    assert "This would wait for a second person" in before and "A step of the plan would come later" in before
    assert press(browser, fields(browser), "save", **weaker).status_code == 303
    assert plan(known) == PLAN and len(known.world.all_kept("alder", Change)) == 1
    after = words(browser.get(SOS))
    assert "A change of this plan waits" in after and "Why: Too many calls" in after
    assert "A change waits" in words(browser.get("/office/plans"))


def test_of_a_plan_that_is_both_the_stronger_half_acts_now(known: Staffed) -> None:
    second_person(known)
    browser = known.reader("teo")
    press(browser, fields(browser), "save", s1__again=["15"], s3__after=["120"])
    saved = plan(known)
    assert saved and (saved.version, saved.rungs[0].repeat_s, saved.rungs[2].after_s) == (2, 15, 90)
    assert "Saved as version 2. The rest waits for a second person." in words(browser.get(SOS))


def test_two_who_write_one_plan_at_once_see_both_and_neither_silently_wins(known: Staffed) -> None:
    first, second = known.reader("ada"), known.reader("teo")
    form = fields(second)
    press(first, fields(first), "save", s3__after=["60"])
    answer = press(second, form, "save", s1__again=["20"])
    assert answer.status_code == 409
    told = words(answer)
    assert "Somebody else changed this while you were writing. Nothing was saved." in told
    assert "Step 3 After 1 min: Teo Invented" in told and "After 1 min 30 s: Teo Invented" in told
    mine = fields_in(answer.text)
    assert mine["s1-again"] == ["20"] and mine["s3-after"] == ["90"]
    assert press(second, mine, "save", s3__after=["60"]).status_code == 303
    saved = plan(known)
    assert saved and (saved.version, saved.rungs[0].repeat_s, saved.rungs[2].after_s) == (3, 20, 60)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"s2__after": ["0"]}, "Each step comes later than the one before it."),
        ({"s2__after": ["soon"]}, "Use a whole number from 0 to 600."),
        ({"s2__again": ["121"]}, "Use a whole number from 1 to 120."),
        ({"needed": ["1"]}, "Use a whole number from 2 to 20."),
        ({"s1__whom": []}, "Choose whom this step rings."),
        ({"s1__whom": ["closers"]}, "Choose one of the list."),
        ({"s3__whom": ["member:teo", "member:bo"]}, "The last step names 2 people; it needs at least three by name."),
        ({"s3__whom": ["member:teo", "member:bo", "member:kim"]}, "The last step names 1 who may close an alert"),
        ({"s1__push": ["0"], "s1__sms": ["0"], "s1__voice": ["0"]}, "Choose at least one way."),
        (
            {"s1__push": ["0"], "s1__sms": ["0"], "s1__voice": ["0"], "s1__email": ["1"]},
            "Mail, services and programs wake nobody.",
        ),
        ({"s1__add": ["Nobody Known"]}, "Nobody here is called so."),
        ({"t-door-en": ["x" * 400]}, "Use 320 characters at the most."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    known: Staffed, changed: Fields, said: str
) -> None:
    browser = known.reader("ada")
    answer = press(browser, fields(browser), "save", **{"why": ["My reason"], **changed})
    assert answer.status_code == 422 and said in words(answer)
    assert "Nothing was saved" in words(answer) and fields_in(answer.text)["why"] == ["My reason"]
    assert plan(known) == PLAN


def test_while_a_number_cannot_be_read_nothing_is_foreseen(known: Staffed) -> None:
    browser = known.reader("ada")
    told = words(press(browser, fields(browser), "check", s2__after=["soon"], s3__again=["0"]))
    assert "Preview: none yet" in told and "There is no preview while a number is not right." in told
    assert "After ?: Supervisors on shift" in told and "again every ?" in told and "are rung" not in told


def test_a_site_without_a_plan_begins_with_one_whose_last_step_is_still_of_nobody(known: Staffed) -> None:
    browser = known.reader("ada")
    told = words(browser.get(NONE))
    assert "There is no plan." in told and "After 1 min: Nobody yet" in told
    answer = press(browser, fields(browser, NONE), "save", NONE)
    assert answer.status_code == 422 and "Choose whom this step rings." in words(answer)
    people = ["member:teo", "member:ines", "member:wale"]
    whole: Fields = {"s1__whom": ["role:responder", "site:centre"], "s2__whom": people}
    assert press(browser, fields(browser, NONE), "save", NONE, **whole).status_code == 303
    made = plan(known, "annex")
    assert made and made.version == 1 and made.rungs[0].audience == ("role:responder", "site:centre")


def test_a_kind_without_a_plan_of_its_own_begins_as_what_serves_and_may_be_taken_away_by_two(known: Staffed) -> None:
    second_person(known)
    overdue = "/office/plans/centre/overdue"
    browser = known.reader("teo")
    assert "the plan for calls for help serves" in words(browser.get(overdue))
    press(browser, fields(browser, overdue), "save", overdue)
    assert plan(known, kind=Kind.OVERDUE) == replace(PLAN, kind=Kind.OVERDUE)
    press(browser, fields(browser, overdue), "remove", overdue)
    assert plan(known, kind=Kind.OVERDUE) is not None
    assert "A plan would be gone." in words(browser.get(overdue))


def test_a_stale_page_takes_no_plan_away(known: Staffed) -> None:
    overdue = "/office/plans/centre/overdue"
    browser = known.reader("ada")
    press(browser, fields(browser, overdue), "save", overdue)
    form = fields(browser, overdue)
    press(browser, form, "save", overdue, s3__after=["60"])
    assert press(browser, form, "remove", overdue).status_code == 409
    press(browser, fields(browser, overdue), "remove", overdue)
    assert plan(known, kind=Kind.OVERDUE) is None


def test_the_words_of_each_duty_are_kept_in_their_language_and_counted(known: Staffed) -> None:
    browser = known.reader("ada")
    long = "Close every door of the north wing one after the other. Then wait behind the desk until the police are in."
    changed: Fields = {"t-door-es": ["Cierre la puerta norte."], "t-camera-en": [long]}
    told = words(press(browser, fields(browser), "check", **changed))
    assert "23 characters: fits into one text message" in told and "too long for one text message" in told
    press(browser, fields(browser), "save", **changed)
    saved = plan(known)
    wanted = (Script(Duty.CAMERA, "en", long), Script(Duty.DOOR, "es", "Cierre la puerta norte."))
    assert saved and saved.scripts[0] == PLAN.scripts[0] and set(saved.scripts[1:]) == set(wanted)


def test_other_words_wait_and_are_read_by_whoever_is_to_agree(known: Staffed) -> None:
    second_person(known)
    browser = known.reader("teo")
    press(browser, {**fields(browser), "t-door-en": ["Open the north door."]}, "save")
    told = words(known.reader("wale").get("/office/changes"))
    assert "In an alert people would be told something else to do." in told
    assert "Door, English: Lock the north door. Let nobody in but police." in told
    assert "Door, English: Open the north door." in told and "person needed" not in told


def test_what_a_file_wrote_that_no_form_offers_is_kept(known: Staffed) -> None:
    odd = replace(PLAN, rungs=(Rung(0, ("on_shift", "role:worker"), ((Channel.VOICE, Channel.SMS),)), *PLAN.rungs[1:]))
    known._beside(lambda docket: docket.set_rules(replace(docket.directory, plans=(odd,))))
    browser = known.reader("ada")
    assert press(browser, fields(browser), "save").status_code == 303 and plan(known) == odd
    press(browser, fields(browser), "save", s2__again=["20"])
    saved = plan(known)
    assert saved and saved.rungs[0] == odd.rungs[0] and saved.rungs[1].repeat_s == 20


def test_names_of_any_script_and_hostile_ones_are_shown_as_text(known: Staffed) -> None:
    known.change("bo", name='<script>alert("bo")</script>')
    known.change("ines", name="\u0645\u062d\u0645\u062f \u202e\u0628\u0646")
    page = known.reader("ada").get(SOS).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "<bdi>" in page


def test_a_page_in_spanish_has_the_plan_and_the_preview_in_spanish(known: Staffed) -> None:
    known.change("noor", roles=(Role.ADMINISTRATOR,))
    told = words(known.reader("noor").get(SOS))
    assert "Version 1 is in force" not in told and "people are rung" not in told and "text message" not in told
