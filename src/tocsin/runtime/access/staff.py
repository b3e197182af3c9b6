"""Everybody who works here in order of name, as long lists show them: made anew for those alone who are another value.

Theory of operation
-------------------
Ten thousand people take a good part of a tenth of a second to put into a list, and a page of the office needs it, while
a press may wait.  What such a list says of a member is the same for every reader who may read members (no contacts, no
ties), and an organisation shares with the one before it whoever did not change: so the list is brought from the one to
the other as a phonebook is (`runtime/phonebook.py`).  Whoever stands for a desk is in none.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.access.people_sight import MemberView, member_view
from tocsin.core.directory import Directory, Member


class Staff:
    """Of one organisation.  `looked_at`: people, until now."""

    def __init__(self) -> None:
        self._members: Mapping[str, Member] = {}
        self._views: dict[str, MemberView] = {}
        self._places: dict[str, tuple[str, str]] = {}  # By what they stand in order.
        self._order: list[str] = []
        self.looked_at = 0

    def of(self, directory: Directory) -> list[MemberView]:
        """A list of the caller's own."""
        if directory.members is not self._members:
            self._turn_to(directory)
        return [self._views[id] for id in self._order]

    def _turn_to(self, directory: Directory) -> None:
        before, after = self._members, directory.members
        changed = [member for id, member in after.items() if before.get(id) is not member and not member.seat]
        places = {member.id: (member.name.casefold(), member.id) for member in changed}
        gone = before.keys() - after.keys()
        for id in gone:
            self._views.pop(id, None)
            self._places.pop(id, None)
        if gone or any(self._places.get(id) != place for id, place in places.items()):
            self._places.update(places)
            self._order = sorted(self._places, key=self._places.__getitem__)
        self._views.update((one.id, member_view(directory, one, "", (), contacts=False)) for one in changed)
        self._members = after
        self.looked_at += len(changed)
