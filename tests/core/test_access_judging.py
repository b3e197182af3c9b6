"""A file is judged before it is asked for; what was found counts only while the organisation is that very value."""

from __future__ import annotations

from msgspec.structs import replace
from second_person import file, peopled
from ward import ORG, PEOPLE, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.edits import Judged
from tocsin.core.access.judging import judged
from tocsin.core.directory import Directory, Shift
from tocsin.core.findings import Wrong
from tocsin.core.findings import found as a_finding


def found(ward: Ward, wanted: Directory) -> Judged:
    return judged(ward.world.directory(ORG), wanted, ward.now_ms, lambda number: False)


def asked(ward: Ward, wanted: Directory, known: Judged | None) -> c.Reply:
    return ward.do(c.ReplaceDirectory(org=ORG, directory=wanted, by="file", judged=known))


def emptied(ward: Ward) -> Directory:
    return file(ward, name="Birch", shifts=(Shift(SITE, ("noor",), 0, 10**15),))


def outcome(reply: c.Reply) -> tuple[int, int]:
    assert isinstance(reply, c.Done) and reply.split is not None, reply
    return len(reply.split.now), len(reply.split.waiting)


def guarded() -> Ward:
    ward = peopled()
    ward.guarded()
    return ward


def test_what_was_found_beforehand_decides_as_what_is_found_in_the_decision() -> None:
    before, within = guarded(), guarded()
    one = outcome(asked(before, emptied(before), found(before, emptied(before))))
    other = outcome(asked(within, emptied(within), None))
    assert one == other == (1, 1) and before.directory.name == "Birch" and before.directory == within.directory


def test_it_is_not_looked_for_again_while_nothing_has_changed() -> None:
    ward = guarded()
    told = (a_finding("shift 1", Wrong.SHIFT_ENDS_FIRST),)
    believed = replace(found(ward, emptied(ward)), findings=told)
    assert asked(ward, emptied(ward), believed) == c.Declined(problem=c.Problem.BAD_DIRECTORY, findings=told)


def test_what_was_found_before_something_else_changed_is_worth_nothing() -> None:
    """Else whoever is quick could have their file weighed against a roster that is gone."""
    ward = guarded()
    harmless = found(ward, file(ward))
    assert not harmless.edits
    ward.change("bo", language="es")
    assert outcome(asked(ward, emptied(ward), harmless)) == (1, 1)


def test_a_file_that_is_none_is_refused_with_all_its_findings() -> None:
    ward = guarded()
    wrong = file(ward, shifts=(Shift("nowhere", ("nobody",), 5, 1),))
    known = found(ward, wrong)
    assert len(known.findings) == 4 and not known.edits
    assert asked(ward, wrong, known) == asked(ward, wrong, None)
    assert set(ward.directory.members) == set(PEOPLE)
