"""What is wrong with an organisation is a code, and every page says the code in its reader's language."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from plan_forms import fields, press, words
from planned import planned
from tocsin.core import planning
from tocsin.core.findings import ENGLISH, Finding, Wrong
from tocsin.web.finding_words import SENTENCES, finding
from tocsin.web.speaking import say_in

CORE = Path(planning.__file__).parent
HOLE = re.compile(r"%\((\w+)\)s")


def named(code: Wrong) -> set[str]:
    return {name for text in ENGLISH[code] for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", Wrong)
def test_every_finding_is_said_in_english_and_in_spanish(code: Wrong) -> None:
    values = {name: f"<{name}>" for name in named(code)}
    told = Finding("plan centre sos", code, tuple(values.items()))
    assert str(told) == f"plan centre sos: {told.what}; {told.remedy}" and "{" not in str(told)
    english, spanish = (finding(say_in(language), told) for language in ("en", "es"))
    assert english != spanish and "%(" not in english + spanish
    assert set(HOLE.findall(SENTENCES[code])) <= values.keys()


@pytest.mark.parametrize("code", Wrong)
def test_every_code_is_found_by_some_rule(code: Wrong) -> None:
    rules = [path.read_text("utf-8") for path in CORE.rglob("*.py") if path.name != "findings.py"]
    assert any(f"Wrong.{code.name}" in rule or f"W.{code.name}" in rule for rule in rules)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The site has no plan for calls for help."), ("es", "El sitio no tiene plan para llamadas de auxilio.")],
)
def test_a_page_that_refuses_a_change_says_what_would_be_wrong_in_the_readers_language(
    language: str, said: str
) -> None:
    known = planned()
    known._beside(lambda docket: docket.change_member("ada", language=language))
    browser = known.reader("ada")
    answer = press(browser, fields(browser), "remove")
    assert answer.status_code == 409 and said in words(answer)
    assert "no plan for sos" not in answer.text
