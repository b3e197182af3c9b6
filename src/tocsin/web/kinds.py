"""The kinds of alerts as people read them: one name each, which stands as a heading and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.words import Kind
from tocsin.web.speaking import words

KINDS: Mapping[Kind, str] = {
    Kind.SOS: words("SOS"),
    Kind.OVERDUE: words("Not home in time"),
    Kind.SIGHTING: words("Sighting"),
    Kind.ASSET: words("Vehicle alarm"),
}
