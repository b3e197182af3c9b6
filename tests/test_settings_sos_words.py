"""SOS words in the settings: a good one counts, a bad one disables itself loudly and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tocsin.app import build
from tocsin.core.limits import SOS_WORDS_ADDED_MAX
from tocsin.core.reading import SOS_WORDS
from tocsin.settings import PartProblem, Settings, load


def settings(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    file = tmp_path / "tocsin.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environ or {})


def said(settings: Settings) -> list[str]:
    """What is wrong with it, beside that nobody can be told by SMS yet."""
    assert all(problem.part == "sms" and problem.remedy for problem in settings.problems)
    return [problem.what for problem in settings.problems if problem.what[:9] != "no vendor"]


def test_words_are_added_to_those_that_always_count(tmp_path: Path) -> None:
    assert settings(tmp_path, "").sos_words == SOS_WORDS
    found = settings(tmp_path, '[sms]\nsos_words = ["Hilfe", "auxilio", "SOS"]\n')
    assert found.sos_words == (*SOS_WORDS, "HILFE", "AUXILIO") and said(found) == []
    found = settings(tmp_path, "", {"TOCSIN_SMS__SOS_WORDS": "hilfe,auxilio", "TOCSIN_SMS__HELP_RINGS": "false"})
    assert found.sos_words[-2:] == ("HILFE", "AUXILIO") and "HELP" not in found.sos_words and said(found) == []


@pytest.mark.parametrize(
    "word", ["", "112", "code red", "ok", "x" * 21, "STOP", "yes", "WALK", "coming", "\u6551\u547d"]
)
def test_a_bad_word_disables_itself_and_no_other(tmp_path: Path, word: str) -> None:
    found = settings(tmp_path, f'[sms]\nsos_words = ["Hilfe", "{word}"]\n')
    assert found.sos_words == (*SOS_WORDS, "HILFE")
    (what,) = said(found)
    assert what.startswith("sos_words has ") and ", which " in what


@pytest.mark.parametrize("line", ["sos_words = 911", "sos_words = [911]", 'sos_words = "HILFE"', 'help_rings = "no"'])
def test_what_is_no_list_of_words_leaves_those_that_always_count(tmp_path: Path, line: str) -> None:
    found = settings(tmp_path, f'[sms]\nvendors = ["vonage"]\n{line}\n')
    assert found.sos_words == SOS_WORDS
    key = line.partition(" ")[0]
    assert any(problem.what.startswith(f"{key} is wrong") for problem in found.problems)
    assert PartProblem("sms.vonage", "vendors names it and it is not set up", "set it up, or take it out") in (
        found.problems
    ), "the vendors beside it are read all the same"


def test_more_words_than_count_are_said(tmp_path: Path) -> None:
    many = [f"hilfe{number}" for number in range(SOS_WORDS_ADDED_MAX + 1)]
    found = settings(tmp_path, f"[sms]\nsos_words = {many}\n".replace("'", '"'))
    assert len(found.sos_words) == len(SOS_WORDS) + SOS_WORDS_ADDED_MAX
    assert said(found) == ["sos_words has more than 20, and only so many count"]


def test_help_is_no_word_where_the_vendor_answers_it(tmp_path: Path) -> None:
    found = settings(tmp_path, '[sms]\nhelp_rings = false\nsos_words = ["Help"]\n')
    assert "HELP" not in found.sos_words and said(found) == [
        "sos_words has 'Help', which carriers act on by themselves"
    ]


@pytest.mark.slow
def test_a_node_reads_texts_by_them_and_the_doctor_says_that_help_rings_nobody(tmp_path: Path) -> None:
    text = f'[server]\ndata = "{tmp_path / "data"}"\n[sms]\nhelp_rings = false\nsos_words = ["Hilfe"]\n'

    async def story() -> None:
        node = build(settings(tmp_path, text), inline=True)
        assert "HILFE" in node.bell.world.sos_words and "HELP" not in node.bell.world.sos_words
        said = [found.what for found in node.care.findings(running=False) if found.code == "help_reply"]
        assert said == ["HELP is no SOS word here, and whoever texts it rings nobody"]
        await node.stop()

    (tmp_path / "data").mkdir()
    asyncio.run(story())
