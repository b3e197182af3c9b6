"""The scanner finds every marked string of a script, and stops at one that it cannot read."""

from __future__ import annotations

import pytest
from typescript import Mark, Unreadable, marks, tokens


def said(source: str) -> list[object]:
    return [mark.said for mark in marks(source)]


def test_what_is_marked_is_found_wherever_it_stands() -> None:
    source = r"""
    // t("not this") is a remark, and so is /* words("that") */
    const shape = { word: words("Seen"), other: "t(\"no\")" };
    el("p", {}, t("Not sent. Trying again."), ` ${many ? `${t("within")} ${plural("{n} try", "{n} tries", n)}` : ""}`);
    const half = total / 2, pattern = /["'`]t\("x"\)/.test(line) ? t('one') : weave("Send {word}", { word });
    """
    assert said(source) == ["Seen", "Not sent. Trying again.", "within", ("{n} try", "{n} tries"), "one", "Send {word}"]


def test_a_string_says_what_it_means_and_not_how_it_is_written() -> None:
    assert said(r't("a \"b\" \u201cc\u{201d} d\n")') == ['a "b" “c” d\n']


def test_each_mark_knows_its_line() -> None:
    assert list(marks('\n\nt("Here")')) == [Mark("Here", 3)]


@pytest.mark.parametrize("source", ["t(answered[said])", "t(known ?? words)", "t(lapsed.coming, { ago: ago(3) })"])
def test_what_was_marked_elsewhere_is_shown_without_a_mark(source: str) -> None:
    assert said(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "t(`Hello ${name}`)",
        't("Hello " + name)',
        't(known ? "One" : "Another")',
        "words(text)",
        'plural("{n} try", many, n)',
        'plural("{n} try")',
        "weave(text, {})",
        "t()",
    ],
)
def test_a_mark_that_cannot_be_read_is_an_error_with_its_line(source: str) -> None:
    with pytest.raises(Unreadable, match="line 2: write the string"):
        said(f"\n{source}")


@pytest.mark.parametrize("source", ['t("', "`${a", "a)", "f(", "`a", '{"a": (1]}'])
def test_a_file_that_cannot_be_read_is_an_error(source: str) -> None:
    with pytest.raises(Unreadable):
        tokens(source)


@pytest.mark.parametrize("source", ["function t<S>(text: S) {}", "export function words(text: string) {}", "a.t(b)"])
def test_what_makes_or_only_resembles_a_mark_is_none(source: str) -> None:
    assert said(source) == []
