"""Whatever a bad setting may turn off is told in words for people, in both languages, in office and console."""

from __future__ import annotations

import re

import pytest
import translate

from tocsin.settings.parts import SECTIONS
from tocsin.web.office.part_words import PARTS, UNKNOWN, meaning
from tocsin.web.speaking import say_in

SCRIPT = (translate.SCRIPTS / "turned-off.ts").read_text("utf-8")


@pytest.mark.parametrize("part", [*SECTIONS, "server.host", "server.public_url", "server.sos_port"])
def test_every_part_that_can_be_turned_off_has_its_sentence_in_both_languages(part: str) -> None:
    assert PARTS[part] == meaning(part) != say_in("es")(meaning(part))


def test_a_setting_of_a_part_is_told_as_the_part_and_what_nobody_knows_as_such() -> None:
    assert meaning("server.anything") == PARTS["server"] and meaning("teapot") == meaning("tea.pot") == UNKNOWN


def test_the_console_says_the_same() -> None:
    told = re.findall(r'^  "?([\w.]+)"?: words\("(.*)"\),$', SCRIPT, re.MULTILINE)
    assert dict(told) == dict(PARTS) and f'words("{UNKNOWN}")' in SCRIPT
