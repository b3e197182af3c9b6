"""The parts of a view that every reader's view is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tocsin.core.alert_parts import Person, Spot
from tocsin.core.directory import Directory
from tocsin.core.views import AnswerView, PlaceView, Who, moment, moment_or_none
from tocsin.core.words import Answer

Fixes = Mapping[str, tuple[float, float]]  # Coordinates by the id of the fix; erased ones are not in it.


def who(directory: Directory, member: str) -> Who:
    known = directory.members.get(member)
    return Who(member, known.name if known else member)


def place_view(spot: Spot, fixes: Fixes) -> PlaceView:
    lat, lon = fixes.get(spot.fix or "", (None, None))
    return PlaceView(spot.kind, spot.label, lat, lon, spot.radius_m, moment(spot.at_ms))


def answered(people: Iterable[Person]) -> list[Person]:
    """Those who have said something, in the order in which they said it."""
    spoke = [person for person in people if person.answer is not None]
    return sorted(spoke, key=lambda person: person.answered_ms or 0)


def answer_view(person: Person, member: Who) -> AnswerView:
    assert person.answer is not None and person.answered_ms is not None
    return AnswerView(
        member, person.answer, person.eta_s, moment(person.answered_ms), moment_or_none(_until(person)), person.counts
    )


def _until(person: Person) -> int | None:
    """When the loan ends, or when it did; of one that ended with the alert, with the last ringing or the answer."""
    if person.answer is Answer.CANNOT or person.loan_until_ms is not None:
        return person.loan_until_ms
    return max(person.answered_ms or 0, person.rung_ms) if person.lapsed_ms is None else person.lapsed_ms
