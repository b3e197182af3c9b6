"""How an edit can weaken protection: the word, and the sentence that people read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Weakens(StrEnum):
    """How an edit weakens protection; the word reaches the page, the log and the trail."""

    EMPTIES_ROSTER = "empties_roster"
    EMPTIES_RUNG = "empties_rung"
    MUTES_CHANNEL = "mutes_channel"
    REMOVES_RESPONDER = "removes_responder"
    REMOVES_MEMBER = "removes_member"
    LENGTHENS_RUNG = "lengthens_rung"
    THINS_BACKSTOP = "thins_backstop"
    LOWERS_NEEDED = "lowers_needed"
    CHANGES_WORDS = "changes_words"
    REMOVES_PLAN = "removes_plan"
    LENGTHENS_GRACE = "lengthens_grace"
    REMINDS_LATER = "reminds_later"
    DEVICE_OFF = "device_off"
    LIFTS_TIE = "lifts_tie"
    REINSTATES = "reinstates"
    ENDS_WATCH = "ends_watch"


SENTENCES: Mapping[Weakens, str] = {
    Weakens.EMPTIES_ROSTER: "At some hour fewer people could help than an alert needs.",
    Weakens.EMPTIES_RUNG: "A step of the plan would call fewer people.",
    Weakens.MUTES_CHANNEL: "Somebody, or a step of the plan, would be reached in fewer ways.",
    Weakens.REMOVES_RESPONDER: "Somebody who helps would help no more.",
    Weakens.REMOVES_MEMBER: "Somebody would be taken out, with all that is kept about them.",
    Weakens.LENGTHENS_RUNG: "A step of the plan would come later, or ring less often.",
    Weakens.THINS_BACKSTOP: "The last step of the plan would be of fewer people.",
    Weakens.LOWERS_NEEDED: "Fewer people on their way would be enough.",
    Weakens.CHANGES_WORDS: "In an alert people would be told something else to do.",
    Weakens.REMOVES_PLAN: "A plan would be gone.",
    Weakens.LENGTHENS_GRACE: "Whoever does not come home from a walk would be looked for later.",
    Weakens.REMINDS_LATER: "Whoever is on a walk would have less time after the reminder.",
    Weakens.DEVICE_OFF: "A desk could no longer call for help.",
    Weakens.LIFTS_TIE: "Somebody would again be told about a person from whom they were kept.",
    Weakens.REINSTATES: "Somebody who was suspended would be back.",
    Weakens.ENDS_WATCH: "A closer watch over somebody would end.",
}
