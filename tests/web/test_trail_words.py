"""What stands in brackets in a line of the trail is a word of the core, said in the language of whoever reads it."""

from __future__ import annotations

from enum import StrEnum

import pytest

from plan_forms import words
from staff import Staffed
from tocsin.core.access.feed_record import FeedFault
from tocsin.core.access.push_record import PushEnded
from tocsin.core.access.record import Act, By
from tocsin.core.access.words import Ended, LinkKind, SignedIn, Told, Via
from tocsin.core.gaps import Lack
from tocsin.web.office.lines import SAID
from tocsin.web.speaking import say_in

TOLD: tuple[type[StrEnum], ...] = (Ended, LinkKind, SignedIn, Lack, FeedFault, PushEnded)


@pytest.mark.parametrize("word", [word for kind in TOLD for word in kind], ids=str)
def test_every_word_that_an_act_may_bear_has_its_words_in_both_languages(word: StrEnum) -> None:
    english, spanish = (say_in(language)(SAID[word]) for language in ("en", "es"))
    assert english != spanish and "_" not in english + spanish


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("revoked", "( retirado )"),
        ("too_few", "( muy pocas personas para ayudar )"),
        ("Lobby: left: revoked", "( Lobby: left: retirado )"),
        ("Lobby: left", "( Lobby: left )"),
        ("9", "( 9 )"),
    ],
)
def test_the_word_is_translated_and_what_somebody_typed_is_left_as_it_is(detail: str, said: str) -> None:
    house = Staffed()
    by = By("ada", Via.SESSION)
    house.keep(Act(id="a1", at_ms=house.clock.ms, by=by, what="wallboard_ended", detail=detail, told=Told.SUPERVISORS))
    house.change("ada", language="es")
    assert said in words(house.reader("ada", "es").get("/office/trail"))
