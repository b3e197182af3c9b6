"""Answers: none is lost, and nobody's word is changed."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core import events as e
from tocsin.core.words import Answer
from tocsin.sim.journal import Journal, Said
from tocsin.sim.promises.scene import CLOCK_MS, Scene
from tocsin.sim.record import Story


def no_accepted_answer_is_lost(scene: Scene) -> Iterator[str]:
    for said in scene.journal.answers:
        story = scene.record.story(said.alert)
        if said.acked_ms is not None and (story is None or not _is_told(said, story, scene.journal.lag_ms)):
            yield f"{said.member} said {said.answer} to {said.alert}, was thanked, and the record does not know it"


def _is_told(said: Said, story: Story, lag_ms: int) -> bool:
    assert said.acked_ms is not None
    if story.alert.closed_ms is not None and story.alert.closed_ms <= said.acked_ms + CLOCK_MS:
        return True  # A text to an alert that is over is answered *it is over*.
    for happened in story.happened:
        event = happened.event
        if isinstance(event, e.Answered) and event.member == said.member:
            near = said.tried_ms - CLOCK_MS - lag_ms <= happened.at_ms <= said.acked_ms + CLOCK_MS
            if near and (event.answer is said.answer or said.answer is Answer.SEEN):
                return True
    return _said_nothing_new(said, story)


def _said_nothing_new(said: Said, story: Story) -> bool:
    """*Seen* after *coming* is taken and changes nothing; somebody withdrawn is heard by text and not counted."""
    standing: Answer | None = None
    for happened in story.happened:
        event = happened.event
        if happened.at_ms > (said.acked_ms or 0) + CLOCK_MS:
            break
        if isinstance(event, e.Answered) and event.member == said.member:
            standing = event.answer
        if isinstance(event, e.Withdrawn) and event.member == said.member:
            return True
    return said.answer is Answer.SEEN and standing in (Answer.COMING, Answer.WITH_THEM)


def nobody_s_word_is_changed(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        last: dict[str, Answer] = {}
        for happened in story.happened:
            event = happened.event
            if isinstance(event, e.Answered):
                last[event.member] = event.answer
                if event.counts and not _did_say(scene.journal, story.id, event, happened.at_ms):
                    yield f"the record says that {event.member} said {event.answer} to {story.id}; nobody did"
        for member, answer in last.items():
            if story.alert.people[member].answer is not answer:
                yield f"{member} said {answer} to {story.id} last, and the snapshot says otherwise"


def _did_say(journal: Journal, alert: str, event: e.Answered, at_ms: int) -> bool:
    return any(
        said.alert == alert
        and said.member == event.member
        and said.answer is event.answer
        and said.tried_ms <= at_ms + CLOCK_MS + journal.lag_ms
        for said in journal.answers
    )
