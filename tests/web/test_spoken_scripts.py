"""What the browser draws is marked for the catalogue, whole; what nobody marked and a reader would see is found."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import translate
from typescript import marks
from unmarked import unmarked

from tocsin.intake.problems import SORTS

SCRIPTS = sorted(translate.SCRIPTS.glob("*.ts"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_words_of_a_script_are_left_unmarked(script: Path) -> None:
    """When this fails: mark them, as the head of ui/src/say.ts tells."""
    assert unmarked(script.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'el("p", {}, "late")',
        'el("p", {}, known ? "yes" : t("No"))',
        'el("p", {}, ["so", el("b", {})])',
        'el("p", {}, `until ${at(ms)}`)',
        'el("button", { "aria-label": "close" })',
        'el("p", { title: `until ${at}` })',
        'board("who", "people", null)',
        'mast(" here")',
        'weave("Send {it}", { it: "that" }, "and more")',
        'const table = { sms: { icon: "message", word: "text" } };',
        'document.title = "Watch - Tocsin";',
        'said = "Not done.";',
        "said = `Not done: ${why}`;",
        'const names = ["Washing-up liquid", "Eggs"];',
        'return "Nobody is coming";',
    ],
)
def test_words_that_nobody_marked_are_found(source: str) -> None:
    assert len(unmarked(source)) == 1 + source.count("Eggs")


@pytest.mark.parametrize(
    "source",
    [
        't("Not sent."); plural("{n} try", "{n} tries", n); words("Seen"); weave("Call {who}", { who })',
        'el("p", { class: "quiet end", "data-state": "failed" }, icon("failed", "beat"), "", " \\u00b7 ", name)',
        'el("p", {}, state === "failed" ? icon("failed") : "SOS", alert.said !== "seen" ? " Tocsin" : "1:02")',
        'headers["Authorization"] = `Bearer ${token}`; throw new Error("a person without a message was never rung");',
        'document.querySelector("button, a, input"); if (event.key === "Enter") fire();',
        'const words = { state: "with", icon: "with" }; el("input", { name: "text", autocomplete: "off" })',
        "// Not a word of this\n",
    ],
)
def test_what_only_machines_read_is_left_alone(source: str) -> None:
    assert unmarked(source) == []


AS_BUILT = re.compile(r"const MARK = /(.*)/g;")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_build_finds_every_mark_that_the_catalogue_has(script: Path) -> None:
    """Two readers of one mark: what one of them missed would stay English."""
    pattern = AS_BUILT.search((translate.ROOT / "ui" / "catalogue.mjs").read_text("utf-8"))
    assert pattern is not None
    source = script.read_text("utf-8")
    built = {json.loads(text) for found in re.findall(pattern.group(1), source) for text in found if text[:1] == '"'}
    told = {form for mark in marks(source) for form in ([mark.said] if isinstance(mark.said, str) else mark.said)}
    assert told <= built


def test_why_the_server_said_no_is_told_in_its_own_words() -> None:
    """Where the two differed, the English sentence would be shown to those who read Spanish."""
    source = (translate.SCRIPTS / "refusals.ts").read_text("utf-8")
    told = dict(re.findall(r'^  (\w+): words\("(.*)"\),$', source, re.MULTILINE))
    assert told and told == {code: SORTS[code].title for code in told}


def test_every_fault_that_is_found_in_an_alert_has_a_sentence_for_people() -> None:
    source = (translate.SCRIPTS / "console-view.ts").read_text("utf-8")
    known = set(re.findall(r"^  (\w+): (?:words\(|nobody,)", source, re.MULTILINE))
    core = translate.ROOT / "src" / "tocsin"
    found = {word for path in core.rglob("*.py") for word in re.findall(r'finding="(\w+)"', path.read_text("utf-8"))}
    assert {"decision_failed", "no_near_wake_up"} <= found <= known


GIVES_AWAY = re.compile(
    r"tocsin|sos|alert|alarm|help|ayud|auxili|socorr|peligr|danger|emergen|911|112|polic|safe|salvo|rung|ring|avis|shift"
    r"|turno|colleague|compañer|code|answer|llam|call",
    re.IGNORECASE,
)


def of_the_silent_list() -> list[str]:
    (catalogue,) = translate.catalogues()
    silent = {"ui/src/silent-view.ts", "ui/src/guises.ts"}
    drawn = [one for one in translate.read(catalogue) if silent.intersection(name for name, _ in one.locations)]
    said = [form for one in drawn for form in (one.id, one.string) if form]
    return [form for one in said for form in ([one] if isinstance(one, str) else one)]


def test_the_silent_list_gives_nothing_away_in_either_language() -> None:
    """It is a list that anybody might have: no word of it is one of ours."""
    said = of_the_silent_list()
    assert len(said) > 80 and "Oat milk" in said and "Leche de avena" in said
    assert [word for word in said if GIVES_AWAY.search(word)] == ["Passcode"]
