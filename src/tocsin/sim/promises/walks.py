"""Walks: nobody is looked for too early, nobody too late, nobody twice; and what is said of a walk holds."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core import events as e
from tocsin.core import walk_events as w
from tocsin.core.commands import PinMatch
from tocsin.core.limits import FIX_KEPT_MS, WALK_EXTEND_MAX_MIN, WALK_LATE_MS
from tocsin.core.shadow import lives_of
from tocsin.core.walk_commands import WalkTaken
from tocsin.core.words import Came, WalkState
from tocsin.runtime.ledger import replayed_walk
from tocsin.sim.centre import ORG
from tocsin.sim.journal import Word
from tocsin.sim.promises.past import Past
from tocsin.sim.promises.recipients import States, states_of
from tocsin.sim.promises.scene import CLOCK_MS, Scene
from tocsin.sim.promises.walk_views import OVERSEES
from tocsin.sim.record import Story, Way
from tocsin.sim.walk_model import Timer

ENDS = {"home": w.Ending.HOME, "cancel": w.Ending.CANCELLED}
MINUTE_MS = 60_000
LATE_MS = 60_000  # A start in between.


# Time ---------------------------------------------------------------------------------------------------------------


def a_walk_keeps_its_time(scene: Scene) -> Iterator[str]:
    """I5, I6: reminded, asked and looked for when it is time, by the record's own clock."""
    for way in scene.record.ways:
        timer = Timer(way.steps[0])
        for step in way.steps[1:]:
            yield from (f"in walk {way.id} {wrong}" for wrong in timer.missed(step.at_ms, scene.journal))
            yield from (f"in walk {way.id} {wrong}" for wrong in timer.take(step))
        now_ms = scene.node.clock.now_ms() if scene.node.life is not None else 0
        yield from (f"in walk {way.id} {wrong}" for wrong in timer.missed(now_ms, scene.journal))


def nobody_is_looked_for_early(scene: Scene) -> Iterator[str]:
    """I5, by true time: from the start, and every minute it was extended by, to the alert."""
    least: dict[str, tuple[int, int]] = {}
    for step in scene.journal.stepped:
        for fact in step.facts:
            way = _way(scene, step.walk)
            event = way.steps[fact.version - 1].event if way is not None else None
            if isinstance(event, w.WalkStarted):
                least[step.walk] = (step.decided_ms(fact), event.minutes * MINUTE_MS + event.grace_ms)
            elif isinstance(event, w.WalkExtended) and step.walk in least:
                begun_ms, span_ms = least[step.walk]
                least[step.walk] = (begun_ms, span_ms + event.minutes * MINUTE_MS)
            elif isinstance(event, w.WalkOverdue) and step.walk in least:
                early_ms = sum(least[step.walk]) - step.decided_ms(fact)
                if early_ms > CLOCK_MS + scene.journal.lag_ms:
                    yield f"{step.walk} was overdue {early_ms} ms early"


def downtime_is_said(scene: Scene) -> Iterator[str]:
    for way in scene.record.ways:
        timer = Timer(way.steps[0])
        for step in way.steps[1:]:
            if isinstance(step.event, w.WalkOverdue):
                late = step.at_ms - timer.raises_ms > WALK_LATE_MS
                if late is not step.event.service_was_down:
                    yield f"{way.id} was overdue {step.at_ms - timer.raises_ms} ms late, and says {step.event}"
            list(timer.take(step))


# The alert ----------------------------------------------------------------------------------------------------------


def each_overdue_walk_raises_once(scene: Scene) -> Iterator[str]:
    """I2: exactly one press for it, in the same decision; and none for a walk that ended in time."""
    presses = _presses(scene)
    known: set[str] = set()
    for way in scene.record.ways:
        receipt = scene.node.store.receipt(ORG, "walk", way.id)
        overdue = [step for step in way.steps if isinstance(step.event, w.WalkOverdue)]
        if len(overdue) > 1 or bool(overdue) is (receipt is None):
            yield f"{way.id} was overdue {len(overdue)} times and its press is {receipt}"
        if receipt is None:
            continue
        known.add(receipt.receipt)
        if len(presses.get(receipt.receipt, ())) != 1:
            yield f"{way.id} pressed {len(presses.get(receipt.receipt, ()))} times"
        elif overdue and presses[receipt.receipt][0][1] > overdue[0].at_ms:
            yield f"{way.id} was overdue before there was an alert"
    others = [found for receipt, found in presses.items() if receipt not in known and found[0][0].came is Came.WALK]
    if others:
        yield f"an alert was raised by no walk: {others[0]}"


def _presses(scene: Scene) -> dict[str, list[tuple[e.Raised | e.PressedAgain, int]]]:
    found: dict[str, list[tuple[e.Raised | e.PressedAgain, int]]] = {}
    for story in scene.record.stories:
        for each in story.happened:
            if isinstance(each.event, e.Raised | e.PressedAgain):
                found.setdefault(each.event.receipt, []).append((each.event, each.at_ms))
    return found


def a_raised_walk_stays_raised(scene: Scene) -> Iterator[str]:
    """A late *home* takes nothing back: the walk stays raised, and the alert goes on."""
    for way in scene.record.ways:
        raised = [step for step in way.steps if isinstance(step.event, w.WalkRaised)]
        if raised and (way.walk.state is not WalkState.RAISED or way.walk.alert is None):
            yield f"{way.id} was raised and is {way.walk.state}"
        for step in way.steps:
            if isinstance(step.event, w.LateHome) and way.walk.alert is not None:
                story = scene.record.story(way.walk.alert)
                if story is None or _taken_back(story, step.at_ms):
                    yield f"a late home of {way.id} ended {way.walk.alert}"


def _taken_back(story: Story, at_ms: int) -> bool:
    """Did it close in the same decision, and not by two people or the worker's own *I am safe*?"""
    closed = [each for each in story.happened if isinstance(each.event, e.Closed) and each.at_ms == at_ms]
    return any(not isinstance(each.event, e.Closed) or not each.event.by for each in closed) and not story.alert.drill


# What is said -------------------------------------------------------------------------------------------------------


def no_acknowledged_word_of_a_walk_is_lost(scene: Scene) -> Iterator[str]:
    """I1: a walk that its phone was told of is in the record, once for each start; and so is what was said of it."""
    ways = {way.id: way for way in scene.record.ways}
    for began in scene.journal.begun.values():
        told = {reply.walk for _, reply in began.acked if isinstance(reply, WalkTaken)}
        if len(told) > 1 or not told <= ways.keys():
            yield f"{began.key} was acknowledged as {sorted(told)}"
    for word in scene.journal.words:
        way = ways.get(word.walk)
        for _, reply in word.heard if way is not None else ():
            if isinstance(reply, WalkTaken) and way is not None and not _stands(word, reply, way):
                yield f"{word.what} of {word.walk} was taken as {reply.state}, and nothing says so"


def _stands(word: Word, reply: WalkTaken, way: Way) -> bool:
    events = [step.event for step in way.steps]
    match word.what:
        case "home" | "cancel" if reply.state is WalkState.RAISED:
            return any(isinstance(event, w.LateHome) for event in events)
        case "home" | "cancel":
            return any(isinstance(event, w.WalkEnded) for event in events)
        case "extend":
            return any(isinstance(event, w.WalkExtended) and event.minutes == word.minutes for event in events)
    return True


def one_walk_at_a_time(scene: Scene) -> Iterator[str]:
    """Of one member, by the order of the record."""
    under_way: dict[str, str] = {}
    kinds = {
        fact.position: step.event for way in scene.record.ways for fact, step in zip(way.facts, way.steps, strict=True)
    }
    for fact in scene.record.facts:
        event, id = kinds.get(fact.position), fact.stream.partition("/")[2]
        if isinstance(event, w.WalkStarted):
            if event.member in under_way:
                yield f"{event.member} went on {id} while on {under_way[event.member]}"
            under_way[event.member] = id
        elif isinstance(event, w.WalkEnded | w.WalkRaised):
            under_way = {member: walk for member, walk in under_way.items() if walk != id}


def only_the_worker_ends_a_walk(scene: Scene) -> Iterator[str]:
    """Nothing ends or extends one that they did not say: no suspension, no tie, no colleague."""
    for way in scene.record.ways:
        words = [word for word in scene.journal.words if word.walk == way.id]
        for step in way.steps:
            said = [word for word in words if _says(word, step.event)]
            if isinstance(step.event, w.WalkEnded | w.WalkExtended) and not said:
                yield f"{step.event} of {way.id}, and nobody said so"


def _says(word: Word, event: w.WalkEvent) -> bool:
    if isinstance(event, w.WalkExtended):
        return word.what == "extend" and word.minutes == event.minutes
    return isinstance(event, w.WalkEnded) and ENDS.get(word.what) is event.how


def nobody_extends_for_ever(scene: Scene) -> Iterator[str]:
    for way in scene.record.ways:
        minutes = sum(step.event.minutes for step in way.steps if isinstance(step.event, w.WalkExtended))
        if minutes > WALK_EXTEND_MAX_MIN:
            yield f"{way.id} was extended by {minutes} minutes"


def a_watched_walk_needs_the_pin(scene: Scene) -> Iterator[str]:
    """In a watch window nothing ends or extends a walk but a PIN; and a wrong one never does."""
    states = states_of(scene)
    for way in scene.record.ways:
        words = [word for word in scene.journal.words if word.walk == way.id]
        for step in way.steps:
            if not isinstance(step.event, w.WalkEnded | w.WalkExtended):
                continue
            said = [word for word in words if _says(word, step.event)]
            allowed = [word for word in said if word.match in (PinMatch.REAL, PinMatch.DURESS)]
            wrong = all(word.match is PinMatch.WRONG for word in said)
            if said and (wrong or (not allowed and _watched(states.get(way.walk.member, []), step.at_ms))):
                yield f"{step.event} of {way.id} without the PIN"


def _watched(states: States, at_ms: int) -> bool:
    before = [member for since_ms, member in states if since_ms < at_ms][-1:]
    meanwhile = [member for since_ms, member in states if since_ms == at_ms]
    return bool(before) and all(member is not None and member.watch_window for member in (*before, *meanwhile))


# Who hears, and what is kept -----------------------------------------------------------------------------------------


def nobody_tied_hears_of_a_walk(scene: Scene) -> Iterator[str]:
    """No message of a walk begins to go to whoever may not be told, nor to anybody it does not concern."""
    past, walks = Past(scene.journal), {way.id: way.walk for way in scene.record.ways}
    for sent in scene.journal.sends:
        walk, delivery = walks.get(sent.alert), scene.record.deliveries.get(sent.delivery)
        if walk is None or delivery is None:
            continue
        to, states = delivery.member, past.lately(delivery.member, sent.begun_ms)
        if to != walk.member and past.barred(to, walk.member, sent.begun_ms):
            yield f"{to}, who may not be told, was sent {sent.delivery} of the walk of {walk.member}"
        watches = any(state is not None and OVERSEES & set(state.roles) for state in states)
        if to not in (walk.member, walk.buddy) and not watches:
            yield f"{to} was sent {sent.delivery} of the walk of {walk.member}"


def the_worker_hears_nothing_of_an_unseen_alert(scene: Scene) -> Iterator[str]:
    """I11: what a duress PIN raised is told to whoever helps; nothing of it goes to that phone."""
    for story in scene.record.stories:
        hidden = story.alert.unseen and not story.alert.shadows
        theirs = [one for one in story.deliveries.values() if one.member == story.alert.member]
        if hidden and theirs:
            yield f"{story.alert.member} was sent {theirs[0].purpose} of {story.id}, of which they must not know"
    for way in scene.record.ways:
        for step in way.steps:
            raised = scene.record.story(step.event.alert) if isinstance(step.event, w.WalkDuress) else None
            if raised is not None and raised.alert.raised_ms == step.at_ms and raised.id in lives_of(raised.alert):
                yield f"the duress PIN of {way.id} raised {raised.id}, and that phone is shown it"


def positions_are_forgotten(scene: Scene) -> Iterator[str]:
    """One at a time while somebody walks; none a day after they are home, and until then a wake-up to erase it."""
    store, now_ms = scene.node.store, scene.node.clock.now_ms()
    wakes = {wake.stream for wake in store.wakes(ORG)}
    for way in scene.record.ways:
        kept = store.fixes(ORG, way.id)
        if len(kept) > 1:
            yield f"{len(kept)} positions of {way.id} are kept"
        if kept and way.walk.ended_ms is not None:
            if now_ms > way.walk.ended_ms + FIX_KEPT_MS + LATE_MS:
                yield f"a position of {way.id} is kept for longer than a day"
            elif f"fixes/{way.id}" not in wakes:
                yield f"a position of {way.id} is kept, and nothing will erase it"


def a_walk_is_what_its_facts_tell(scene: Scene) -> Iterator[str]:
    """I17: in the store, and in memory; and none is under way when all is at rest."""
    for way in scene.record.ways:
        if replayed_walk(way.facts) != way.walk:
            yield f"walk {way.id} is not what its facts tell"
        if scene.node.life is not None and scene.node.world.walk(ORG, way.id) != way.walk:
            yield f"walk {way.id} in memory is not that of the store"
        if way.walk.open:
            yield f"walk {way.id} of {way.walk.member} is still under way"


def _way(scene: Scene, id: str) -> Way | None:
    return next((way for way in scene.record.ways if way.id == id), None)
