"""Every page speaks Spanish whole: no string is missing, doubtful, unused or unmarked."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import translate
from babel.messages.catalog import Message

from tocsin.web.speaking import when

TEMPLATES = sorted((translate.WEB / "templates").rglob("*.html"))
SAID_ATTRIBUTES = {"aria-label", "alt", "title", "placeholder", "content"}
FOR_MACHINES = re.compile(
    r"Tocsin|width=device-width, initial-scale=1(?:, viewport-fit=cover)?|light dark|no-referrer|aria-\w+="
    r"|\w+-(?=\s)|true"
)
HOLE = re.compile(r"%\(\w+\)s|(?<!%)\{\w+\}")  # Of the server's pages, and of the scripts'.
COUNTED = {"%(num)s", "{n}"}  # One of them may say "a person".


def catalogue() -> Path:
    (path,) = translate.catalogues()
    return path


@pytest.mark.slow
def test_nothing_is_untranslated_and_nothing_is_kept_in_vain() -> None:
    """When this fails: `.venv/bin/python tools/translate.py`, and write the Spanish that it asks for."""
    assert translate.missing(translate.read(catalogue())) == []
    assert translate.brought_up_to_date(catalogue()) == catalogue().read_bytes()


def test_a_string_without_its_spanish_is_found() -> None:
    catalog = translate.read(catalogue())
    catalog.add("Never said before.")
    catalog.add("Guessed.", "Adivinado.", flags=["fuzzy"])
    assert translate.missing(catalog) == ["Never said before.", "Guessed."]


def holes(said: object) -> set[str]:
    texts = [said] if isinstance(said, str) else list(said) if isinstance(said, list | tuple) else []
    return {hole for text in texts for hole in HOLE.findall(text)}


def test_every_hole_of_a_string_is_in_its_spanish() -> None:
    messages: list[Message] = [message for message in translate.read(catalogue()) if message.id]
    assert messages
    wrong = [message.id for message in messages if holes(message.string) - COUNTED != holes(message.id) - COUNTED]
    assert wrong == []


class Words(HTMLParser):
    """What a reader would see or hear of a template that nobody marked for translation."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += [word for word in [data.strip()] if re.search(r"[A-Za-z]{2}", FOR_MACHINES.sub("", word))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SAID_ATTRIBUTES:
                self.handle_data(value or "")


def unmarked(source: str) -> list[str]:
    plain = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
    words = Words()
    words.feed(plain)
    return words.found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.name)
def test_no_words_of_a_template_are_left_unmarked(template: Path) -> None:
    assert unmarked(template.read_text("utf-8")) == []


@pytest.mark.parametrize("source", ["<p>Save</p>", '<a aria-label="Go back">x</a>', '{{ _("A") }} then <b>so</b>'])
def test_words_that_nobody_marked_are_found(source: str) -> None:
    assert unmarked(source)


# One voice --------------------------------------------------------------------------------------------------------


FAMILIAR = re.compile(
    r"\b(tu|tus|ti|contigo|tuy[oa]s?|eres|tienes|puedes|quieres|escribes|escribiste|elige|prueba otra"
    r"|permite los|pídelo|pregunta a|empieza otra|revisa|vuelve|abre la|añade|quita una|demuestra otra|toca all[íi])\b",
    re.IGNORECASE,
)


def test_spanish_speaks_to_everybody_in_the_same_way() -> None:
    """As the texts to phones do: usted.  Two voices in one catalogue sound like two programs."""
    said = [message.string for message in translate.read(catalogue()) if message.id and message.string]
    texts = [one for text in said for one in ([text] if isinstance(text, str) else text)]
    assert [text for text in texts if FAMILIAR.search(text)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_moment_names_its_zone_as_people_there_write_it(language: str) -> None:
    told = [
        when(1_795_000_000_000, language, zone) for zone in ("America/Chicago", "America/Sao_Paulo", "Nowhere/At-all")
    ]
    assert [text.rpartition(" ")[2] for text in told] == ["CST", "UTC-03", "UTC"]
    assert all("2026" in text for text in told)
