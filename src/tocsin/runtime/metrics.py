"""`/metrics`: what the node counts, and how it stands at the moment of the scrape, as Prometheus reads it.

Theory of operation
-------------------
Numbers are added to in `tally.py` where things happen; here they are only put into words, when somebody asks.  A label
is a word of the core, or a name that the program itself gives (a vendor, a part, a page): whatever is neither becomes
*other*, so that nothing anybody wrote can come out here (I25).  Reading changes nothing.

An alert that hides is not counted among the open ones.  It cannot hide in all of this: whoever reads the counters of
presses and sends second by second sees that something is sent, and one that reaches nobody must be seen by somebody.
So these figures are for whoever runs the system, on no screen that others pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tocsin.core.limits import SECOND_MS
from tocsin.core.raising import loud
from tocsin.core.words import Came, Channel, Phase
from tocsin.runtime.loop import Bell
from tocsin.runtime.readiness import PAGES, PARTS, Readiness
from tocsin.runtime.tally import Spread

CONTENT_TYPE = CONTENT_TYPE_LATEST
OTHER = "other"
SECOND_NS = 1_000_000_000


class Metrics:
    """Of one node.  `vendors`: every name that a way out may have.  `disk_free`: bytes, or None where nobody knows.

    `healths`: of each channel and vendor, whether it is thought well; empty where nobody minds.
    `certificate_expires_s`: of our own certificate, seconds since 1970.
    `last_done`: when the reconciliation and the backup were last done, by name.
    """

    def __init__(
        self,
        bell: Bell,
        readiness: Readiness,
        *,
        vendors: Iterable[str] = (),
        disk_free: Callable[[], int | None] = lambda: None,
        healths: Callable[[], Iterable[tuple[Channel, str, bool]]] = tuple,
        last_done: Mapping[str, Callable[[], int | None]] | None = None,
        certificate_expires_s: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._bell, self._readiness, self._vendors = bell, readiness, frozenset(vendors)
        self._disk_free, self._healths, self._last_done = disk_free, healths, last_done or {}
        self._certificate_expires_s = certificate_expires_s
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Scrape(self.families))
        ProcessCollector(namespace="tocsin", registry=self._registry)

    def text(self) -> bytes:
        """The whole page."""
        return generate_latest(self._registry)

    def families(self) -> Iterator[Metric]:
        yield from self._queues()
        yield from self._alerts()
        yield from self._counts()
        yield from self._spreads()
        yield from self._state()

    def _queues(self) -> Iterator[Metric]:
        bell, tally = self._bell, self._bell.tally
        now_ms, since_ns, oldest_ms = bell.clock.now_ms(), bell.waiting_since_ns, bell.outbox.oldest_ms
        length = GaugeMetricFamily("tocsin_queue_length", "Commands, or messages, that wait.", labels=("queue",))
        length.add_metric(("loop",), bell.waiting)
        length.add_metric(("outbox",), len(bell.outbox))
        yield length
        age = GaugeMetricFamily("tocsin_queue_age_seconds", "How long the oldest has waited.", labels=("queue",))
        age.add_metric(("loop",), 0 if since_ns is None else (tally.elapsed_ns() - since_ns) / SECOND_NS)
        age.add_metric(("outbox",), 0 if oldest_ms is None else max(now_ms - oldest_ms, 0) / SECOND_MS)
        yield age
        yield GaugeMetricFamily("tocsin_wakes_armed", "Wake-ups that stand.", value=len(bell.wakes))
        yield GaugeMetricFamily("tocsin_ledger_position", "Of the newest fact this process knows.", value=bell.position)

    def _alerts(self) -> Iterator[Metric]:
        everything = tuple(self._bell.world.open.values())
        alerts = tuple(alert for alert in everything if alert.drill or loud(alert))
        by_state = Counter((alert.phase, alert.drill) for alert in alerts)
        standing = GaugeMetricFamily(
            "tocsin_open_alerts", "Alerts that are open and hide from nobody.", labels=("state", "drill")
        )
        for phase in (Phase.CLIMBING, Phase.PAUSED):
            for drill in (False, True):
                standing.add_metric((phase, str(drill).lower()), by_state[phase, drill])
        yield standing
        people = [person for alert in alerts for person in alert.people.values() if not person.withdrawn]
        loans = sum(person.loan_until_ms is not None for person in people)
        yield GaugeMetricFamily("tocsin_loans", "Answers that stand and will lapse.", value=loans)
        unreached = sum(person.unreachable is not None for person in people)
        yield GaugeMetricFamily("tocsin_unreached_people", "Rung people whom nothing reaches.", value=unreached)
        nobody = sum(alert.reaches_nobody for alert in everything if not alert.drill)
        yield GaugeMetricFamily("tocsin_alerts_reaching_nobody", "Live alerts that reach nobody.", value=nobody)

    def _counts(self) -> Iterator[Metric]:
        tally = self._bell.tally
        presses = CounterMetricFamily("tocsin_presses", "Presses taken, by how they came.", labels=("came",))
        for came in Came:
            presses.add_metric((came,), tally.presses[came])
        yield presses
        words = ("channel", "vendor", "state", "reason")
        moved = CounterMetricFamily("tocsin_deliveries", "Changes of messages, by where they led.", labels=words)
        merged: Counter[Sequence[str]] = Counter()
        for (channel, vendor, state, reason), count in tally.deliveries.items():
            merged[channel.value, self._vendor(vendor), state.value, reason.value if reason else ""] += count
        for labels, count in sorted(merged.items()):
            moved.add_metric(labels, count)
        yield moved
        sends = CounterMetricFamily("tocsin_sends", "Physical sends.", labels=("channel", "vendor", "outcome"))
        for (channel, vendor, outcome), count in sorted(tally.sends.items()):
            sends.add_metric((channel.value, self._vendor(vendor), outcome), count)
        yield sends
        yield from self._troubles()

    def _troubles(self) -> Iterator[Metric]:
        refusals = CounterMetricFamily("tocsin_store_refusals", "Batches the store refused.", labels=("error",))
        for error, count in sorted(self._bell.tally.refusals.items()):
            refusals.add_metric((error,), count)
        yield refusals
        signatures = "Carriers' calls with a wrong signature."
        yield CounterMetricFamily("tocsin_bad_signatures", signatures, value=self._readiness.bad_signatures)
        pages = CounterMetricFamily("tocsin_pages", "How often the operator was paged.", labels=("page",))
        for name in sorted(PAGES):
            pages.add_metric((name,), self._readiness.pages[name])
        yield pages

    def _vendor(self, name: str) -> str:
        return name if not name or name in self._vendors else OTHER

    def _spreads(self) -> Iterator[Metric]:
        tally = self._bell.tally
        yield _histogram("tocsin_commit_seconds", "One transaction, synced.", tally.commits, SECOND_NS)
        yield _histogram("tocsin_press_accept_seconds", "Press to receipt.", tally.presses_accepted, SECOND_NS)
        yield _histogram("tocsin_text_accept_seconds", "Text in to durable.", tally.texts_accepted, SECOND_NS)
        yield _histogram("tocsin_batch_commands", "Commands in one transaction.", tally.batches, 1)
        yield _histogram("tocsin_wake_lateness_seconds", "How late timers rang.", self._bell.wakes.lateness, SECOND_MS)

    def _state(self) -> Iterator[Metric]:
        reasons = Counter(part if part in PARTS else OTHER for part in (r.part for r in self._readiness.reasons()))
        standing = GaugeMetricFamily("tocsin_not_ready", "Reasons why readyz is red.", labels=("part",))
        for part, count in sorted(reasons.items()):
            standing.add_metric((part,), count)
        yield standing
        yield GaugeMetricFamily("tocsin_ready", "1 while readyz is green.", value=int(not reasons))
        words = ("channel", "vendor")
        healthy = GaugeMetricFamily("tocsin_vendor_healthy", "1 while a vendor is thought well.", labels=words)
        for channel, vendor, well in sorted(self._healths()):
            healthy.add_metric((channel.value, self._vendor(vendor)), int(well))
        yield healthy
        free = self._disk_free()
        if free is not None:
            yield GaugeMetricFamily("tocsin_disk_free_bytes", "Where the data lies.", value=free)
        expires_s = self._certificate_expires_s()
        if expires_s is not None:
            what = "When our own certificate ends."
            yield GaugeMetricFamily("tocsin_certificate_expires_timestamp_seconds", what, value=expires_s)
        for name, last_ms in self._last_done.items():
            at_ms = last_ms()
            if at_ms is not None:
                what = f"When the {name} was last done."
                yield GaugeMetricFamily(f"tocsin_last_{name}_timestamp_seconds", what, value=at_ms / SECOND_MS)


class _Scrape(Collector):
    def __init__(self, families: Callable[[], Iterator[Metric]]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return self._families()


def _histogram(name: str, sentence: str, spread: Spread, unit: int) -> Metric:
    """`unit`: how many of the spread's make one of the metric's."""
    seen, buckets = 0, []
    for bound, count in zip(spread.bounds, spread.counts, strict=False):
        seen += count
        buckets.append((repr(bound / unit), seen))
    buckets.append(("+Inf", seen + spread.counts[-1]))
    return HistogramMetricFamily(name, sentence, buckets=buckets, sum_value=spread.total / unit)
