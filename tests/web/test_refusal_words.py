"""Whatever the core declines is said to people in their own language: no reason is forgotten, and none is guessed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import translate

from plan_forms import words
from staff import Staffed
from tocsin.core import because, limits
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Problem
from tocsin.core.findings import Finding, Wrong
from tocsin.intake.acts_described import ACTS
from tocsin.intake.openapi import READING
from tocsin.intake.problems import ASKED_BY_PAGES, trouble_of
from tocsin.intake.problems import SORTS as PROBLEMS
from tocsin.web.refusals import ASKED_BY_SCRIPTS, SORTS, code_of, refusal_of, told
from tocsin.web.speaking import say_in

CORE = Path(because.__file__).parent
SOURCES = [path.read_text("utf-8") for path in CORE.rglob("*.py") if path.name != "because.py"]
ACTED_ON = (*READING, "not_allowed", "not_ours", "no_such_alert", "not_json", "bad_field", "too_large", "not_stored")


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_a_page_and_a_document(problem: Problem) -> None:
    no = Declined(problem=problem)
    assert code_of(problem) in SORTS and trouble_of(no).code in PROBLEMS and no.detail == ""
    english, spanish = (told(refusal_of(no), say_in(language)) for language in ("en", "es"))
    assert english[0] != spanish[0] and not set(english[1]) & set(spanish[1])


def test_what_a_page_cannot_meet_is_said_by_scripts_and_the_other_way_round() -> None:
    assert not set(ASKED_BY_SCRIPTS) & set(ASKED_BY_PAGES)
    assert all(code_of(problem) == "declined" for problem in ASKED_BY_SCRIPTS)
    assert {problem.value for problem in ASKED_BY_PAGES} <= SORTS.keys()


def test_every_answer_to_an_act_on_an_alert_has_its_sentence_in_the_scripts() -> None:
    """What is missing there would come in English to those who read Spanish."""
    source = (translate.SCRIPTS / "refusals.ts").read_text("utf-8")
    known = set(re.findall(r'^  (\w+): words\("', source, re.MULTILINE))
    answered = {code for _, _, codes in ACTS.values() for code in codes}
    assert {problem.value for problem in ASKED_BY_SCRIPTS} <= known and answered | set(ACTED_ON) <= known


@pytest.mark.parametrize("reason", Because)
def test_every_reason_is_said_in_english_and_in_spanish_and_by_some_rule(reason: Because) -> None:
    no = Declined(problem=Problem.NOT_ALLOWED, because=reason)
    (english, [said]), (spanish, [dicho]) = (told(refusal_of(no), say_in(language)) for language in ("en", "es"))
    assert said == no.detail == trouble_of(no).detail and said.endswith(".") and said[0].isupper()
    assert (english, said) != (spanish, dicho) and said != dicho
    assert any(f"Because.{reason.name}" in source for source in SOURCES)


def test_no_two_reasons_say_the_same() -> None:
    assert len(set(because.SENTENCES.values())) == len(because.SENTENCES) == len(Because)
    hours = limits.CLOCK_IN_MAX_MS // limits.HOUR_MS
    assert f"{hours} hours" in because.SENTENCES[Because.END_OUT_OF_RANGE]


def test_the_core_says_nothing_of_its_own_besides() -> None:
    """A sentence that is written where something is declined could not be translated."""
    assert not any(re.search(r"Declined\([^)]*detail", source) for source in SOURCES)


def test_what_the_core_says_goes_before_what_a_page_would_guess() -> None:
    """Whoever may suspend, and names themself, is not told that their role does not include it."""
    heading, said = told(refusal_of(Declined(problem=Problem.NOT_ALLOWED)), say_in("en"))
    assert heading == "This is not for you to do." and said[0] == "Your role does not include it."
    no = Declined(problem=Problem.NOT_ALLOWED, because=Because.SUSPENDS_THEMSELF)
    assert told(refusal_of(no), say_in("en")) == (
        "Nothing was changed.",
        ["Nobody suspends themself. Ask a colleague."],
    )


def test_what_would_be_wrong_stands_between_the_fault_and_the_remedy_once() -> None:
    found = Finding("member noor", Wrong.NO_ROLE)
    no = Declined(problem=Problem.BAD_DIRECTORY, findings=(found, found))
    _, (fault, what, remedy) = told(refusal_of(no), say_in("en"))
    assert what == "A member needs at least one role, such as worker."
    assert fault.startswith("It would leave") and remedy.startswith("Change what")
    assert no.detail.count("\n") == 1 and trouble_of(no).detail == ""


@pytest.mark.parametrize(
    ("language", "heading", "said"),
    [
        ("en", "Nothing was changed.", "Nobody suspends themself. Ask a colleague."),
        ("es", "No se cambió nada.", "Nadie se suspende a sí mismo. Pídalo a un colega."),
    ],
)
def test_whoever_suspends_themself_reads_why_not_in_their_own_language(language: str, heading: str, said: str) -> None:
    house = Staffed()
    house.change("teo", language=language)
    answer = house.reader("teo", language).post("/office/members/teo/suspend", {"suspend-why": "?"})
    assert answer.status_code == 403 and heading in words(answer) and said in words(answer)
    assert not house.directory.members["teo"].suspended
