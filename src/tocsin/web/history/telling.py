"""One event of an alert in a sentence, with the shape that stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from tocsin.core import events as e
from tocsin.core.record_sight import Happened
from tocsin.core.words import Answer, Came
from tocsin.web.history import record_words as w
from tocsin.web.speaking import Say, words

ITSELF = words("Tocsin itself")
NAMES_MAX = 12  # In one sentence; of a crowd the number says more.
Ngettext = Callable[..., str]


class Sentence(Struct, frozen=True):
    """`shape`: an icon; `tone`: sure, move, doubt or nothing; `more`: what was written, or who in particular."""

    text: str
    shape: str
    tone: str = ""
    more: str = ""


class Teller:
    """Tells events in one language, with the names that the reader may know."""

    def __init__(self, names: Mapping[str, str], say: Say, ngettext: Ngettext) -> None:
        self._names, self._, self.ngettext = names, say, ngettext

    def name(self, member: str) -> str:
        return self._names.get(member, member) if member else self._(ITSELF)

    def tell(self, happened: Happened) -> Sentence:
        """Of every event there is."""
        return _TELLERS[type(happened.event)](self, happened.event, happened.count)

    def names(self, members: Any) -> str:
        found = [self.name(member) for member in members]
        return ", ".join(found) if len(found) <= NAMES_MAX else ""

    # Each event ----------------------------------------------------------------------------------------------------

    def raised(self, event: e.Raised, _: int) -> Sentence:
        if event.came is Came.WALK:
            return self.overdue(event)
        text = self._("%(who)s raised it, %(how)s", who=self.name(event.member), how=self._(w.CAME[event.came]))
        return Sentence(text, "bell", more=self._("Silent") if event.silent else "")

    def overdue(self, event: e.Raised) -> Sentence:
        text = self._("%(who)s did not say in time that they are home", who=self.name(event.member))
        return Sentence(text, "bell", more=self._("The service was down when it was time") if event.was_down else "")

    def pressed_again(self, event: e.PressedAgain, _: int) -> Sentence:
        if event.came is Came.WALK:
            return Sentence(self._("They did not say in time that they are home"), "bell")
        return Sentence(self._("Pressed again, %(how)s", how=self._(w.CAME[event.came])), "bell")

    def rang(self, event: e.Rang, count: int) -> Sentence:
        many = self.ngettext("%(num)s person was rung: %(why)s", "%(num)s people were rung: %(why)s", count,
                              why=self._(w.WHYS[event.why]))  # fmt: skip
        if not count:
            many = self._("Nobody was rung: %(why)s", why=self._(w.WHYS[event.why]))
        lost = [
            self._("%(who)s could not be rung: %(why)s", who=self.name(who), why=self._(w.REASONS[why]))
            for who, why in event.unreachable
        ]
        more = "; ".join(part for part in (self.names(event.asked), *lost[:NAMES_MAX]) if part)
        return Sentence(many, "bell" if count else "unknown", "" if count else "doubt", more)

    def answered(self, event: e.Answered, _: int) -> Sentence:
        tone = "sure" if event.answer is Answer.WITH_THEM else "move" if event.answer is Answer.COMING else ""
        text = self._(w.SAID[event.answer], who=self.name(event.member))
        forged = "" if event.counts else self._("By a text that may be forged: it does not count")
        coming = event.answer is Answer.COMING and event.eta_s is not None
        eta = self._("There in %(num)s s", num=event.eta_s) if coming else ""
        more = "; ".join(filter(None, (eta, forged)))
        return Sentence(text, _ANSWER_SHAPES[event.answer], tone, more)

    def loan_lapsed(self, event: e.LoanLapsed, _: int) -> Sentence:
        return Sentence(self._(w.LAPSED[event.answer], who=self.name(event.member)), "unknown", "doubt")

    def place_reported(self, event: e.PlaceReported, _: int) -> Sentence:
        kind = self._(w.PLACES[event.kind])
        return Sentence(self._("A place came from %(who)s", who=self.name(event.by)), "zone", more=_joined(kind, event))

    def noted(self, event: e.Noted, _: int) -> Sentence:
        return Sentence(self._("%(who)s wrote a note", who=self.name(event.by)), "message", more=event.text)

    def police(self, event: e.PoliceWasCalled, _: int) -> Sentence:
        text = self._("%(who)s called the police", who=self.name(event.by))
        return Sentence(text, "phone", more=f"{event.who}, {event.number}")

    def proposed(self, event: e.CloseProposed, _: int) -> Sentence:
        text = self._("%(who)s proposed to close it: %(outcome)s", who=self.name(event.by),
                      outcome=self._(w.OUTCOMES[event.outcome]))  # fmt: skip
        return Sentence(text, "two", more=event.note or "")

    def confirmed(self, event: e.CloseConfirmed, _: int) -> Sentence:
        return Sentence(self._("%(who)s confirmed the close", who=self.name(event.by)), "two")

    def undone(self, event: e.CloseUndone, _: int) -> Sentence:
        text = self._("The close was undone: %(why)s", why=self._(w.UNDONE[event.why]))
        return Sentence(text, "nocross", "doubt", self.name(event.by) if event.by else "")

    def said_safe(self, event: e.SaidSafe, _: int) -> Sentence:
        return Sentence(self._("They said by PIN that they are safe"), "lock")

    def duress(self, event: e.DuressSignalled, _: int) -> Sentence:
        if not event.hides:
            text = self._("They typed the duress PIN: their phone shows nothing of it")
            return Sentence(text, "lock", "doubt")
        return Sentence(self._("They typed the duress PIN: their phone shows a closed alert"), "lock", "doubt")

    def shadow_closed(self, event: e.ShadowClosed, _: int) -> Sentence:
        if event.outcome is not None:
            text = self._("Their phone shows the close that their duress PIN had undone")
            return Sentence(text, "lock", "doubt")
        return Sentence(self._("A PIN was typed on their phone, which shows a closed alert"), "lock", "doubt")

    def pin_missed(self, event: e.PinMissed, _: int) -> Sentence:
        text = self.ngettext("%(num)s wrong PIN was typed", "%(num)s wrong PINs were typed", event.misses)
        return Sentence(text, "unknown", "doubt")

    def number_missed(self, event: e.NumberMissed, _: int) -> Sentence:
        text = self.ngettext("%(num)s wrong answer number came from the phone of %(who)s",
                              "%(num)s wrong answer numbers came from the phone of %(who)s", event.misses,
                              who=self.name(event.member))  # fmt: skip
        return Sentence(text, "unknown", "doubt")

    def not_reached(self, event: e.NotReached, _: int) -> Sentence:
        why = self._(w.REASONS[event.reason])
        text = self._("Nothing reaches %(who)s: %(why)s", who=self.name(event.member), why=why)
        return Sentence(text, "failed", "doubt")

    def reached_again(self, event: e.ReachedAgain, _: int) -> Sentence:
        return Sentence(self._("%(who)s is reached again", who=self.name(event.member)), "sent")

    def reaches_nobody(self, event: e.ReachesNobody, _: int) -> Sentence:
        return Sentence(self._("Nobody could be reached; the operator was paged"), "failed", "doubt")

    def withdrawn(self, event: e.Withdrawn, _: int) -> Sentence:
        return Sentence(self._("%(who)s is no longer told of it", who=self.name(event.member)), "nocross")

    def linked(self, event: e.Linked, _: int) -> Sentence:
        return Sentence(self._("Another alert is open in the same place"), "unknown", "doubt")

    def audited(self, event: e.Audited, _: int) -> Sentence:
        return Sentence(self._("A check found something wrong; everybody was rung"), "unknown", "doubt",
                        event.finding.replace("_", " "))  # fmt: skip

    def handed_over(self, event: e.HandedOver, _: int) -> Sentence:
        text = self._("%(who)s asked %(other)s to run it", who=self.name(event.by), other=self.name(event.to))
        left = [self._(w.STILL_OPEN[one]) for one in event.still_open]
        return Sentence(text, "two", more="; ".join([*left, *([event.text] if event.text else [])]))

    def taken_over(self, event: e.TakenOver, _: int) -> Sentence:
        return Sentence(self._("%(who)s runs it now", who=self.name(event.by)), "person")

    def closed(self, event: e.Closed, _: int) -> Sentence:
        outcome = self._(w.OUTCOMES[event.outcome])
        if event.ended_by is not None:
            return Sentence(self._("A real alert ended this drill"), "sent", "sure")
        text = self._("Closed: %(outcome)s", outcome=outcome)
        return Sentence(text, "sent", "sure", "; ".join(filter(None, (self.names(event.by), event.note))))


def _joined(kind: str, event: e.PlaceReported) -> str:
    return ": ".join(part for part in (kind, event.label or "") if part)


_ANSWER_SHAPES: Mapping[Answer, str] = {
    Answer.SEEN: "seen",
    Answer.COMING: "coming",
    Answer.WITH_THEM: "with",
    Answer.CANNOT: "nocross",
}
_TELLERS: Mapping[type[Any], Callable[[Teller, Any, int], Sentence]] = {
    e.Raised: Teller.raised,
    e.PressedAgain: Teller.pressed_again,
    e.Rang: Teller.rang,
    e.Answered: Teller.answered,
    e.LoanLapsed: Teller.loan_lapsed,
    e.PlaceReported: Teller.place_reported,
    e.Noted: Teller.noted,
    e.PoliceWasCalled: Teller.police,
    e.CloseProposed: Teller.proposed,
    e.CloseConfirmed: Teller.confirmed,
    e.CloseUndone: Teller.undone,
    e.SaidSafe: Teller.said_safe,
    e.DuressSignalled: Teller.duress,
    e.ShadowClosed: Teller.shadow_closed,
    e.PinMissed: Teller.pin_missed,
    e.NumberMissed: Teller.number_missed,
    e.NotReached: Teller.not_reached,
    e.ReachedAgain: Teller.reached_again,
    e.ReachesNobody: Teller.reaches_nobody,
    e.Withdrawn: Teller.withdrawn,
    e.Linked: Teller.linked,
    e.Audited: Teller.audited,
    e.HandedOver: Teller.handed_over,
    e.TakenOver: Teller.taken_over,
    e.Closed: Teller.closed,
}
