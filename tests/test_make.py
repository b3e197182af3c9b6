"""What stands behind the verbs of make: nothing is left out in silence, and no Node is taken that is too old."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import build_ui
import pytest
import run_tests


def which(command: list[str]) -> str:
    return command[command.index("-m", 3) + 1]


def test_what_a_machine_has_not_is_left_out_of_the_run_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    left_out = {"browser": "chromium: only root may install it", "fiu": "fiu-utils: this machine has no apt-get"}
    assert which(run_tests.counted(left_out)) == "not browser and not fiu"
    run_tests.tell(left_out)
    assert "browser" in capsys.readouterr().out


def test_each_test_is_in_one_of_two_runs_and_both_have_to_be_green() -> None:
    assert which(run_tests.counted({})) == "not browser" and which(run_tests.driven({})) == "browser"
    assert which(run_tests.driven({"fiu": "none"})) == "browser and not fiu"
    assert [run_tests.outcome(codes) for codes in ({0}, {0, 1}, {0, 5}, {1, 5}, {5})] == [0, 1, 0, 1, 5]


def test_of_the_browser_s_run_no_other_test_is_read_unless_it_is_asked_for() -> None:
    assert run_tests.of_browser([]) == [run_tests.BROWSER_TESTS] and Path(run_tests.BROWSER_TESTS).is_dir()
    assert run_tests.of_browser(["-x", "--durations=25"]) == ["-x", "--durations=25", run_tests.BROWSER_TESTS]
    for asked in ("tests/test_make.py", "tests/web", "tests/test_make.py::test_what_a_machine_has_not"):
        assert run_tests.of_browser(["-x", asked]) == ["-x", asked]


def test_whatever_drives_a_browser_lies_where_the_browser_s_run_finds_it() -> None:
    elsewhere = [file for file in Path("tests").rglob("*.py") if not file.is_relative_to(run_tests.BROWSER_TESTS)]
    driving = re.compile(r"^from playwright|mark\.browser\b", re.MULTILINE)
    assert elsewhere and [file.name for file in elsewhere if driving.search(file.read_text())] == []


def test_every_branch_of_what_must_not_break_is_counted() -> None:
    command = run_tests.counted({})
    assert {"--cov=src/tocsin/core", "--cov=src/tocsin/store", "--cov=src/tocsin/evidence"} <= set(command)
    assert {"--cov-branch", "--cov-fail-under=100"} <= set(command)
    assert all(Path(folder).is_dir() for folder in run_tests.COVERED)


def test_no_branch_is_counted_because_a_night_of_the_simulator_took_it(request: pytest.FixtureRequest) -> None:
    nights = [item for item in request.session.items if item.path.parent.name == "sim"]
    assert all(item.get_closest_marker("no_cover") for item in nights)
    assert request.node.get_closest_marker("no_cover") is None


def test_a_program_that_is_there_is_not_missing() -> None:
    assert run_tests.missing(run_tests.Part("python", ("no-such-program", sys.executable), "python3")) is None


def test_a_right_that_a_user_has_not_is_told_in_the_words_of_the_system() -> None:
    assert run_tests.run_quietly([sys.executable, "-c", "pass"]) is None
    assert run_tests.run_quietly([sys.executable, "-c", "import sys; sys.exit('only root may')"]) == "only root may"
    assert run_tests.run_quietly([sys.executable, "-c", "raise SystemExit(4)"]) == "status 4"
    assert "no-such-program" in (run_tests.run_quietly(["no-such-program"]) or "")


@pytest.mark.parametrize(("said", "major"), [("v20.11.1\n", 20), ("v8.0", 8), ("24", 24), ("", 0), ("nonsense", 0)])
def test_the_version_of_node_is_read_whatever_it_prints(said: str, major: int) -> None:
    assert build_ui.major_of(said) == major


def test_the_packaged_node_is_there_for_machines_without_one() -> None:
    node, npm = build_ui.packaged_node()
    assert all(Path(part).exists() for part in (node, *npm))
