"""The words of a push, as they stand on a locked screen.

Theory of operation
-------------------
Whoever holds the phone, or sits beside it, reads them.  So only a call for help to those whom it rings says what it
is, for whom and where; its first line is the heading.  Everything else (an all-clear, a test, a question) is in words
that say nothing.  A push has no answer numbers: it is answered by its buttons and on the page that it opens.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.mailing import CALLS, NEUTRAL_HEADING, WORDS, neutral_heading
from tocsin.core.ring import Saying, ring_lines
from tocsin.core.scripts import spoken
from tocsin.core.words import Answer, Purpose

ACTIONS: Mapping[str, Mapping[Answer, str]] = {
    "en": {Answer.COMING: "Coming", Answer.CANNOT: "Cannot come"},
    "es": {Answer.COMING: "Voy", Answer.CANNOT: "No puedo"},
}
TESTS: Mapping[str, str] = {
    "en": "This phone can be reached.",
    "es": "Se puede avisar a este teléfono.",
}


def push_text(saying: Saying, purpose: Purpose, now_ms: int) -> str:
    """Heading, blank line, body, in the member's language; see above for what it never says."""
    words = WORDS[spoken(saying.language)]
    if purpose in CALLS:
        first, *lines = ring_lines(saying, now_ms)
        heading = first.removesuffix(".")
    else:
        heading, lines = neutral_heading(saying, purpose, words), [words.get(purpose, words["news"])]
    return "\n".join([heading, "", *lines])


def proof_words(language: str) -> str:
    """What the push says that only proves the way."""
    return f"{NEUTRAL_HEADING}\n\n{TESTS[spoken(language)]}"


def action_words(language: str) -> Mapping[Answer, str]:
    """The answers that a notification offers, each with its word."""
    return ACTIONS[spoken(language)]
