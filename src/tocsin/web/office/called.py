"""Somebody who was named in a field: found by name, by its beginnings, or by id."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.access.people_sight import MemberView
from tocsin.web.forms import Form
from tocsin.web.office.people import is_called
from tocsin.web.office.saying import folded
from tocsin.web.speaking import words

OFFERED_MAX = 6
NOBODY = words("Nobody here is called %(who)s.")
SEVERAL = words("Several are called so; write which: %(people)s.")
MANY = words("Many people are called %(who)s. Write more of the name.")


def meant(form: Form, field: str, typed: str, everybody: Sequence[MemberView]) -> str:
    """The id of whoever was meant; empty, with a fault beside the field, where that is not clear."""
    exact = [one for one in everybody if one.id == typed or folded(one.name) == folded(typed)]
    parts = folded(typed).split()
    found = exact or [one for one in everybody if all(is_called(one, part) for part in parts)]
    if len(found) == 1:
        return found[0].id
    if not found:
        form.fault(field, NOBODY, who=typed)
    elif len(found) > OFFERED_MAX:
        form.fault(field, MANY, who=typed)
    else:
        form.fault(field, SEVERAL, people=", ".join(f"{one.name} ({one.id})" for one in found))
    return ""
