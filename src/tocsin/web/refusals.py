"""What a page says when it cannot do what was asked: what happened, whose fault it is, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.core.commands import Declined, Problem
from tocsin.web.speaking import words


class Sort(Struct, frozen=True):
    """One sort of refusal, in English; pages say it in their reader's language."""

    status: int
    heading: str
    fault: str
    remedy: str


YOURS = words("The request did not fit.")
PEOPLE = words("Nothing is broken: people have to agree first.")
OURS = words("The fault is ours.")

SORTS: Mapping[str, Sort] = {
    "not_found": Sort(
        404, words("There is no such page."), YOURS, words("Check the address, or begin at the first page.")
    ),
    "not_allowed": Sort(
        403,
        words("This is not for you to do."),
        words("Your role does not include it."),
        words("Ask somebody whose role it is, or your administrator."),
    ),
    "not_ours": Sort(
        403,
        words("Nothing was changed."),
        words("The request did not come from a page of this site."),
        words("Open the page here, in this browser, and send it again."),
    ),
    "old_form": Sort(
        403,
        words("Nothing was changed."),
        words("This form belongs to a session that has ended."),
        words("Open the page again and send it from there."),
    ),
    "signed_out": Sort(
        403,
        words("Nothing was changed: you are not signed in."),
        words("Your session has ended, by time or because somebody ended it."),
        words("Sign in and do it again."),
    ),
    "not_fresh": Sort(
        403,
        words("Prove again who you are."),
        words("What you are about to do needs a fresh proof."),
        words("Use your passkey; what you typed is kept."),
    ),
    "no_such_record": Sort(
        404,
        words("There is nothing here any more."),
        YOURS,
        words("Go back to the list; somebody may have removed it."),
    ),
    "conflict": Sort(
        409,
        words("Nothing was changed."),
        words("Something else changed first."),
        words("Open the page again, look, and decide anew."),
    ),
    "worn_out": Sort(
        410,
        words("This link no longer works."),
        words("It has been used, is too old, or somebody ended it."),
        words("Ask for a new one."),
    ),
    "too_large": Sort(413, words("That is too much."), YOURS, words("Write less and send it again.")),
    "too_many": Sort(
        429,
        words("Too many tries."),
        words("Too many wrong ones came from here or for this account."),
        words("Wait a few minutes, then try again."),
    ),
    "bad_request": Sort(
        400, words("This could not be read."), YOURS, words("Open the page again and send it from there.")
    ),
    "wrong_method": Sort(
        405, words("This cannot be done in this way."), YOURS, words("Open the page and use its buttons.")
    ),
    "not_stored": Sort(
        503,
        words("Nothing was changed: it could not be stored."),
        OURS,
        words("Try again in a moment, and tell whoever runs Tocsin here."),
    ),
    "fault": Sort(500, words("Tocsin made a mistake."), OURS, words("Try again, and tell whoever runs Tocsin here.")),
}
_OF_PROBLEM: Mapping[str, str] = {
    "not_allowed": "not_allowed",
    "not_fresh": "not_fresh",
    "no_such_record": "no_such_record",
    "no_such_member": "no_such_record",
    "no_such_alert": "no_such_record",
    "not_yours": "no_such_record",
    "link_worn_out": "worn_out",
    "under_a_tie": "no_such_record",
}
_OF_STATUS: Mapping[int, str] = {404: "not_found", 405: "wrong_method", 413: "too_large", 429: "too_many"}


class PageRefusal(Exception):
    """The page says no, and nothing was changed.  `detail`: one more sentence, in English, marked for translation."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail

    @property
    def sort(self) -> Sort:
        return SORTS[self.code]


def refusal_of(declined: Declined) -> PageRefusal:
    """The core's *no* as a page says it."""
    return PageRefusal(code_of(declined.problem), declined.detail)


def code_of(problem: Problem) -> str:
    return _OF_PROBLEM.get(problem.value, "conflict")


def code_of_status(status: int) -> str:
    return _OF_STATUS.get(status, "fault" if status >= 500 else "bad_request")
