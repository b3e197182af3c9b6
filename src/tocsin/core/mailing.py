"""The words of a mail, of a post to another service and of a webhook: a heading, a blank line, the letter.

Theory of operation
-------------------
These ways tell besides; nobody need have read them, and others may: a mail lies in a preview, a post stands in a room
full of people, a webhook goes to a machine.  So the heading names nobody and no place, the letter never holds the
answer numbers (who reads along could answer in another's name), and whatever is no call for help says only that
there is something to look at.  A drill says so in its heading.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.ring import Saying, first_words, reference, ring_lines
from tocsin.core.scripts import spoken
from tocsin.core.words import Purpose

CALLS = frozenset({Purpose.RING, Purpose.REAL_ALERT})
NEUTRAL_HEADING = "Tocsin"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "how": "Answer on the Tocsin page or with the numbers in your SMS; nobody reads an answer to this message.",
        "again": "You may have this message twice.",
        Purpose.ALL_CLEAR: "What you were told of is over.",
        Purpose.DRILL_OVER: "The drill is over. Nothing more to do.",
        Purpose.CLOSING: "There is something to decide in Tocsin. Look at it now.",
        Purpose.ANNOUNCEMENT: "There is something to look at in Tocsin.",
        "news": "There is news for you in Tocsin.",
        "drill": "DRILL, not real",
    },
    "es": {
        "how": "Responda en la página de Tocsin o con los números de su SMS; nadie lee las respuestas a este mensaje.",
        "again": "Puede que reciba este mensaje dos veces.",
        Purpose.ALL_CLEAR: "Lo que se le comunicó ha terminado.",
        Purpose.DRILL_OVER: "El simulacro ha terminado. Nada más que hacer.",
        Purpose.CLOSING: "Hay algo que decidir en Tocsin. Mírelo ahora.",
        Purpose.ANNOUNCEMENT: "Hay algo que mirar en Tocsin.",
        "news": "Hay noticias para usted en Tocsin.",
        "drill": "SIMULACRO, no es real",
    },
}


def letter_text(saying: Saying, purpose: Purpose, now_ms: int) -> str:
    """Heading, blank line, letter, in the member's language; see above for what it never says."""
    words = WORDS[spoken(saying.language)]
    if purpose in CALLS:
        heading, lines = first_words(saying), [*ring_lines(saying, now_ms), "", words["how"]]
    else:
        heading, lines = neutral_heading(saying, purpose, words), [words.get(purpose, words["news"])]
    again = [words["again"]] if saying.again else []
    return "\n".join([heading, "", *lines, *again, f"#{reference(saying.reference)}"])


def announcement_letter(address: str, language: str, delivery: str, *, again: bool = False) -> str:
    """The same for everything that is announced: where to look, and never at what."""
    words = WORDS[spoken(language)]
    lines = [words[Purpose.ANNOUNCEMENT], *([address] if address else []), *([words["again"]] if again else [])]
    return "\n".join([NEUTRAL_HEADING, "", *lines, f"#{reference(delivery)}"])


def parted(text: str) -> tuple[str, str]:
    """The heading and the letter of such a text; a text that is none becomes a letter under the neutral heading."""
    heading, blank, letter = text.partition("\n\n")
    return (heading, letter) if blank and "\n" not in heading else (NEUTRAL_HEADING, text)


def neutral_heading(saying: Saying, purpose: Purpose, words: Mapping[str, str]) -> str:
    of_a_drill = saying.drill and purpose is not Purpose.DRILL_OVER
    return f"{NEUTRAL_HEADING}: {words['drill']}" if of_a_drill else NEUTRAL_HEADING
