"""Why a command changed nothing, where its problem alone does not say it: one code and one sentence for each reason.

A sentence says what is wrong and how to go on, and names nobody: programs and the command line read it in the English
below, pages in their reader's language.  The word is for ever, the sentence may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from tocsin.core.findings import Finding, spelled
from tocsin.core.problems import Problem


class Because(StrEnum):
    """Each is declined with by some rule of the core; whoever adds one adds its sentence."""

    # People, and who lets them in.
    SUSPENDS_THEMSELF = "suspends_themself"
    SUSPENDED = "suspended"
    ID_TAKEN = "id_taken"
    TOO_LATE_TO_AGREE = "too_late_to_agree"
    TOO_NEW_TO_AGREE = "too_new_to_agree"
    OWN_TIE = "own_tie"
    THEIR_ALERT_OPEN = "their_alert_open"
    VOUCHES_FOR_THEMSELF = "vouches_for_themself"
    ASKED_FOR_IT = "asked_for_it"
    RECOVERY_ASKED = "recovery_asked"
    RECOVERY_NOT_READY = "recovery_not_ready"
    HAS_A_PASSKEY = "has_a_passkey"
    FOUNDED = "founded"
    ADMINISTRATOR_IS_IN = "administrator_is_in"
    NO_ADMINISTRATOR = "no_administrator"
    # Shifts.
    SWAP_BEGUN = "swap_begun"
    NO_PART_OF_SHIFT = "no_part_of_shift"
    ASKS_THEMSELF = "asks_themself"
    TOO_MANY_SWAPS = "too_many_swaps"
    ON_ALREADY = "on_already"
    ON_NOWHERE = "on_nowhere"
    END_OUT_OF_RANGE = "end_out_of_range"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    # Places, screens, keys.
    NO_SUCH_SITE = "no_such_site"
    NO_SUCH_PLACE = "no_such_place"
    NO_SUCH_SHEET = "no_such_sheet"
    TOO_MANY_SHEETS = "too_many_sheets"
    NO_PICTURE = "no_picture"
    NO_PAPER = "no_paper"
    POINTS_WRONG = "points_wrong"
    KEY_TIME = "key_time"
    KEY_SCOPE = "key_scope"
    KEY_NAME = "key_name"


SENTENCES: Mapping[Because, str] = {
    Because.SUSPENDS_THEMSELF: "Nobody suspends themself. Ask a colleague.",
    Because.SUSPENDED: "This person is suspended. Lift the suspension first.",
    Because.ID_TAKEN: "Somebody here is known so already, or was. Choose another short name.",
    Because.TOO_LATE_TO_AGREE: "This was asked for before you could have agreed. Others must.",
    Because.TOO_NEW_TO_AGREE: "You have been here, or in this role, for less than a day. Others must.",
    Because.OWN_TIE: "A tie of one's own is another coordinator's to keep. Ask one of them.",
    Because.THEIR_ALERT_OPEN: "An alert of theirs is open. Two people close it first.",
    Because.VOUCHES_FOR_THEMSELF: "Nobody vouches for themself. Somebody else must.",
    Because.ASKED_FOR_IT: "You asked for it. A second person vouches.",
    Because.RECOVERY_ASKED: "It has been asked for already. A second person may vouch.",
    Because.RECOVERY_NOT_READY: "Two people and a day's delay come before the link. Wait for them.",
    Because.HAS_A_PASSKEY: "They have a passkey. Whoever lost every way to sign in is recovered by two people.",
    Because.FOUNDED: "There is an organisation already.",
    Because.ADMINISTRATOR_IS_IN: "An administrator can sign in already. Ask them for an invitation.",
    Because.NO_ADMINISTRATOR: "This member is no administrator. Name one who is.",
    Because.SWAP_BEGUN: "What has begun is nobody else's any more.",
    Because.NO_PART_OF_SHIFT: "That is no part of the shift.",
    Because.ASKS_THEMSELF: "Ask somebody else.",
    Because.TOO_MANY_SWAPS: "You have asked for so much already. Withdraw some of it.",
    Because.ON_ALREADY: "One of you is on at that time already.",
    Because.ON_NOWHERE: "Whoever is suspended is on nowhere.",
    Because.END_OUT_OF_RANGE: "The end that you named is over, or further off than 16 hours.",
    Because.NOBODY_ON_SHIFT: "Nobody is on shift there whom one could ask.",
    Because.NO_SUCH_SITE: "There is no such site here.",
    Because.NO_SUCH_PLACE: "There is no such place at this site.",
    Because.NO_SUCH_SHEET: "Only a site, a building, a floor or a lot has a sheet.",
    Because.TOO_MANY_SHEETS: "This site has as many sheets as there may be. Take one away first.",
    Because.NO_PICTURE: "That is no picture that was made here. Choose the file again.",
    Because.NO_PAPER: "A sheet has a width and a height, and is at most ten times as tall as it is wide.",
    Because.POINTS_WRONG: "The two known points cannot both be right. Set them anew.",
    Because.KEY_TIME: "A key ends after now, and within a year.",
    Because.KEY_SCOPE: "A key lets a program do something. Choose at least one thing.",
    Because.KEY_NAME: "Name the program that the key is for.",
}


class Declined(Struct, frozen=True, kw_only=True):
    """Nothing changed.  `because`: why, where the problem alone does not say it; `findings`: what would be wrong."""

    problem: Problem
    because: Because | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def detail(self) -> str:
        """More than the problem's own sentence, in English; empty: there is no more."""
        return SENTENCES[self.because] if self.because is not None else spelled(self.findings)
