"""A site file of thousands is taken in one go."""

from __future__ import annotations

from msgspec.structs import replace
from people import ORG, directory
from town import Town

from tocsin.core.access.applying import replace_directory
from tocsin.core.commands import ReplaceDirectory
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import Docket


class CountingDocket(Docket):
    """Knows how often the whole organisation was made anew."""

    copies = -1

    def __setattr__(self, name: str, value: object) -> None:
        self.__dict__["copies"] = self.copies + isinstance(value, Directory)
        super().__setattr__(name, value)


def test_a_thousand_new_members_do_not_copy_the_organisation_a_thousand_times(town: Town) -> None:
    wanted = directory()
    crowd = {f"member-{number}": Member(f"member-{number}", f"Member {number}") for number in range(1_000)}
    docket = CountingDocket(town.world, ORG, town.now_ms, Dice(bytes(32)))
    command = ReplaceDirectory(org=ORG, directory=replace(wanted, members={**wanted.members, **crowd}), by="file")
    replace_directory(docket, command)
    assert len(docket.members) == 1_000 and docket.copies <= 4
