"""Cuts the power at every operation of many small lives of a store, and looks at what the next start finds.

A life runs once, on a `Disk` that journals what it does and with a note of what `append` had returned by then.  The
journal is then played into a `Platter`, and before each operation is through the power goes: what survives is opened
by the store itself, so that recovery, migrations and settings run, and must be exactly what had been acknowledged,
or that and the whole of the batch that was under way.  Every second life begins on what one such crash left behind.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

import apsw
from msgspec import Struct

from tocsin.ports import Change, Conflict, Store, Stored, StoreError
from tocsin.sim.disk import MEMORY, SYNCS, Disk, Operation, Platter, Weather, lay, weather
from tocsin.sim.night import night
from tocsin.sim.scripts import intake
from tocsin.store.backup import damage
from tocsin.store.connection import Synchronous
from tocsin.store.sqlite import SqliteStore

STORE = "tocsin.db"
SESSIONS = 2  # Clean stops and starts in one life, so that emptying and deleting the log is among the operations.
LIVES = 2  # Of one seed: the second begins on what a crash in the first left behind.
COPY_WATCHED = 20  # Operations after which a backup that was whole is only looked for, not opened again.
CHECKPOINT_PAGES = (2, 5, 20, 1_000)
TABLES = ("fact", "snapshot", "delivery", "wake", "receipt", "fix")

Script = Callable[[Store, Weather], None]
"""What happens in one session.  It goes on from whatever is in the store; a backup's path is a plain name."""

Image = dict[str, bytes]
Told = tuple[object, ...]
"""Every row of every table."""


class Verdict(StrEnum):
    """What a start after a crash found."""

    WHOLE = "whole"
    LOST = "lost"
    UNREADABLE = "unreadable"


class CrashReport(Struct, frozen=True):
    """`lost`: at how many points something acknowledged was gone, or half of something else was there;
    `unreadable`: at how many the store did not open or was damaged.  Start at `first_failing_seed` to see it again.
    """

    points: int
    lost: int
    unreadable: int
    synchronous: str
    seeds: int
    first_failing_seed: int | None = None
    first_failure: str | None = None


SCRIPTS: tuple[Script, ...] = (intake, night)


class Point(Struct, frozen=True):
    """One cut of the power."""

    seed: int
    where: str
    verdict: Verdict


class Copy(Struct):
    """A backup: what it must hold if it is there, and after how many operations it must be there."""

    name: str
    told: Told
    whole_after: int | None = None


class Life(Struct):
    """One recorded life.  `told[n]` is what the store held after `n` appends had returned; `after[n]` says when."""

    journal: Sequence[Operation] = ()
    told: list[Told] = []
    after: list[int] = []
    copies: list[Copy] = []

    def may_find(self, operations: int) -> list[Told]:
        """What a start may find that comes when so many operations are through."""
        begun = sum(1 for done in self.after if done <= operations)
        return self.told[max(0, begun - 1) : begun + 1]


class Witness:
    """The store of a life, which notes what it acknowledged and when."""

    def __init__(self, store: SqliteStore, disk: Disk, life: Life) -> None:
        self._store, self._disk, self._life = store, disk, life
        self._note(0 if not life.told else disk.operations)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def append(self, changes: Sequence[Change]) -> list[Stored | Conflict]:
        verdicts = self._store.append(changes)
        self._note(self._disk.operations)
        return verdicts

    def backup(self, path: str) -> None:
        copy = Copy(path, told(self._store))
        self._life.copies.append(copy)
        self._store.backup(self._disk.path(path))
        copy.whole_after = self._disk.operations

    def _note(self, operations: int) -> None:
        self._life.told.append(told(self._store))
        self._life.after.append(operations)


def crash_points(
    points: int, seed: int = 0, synchronous: Synchronous = "FULL", *, script: Script | None = None
) -> CrashReport:
    """Cut the power at `points` operations of the lives of `seed`, `seed` + 1 and so on.

    Without a `script` the lives of even seeds are `intake`'s, those of odd ones `night`'s.
    """
    with contextlib.closing(Scratch()) as scratch:
        cuts = (_cuts(number, synchronous, script, scratch) for number in itertools.count(seed))
        return report_of(itertools.islice(itertools.chain.from_iterable(cuts), points), synchronous)


def report_of(cuts: Iterable[Point], synchronous: Synchronous) -> CrashReport:
    """What these cuts of the power showed."""
    cuts = list(cuts)
    bad = [cut for cut in cuts if cut.verdict is not Verdict.WHOLE]
    return CrashReport(
        points=len(cuts),
        lost=sum(cut.verdict is Verdict.LOST for cut in bad),
        unreadable=sum(cut.verdict is Verdict.UNREADABLE for cut in bad),
        synchronous=synchronous,
        seeds=len({cut.seed for cut in cuts}),
        first_failing_seed=bad[0].seed if bad else None,
        first_failure=bad[0].where if bad else None,
    )


def every_cut(seed: int, synchronous: Synchronous = "FULL") -> list[Point]:
    """All cuts of the power in the lives of one seed."""
    with contextlib.closing(Scratch()) as scratch:
        return list(_cuts(seed, synchronous, None, scratch))


def _cuts(number: int, synchronous: Synchronous, script: Script | None, scratch: Scratch) -> Iterator[Point]:
    chance = weather(number)
    image: Image = {}
    for nth in range(LIVES):
        life = lived(script or SCRIPTS[number % len(SCRIPTS)], chance, synchronous, image)
        chosen, began, image = chance.randrange(len(life.journal)), image, {}
        for operations, survivors in enumerate(crashes(life.journal, began, chance)):
            verdict = scratch.verdict(life, operations, survivors, synchronous)
            act = life.journal[operations]
            if operations == chosen and verdict is Verdict.WHOLE:
                image = survivors
            yield Point(number, f"{verdict}: life {nth}, {act.act} of {act.name} after {operations}", verdict)


def lived(script: Script, chance: Weather, synchronous: Synchronous, image: Image) -> Life:
    """Run one life to its end on a disk that holds `image`, and say what happened."""
    life = Life()
    with contextlib.closing(Disk(image=image)) as disk:
        for _ in range(SESSIONS):
            pages = chance.choice(CHECKPOINT_PAGES)
            with contextlib.closing(_store(disk, synchronous, pages)) as store:
                script(Witness(store, disk, life), chance)  # type: ignore[arg-type]
        life.journal = disk.journal
    return life


def crashes(journal: Sequence[Operation], image: Image, chance: Weather) -> Iterator[Image]:
    """What survives if the power goes at each operation of a journal that began on `image`.

    A write, or a change of a name, may have reached the disk when the power went; a sync had not returned.
    """
    platter = Platter(image)
    for operation in journal:
        if operation.act not in SYNCS:
            platter.do(operation)
        yield platter.survivors(chance)
        if operation.act in SYNCS:
            platter.do(operation)


class Scratch:
    """A folder in which survivors are opened, one after the other."""

    def __init__(self) -> None:
        self.root, self.opened = tempfile.mkdtemp(prefix="tocsin-crash-", dir=MEMORY), 0

    def verdict(self, life: Life, operations: int, image: Image, synchronous: Synchronous) -> Verdict:
        """Start on what survived, and compare."""
        self.opened += 1
        folder = f"{self.root}/{self.opened}"
        lay(image, folder)
        try:
            found = _found(f"{folder}/{STORE}", synchronous)
            whole = found in life.may_find(operations)
            copies = all(_copy_whole(copy, operations, folder, synchronous) for copy in life.copies)
            return Verdict.WHOLE if whole and copies else Verdict.LOST
        except (StoreError, apsw.Error):
            return Verdict.UNREADABLE
        finally:
            shutil.rmtree(folder)

    def close(self) -> None:
        shutil.rmtree(self.root)


def told(store: SqliteStore) -> Told:
    """Every row of every table, as the store's reader sees them."""
    return tuple(tuple(sorted(store.reader.execute(f"select * from {table}"), key=repr)) for table in TABLES)  # noqa: S608  # nosec B608


def _found(path: str, synchronous: Synchronous) -> Told:
    """What a store that is opened anew holds.  Raises StoreError if it does not open or is damaged."""
    with contextlib.closing(SqliteStore(path, synchronous=synchronous)) as store:
        if damage(store.reader):
            raise StoreError("damaged")
        return told(store)


def _copy_whole(copy: Copy, operations: int, folder: str, synchronous: Synchronous) -> bool:
    """A backup is there from when `backup` returned, and is whole whenever it is there."""
    path = f"{folder}/{copy.name}"
    due = copy.whole_after is not None and operations >= copy.whole_after
    if not os.path.exists(path):
        return not due
    if copy.whole_after is not None and operations > copy.whole_after + COPY_WATCHED:
        return True
    return _found(path, synchronous) == copy.told


def _store(disk: Disk, synchronous: Synchronous, pages: int) -> SqliteStore:
    return SqliteStore(
        disk.path(STORE), vfs=disk.name, files=disk.files, synchronous=synchronous, checkpoint_pages=pages
    )
