"""The doctor looks at a record while the server writes it: what is only newer is not wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rig import ORG, Rig

from tocsin.core.words import Answer
from tocsin.ports import Snapshot
from tocsin.runtime import doctor
from tocsin.store.memory import MemoryStore


class ReadEarlier(MemoryStore):
    """A store whose list of states was read a moment ago; all else is as of now."""

    def __init__(self, store: MemoryStore, read: Sequence[Snapshot]) -> None:
        self.__dict__.update(vars(store))
        self._read = read

    def snapshots(self, org: str, kind: str, *, only_open: bool = False) -> Iterator[Snapshot]:
        return iter(self._read)


async def test_a_record_that_grows_while_it_is_read_is_no_damaged_one(rig: Rig) -> None:
    alert = await rig.raised()
    earlier = list(rig.store.snapshots(ORG, "alert"))
    await rig.say(alert, "teo", Answer.COMING)
    assert list(doctor.record_findings(ReadEarlier(rig.store, earlier), ORG)) == []
