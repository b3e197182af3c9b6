"""One night outside: a server on an empty disk, people who press, one fault after another, and the verdict."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, field

from tocsin.bench.outside.faults import STRIKES, WEATHER, Fault, Scene
from tocsin.bench.outside.keeper import Dress, Keeper
from tocsin.bench.outside.phones import SILENT_S, Outcome, Phones, Pressed
from tocsin.bench.outside.site import outside_site
from tocsin.bench.outside.verdict import Record, logged, lost, outcomes
from tocsin.bench.outside.waiting import passed, until
from tocsin.bench.town import device_tokens, verb
from tocsin.core.dice import Dice
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox.box import Sandbox
from tocsin.sandbox.faults import Fault as CarrierFault
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.serving import serve

WORKERS, TEXTERS = 150, 10
CARRIER_MS = 40  # The carrier answers this late, so that requests are under way when the server dies.
DISK_MB = 96
TRUTH_S = 3.0  # I16.
RECOVER_MAX_S = 30.0
SETTLE_MAX_S = 90.0
PROBE_EACH_S = 0.2
NOTES = 5


class Plan(Struct, frozen=True):
    """What happens in a night; the same seed gives the same order and the same waits.

    `patience_s`: after this a phone calls the server silent.
    """

    seed: int
    faults: Sequence[Fault]
    each_second: float
    small_disk: bool
    patience_s: float = SILENT_S


class Night(Struct):
    """The figures of one night.  Everything that `broken` names is a broken promise."""

    seed: int
    faults: dict[str, int] = field(default_factory=dict)
    presses: int = 0
    tries: dict[str, int] = field(default_factory=dict)
    accepted: int = 0
    given_up: int = 0
    messages: int = 0
    sends_max: int = 0
    resent: int = 0
    starts: int = 0
    failed_starts: int = 0
    truth_max_ms: float = 0.0
    late_max_ms: float = 0.0
    broken: dict[str, int] = field(default_factory=dict)
    log: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # What doctor says, and who was not rung: the first few of each.


def planned(seed: int, strikes: int, each_second: float, without: Collection[str] = (), *, small_disk: bool) -> Plan:
    """So many kills and pauses in any mixture, and once each all else that this disk allows, in any order."""
    dice = _dice(seed, "plan")
    strike = [fault for fault in STRIKES if fault.name not in without]
    faults: list[Fault] = [strike[dice.below(len(strike))] for _ in range(strikes if strike else 0)]
    for fault in WEATHER:
        if fault.name not in without and (small_disk or not fault.small_disk):
            faults.insert(dice.below(len(faults) + 1), fault)
    return Plan(seed, tuple(faults), each_second, small_disk)


def _dice(seed: int, purpose: str) -> Dice:
    return Dice(seed.to_bytes(32, "big") + purpose.encode())


class NoSmallDisk(Exception):
    """A small disk could not be mounted: only root may, and where mounts are allowed; run the harness there."""


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A tmpfs of DISK_MB on this folder.  Raises NoSmallDisk."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:  # noqa: S603
        raise NoSmallDisk(NoSmallDisk.__doc__)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)  # noqa: S603, S607


@contextlib.contextmanager
def plain_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    yield folder


async def through(plan: Plan) -> Night:
    """Live through one night.  Raises RuntimeError if the server does not come back at all."""
    with TemporaryDirectory(prefix="tocsin-outside-") as place:
        folder = Path(place)
        with (small_disk if plan.small_disk else plain_disk)(folder / "disk") as disk:
            async with _carrier(folder) as (sandbox, carrier_url):
                keeper = Keeper(folder, disk / "data", carrier_url, sandbox)
                return await _Hours(plan, folder, disk, sandbox, keeper).through()


@contextlib.asynccontextmanager
async def _carrier(folder: Path) -> AsyncIterator[tuple[Sandbox, str]]:
    sandbox = Sandbox(SteadyClock(folder), SystemEntropy(), HttpHooks())
    sandbox.fault(None, CarrierFault(slow_ms=CARRIER_MS))
    async with serve(sandbox) as serving:
        yield sandbox, serving.base_url


class _Hours:
    """The hours of one night, in order."""

    def __init__(self, plan: Plan, folder: Path, disk: Path, sandbox: Sandbox, keeper: Keeper) -> None:
        self._plan, self._folder, self._disk = plan, folder, disk
        self._sandbox, self._keeper = sandbox, keeper
        self._faults: Counter[str] = Counter()
        self._broken: Counter[str] = Counter()
        sandbox.sms_url = f"{keeper.url}/hooks/twilio/sms"

    async def through(self) -> Night:
        data, workers = self._disk / "data", [f"w{number}" for number in range(WORKERS)]
        texters = [f"t{number}" for number in range(TEXTERS)]
        site = self._folder / "site.toml"
        site.write_text(outside_site(WORKERS, TEXTERS))
        await asyncio.to_thread(verb, ["apply", str(site)], data)
        await self._keeper.start()
        tokens = await asyncio.to_thread(device_tokens, data, workers + texters)
        phones = Phones(self._sandbox, self._keeper.port, tokens[:WORKERS], TEXTERS, self._plan.patience_s)
        try:
            await self._pressed(phones)
            await self._settled(phones, tokens[WORKERS:])
            return await self._verdict(phones, tokens)
        finally:
            await phones.close()
            await self._keeper.end()

    # Trouble ------------------------------------------------------------------------------------------------------

    async def _pressed(self, phones: Phones) -> None:
        stop = asyncio.Event()
        load = asyncio.get_running_loop().create_task(phones.press_on(self._plan.each_second, stop))
        scene = Scene(self._keeper, phones, _dice(self._plan.seed, "faults"), self._disk)
        try:
            for fault in self._plan.faults:
                self._faults["stop"] += await self._keeper.dressed(fault.dress)
                await self._struck(fault, scene)
        finally:
            stop.set()
            await load

    async def _struck(self, fault: Fault, scene: Scene) -> None:
        self._faults[fault.name] += 1
        self._broken[f"{fault.name}_without_effect"] += not await fault.strike(scene)
        self._broken[f"stuck_after_{fault.name}"] += not await self._recovered(scene.phones)

    async def _recovered(self, phones: Phones) -> bool:
        loop = asyncio.get_running_loop()
        end_s = loop.time() + RECOVER_MAX_S
        while not await phones.probe():
            if loop.time() >= end_s:
                return False
            await passed(PROBE_EACH_S)
        return True

    # Peace --------------------------------------------------------------------------------------------------------

    async def _settled(self, phones: Phones, texter_tokens: Sequence[str]) -> None:
        """A last life without any fault, until everybody is told whoever is to be told."""
        self._keeper.dress = Dress.PLAIN
        await self._keeper.kill()
        alerts = [await phones.own_alert(token) for token in texter_tokens]
        for pressed in phones.journal:
            if pressed.sid and pressed.taken:
                pressed.alert = alerts[int(pressed.who[1:])]
        await until(lambda: not self._owed(phones), SETTLE_MAX_S)

    def _owed(self, phones: Phones) -> int:
        record = Record(self._sandbox.sent)
        return len(record.unrung(phones.journal)) + record.unwoken(phones.journal)

    async def _verdict(self, phones: Phones, tokens: Sequence[str]) -> Night:
        journal, record, keeper = phones.journal, Record(self._sandbox.sent), self._keeper
        tried = outcomes(journal)
        waited = [keeper.waited_s(each.began_s, each.ended_s) for pressed in journal for each in pressed.tries]
        named, leaks = logged(keeper.log, tokens)
        unrung = record.unrung(journal)
        await keeper.kill()
        errors = await self._record_errors()
        self._broken += Counter(
            lost=await lost(phones),
            unrung=len(unrung),
            unwoken=record.unwoken(journal),
            early=record.early(journal),
            sent_too_often=record.sent_too_often,
            silent=tried[Outcome.SILENT],
            odd_answers=tried[Outcome.ODD],
            untold=sum(seconds > TRUTH_S for seconds in waited),
            unasked_ends=len(keeper.unasked),
            faults_logged=named.total(),
            leaks=leaks,
            record_errors=len(errors),
        )
        return Night(
            seed=self._plan.seed,
            faults=dict(self._faults),
            presses=len(journal),
            tries={outcome.value: tried[outcome] for outcome in Outcome},
            accepted=sum(pressed.taken for pressed in journal),
            given_up=sum(not pressed.taken for pressed in journal),
            messages=len(record.sends),
            sends_max=record.sends_max,
            resent=sum(count > 1 for count in record.sends.values()),
            starts=keeper.starts,
            failed_starts=keeper.failed_starts,
            truth_max_ms=round(max(waited, default=0.0) * 1_000, 1),
            late_max_ms=round(record.late_max_s(journal) * 1_000, 1),
            broken={name: count for name, count in sorted(self._broken.items()) if count},
            log=dict(named),
            notes=[*errors[:NOTES], *(self._unrung_note(record, *each) for each in unrung[:NOTES])],
        )

    def _unrung_note(self, record: Record, pressed: Pressed, to: str) -> str:
        tries = ", ".join(f"{each.outcome} {each.ended_s - pressed.began_s:+.2f} s" for each in pressed.tries)
        sent_s = record.last_s.get((pressed.alert, to), 0.0) - pressed.began_s
        return f"{pressed.who} ({tries}): the last message to one of those rung went at {sent_s:+.2f} s"

    async def _record_errors(self) -> list[str]:
        """What `tocsin doctor` finds wrong with the store and the record."""
        findings = (await self._keeper.asked(["doctor"]))["findings"]
        return [str(finding["what"]) for finding in findings if finding["level"] == "error"]
