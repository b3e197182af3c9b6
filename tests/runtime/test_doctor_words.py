"""The doctor warns of an added SOS word that stands in a name which our own texts say."""

from __future__ import annotations

from msgspec.structs import replace
from rig import Rig, directory

from tocsin.core.directory import Directory
from tocsin.core.sos_words import words_with
from tocsin.runtime.doctor import CODES, findings, word_findings

WORDS = words_with(["Hilfe", "granate"])


def called(organisation: str, site: str) -> Directory:
    here = directory()
    sites = {id: replace(known, name=site) for id, known in here.sites.items()}
    return replace(here, name=organisation, sites=sites)


def whats(here: Directory) -> list[str]:
    found = list(word_findings(here, WORDS))
    assert {finding.code for finding in found} <= CODES
    return [finding.what for finding in found]


def test_a_name_with_an_added_word_in_it_is_named_and_the_word_is_not_said() -> None:
    (site,) = directory().sites
    assert whats(called("Hilfe e. V.", "GRANATE-Nord")) == [
        "the name of the organisation has one of sms.sos_words in it",
        f"the name of site {site} has one of sms.sos_words in it",
    ]


def test_a_name_with_a_word_that_always_counts_is_left_out_of_texts_and_needs_no_warning() -> None:
    assert whats(called("Alder Emergency Dispatch", "Hilfestadt")) == []


def test_it_stands_among_the_other_findings(rig: Rig) -> None:
    rig.world.sos_words = WORDS
    rig.world.directories["hilfe"] = called("Hilfe", "Site")
    assert "sos_word_in_name" in {found.code for found in findings((), rig.world, 0)}
